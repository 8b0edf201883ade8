import { announce, icon, make, takeAway } from "./dom.js";
import { fileName, fileSize, say } from "./texts.js";
import { atOnce, inPieces, Refused } from "./transfer.js";

/**
 * Files go up at once, each by itself, with a progress bar; a hidden input keeps the id that the
 * server gave, so a form that comes back with errors still has them.
 *
 * data-address  where a file is posted as "file"; the answer is {id, name, size}
 *               (data-source in the forms of tasks)
 * data-pieces   where it goes in pieces instead, and so survives a broken connection
 * data-name     the name of the hidden inputs
 * data-token    the CSRF token, when it is not in the form already
 * data-owner    sent along as "owner";  data-max  the largest size in bytes;  data-most  how many
 */
export function upload(field) {
  const input = field.querySelector("input[type=file]");
  const list = field.querySelector("[data-list]") ?? field.insertBefore(make("ul", { class: "files", "data-list": true, "aria-live": "polite" }), input);
  const drop = field.querySelector("[data-drop]");
  const form = field.closest("form");
  form.uploads ??= [];
  field.dataset.address ??= field.dataset.source ?? "";
  field.dataset.token ??= form.querySelector("[name=csrf_token]")?.value ?? "";
  if (!field.dataset.address) return;

  const take = (files) => {
    for (const file of files) begin(field, form, list, file);
    input.value = "";
  };
  input.addEventListener("change", () => take([...input.files]));
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    event.preventDefault();
    remove(field, button.closest("li"));
    input.focus();
  });
  if (drop) acceptDrops(drop, take);
}

function acceptDrops(drop, take) {
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("drop-over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    drop.addEventListener(kind, () => drop.classList.remove("drop-over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
}

function begin(field, form, list, file) {
  const note = make("span", { class: "file-note" }, fileSize(file.size));
  const row = make("li", { class: "file" }, icon("file-text"), make("span", { class: "file-name" }, fileName(file.name), note));
  const most = Number(field.dataset.most);
  const full = most && list.querySelectorAll("li:not(.file-failed)").length >= most;
  list.append(row);
  if (full) {
    refuse(row, note, say("mostFiles", { most }));
    return;
  }
  const limit = Number(field.dataset.max);
  if (limit && file.size > limit) {
    refuse(row, note, say("tooLarge", { limit: fileSize(limit) }));
    return;
  }
  const entry = { state: "running" };
  form.uploads.push(entry);
  entry.done = send(field, row, note, file, entry);
}

async function send(field, row, note, file, entry) {
  const name = fileName(file.name);
  const bar = make("progress", { max: 100, value: 0, "aria-label": name });
  const { address, pieces, owner, token } = field.dataset;
  const sent = (pieces ? inPieces : atOnce)(file, {
    address: pieces || address, owner, token,
    onProgress: (part) => {
      const percent = Math.round(100 * part);
      bar.value = percent;
      note.textContent = say("uploading", { percent });
    },
    onBreak: () => {
      note.textContent = say("uploadBroken");
    },
  });
  const cancel = button(say("cancel"), "x", name, sent.cancel);
  row.append(cancel, bar);
  try {
    const stored = await sent.done;
    note.textContent = fileSize(stored.size);
    row.append(make("input", { type: "hidden", name: field.dataset.name, value: stored.id, "data-file": name, "data-size": stored.size }));
    row.append(remover(name));
    entry.state = "done";
    announce(say("uploaded", { name }));
    field.dispatchEvent(new CustomEvent("uploaded", { bubbles: true, detail: stored }));
  } catch (problem) {
    entry.state = problem ? "failed" : "cancelled";
    if (!problem) takeAway([row], () => field.querySelector("input[type=file]"));
    // Sent once more it would be refused once more.
    else if (problem instanceof Refused) refuse(row, note, problem.text);
    else {
      refuse(row, note, typeof problem === "string" ? problem : say("failed"), () => {
        row.classList.remove("file-failed");
        note.textContent = fileSize(file.size);
        entry.state = "running";
        entry.done = send(field, row, note, file, entry);
      });
    }
  } finally {
    takeAway([bar, cancel], () => row.querySelector("button"));
  }
}

function refuse(row, note, text, again) {
  row.classList.add("file-failed");
  note.textContent = text;
  announce(text);
  if (again) {
    row.append(button(say("retry"), "refresh-cw", "", () => {
      const pressed = [...row.querySelectorAll("button")];
      again();
      takeAway(pressed, () => row.querySelector("button"));
    }));
  }
  row.append(remover(row.querySelector(".file-name").firstChild.textContent));
}

function button(text, symbol, name, press) {
  return make(
    "button",
    { type: "button", class: "button button-quiet button-small", onclick: press },
    icon(symbol),
    text,
    name && make("span", { class: "visually-hidden" }, ` ${name}`),
  );
}

function remover(name) {
  const made = button(say("remove"), "trash-2", name, () => {});
  made.dataset.remove = "yes";
  return made;
}

function remove(field, row) {
  const id = row.querySelector("input[type=hidden]")?.value;
  announce(say("removed", { name: row.querySelector(".file-name").firstChild.textContent.trim() }));
  row.remove();
  field.dispatchEvent(new CustomEvent("removed", { bubbles: true }));
  if (!id) return;
  // The server drops unclaimed files by itself in time; telling it now is a courtesy.
  const body = new FormData();
  if (field.dataset.owner) body.append("owner", field.dataset.owner);
  fetch(`${field.dataset.address}/${encodeURIComponent(id)}/discard`, {
    method: "POST", body, headers: { "X-CSRFToken": field.dataset.token },
  }).catch(() => {});
}
