"""What pa11y and Lighthouse say of the public pages; the figures of the statement.

With ACCESSIBILITY_RESULT=FILE the figures are written there: `make accessibility` does so for the
page /accessibility.
"""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.browser import aids
from tests.browser.test_every_page import PLAIN

PUBLIC = sorted(address for login, address in PLAIN.values() if login is None)
#: The pages a citizen begins with; Lighthouse takes half a minute for each.
BEGUN_WITH = ("/", "/appeals/new", "/status", "/statistics")
#: What a first visit may cost in bytes, headers and fonts included.
FIRST_VISIT = 100 * 1024
CATEGORIES = ("accessibility", "best-practices", "performance")
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
LEAST = {"accessibility": 100, "best-practices": 95, "performance": 95}
#: A machine busy with something else makes any page slow: the best of so many runs counts.
ATTEMPTS = 3


@pytest.fixture(scope="module")
def node():
    beside = Path(sys.executable).parent
    found = shutil.which("node", path=os.pathsep.join([os.environ["PATH"], str(beside)]))
    assert found is not None, "run make setup-dev: it brings node where there is none"
    return found


def pa11y(node, executable, address, folder):
    """The errors by WCAG 2 AA, as pa11y itself opens the page and counts."""
    config = folder / "pa11y.json"
    launch = {"executablePath": executable, "args": FLAGS.split()}
    config.write_text(json.dumps({"chromeLaunchConfig": launch, "timeout": 120_000}))
    command = [node, aids.NODE_MODULES / "pa11y/bin/pa11y.js", "--reporter", "json"]
    done = subprocess.run(
        [*command, "--config", config, address], capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 2}, done.stderr
    return [f"{one['code']}: {one['context']}" for one in json.loads(done.stdout)]


def lighthouse(node, executable, address):
    """Marks out of 100 by category, bytes of the visit, and what cost marks."""
    command = [node, aids.NODE_MODULES / "lighthouse/cli/index.js", address, "--quiet"]
    command += ["--output=json", f"--only-categories={','.join(CATEGORIES)}"]
    done = subprocess.run(
        [*command, f"--chrome-flags={FLAGS}"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "CHROME_PATH": executable},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    marks = {name: round(found["categories"][name]["score"] * 100) for name in CATEGORIES}
    cost = [
        f"{one['id']}: {one.get('displayValue', one['title'])}"
        for one in found["audits"].values()
        if one["score"] is not None and one["score"] < 0.9
    ]
    return marks, int(found["audits"]["total-byte-weight"]["numericValue"]), cost


@pytest.mark.long
def test_the_tools_find_nothing_on_public_pages(site, node, executable, open_browser, tmp_path):
    page = open_browser()
    rows, wrong = [], []
    for address in PUBLIC:
        page.goto(address)
        page.wait_for_selector("html[data-ready]")
        found = {
            "axe": aids.axe(page),
            "pa11y": pa11y(node, executable, site.url + address, tmp_path),
        }
        wrong += [f"{address}: {one}" for each in found.values() for one in each]
        row = {"address": address, **{tool: len(each) for tool, each in found.items()}}
        if address in BEGUN_WITH:
            row |= judged(node, executable, site.url, address, wrong)
        rows.append(row)
    if kept := os.environ.get("ACCESSIBILITY_RESULT"):
        write(Path(kept), rows)
    assert not wrong, "\n".join(wrong)


def judged(node, executable, url, address, wrong):
    for _attempt in range(ATTEMPTS):
        marks, size, cost = lighthouse(node, executable, url + address)
        if marks["performance"] >= 95:
            break
    wrong += below(LEAST, address, marks, size, cost)
    return {
        "accessibility": marks["accessibility"],
        "practices": marks["best-practices"],
        "performance": marks["performance"],
        "size": size,
    }


def below(least, address, marks, size, cost):
    """What is not as good as it should be, in words."""
    if any(marks[name] < mark for name, mark in least.items()):
        yield f"{address}: Lighthouse says {marks}: {cost}"
    if size >= FIRST_VISIT:
        yield f"{address}: {size} bytes at the first visit"


def write(path, rows):
    tools = {"axe-core": "axe-core", "pa11y": "pa11y", "Lighthouse": "lighthouse"}
    result = {
        "on": datetime.now(UTC).date().isoformat(),
        "tools": {name: version(package) for name, package in tools.items()},
        "pages": rows,
    }
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def version(package):
    described = aids.NODE_MODULES / package / "package.json"
    return json.loads(described.read_text(encoding="utf-8"))["version"]


def test_pa11y_and_lighthouse_find_nothing_on_the_first_page(site, node, executable, tmp_path):
    """Of the run above what there is time for each day; how fast a page is, a busy machine hides."""
    assert pa11y(node, executable, f"{site.url}/", tmp_path) == []
    least = {name: mark for name, mark in LEAST.items() if name != "performance"}
    assert list(below(least, "/", *lighthouse(node, executable, f"{site.url}/"))) == []


@pytest.mark.long
def test_the_tools_see_what_is_wrong(site, node, executable, open_browser, tmp_path):
    """Each tool is known to bite: a page with a grey text, a bare field and a lone picture.

    pa11y judges no contrast where the page does not say its ground.
    """
    wrong = tmp_path / "wrong.html"
    wrong.write_text(
        "<!doctype html><html><head><title>x</title></head><body style='background:#fff'>"
        "<p style='color:#bbb'>grey</p>"
        "<input name=a><img src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='>"
        "<p><a href='#a' style='font-size:8px;display:inline-block;width:8px'>x</a>"
        "<a href='#b' style='font-size:8px;display:inline-block;width:8px'>y</a></p></body></html>"
    )
    page = open_browser()
    page.goto(wrong.as_uri())
    said = " ".join(aids.axe(page))
    for rule in ("color-contrast", "label", "image-alt", "html-has-lang", "target-size"):
        assert f"{rule}:" in said
    for found in (aids.sniffer(page), pa11y(node, executable, wrong.as_uri(), tmp_path)):
        said = " ".join(found)
        for code in ("1_4_3.G18", "1_1_1.H37", "3_1_1.H57.2"):
            assert code in said
    assert aids.contrast(page)
