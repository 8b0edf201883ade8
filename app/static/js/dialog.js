import { make } from "./dom.js";
import { say } from "./texts.js";

/** A <dialog>: opened by any [data-opens=ID], closed by [data-close], Escape and the backdrop. */
export function dialog(element) {
  for (const opener of document.querySelectorAll(`[data-opens="${element.id}"]`)) {
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      element.showModal();
    });
  }
  element.addEventListener("click", (event) => {
    if (event.target === element || event.target.closest("[data-close]")) element.close();
  });
}

/** A form that asks first: data-question is put in a dialog of two buttons. */
export function ask(form) {
  let agreed = false;
  form.addEventListener("submit", (event) => {
    if (agreed) return;
    event.preventDefault();
    const submitter = event.submitter;
    const box = make(
      "dialog",
      { class: "dialog", "aria-label": form.dataset.question },
      make(
        "div",
        { class: "dialog-body" },
        make("p", {}, form.dataset.question),
        make(
          "div",
          { class: "buttons" },
          make("button", { class: "button", type: "button", onclick: () => {
            agreed = true;
            box.close();
            form.requestSubmit(submitter);
          } }, say("yes")),
          make("button", { class: "button button-quiet", type: "button", onclick: () => box.close() }, say("no")),
        ),
      ),
    );
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
  });
}
