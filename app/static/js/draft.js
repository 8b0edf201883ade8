import { make } from "./dom.js";
import { say } from "./texts.js";

const WEEK = 7 * 24 * 3600 * 1000;
const QUIET = 2000;
const AGAIN = 10_000;

/**
 * Keeps what a person typed on this device until it is sent.  data-draft names the draft;
 * fields with data-no-draft (and hidden, file and read-only ones) are left out; what was looked up
 * is kept with the name it is shown by (data-shown).  A kept draft is offered to an empty form, and to one the server has just opened (data-draft-fresh), where what
 * stands in the fields was not typed, unless it is older than what the server kept
 * (data-saved-at).  A page that shows [data-draft-sent=NAME] forgets it, or with "*" all of them.
 * With data-keep-at the form is sent there too, at each pause and when the page is left.
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
  if (kept && pristine && isNews(form, kept)) offer(form, name, kept);
  let timer = 0;
  const now = () => {
    timer = 0;
    keep(form, name);
  };
  for (const kind of ["input", "change"]) form.addEventListener(kind, () => {
    clearTimeout(timer);
    timer = setTimeout(now, 700);
  });
  window.addEventListener("pagehide", () => { if (timer) now(); });
  if (form.dataset.keepAt) keepThere(form);
}

/** Whether the fields do not say it already, nor did later ones that the server kept. */
function isNews(form, kept) {
  const savedAt = Date.parse(form.dataset.savedAt ?? "") || 0;
  const said = (values) => JSON.stringify(values.map((one) => one.slice(0, 3)));
  return kept.at > savedAt && said(kept.values) !== said(valuesOf(form));
}

/** Sends the form where it is kept for any device, and says how that went. */
function keepThere(form) {
  let timer;
  let since = 0;
  let asked = null;
  const send = async () => {
    clearTimeout(timer);
    since = 0;
    asked?.abort();
    asked = new AbortController();
    const time = clock();
    try {
      const answer = await fetch(form.dataset.keepAt, { method: "POST", body: bodyOf(form), signal: asked.signal, redirect: "error" });
      if (answer.ok) tell(form, "draft_saved", time);
      else if ([403, 404, 409, 422].includes(answer.status)) tell(form, "typedRefused", time);
      else throw new Error(answer.status);
    } catch (problem) {
      if (problem.name === "AbortError") return;
      tell(form, "draft_offline", time);
      timer = setTimeout(send, AGAIN);
    }
  };
  form.addEventListener("input", () => {
    since ||= Date.now();
    clearTimeout(timer);
    // Who types without a pause is kept all the same.
    timer = setTimeout(send, Date.now() - since > AGAIN ? 0 : QUIET);
  });
  const leave = () => {
    if (!since || !form.isConnected) return;
    clearTimeout(timer);
    since = 0;
    navigator.sendBeacon(form.dataset.keepAt, bodyOf(form));
  };
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    asked?.abort();
    since = 0;
  });
}

function bodyOf(form) {
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  return body;
}

function keepable(field) {
  if ("shown" in field.dataset) return true;
  return field.name && !field.readOnly && !["hidden", "file", "submit", "button", "password"].includes(field.type) && !("noDraft" in field.dataset) && field.role !== "combobox";
}

/** What stands in the fields: [name, value, whether it is checked or null, what a lookup shows]. */
export function valuesOf(form) {
  return [...form.elements].filter(keepable).map((field) =>
    ["radio", "checkbox"].includes(field.type)
      ? [field.name, field.value, field.checked]
      : [field.name, field.value, null, ...("shown" in field.dataset ? [field.dataset.shown] : [])],
  );
}

function keep(form, name) {
  const values = valuesOf(form);
  if (!values.some(([, value, checked, shown]) => checked === null && (shown ?? value).trim().length > 2)) return;
  try {
    localStorage.setItem(`draft:${name}`, JSON.stringify({ at: Date.now(), values }));
  } catch {
    return; // Storage is full or forbidden: the page works as before, only without a draft.
  }
  // Where the server keeps it too, the line is about that.
  if (!form.dataset.keepAt) tell(form, "draftSaved", clock());
}

function clock() {
  return new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
}

function tell(form, what, time) {
  const place = form.querySelector("[data-draft-note]");
  if (place) place.textContent = say(what, { time });
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
    const all = Object.keys(localStorage).filter((key) => key.startsWith("draft:"));
    for (const key of name === "*" ? all : [`draft:${name}`]) localStorage.removeItem(key);
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
        goOn(form);
      } }, say("draftRestore")),
      make("button", { type: "button", class: "button button-quiet button-small", onclick: () => {
        forget(name);
        box.remove();
        goOn(form);
      } }, say("draftDiscard")),
    ),
  );
  form.prepend(box);
}

/** The button that was pressed is gone: the focus goes on to the first field. */
function goOn(form) {
  firstField(form)?.focus();
}

export function firstField(form) {
  return [...form.elements].find((field) => (keepable(field) || field.role === "combobox") && field.offsetParent);
}

/** Put values back into the fields; lists of rows make the rows first. */
export function put(form, values) {
  for (const list of form.querySelectorAll("[data-widget=resolution-list]")) list.dispatchEvent(new CustomEvent("rows", { detail: values.map(([name]) => name) }));
  for (const [name, value, checked, shown] of values) {
    const controls = [...form.elements].filter((field) => field.name === name && keepable(field));
    if (checked === null) {
      if (controls[0]) controls[0].value = value;
      if (controls[0] && shown !== undefined) controls[0].dataset.shown = shown;
    } else {
      const control = controls.find((field) => field.value === value);
      if (control) control.checked = checked;
    }
  }
  // Not the inputs of lookups: they would take back what was put into the fields they stand for.
  for (const field of [...form.elements].filter(keepable)) field.dispatchEvent(new Event("input", { bubbles: true }));
  form.dispatchEvent(new Event("change", { bubbles: true }));
}
