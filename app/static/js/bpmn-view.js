// The route of an appeal drawn: bpmn-js' viewer with the steps passed, present and given up marked.

import { icon, make, script } from "./dom.js";
import { say } from "./texts.js";

const marks = { passed: "step-passed", now: "step-now", cancelled: "step-cancelled" };

/**
 * data-source     address of the .bpmn file
 * data-passed, data-now, data-cancelled   ids of elements, separated by spaces
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
    tools(viewer, holder);
    fit(viewer);
    // A diagram in a part of the page that was closed has no size until it opens.
    new ResizeObserver(() => viewer.get("canvas").resized()).observe(holder);
    holder.addEventListener("shown", () => fit(viewer));
  } catch (problem) {
    holder.replaceChildren(make("p", { class: "empty" }, say("diagramFailed")));
    console.warn("diagram", problem);
  }
}

function mark(viewer, holder) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  for (const [kind, css] of Object.entries(marks)) {
    for (const id of (holder.dataset[kind] ?? "").split(" ").filter(Boolean)) {
      if (registry.get(id)) canvas.addMarker(id, css);
    }
  }
}

function fit(viewer) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() > 1) canvas.zoom(1, "auto");
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
