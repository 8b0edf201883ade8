import { reveal } from "./dom.js";

/** The summary of errors takes the focus, and its links go to the field itself. */
export function errorSummary(summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    reveal(field);
    const holder = field.closest(".field") ?? field;
    holder.scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });
}
