"""Multi-instance activities and standard loops, also in loops."""

import pytest

from engine import Broken
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
    [("each=${n}", "not a list"), ("times=${list}", "whole number"), ("times=1000000", "10000")],
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
