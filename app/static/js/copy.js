import { announce } from "./dom.js";

export function copy(button) {
  const label = button.querySelector("span");
  const before = label.textContent;
  button.addEventListener("click", async () => {
    const value = button.parentElement.querySelector("[data-copy-value]");
    try {
      await navigator.clipboard.writeText(value.textContent.trim());
    } catch {
      // Without the clipboard (plain http, an old browser) the value is selected for Ctrl+C.
      getSelection().selectAllChildren(value);
      return;
    }
    label.textContent = button.dataset.done;
    announce(button.dataset.done);
    setTimeout(() => { label.textContent = before; }, 2000);
  });
}

export function print(button) {
  button.addEventListener("click", () => window.print());
}
