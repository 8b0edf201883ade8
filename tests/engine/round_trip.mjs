// What a modeler does to a file that is opened and saved: reads it with its own libraries and
// writes it again. Prints one JSON array of {file, warnings, text}, in the order of the arguments.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { BpmnModdle } from "bpmn-moddle";
import { DmnModdle } from "dmn-moddle";
import { Window } from "happy-dom";

const require = createRequire(import.meta.url);
const bpmn = new BpmnModdle({ camunda: require("camunda-bpmn-moddle/resources/camunda.json") });
const dmn = new DmnModdle();

async function saved(moddle, text, type) {
  const { rootElement, warnings } = await moddle.fromXML(text, type);
  const { xml } = await moddle.toXML(rootElement, { format: true });
  return { warnings: warnings.map((warning) => warning.message), text: xml };
}

// The form editor is written for a browser and looks for one as soon as it is loaded; here it
// keeps its model and draws nothing.
function editor() {
  const window = new Window();
  for (const name of ["document", "Image", "KeyboardEvent"]) globalThis[name] = window[name];
  globalThis.window = window;
  const { FormEditor } = require("@bpmn-io/form-js-editor");
  return new FormEditor({ additionalModules: [{ renderer: ["value", {}] }] });
}

const forms = editor();

async function savedForm(text) {
  const { warnings } = await forms.importSchema(JSON.parse(text));
  return { warnings: warnings.map(String), text: JSON.stringify(forms.saveSchema()) };
}

const savers = {
  bpmn: (text) => saved(bpmn, text, "bpmn:Definitions"),
  dmn: (text) => saved(dmn, text, "dmn:Definitions"),
  form: savedForm,
};

const answers = [];
for (const file of process.argv.slice(2)) {
  const save = savers[file.split(".").pop()];
  answers.push({ file, ...(await save(await readFile(file, "utf8"))) });
}
process.stdout.write(JSON.stringify(answers), () => process.exit(0));
