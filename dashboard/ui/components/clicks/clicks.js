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

export default function (component) {
  send = (asked) => component.setTriggerValue("asked", asked);
  title = component.data.title;
  document.documentElement.lang = component.data.language; // a screen reader speaks by it; Streamlit says English of every page
  receive(component.data.file);
  if (!listening) document.addEventListener("click", onClick);
  listening = true;
}
