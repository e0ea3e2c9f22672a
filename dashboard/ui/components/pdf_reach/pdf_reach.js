// The viewer draws itself some time after the page, behind a shadow root; looked for until it is there, and again when it is drawn anew.

const EVERY_MS = 200;
const PATIENCE_MS = 30000;

export default function (component) {
  const name = component.data?.name ?? "";
  const until = Date.now() + PATIENCE_MS;
  function scrolled(root) {
    return [...root.querySelectorAll("*")].filter(one => /auto|scroll/.test(getComputedStyle(one).overflowY + getComputedStyle(one).overflowX));
  }
  function reach() {
    for (const host of document.querySelectorAll("[data-testid=stBidiComponentIsolated]")) {
      if (!host.shadowRoot?.querySelector(".react-root")) continue; // the viewer's; before any page is drawn
      for (const region of scrolled(host.shadowRoot)) {
        if (region.tabIndex === 0) continue;
        region.tabIndex = 0;
        region.setAttribute("role", "region");
        region.setAttribute("aria-label", name);
      }
    }
    if (Date.now() < until) window.setTimeout(reach, EVERY_MS);
  }
  reach();
}
