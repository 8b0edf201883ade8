"""Multi-instance activities and standard loops, also in loops."""

import pytest

from engine import Broken, Refused
from tests.engine.draw import draw
from tests.engine.walk import Walk

CALLED = "start cs\nuser work\nend ce\ncs > work > ce"
KINDS = ["user work", "call m calls=p2 pass=item:item", "sub m"]


def many(kind, options, **variables):
    inside = " {\n start is\n user work\n end ie\n is > work > ie\n}" if kind == "sub m" else ""
    name = kind.split()[1]
    return Walk(
        f"""
        start s
        xor again
        {kind} {options}{inside}
        user check
        xor g
        end e
        s > again > {name} > check > g > e : ${{ok}}
        g >> again
        """,
        CALLED,
        variables={"ok": False, **variables},
    )


def items(walk):
    return [task.variables["item"] for task in walk.outcome.tasks]


@pytest.mark.parametrize("kind", KINDS)
def test_parallel_instances_over_a_list_again_and_again(kind):
    walk = many(kind, "each=${list} as=item", list=["x", "y", "z"])
    for order in ([0, 0, 0], [2, 1, 0], [1, 1, 0]):
        assert items(walk) == ["x", "y", "z"]
        for which in order:
            walk.do("work", which=which)
        assert walk.open == ["check"]
        walk.do("check", list=["x", "y", "z"])
    assert "item" not in walk.data


@pytest.mark.parametrize("kind", KINDS)
def test_sequential_instances_over_a_list_again_and_again(kind):
    walk = many(kind, "each=list as=item sequential", list=["x", "y"])
    for _ in range(2):
        for expected in ("x", "y"):
            assert items(walk) == [expected]
            walk.do("work")
        assert walk.open == ["check"]
        walk.do("check")


def test_an_empty_list_passes_straight_through():
    walk = many("user work", "each=${list} as=item", list=[])
    assert walk.open == ["check"]
    assert "work" not in [step.element for step in walk.log]


@pytest.mark.parametrize("sequential", ["", "sequential"])
def test_a_number_of_instances(sequential):
    walk = many("user work", f"times=${{n}} {sequential}", n=3)
    seen = []
    while "work" in walk.open:
        seen.append(walk.outcome.tasks[0].variables["loopCounter"])
        walk.do("work")
    assert seen == [0, 1, 2]
    assert walk.steps("completed").count("work") == 3
    assert walk.steps("entered").count("work") == 3


@pytest.mark.parametrize("sequential", ["", "sequential"])
@pytest.mark.parametrize(
    "condition",
    [
        "${nrOfCompletedInstances >= 2}",
        "${nrOfCompletedInstances * 2 > nrOfInstances - 1}",
        "${loopCounter == 1}",
        "${refused == item}",
    ],
)
def test_a_completion_condition_ends_the_rest(sequential, condition):
    walk = many(
        "user work",
        f"each=${{list}} as=item {sequential} until='{condition}'",
        list=["x", "y", "z"],
        refused="y",
    )
    walk.do("work")
    assert "check" not in walk.open
    walk.do("work")
    assert walk.open == ["check"]
    assert walk.steps("cancelled") == ([] if sequential else ["work"])


def test_the_numbers_of_instances_are_seen_inside():
    walk = many("user work", "each=${list} as=item", list=[1, 2, 3]).do("work")
    seen = walk.outcome.tasks[0].variables
    assert (seen["nrOfInstances"], seen["nrOfActiveInstances"]) == (3, 2)
    assert (seen["nrOfCompletedInstances"], seen["loopCounter"]) == (1, 1)
    assert set(walk.data) == {"ok", "list"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("each=${n}", "not a list"),
        ("times=${list}", "whole number"),
        ("times=1000000", "10000"),
        ("times=2.5", "whole number"),
        ("times='${0 - n}'", "whole number"),
        ("times='${\"many\"}'", "whole number"),
    ],
)
def test_what_cannot_be_counted_is_broken_by_name(options, said):
    with pytest.raises(Broken, match=said) as broken:
        many("user work", options, n=3, list=[])
    assert broken.value.element == "work"


