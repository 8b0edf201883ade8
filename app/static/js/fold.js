// On a narrow screen the fields of a filter would fill it before the list begins: they are folded
// behind a button until something is chosen.  Without scripts they are there.

import { icon, make } from "./dom.js";

export function fold(form) {
  const asked = new URLSearchParams(location.search);
  const fields = [...form.elements].filter((one) => one.name && one.type !== "hidden");
  let open = fields.some((one) => asked.get(one.name));
  form.id ||= "filters";
  const show = () => {
    form.classList.toggle("folded", !open);
    button.setAttribute("aria-expanded", open);
  };
  const press = () => {
    open = !open;
    show();
  };
  const attributes = { type: "button", class: "button button-quiet fold-button", "aria-controls": form.id, onclick: press };
  const button = make("button", attributes, icon("filter"), form.dataset.fold);
  form.before(button);
  show();
}
