"""Diagrams as other tools write them: prefixes, order, root elements, pools with message flows."""

import json

import pytest

from engine import Refused, VersionSet, check
from engine.__main__ import main
from tests.engine.walk import Walk

OPEN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn2:definitions xmlns:bpmn2="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="urn:x"
    expressionLanguage="http://www.w3.org/1999/XPath">
"""
SHARED = """
<bpmn2:itemDefinition id="text" structureRef="string"/>
<bpmn2:message id="order" name="Order" itemRef="text"/>
<bpmn2:message id="answer" name="Answer" itemRef="text"/>
<bpmn2:signal id="alarm" name="Alarm"/>
<bpmn2:error id="broken" errorCode="E1" structureRef="text"/>
<bpmn2:escalation id="late" escalationCode="L1" structureRef="text"/>
<bpmn2:interface id="port" name="port">
  <bpmn2:operation id="ordering" name="ordering"><bpmn2:inMessageRef>order</bpmn2:inMessageRef></bpmn2:operation>
</bpmn2:interface>
<bpmn2:messageEventDefinition id="ordered" messageRef="order"/>
<bpmn2:signalEventDefinition id="alarmed" signalRef="alarm"/>
<bpmn2:errorEventDefinition id="failed" errorRef="broken"/>
<bpmn2:timerEventDefinition id="overdue">
  <bpmn2:timeDuration xsi:type="bpmn2:tFormalExpression">PT5S</bpmn2:timeDuration>
