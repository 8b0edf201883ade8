import { announce } from "./dom.js";
import { say } from "./texts.js";

/**
 * A form is sent once: further presses do nothing until the page changes, and while files are
 * still on their way the form waits for them.  The server guards itself; this is politeness.
 */
export function once(form) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.hasAttribute("formnovalidate")) return;
    if (sent) {
      event.preventDefault();
      return;
    }
    const pending = form.uploads?.filter((upload) => upload.state === "running") ?? [];
    if (pending.length) {
      event.preventDefault();
      announce(say("waitForFiles"));
      mark(button, say("waitForFiles"));
      Promise.allSettled(pending.map((upload) => upload.done)).then(() => {
        unmark(button);
        form.requestSubmit(button);
      });
      return;
    }
    sent = true;
    mark(button, say("sending"));
  });
  // Coming back by the browser's own button finds the form usable again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sent = false;
    unmark(form.querySelector(".button-busy"));
  });
}

export function mark(button, text) {
  if (!button || button.dataset.before) return;
  button.dataset.before = button.innerHTML;
  button.classList.add("button-busy");
  button.setAttribute("aria-disabled", "true");
  button.textContent = text;
}

export function unmark(button) {
  if (!button?.dataset.before) return;
  button.innerHTML = button.dataset.before;
  delete button.dataset.before;
  button.classList.remove("button-busy");
  button.removeAttribute("aria-disabled");
}
