// Stands in for Streamlit's script of charts, the largest of all, and asks for it once the page's first words are on the screen:
// while a browser reads it, it draws nothing else.

const PATIENCE_MS = 10000;
const EVERY_MS = 30;
const wait = (ms) => new Promise((done) => window.setTimeout(done, ms));

for (const until = Date.now() + PATIENCE_MS; !document.querySelector("h1") && Date.now() < until; ) await wait(EVERY_MS);
// The second frame begins after the first has been painted; a page in the background has no frames.
await Promise.race([new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))), wait(PATIENCE_MS / 10)]);
await wait(0);

const whole = await import("WHOLE");
export default whole.default;
