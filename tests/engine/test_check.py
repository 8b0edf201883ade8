"""Every rule of `check` is seen to find what it is for, and to be silent about a sound set."""

import json
import re
from pathlib import Path

import pytest

from engine.check import RULES, check
from engine.check.rules import table
from engine.errors import Refused
from engine.library import VersionSet
from engine.manifest import read_manifest
from tests.engine.checkset import (
    CASE,
    END,
    FORM,
    HEAD,
    HELPER,
    MANIFEST,
    START,
    TABLE,
    around,
    diagram,
    flow,
    good_set,
    line,
    props,
)

KNOWN = read_manifest(json.dumps(MANIFEST).encode())


def findings(files, manifest=KNOWN, **more):
    return check(files, manifest, **more)


def rules_of(body, **more):
    """The rules broken by one diagram, as (element, rule) pairs, partial checking aside."""
    data = body if isinstance(body, bytes) else diagram(body, **more)
    return {
        (finding.element, finding.rule)
        for finding in findings({"case.bpmn": data}, None)
        if finding.rule != "check.partial"
    }


def spoiled(file, old, new, manifest=KNOWN):
    """Findings after one piece of text of the sound set was replaced."""
    files = good_set()
    assert old.encode() in files[file]
    files[file] = files[file].replace(old.encode(), new.encode())
    return {(finding.element, finding.rule) for finding in findings(files, manifest)}


def test_a_sound_set_has_no_findings():
    assert findings(good_set()) == ()


def test_a_finding_names_file_element_and_remedy():
    files = good_set()
    files["case/case.bpmn"] = files["case/case.bpmn"].replace(b"case/review", b"case/revue")
    (finding,) = findings(files)
    assert finding.file == "case/case.bpmn"
    assert finding.element == "review"
    assert (finding.rule, finding.severity) == ("form.unknown", "error")
    assert "forms/case/revue.form" in finding.message


FAULTS_IN_A_SET = [
        ('calledElement="helper"', 'calledElement="nobody"', "help", "call.unknown"),
        ('calledElement="helper"', "", "help", "call.missing"),
        ("route_table", "no_table", "route", "decision.unknown"),
        ("case/review", "case/none", "review", "form.unknown"),
        ("${cases.review}", "${cases.revue}", "review", "operation.unknown"),
        ("cases.notify", "cases.shout", "notify", "operation.unknown"),
        ("${cases.review}", "${cases.notify}", "review", "operation.kind"),
        ('"cases.notify"', '"cases.review"', "notify", "operation.kind"),
        ('name="text"', 'name="copy"', "notify", "operation.input"),
        ('name="text"', 'name="wrong"', "notify", "operation.input"),
        ('camunda:topic="cases.notify"', "", "notify", "topic.missing"),
        ('camunda:decisionRef="route_table" ', "", "route", "decision.missing"),
        (' default="which_route"', "", "which", "gateway.no-default"),
        ('default="which_route"', 'default="start_review"', "which", "gateway.default"),
        ('id="help"', 'id="route"', "route", "id.duplicate"),
        ("${cases.review}", "${cases.review()}", "review", "expression.unsafe"),
        ("${cases.review}", "${cases.review} ${x}", "review", "expression.unsafe"),
        ('event="complete"', 'event="create"', "review", "unsupported"),
        ("decision ==", "decison ==", "which_notify", "variable.unknown"),
        ("== 'answer'", "== 'anwser'", "which_notify", "value.unknown"),
        ("== 'answer'", "in ['answer', 'leave']", "which_notify", "value.unknown"),
        ("decision == 'answer'", "1 != decision", "which_notify", "value.unknown"),
        (' camunda:candidateGroups="manager"', "", "review", "lane.missing"),
        (
            ' camunda:candidateGroups="manager"', ' camunda:candidateGroups="manager, lawyer"',
            "review", "role.unknown",
        ),
        ("Решите, что делать.", "", "review", "documentation.missing"),
        ('"name.en"', '"name.fr"', "review", "english.missing"),
        ('"documentation.en"', '"documentation.fr"', "review", "english.missing"),
        ('"stage.en"', '"stage.fr"', "review", "english.missing"),
        ("until {due_on}", "until {due_at}", "review", "stage.names"),
        ("until {due_on}", "until {due_on", "review", "stage.names"),
        ('bpmnElement="review"', 'bpmnElement="revue"', "review", "di.missing"),
        ('bpmnElement="start_review"', 'bpmnElement="x"', "start_review", "di.missing"),
        ('isExecutable="true"', 'isExecutable="false"', "case", "process.not-executable"),
        ("camunda:dueDate=", 'camunda:followUpDate="x" camunda:dueDate=', "review", "attribute.ignored"),
        ('dueDate="${due_at}"', 'dueDate="soon"', "review", "timer.malformed"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "element", "rule"), FAULTS_IN_A_SET)
def test_a_fault_in_the_set(old, new, element, rule):
    assert (element, rule) in spoiled("case/case.bpmn", old, new)


TIMER = '<bpmn:timerEventDefinition id="t"><bpmn:{0}>{1}</bpmn:{0}></bpmn:timerEventDefinition>'
CATCH = '<bpmn:intermediateCatchEvent id="middle">{}</bpmn:intermediateCatchEvent>'
THROW = '<bpmn:intermediateThrowEvent id="middle">{}</bpmn:intermediateThrowEvent>'
TASK = '<bpmn:task id="middle"/>'


