"""The manifest of operations is read strictly, and element templates are made from it."""

import json

import pytest

from engine.errors import Refused
from engine.manifest import element_templates, read_manifest
from tests.engine.checkset import MANIFEST

SPOKEN = {"ru": "а", "en": "a"}


def read(**operations):
    return read_manifest(json.dumps({"operations": operations}).encode())


def test_what_may_be_absent_comes_back_empty():
    manifest = read(**{"a.b": {"kind": "service", "summary": SPOKEN}})
    assert manifest["operations"]["a.b"]["inputs"] == {}
    assert manifest["operations"]["a.b"]["outputs"] == {}


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ({}, "`kind`"),
        ([], "an object"),
        ({"kind": "other", "summary": SPOKEN}, "`kind`"),
        ({"kind": "service", "summary": {"ru": "а"}}, "`summary`"),
        ({"kind": "service", "summary": SPOKEN, "inputs": []}, "`inputs`"),
        ({"kind": "service", "summary": SPOKEN, "inputs": {"x": {"type": "string"}}}, "`inputs.x`"),
        ({"kind": "service", "summary": SPOKEN, "outputs": {"x": SPOKEN}}, "a `type`"),
        (
            {
                "kind": "listener",
                "summary": SPOKEN,
                "inputs": {"x": {"type": "string", "values": [True], **SPOKEN}},
            },
            "`inputs.x.values`",
        ),
        ({"kind": "service", "summary": SPOKEN, "errors": {"x": {"en": ""}}}, "`errors.x`"),
    ],
)
def test_a_fault_in_an_operation(operation, words):
    with pytest.raises(Refused) as caught:
        read(**{"a.b": operation})
    assert {finding.element for finding in caught.value.findings} == {"a.b"}
    assert {finding.rule for finding in caught.value.findings} == {"manifest.malformed"}
    assert any(words in finding.message for finding in caught.value.findings)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"operations": []}', b"[" * 100_000])
def test_what_is_not_a_manifest(data):
    with pytest.raises(Refused):
        read_manifest(data)


def test_an_operation_is_called_room_verb():
    with pytest.raises(Refused, match=r"room\.verb"):
        read(notify={"kind": "service", "summary": SPOKEN})


def test_element_templates():
    (template,) = element_templates(MANIFEST)
    assert template["id"] == "priyomnaya.cases.notify"
    assert template["name"] == "Уведомить"
    assert template["appliesTo"] == ["bpmn:ServiceTask", "bpmn:SendTask"]
    bindings = [each["binding"] for each in template["properties"]]
    assert bindings == [
        {"type": "property", "name": "camunda:type"},
        {"type": "property", "name": "camunda:topic"},
        {"type": "camunda:inputParameter", "name": "text"},
        {"type": "camunda:inputParameter", "name": "copy"},
        {"type": "camunda:outputParameter", "source": "${letter}"},
    ]
    hidden = {
        each["binding"]["name"]: each["value"]
        for each in template["properties"]
        if each["type"] == "Hidden"
    }
    assert hidden == {"camunda:type": "external", "camunda:topic": "cases.notify"}
    text, copy = template["properties"][2:4]
    assert text["constraints"] == {"notEmpty": True}
    assert copy["optional"] is True