</bpmn2:timerEventDefinition>
"""


def file(*parts):
    return f"{OPEN}{''.join(parts)}</bpmn2:definitions>".encode()


def process(name, body, flows):
    lines = "".join(
        f'<bpmn2:sequenceFlow id="{name}_{a}_{b}" name="" sourceRef="{a}" targetRef="{b}"/>'
        for a, b in (flow.split(">") for flow in flows.split())
    )
    # The flows come first: the order of elements means nothing.
    return f'<bpmn2:process id="{name}" isExecutable="true">{lines}{body}</bpmn2:process>'


def script(name, text):
    return (
        f'<bpmn2:scriptTask id="{name}" name="{name}" scriptFormat="any">'
        f"<bpmn2:script>{text}</bpmn2:script></bpmn2:scriptTask>"
    )


def event(kind, name, definition="", attributes=""):
    return f'<bpmn2:{kind} id="{name}" {attributes}>{definition}</bpmn2:{kind}>'


def reference(name):
    return f"<bpmn2:eventDefinitionRef>{name}</bpmn2:eventDefinitionRef>"


@pytest.fixture
def simulate(tmp_path, capsys):
    def run(drawn, *options, **answers):
        (tmp_path / "p.bpmn").write_bytes(drawn)
        (tmp_path / "answers.json").write_text(json.dumps(answers))
        given = ["--answers", str(tmp_path / "answers.json")]
        code = main(["simulate", str(tmp_path / "p.bpmn"), *given, *options])
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return code, lines

    return run


def completed(lines, process="p"):
    return [
        line["element"]
        for line in lines
        if line["event"] == "completed" and line["process"] == process
    ]


START = event("startEvent", "s")
END = event("endEvent", "e")


@pytest.mark.parametrize(
    ("definition", "move", "expected"),
    [
        ("ordered", lambda walk: walk.send("Order"), ["h"]),
        ("alarmed", lambda walk: walk.send("Alarm", kind="signal"), ["h"]),
        ("overdue", lambda walk: walk.wait(seconds=5), ["h"]),
    ],
)
def test_definitions_at_the_root_serve_boundary_events(definition, move, expected):
    body = (
        START + '<bpmn2:userTask id="a"/><bpmn2:userTask id="h"/>'
        + event("boundaryEvent", "b", reference(definition), 'attachedToRef="a"')
    )  # fmt: skip
    walk = Walk(files={"p.bpmn": file(SHARED, process("p", body, "s>a b>h"))})
    assert move(walk).open == expected


def test_definitions_at_the_root_serve_starts_and_are_used_again_and_again():
    body = (
        event("startEvent", "s", reference("ordered")) + '<bpmn2:userTask id="a"/>'
        + event("intermediateCatchEvent", "c", reference("ordered")) + END
    )  # fmt: skip
    files = {"p.bpmn": file(SHARED, process("p", body, "s>a a>c c>e"))}
    walk = Walk(files=files, message="Order")
    assert walk.do("a").send("Order").ended
    assert not [found for found in check(files) if found.severity == "error"]


def test_a_definition_at_the_root_ends_with_an_error():
    inner = (
        '<bpmn2:subProcess id="x"><bpmn2:startEvent id="xs"/>'
        + event("endEvent", "bad", reference("failed"))
        + '<bpmn2:sequenceFlow id="x1" sourceRef="xs" targetRef="bad"/></bpmn2:subProcess>'
    )
    body = (
        START + inner + '<bpmn2:userTask id="h"/>'
        + event("boundaryEvent", "b", reference("failed"), 'attachedToRef="x"')
    )  # fmt: skip
    assert Walk(files={"p.bpmn": file(SHARED, process("p", body, "s>x b>h"))}).open == ["h"]


def test_names_may_carry_the_prefix_of_their_namespace():
    body = START + event(
        "intermediateCatchEvent", "c", reference("tns:alarmed").replace("tns:", "x:")
    )
    walk = Walk(files={"p.bpmn": file(SHARED, process("p", body, "s>c"))})
    assert walk.send("Alarm", kind="signal").ended


THROW = '<bpmn2:messageEventDefinition messageRef="order"><bpmn2:operationRef>ordering</bpmn2:operationRef></bpmn2:messageEventDefinition>'
SIGNAL = '<bpmn2:signalEventDefinition signalRef="alarm"/>'
POOLS = """<bpmn2:collaboration id="pools" isClosed="false">
<bpmn2:participant id="pool_p" processRef="p"><bpmn2:participantMultiplicity minimum="0" maximum="1"/></bpmn2:participant>
<bpmn2:participant id="pool_q" processRef="q"><bpmn2:interfaceRef>port</bpmn2:interfaceRef></bpmn2:participant>
<bpmn2:messageFlow id="over" sourceRef="t" targetRef="qs"/></bpmn2:collaboration>"""


@pytest.mark.parametrize(
    ("thrown", "begins"),
    [
        (event("intermediateThrowEvent", "t", THROW), event("startEvent", "qs", THROW)),
        (event("endEvent", "t", THROW), event("startEvent", "qs", THROW)),
        (event("intermediateThrowEvent", "t", SIGNAL), event("startEvent", "qs", SIGNAL)),
        (event("endEvent", "t", SIGNAL), event("startEvent", "qs", SIGNAL)),
        (
            '<bpmn2:sendTask id="t" messageRef="order" operationRef="ordering"/>',
            '<bpmn2:receiveTask id="qs" messageRef="order" instantiate="true"/>',
        ),
    ],
)
def test_one_pool_starts_the_other(simulate, thrown, begins):
    drawn = file(
        SHARED,
        process("p", START + thrown + script("one", "x = 1"), "s>t" + (" t>one" * ("endE" not in thrown))),
        process("q", begins + script("mark", "y = 2"), "qs>mark"),
        POOLS,
    )  # fmt: skip
    code, lines = simulate(drawn)
    assert code == 0
    assert completed(lines, "q") == ["qs", "mark"]
    assert completed(lines)[:2] == ["s", "t"]
    ends = [line["process"] for line in lines if line["event"] == "ended"]
    assert ends == ["q", "p"]


def test_pools_answer_each_other(simulate):
    ask = event("intermediateThrowEvent", "t", THROW)
    wait = event("intermediateCatchEvent", "w", THROW.replace('"order"', '"answer"'))
    reply = event("endEvent", "r", THROW.replace('"order"', '"answer"'))
    drawn = file(
        SHARED,
        process("p", START + ask + wait + END, "s>t t>w w>e"),
        process(
            "q",
            event("startEvent", "qs", THROW) + '<bpmn2:userTask id="work"/>' + reply,
            "qs>work work>r",
        ),
        POOLS,
    )
    code, lines = simulate(drawn)
    assert (code, completed(lines), completed(lines, "q")) == (
        0, ["s", "t", "w", "e"], ["qs", "work", "r"],
    )  # fmt: skip
    code, lines = simulate(drawn, wait=["work"])
    assert (code, completed(lines)) == (3, ["s", "t"])


@pytest.mark.parametrize(("definition", "name"), [(THROW, "Order"), (SIGNAL, "Alarm")])
def test_the_other_pool_alone_takes_its_message_from_the_answers(simulate, definition, name):
    drawn = file(
        SHARED,
        process("p", START + END, "s>e"),
        process("q", event("startEvent", "qs", definition) + END.replace('"e"', '"f"'), "qs>f"),
    )
    assert completed(simulate(drawn)[1]) == ["s", "e"]
    code, lines = simulate(drawn, "--process", "q", messages=[name])
    assert (code, completed(lines, "q")) == (0, ["qs", "f"])
    assert [line["message"] for line in lines if line["event"] == "message"] == [name]


def test_flags_may_be_written_as_numbers():
    body = (
        START + '<bpmn2:userTask id="a"/><bpmn2:task id="h"/>'
        + event("boundaryEvent", "b", THROW, 'attachedToRef="a" cancelActivity="0"')
        + '<bpmn2:subProcess id="w" triggeredByEvent="1">'
        + event("startEvent", "ws", SIGNAL, 'isInterrupting=" 0 "')
        + "</bpmn2:subProcess>"
    )  # fmt: skip
    files = {"p.bpmn": file(SHARED, process("p", body, "s>a b>h"))}
    walk = Walk(files=files)
    assert walk.send("Order").send("Alarm", kind="signal").open == ["a"]
    assert {"h", "ws", "w"} <= set(walk.steps("completed"))
    drawn = files["p.bpmn"].replace(
        b'<bpmn2:task id="h"', b'<bpmn2:task id="h" isForCompensation="1"'
    )
    with pytest.raises(Refused, match="compensation"):
        VersionSet.load({"p.bpmn": drawn})


def test_a_global_task_is_not_where_a_walk_begins(simulate):
    drawn = file('<bpmn2:globalTask id="g"/>', process("p", START + END, "s>e"))
    assert simulate(drawn)[0] == 0


def test_the_id_of_a_global_task_is_taken():
    drawn = file('<bpmn2:globalTask id="e"/>', process("p", START + END, "s>e"))
    found = [(f.element, f.rule) for f in check({"p.bpmn": drawn}) if f.severity == "error"]
    assert found == [("e", "id.duplicate")]


@pytest.mark.parametrize(
    "begins",
    [
        '<bpmn2:receiveTask id="r" messageRef="order" instantiate="true"/>',
        '<bpmn2:eventBasedGateway id="r" instantiate="true"/>'
        + event("intermediateCatchEvent", "c", THROW),
    ],
)
def test_what_instantiates_is_a_beginning_to_check(begins):
    flows = "r>e" if "receive" in begins else "r>c c>e"
    for more, extra in (("", ""), (START + '<bpmn2:task id="t"/>', " s>t t>e")):
        files = {"p.bpmn": file(SHARED, process("p", begins + END + more, flows + extra))}
        rules = {found.rule for found in check(files)}
        assert not rules & {"flow.unreachable", "process.no-start"}
        assert VersionSet.load(files).processes["p"].message_starts == ("Order",)


@pytest.mark.parametrize("kind", ["intermediateThrowEvent", "endEvent"])
def test_an_operation_may_send_what_has_no_message(kind):
    sending = '<bpmn2:messageEventDefinition xmlns:c="http://camunda.org/schema/1.0/bpmn" c:type="external" c:topic="mail.send"/>'
    files = {"p.bpmn": file(process("p", START + event(kind, "t", sending), "s>t"))}
    assert not [found for found in check(files) if found.severity == "error"]
    walk = Walk(files=files)
    assert ([name for name, *_ in walk.called], walk.ended) == (["mail.send"], True)
    caught = files["p.bpmn"].replace(kind.encode(), b"intermediateCatchEvent")
    with pytest.raises(Refused, match="choose a message"):
        VersionSet.load({"p.bpmn": caught})


PARTNER = """<bpmn2:process id="q" isExecutable="false"><bpmn2:serviceTask id="x"/>
<bpmn2:exclusiveGateway id="g"/><bpmn2:task id="y"/><bpmn2:task id="z"/>
<bpmn2:sequenceFlow id="q1" sourceRef="g" targetRef="y"/><bpmn2:sequenceFlow id="q2" sourceRef="g" targetRef="z"/>
<bpmn2:sequenceFlow id="q3" sourceRef="x" targetRef="gone"/></bpmn2:process>"""


def test_a_pool_that_is_only_shown_may_hold_what_cannot_run():
    own = process("p", START + END, "s>e")
    found = {(each.element, each.rule) for each in check({"p.bpmn": file(own, PARTNER)})}
    assert {rule for element, rule in found if element in ("x", "g", "y", "z", "q3")} == set()
    assert ("q", "process.not-executable") in found
    assert Walk(files={"p.bpmn": file(own, PARTNER)}).ended
    calling = process("p", START + '<bpmn2:callActivity id="c" calledElement="q"/>', "s>c")
    for files in ({"p.bpmn": file(calling, PARTNER)}, {"q.bpmn": file(PARTNER)}):
        rules = {each.rule for each in check(files) if each.severity == "error"}
        assert {"topic.missing", "gateway.no-default", "flow.dangling"} <= rules


def test_what_the_engine_refuses_it_refuses_in_every_pool():
    files = {
        "p.bpmn": file(process("p", START + END, "s>e"), PARTNER.replace("exclusive", "complex"))
    }
    assert ("g", "unsupported") in {(each.element, each.rule) for each in check(files)}
    with pytest.raises(Refused, match="complex gateway"):
        VersionSet.load(files)
