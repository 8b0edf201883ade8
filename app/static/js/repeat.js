/**
 * A group of fields that may be there several times.  The group holds a <template data-blank>
 * whose names and ids carry __n__; [data-add] adds one, [data-drop-item] removes its own.
 * The same buttons work without JavaScript by sending the form.
 */
import { wake } from "./wake.js";

export function repeat(group) {
  const blank = group.querySelector("template[data-blank]");
  const list = group.querySelector("[data-items]");
  let next = list.children.length;

  const renumber = () => {
    [...list.children].forEach((item, index) => {
      const place = item.querySelector("[data-number]");
      if (place) place.textContent = index + 1;
    });
  };

  group.querySelector("[data-add]").addEventListener("click", (event) => {
    event.preventDefault();
    const holder = document.createElement("div");
    holder.innerHTML = blank.innerHTML.replaceAll("__n__", next);
    next += 1;
    const item = holder.firstElementChild;
    list.append(item);
    renumber();
    wake(item);
    item.querySelector("input, select, textarea")?.focus();
    group.dispatchEvent(new Event("input", { bubbles: true }));
  });

  group.addEventListener("click", (event) => {
    const button = event.target.closest("[data-drop-item]");
    if (!button) return;
    event.preventDefault();
    button.closest("[data-item]").remove();
    renumber();
    group.querySelector("[data-add]").focus();
    group.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
