"""A move ends after a bounded amount of work; what does not is an incident with a name."""

import time

import pytest

from engine import Broken, DecisionError, OperationError, load_decisions, runtime
from tests.engine.draw import draw
from tests.engine.walk import Walk

# Each begins after the user task `go`, so that there is a stored state to come back to.
LOOPS = {
    "exclusive gateway": ("xor g\ntask t\ngo > g > t > g", {"g", "t"}),
    "inclusive gateway": ("or g\ntask t\ngo > g > t > g", {"g", "t"}),
    "tokens that double": ("xor m\nand g\ntask t\ntask u\ngo > m > g > t > m\ng > u > m", "mgtu"),
    "tasks that pile up": ("xor m\nand g\nuser w\ngo > m > g > m\ng > w", "mg"),
    "links": ("throw t link=L\ncatch c link=L\ntask k\ngo > t\nc > k > t", "tck"),
    "sub-process": ("xor g\nsub c {\nstart cs\ntask ct\ncs > ct\n}\ngo > g > c > g", None),
    "operation": ("xor g\nservice c topic=a.b\ngo > g > c > g", "gc"),
    "error": ("xor g\nservice c topic=a.e\nboundary b on=c error=E\ngo > g > c\nb > g", "gcb"),
    "script": ("xor g\nscript c script='n = 1'\ngo > g > c > g", "gc"),
    "standard loop": ("task t while=${true}\ngo > t", "t"),
    "process that calls itself": ("call c calls=p2\ngo > c", "c", "start s2\ncall c calls=p2\ns2 > c"),
    "processes that call each other": (
        "call c calls=p2\ngo > c", "cd", "start s2\ncall d calls=p3\ns2 > d", "start s3\ncall c calls=p2\ns3 > c",
    ),
    "calls that double": ("call c calls=p2\ngo > c", None, "start s2\ncall d calls=p2 times=2\ns2 > d"),
    "signal to its own event sub-process": (
        "user u\nthrow t signal=x\ngo > t > u\nwatch w {\nstart ws signal=x keep\nthrow again signal=x\nws > again\n}",
        {"ws", "w", "again", "t"},
    ),
    "message to its own event sub-process": (
        "user u\nthrow t message=x\ngo > t > u\nwatch w {\nstart ws message=x keep\nthrow again message=x\nws > again\n}",
        {"ws", "w", "again", "t"},
    ),
    "signal to its own boundary": (
        "and g\nuser u\nboundary b on=u signal=x keep\nthrow t signal=x\nthrow q signal=x\ngo > g > u\nb > t\ng > q",
        "btq",
    ),
    "messages to and fro": (
        (
            "and g\nuser u\nboundary b on=u message=x keep\nthrow t message=y\nboundary c on=u message=y keep\n"
            "throw q message=x\nthrow z message=x\ngo > g > u\nb > t\nc > q\ng > z"
        ),
        "btcqz",
    ),
    "conditions that flip": (
        (
            "script i script='x = 1'\nuser u\nboundary a on=u condition='${x == 1}' keep\nscript t script='x = 2'\n"
            "boundary b on=u condition='${x == 2}' keep\nscript v script='x = 1'\ngo > i > u\na > t\nb > v"
        ),
        "atbv",
    ),
    "conditions of event sub-processes": (
        (
            "script i script='x = 1'\nuser u\ngo > i > u\n"
            "watch w {\nstart ws condition='${x == 1}' keep\nscript t script='x = 2'\nws > t\n}\n"
            "watch v {\nstart vs condition='${x == 2}' keep\nscript k script='x = 1'\nvs > k\n}"
        ),
        {"w", "ws", "t", "v", "vs", "k"},
    ),
    "condition that always holds": ("xor g\ncatch c condition='${true}'\ngo > g > c > g", "gc"),
    "lists in lists": ("xor g\nscript c script='y = [y, y]'\ngo > g > c > g", "gc"),
    "strings that double": ("xor g\nscript c script='z = z + z'\ngo > g > c > g", "gc"),
    "instances of instances": (
        "sub a times=1000 {\nstart s2\nuser b times=1000\ns2 > b\n}\ngo > a", {"a", "b", "s2"},
    ),
    "long searches": (
        "script c script='" + "; ".join(["f = " + " or ".join(["0 - 1 in l"] * 70)] * 90) + "'\ngo > c", "c",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LOOPS)
def test_an_endless_loop_is_an_incident_with_a_name(name):
    text, elements, *others = LOOPS[name]
    walk = Walk(
        f"start s\nuser go\ns > go\n{text}",
        *others,
        variables={"y": [1], "z": "ab", "l": list(range(9_000))},
        answers={"a.e": lambda *_: OperationError("E")},
    )
    stored, began = walk.outcome, time.process_time()
    with pytest.raises(Broken) as broken:
        walk.do("go")
    assert time.process_time() - began < 20
    assert broken.value.element
    assert elements is None or broken.value.element in elements
    assert walk.outcome is stored
    kept = runtime.inspect(walk.vset, stored.state)
    assert [task.element for task in kept.tasks] == ["go"]
    assert kept.variables == stored.variables


TIMERS = {
    "no time at all": "xor g\ncatch t timer=PT0S\ns > g > t > g",
    "behind an event gateway": "xor g\nevent e\ncatch t timer=PT0S\ncatch x signal=x\ns > g > e > t > g\ne > x",
    "every second of a day": "user u\nboundary t on=u cycle=R/PT1S keep\ntask k\ns > u\nt > k",
    "an interval of nothing": "user u\nboundary t on=u cycle=R/PT0S keep\ntask k\ns > u\nt > k",
}


@pytest.mark.parametrize("name", TIMERS)
def test_timers_without_end_are_an_incident(name):
    walk = Walk(f"start s\n{TIMERS[name]}")
    stored = walk.outcome
    with pytest.raises(Broken) as broken:
        walk.wait(days=1)
    assert broken.value.element in {"g", "e", "t", "k"}
    assert walk.outcome is stored


def test_what_a_house_needs_is_within_the_bounds():
    walk = Walk("start s\nuser a times=10000\nend e\ns > a > e")
    assert len(walk.open) == 10_000
    wide = Walk(
        "start s\nuser a each=${list} as=x assignee=${x} until='${nrOfCompletedInstances in list}'\n"
        "end e\ns > a > e",
        variables={"list": [str(n) for n in range(1_000)]},
    )
    for _ in range(3):
        wide.do("a")
    assert len(wide.open) == 997
    rows = "".join(f"y{n} = {n}; " for n in range(99))
    long = Walk(
        f"start s\ntask t while='${{loopCounter < 2000}}'\nscript c script='{rows}'\ns > t > c"
    )
    assert long.ended


def test_a_part_of_a_value_counts_as_often_as_it_is_there():
    shared = ["a" * 1000] * 500
    walk = Walk("start s\nuser a\nuser b\ns > a > b").do("a", x=shared)
    assert walk.data["x"] == shared
    with pytest.raises(Broken, match="larger than 1 MB"):
        walk.do("b", x=[shared, shared, shared])


def test_an_operation_gets_values_of_a_bounded_size():
    walk = Walk(
        "start s\nuser a\nservice w topic=r.w 'in.x=${[" + ",".join(["y"] * 400) + "]}'\ns > a > w",
        variables={"y": ["a" * 50_000] * 10},
    )
    with pytest.raises(Broken, match="larger than 1 MB") as broken:
        walk.do("a")
    assert (broken.value.element, walk.called) == ("w", [])


def test_an_operation_cannot_change_variables_behind_the_back():
    walk = Walk(
        "start s\nuser a\nservice w topic=r.w 'in.x=${y}'\nuser b\ns > a > w > b",
        variables={"y": [1]},
        answers={"r.w": lambda inputs, _: inputs["x"].append(2) or {}},
    )
    assert walk.do("a").data == {"y": [1]}


def test_a_comparison_of_what_holds_itself_many_times_ends():
    script = "; ".join(["y = [y, y]"] * 39 + ["z = y == y"])
    with pytest.raises(Broken, match="computes too much"):
        Walk(f"start s\nscript c script='{script}'\ns > c", variables={"y": 1})


TABLE = (
    b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d">'
    b'<decision id="t"><decisionTable hitPolicy="FIRST"><input><inputExpression><text>x</text>'
    b'</inputExpression></input><output name="y"/>%s</decisionTable></decision></definitions>'
)
ROW = b"<rule><inputEntry><text>%d</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"


def test_a_large_table_in_a_loop_is_an_incident():
    table = TABLE % b"".join(ROW % number for number in range(2_000))
    (decision,) = load_decisions(table, "t.dmn")
    with pytest.raises(DecisionError):
        decision.evaluate({"x": -1})
    drawn = draw("start s\nuser go\nxor g\nrule r decision=t result=found\ns > go > g > r > g")
    walk = Walk(files={"p.bpmn": drawn, "t.dmn": table}, variables={"x": 1_999})
    with pytest.raises(Broken, match="too much") as broken:
        walk.do("go")
    assert broken.value.element == "r"
