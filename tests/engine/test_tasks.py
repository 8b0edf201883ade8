"""Tasks: what people, operations, scripts and tables get and give."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import Broken, NotWaiting, Refused, VersionSet, runtime
from tests.engine.draw import draw
from tests.engine.walk import BEGINNING, Walk


def test_an_open_task_tells_who_and_when():
    walk = Walk(
        "start s\nuser a assignee=${boss} dueDate=${due} priority=${urgent} "
        "candidateGroups='managers, ${group}'\ns > a",
        variables={"boss": "ivan", "due": "2026-03-01", "urgent": 80, "group": "deputies"},
    )
    (task,) = walk.outcome.tasks
    assert (task.assignee, task.priority) == ("ivan", 80)
    assert task.roles == ("managers", "deputies")
    assert task.due_at == datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)


def test_an_open_task_without_wishes():
    (task,) = Walk(
        "start s\nmanual a assignee=${boss}\ns > a", variables={"boss": ""}
    ).outcome.tasks
    assert (task.assignee, task.priority, task.due_at, task.roles) == (None, 50, None, ())


def test_the_due_date_follows_the_variables():
    walk = Walk(
        "start s\nand f\nuser a dueDate=${due}\nuser b\ns > f > a\nf > b",
        variables={"due": "2026-03-01T10:00:00+03:00"},
    )
    assert walk.outcome.tasks[0].due_at == datetime(2026, 3, 1, 7, tzinfo=UTC)
    walk.do("b", due="2026-04-01")
    assert walk.outcome.tasks[0].due_at.date().isoformat() == "2026-04-01"


def test_a_due_date_may_be_a_duration_from_the_moment_the_task_was_opened():
    walk = Walk("start s\nuser a dueDate=P3D\nreceive r message=m\nand f\ns > f > a\nf > r")
    walk.now += timedelta(days=2)
    walk.send("m")
    assert walk.outcome.tasks[0].due_at == BEGINNING + timedelta(days=3)


@pytest.mark.parametrize("options", ["dueDate=soon", "priority=${'high'}", "assignee=${nobody}"])
def test_what_cannot_be_read_is_broken_by_name(options):
    with pytest.raises(Broken) as broken:
        Walk(f"start s\nuser a {options}\ns > a")
    assert broken.value.element == "a"


@pytest.mark.parametrize("value", [["ivan"], {"name": "ivan"}, True])
def test_an_assignee_is_one_person(value):
    with pytest.raises(Broken, match="assignee") as broken:
        Walk("start s\nuser a assignee=${boss}\ns > a", variables={"boss": value})
    assert broken.value.element == "a"


@pytest.mark.parametrize("value", [7.5, True, "7.5"])
def test_a_priority_out_of_data_is_a_whole_number_too(value):
    with pytest.raises(Broken, match="whole number") as broken:
        Walk("start s\nuser a priority=${urgent}\ns > a", variables={"urgent": value})
    assert broken.value.element == "a"


@pytest.mark.parametrize("value", [-1, "-1", 1_000_001])
def test_a_priority_out_of_data_has_bounds(value):
    with pytest.raises(Broken, match="between 0 and 1000000") as broken:
        Walk("start s\nuser a priority=${urgent}\ns > a", variables={"urgent": value})
    assert broken.value.element == "a"


def test_a_priority_may_be_a_whole_number_with_a_point():
    (task,) = Walk(
        "start s\nuser a priority=${urgent}\ns > a", variables={"urgent": 7.0}
    ).outcome.tasks
    assert task.priority == 7


def test_a_listener_receives_the_answers_and_its_facts_become_the_step():
    walk = Walk(
        "start s\nuser a listener=room.keep\nend e\ns > a > e",
        answers={"room.keep": {"number": "A-1", "public": {"number": "A-1"}}},
    )
    walk.do("a", answers={"text": "long", "decision": "assign"}, decision="assign")
    ((name, inputs, call),) = walk.called
    assert (name, inputs) == ("room.keep", {"text": "long", "decision": "assign"})
    assert (call.element, call.process, call.now) == ("a", "p", BEGINNING)
    assert call.variables == {"decision": "assign"}
    assert walk.data == {"decision": "assign", "number": "A-1"}
    facts = {step.element: dict(step.facts) for step in walk.log if step.event == "completed"}
    assert facts["a"] == {"number": "A-1"}
    assert call.task == next(s.task for s in walk.log if s.element == "a")


def test_without_answers_the_listener_is_left_alone():
    walk = Walk("start s\nuser a listener=room.keep\nend e\ns > a > e").do("a")
    assert walk.called == []


def test_a_task_is_completed_once():
    walk = Walk("start s\nand f\nuser a\nuser b\ns > f > a\nf > b")
    task = walk.outcome.tasks[0].id
    walk.do("a")
    for unknown in (task, "nothing", ""):
        with pytest.raises(NotWaiting):
            runtime.complete(
                walk.vset, walk.outcome.state, unknown, {}, operations=None, now=walk.now
            )


@pytest.mark.parametrize(
    ("options", "data"),
    [
        ("", {"x": 2, "made": 5, "size": 6}),
        ("result=answer", {"x": 2, "answer": {"made": 5, "size": 6}}),
        ("out.total='${made + size}'", {"x": 2, "total": 11}),
        ("out.kept=made", {"x": 2, "kept": 5}),
        ("'out.sum=${made + size}' 'out.twice=${sum * 2}'", {"x": 2, "sum": 11, "twice": 22}),
        ("out.kept=word", {"x": 2, "kept": "word"}),
        ("out.kept='${never_returned}'", {"x": 2, "kept": None}),
    ],
)
def test_an_operation_gets_its_inputs_and_gives_its_outputs(options, data):
    walk = Walk(
        f"start s\nservice w topic=r.w in.twice='${{x * 2}}' in.text='n ${{x}}' in.none= {options}\n"
        "end e\ns > w > e",
        variables={"x": 2},
        answers={"r.w": {"made": 5, "size": 6, "public": {"secret": 1}}},
    )
    ((_, inputs, call),) = walk.called
    assert inputs == {"twice": 4, "text": "n 2", "none": None}
    assert call.variables["x"] == 2
    assert walk.data == data


def test_lists_and_maps_are_mapped():
    drawn = draw("start s\nservice w topic=r.w in.a=1\nend e\ns > w > e").replace(
        b'<camunda:inputParameter name="a">1</camunda:inputParameter>',
        b'<camunda:inputParameter name="list"><camunda:list><camunda:value>${x}</camunda:value>'
        b"<camunda:value>y</camunda:value></camunda:list></camunda:inputParameter>"
        b'<camunda:inputParameter name="map"><camunda:map><camunda:entry key="k">${x}'
        b"</camunda:entry></camunda:map></camunda:inputParameter>",
    )
    walk = Walk(files={"p.bpmn": drawn}, variables={"x": 7})
    assert walk.called[0][1] == {"list": [7, "y"], "map": {"k": 7}}


def test_what_an_operation_raises_reaches_the_caller_unchanged():
    class Domain(Exception):
        pass

    with pytest.raises(Domain):
        Walk("start s\nservice w topic=r.w\ns > w", answers={"r.w": Domain("no")})
    with pytest.raises(ValueError, match="plain"):
        Walk("start s\nservice w topic=r.w\ns > w", answers={"r.w": ValueError("plain")})


def test_a_script_sets_variables():
    walk = Walk(
        "start s\nscript c script='a = x + 1; b = a * 2'\nend e\ns > c > e", variables={"x": 1}
    )
    assert walk.data == {"x": 1, "a": 2, "b": 4}


def test_a_failing_script_names_its_element():
    with pytest.raises(Broken) as broken:
        Walk("start s\nscript c script='a = unknown'\ns > c")
    assert broken.value.element == "c"


def test_messages_thrown_inside_are_caught_inside_or_come_out():
    walk = Walk(
        """
        start s
        and f
        throw say message=word in.x=${n}
        receive hear message=word
        throw shout message=outside in.y=${n}
        end e message=last
        and j
        s > f > say > shout > j
        f > hear > j > e
        """,
        variables={"n": 4},
    )
    assert walk.ended is False or walk.ended
    assert [(m.name, dict(m.payload)) for m in walk.outcome.thrown] in (
        [("outside", {"y": 4}), ("last", {})],
        [("word", {"x": 4}), ("outside", {"y": 4})],
    )


SEVERAL = """
    start s
    and f
    catch any signal=one
    throw both signal=two
    user u
    user a
    s > f > any > a
    f > u > both
