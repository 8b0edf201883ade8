"""The shipped diagrams as the route of an appeal draws them: no word of a name is broken."""

from tests.conftest import ROOT

VIEWER = ROOT / "app/static/vendor/bpmn-js/bpmn-navigated-viewer.production.min.js"

# The names drawn, and the lines that the viewer has broken each into.
NAMES = """async (xml) => {
  document.body.innerHTML = '<div style="width: 900px; height: 600px"></div>';
  const viewer = new BpmnJS({ container: document.body.firstChild });
  await viewer.importXML(xml);
  const registry = viewer.get("elementRegistry");
  return registry.filter((one) => one.businessObject?.name).map((one) => [
    one.businessObject.name,
    [...registry.getGraphics(one).querySelectorAll(":scope > .djs-visual > text > tspan")]
      .map((line) => line.textContent),
  ]);
}"""


def broken(name, lines):
    """Whether a line ends within a word, where there is no hyphen."""
    words = name.replace("-", "- ").split()
    return [word for line in lines for word in line.replace("-", "- ").split() if word not in words]


def test_no_word_is_broken(open_browser):
    page = open_browser()
    page.add_script_tag(path=VIEWER)
    files = sorted((ROOT / "processes").glob("*/*.bpmn"))
    drawn = {file.name: page.evaluate(NAMES, file.read_text(encoding="utf-8")) for file in files}
    assert all(drawn.values())
    cut = [
        (file, lines)
        for file, names in drawn.items()
        for name, lines in names
        if broken(name, lines)
    ]
    assert not cut