FAULTS_IN_A_DIAGRAM = [
        (START + '<bpmn:task id="a"/>' + END + line("start", "a"), "a", "flow.dead-end"),
        (START + '<bpmn:task id="a"/>' + END + line("start", "a"), "end", "flow.unreachable"),
        (around(TASK, extra='<bpmn:task id="b"/>' + line("b", "end")), "b", "flow.unreachable"),
        (around(TASK, extra=line("end", "middle")), "end", "flow.direction"),
        (around(TASK, extra=line("middle", "start")), "start", "flow.direction"),
        (around(TASK, extra=flow("x", "middle", "nowhere")), "x", "flow.dangling"),
        (
            around('<bpmn:subProcess id="middle"><bpmn:startEvent id="s"/></bpmn:subProcess>',
                   extra=flow("x", "middle", "s")),
            "x", "flow.dangling",
        ),
        (TASK + END + line("middle", "end"), "case", "process.no-start"),
        (
            START + '<bpmn:serviceTask id="a"/><bpmn:sendTask id="b"/>' + END
            + '<bpmn:exclusiveGateway id="g"/>' + line("start", "a", "g", "b", "a"),
            "a", "flow.endless",
        ),
        (around("<bpmn:task/>" + TASK), None, "id.missing"),
        (around('<bpmn:serviceTask id="middle" camunda:type="external" camunda:topic="a.b" '
                'camunda:resultVariable="${x}"/>'), "middle", "name.malformed"),
        (around('<bpmn:callActivity id="middle" calledElement="case"><bpmn:extensionElements>'
                '<camunda:in businessKey="x"/></bpmn:extensionElements></bpmn:callActivity>'),
         "middle", "attribute.ignored"),
        *((around(TASK, extra='<bpmn:subProcess id="w" triggeredByEvent="true"><bpmn:startEvent id="ws">'
                  '<bpmn:errorEventDefinition/></bpmn:startEvent><bpmn:endEvent id="we"/>'
                  f"{line('ws', 'we')}<bpmn:{loop}/></bpmn:subProcess>"), "w", "unsupported")
          for loop in ('multiInstanceLoopCharacteristics camunda:collection="x"',
                       'standardLoopCharacteristics loopMaximum="2"')),
        *((around(f'<bpmn:userTask id="middle" camunda:priority="{priority}"/>'), "middle",
           "priority.malformed") for priority in ("-1", "1000001", "high")),
        (around('<bpmn:complexGateway id="middle"/>'), "middle", "unsupported"),
        (around('<bpmn:transaction id="middle"/>'), "middle", "unsupported"),
        (around('<bpmn:adHocSubProcess id="middle"/>'), "middle", "unsupported"),
        (around('<bpmn:task id="middle" startQuantity="2"/>'), "middle", "unsupported"),
        (around(THROW.format("<bpmn:compensateEventDefinition/>")), "middle", "unsupported"),
        (around('<bpmn:serviceTask id="middle" camunda:class="java.lang.Runtime"/>'), "middle",
         "attribute.unsupported"),
        (around('<bpmn:serviceTask id="middle" camunda:expression="${x.run()}"/>'), "middle",
         "attribute.unsupported"),
        (around(THROW.format('<bpmn:messageEventDefinition camunda:class="x"/>')), "middle",
         "attribute.unsupported"),
        (around('<bpmn:userTask id="middle"><bpmn:extensionElements><camunda:formData/>'
                "</bpmn:extensionElements></bpmn:userTask>"), "middle", "attribute.unsupported"),
        (around('<bpmn:scriptTask id="middle" camunda:resultVariable="x"/>'), "middle",
         "attribute.unsupported"),
        (around('<bpmn:userTask id="middle"><bpmn:extensionElements><camunda:executionListener '
                'event="start" class="x"/></bpmn:extensionElements></bpmn:userTask>'), "middle",
         "unsupported"),
        (around('<bpmn:userTask id="middle" camunda:formRef="x"/>'), "middle", "attribute.unsupported"),
        (around('<bpmn:exclusiveGateway id="middle"/><bpmn:task id="b"/>',
                extra=line("middle", "b", "end")), "middle", "gateway.no-default"),
        (START + TASK + END + line("start", "middle") + flow("f", "middle", "end", "${true}"), "middle",
         "gateway.no-default"),
        (START + '<bpmn:parallelGateway id="middle"/>' + END + line("start", "middle")
         + flow("f", "middle", "end", "${true}"), "f", "flow.condition-ignored"),
        (START + '<bpmn:exclusiveGateway id="middle" default="f"/>' + END + line("start", "middle")
         + flow("f", "middle", "end", "${true}"), "f", "flow.condition-ignored"),
        (around('<bpmn:eventBasedGateway id="middle"/>'), "middle", "gateway.event-target"),
        (around(CATCH.format("")), "middle", "event.missing"),
        (around(TASK, extra='<bpmn:boundaryEvent id="b" attachedToRef="end">'
                + TIMER.format("timeDuration", "P1D") + "</bpmn:boundaryEvent>" + line("b", "end")),
         "b", "boundary.detached"),
        (around(TASK, extra='<bpmn:boundaryEvent id="b" attachedToRef="gone">'
                + TIMER.format("timeDuration", "P1D") + "</bpmn:boundaryEvent>" + line("b", "end")),
         "b", "boundary.detached"),
        (around('<bpmn:subProcess id="middle"><bpmn:startEvent id="s">'
                + TIMER.format("timeDuration", "P1D") + "</bpmn:startEvent></bpmn:subProcess>"), "s",
         "event.start"),
        (around('<bpmn:subProcess id="middle"><bpmn:startEvent id="s"/><bpmn:startEvent id="s2"/>'
                "</bpmn:subProcess>"), "s2", "event.start"),
        (around(TASK, extra='<bpmn:subProcess id="e" triggeredByEvent="true"><bpmn:startEvent id="s"/>'
                "</bpmn:subProcess>"), "s", "event.start"),
        (around(THROW.format('<bpmn:linkEventDefinition name="a"/>')), "middle", "link.unmatched"),
        (around(CATCH.format('<bpmn:linkEventDefinition name="a"/>')), "middle", "link.unmatched"),
        (around(CATCH.format("<bpmn:messageEventDefinition/>")), "middle", "message.missing"),
        (around(CATCH.format("<bpmn:conditionalEventDefinition/>")), "middle", "condition.missing"),
        (around(THROW.format('<bpmn:escalationEventDefinition escalationRef="x"/>')), "middle",
         "escalation.missing"),
        (around('<bpmn:task id="middle"><bpmn:standardLoopCharacteristics/></bpmn:task>'), "middle",
         "loop.missing"),
        (around(CATCH.format('<bpmn:signalEventDefinition signalRef="x"/>')), "middle",
         "signal.missing"),
        (around('<bpmn:receiveTask id="middle"/>'), "middle", "message.missing"),
        (around('<bpmn:task id="middle"/>', extra='<bpmn:boundaryEvent id="b" attachedToRef="middle">'
                '<bpmn:errorEventDefinition errorRef="x"/></bpmn:boundaryEvent>' + line("b", "end")),
         "b", "error.missing"),
        (around('<bpmn:userTask id="middle"><bpmn:multiInstanceLoopCharacteristics/></bpmn:userTask>'),
         "middle", "loop.missing"),
        (around('<bpmn:userTask id="middle" camunda:candidateGroups="a"><bpmn:extensionElements>'
                '<camunda:taskListener event="complete" delegateExpression="${a.b}"/>'
                '<camunda:taskListener event="complete" delegateExpression="${a.c}"/>'
                "</bpmn:extensionElements></bpmn:userTask>"), "middle", "operation.kind"),
        (around('<bpmn:sendTask id="middle"/>'), "middle", "topic.missing"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "element", "rule"), FAULTS_IN_A_DIAGRAM)
