// The browser looks for the anchor of a fresh link before the page is drawn. So the same address is gone to again once its place
// exists (without a new entry in the history), which scrolls there and makes it the :target; once, so that a redrawn page does not jump.

const PATIENCE_MS = 20000;
let followed = "";

export default function () {
  const anchor = window.location.hash;
  if (anchor.length < 2 || anchor === followed) return;
  followed = anchor;
  const until = Date.now() + PATIENCE_MS;
  const name = decodeURIComponent(anchor.slice(1));
  function follow() {
    if (window.location.hash !== anchor) return;
    if (document.getElementById(name)) window.location.replace(window.location.href);
    else if (Date.now() < until) window.setTimeout(follow, 100);
  }
  follow();
}
