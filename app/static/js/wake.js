// Each part of a page that wants a script names it in data-widget; what is not on the page is not
// loaded.  Apart from main.js, whose waiting would hold up a widget that imported it back.

const widgets = {
  advice: () => import("./advice.js").then((module) => module.advice),
  ask: () => import("./dialog.js").then((module) => module.ask),
  classifier: () => import("./pickers.js").then((module) => module.classifier),
  copy: () => import("./copy.js").then((module) => module.copy),
  countdown: () => import("./countdown.js").then((module) => module.countdown),
  counter: () => import("./counter.js").then((module) => module.counter),
  dialog: () => import("./dialog.js").then((module) => module.dialog),
  diagram: () => import("./bpmn-view.js").then((module) => module.diagram),
  "drafts-sent": () => import("./keep-draft.js").then((module) => module.draftsSent),
  draft: () => import("./draft.js").then((module) => module.draft),
  effort: () => import("./effort.js").then((module) => module.effort),
  "error-summary": () => import("./errors.js").then((module) => module.errorSummary),
  files: () => import("./upload.js").then((module) => module.upload),
  fold: () => import("./fold.js").then((module) => module.fold),
  hint: () => import("./hint.js").then((module) => module.hint),
  "in-sight": () => import("./in-sight.js").then((module) => module.inSight),
  "keep-draft": () => import("./keep-draft.js").then((module) => module.keepDraft),
  keys: () => import("./keys.js").then((module) => module.keys),
  layout: () => import("./layout.js").then((module) => module.layout),
  "list-keys": () => import("./list-keys.js").then((module) => module.listKeys),
  menu: () => import("./menu.js").then((module) => module.menu),
  once: () => import("./once.js").then((module) => module.once),
  organisation: () => import("./pickers.js").then((module) => module.organisation),
  person: () => import("./pickers.js").then((module) => module.person),
  "resolution-list": () => import("./resolution-list.js").then((module) => module.resolutionList),
  print: () => import("./copy.js").then((module) => module.print),
  rules: () => import("./rules.js").then((module) => module.rules),
  repeat: () => import("./repeat.js").then((module) => module.repeat),
  selection: () => import("./selection.js").then((module) => module.selection),
  send: () => import("./send.js").then((module) => module.send),
  "sign-hook": () => import("./sign-hook.js").then((module) => module.signHook),
  steps: () => import("./steps.js").then((module) => module.steps),
  toggle: () => import("./toggle.js").then((module) => module.toggle),
  turning: () => import("./turning.js").then((module) => module.turning),
  upload: () => import("./upload.js").then((module) => module.upload),
};

/** Wake the widgets inside `root`; new rows of a repeated group call it for themselves. */
export async function wake(root) {
  const found = [...root.querySelectorAll("[data-widget]")];
  if (root.matches?.("[data-widget]")) found.unshift(root);
  await Promise.all(
    found.map(async (element) => {
      if (element.dataset.awake) return;
      element.dataset.awake = "yes";
      for (const name of element.dataset.widget.split(/\s+/)) {
        if (widgets[name]) (await widgets[name]())(element);
      }
    }),
  );
}