"""


@pytest.mark.parametrize("heard", ["one", "two"])
def test_an_event_with_several_definitions(heard):
    drawn = draw(SEVERAL)
    definition = (
        b'<bpmn:signalEventDefinition signalRef="signal_two"/></bpmn:intermediateCatchEvent>'
    )
    drawn = drawn.replace(b"</bpmn:intermediateCatchEvent>", definition)
    walk = Walk(files={"p.bpmn": drawn})
    assert {s.name for s in walk.outcome.subscriptions} == {"one", "two"}
    assert walk.send(heard, kind="signal").open == ["u", "a"]


def test_a_throw_with_several_definitions_says_all():
    drawn = draw("start s\nthrow t message=one\nend e message=two\ns > t > e").replace(
        b'<bpmn:messageEventDefinition messageRef="message_one"/>',
        b'<bpmn:messageEventDefinition messageRef="message_one"/>'
        b'<bpmn:messageEventDefinition messageRef="message_two"/>',
    )
    walk = Walk(files={"p.bpmn": drawn})
    assert [message.name for message in walk.outcome.thrown] == ["one", "two", "two"]


def test_a_definition_may_stand_outside_and_be_referred_to():
    drawn = draw("start s\ncatch c signal=go\nuser a\ns > c > a")
    inside = b'<bpmn:signalEventDefinition signalRef="signal_go"/>'
    assert inside in drawn
    drawn = drawn.replace(inside, b"<bpmn:eventDefinitionRef>d1</bpmn:eventDefinitionRef>").replace(
        b'<bpmn:process id="p"',
        b'<bpmn:signalEventDefinition id="d1" signalRef="signal_go"/><bpmn:process id="p"',
    )
    assert Walk(files={"p.bpmn": drawn}).send("go", kind="signal").open == ["a"]
    with pytest.raises(Refused, match="d1"):
        VersionSet.load({"p.bpmn": drawn.replace(b'Definition id="d1"', b'Definition id="d2"')})


def test_a_send_task_throws_or_calls():
    walk = Walk(
        "start s\nsend m message=word in.x=1\nsend o topic=r.o in.y=2\nend e\ns > m > o > e"
    )
    assert [(m.name, dict(m.payload)) for m in walk.outcome.thrown] == [("word", {"x": "1"})]
    assert walk.called[0][:2] == ("r.o", {"y": "2"})
    assert walk.ended


def test_a_signal_reaches_everybody_inside():
    walk = Walk(
        """
        start s
        and f
        catch c1 signal=go
        catch c2 signal=go
        user u
        throw t signal=go
        user a
        user b
        s > f > c1 > a
        f > c2 > b
        f > u > t
        """
    )
    walk.do("u")
    assert sorted(walk.open) == ["a", "b"]
    # Other instances may wait for it as well.
    assert [(thrown.kind, thrown.name) for thrown in walk.outcome.thrown] == [("signal", "go")]


DMN = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
<decision id="route" name="route"><decisionTable id="t" hitPolicy="%s">
<input id="i"><inputExpression id="ie" typeRef="number"><text>n</text></inputExpression></input>
<output id="o" name="unit" typeRef="string"/>
<rule id="r1"><inputEntry id="e1"><text>&gt; 5</text></inputEntry><outputEntry id="o1"><text>"big"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="e2"><text>&gt; 1</text></inputEntry><outputEntry id="o2"><text>"some"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


@pytest.mark.parametrize(
    ("policy", "mapping", "value"),
    [
        (b"FIRST", "singleEntry", "big"),
        (b"FIRST", "singleResult", {"unit": "big"}),
        (b"FIRST", "resultList", [{"unit": "big"}]),
        (b"COLLECT", "collectEntries", ["big", "some"]),
        (b"COLLECT", "resultList", [{"unit": "big"}, {"unit": "some"}]),
    ],
)
def test_a_business_rule_task_asks_its_table(policy, mapping, value):
    files = {
        "p.bpmn": draw(
            f"start s\nrule d decision=route result=found map={mapping}\nend e\ns > d > e"
        ),
        "route.dmn": DMN % policy,
    }
    assert Walk(files=files, variables={"n": 9}).data["found"] == value


def test_a_table_knows_the_day():
    files = {
        "p.bpmn": draw("start s\nrule d decision=route result=f map=singleEntry\nend e\ns > d > e"),
        "route.dmn": (DMN % b"FIRST").replace(b'"big"', b"today()"),
    }
    assert Walk(files=files, variables={"n": 9}).data["f"] == "2026-01-01"


def test_a_table_with_too_many_rows_or_none_is_broken_by_name():
    files = {
        "p.bpmn": draw("start s\nrule d decision=route result=f map=singleEntry\nend e\ns > d > e"),
        "route.dmn": DMN % b"COLLECT",
    }
    for n in (9, 0):
        if n == 0:
            files["route.dmn"] = DMN % b"UNIQUE"
        with pytest.raises(Broken) as broken:
            Walk(files=files, variables={"n": n})
        assert broken.value.element == "d"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("service w", "camunda:topic"),
        ("service w class=org.Thing", "camunda:topic"),
        ("send w", "camunda:topic"),
        ("rule w", "decisionRef"),
        ("receive w", "message"),
        ("catch w message=", "message"),
        ("catch w timer=never", "P3D"),
        ("catch w cycle='0 0 9 * * ?'", "cron"),
        ("script w script='import os'", "name = expression"),
        ("user w assignee='${__import__}'", "__import__"),
        ("user w in.x='${a b}'", "a b"),
        ("task w isForCompensation=true", "compensation"),
        ("user w each=", "collection"),
        ("user w priority=high", "whole number"),
        ("task w max=many", "whole number"),
    ],
)
def test_what_the_engine_cannot_do_is_refused_by_name_and_remedy(text, said):
    with pytest.raises(Refused) as refused:
        VersionSet.load({"p.bpmn": draw(f"start s\n{text}\ns > w")})
    assert [finding.element for finding in refused.value.findings] == ["w"]
    assert said in str(refused.value)


@pytest.mark.parametrize("tag", ["complexGateway", "transaction", "adHocSubProcess"])
def test_elements_outside_the_dialect_are_refused(tag):
    drawn = draw("start s\ntask w\ns > w").replace(b"bpmn:task ", f"bpmn:{tag} ".encode())
    with pytest.raises(Refused) as refused:
        VersionSet.load({"p.bpmn": drawn.replace(b"bpmn:task>", f"bpmn:{tag}>".encode())})
    assert {finding.rule for finding in refused.value.findings} == {"unsupported"}
