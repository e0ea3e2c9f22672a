// A file goes as text over the page's own connection. One that is too large is not read at all.

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let label = parentElement.querySelector("label");
  if (!label) {
    label = document.createElement("label");
    label.append(document.createElement("span"), document.createElement("input"), document.createElement("small"));
    label.querySelector("input").type = "file";
    parentElement.append(label);
  }
  const [words, input, told] = label.children;
  words.textContent = data.label;
  input.accept = data.accepted;
  input.onchange = async () => {
    const file = input.files[0];
    told.textContent = "";
    if (!file) return;
    if (file.size > data.largest) {
      told.textContent = data.too_large;
      return;
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    setTriggerValue("given", { name: file.name, content: btoa(text) });
    input.value = "";
  };
}
