// A combobox after the ARIA pattern. Names of units come from outside: they are only ever set as text.

const MOST = 80;

// FOLDING comes from data/language.py, which folds texts everywhere else.
function fold(text) {
  const bare = [...text.normalize("NFC")].map((letter) => FOLDING[letter] ?? letter.toLowerCase()).join("");
  return bare.replace(/\p{M}/gu, "").replace(/\s+/g, " ").trim();
}

function build(root) {
  const picker = document.createElement("div");
  picker.className = "picker";
  const box = document.createElement("label");
  box.className = "box";
  const label = document.createElement("span");
  label.className = "label";
  const input = document.createElement("input");
  Object.assign(input, { type: "text", autocomplete: "off", spellcheck: false });
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", "units");
  const list = document.createElement("ul");
  list.id = "units";
  list.setAttribute("role", "listbox");
  list.hidden = true;
  box.append(label, input);
  picker.append(box, list);
  root.append(picker);
  return { picker, label, input, list, active: -1, shown: [], folded: [] };
}

function currentName(parts) {
  const { choices, current } = parts.data;
  const found = choices.find((choice) => choice.code === current) || choices[0];
  return found ? found.name : "";
}

function close(parts) {
  parts.list.hidden = true;
  parts.input.setAttribute("aria-expanded", "false");
  parts.input.removeAttribute("aria-activedescendant");
  parts.input.value = currentName(parts);
}

function mark(parts, position) {
  parts.active = position;
  [...parts.list.children].forEach((item, number) => {
    item.setAttribute("aria-selected", String(number === position));
    if (number === position) {
      parts.input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    }
  });
}

function choose(parts, position) {
  const chosen = parts.shown[position];
  if (!chosen) return;
  parts.data.current = chosen.code;
  close(parts);
  parts.input.blur();
  parts.send(chosen.code);
}

function show(parts, query) {
  const words = fold(query).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const { choices, current, none } = parts.data;
  let found = choices.filter((_, number) => words.every((word) => parts.folded[number].some((part) => part.startsWith(word))));
  if (words.length) {
    const whole = words.join(" ");
    const rank = (choice) => (fold(choice.name).startsWith(whole) ? 0 : fold(choice.name).includes(whole) ? 1 : 2);
    found = found.map((choice) => [rank(choice), choice]).sort((a, b) => a[0] - b[0]).map((pair) => pair[1]);
  }
  parts.shown = found.slice(0, words.length ? MOST : choices.length);
  parts.list.replaceChildren(
    ...parts.shown.map((choice, number) => {
      const item = document.createElement("li");
      item.id = `unit-${number}`;
      item.setAttribute("role", "option");
      item.dataset.code = choice.code;
      item.classList.toggle("current", choice.code === current);
      item.style.paddingLeft = `${9 + (words.length ? 0 : choice.depth * 14)}px`;
      item.textContent = choice.name;
      if (words.length && choice.belongs_to) {
        const above = document.createElement("small");
        above.textContent = choice.belongs_to;
        item.append(above);
      }
      return item;
    }),
  );
  if (!parts.shown.length) {
    const item = document.createElement("li");
    item.className = "none";
    item.textContent = none;
    parts.list.append(item);
  }
  parts.list.hidden = false;
  parts.input.setAttribute("aria-expanded", "true");
  const start = words.length ? 0 : parts.shown.findIndex((choice) => choice.code === current);
  if (parts.shown.length) mark(parts, Math.max(0, start));
}

function listen(parts) {
  const { input, list } = parts;
  input.addEventListener("focus", () => {
    input.select();
    show(parts, "");
  });
  input.addEventListener("input", () => show(parts, input.value));
  input.addEventListener("blur", () => setTimeout(() => close(parts), 120));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return show(parts, "");
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(parts, (parts.active + step + parts.shown.length) % parts.shown.length);
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      choose(parts, parts.active);
    } else if (event.key === "Escape") {
      close(parts);
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li[role=option]");
    if (item) choose(parts, [...list.children].indexOf(item));
  });
}

const built = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  let parts = built.get(root);
  if (!parts) {
    parts = build(root);
    built.set(root, parts);
    listen(parts);
  }
  if (parts.packed !== component.data.choices) {
    parts.packed = component.data.choices;
    parts.choices = JSON.parse(parts.packed);
    parts.folded = null;
  }
  parts.data = { ...component.data, choices: parts.choices };
  parts.folded ??= parts.choices.map((choice) => fold(`${choice.name} ${choice.belongs_to} ${choice.code}`).split(/[^\p{L}\p{N}]+/u));
  parts.send = (code) => component.setTriggerValue("chosen", code);
  parts.label.textContent = parts.data.label;
  parts.input.placeholder = parts.data.search;
  if (parts.list.hidden) parts.input.value = currentName(parts);
}
