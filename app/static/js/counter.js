import { say } from "./texts.js";

/** Shows how many characters a text has under it; never cuts anything. */
export function counter(area) {
  const place = document.getElementById(area.dataset.counter);
  const show = () => {
    const number = [...area.value.trim()].length;
    place.textContent = number ? say("characters", { n: number.toLocaleString(document.documentElement.lang) }) : "";
    if (number) {
      const form = new Intl.PluralRules(document.documentElement.lang).select(number);
      place.dataset.form = form;
    }
  };
  area.addEventListener("input", show);
  show();
}
