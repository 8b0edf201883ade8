// Fields that are filled by looking something up: questions of the classifier, people,
// organisations.  Each keeps the plain control of the page as the one that is sent.

import { announce, icon, make, script } from "./dom.js";
import { language, say } from "./texts.js";

const shapes = {
  classifier: (item) => ({ value: item.code, label: item.name, note: [item.code, item.path].filter(Boolean).join(" · ") }),
  organisation: (item) => ({ value: String(item.id), label: item.name, note: item.address ?? "" }),
  person: (item) => ({ value: item.login, label: item.name, note: [item.post, item.unit, item.away?.said].filter(Boolean).join(", ") }),
};

let lookups = 0;

/** Several questions: chosen ones are chips, the textarea of codes stays the field that is sent. */
export async function classifier(holder) {
  const area = holder.querySelector("textarea");
  const source = holder.dataset.source;
  if (!area || !source) return;
  const chosen = new Map(
    [...holder.querySelectorAll(".f-known [data-value]")].map((item) => [item.dataset.value, { value: item.dataset.value, label: item.dataset.label, note: item.dataset.value }]),
  );
  for (const code of codesOf(area)) {
    if (!chosen.has(code)) chosen.set(code, { value: code, label: code, note: "" });
  }
  const chips = make("ul", { class: "chips" });
  const place = make("div");
  const draw = () => {
    area.value = [...chosen.keys()].join("\n");
    chips.replaceChildren(...[...chosen.values()].map((item) => chip(item, () => {
      chosen.delete(item.value);
      draw();
      announce(say("removed", { name: item.label }));
      place.querySelector("input")?.focus();
    })));
    area.dispatchEvent(new Event("change", { bubbles: true }));
  };
  // A draft puts the codes back, and the service knows their names.
  area.addEventListener("input", async () => {
    const codes = codesOf(area);
    if (codes.join() === [...chosen.keys()].join()) return;
    const found = await Promise.all(codes.map((code) => chosen.get(code) ?? named(source, code)));
    chosen.clear();
    for (const item of found) chosen.set(item.value, item);
    draw();
  });
  const add = (item) => {
    chosen.set(item.value, item);
    draw();
    announce(`${item.label}: ${say("selected")}`);
  };
  area.hidden = true;
  area.before(chips, place);
  draw();
  const input = await lookup({ place, id: area.id, source, shape: shapes.classifier, label: "", onPick: (item, box) => {
    add(item);
    // The list has just written the choice into its input; the next question starts empty.
    setTimeout(() => write(box, ""), 0);
  } });
  takeOver(area, input);
  for (const button of document.querySelectorAll(`[data-pick-for="${holder.dataset.name}"]`)) {
    button.addEventListener("click", () => add({ value: button.dataset.value, label: button.dataset.label, note: button.dataset.value }));
  }
}

const codesOf = (area) => area.value.split(/[\s,;]+/).filter(Boolean);

async function named(source, code) {
  const bare = { value: code, label: code, note: "" };
  try {
    const address = new URL(source, location.href);
    address.searchParams.set("q", code);
    const { items } = await (await fetch(address)).json();
    return items.map(shapes.classifier).find((item) => item.value === code) ?? bare;
  } catch {
    return bare;
  }
}

export const person = (holder) => one(holder, "person");
export const organisation = (holder) => one(holder, "organisation");

async function one(holder, kind) {
  const control = holder.querySelector("input, select");
  const source = holder.dataset.source;
  if (control && source) await picker(control, source, kind, holder.dataset.label || control.dataset.label);
}

