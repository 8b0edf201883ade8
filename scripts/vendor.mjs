// Copies the few files of node_modules that pages load into app/static/vendor.
// There is no bundler: what is served is byte for byte what the package holds, except the icon
// sprite, which gathers the icons named below into one file, and two cuts of the typeface: what
// Russian and English pages are written with, in the weights they use. They are what a first visit
// loads; whole files are for the rare letters besides.

import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import subsetFont from "subset-font";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const source = join(root, "node_modules");
const target = join(root, "app", "static", "vendor");

const golos = "@fontsource-variable/golos-text";
const files = {
  ...Object.fromEntries(
    ["cyrillic", "cyrillic-ext", "latin", "latin-ext"].map((subset) => [
      `${golos}/files/golos-text-${subset}-wght-normal.woff2`,
      `golos-text/golos-text-${subset}-wght-normal.woff2`,
    ]),
  ),
  [`${golos}/LICENSE`]: "golos-text/LICENSE",
  "accessible-autocomplete/dist/accessible-autocomplete.min.js": "accessible-autocomplete/accessible-autocomplete.min.js",
  "accessible-autocomplete/LICENSE.txt": "accessible-autocomplete/LICENSE",
  "bpmn-js/dist/bpmn-navigated-viewer.production.min.js": "bpmn-js/bpmn-navigated-viewer.production.min.js",
  "bpmn-js/dist/assets/diagram-js.css": "bpmn-js/diagram-js.css",
  "bpmn-js/dist/assets/bpmn-js.css": "bpmn-js/bpmn-js.css",
  "bpmn-js/dist/assets/bpmn-font/css/bpmn.css": "bpmn-js/css/bpmn.css",
  "bpmn-js/dist/assets/bpmn-font/font": "bpmn-js/font",
  "bpmn-js/LICENSE": "bpmn-js/LICENSE",
  "lucide-static/LICENSE": "icons.LICENSE",
};

const icons = `
  activity alarm-clock archive arrow-down arrow-left arrow-right arrow-up award bell book-open building-2 calendar
  calendar-clock chart-column check chevron-down chevron-left chevron-right chevrons-up-down circle-alert circle-check
  circle-help circle-x clipboard-list clock copy corner-down-right corner-up-left corner-up-right download ellipsis eye file file-check
  file-plus file-search file-signature file-text files filter flag folder-open git-branch globe hand history hourglass
  inbox info key-round landmark layers link list-checks list-tree lock log-in log-out mail mail-check map-pin
  message-square minus move panel-left paperclip pause pen-line phone play plus printer refresh-cw rotate-ccw search
  send settings share-2 shield-check square-pen stamp star tag timer trash-2 triangle-alert truck undo-2 upload user
  user-check user-plus users workflow x zoom-in zoom-out
`.trim().split(/\s+/);

async function symbol(name) {
  const svg = await readFile(join(source, "lucide-static", "icons", `${name}.svg`), "utf8");
  const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>[\s\S]*$/, "").replace(/\s+/g, " ").trim();
  return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
}

// The letters of a cut are those that its rule in tokens.css names.
async function cut(sheet, subset) {
  const rule = new RegExp(`golos-text-${subset}-cut\\.woff2[^}]*unicode-range:([^;]+);`).exec(sheet);
  const letters = rule[1].split(",").flatMap((range) => {
    const [first, last = first] = range.trim().slice(2).split("-").map((hex) => parseInt(hex, 16));
    return Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at));
  });
  const whole = await readFile(join(target, "golos-text", `golos-text-${subset}-wght-normal.woff2`));
  const variationAxes = { wght: { min: 400, max: 700 } };
  const made = await subsetFont(whole, letters.join(""), { targetFormat: "woff2", variationAxes });
  await writeFile(join(target, "golos-text", `golos-text-${subset}-cut.woff2`), made);
}

await rm(target, { recursive: true, force: true });
for (const [from, to] of Object.entries(files)) {
  await mkdir(dirname(join(target, to)), { recursive: true });
  await cp(join(source, from), join(target, to), { recursive: true });
}
const symbols = await Promise.all(icons.map(symbol));
await writeFile(
  join(target, "icons.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`,
);
const sheet = await readFile(join(root, "app", "static", "css", "tokens.css"), "utf8");
await Promise.all(["cyrillic", "latin"].map((subset) => cut(sheet, subset)));
console.log(`${Object.keys(files).length} files and ${icons.length} icons in app/static/vendor`);
