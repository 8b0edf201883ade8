// Small helpers around the document.

const sprite = new URL("../vendor/icons.svg", import.meta.url).href;
const loading = new Map();

/** Make an element: properties, `data`/`aria-` attributes by name, children as nodes or text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Remove elements; if one of them has the focus, what comes next has it then. */
export function takeAway(elements, next) {
  const stood = elements.some((one) => one.contains(document.activeElement));
  for (const one of elements) one.remove();
  if (stood) next()?.focus();
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** Load a plain script of app/static/vendor once. */
export function script(path) {
  if (!loading.has(path)) {
    loading.set(
      path,
      new Promise((resolve, reject) => {
        const element = make("script", { src: new URL(`../vendor/${path}`, import.meta.url).href });
        element.addEventListener("load", () => resolve());
        element.addEventListener("error", () => reject(new Error(path)));
        document.head.append(element);
      }),
    );
  }
  return loading.get(path);
}

/** Ask for a field to be brought into view: it may stand in a part of the form that is closed. */
export function reveal(field) {
  field.dispatchEvent(new CustomEvent("reveal", { bubbles: true }));
}

/** Tell a screen reader something that is seen elsewhere. */
export function announce(text) {
  let region = document.getElementById("announcements");
  if (!region) {
    region = make("div", { id: "announcements", class: "visually-hidden", role: "status", "aria-live": "polite" });
    document.body.append(region);
  }
  region.textContent = text;
}
