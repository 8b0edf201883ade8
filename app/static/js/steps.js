import { make } from "./dom.js";
import { allRight } from "./rules.js";
import { say } from "./texts.js";

const narrow = matchMedia("(max-width: 40rem)");

/**
 * Shows a long form one part at a time where the screen is narrow, and all of it elsewhere.  Its
 * parts are [data-step], each with a heading that has an id; what is kept and sent is always the
 * whole form.  The address names the part, so that the browser's own “back” goes one part back.
 */
export function steps(form) {
  const parts = [...form.querySelectorAll("[data-step]")];
  const headings = parts.map((part) => part.querySelector("h2"));
  const last = parts.length - 1;
  const partOf = (element) => parts.findIndex((part) => part.contains(element));
  let current = 0;

  const open = (number) => {
    current = number;
    parts.forEach((part, each) => { part.hidden = narrow.matches && each !== current; });
    form.toggleAttribute("data-later-step", narrow.matches && current > 0);
  };
  const enter = (number) => {
    open(number);
    if (!narrow.matches) return;
    headings[number].scrollIntoView({ block: "start" });
    headings[number].focus({ preventScroll: true });
  };
  const go = (number) => {
    history.pushState(null, "", `#${headings[number].id}`);
    enter(number);
  };
  const next = () => { if (allRight(form, parts[current])) go(current + 1); };

  parts.forEach((part, number) => {
    headings[number].tabIndex = -1;
    const button = (text, look, press) =>
      make("button", { type: "button", class: `button ${look}`, onclick: press }, text);
    part.append(make("div", { class: "buttons step-moves" },
      number > 0 ? button(say("stepBack"), "button-quiet", () => go(number - 1)) : null,
      number < last ? button(say("stepNext"), "", next) : null));
  });

  // Enter in a field goes on; only the last part sends.
  form.addEventListener("submit", (event) => {
    const pressed = event.submitter;
    if (!narrow.matches || current === last || pressed?.name || "send" in (pressed?.dataset ?? {})) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    next();
  });
  form.addEventListener("reveal", ({ target }) => { if (partOf(target) >= 0) open(partOf(target)); });
  window.addEventListener("popstate", () => {
    const number = location.hash ? named() : 0;
    if (form.isConnected && number >= 0) enter(number);
  });
  narrow.addEventListener("change", () => open(current));

  const named = () => partOf(location.hash ? document.getElementById(location.hash.slice(1)) : null);
  open(Math.max(0, [partOf(form.querySelector(".field-bad")), named()].find((number) => number >= 0) ?? 0));
}
