// Rows of a resolution: executors looked up by name, rows added and removed in place.

import { announce, icon, make } from "./dom.js";
import { picker } from "./pickers.js";
import { say } from "./texts.js";

export function resolutionList(table) {
  const key = table.dataset.name;
  const blank = blankRow(table);
  const rows = () => [...table.querySelectorAll("[data-row]")];
  for (const row of rows()) equip(table, row, rows);
  const add = (number) => {
    const row = renumbered(blank, key, number);
    (rows().at(-1) ?? table.querySelector("legend")).after(row);
    return equip(table, row, rows);
  };
  table.querySelector(".f-rows__add")?.addEventListener("click", async (event) => {
    event.preventDefault();
    // Enter in a field presses the first button of a form, whichever that is.
    if (!event.detail && event.currentTarget !== document.activeElement) return;
    (await add(1 + Math.max(-1, ...rows().map((row) => Number(row.dataset.row)))))?.focus();
  });
  // A draft says under which names its rows stand.
  table.addEventListener("rows", ({ detail: names }) => {
    const numbers = new Set(names.map((name) => name.match(`^${key}-(\\d+)-text$`)?.[1]).filter(Boolean));
    if (!numbers.size) return;
    for (const row of rows()) if (!numbers.delete(row.dataset.row)) row.remove();
    for (const number of numbers) add(number);
  });
}

function blankRow(table) {
  const row = table.querySelector("[data-row]").cloneNode(true);
  for (const control of row.querySelectorAll("input, textarea")) {
    if (control.type === "radio") control.removeAttribute("checked");
    else control.removeAttribute("value");
    if (control.tagName === "TEXTAREA") control.textContent = "";
    delete control.dataset.label;
  }
  return row;
}

function renumbered(blank, key, number) {
  const row = blank.cloneNode(true);
  const before = row.dataset.row;
  row.dataset.row = number;
  for (const element of row.querySelectorAll("[id], [name], [for]")) {
    for (const attribute of ["id", "name", "for"]) {
      const value = element.getAttribute(attribute);
      if (value) element.setAttribute(attribute, value.replace(`-${before}-`, `-${number}-`));
    }
    if (element.type === "radio") element.value = number;
  }
  return row;
}

function equip(table, row, rows) {
  const executor = row.querySelector("[name$='-executor']");
  const ready = executor && table.dataset.personSource ? picker(executor, table.dataset.personSource, "person", executor.dataset.label) : executor;
  const remove = make(
    "button",
    { type: "button", class: "f-button f-button--secondary f-row__remove", onclick: () => {
      if (rows().length === 1) return;
      row.remove();
      if (!table.querySelector("[name$='-responsible']:checked")) {
        const first = table.querySelector("[name$='-responsible']");
        if (first) first.checked = true;
      }
      announce(say("removed", { name: row.querySelector("[role=combobox]")?.value ?? "" }));
      table.querySelector(".f-rows__add")?.focus();
    } },
    icon("trash-2"),
    say("remove"),
  );
  row.append(remove);
  return ready;
}
