import { pressed } from "./keys.js";

const PLACE = "list place";

/**
 * A list under the keyboard: j and k (or the arrows, once a row has the focus) go through the rows,
 * Enter opens, x marks, t takes.  Whoever comes back to the list (data-address, however it was asked
 * for) finds the focus where it was; when that row is gone, on the one that took its place.
 */
export function listKeys(table) {
  const links = [...table.querySelectorAll("tbody a.table-main")];
  const rowOf = (link) => link.closest("tr");
  const current = () => links.findIndex((link) => rowOf(link).contains(document.activeElement));
  const boxOf = (link) => rowOf(link).querySelector("input[type=checkbox][name=item]");

  const go = (index, marking) => {
    const link = links[Math.min(Math.max(index, 0), links.length - 1)];
    if (marking) mark(link, true);
    link.focus();
    link.scrollIntoView({ block: "nearest" });
  };
  const mark = (link, wanted) => {
    const box = boxOf(link);
    if (!box) return;
    box.checked = wanted ?? !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const keep = () => {
    const index = current();
    if (index < 0) return;
    sessionStorage.setItem(PLACE, JSON.stringify({ address: table.dataset.address, href: links[index].href, index }));
  };
  const take = (link) => {
    const form = rowOf(link).querySelector("form[action$='/take']");
    if (!form) return;
    const next = Object.assign(document.createElement("input"), { type: "hidden", name: "next", value: location.pathname + location.search });
    form.append(next);
    form.requestSubmit();
  };

  document.addEventListener("keydown", (event) => {
    const key = pressed(event);
    const index = current();
    const arrows = index >= 0 && !event.shiftKey;
    if (key === "j" || (arrows && key === "ArrowDown")) go(index + 1, event.shiftKey);
    else if (key === "k" || (arrows && key === "ArrowUp")) go(index < 0 ? 0 : index - 1, event.shiftKey);
    else if (arrows && key === "Home") go(0);
    else if (arrows && key === "End") go(links.length - 1);
    else if (key === "x" && index >= 0) mark(links[index]);
    else if (key === "t" && index >= 0) take(links[index]);
    else if (key === "Escape") document.getElementById("bulk")?.reset();
    else return;
    event.preventDefault();
  });
  window.addEventListener("pagehide", keep);
  restore(table.dataset.address, links, go);
}

function restore(address, links, go) {
  const kept = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
  sessionStorage.removeItem(PLACE);
  if (!kept || kept.address !== address || !links.length) return;
  const same = links.findIndex((link) => link.href === kept.href);
  go(same < 0 ? kept.index : same);
}