/** Turn one plain control into a lookup of `kind`; typed text that matches nothing is sent as typed. */
export async function picker(control, source, kind, label) {
  const place = make("div");
  let picked = { label: label || control.selectedOptions?.[0]?.textContent.trim() || control.value, value: control.value };
  const shown = control.value ? picked.label : "";
  const hidden = make("input", { type: "hidden", name: control.name, value: control.value, "data-shown": shown });
  control.before(place);
  control.after(hidden);
  control.removeAttribute("name");
  control.disabled = true;
  control.hidden = true;
  const changed = (value, label) => {
    hidden.value = value;
    hidden.dataset.shown = label;
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
  };
  let restored;
  const ready = lookup({ place, id: control.id, source, shape: shapes[kind], label: shown, known: () => restored, onPick: (item) => {
    picked = item;
    changed(item.value, item.label);
  } });
  // A draft puts the value back, and with it what it is shown by.
  hidden.addEventListener("input", async () => {
    picked = { value: hidden.value, label: hidden.dataset.shown };
    restored = picked.label;
    write(await ready, picked.label);
  });
  const input = await ready;
  input.addEventListener("input", () => {
    const typed = input.value.trim();
    if (typed !== restored) restored = null;
    changed(typed === picked.label ? picked.value : typed, typed);
  });
  takeOver(control, input);
  return input;
}

async function lookup({ place, id, source, shape, label, onPick, known = () => null }) {
  await script("accessible-autocomplete/accessible-autocomplete.min.js");
  lookups += 1;
  const inputId = `${id || "lookup"}-search-${lookups}`;
  let asked;
  let timer;
  const ask = async (query, populate) => {
    asked?.abort();
    asked = new AbortController();
    const address = new URL(source, location.href);
    address.searchParams.set("q", query);
    try {
      const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const { items } = await answer.json();
      populate(items.map(shape));
    } catch (problem) {
      if (problem.name === "AbortError") return;
      announce(say("searchFailed"));
      populate([]);
    }
  };
  window.accessibleAutocomplete({
    element: place,
    id: inputId,
    defaultValue: label,
    minLength: 1,
    confirmOnBlur: false,
    displayMenu: "overlay",
    source: (query, populate) => {
      clearTimeout(timer);
      // What was chosen before opens no list.
      if (query === known()) return;
      timer = setTimeout(() => ask(query, populate), 150);
    },
    templates: {
      inputValue: (item) => item?.label ?? "",
      suggestion: (item) => (typeof item === "string" ? escape(item) : `${escape(item.label)}${item.note ? `<small>${escape(item.note)}</small>` : ""}`),
    },
    onConfirm: (item) => {
      if (item) onPick(item, document.getElementById(inputId));
    },
    tNoResults: () => say("noResults"),
    tStatusQueryTooShort: (n) => say("resultsShort", { n }),
    tStatusNoResults: () => say("noResults"),
    tStatusSelectedOption: (option, length, index) => `${option}, ${say("of", { i: index + 1, n: length })}`,
    tStatusResults: (n) => say("resultsCount", { n }),
    tAssistiveHint: () => "",
  });
  const input = document.getElementById(inputId);
  input.lang = language;
  // An Escape that closes the list is used up by that: the next one leaves the field.
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && input.getAttribute("aria-expanded") === "true") event.preventDefault();
  }, { capture: true });
  // Enter chooses; pressed before the list has come, it sends no form with half a name in it.
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault();
  });
  return input;
}

/** The label, the description and the mark of an error pass to the control that is seen. */
function takeOver(control, input) {
  for (const label of document.querySelectorAll(`label[for="${CSS.escape(control.id)}"]`)) label.htmlFor = input.id;
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (control.hasAttribute(name)) input.setAttribute(name, control.getAttribute(name));
  }
}

function write(input, text) {
  // The library follows what is typed, so its state changes by an input event alone.
  const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  setter.call(input, text);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function chip(item, remove) {
  const button = make("button", { type: "button", onclick: remove }, icon("x"), make("span", { class: "visually-hidden" }, `${say("remove")} ${item.label}`));
  const text = make("span", {}, item.label, item.note && item.note !== item.label ? make("small", {}, item.note) : null);
  return make("li", { class: "chip" }, text, button);
}

function escape(text) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