def test_a_standard_loop_tests_after_or_before():
    text = "start s\nuser work while='${{n < 2}}' {before}\nuser check\ns > work > check"
    walk = Walk(text.format(before=""), variables={"n": 5}).do("work")
    assert walk.open == ["check"]
    assert Walk(text.format(before="before"), variables={"n": 5}).open == ["check"]
    walk = Walk(text.format(before="before"), variables={"n": 0}).do("work", n=1)
    assert walk.open == ["work"]
    assert walk.do("work", n=2).open == ["check"]


def test_a_standard_loop_has_a_maximum_and_a_counter():
    walk = Walk("start s\nuser work max=3\nuser check\ns > work > check")
    seen = []
    while walk.open == ["work"]:
        seen.append(walk.outcome.tasks[0].variables["loopCounter"])
        walk.do("work")
    assert seen == [0, 1, 2]
    walk = Walk(
        "start s\nscript a while='${loopCounter < 3}' script='n = n + 1'\nuser check\ns > a > check",
        variables={"n": 0},
    )
    assert walk.data["n"] == 3


def test_instances_may_map_outputs_and_still_know_their_item():
    walk = Walk(
        """
        start s
        service a topic=r.a in.who=${x} out.last=who each=${list} as=x until='${x == "q"}'
        user after
        s > a > after
        """,
        variables={"list": ["p", "q", "r"]},
        answers={"r.a": lambda inputs, call: {"made": inputs["who"]}},
    )
    assert walk.open == ["after"]
    assert [inputs["who"] for _, inputs, _ in walk.called] == ["p", "q"]
    assert walk.data["last"] == "q"


def test_automatic_instances_run_in_one_move():
    walk = Walk(
        "start s\nservice a topic=r.a in.who=${x} each=${list} as=x\nend e\ns > a > e",
        variables={"list": ["p", "q"]},
        answers={"r.a": lambda inputs, call: {"last": inputs["who"]}},
    )
    assert walk.ended
    assert [inputs for _, inputs, _ in walk.called] == [{"who": "p"}, {"who": "q"}]
    assert walk.data["last"] == "q"


def test_a_thousand_rounds_cost_no_more_than_the_first():
    walk = many("call m calls=p2 pass=item:item", "each=${list} as=item", list=["x", "y"])
    size = len(walk.outcome.state)
    for _ in range(1000):
        walk.do("work").do("work", which=0).do("check")
    assert len(walk.outcome.state) < size + 40


def test_nested_loops():
    walk = Walk(
        """
        start s
        sub outer each=${rows} as=row {
            start os
            user work each=${row} as=cell
            end oe
            os > work > oe
        }
        user check
        s > outer > check
        """,
        variables={"rows": [[1, 2], [3]]},
    )
    assert [task.variables["cell"] for task in walk.outcome.tasks] == [1, 2, 3]
    walk.do("work").do("work").do("work")
    assert walk.open == ["check"]


@pytest.mark.parametrize("number", [2, 2.0, "2", " 2 "])
def test_a_number_of_instances_may_come_from_a_form(number):
    assert many("user work", "times=${n}", n=number).open == ["work", "work"]


@pytest.mark.parametrize("maximum", ["many", "-1", "2.5"])
def test_a_maximum_that_is_no_number_is_refused_by_name(maximum):
    with pytest.raises(Refused, match="whole number") as refused:
        Walk(f"start s\nuser work max={maximum}\ns > work")
    assert refused.value.findings[0].element == "work"


COMPLEX_BEHAVIOR = (
    b"<bpmn:complexBehaviorDefinition><bpmn:condition>${nrOfCompletedInstances == 2}"
    b'</bpmn:condition><bpmn:event id="said"><bpmn:signalEventDefinition signalRef="signal_go"/>'
    b"</bpmn:event></bpmn:complexBehaviorDefinition>"
)
COMPLEX = (b'behavior="Complex"', COMPLEX_BEHAVIOR)