def test_a_fault_in_a_diagram(body, element, rule):
    assert (element, rule) in rules_of(body)


@pytest.mark.parametrize(
    "time",
    ["P3D", "PT1H30M", "P1Y2M", "R3/PT24H", "R/P1D", "2026-01-31", "2026-01-31T10:00:00+03:00",
     "${due_at}", "R/2026-01-01T00:00:00Z/P1D"],
)  # fmt: skip
def test_times_that_can_be_read(time):
    body = around(CATCH.format(TIMER.format("timeDuration", time)))
    assert not any(rule == "timer.malformed" for _, rule in rules_of(body))


@pytest.mark.parametrize("time", ["", "3 days", "P", "31.01.2026", "0 0 * * *", "R3", "R-1/P1D"])
def test_times_that_cannot_be_read(time):
    body = around(CATCH.format(TIMER.format("timeDuration", time)))
    rule = "timer.malformed" if time else "timer.missing"
    assert ("middle", rule) in rules_of(body)


def test_a_dead_end_is_milder_where_nothing_has_an_end():
    body = START + '<bpmn:task id="a"/>' + line("start", "a")
    (finding,) = [
        finding
        for finding in findings({"case.bpmn": diagram(body)}, None)
        if finding.rule == "flow.dead-end"
    ]
    assert finding.severity == "warning"


ROUND = START + '<bpmn:task id="a"/><bpmn:{} id="b"/>' + END + line("start", "a", "b", "a")


@pytest.mark.parametrize(
    ("middle", "more"),
    [
        ("userTask", ""),
        ("manualTask", ""),
        ("receiveTask", ""),
        ("callActivity", ""),
        ("intermediateCatchEvent", ""),
        ("eventBasedGateway", ""),
        ("task", flow("out", "b", "end", "${done}")),
        ("task", '<bpmn:boundaryEvent id="e" attachedToRef="b"><bpmn:errorEventDefinition/>'
                 "</bpmn:boundaryEvent>" + line("e", "end")),
    ],
)  # fmt: skip
def test_a_circle_with_a_way_out_or_where_something_waits_is_no_fault(middle, more):
    assert ("a", "flow.endless") in rules_of(ROUND.format("task"))
    assert "flow.endless" not in {rule for _, rule in rules_of(ROUND.format(middle) + more)}


def test_a_circle_is_told_once_with_its_line_and_elements():
    around_it = diagram(
        START + "\n" + "".join(f'<bpmn:task id="{each}"/>' for each in "abcdefg") + END
        + line("start", *"abcdefgb")
    )  # fmt: skip
    (found,) = [each for each in findings({"c.bpmn": around_it}, None) if "endless" in each.rule]
    assert (found.element, found.severity) == ("b", "error")
    assert found.message.startswith("line 2: b, c, d, e, f, … go round without end")
    assert "строка 2: элементы ходят по кругу" in found.message.in_language("ru")


def test_what_links_boundaries_and_event_subprocesses_reach_is_reachable():
    body = (
        START
        + '<bpmn:task id="a"/>'
        + THROW.format('<bpmn:linkEventDefinition name="L"/>')
        + '<bpmn:intermediateCatchEvent id="on"><bpmn:linkEventDefinition name="L"/>'
        "</bpmn:intermediateCatchEvent>"
        + '<bpmn:boundaryEvent id="b" attachedToRef="a">'
        + TIMER.format("timeDuration", "P1D")
        + "</bpmn:boundaryEvent>"
        + '<bpmn:subProcess id="e" triggeredByEvent="true"><bpmn:startEvent id="s">'
        + TIMER.format("timeDuration", "P1D").replace('"t"', '"t2"')
        + '</bpmn:startEvent><bpmn:endEvent id="f"/>'
        + line("s", "f")
        + "</bpmn:subProcess>"
        + END
        + line("start", "a", "middle")
        + line("on", "end")
        + flow("b_end", "b", "end")
    )
    assert rules_of(body) == set()


def test_what_the_engine_would_refuse_is_an_error_too():
    circle = line("a", "b", "a")
    body = '<bpmn:task id="a"/><bpmn:task id="b"/>' + circle
    assert ("case", "start.missing") in rules_of(body)


def test_two_files_may_not_define_one_process_or_decision():
    files = good_set()
    files["other/copy.bpmn"] = files["case/helper.bpmn"]
    files["other/copy.dmn"] = TABLE
    found = {(each.file, each.element, each.rule) for each in findings(files)}
    assert ("other/copy.bpmn", "helper", "id.duplicate") in found
    assert ("other/copy.dmn", "route_table", "id.duplicate") in found


def test_a_lone_file_is_told_once_what_was_skipped():
    body = diagram(CASE.replace("${due_at}", ""), properties={"variables": "due_at"})
    found = findings({"case.bpmn": body}, None)
    assert {each.rule for each in found} == {"check.partial", "call.unknown", "decision.unknown"}
    assert len(found) == 3
    assert {each.severity for each in found} == {"warning"}


def test_lanes_give_tasks_to_people():
    task = '<bpmn:userTask id="{}"><bpmn:documentation>Do.</bpmn:documentation></bpmn:userTask>'
    inner = (
        '<bpmn:startEvent id="s"/>' + task.format("in") + '<bpmn:endEvent id="f"/>'
        + line("s", "in", "f")
    )  # fmt: skip
    lanes = (
        '<bpmn:laneSet id="lanes"><bpmn:lane id="staff"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
        "<bpmn:flowNodeRef>sub</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    body = (
        lanes + START + task.format("a") + f'<bpmn:subProcess id="sub">{inner}</bpmn:subProcess>'
        + END + line("start", "a", "sub", "end")
    )  # fmt: skip
    assert rules_of(body) == set()
    assert {("a", "lane.missing"), ("in", "lane.missing")} == rules_of(body.replace(lanes, ""))


