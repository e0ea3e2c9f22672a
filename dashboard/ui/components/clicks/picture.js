// A picture of a panel as it is displayed, drawn by this browser: a copy with its styles written into it, inside an SVG, on a canvas.
// Nothing is fetched but our own typeface.

const SCALE = 2;
const LARGEST = 16000;
const MARGIN = 16;
const SCROLLED = ".wide-table, .heat-frame, .standing-frame, .units-frame";
const LEFT_OUT = ".files, .action, .why, .reasons, .twin, .more, .unseen, script, style";
const STYLES = `align-content align-items align-self background-clip background-color background-image background-origin background-position background-repeat
  background-size border-bottom-color border-bottom-left-radius border-bottom-right-radius border-bottom-style border-bottom-width border-collapse border-left-color
  border-left-style border-left-width border-right-color border-right-style border-right-width border-spacing border-top-color border-top-left-radius
  border-top-right-radius border-top-style border-top-width bottom box-shadow box-sizing clip-path color column-count column-gap direction display flex-basis
  flex-direction flex-grow flex-shrink flex-wrap float font-family font-size font-style font-variant-numeric font-weight grid-auto-flow grid-column-end
  grid-column-start grid-row-end grid-row-start grid-template-columns grid-template-rows height justify-content justify-items justify-self left letter-spacing
  line-height list-style-type margin-bottom margin-left margin-right margin-top mask-image mask-position mask-repeat mask-size max-width min-height min-width
  opacity order overflow-wrap overflow-x overflow-y padding-bottom padding-left padding-right padding-top position right row-gap text-align
  text-decoration-line text-overflow text-transform text-wrap-style top transform vertical-align visibility white-space width z-index`.split(/\s+/);

let typeface = null;

function dress(copy, style, isOpen) {
  const lines = STYLES.map((name) => `${name}:${style.getPropertyValue(name)}`);
  // What grew around its content grows around what is left of it; what scrolls is shown whole.
  if (isOpen) lines.push("height:auto", "max-height:none", "min-height:0", "overflow:visible", "position:static");
  copy.setAttribute("style", lines.join(";"));
}

function isScrolled(style) {
  return /auto|scroll/.test(style.overflowY + style.overflowX);
}

function imagined(element, which) {
  const style = getComputedStyle(element, which);
  if (!style.content || style.content === "none" || style.content === "normal") return null;
  const copy = document.createElement("span");
  dress(copy, style, false);
  copy.textContent = style.content.replace(/^"|"$/g, "");
  return copy;
}

// What plotly drew carries its own colours and typeface; only its place comes from style sheets. Its ids are named in full where a page has a base.
function drawn(element) {
  const copy = element.cloneNode(true);
  const style = getComputedStyle(element);
  copy.setAttribute("style", ["position", "left", "top", "width", "height", "overflow"].map((name) => `${name}:${style[name]}`).join(";"));
  for (const clipped of copy.querySelectorAll("[clip-path]")) clipped.setAttribute("clip-path", clipped.getAttribute("clip-path").replace(/url\(.*#/, "url(#"));
  return copy;
}

function copied(element) {
  if (element.matches("svg.main-svg")) return drawn(element);
  const style = getComputedStyle(element);
  if (style.display === "none") return null;
  const copy = document.createElement(element.tagName === "A" || element.tagName === "BUTTON" ? "span" : element.tagName);
  for (const name of ["colspan", "rowspan"]) if (element.hasAttribute(name)) copy.setAttribute(name, element.getAttribute(name));
  const isOpen = isScrolled(style) || element.querySelector(LEFT_OUT) !== null || element.querySelector(SCROLLED) !== null;
  dress(copy, style, isOpen);
  if (style.position === "sticky") copy.style.position = "static";
  const before = imagined(element, "::before");
  if (before) copy.append(before);
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) copy.append(child.textContent);
    else if (child.nodeType === Node.ELEMENT_NODE && !child.matches(LEFT_OUT)) {
      const inner = copied(child);
      if (inner) copy.append(inner);
    }
  }
  const after = imagined(element, "::after");
  if (after) copy.append(after);
  return copy;
}

async function asData(address) {
  const blob = await (await fetch(address)).blob();
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(blob);
  });
}

async function fontFaces() {
  const rules = [...document.styleSheets].flatMap((sheet) => {
    try {
      return [...sheet.cssRules];
    } catch {
      return [];
    }
  });
  const ours = rules.filter((rule) => rule instanceof CSSFontFaceRule && rule.style.getPropertyValue("font-family").includes("Be Vietnam"));
  const texts = await Promise.all(
    ours.map(async (rule) => {
      const [found, address] = rule.cssText.match(/url\("?([^")]+)"?\)/) || [];
      return found ? rule.cssText.replace(found, `url("${await asData(new URL(address, document.baseURI).href)}")`) : "";
    }),
  );
  return texts.join("\n");
}

function loaded(address) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("the picture could not be drawn"));
    image.src = address;
  });
}

async function picture(panel, about) {
  typeface = typeface || fontFaces();
  const style = getComputedStyle(panel);
  const tables = [...panel.querySelectorAll(".figure-body table")].map((one) => one.scrollWidth + 2 * MARGIN);
  const width = Math.ceil(Math.max(panel.getBoundingClientRect().width, ...tables));
  const frame = document.createElement("div");
  frame.setAttribute("xmlns", "http://www.w3.org/1999/xhtml");
  frame.setAttribute("style", `width:${width}px;background:${style.backgroundColor};box-sizing:border-box`);
  const body = copied(panel);
  Object.assign(body.style, { border: "0", width: `${width}px`, borderRadius: "0" });
  const note = document.createElement("p");
  note.textContent = about;
  note.setAttribute(
    "style",
    `margin:0;padding:0 ${MARGIN}px ${MARGIN}px;font:400 11px/16px ${style.fontFamily.replace(/"/g, "'")};color:${getComputedStyle(document.documentElement).getPropertyValue("--muted")}`,
  );
  frame.append(body, note);

  const place = document.createElement("div");
  place.setAttribute("style", "position:fixed;left:-20000px;top:0;visibility:hidden");
  place.append(frame);
  document.body.append(place);
  const height = Math.ceil(frame.getBoundingClientRect().height);
  place.remove();

  const markup = new XMLSerializer().serializeToString(frame);
  const drawing =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><style>${await typeface}</style>` +
    `<foreignObject width="${width}" height="${height}">${markup}</foreignObject></svg>`;
  const image = await loaded(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawing)}`);
  await image.decode();
  const scale = Math.min(SCALE, LARGEST / width, LARGEST / height);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
  const pen = canvas.getContext("2d");
  pen.fillStyle = style.backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}
