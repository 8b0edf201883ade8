import { announce, make } from "./dom.js";
import { mark, unmark } from "./once.js";
import { allRight } from "./rules.js";
import { say } from "./texts.js";
import { wake } from "./wake.js";

/**
 * A form that is sent without leaving the page: where no answer comes, all that was written stays
 * as it stands, and the same press again makes the same appeal, not a second one.  Files on their
 * way are waited for.  Buttons with formnovalidate go the plain way, unless with data-in-place.
 */
export function send(form) {
  let busy = false;
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (button?.hasAttribute("formnovalidate") && !("inPlace" in button.dataset)) return;
    event.preventDefault();
    if (busy || !allRight(form)) return;
    busy = true;
    const pressed = button?.name ? button : (form.querySelector("[data-send]") ?? button);
    mark(pressed, say("sending"));
    await filesOnTheirWay(form, pressed);
    form.dispatchEvent(new CustomEvent("sending"));
    const problem = await deliver(form, button);
    if (problem === null) return;
    busy = false;
    unmark(pressed);
    tell(form, pressed, problem);
    form.dispatchEvent(new CustomEvent("unsent"));
  });
}

async function filesOnTheirWay(form, button) {
  for (;;) {
    const pending = form.uploads?.filter((upload) => upload.state === "running") ?? [];
    if (!pending.length) return;
    const why = say(pending[0].why ?? "waitForFiles");
    announce(why);
    button.textContent = why;
    await Promise.allSettled(pending.map((upload) => upload.done));
    button.textContent = say("sending");
  }
}

/** Send; null when the page goes on, otherwise what is to be told. */
async function deliver(form, button) {
  let answer;
  try {
    const body = new FormData(form);
    if (button?.name) body.append(button.name, button.value);
    answer = await fetch(form.getAttribute("action"), { method: "POST", body });
  } catch {
    return say("notSent");
  }
  if (answer.redirected) {
    // The page of the form is gone back to no more: filled in anew by the browser and under a new
    // mark, it would be sent as a second appeal.
    location.replace(answer.url);
    return null;
  }
  if (answer.status >= 500) return say("notSent");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.status !== 422 && answer.status !== 200) {
    return page.querySelector("main")?.innerText.trim() || say("notSent");
  }
  await replace(page);
  return null;
}

async function replace(page) {
  document.title = page.title;
  const main = document.adoptNode(page.querySelector("main"));
  document.querySelector("main").replaceWith(main);
  scrollTo(0, 0);
  await wake(main);
  main.querySelector("[role=alert], [data-focus]")?.focus();
}

function tell(form, button, text) {
  form.querySelector("[data-unsent]")?.remove();
  const told = make("div", { class: "inset inset-bad", role: "alert", tabindex: -1, "data-unsent": true },
    make("p", {}, text));
  button.closest(".buttons").before(told);
  told.focus();
}
