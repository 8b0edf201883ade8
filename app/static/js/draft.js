import { make } from "./dom.js";
import { say } from "./texts.js";

const WEEK = 7 * 24 * 3600 * 1000;

/**
 * Keeps what a person typed on this device until it is sent.  data-draft names the draft;
 * fields with data-no-draft (and hidden, file and read-only ones) are left out.  A kept draft is
 * offered to an empty form, and to one the server has just opened (data-draft-fresh), where what
 * stands in the fields was not typed.  A page that shows [data-draft-sent=NAME] forgets it.
 */
export function draft(element) {
  if (element.dataset.draftSent) {
    forget(element.dataset.draftSent);
    return;
  }
  const form = element;
  const name = form.dataset.draft;
  const fields = [...form.elements].filter(keepable);
  const pristine = "draftFresh" in form.dataset || fields.every((field) => !field.value || ["radio", "checkbox"].includes(field.type) || field.tagName === "SELECT");
  const kept = recall(name);
  if (kept && pristine) offer(form, name, kept);
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => keep(form, name), 700);
  });
}

function keepable(field) {
  return field.name && !field.readOnly && !["hidden", "file", "submit", "button", "password"].includes(field.type) && !("noDraft" in field.dataset);
}

/** What stands in the fields: [name, value, whether it is checked or null]. */
export function valuesOf(form) {
  return [...form.elements].filter(keepable).map((field) =>
    ["radio", "checkbox"].includes(field.type)
      ? [field.name, field.value, field.checked]
      : [field.name, field.value, null],
  );
}

function keep(form, name) {
  const values = valuesOf(form);
  if (!values.some(([, value, checked]) => checked === null && value.trim().length > 2)) return;
  try {
    localStorage.setItem(`draft:${name}`, JSON.stringify({ at: Date.now(), values }));
  } catch {
    return; // Storage is full or forbidden: the page works as before, only without a draft.
  }
  const place = form.querySelector("[data-draft-note]");
  const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  if (place) place.textContent = say("draftSaved", { time });
}

function recall(name) {
  try {
    const kept = JSON.parse(localStorage.getItem(`draft:${name}`));
    return kept && Date.now() - kept.at < WEEK ? kept : null;
  } catch {
    return null;
  }
}

function forget(name) {
  try {
    localStorage.removeItem(`draft:${name}`);
  } catch {
    return; // Nothing could have been kept either.
  }
}

function offer(form, name, kept) {
  const when = new Date(kept.at).toLocaleString(document.documentElement.lang, {
    day: "numeric", month: "long", hour: "2-digit", minute: "2-digit",
  });
  const box = make(
    "div",
    { class: "inset", role: "region" },
    make("p", {}, say("draftFound", { when })),
    make(
      "div",
      { class: "row" },
      make("button", { type: "button", class: "button button-small", onclick: () => {
        put(form, kept.values);
        box.remove();
      } }, say("draftRestore")),
      make("button", { type: "button", class: "button button-quiet button-small", onclick: () => {
        forget(name);
        box.remove();
      } }, say("draftDiscard")),
    ),
  );
  form.prepend(box);
}

/** Put values back into the fields. */
export function put(form, values) {
  for (const [name, value, checked] of values) {
    const controls = [...form.elements].filter((field) => field.name === name && keepable(field));
    if (checked === null) {
      if (controls[0]) controls[0].value = value;
    } else {
      const control = controls.find((field) => field.value === value);
      if (control) control.checked = checked;
    }
  }
  for (const field of form.elements) field.dispatchEvent(new Event("input", { bubbles: true }));
  form.dispatchEvent(new Event("change", { bubbles: true }));
}
