// The route of an appeal drawn: bpmn-js' viewer with the steps passed, present and given up marked.

import { icon, make, script } from "./dom.js";
import { say } from "./texts.js";

const READABLE = 0.5;
const marks = { passed: "step-passed", now: "step-now", cancelled: "step-cancelled" };

/**
 * data-source     address of the .bpmn file
 * data-passed, data-now, data-cancelled   ids of elements, separated by spaces
 * data-counts     how many stand where, "id:number id:number"; data-where is the address of a list
 *                 of them, to which the id is added
 */
export async function diagram(holder) {
  holder.classList.add("diagram");
  try {
    await script("bpmn-js/bpmn-navigated-viewer.production.min.js");
    const answer = await fetch(holder.dataset.source, { headers: { Accept: "application/xml" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const viewer = new window.BpmnJS({ container: holder });
    await viewer.importXML(await answer.text());
    mark(viewer, holder);
    count(viewer, holder);
    tools(viewer, holder);
    open(viewer, holder);
    // A diagram in a part of the page that was closed has no size until it opens.
    new ResizeObserver(() => viewer.get("canvas").resized()).observe(holder);
    holder.addEventListener("shown", () => open(viewer, holder));
  } catch (problem) {
    holder.replaceChildren(make("p", { class: "empty" }, say("diagramFailed")));
    console.warn("diagram", problem);
  }
}

function mark(viewer, holder) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  for (const [kind, css] of Object.entries(marks)) {
    for (const id of ids(holder, kind)) {
      const element = registry.get(id);
      // An open sub-process is only framed, so that what goes on inside it stays the brightest.
      if (element) canvas.addMarker(id, element.children?.length ? `${css}-frame` : css);
    }
  }
}

/** How many stand on an element: a number at its corner, the darker the more, that leads to them. */
function count(viewer, holder) {
  const overlays = viewer.get("overlays");
  const registry = viewer.get("elementRegistry");
  const counts = ids(holder, "counts").map((pair) => pair.split(":"));
  const most = Math.max(1, ...counts.map(([, number]) => Number(number)));
  for (const [id, number] of counts) {
    const element = registry.get(id);
    if (!element) continue;
    viewer.get("canvas").addMarker(id, `step-heat-${Math.ceil((3 * Number(number)) / most)}`);
    const name = `${element.businessObject.name ?? id}: ${number}`;
    const html = make("a", { class: "diagram-count", href: holder.dataset.where + encodeURIComponent(id) + "#standing", title: name, "aria-label": name }, number);
    overlays.add(id, { position: { top: -12, right: 14 }, scale: { min: 0.85 }, html });
  }
}

function ids(holder, kind) {
  return (holder.dataset[kind] ?? "").split(" ").filter(Boolean);
}

function fit(viewer) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() > 1) canvas.zoom(1, "auto");
}

/** Show all of it; where that would be too small to read, the present step instead. */
function open(viewer, holder) {
  fit(viewer);
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const here = [...ids(holder, "now"), ...ids(holder, "counts").map((pair) => pair.split(":")[0])];
  const present = here.map((id) => registry.get(id)).filter((element) => element && !element.children?.length);
  if (canvas.zoom() >= READABLE || !present.length) return;
  canvas.zoom(READABLE + 0.15);
  canvas.scrollToElement(present[0], 60);
}

function tools(viewer, holder) {
  const step = (factor) => () => viewer.get("zoomScroll").stepZoom(factor);
  const button = (name, symbol, press) =>
    make("button", { type: "button", class: "button button-quiet button-icon", title: name, "aria-label": name, onclick: press }, icon(symbol));
  holder.append(
    make(
      "div",
      { class: "diagram-tools" },
      button(say("zoomIn"), "zoom-in", step(1)),
      button(say("zoomOut"), "zoom-out", step(-1)),
      button(say("fit"), "move", () => fit(viewer)),
    ),
  );
}