def behaving(attribute, inside=b"", *, keep="keep", sequential=""):
    drawn = draw(
        f"""
        start s
        user work times=3 {sequential}
        boundary b on=work signal=go {keep}
        task told
        user check
        s > work > check
        b > told
        """
    )
    drawn = drawn.replace(b"<bpmn:loopCardinality>", inside + b"<bpmn:loopCardinality>")
    start = drawn.index(b"<bpmn:multiInstanceLoopCharacteristics")
    end = drawn.index(b">", start)
    outside = b'<bpmn:signalEventDefinition id="ended" signalRef="signal_go"/><bpmn:process id="p"'
    drawn = drawn[:end] + b" " + attribute + drawn[end:]
    return Walk(files={"p.bpmn": drawn.replace(b'<bpmn:process id="p"', outside)})


@pytest.mark.parametrize("sequential", ["", "sequential"])
@pytest.mark.parametrize(
    ("behavior", "told"),
    [
        ((b'behavior="All"',), [0, 0, 0]),
        ((b'behavior="None" noneBehaviorEventRef="ended"',), [1, 2, 3]),
        ((b'behavior="One" oneBehaviorEventRef="ended"',), [1, 1, 1]),
        (COMPLEX, [0, 1, 1]),
    ],
)
def test_instances_say_that_they_have_ended_as_their_behavior_wants(behavior, told, sequential):
    walk = behaving(*behavior, sequential=sequential)
    for times in told:
        walk.do("work")
        assert walk.steps("completed").count("told") == times
    assert walk.open == ["check"]


@pytest.mark.parametrize("sequential", ["", "sequential"])
def test_what_the_instances_say_may_interrupt_the_rest(sequential):
    walk = behaving(*COMPLEX, keep="", sequential=sequential).do("work")
    assert "work" in walk.open
    assert walk.do("work").ended
    assert walk.steps("completed").count("told") == 1
    assert "check" not in walk.steps("entered")


def test_a_behavior_needs_its_event():
    with pytest.raises(Refused, match="nothing_such") as refused:
        behaving(b'behavior="None" noneBehaviorEventRef="nothing_such"')
    assert refused.value.findings[0].element == "work"


GIVING = {
    "user": "user work times=2 gives=o:all",
    "sub": "sub x times=2 gives=o:all {\nuser work\nuser again\nwork > again\n}",
    "script": "sub x times=2 gives=o:all {\nuser work\nscript c script='o = o + 10'\nuser again\nwork > c > again\n}",
    "call": "call x calls=q times=2 give=got:o gives=o:all",
    "mapped": "user work times=2 gives=o:all 'out.o=${result}'",
}


@pytest.mark.parametrize("kind", GIVING)
def test_what_instances_give_is_collected_in_their_order_and_mixes_with_nothing(kind):
    name = GIVING[kind].split()[1]
    walk = Walk(f"start s\n{GIVING[kind]}\nuser after\ns > {name} > after", q="user work")
    said = {"call": "got", "mapped": "result"}.get(kind, "o")
    walk.do("work", which=1, **{said: 2}).do("work", **{said: 1})
    for _ in walk.open:
        if "again" in walk.open:
            walk.do("again")
    assert walk.open == ["after"]
    assert walk.data["all"] == ([11, 12] if kind == "script" else [1, 2])
    assert "o" not in walk.data


def test_what_instances_give_is_null_when_they_give_nothing():
    walk = Walk("start s\ntask t times=2 gives=o:all\nend e\ns > t > e")
    assert walk.data == {"all": [None, None]}


COUNTED = {
    "instances at once": ("times=3", "nrOfCompletedInstances"),
    "instances in a row": ("times=3 sequential", "nrOfCompletedInstances"),
    "a standard loop": ("max=3", "loopCounter"),
}


@pytest.mark.parametrize("name", COUNTED)
def test_a_condition_hears_what_the_engine_counts(name):
    loop, counter = COUNTED[name]
    walk = Walk(
        f"start s\nuser u {loop}\nboundary b on=u condition='${{{counter} >= 2}}'\nuser enough\n"
        "s > u\nb > enough"
    )
    assert set(walk.do("u").open) == {"u"}
    assert walk.do("u").open == ["enough"]
