// One listener for the whole document. It looks only at links and buttons of our own markup; everything else stays the browser's.

let send = () => {};
let title = "";
let saved = 0;
let listening = false;

function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

function receive(file) {
  if (!file || file.number === saved) return;
  saved = file.number;
  const bytes = Uint8Array.from(atob(file.content), (letter) => letter.charCodeAt(0));
  save(file.name, new Blob([bytes], { type: file.mime }));
}

async function takePicture(button) {
  const told = button.closest("[data-panel]");
  const panel = told.closest(".st-key-drawn_" + told.dataset.panel) || told;
  button.setAttribute("aria-busy", "true");
  try {
    save(`${button.dataset.fileName}.png`, await picture(panel, `${title} · ${told.dataset.about}`));
  } finally {
    button.removeAttribute("aria-busy");
  }
}

// A step in the browser's history, which the page follows as it follows Back: one click is one step.
function openLink(event, link) {
  const url = new URL(link.href);
  const isOurs = url.origin === window.location.origin && !url.hash && !link.download && link.target !== "_blank";
  if (!isOurs || url.pathname.includes("/app/static/")) return;
  event.preventDefault();
  if (url.pathname !== window.location.pathname) document.querySelector("[data-testid=stMain]").scrollTo(0, 0);
  document.querySelectorAll("[popover]:popover-open").forEach((open) => open.hidePopover());
  if (url.href !== window.location.href) window.history.pushState(null, "", url);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

function onClick(event) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const button = event.target.closest(".stHtml button[data-file]");
  if (button && button.dataset.file === "png") takePicture(button);
  else if (button) send({ name: button.dataset.of, format: button.dataset.file });
  const link = event.target.closest(".stHtml a[href]");
  if (link) openLink(event, link);
}

// A mark of a chart whose data have an address leads there, as a link does; in a new window where a link would open one.
const heard = new WeakSet();
function hearChart(event) {
  const chart = event.target.closest?.(".js-plotly-plot");
  if (!chart?.on || heard.has(chart)) return;
  heard.add(chart);
  chart.on("plotly_click", ({ points, event: click }) => {
    const data = points[0]?.customdata;
    if (!Array.isArray(data) || !data[1]) return;
    const link = Object.assign(document.createElement("a"), { href: data[1] });
    if (click.ctrlKey || click.metaKey) window.open(link.href, "_blank", "noopener");
    else openLink(click, link);
  });
}

// A finger moves the page, not the zoom of a chart below it; a tap comes as a click.
function leaveToPage(event) {
  if (event.target.closest?.(".js-plotly-plot .nsewdrag")) event.stopPropagation();
}

// On paper a chart is the drawing of the screen, scaled: a drawing says how large it is.
function measureCharts() {
  for (const box of document.querySelectorAll(".js-plotly-plot .svg-container")) {
    const { offsetWidth: width, offsetHeight: height } = box;
    if (!width || !height) continue;
    box.style.aspectRatio = `${width} / ${height}`;
    for (const drawing of box.querySelectorAll(":scope > .main-svg")) drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
  }
}

export default function (component) {
  send = (asked) => component.setTriggerValue("asked", asked);
  title = component.data.title;
  document.documentElement.lang = component.data.language; // a screen reader speaks by it; Streamlit says English of every page
  receive(component.data.file);
  if (!listening) {
    document.addEventListener("click", onClick);
    document.addEventListener("mouseover", hearChart);
    document.addEventListener("touchstart", leaveToPage, { capture: true, passive: true });
    window.addEventListener("beforeprint", measureCharts);
  }
  listening = true;
  document.documentElement.dataset.hears = "clicks"; // what is clicked before is lost: who automates the page waits for it
}
