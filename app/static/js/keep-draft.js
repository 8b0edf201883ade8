import { announce, icon, make, reveal, takeAway } from "./dom.js";
import { firstField, put, valuesOf } from "./draft.js";
import { fileSize, say } from "./texts.js";

const STORE = "appeal-draft:";
const WRITER = "appeal-writer";
const DAY = 24 * 3600 * 1000;
const QUIET = 800;
const AGAIN = 10_000;
const OFFERED = 3;

/**
 * Keeps a form that is being filled in, in this browser at once and on the server soon after.
 *
 * data-mark     what the form is called here; the form's own mark (field "token") says it there
 * data-address  takes the form and answers {code}: the code opens it on another device; 412 when
 *               another device wrote what stands here nowhere: one is asked whose text is to stay
 * data-open     takes such a code
 * data-days     for how long it is kept
 * data-fresh    the form was just opened: what was written before and not sent is offered
 * data-saved-at when what stands in it was kept: what was written later in this browser is offered
 * data-marks    drafts that were sent: who leaves the receipt at once has not forgotten them yet
 */
export function keepDraft(form) {
  draftsSent(form);
  const line = form.querySelector("[data-draft-line]");
  const place = form.querySelector("[data-draft-code]");
  let timer;
  let changedAt = 0;
  let asked = null;
  let state = "";
  let seen = form.dataset.savedAt ?? "";
  form.append(make("input", { type: "hidden", name: "writer", value: writer() }));

  const show = (name, time = "", code = "") => {
    line.hidden = false;
    line.dataset.state = name;
    // Without a connection no icon comes either.
    line.replaceChildren(...(name === "saved" ? [icon("check")] : []), say(`draft_${name}`, { time }));
    if (code) {
      place.hidden = false;
      place.replaceChildren(say("draftCode"), " ", make("strong", { class: "code" }, code));
    }
    if (state !== name && name !== "saved") announce(line.textContent);
    state = name;
  };

  const choose = ({ code, saved_at: at }) => {
    if (state === "elsewhere") return;
    show("elsewhere", clock(new Date(at)));
    const button = (text, press) => make("button", { type: "button", class: "button button-quiet button-small", onclick: press }, text);
    line.append(
      button(say("draftTheirs"), () => open(form, code)),
      button(say("draftMine"), () => keep({ anyway: "1" })),
    );
  };

  const keep = async (more = {}) => {
    clearTimeout(timer);
    if (!form.isConnected || !worthKeeping(form)) return;
    const time = clock();
    const here = keepHere(form);
    changedAt = 0;
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(form.dataset.address, { method: "POST", body: bodyOf(form, { seen, ...more }), signal: asked.signal });
      if (answer.status === 412) {
        choose(await answer.json());
        return;
      }
      if (answer.status === 409) {
        forget(form.dataset.mark);
        show("sent");
        return;
      }
      if (!answer.ok) throw new Error(answer.status);
      const { code, saved_at: at } = await answer.json();
      seen = at;
      show("saved", time, code);
    } catch (problem) {
      if (problem.name === "AbortError") return;
      show(here ? "offline" : "nowhere", time);
      timer = setTimeout(() => keep(more), AGAIN);
    }
  };

  const soon = () => {
    changedAt ||= Date.now();
    clearTimeout(timer);
    // Who types without a pause is saved all the same.
    timer = setTimeout(() => keep(), Date.now() - changedAt > AGAIN ? 0 : QUIET);
  };
  const now = () => {
    if (!changedAt || !form.isConnected || !worthKeeping(form)) return;
    clearTimeout(timer);
    changedAt = 0;
    asked?.abort();
    keepHere(form);
    navigator.sendBeacon(form.dataset.address, bodyOf(form, { seen }));
  };
  for (const kind of ["input", "change", "uploaded", "removed"]) form.addEventListener(kind, soon);
  form.addEventListener("sending", () => {
    clearTimeout(timer);
    asked?.abort();
    changedAt = 0;
    if (worthKeeping(form)) keepHere(form);
  });
  form.addEventListener("unsent", soon);
  window.addEventListener("online", () => { if (state === "offline") keep(); });
  window.addEventListener("pagehide", now);
  document.addEventListener("visibilitychange", () => { if (document.hidden) now(); });

  const savedAt = "fresh" in form.dataset ? 0 : Date.parse(form.dataset.savedAt ?? "");
  const offered = all(Number(form.dataset.days)).filter((kept) =>
    savedAt === 0 || (kept.mark === form.dataset.mark && kept.at > savedAt + QUIET));
  form.prepend(...offered.slice(0, OFFERED).map((kept) => offer(form, kept)));
}

/** Forgets the drafts whose marks are in data-marks: they were sent. */
export function draftsSent(element) {
  for (const mark of (element.dataset.marks ?? "").split(" ")) forget(mark);
}

function bodyOf(form, more) {
  const body = new FormData(form);
  body.delete("new_files");
  for (const [name, value] of Object.entries(more)) body.set(name, value);
  return body;
}

