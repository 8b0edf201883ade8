// Keys of the staff's pages.  Letters are known by their place on the keyboard, so that they work
// in the Russian layout too; nothing happens while somebody types, nor with Ctrl, Alt or Meta.

const places = { KeyI: "inbox", KeyS: "appeals", KeyA: "assignments", KeyD: "due", KeyL: "letters" };

/** Which key was pressed: "j", "?", "Enter"…; "" when it is none of ours or belongs to a field. */
export function pressed(event) {
  if (event.defaultPrevented || event.isComposing) return "";
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return "";
  if (document.querySelector("dialog[open]")) return "";
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) return "?";
  if (event.key === "/" || event.code === "Slash") return "/";
  return /^Key[A-Z]$/.test(event.code) ? event.code.at(-1).toLowerCase() : event.key;
}

function typing(target) {
  if (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  return target.tagName === "INPUT" && !/^(checkbox|radio|button|submit|reset)$/.test(target.type);
}

/** The sheet that tells the keys, and the keys that work on every page of the desk. */
export function keys(sheet) {
  let going = false;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return send(event);
    if (event.key === "Escape" && typing(event.target)) return event.defaultPrevented || event.target.blur();
    const key = pressed(event);
    if (!key || event.key === "Shift") return;
    if (going) {
      going = false;
      const link = document.querySelector(`.side-nav a[data-section="${places[event.code]}"]`);
      if (!link) return;
      event.preventDefault();
      link.click();
    } else if (key === "g") {
      going = true;
      setTimeout(() => (going = false), 1500);
    } else if (key === "?") {
      event.preventDefault();
      sheet.showModal();
    } else if (key === "/") {
      event.preventDefault();
      const field = document.querySelector("main input[type=search]") ?? document.getElementById("top-search");
      field.focus();
      field.select();
    } else if (key === "f") {
      const field = [...document.querySelectorAll("main form[method=post] :is(input, select, textarea)")].find((one) => one.offsetParent && !one.disabled);
      if (!field) return;
      event.preventDefault();
      field.focus();
    } else if (key === "j" || key === "k") {
      // In a list they are taken by list-keys.js.
      document.querySelector(`main a[aria-keyshortcuts="${key.toUpperCase()}"]`)?.click();
    } else if (/^[1-9]$/.test(key)) {
      document.querySelectorAll("[data-pick-for]")[key - 1]?.click();
    }
  });
}

/**
 * Ctrl+Enter sends the form one is typing in by its main button, or that of the task from where
 * nobody types; with Shift too, the one that leads on to the next task.
 */
function send(event) {
  const form = event.target.form ?? document.querySelector("form[data-task]");
  const button = (event.shiftKey && form?.querySelector("button[name=on]")) || (form?.querySelector("button.button-large[type=submit]") ?? form?.querySelector("button[type=submit]:not([formnovalidate])"));
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
}