REFUSED_FILES = [
    (b"<a", "xml.malformed"),
    (b"", "xml.malformed"),
    (b'<!DOCTYPE a><a xmlns="x"/>', "xml.doctype"),
    (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', "xml.doctype"),
    (b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', "xml.doctype"),
    (b"<a>" * 200 + b"</a>" * 200, "xml.too-deep"),
    (b"<a>" + b" " * (5 * 1024 * 1024) + b"</a>", "xml.too-large"),
    (b"<a/>", "diagram.malformed"),
    (HEAD.encode() + b"</bpmn:definitions>", "process.none"),
]


@pytest.mark.parametrize(("data", "rule"), REFUSED_FILES)
@pytest.mark.parametrize("file", ["bad.bpmn", "bad.dmn"])
def test_files_that_are_refused(file, data, rule):
    expected = {"diagram.malformed": "dmn.format", "process.none": "dmn.format"}.get(rule, rule)
    found = findings({file: data}, None)
    assert [each.rule for each in found if each.rule != "check.partial"] == [
        rule if file.endswith("bpmn") else expected
    ]


@pytest.mark.parametrize(
    "data",
    [
        diagram(around(TASK)).replace(
            b"<bpmn:process ", b'<bpmn:process xmlns:z="http://camunda.org/schema/zeebe/1.0" z:x="1" '
        ),
        diagram(around(TASK)).replace(
            b'id="middle"/>',
            b'id="middle"><bpmn:extensionElements><z:taskDefinition type="a" '
            b'xmlns:z="http://camunda.org/schema/zeebe/1.0"/></bpmn:extensionElements></bpmn:task>',
        ),
        diagram(around(TASK)).replace(
            b'id="definitions"',
            b'xmlns:m="http://camunda.org/schema/modeler/1.0" m:executionPlatform="Camunda Cloud"',
        ),
    ],
)  # fmt: skip
def test_a_diagram_of_camunda_8_is_named_as_one_and_nothing_else_is_said(data):
    (found,) = findings({"p.bpmn": data})
    assert (found.rule, found.severity) == ("unsupported", "error")
    assert "Camunda 8 (zeebe)" in found.message
    with pytest.raises(Refused) as refused:
        VersionSet.load({"p.bpmn": data})
    assert refused.value.findings == (found,)


@pytest.mark.parametrize(
    ("file", "data", "told", "own"),
    [
        ("p.bpmn", b"<a>\n<b></c>", "строка 2, знак 8: тег закрыт концом другого тега", "mismatch"),
        ("p.bpmn", b"<a>", "строка 1, знак 4: файл обрывается", "Premature end"),
        ("p.bpmn", b"", "строка 1, знак 1: здесь нет начала XML", "Document is empty"),
        ("p.bpmn", b"<a>\nx & y</a>", "строка 2, знак 4: отдельный знак & или <", "no name"),
        ("p.bpmn", b"<a x='1' x='2'/>", "строка 1, знак 15: один атрибут", "redefined"),
        ("p.bpmn", b"<a>\xff</a>", "строка 1, знак 4: знак, который не читается", "Invalid bytes"),
        ("p.bpmn", b"<a><?x", "строка 1, знак 7: ", "PI"),
        ("t.dmn", b"<a><z:b/></a>", "строка 1, знак 8: приставка", "prefix z"),
        ("forms/f.form", b'{"a" 1}', "строка 1, знак 6: после имени нет двоеточия", "Expecting ':'"),
        ("forms/f.form", b'{"a": 1\n"b": 2}', "строка 2, знак 1: не хватает запятой", "Expecting ','"),
        ("forms/f.form", b'{"a": 1,}', "строка 1, знак 9: не хватает имени", "Expecting property"),
        ("forms/f.form", b'{"a": "x', "строка 1, знак 7: текст не закрыт кавычкой", "Unterminated"),
        ("forms/f.form", b'{"a": "\\x"}', "строка 1, знак 8: Invalid", "Invalid"),
        ("forms/f.form", b"\xff", "знак, который не читается", "can't decode"),
    ],
)  # fmt: skip
def test_where_a_file_breaks_is_told_in_russian_before_the_words_of_the_parser(
    file, data, told, own
):
    (found,) = findings({file: data})
    assert found.rule.endswith(".malformed")
    russian = found.message.in_language("ru")
    assert told in russian
    assert own in russian.partition(told)[2] or own in told
    assert own in found.message


def test_billion_laughs_is_refused():
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 30))
    data = f'<!DOCTYPE a [<!ENTITY a0 "ha">{entities}]><a>&a29;</a>'.encode()
    (found,) = findings({"bad.dmn": data}, None)
    assert found.rule in ("xml.doctype", "xml.malformed")


FAULTS_IN_A_FORM = [
        (b"{", "form.malformed", None),
        (b"[]", "form.malformed", None),
        (b"[" * 100_000, "form.malformed", None),
        (b'{"components": {}}', "form.malformed", None),
        (b" " * (5 * 1024 * 1024), "form.malformed", None),
        (b'{"components": [{"type": "textfield", "key": "a"}, {"type": "group", "components": [{"type": "textfield", "key": "a"}]}]}', "form.duplicate-key", "a"),
        (b'{"components": [{"type": "textfield", "key": "a", "label": "\xd0\xaf"}]}', "english.missing", "a"),
        (b'{"components": [{"type": "text", "id": "b", "text": "\xd0\xaf"}]}', "english.missing", "b"),
        (
            b'{"components": [{"type": "select", "key": "a", "values": [{"value": 1, "label": "\xd0\xb4\xd0\xb0"}]}]}',
            "english.missing", "a",
        ),
        (b'{"components": [{"type": "textfield", "key": "a", "conditional": {"hide": "=a.b"}}]}', "expression.unsafe", "a"),
        (b'{"components": [{"type": "textfield", "key": "a", "conditional": {"hide": "a"}}]}', "expression.syntax", "a"),
        (b'{"components": [{"type": "textfield", "key": "a", "conditional": {"hide": 5}}]}', "expression.syntax", "a"),
        (b'{"components": [{"type": "textfield", "key": "a", "readonly": "=eval(1)"}]}', "form.unsupported", "a"),
        (
            b'{"components": [{"type": "group", "components": [{"type": "textfield", "key": "a", "conditional": {"hide": "=9 * \'a\'"}}]}]}',
            "expression.unsafe", "a",
        ),
        (
            b'{"components": [{"type": "text", "id": "a", "conditional": {"hide": "=eval(1)"}}]}',
            "expression.unknown-function", "a",
        ),
        (b'{"components": [{"type": "filepicker", "key": "a"}]}', "form.unsupported", "a"),
        (b'{"components": [{"type": "textfield", "key": "1"}]}', "form.unsupported", "1"),
        (b'{"components": [7]}', "form.unsupported", None),
        (b'{"components": [], "type": "other"}', "form.unsupported", None),
]  # fmt: skip


@pytest.mark.parametrize(("data", "rule", "element"), FAULTS_IN_A_FORM)
def test_a_fault_in_a_form(data, rule, element):
    found = findings({"forms/case/bad.form": data})
    assert [(each.rule, each.element) for each in found] == [(rule, element)]