/** Opens what another device has written; what stands here is offered there. */
function open(form, code) {
  const fields = { csrf_token: form.elements.csrf_token.value, code };
  const sent = make("form", { method: "post", action: form.dataset.open, hidden: true },
    ...Object.entries(fields).map(([name, value]) => make("input", { type: "hidden", name, value })));
  document.body.append(sent);
  sent.submit();
}

/** Whether a person has put in anything that it would be a pity to lose. */
function worthKeeping(form) {
  return valuesOf(form).some(([, value, checked]) => checked === null && value.trim().length > 2) || filesOf(form).length > 0;
}

function filesOf(form) {
  return [...form.querySelectorAll("input[type=hidden][name=files]")].map(({ value, dataset }) =>
    ({ id: value, name: dataset.file, size: Number(dataset.size) }));
}

function clock(moment = new Date()) {
  return moment.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
}

// -- in this browser --------------------------------------------------------------------------

/** What this browser calls itself, in all its tabs. */
function writer() {
  const made = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    const known = localStorage.getItem(WRITER) ?? made;
    localStorage.setItem(WRITER, known);
    return known;
  } catch {
    return made;
  }
}

function keepHere(form) {
  const kept = {
    at: Date.now(), mark: form.dataset.mark, token: form.elements.token.value,
    values: valuesOf(form), files: filesOf(form),
  };
  try {
    localStorage.setItem(STORE + kept.mark, JSON.stringify(kept));
    return true;
  } catch {
    return false; // Storage is full or forbidden: there is the server.
  }
}

/** What is kept here and not too old, newest first. */
function all(days) {
  try {
    const kept = Object.keys(localStorage).filter((key) => key.startsWith(STORE)).map((key) => JSON.parse(localStorage.getItem(key)));
    for (const old of kept.filter((one) => Date.now() - one.at > days * DAY)) forget(old.mark);
    return kept.filter((one) => Date.now() - one.at <= days * DAY).sort((one, other) => other.at - one.at);
  } catch {
    return [];
  }
}

function forget(mark) {
  try {
    localStorage.removeItem(STORE + mark);
  } catch {
    return; // Nothing could have been kept either.
  }
}

// -- coming back ------------------------------------------------------------------------------

function offer(form, kept) {
  const when = new Date(kept.at).toLocaleString(document.documentElement.lang, {
    day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hour12: false,
  });
  const begin = kept.values.find(([name]) => name === "text")?.[1].trim().slice(0, 80);
  const button = (text, look, press) =>
    make("button", { type: "button", class: `button button-small ${look}`, onclick: press }, text);
  const box = make(
    "div",
    { class: "inset", role: "region", "aria-label": say("draftRestore"), "data-draft-offer": true },
    make("p", {}, say("draftFound", { when }), begin ? make("br") : null, begin ? make("q", {}, begin) : null),
    make(
      "div",
      { class: "row" },
      button(say("draftRestore"), "", () => {
        restore(form, kept);
        for (const each of form.querySelectorAll("[data-draft-offer]")) each.remove();
        reveal(form.elements.text);
        form.elements.text.focus();
      }),
      button(say("draftDiscard"), "button-quiet", () => {
        forget(kept.mark);
        const body = new FormData();
        body.append("token", kept.token);
        // The server forgets it by itself in time; telling it now is a courtesy.
        fetch(`${form.dataset.address.replace(/keep$/, "discard")}`, { method: "POST", body }).catch(() => {});
        takeAway([box], () => form.querySelector("[data-draft-offer] button") ?? firstField(form));
      }),
    ),
  );
  return box;
}

/** Make the form the one that was kept: its own mark, its values, its files. */
function restore(form, kept) {
  form.dataset.mark = kept.mark;
  form.elements.token.value = kept.token;
  const field = form.querySelector("[data-name=files]");
  field.dataset.owner = kept.token;
  put(form, withRows(form, kept.values));
  for (const file of kept.files) {
    if (form.querySelector(`input[name=files][value="${CSS.escape(file.id)}"]`)) continue;
    field.querySelector("[data-list]").append(fileRow(file));
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Add the rows of co-authors that the values need; the values under the names of these rows. */
function withRows(form, values) {
  const row = /^co_applicants-(\d+)-/;
  const names = new Map();
  const add = form.querySelector("#co_applicants [data-add]");
  const there = () => [...form.querySelectorAll("#co_applicants [data-item]")];
  for (const [name] of values) {
    const number = row.exec(name)?.[1];
    if (number === undefined || names.has(number)) continue;
    if (there().length <= names.size) add.click();
    names.set(number, row.exec(there()[names.size].querySelector("[name^=co_applicants-][type=text]").name)[1]);
  }
  return values.map(([name, ...rest]) =>
    [name.replace(row, (_all, number) => `co_applicants-${names.get(number)}-`), ...rest]);
}

function fileRow({ id, name, size }) {
  return make(
    "li",
    { class: "file" },
    icon("file-text"),
    make("span", { class: "file-name" }, name, make("span", { class: "file-note" }, fileSize(size))),
    make("input", { type: "hidden", name: "files", value: id, "data-file": name, "data-size": size }),
    make("button", { type: "button", class: "button button-quiet button-small", "data-remove": true }, icon("trash-2"), say("remove"), make("span", { class: "visually-hidden" }, ` ${name}`)),
  );
}
