"""Every row of the table of the dialect has its effect; files of the modelers show most of them."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from engine import Escalation, Refused, VersionSet, check
from engine.check.support import _ATTRIBUTES, _OF_NO_MATTER, _READ
from engine.model import Message
from tests.engine.checkset import around, diagram
from tests.engine.draw import draw
from tests.engine.walk import BEGINNING, Walk

ROOT = Path(__file__).parents[2]
MODELER = ROOT / "tests/engine/modeler"
FILES = {path.relative_to(MODELER).as_posix(): path.read_bytes() for path in MODELER.rglob("*.*")}
ANSWERS = {"loans.decide": {"approved": True}, "loans.reserve": {"place": "A7", "other": 1}}


def loan(title="Atlas", **answers):
    return Walk(
        files=FILES,
        process="loan",
        message="book_asked",
        variables={"reader": "r1", "title": title},
        answers={**ANSWERS, **answers},
    )


def signed(**answers):
    """A loan as far as the call of the other process."""
    walk = loan(**answers).do("approve", answers={"approved": True})
    return walk.do("sign").do("sign")


def lanes():
    elements = loan().vset.elements
    assert elements["loan", "approve"].lane == "Librarian"
    assert elements["loan", "asked"].roles == ("librarian",)  # by the id of the lane
    assert elements["loan", "sign"].roles == ("keeper",)  # by its property role
    walk = loan().do("approve", answers={})
    assert walk.outcome.tasks[0].roles == ("keeper",)


def candidate_groups():
    assert loan().outcome.tasks[0].roles == ("librarian", "head")


def assignee():
    walk = loan().do("approve", answers={})
    assert [task.assignee for task in walk.outcome.tasks] == ["anna"]
    nobody = Walk("start s\nuser a assignee=${x} candidateGroups=g\ns > a", variables={"x": None})
    assert (nobody.outcome.tasks[0].assignee, nobody.outcome.tasks[0].roles) == (None, ("g",))


def form_key():
    vset = loan().vset
    assert vset.elements["loan", "approve"].form_key == "loan/approve"
    assert set(vset.forms) == {"loan/approve"}


def due_date_and_priority():
    (task,) = loan().outcome.tasks
    assert task.due_at == BEGINNING + timedelta(days=2)
    assert task.priority == 90
    assert loan("Primer").outcome.tasks[0].priority == 50


def listener():
    walk = loan().do("approve", answers={"reason": "none"})
    name, inputs, call = walk.called[0]
    assert (name, inputs, call.element) == ("loans.decide", {"reason": "none"}, "approve")
    assert walk.data["approved"] is True
    assert "reason" not in walk.data


def service_task():
    walk = loan().do("approve", answers={})
    assert walk.called[1][:2] == (
        "loans.reserve",
        {
            "book": "Atlas",
            "label": "Loan of Atlas for 3 days",
            "tags": ["loan", "Atlas"],
            "more": {"days": 3, "kind": "book"},
        },
    )
    assert walk.data["shelf"] == "A7"
    assert "other" not in walk.data
    assert "book" not in walk.data


def decision():
    walk = loan().do("approve", answers={})
    assert walk.data["term"] == {"days": 3, "keepers": ["anna", "boris", "vera"]}
    assert loan("Primer").do("approve", answers={}).data["term"]["days"] == 30


def script():
    walk = signed()
    assert (walk.data["days"], walk.data["note"]) == (6, "for 6")
    with pytest.raises(Refused):
        VersionSet.load({"p.bpmn": draw("start s\nscript a 'script=import os'\ns > a")})


def conditions():
    assert loan().do("approve", answers={}).open == ["sign"]
    refusing = {"loans.decide": {"approved": False}}
    assert loan(**refusing).do("approve", answers={}).ended
    assert loan("").do("approve", answers={}).ended  # !empty title


def call_activity():
    walk = signed()
    (called,) = {task.process for task in walk.outcome.tasks}
    assert called == "hand_over_book"
    seen = walk.outcome.tasks[0].variables
    assert (seen["who"], seen["limit"]) == ("r1", 7)
    assert "title" not in seen
    walk.do("copy").do("copy").send("thanks", words="well")
    assert walk.ended
    assert walk.data["handed_at"] == "2026-01-01"
    assert "words" not in walk.data


def multi_instance():
    walk = loan().do("approve", answers={})
    assert [task.variables["loopCounter"] for task in walk.outcome.tasks] == [0]
    walk.do("sign")
    assert [task.assignee for task in walk.outcome.tasks] == ["boris"]
    walk.do("sign")
    assert walk.open == ["copy", "copy"]  # two of three were enough; the next are parallel
    (first, second) = walk.outcome.tasks
    assert (first.variables["loopCounter"], second.variables["loopCounter"]) == (0, 1)
    assert first.variables["nrOfInstances"] == 2


def thrown_messages():
    walk = signed().do("copy").do("copy").wait(days=7)
    assert walk.ended
    assert walk.called[-1][0] == "loans.announce"  # an operation sends this one
    other = Walk("start s\nthrow t message=m in.a=${1+1}\nend e\ns > t > e")
    assert other.outcome.thrown == (Message("m", {"a": 2}),)


def caught_messages():
    walk = Walk("start s\nuser a\nboundary b on=a message=m keep\nuser c\ns > a\nb > c")
    assert [each.name for each in walk.outcome.subscriptions] == ["m"]
    walk.send("m", word="yes")
    assert (walk.open, walk.data) == (["a", "c"], {"word": "yes"})


def signals():
    walk = Walk(
        "start s\nand g\ncatch c signal=go\nuser u\nthrow t signal=go in.x=1\nend e\n"
        "s > g > c > e\ng > u > t"
    )
    assert walk.do("u").data == {"x": "1"}
    taking = draw(
        "start s\nand g\ncatch c signal=go\nuser u\nthrow t signal=go\ns > g > c\ng > u > t"
    )
    taking = taking.replace(
        b'<bpmn:signalEventDefinition signalRef="signal_go"/></bpmn:intermediateThrowEvent>',
        b'<bpmn:signalEventDefinition signalRef="signal_go"><bpmn:extensionElements>'
        b'<camunda:in source="a" target="b"/><camunda:in sourceExpression="${a + 1}" target="c"/>'
        b"</bpmn:extensionElements></bpmn:signalEventDefinition></bpmn:intermediateThrowEvent>",
    )
    walk = Walk(files={"p.bpmn": taking}, variables={"a": 1}).do("u")
    assert walk.data == {"a": 1, "b": 1, "c": 2}


def errors_and_escalations():
    lost = FILES["properties_panel.bpmn"].replace(b"who != null", b"who == null")
    lost = lost.replace(
        b'errorCode="LOST"', b'errorCode="LOST" camunda:errorMessage="The book is not there"'
    )
    files = {**FILES, "properties_panel.bpmn": lost}
    walk = Walk(
        files=files,
        process="loan",
        message="book_asked",
        variables={"reader": "r", "title": "Atlas"},
        answers=ANSWERS,
    )
    walk.do("approve", answers={}).do("sign").do("sign").do("copy").do("copy").send("thanks")
    assert walk.ended
    assert "lost" in walk.steps("completed")
    assert (walk.data["code"], walk.data["reason"]) == ("LOST", "The book is not there")
    told = Walk(
        "start s\nservice w topic=r.w\nboundary b on=w escalation=E keep\nuser e\nuser o\n"
        "s > w > e\nb > o",
        answers={"r.w": Escalation("E")},
    )
    assert sorted(told.open) == ["e", "o"]


def other_events():
    walk = Walk(
        "start s\nand g\ncatch c condition='${x > 1}'\nuser u\nthrow j link=L\ncatch l link=L\n"
        "user v\nend z terminate\ns > g > c > j\nl > v\ng > u > z"
    )
    assert walk.open == ["u"]
    assert Walk(
        "start s\nand g\ncatch c condition='${x > 1}'\nuser u\nthrow j link=L\ncatch l link=L\n"
        "user v\nend z terminate\ns > g > c > j\nl > v\ng > u > z",
        variables={"x": 2},
    ).open == ["u", "v"]
    assert walk.do("u").ended


def what_instances_give():
    walk = Walk("start s\nuser a times=2 gives=o:all\nuser b\ns > a > b")
    assert walk.do("a", which=1, o="second").do("a", o="first").data == {"all": ["first", "second"]}


def standard_loop():
    walk = Walk("start s\nuser a max=3 while='${not done}'\nuser b\ns > a > b")
    assert walk.do("a", done=False).do("a", done=True).open == ["b"]


def gateways():
    text = (
        "start s\n{} g\nuser a\nuser b\nuser c\ns > g > a : ${{n > 1}}\ng > b : ${{n > 0}}\ng >> c"
    )
    for kind, expected in (("xor", "a"), ("or", "ab"), ("and", "abc"), ("task", "ab")):
        assert Walk(text.format(kind), variables={"n": 2}).open == list(expected)
    assert Walk(text.format("or"), variables={"n": 0}).open == ["c"]


def several_definitions():
    drawn = draw("start s\nuser a\nboundary b on=a message=one\nuser c\ns > a\nb > c").replace(
        b'<bpmn:messageEventDefinition messageRef="message_one"/>',
        b'<bpmn:messageEventDefinition messageRef="message_one"/><bpmn:timerEventDefinition>'
        b"<bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>",
    )
    assert Walk(files={"p.bpmn": drawn}).send("one").open == ["c"]
    assert Walk(files={"p.bpmn": drawn}).wait(days=1).open == ["c"]
    both = drawn.replace(b'id="b"', b'id="b" parallelMultiple="true"')
    walk = Walk(files={"p.bpmn": both}).send("one")
    assert walk.open == ["a"]
    assert walk.wait(days=1).open == ["c"]


def timers():
    walk = loan().do("approve", answers={})
    for _ in range(3):
        walk.wait(days=1)
    assert [name for name, _, _ in walk.called].count("loans.remind") == 3
    assert walk.wait(days=9).outcome.next_due_at is None
    later = signed().do("copy").do("copy")
    assert later.outcome.next_due_at == BEGINNING + timedelta(days=7)  # P${limit}D
    dated = Walk("start s\ncatch t date=${at}\nend e\ns > t > e", variables={"at": "2026-02-01"})
    assert dated.outcome.next_due_at.isoformat() == "2026-02-01T00:00:00+00:00"


def stage():
    assert (
        loan().vset.element("loan", "approve").properties["stage"] == "At the desk until {due_on}"
    )


def shipped(process, element):
    file = ROOT / f"processes/{process}/{process}.bpmn"
    return VersionSet.load({"p.bpmn": file.read_bytes()}).element(process, element).properties


def expected_next():
    assert shipped("reply", "approve_reply")["next"].startswith("Согласованный ответ")
    assert shipped("reply", "approve_reply")["next.en"].startswith("The approved reply")


def holder():
    assert shipped("reply", "approve_reply")["holder"] == "approver"


def tell():
    assert shipped("visit", "draw_up_act")["tell"] == "true"


def confidential():
    assert loan().vset.element("loan", "approve").properties["confidential"] == "true"


def english():
    element = VersionSet.load(
        {"p.bpmn": (ROOT / "processes/survey/survey.bpmn").read_bytes()}
    ).element("survey", "rate")
    assert element.name_en
    assert element.documentation_en


def english_decision():
    files = {"control.dmn": (ROOT / "processes/control/terms.dmn").read_bytes()}
    (decision,) = VersionSet.load(files).decisions.values()
    assert decision.name_en
    assert decision.name_en != decision.name


ROWS = {
    "pool and lanes": lanes,
    '`camunda:candidateGroups="manager,assistant"`': candidate_groups,
    '`camunda:assignee="${executor}"`': assignee,
    '`camunda:formKey="reply/draft"`': form_key,
    '`camunda:dueDate="${due_at}"`, `camunda:priority`': due_date_and_priority,
    "task listener `complete`, delegate expression `${appeals.review}`": listener,
    "service task, external, topic `appeals.notify`, input and output parameters": service_task,
    'business rule task, `camunda:decisionRef="reminders"`, `mapDecisionResult`, `resultVariable`': (
        decision
    ),
    "script task": script,
    "`${…}`": conditions,
    "call activity with `camunda:in` and `camunda:out`": call_activity,
    'multi-instance with `camunda:collection="${assignments}"`, '
    '`camunda:elementVariable="assignment"`': multi_instance,
    "multi-instance with `outputDataItem`, `loopDataOutputRef`, `behavior`": what_instances_give,
    "standard loop": standard_loop,
    "gateways, and several flows out of a task": gateways,
    "message throw event with input parameters": thrown_messages,
    "message boundary and catch events": caught_messages,
    "signal events": signals,
    "error and escalation events": errors_and_escalations,
    "conditional, link and terminate events": other_events,
    "an event with several definitions": several_definitions,
    "timers `P30D`, `R3/PT24H`, ISO dates, `${remind_at}`": timers,
    "`camunda:property` `stage`, `stage.en`": stage,
    "`camunda:property` `next`, `next.en`": expected_next,
    "`camunda:property` `holder`": holder,
    "`camunda:property` `tell` = `true`": tell,
    "`camunda:property` `confidential` = `true`": confidential,
    "`camunda:property` `name.en`, `documentation.en`": english,
    "a line `name.en: …` in the description of a decision": english_decision,
}


def test_the_table_of_the_dialect_is_tried_row_by_row():
    readme = (ROOT / "processes/README.md").read_text(encoding="utf-8")
    table = readme.partition("## The dialect")[2].partition("## ")[0]
    assert re.findall(r"^\| (?!in the diagram)(.+?) \| ", table, re.MULTILINE) == list(ROWS)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_dialect(row):
    ROWS[row]()


# -- what Camunda knows and the engine does not


DESCRIPTOR = ROOT / "node_modules/camunda-bpmn-moddle/resources/camunda.json"


def camunda_attributes():
    described = json.loads(DESCRIPTOR.read_text(encoding="utf-8"))
    return sorted(
        {
            item["name"].removeprefix("camunda:")
            for kind in described["types"]
            if "extends" in kind
            for item in kind.get("properties", ())
            if item.get("isAttr")
        }
    )


def test_no_attribute_of_camundas_is_silently_without_effect():
    told = set()
    for name in camunda_attributes():
        body = around(f'<bpmn:userTask id="middle" camunda:{name}="x"/>')
        found = {each.rule for each in check({"p.bpmn": diagram(body)})}
        if found & {"attribute.unsupported", "attribute.ignored"}:
            told.add(name)
    assert set(camunda_attributes()) - told == (_READ | _OF_NO_MATTER) - {"modelerTemplateIcon"}
    assert set(_ATTRIBUTES) <= told
