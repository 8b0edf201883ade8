"""Hostile files are refused in bounded time and memory, by the command line as it is called."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine import check
from tests.engine.draw import HEAD
from tests.engine.test_xml import HOSTILE

ROOT = Path(__file__).parents[2]
DMN = b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d">'
FORMS = {
    "100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "half a surrogate pair": b'{"components": [], "id": "\\ud800"}',
    "not a number": b'{"components": [], "a": NaN}',
    "infinity": b'{"components": [], "a": 1e999}',
    "a number of 5,000 digits": b'{"components": [], "a": ' + b"9" * 5000 + b"}",
    "200 deep": b'{"components": ' * 200 + b"[]" + b"}" * 200,
    "100 MB": b'{"components": ["' + b"x" * 100_000_000 + b'"]}',
    "not JSON": b"<form/>",
}
WIDE = {
    "bpmn": (HEAD + "<a/>" * 60_000 + "</bpmn:definitions>").encode(),
    "dmn": DMN + b"<a/>" * 60_000 + b"</definitions>",
}
FILES = {
    **{f"{name}.{kind}": data for name, data in HOSTILE.items() for kind in ("bpmn", "dmn")},
    **{f"{name}.form": data for name, data in FORMS.items()},
    **{f"60,000 elements.{kind}": data for kind, data in WIDE.items()},
}
# A second of processor and 250 MB of memory for each file would do for an honest one many times.
LIMITED = """
import json, resource, sys
from engine.__main__ import main
from engine import Refused, VersionSet

resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
codes = {}
for path in sys.argv[1:]:
    codes[path] = [main(["check", path]), main(["simulate", path])]
    try:
        VersionSet.load({path: open(path, "rb").read(8_000_000)})
    except Refused:
        codes[path].append("refused")
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - begun
print(json.dumps({"codes": codes, "grown": grown}))
"""


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    for name, data in FILES.items():
        (folder / name).write_bytes(data[:5_000_000])
        os.truncate(folder / name, len(data))
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, *(str(folder / name) for name in FILES)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    told["codes"] = {Path(path).name: codes for path, codes in told["codes"].items()}
    return told


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused(answer, name):
    check, simulate, load = answer["codes"][name]
    assert check in (1, 2)
    assert simulate in (1, 2)
    assert load == "refused"


def test_no_file_takes_much_memory(answer):
    assert answer["grown"] < 250 * 1024


MANY = 2_000
EVENT = '<bpmn:intermediate{0}Event id="{0}{1}"><bpmn:linkEventDefinition name="L"/></bpmn:intermediate{0}Event>'
ALL = (
    '<bpmn:extensionElements><camunda:in variables="all"/><camunda:out variables="all"/>'
    "</bpmn:extensionElements>"
)
LARGE = {
    "names that nothing sets": lambda n: (
        f'<bpmn:scriptTask id="t{n}"><bpmn:script>abcdefgh{n} = zyxwvuts{n}</bpmn:script>'
        "</bpmn:scriptTask>"
    ),
    "messages": lambda n: f'<bpmn:receiveTask id="t{n}" messageRef="m{n}"/>',
    "links": lambda n: EVENT.format("Throw", n) + EVENT.format("Catch", n),
    "calls": lambda n: (
        f'<bpmn:callActivity id="c{n}" calledElement="p{n}">{ALL}</bpmn:callActivity>'
        f'</bpmn:process><bpmn:process id="p{n}">'
        f'<bpmn:scriptTask id="s{n}"><bpmn:script>v{n} = 1</bpmn:script></bpmn:scriptTask>'
    ),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_diagram_is_checked_in_bounded_time(name):
    body = "".join(map(LARGE[name], range(MANY)))
    messages = "".join(f'<bpmn:message id="m{n}" name="n{n}"/>' for n in range(MANY))
    data = f'{HEAD}{messages}<bpmn:process id="p">{body}</bpmn:process></bpmn:definitions>'
    began = time.process_time()
    assert check({"p.bpmn": data.encode()})
    assert time.process_time() - began < 7


def test_many_listeners_of_one_task_are_checked_in_bounded_time():
    listener = '<camunda:taskListener event="complete" delegateExpression="${r.v}"/>' * 10_000
    task = f'<bpmn:userTask id="t"><bpmn:extensionElements>{listener}</bpmn:extensionElements>'
    data = f'{HEAD}<bpmn:process id="p">{task}</bpmn:userTask></bpmn:process></bpmn:definitions>'
    began = time.process_time()
    assert check({"p.bpmn": data.encode()})
    assert time.process_time() - began < 7