@pytest.mark.parametrize(
    ("kind", "more", "told"),
    [
        ("radio", {"values": [{"value": "answer"}, {"value": "wait"}]}, "does not take wait here"),
        ("number", {"validate": {"min": 1, "max": 3}}, "does not take 1, 2, 3 here"),
        ("number", {"validate": {"min": 1}}, "takes only answer, redirect here"),
        ("number", {"validate": {"min": 1, "max": 3}, "decimalDigits": 1}, "takes only answer"),
        ("textfield", {}, "offer these as radio or select"),
        ("checklist", {"values": [{"value": "answer"}]}, "takes only answer, redirect here"),
        ("select", {"valuesKey": "bodies"}, "takes only answer, redirect here"),
    ],
)
def test_a_form_offers_only_answers_that_the_operation_takes(kind, more, told):
    files = good_set()
    field = {"key": "decision", "type": kind, "properties": {"variable": "true"}, **more}
    files["forms/case/review.form"] = json.dumps({"components": [field]}).encode()
    (found,) = findings(files)
    assert (found.file, found.element) == ("forms/case/review.form", "decision")
    assert (found.rule, found.severity) == ("form.answer", "error")
    assert told in found.message
    told_nothing = json.loads(json.dumps(MANIFEST))
    del told_nothing["operations"]["cases.review"]["inputs"]["decision"]["values"]
    assert findings(files, told_nothing) == ()


def test_a_number_may_be_the_answer_where_all_of_them_are_taken():
    files, told = good_set(), json.loads(json.dumps(MANIFEST))
    told["operations"]["cases.review"]["inputs"]["decision"]["values"] = [1, 2, 3]
    bounds = {"validate": {"min": 1, "max": 3}}
    field = {"key": "decision", "type": "number", "properties": {"variable": "true"}, **bounds}
    files["forms/case/review.form"] = json.dumps({"components": [field]}).encode()
    assert findings(files, told) == ()


def test_a_fault_in_a_table():
    (found,) = findings({"bad.dmn": TABLE.replace(b">1<", b">x.y<")})
    assert (found.element, found.rule) == ("route_table", "expression.unsafe")


@pytest.mark.parametrize(
    ("attributes", "rule"),
    [
        ('priority="high"', "priority.malformed"),
        ('initiator="who"', "attribute.ignored"),
        ('followUpDate="x"', "attribute.ignored"),
        ('asyncBefore="true"', None),
        ('formHandlerClass="x"', "attribute.unsupported"),
    ],
)
def test_camunda_attributes(attributes, rule):
    found = rules_of(around(f'<bpmn:userTask id="middle" camunda:{attributes}/>'))
    assert found - {("middle", "lane.missing"), ("middle", "documentation.missing")} == (
        {("middle", rule)} if rule else set()
    )


def test_a_result_is_mapped_in_one_of_four_ways():
    files = good_set()
    old = b'camunda:resultVariable="way"'
    for mapping in ("singleEntry", "singleResult", "collectEntries", "resultList"):
        files["case/case.bpmn"] = good_set()["case/case.bpmn"].replace(
            old, old + f' camunda:mapDecisionResult="{mapping}"'.encode()
        )
        assert findings(files) == ()
    files["case/case.bpmn"] = files["case/case.bpmn"].replace(b"resultList", b"all")
    assert [(each.element, each.rule) for each in findings(files)] == [
        ("route", "decision.mapping")
    ]


CHOICE = START + '<bpmn:exclusiveGateway id="middle" default="d"/>' + END + line("start", "middle")


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ('language="groovy"', {("f", "attribute.unsupported")}),
        ('camunda:resource="x.groovy"', {("f", "attribute.unsupported")}),
        ('language="juel"', set()),
        ("", set()),
    ],
)
def test_conditions_in_another_language(attributes, told):
    body = CHOICE + flow("d", "middle", "end") + flow("f", "middle", "end", "${true}")
    said = f"<bpmn:conditionExpression {attributes}"
    assert rules_of(body.replace("<bpmn:conditionExpression", said)) == told


def test_a_condition_without_a_text_is_none_for_check_and_engine():
    body = START + TASK + END + line("start", "middle") + flow("f", "middle", "end", " ")
    assert rules_of(body) == set()
    VersionSet.load({"p.bpmn": diagram(body)})


@pytest.mark.parametrize("kind", ["message", "signal"])
def test_names_are_fixed(kind):
    body = around(CATCH.format(f'<bpmn:{kind}EventDefinition {kind}Ref="m"/>'))
    declared = f'<bpmn:{kind} id="m" name="of ${{x}}"/>'
    found = rules_of(diagram(body, before=declared, properties={"variables": "x"}))
    assert found == {("middle", "unsupported")}


def test_portable_notes_what_camunda_lacks():
    files = good_set()
    notes = {each.element: each.message for each in findings(files, portable=True)}
    assert list(notes) == ["which_notify"]
    assert "'and'" in notes["which_notify"]
    files["case/route.dmn"] = TABLE.replace(b"<text>decision<", b"<text>len(decision)<")
    assert "route_table" in {each.element for each in findings(files, portable=True)}


# --- names ----------------------------------------------------------------------------------------

MESSAGE = '<bpmn:message id="m" name="arrived"/>'
WAIT = CATCH.format('<bpmn:messageEventDefinition messageRef="m"/>{}')


def unknown(body, manifest=None, **more):
    """Names that the rule says nobody sets."""
    found = findings({"case.bpmn": diagram(body, **more)}, manifest)
    return {
        re.search(r"the name (\w+);", each.message).group(1)
        for each in found
        if each.rule == "variable.unknown"
    }


def script(text, node="middle", **more):
    return f'<bpmn:scriptTask id="{node}"><bpmn:script>{text}</bpmn:script></bpmn:scriptTask>'


def test_a_name_that_nothing_sets():
    assert unknown(around(script("a = b + 1\nc = a"))) == {"b"}


def values_of(files):
    return [each for each in findings(files) if each.rule == "value.unknown"]


