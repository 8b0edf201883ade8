import { make, reveal } from "./dom.js";
import { errorSummary } from "./errors.js";
import { say } from "./texts.js";

/**
 * Tells what is wrong with a field as soon as it is left, and with the whole form before it is
 * sent.  The rules are the server's: data-rules of a control holds them as `asked.Rule.as_json`
 * writes them.  A rule holds while the fields of its `when` have one of the values named there.
 */
export function rules(form) {
  const left = new Set();
  const look = (control) => show(control, problemOf(form, control));
  form.addEventListener("focusout", ({ target }) => {
    if (!target.dataset?.rules || (!target.value.trim() && !left.has(target.name))) return;
    left.add(target.name);
    look(target);
  });
  // A field that was wrong is looked at while it is mended; a choice may free others.
  form.addEventListener("input", ({ target }) => {
    if (target.getAttribute?.("aria-invalid") && target.dataset.rules) look(target);
  });
  form.addEventListener("change", ({ target }) => {
    if (target.type !== "radio") return;
    for (const control of ruled(form)) if (control.getAttribute("aria-invalid")) look(control);
  });
}

/** Look at every field of the form or of one part of it; whether all is right.  What is wrong is
 * told beside it and in a summary, and the first of it is brought into view. */
export function allRight(form, part = form) {
  const wrong = ruled(form)
    .filter((control) => part.contains(control))
    .map((control) => [control, problemOf(form, control)])
    .filter(([control, problem]) => {
      show(control, problem);
      return problem;
    });
  document.querySelector("main .summary")?.remove();
  if (wrong.length) summarise(form, wrong);
  return wrong.length === 0;
}

function ruled(form) {
  return [...form.elements].filter((control) => control.dataset.rules);
}

function problemOf(form, control) {
  const value = control.value.trim();
  const broken = JSON.parse(control.dataset.rules).find(({ when, pattern, most }) => {
    if (!Object.entries(when).every(([name, wanted]) => wanted.includes(form.elements[name]?.value))) return false;
    if (pattern) return value && !new RegExp(`^(?:${pattern})$`, "iu").test(value);
    if (most) return [...value].length > most;
    return !value;
  });
  return broken?.say ?? "";
}

function show(control, problem) {
  const id = `${control.id}-error`;
  const box = control.closest(".field");
  const about = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  box.querySelector(`#${id}`)?.remove();
  box.classList.toggle("field-bad", Boolean(problem));
  if (problem) {
    const hidden = make("span", { class: "visually-hidden" }, `${say("error")} `);
    control.before(make("p", { class: "field-error", id }, make("span", {}, hidden, problem)));
    control.setAttribute("aria-invalid", "true");
    about.add(id);
  } else {
    control.removeAttribute("aria-invalid");
    about.delete(id);
  }
  if (about.size) control.setAttribute("aria-describedby", [...about].join(" "));
  else control.removeAttribute("aria-describedby");
}

function labelOf(control) {
  return control.labels[0].firstChild.textContent.trim();
}

function summarise(form, wrong) {
  // A sentence that several fields share names the field.
  const shared = (problem) => wrong.filter(([, other]) => other === problem).length > 1;
  const said = ([control, problem]) => shared(problem) ? `${labelOf(control)}: ${problem}` : problem;
  const lines = wrong.map((one) => make("li", {}, make("a", { href: `#${one[0].id}` }, said(one))));
  const summary = make(
    "div",
    { class: "summary", role: "alert", tabindex: -1, "aria-labelledby": "summary-title" },
    make("h2", { id: "summary-title" }, say("checkFields")),
    make("ul", {}, ...lines),
  );
  (form.closest("main").querySelector("h1") ?? form).before(summary);
  reveal(wrong[0][0]);
  errorSummary(summary);
}
