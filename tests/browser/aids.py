"""What the tools of accessibility find on the page that is open: axe-core and HTML CodeSniffer.

Both run inside the page that a test has opened and filled, so that every state is judged, not only
what an address shows. HTML CodeSniffer is what pa11y runs; both come by `npm ci`.
"""

from pathlib import Path

NODE_MODULES = Path(__file__).parents[2] / "node_modules"
AXE = NODE_MODULES / "axe-core/axe.min.js"
SNIFFER = NODE_MODULES / "@pa11y/html_codesniffer/build/HTMLCS.js"

#: WCAG 2.2 to level AA, and what axe-core's authors hold for good practice.
RUN_AXE = """async () => {
  const found = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    rules: { "target-size": { enabled: true } },
    resultTypes: ["violations"],
    iframes: false,
  });
  return found.violations.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.id}: ${node.html.slice(0, 160)} (${node.failureSummary.split("\\n").slice(1, 3).join(";")})`));
}"""
#: Contrast alone: what a change of colours can break.
RUN_CONTRAST = RUN_AXE.replace(
    '["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]',
    '{ type: "rule", values: ["color-contrast", "link-in-text-block"] }',
).replace('rules: { "target-size": { enabled: true } },', "")
#: Errors only, as pa11y counts by default. Of what the page does not show it knows nothing to say:
#: a field that a script has replaced has lost its label on purpose.
RUN_SNIFFER = """() => new Promise((resolve, reject) => {
  // It complains to the console about words missing in its own translation.
  const { error } = console;
  console.error = () => {};
  HTMLCS.process("WCAG2AA", document, (failed) => {
  console.error = error;
  if (failed) return reject(failed);
  const shown = (one) => !one.closest || one.closest("head") || one.checkVisibility();
  const errors = HTMLCS.getMessages().filter((one) => one.type === HTMLCS.ERROR);
  resolve(errors.filter((one) => shown(one.element)).map((one) =>
    `${one.code}: ${one.msg} (${one.element.outerHTML?.slice(0, 160)})`));
  });
})"""


def axe(page):
    """Everything axe-core calls a violation."""
    return _run(page, "axe", AXE, RUN_AXE)


def contrast(page):
    """Violations of contrast only."""
    return _run(page, "axe", AXE, RUN_CONTRAST)


def sniffer(page):
    """Everything pa11y would call an error."""
    return _run(page, "HTMLCS", SNIFFER, RUN_SNIFFER)


def _run(page, name, source, run):
    if not page.evaluate(f"() => typeof {name} !== 'undefined'"):
        page.evaluate(source.read_text(encoding="utf-8"))
    return page.evaluate(run)