def test_a_value_that_no_form_offers_is_told_with_its_line():
    files = good_set()
    files["case/case.bpmn"] = files["case/case.bpmn"].replace(b"'answer'", b"'anwser'")
    (found,) = values_of(files)
    assert (found.element, found.severity) == ("which_notify", "warning")
    assert found.message.startswith("line 1: conditionExpression: no form offers 'anwser' for deci")
    assert "ни одна форма не предлагает, есть только answer" in found.message.in_language("ru")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("case/case.bpmn", "decision == 'answer'", "decision == null"),
        ("case/case.bpmn", "decision == 'answer'", "decision != reviewed"),
        ("case/case.bpmn", '"sent"', '"decision"'),
        ("case/case.bpmn", '"way"/>', '"decision"/>'),
        ("forms/case/review.form", '"select"', '"textfield"'),
        ("forms/case/review.form", '"variable": "true"', '"variable": "false"'),
    ],
)  # fmt: skip
def test_a_value_that_may_come_from_elsewhere_is_no_fault(file, old, new):
    files = good_set()
    files["case/case.bpmn"] = files["case/case.bpmn"].replace(b"'answer'", b"'anwser'")
    assert old.replace("answer", "anwser").encode() in files[file]
    files[file] = files[file].replace(old.replace("answer", "anwser").encode(), new.encode(), 1)
    assert values_of(files) == []


def test_names_given_from_outside_are_declared():
    body = around(script("a = b + c"))
    assert unknown(body, properties={"variables": "b, c"}) == set()
    declared = body.replace(
        START,
        f'<bpmn:startEvent id="start"><bpmn:extensionElements>{props(variables="b c")}'
        "</bpmn:extensionElements></bpmn:startEvent>",
    )
    assert unknown(declared) == set()


def test_the_payload_of_a_message_is_not_guessed():
    body = (
        START + WAIT.format("") + script("a = b", "s") + END + line("start", "middle", "s", "end")
    )
    assert unknown(body, before=MESSAGE) == set()
    listed = f"<bpmn:extensionElements>{props(variables='c')}</bpmn:extensionElements>"
    assert unknown(body.replace("<bpmn:messageEvent", listed + "<bpmn:messageEvent", 1), before=MESSAGE) == {
        "b"
    }  # fmt: skip


def test_the_payload_of_an_own_message_is_known():
    throw = (
        '<bpmn:intermediateThrowEvent id="say"><bpmn:extensionElements><camunda:inputOutput>'
        '<camunda:inputParameter name="sent">1</camunda:inputParameter></camunda:inputOutput>'
        '</bpmn:extensionElements><bpmn:messageEventDefinition messageRef="m"/>'
        "</bpmn:intermediateThrowEvent>"
    )
    body = (
        START + throw + WAIT.format("") + script("a = sent + b", "s") + END
        + line("start", "say", "middle", "s", "end")
    )  # fmt: skip
    assert unknown(body, before=MESSAGE) == {"b"}


def test_items_counters_codes_and_results_are_known():
    loop = (
        '<bpmn:userTask id="middle" camunda:assignee="${who}" camunda:candidateGroups="g">'
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="people" '
        'camunda:elementVariable="who"><bpmn:completionCondition>'
        "${nrOfCompletedInstances / nrOfInstances > 0.5}</bpmn:completionCondition>"
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
    )
    boundary = (
        '<bpmn:boundaryEvent id="b" attachedToRef="middle"><bpmn:errorEventDefinition '
        'camunda:errorCodeVariable="code"/></bpmn:boundaryEvent>'
        + script("x = code", "late")
        + line("b", "late", "end")
    )
    assert unknown(around(loop, extra=boundary)) == {"people"}


def test_forms_and_operations_tell_what_they_set():
    files = good_set()
    schema = json.loads(json.dumps(FORM))
    schema["components"][0]["properties"]["variable"] = "false"
    files["forms/case/review.form"] = json.dumps(schema).encode()
    found = {each.element for each in findings(files) if each.rule == "variable.unknown"}
    assert found == {"which_notify", "route"}


def test_an_unknown_form_or_operation_may_set_anything():
    task = '<bpmn:userTask id="t" camunda:formKey="a/b"/>'
    body = START + task + script("a = b") + END + line("start", "t", "middle", "end")
    assert unknown(body) == set()
    service = '<bpmn:serviceTask id="t" camunda:type="external" camunda:topic="a.b"/>'
    body = START + service + script("a = b") + END + line("start", "t", "middle", "end")
    assert unknown(body) == set()
    assert unknown(body.replace(' camunda:topic="a.b"', "")) == {"b"}
    answer = (
        '<bpmn:extensionElements><camunda:inputOutput><camunda:outputParameter name="a">${letter}'
        "</camunda:outputParameter></camunda:inputOutput></bpmn:extensionElements>"
    )
    mapped = service.replace("/>", f">{answer}</bpmn:serviceTask>")
    assert unknown(body.replace(service, mapped)) == {"b"}


def test_calls_pass_on_what_they_map():
    files = good_set()
    files["case/helper.bpmn"] = diagram(HELPER.replace("given", "way"), process="helper")
    assert {(each.element, each.rule) for each in findings(files)} == {
        ("middle", "variable.unknown")
    }
    files["case/case.bpmn"] = files["case/case.bpmn"].replace(
        b'<camunda:in source="way" target="given"/>', b'<camunda:in variables="all"/>'
    )
    assert findings(files) == ()


def test_a_misspelt_name_is_guessed():
    files = good_set()
    files["case/case.bpmn"] = files["case/case.bpmn"].replace(b"decision ==", b"decison ==")
    (finding,) = findings(files)
    assert "did you mean decision?" in finding.message


def test_a_flow_needs_no_id():
    body = around(TASK).replace('<bpmn:sequenceFlow id="start_middle"', "<bpmn:sequenceFlow")
    assert rules_of(body) == set()


# --- attacks --------------------------------------------------------------------------------------

