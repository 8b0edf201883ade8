"""Gateways, also in loops and in any order of branches."""

import itertools
import re

import pytest

from engine import Broken, Refused, VersionSet, check
from tests.engine.draw import draw
from tests.engine.walk import Walk

LOOP = """
    start s
    xor again
    and split
    user a
    user b
    user c
    and join
    user check
    xor g
    end e
    s > again > split > a > join > check > g > e : ${ok}
    split > b > join
    split > c > join
    g >> again
"""


@pytest.mark.parametrize("first", list(itertools.permutations("abc")))
@pytest.mark.parametrize("second", list(itertools.permutations("abc")))
def test_parallel_join_in_a_loop_waits_for_every_branch_each_round(first, second):
    walk = Walk(LOOP, variables={"ok": False})
    for order in (first, second):
        for done, task in enumerate(order, 1):
            assert "check" not in walk.open
            walk.do(task)
            assert ("check" in walk.open) == (done == 3)
        walk.do("check", ok=order is second)
    assert walk.ended or first == second


def test_exclusive_gateway_takes_the_first_that_holds_in_the_order_of_the_file():
    walk = Walk(
        """
        start s
        xor g
        user a
        user b
        user c
        s > g > a : ${n > 10}
        g > b : ${n > 5}
        g > c : ${n > 1}
        """,
        variables={"n": 7},
    )
    assert walk.open == ["b"]


@pytest.mark.parametrize("left_empty", [{"n": None}, {"n": None, "limit": None}])
def test_what_was_left_empty_goes_by_the_default_flow(left_empty):
    walk = Walk(
        """
        start s
        xor g
        user above
        user neither
        user below
        s > g > above : ${n > limit}
        g >> neither
        g > below : ${n <= limit}
        """,
        variables={"limit": 5, **left_empty},
    )
    assert walk.open == ["neither"]


def test_exclusive_gateway_without_a_way_out_names_itself():
    with pytest.raises(Broken) as broken:
        Walk(
            "start s\nxor g\nend e\nuser a\ns > g > e : ${n > 1}\ng > a : ${n > 2}",
            variables={"n": 0},
        )
    assert broken.value.element == "g"


def test_exclusive_gateway_merges_without_waiting():
    walk = Walk(
        """
        start s
        and f
        user a
        user b
        xor m
        user c
        end e
        s > f > a > m > c > e
        f > b > m
        """
    )
    walk.do("a")
    assert walk.open == ["b", "c"]
    walk.do("b")
    assert walk.open == ["c", "c"]


INCLUSIVE = """
    start s
    xor again
    or split
    user a
    user b
    user c
    or join
    user check
    xor g
    end e
    s > again > split > a : ${a}
    a > join > check > g > e : ${ok}
    split > b : ${b}
    b > join
    split >> c
    c > join
    g >> again
"""


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [({"a": True, "b": True}, ["a", "b"]), ({"a": True, "b": False}, ["a"]), ({}, ["c"])],
)
def test_inclusive_split_and_join_in_a_loop(chosen, expected):
    values = {"a": False, "b": False, "ok": False, **chosen}
    walk = Walk(INCLUSIVE, variables=values)
    for order in (expected, expected[::-1]):
        assert walk.open == expected
        for task in order:
            assert "check" not in walk.open
            walk.do(task)
        assert walk.open == ["check"]
        walk.do("check", ok=order is not expected)
    assert walk.ended or expected == expected[::-1]


def test_inclusive_join_waits_for_a_branch_that_is_still_on_its_way():
    walk = Walk(
        """
        start s
        or f
        user a
        user b
        user b2
        or j
        user after
        end e
        s > f > a > j > after > e
        f > b > b2 > j
        """
    )
    walk.do("a")
    assert walk.open == ["b"]
    walk.do("b").do("b2")
    assert walk.open == ["after"]


def test_inclusive_join_does_not_wait_for_a_branch_that_went_elsewhere():
    walk = Walk(
        """
        start s
        or f
        user a
        user b
        xor x
        or j
        user after
        end e
        end out
        s > f > a > j > after > e
        f > b > x > j : ${stay}
        x >> out
        """
    )
    walk.do("a")
    walk.do("b", stay=False)
    assert walk.open == ["after"]


def test_parallel_split_with_two_flows_straight_into_the_join():
    assert Walk("start s\nand f\nand j\nend e\ns > f > j > e\nf > j").ended


