"""The shipped set against the operations that the rooms have registered."""

import json
from functools import cache

import shipped
from shipped import BPMN, CAMUNDA
from test_walks import WALKS
from walking import PLAYED

from engine.check import check


@cache
def manifest():
    return json.loads((shipped.ROOT / "processes" / "operations.json").read_text("utf-8"))


def test_the_checker_finds_nothing():
    found = check(shipped.files(), manifest())
    assert not found, "\n".join(f"{f.file} {f.element} {f.rule}: {f.message}" for f in found)


def test_nothing_needs_more_than_camunda_has():
    found = check(shipped.files(), manifest(), portable=True)
    assert not found, "\n".join(f"{f.file} {f.element} {f.rule}: {f.message}" for f in found)


def test_the_walks_play_the_operations_of_the_manifest():
    operations = manifest()["operations"]
    listeners = {
        listener.get("delegateExpression")[2:-1]
        for task in shipped.tasks()
        for listener in task.iter(f"{CAMUNDA}taskListener")
    }
    topics = {
        node.get(f"{CAMUNDA}topic")
        for process in shipped.processes()
        for node in process.iter(f"{BPMN}serviceTask")
    }
    assert listeners | topics == PLAYED.keys()
    assert {operations[name]["kind"] for name in listeners} == {"listener"}
    assert {operations[name]["kind"] for name in topics} == {"service"}


def test_the_walks_give_and_get_what_the_manifest_promises():
    operations = manifest()["operations"]
    for way in WALKS:
        for name, inputs, answer in way().port.calls:
            promised = operations[name]
            assert answer.keys() == promised["outputs"].keys(), f"{way.__name__}: {name}"
            if promised["kind"] == "service":
                required = {key for key, one in promised["inputs"].items() if one.get("required")}
                assert required <= inputs.keys() <= promised["inputs"].keys(), name