PLACES = {
    "condition": START + '<bpmn:exclusiveGateway id="middle" default="d"/>' + END
    + line("start", "middle") + flow("d", "middle", "end") + flow("f", "middle", "end", "${{{0}}}"),
    "conditional event": around(CATCH.format(
        "<bpmn:conditionalEventDefinition><bpmn:condition>${{{0}}}</bpmn:condition>"
        "</bpmn:conditionalEventDefinition>")),
    "timer date": around(CATCH.format(TIMER.format("timeDate", "${{{0}}}"))),
    "timer duration": around(CATCH.format(TIMER.format("timeDuration", "${{{0}}}"))),
    "timer cycle": around(CATCH.format(TIMER.format("timeCycle", "R3/${{{0}}}"))),
    "collection": around('<bpmn:task id="middle"><bpmn:multiInstanceLoopCharacteristics '
                         'camunda:collection="${{{0}}}"/></bpmn:task>'),
    "cardinality": around('<bpmn:task id="middle"><bpmn:multiInstanceLoopCharacteristics>'
                          "<bpmn:loopCardinality>${{{0}}}</bpmn:loopCardinality>"
                          "</bpmn:multiInstanceLoopCharacteristics></bpmn:task>"),
    "completion": around('<bpmn:task id="middle"><bpmn:multiInstanceLoopCharacteristics '
                         'camunda:collection="x"><bpmn:completionCondition>${{{0}}}'
                         "</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>"
                         "</bpmn:task>"),
    "standard loop": around('<bpmn:task id="middle"><bpmn:standardLoopCharacteristics>'
                            "<bpmn:loopCondition>${{{0}}}</bpmn:loopCondition>"
                            "</bpmn:standardLoopCharacteristics></bpmn:task>"),
    "assignee": around('<bpmn:userTask id="middle" camunda:assignee="${{{0}}}"/>'),
    "groups": around('<bpmn:userTask id="middle" camunda:candidateGroups="a,${{{0}}}"/>'),
    "due date": around('<bpmn:userTask id="middle" camunda:dueDate="${{{0}}}"/>'),
    "priority": around('<bpmn:userTask id="middle" camunda:priority="${{{0}}}"/>'),
    "input": around('<bpmn:task id="middle"><bpmn:extensionElements><camunda:inputOutput>'
                    '<camunda:inputParameter name="a">text ${{{0}}}</camunda:inputParameter>'
                    "</camunda:inputOutput></bpmn:extensionElements></bpmn:task>"),
    "input list": around('<bpmn:task id="middle"><bpmn:extensionElements><camunda:inputOutput>'
                         '<camunda:inputParameter name="a"><camunda:list><camunda:value>${{{0}}}'
                         "</camunda:value></camunda:list></camunda:inputParameter>"
                         "</camunda:inputOutput></bpmn:extensionElements></bpmn:task>"),
    "input map": around('<bpmn:task id="middle"><bpmn:extensionElements><camunda:inputOutput>'
                        '<camunda:inputParameter name="a"><camunda:map><camunda:entry key="k">'
                        "${{{0}}}</camunda:entry></camunda:map></camunda:inputParameter>"
                        "</camunda:inputOutput></bpmn:extensionElements></bpmn:task>"),
    "output": around('<bpmn:task id="middle"><bpmn:extensionElements><camunda:inputOutput>'
                     '<camunda:outputParameter name="a">${{{0}}}</camunda:outputParameter>'
                     "</camunda:inputOutput></bpmn:extensionElements></bpmn:task>"),
    "call in": around('<bpmn:callActivity id="middle" calledElement="case"><bpmn:extensionElements>'
                      '<camunda:in sourceExpression="${{{0}}}" target="a"/>'
                      "</bpmn:extensionElements></bpmn:callActivity>"),
    "call out": around('<bpmn:callActivity id="middle" calledElement="case"><bpmn:extensionElements>'
                       '<camunda:out sourceExpression="${{{0}}}" target="a"/>'
                       "</bpmn:extensionElements></bpmn:callActivity>"),
    "call source": around('<bpmn:callActivity id="middle" calledElement="case"><bpmn:extensionElements>'
                          '<camunda:in source="{0}" target="a"/>'
                          "</bpmn:extensionElements></bpmn:callActivity>"),
    "script": around(script("a = {0}")),
    "listener": around('<bpmn:userTask id="middle"><bpmn:extensionElements><camunda:taskListener '
                       'event="complete" delegateExpression="${{{0}}}"/></bpmn:extensionElements>'
                       "</bpmn:userTask>"),
}  # fmt: skip
ATTACKS = {
    "import": "__import__('os').system('id')",
    "attribute": "x.__class__",
    "method": "''.getClass()",
    "unknown function": "open('x')",
    "repetition": "'a' * 9",
    "power": "9 ** 9",
    "format": "'%s' % x",
    "comprehension": "[i for i in x]",
    "too long": "1 + " * 300 + "1",
    "too deep": "(" * 41 + "1" + ")" * 41,
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_an_attack_is_refused_in_every_place(place, attack):
    body = place.replace("{0}", attack).replace("{{", "{").replace("}}", "}")
    found = findings({"case.bpmn": diagram(body)}, None)
    rules = [each.rule for each in found if each.severity == "error"]
    assert any(rule.startswith(("expression.", "name.")) for rule in rules)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a = 1 +", "expression.syntax"),
        ("a = x.y", "expression.unsafe"),
        ("a = " + "(" * 41 + "1" + ")" * 41, "expression.too-big"),
        ("a = open('x')", "expression.unknown-function"),
    ],
)
def test_the_rules_on_expressions_have_their_names(text, rule):
    assert ("middle", rule) in rules_of(around(script(text)))


def test_a_message_name_may_not_attack_either():
    found = rules_of(
        diagram(around(WAIT.format("")), before='<bpmn:message id="m" name="${x.y}"/>')
    )
    assert ("m", "expression.unsafe") in found


# --- the table of rules ---------------------------------------------------------------------------


def test_the_readme_shows_the_rules():
    readme = Path("processes/README.md").read_text(encoding="utf-8")
    assert readme.endswith(table())


def test_every_rule_speaks_both_languages():
    for name, rule in RULES.items():
        assert rule.severity in ("error", "warning")
        assert re.fullmatch(r"[a-z]+(\.[a-z-]+)?", name)
        assert re.search(r"[а-я]", rule.ru)
        assert not re.search(r"[а-я]", rule.en)


FAULTS_IN_FILES = {
    "check.partial": {"p.bpmn": diagram(around(TASK))},
    "decision.mapping": {
        "p.bpmn": diagram(
            around(
                '<bpmn:businessRuleTask id="middle" camunda:decisionRef="route_table" '
                'camunda:mapDecisionResult="all"/>'
            )
        ),
        "t.dmn": TABLE.replace(b">decision<", b">1<"),
    },
    "dmn.empty": {"t.dmn": TABLE.partition(b"<decision ")[0] + b"</definitions>"},
    "dmn.format": {"t.dmn": b"<definitions/>"},
    "dmn.hit-policy": {"t.dmn": TABLE.replace(b"<decisionTable", b'<decisionTable hitPolicy="X"')},
    "dmn.language": {
        "t.dmn": TABLE.replace(b"<inputEntry", b'<inputEntry expressionLanguage="groovy"')
    },
    "dmn.requirement": {
        "t.dmn": TABLE.replace(
            b"<decisionTable>",
            b'<informationRequirement><requiredDecision href="#gone"/></informationRequirement>'
            b"<decisionTable>",
        )
    },
    "dmn.shape": {"t.dmn": TABLE.replace(b'<output name="way"/>', b"")},
    "dmn.unsupported": {
        "t.dmn": TABLE.replace(b"decisionTable>", b"context>").replace(b"<input>", b"<x>")
        .replace(b"</input>", b"</x>")
    },
    "expression.too-big": {"p.bpmn": diagram(around(script("a = " + "1 + " * 300 + "1")))},
    "portable.expression": {"p.bpmn": diagram(around(script("a = 1 in [1]")))},
    "priority.malformed": {
        "p.bpmn": diagram(around('<bpmn:userTask id="middle" camunda:priority="high"/>'))
    },
    "start.missing": {
        "p.bpmn": diagram('<bpmn:task id="a"/><bpmn:task id="b"/>' + line("a", "b", "a"))
    },
    "timer.missing": {"p.bpmn": diagram(around(CATCH.format(TIMER.format("timeDate", ""))))},
}  # fmt: skip