def test_implicit_split_and_conditional_flows_out_of_a_task():
    text = """
        start s
        user t
        user a
        user b
        user c
        s > t > a
        t > b : ${n > 1}
        t >> c
    """
    assert Walk(text, variables={"n": 2}).do("t").open == ["a", "b"]
    assert Walk(text, variables={"n": 0}).do("t").open == ["a", "c"]


def test_event_gateway_keeps_a_time_of_its_own_for_every_timer():
    text = """
        start s
        event g
        catch long timer=P30D
        catch short timer=P1D
        catch word message=word
        user a
        user b
        user c
        s > g > long > a
        g > short > b
        g > word > c
    """
    assert Walk(text).wait(days=2).open == ["b"]
    walk = Walk(text).send("word", said=1)
    assert walk.open == ["c"]
    assert walk.data["said"] == 1
    assert walk.outcome.next_due_at is None
    assert walk.steps("cancelled") == []


def test_event_gateway_in_a_loop_sets_its_timers_anew():
    walk = Walk(
        """
        start s
        xor m
        event g
        catch late timer=P1D
        catch word message=word
        end e
        s > m > g > late > e
        g > word > m
        """
    )
    first = walk.outcome.next_due_at
    walk.now = first.replace(minute=first.minute) - (first - walk.now) / 2
    walk.send("word")
    assert walk.outcome.next_due_at > first
    assert walk.wait(days=2).ended


def test_a_join_that_can_never_be_complete_is_told_by_name():
    walk = Walk(
        """
        start s
        xor g
        user a
        user b
        and j
        end e
        s > g
        g > a : ${n > 0}
        g >> b
        a > j > e
        b > j
        """,
        variables={"n": 1},
    )
    walk.do("a")
    assert walk.outcome.stuck == "j"
    assert not walk.ended


def test_flows_without_an_id_are_told_apart():
    text = """
        start s
        {kind} f
        user a
        user b
        {kind} j
        user after
        s > f
        f > a : ${{x}}
        f > b : ${{y}}
        a > j > after
        b > j
    """
    for kind, expected in (("and", ["a", "b"]), ("or", ["a", "b"]), ("xor", ["a"])):
        drawn = re.sub(
            rb'<bpmn:sequenceFlow id="\w+"', b"<bpmn:sequenceFlow", draw(text.format(kind=kind))
        )
        walk = Walk(files={"p.bpmn": drawn}, variables={"x": True, "y": True})
        assert walk.open == expected
        for task in expected:
            walk.do(task)
        assert walk.open == ["after"]


def test_the_order_in_which_a_gateway_lists_its_flows_goes_before_that_of_the_file():
    drawn = draw("start s\nxor g\nuser a\nuser b\ns > g > a : ${true}\ng > b : ${true}")
    assert Walk(files={"p.bpmn": drawn}).open == ["a"]
    listed = b"".join(
        b"<bpmn:outgoing>%s</bpmn:outgoing>" % flow for flow in (b"f2_g_b", b"f1_g_a")
    )
    drawn = drawn.replace(b"></bpmn:exclusiveGateway>", b">" + listed + b"</bpmn:exclusiveGateway>")
    assert Walk(files={"p.bpmn": drawn}).open == ["b"]


UNFIT = {
    "a task": ("user r", "gateway.event-target"),
    "a looped receive task": ("receive r message=m times=2", "gateway.event-target"),
    "a receive task in a standard loop": ("receive r message=m max=2", "gateway.event-target"),
    "a looped event": ("catch r message=m times=2", "unsupported"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_an_event_gateway_cannot_wait_for_is_refused_by_name(name):
    drawn, rule = UNFIT[name]
    files = {"p.bpmn": draw(f"start s\nevent g\n{drawn}\nend e\ns > g > r > e")}
    with pytest.raises(Refused) as refused:
        VersionSet.load(files)
    assert rule in {finding.rule for finding in refused.value.findings}
    assert rule in {finding.rule for finding in check(files)}


@pytest.mark.parametrize("loop", ["times=2", "max=2"])
def test_a_boundary_event_cannot_loop(loop):
    files = {"p.bpmn": draw(f"start s\nuser a\nboundary b on=a message=m {loop}\ns > a")}
    with pytest.raises(Refused) as refused:
        VersionSet.load(files)
    assert ("b", "unsupported") in {(f.element, f.rule) for f in refused.value.findings}
    assert ("b", "unsupported") in {(f.element, f.rule) for f in check(files)}
