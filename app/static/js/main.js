// Every page's only script; every page works without it.

import { wake } from "./wake.js";

document.documentElement.classList.replace("no-js", "js");
await wake(document.body);
for (const form of document.querySelectorAll("[data-f-form]")) {
  (await import("./conditions.js")).conditions(form);
}
for (const summary of document.querySelectorAll("[data-f-summary]")) {
  (await import("./errors.js")).errorSummary(summary);
}
document.documentElement.dataset.ready = "yes";