@pytest.mark.parametrize("rule", FAULTS_IN_FILES)
def test_a_fault_in_files(rule):
    assert rule in {each.rule for each in findings(FAULTS_IN_FILES[rule], None, portable=True)}


ASKED = {
    "decisions": {
        "route_table": {
            "asked": [{"decision": "answer"}],
            "outputs": {
                "way": {"type": "integer", "required": True},
                "since": {"type": "date"},
                "start": {"type": "string", "values": ["receipt", "term"]},
            },
        }
    }
}
AS_ASKED = (
    TABLE.replace(b'"way"/>', b'"way"/><output name="since"/><output name="start"/>')
    .replace(b"</rule>", b"".join(2 * [b"<outputEntry><text></text></outputEntry>"]) + b"</rule>")
)  # fmt: skip


def said_of(table):
    files = good_set() | {"case/route.dmn": table}
    return [
        (each.severity, each.message.partition(": ")[2])
        for each in findings(files, {**MANIFEST, **ASKED})
        if (each.rule, each.element) == ("decision.answer", "route_table")
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"<text>1<", b'<text>"3 days"<', "'way' is '3 days', but it must be a whole number"),
        (b"<text>1<", b"<text>-1<", "'way' is -1, but it must be a whole number"),
        (b"<text>1<", b"<text>1.5<", "'way' is 1.5, but it must be a whole number"),
        (b"<text>1<", b"<text><", "the answer lacks 'way'; fill it in"),
        (b'"way"', b'"weg"', "the answer lacks 'way'; fill it in"),
        (b"<text><", b'<text>"31.01.2026"<', "'since' is '31.01.2026', but it must be a day"),
        (b"<text></text></outputEntry></rule>", b'<text>"reciept"</text></outputEntry></rule>',
         "'start' is 'reciept', but it must be one of receipt, term"),
        (b"<text>-<", b'<text>"redirect"<', 'decision "route_table": no row matches'),
        (b"<text>-<", b"<text>nobody<", 'decision "route_table": row 1: there is no variable nobody'),
    ],
)  # fmt: skip
def test_a_decision_that_the_application_asks_gives_what_it_needs(old, new, said):
    ((severity, told),) = said_of(AS_ASKED.replace(old, new, 1))
    assert severity == "error"
    assert told.startswith(said)


def test_a_process_that_the_application_begins_is_in_the_set():
    begun = {**MANIFEST, "processes": ["case", "notice"]}
    (found,) = findings(good_set(), begun)
    assert (found.rule, found.severity) == ("process.missing", "error")
    assert (found.file, found.element) == ("notice/notice.bpmn", "notice")


def test_a_decision_of_many_answers_has_one():
    many = AS_ASKED.replace(b"<decisionTable>", b'<decisionTable hitPolicy="COLLECT">')
    told = said_of(many.replace(b"<text>-<", b'<text>"redirect"<'))
    assert told == [("error", "no row fits; add one")]


def test_a_decision_that_answers_as_asked_or_is_not_drawn_is_no_fault():
    assert said_of(AS_ASKED.replace(b"<text><", b'<text>"2026-01-31"<', 1)) == []
    elsewhere = {"decisions": {"other_table": ASKED["decisions"]["route_table"]}}
    assert findings(good_set(), {**MANIFEST, **elsewhere}) == findings(good_set())


def unasked_of(files, manifest):
    return [
        (each.severity, each.element, each.message)
        for each in findings(files, manifest)
        if each.rule == "decision.unasked"
    ]


def test_a_decision_of_the_application_that_was_renamed_is_not_passed_over():
    """Without a word the application would go on by the table that was shipped."""
    part = {**KNOWN, "decisions": {"terms": {"asked": [], "outputs": {}}}}
    own = {**part, "processes": ["case"]}
    renamed = good_set() | {"terms.dmn": TABLE.replace(b"route_table", b"terms_2")}
    ((severity, element, told),) = unasked_of(renamed, own)
    assert (severity, element) == ("error", "terms_2")
    assert "go on by the shipped terms; give it back its id" in told
    beside = renamed | {"own.dmn": TABLE.replace(b"route_table", b"terms")}
    ((severity, element, told),) = unasked_of(beside, own)
    assert (severity, element) == ("warning", "terms_2")
    assert [severity for severity, *_ in unasked_of(renamed, part)] == ["warning"]
    assert unasked_of(good_set(), own) == unasked_of(renamed, None) == []


def test_a_decision_that_others_require_or_whose_name_is_worked_out_is_asked():
    required = TABLE.replace(
        b"</definitions>",
        TABLE[TABLE.index(b"<decision ") :].replace(b"route_table", b"terms_2"),
    ).replace(
        b'<decision id="route_table">',
        b'<decision id="route_table"><informationRequirement><requiredDecision href="#terms_2"/>'
        b"</informationRequirement>",
    )
    assert unasked_of(good_set() | {"case/route.dmn": required}, KNOWN) == []
    files = good_set() | {"terms.dmn": TABLE.replace(b"route_table", b"terms_2")}
    case = files["case/case.bpmn"]
    files["case/case.bpmn"] = case.replace(b'="route_table"', b'="${way}"')
    assert unasked_of(files, KNOWN) == []


def test_every_rule_has_a_test():
    """Each entry of these tables is seen to break its rule; the manifest's is tried by itself."""
    tried = {rule for *_, rule in (*FAULTS_IN_A_SET, *FAULTS_IN_A_DIAGRAM, *REFUSED_FILES)}
    tried |= {rule for _, rule, _ in FAULTS_IN_A_FORM} | set(FAULTS_IN_FILES)
    tried |= {"form.answer", "decision.answer", "decision.unasked", "process.missing"}
    assert set(RULES) - tried == {"manifest.malformed"}
    with pytest.raises(Refused) as refused:
        read_manifest(b"[]")
    assert [each.rule for each in refused.value.findings] == ["manifest.malformed"]
