import { announce } from "./dom.js";

/**
 * The marks of a list and the bar that says what may be done with them.  Each box names in
 * data-may what makes sense for its row; a button shows for how many of the marked ones it does.
 */
export function selection(bar) {
  const boxes = [...document.querySelectorAll(`input[form="${bar.id}"][name="item"]`)];
  const all = document.querySelector(`input[form="${bar.id}"][data-all]`);
  const said = bar.querySelector("[data-count]");
  const before = said.textContent;
  const buttons = [...bar.querySelectorAll("button[name=action]")].map((button) => ({
    button,
    number: button.appendChild(Object.assign(document.createElement("span"), { className: "count" })),
  }));
  let last = null;

  const show = () => {
    const marked = boxes.filter((box) => box.checked);
    bar.classList.toggle("bulk-on", marked.length > 0);
    said.textContent = marked.length ? said.dataset.count.replace("{n}", marked.length) : before;
    for (const { button, number } of buttons) {
      const fit = marked.filter((box) => box.dataset.may.split(" ").includes(button.value)).length;
      button.disabled = !fit;
      number.textContent = fit || "";
      number.hidden = !fit;
    }
    if (all) {
      all.checked = marked.length === boxes.length;
      all.indeterminate = marked.length > 0 && !all.checked;
    }
    for (const box of boxes) box.closest("tr").classList.toggle("marked", box.checked);
  };
  const pick = (box, upTo) => {
    if (upTo && last && last !== box) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
    }
    last = box;
    show();
  };
  for (const box of boxes) box.addEventListener("click", (event) => pick(box, event.shiftKey));
  // Keys mark rows too (list-keys.js).
  for (const box of boxes) box.addEventListener("change", show);
  all?.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  bar.addEventListener("reset", () => setTimeout(() => {
    show();
    announce(before);
  }, 0));
  // The browser may bring marks back with the page.
  window.addEventListener("pageshow", show);
  show();
}
