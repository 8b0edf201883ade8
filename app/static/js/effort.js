import { announce } from "./dom.js";
import { say } from "./texts.js";

/**
 * Does the sum that a form of a busy address asks for (data-challenge, the protocol of ALTCHA),
 * in a thread of its own while the person writes; sending waits for it.
 */
export function effort(field) {
  const form = field.form;
  const challenge = JSON.parse(field.dataset.challenge);
  const worker = new Worker(new URL("./effort-worker.js", import.meta.url));
  const entry = { state: "running", why: "effortRuns" };
  entry.done = new Promise((resolve) => {
    worker.addEventListener("message", ({ data }) => {
      const { stamp: _stamp, maxnumber: _most, ...told } = challenge;
      field.value = btoa(JSON.stringify({ ...told, number: data.number, took: data.took }));
      entry.state = "done";
      announce(say("effortDone"));
      worker.terminate();
      resolve();
    });
    worker.addEventListener("error", () => {
      entry.state = "failed"; // Who has no worker waits, as who has no scripts does.
      resolve();
    });
  });
  form.uploads ??= [];
  form.uploads.push(entry);
  worker.postMessage(challenge);
}
