"""Events on the boundary of tasks, sub-processes, calls and multi-instance activities."""

import pytest

from engine import Broken, Escalation, NotWaiting, OperationError
from tests.engine.walk import Walk

INSIDE = {
    "task": "user a",
    "sub-process": "sub a {\n start as\n user work\n end ae\n as > work > ae\n}",
    "call": "call a calls=p2",
    "parallel calls": "call a calls=p2 each=${list}",
    "sequential calls": "call a calls=p2 each=${list} sequential",
    "parallel tasks": "user a each=${list}",
    "parallel sub-processes": "sub a each=${list} {\n start as\n user work\n end ae\n as > work > ae\n}",
}
CALLED = "start cs\nuser work\nend ce\ncs > work > ce"


def around(kind, event):
    return Walk(
        f"""
        start s
        {INSIDE[kind]}
        boundary b on=a {event}
        user after
        user caught
        end e
        s > a > after > e
        b > caught
        """,
        CALLED,
        variables={"list": [1, 2, 3]},
    )


@pytest.mark.parametrize("kind", INSIDE)
@pytest.mark.parametrize("event", ["message=stop", "timer=P1D", "signal=stop", "condition=${stop}"])
def test_an_interrupting_event_takes_away_the_whole_activity(kind, event):
    walk = around(kind, event)
    if "timer" in event:
        walk.wait(days=2)
    elif "condition" in event:
        with pytest.raises(NotWaiting):
            walk.send("stop")
        return
    else:
        walk.send("stop", kind=event.split("=")[0])
    assert walk.open == ["caught"]
    assert walk.outcome.subscriptions == ()
    assert walk.outcome.next_due_at is None
    entered = walk.steps("entered")
    assert sorted(walk.steps("cancelled")) == sorted(x for x in entered if x in ("a", "work"))
    assert "a" not in walk.steps("completed")


@pytest.mark.parametrize("kind", INSIDE)
def test_a_non_interrupting_message_is_heard_any_number_of_times(kind):
    walk = around(kind, "message=word keep")
    at_first = walk.open
    for round_ in range(1, 4):
        walk.send("word")
        assert walk.open.count("caught") == round_
        assert [t for t in walk.open if t != "caught"] == at_first
    while "caught" in walk.open:
        walk.do("caught")
    while set(walk.open) & {"a", "work"}:
        walk.do(walk.open[0])
    assert walk.open == ["after"]
    with pytest.raises(NotWaiting):
        walk.send("word")


def test_a_cycle_fires_as_often_as_it_says():
    walk = Walk(
        """
        start s
        user a
        boundary b on=a cycle=R3/PT24H keep
        service note topic=mail.note
        end e
        end n
        s > a > e
        b > note > n
        """
    )
    for day in range(1, 6):
        walk.wait(days=1)
        assert len(walk.called) == min(day, 3)
    assert walk.outcome.next_due_at is None
    assert walk.do("a").ended


def test_a_cycle_that_was_missed_is_caught_up_in_one_tick():
    walk = Walk("start s\nuser a\nboundary b on=a cycle=R3/P1D keep\ntask n\ns > a\nb > n")
    walk.wait(days=10)
    assert walk.steps("completed").count("b") == 3


def test_a_non_interrupting_timer_fires_once():
    walk = Walk("start s\nuser a\nboundary b on=a timer=P1D keep\nuser n\ns > a\nb > n")
    assert walk.wait(days=1).open == ["a", "n"]
    assert walk.outcome.next_due_at is None
    assert walk.wait(days=9).open == ["a", "n"]


def test_an_event_that_did_not_happen_leaves_no_trace():
    walk = Walk("start s\nuser a\nboundary b on=a timer=P1D\nend e\nend x\ns > a > e\nb > x")
    walk.do("a")
    assert walk.ended
    assert "b" not in [step.element for step in walk.log]


CONDITION = """
    start s
    user a
    user x
    boundary b on=a condition='${{n > 1}}' {keep}
    user caught
    end e
    and f
    s > f > a > e
    f > x
    b > caught
"""


def test_a_conditional_event_happens_when_its_condition_becomes_true():
    walk = Walk(CONDITION.format(keep=""), variables={"n": 0})
    assert walk.open == ["a", "x"]
    walk.do("x", n=2)
    assert walk.open == ["caught"]


def test_a_conditional_event_happens_at_once_when_it_is_true_already():
    assert Walk(CONDITION.format(keep=""), variables={"n": 2}).open == ["x", "caught"]


def test_a_condition_without_its_variables_does_not_hold_yet():
    assert Walk(CONDITION.format(keep="")).open == ["a", "x"]


def test_a_condition_that_stays_true_happens_once():
    walk = Walk(CONDITION.format(keep="keep"), variables={"n": 2})
    assert walk.open == ["a", "x", "caught"]
    assert walk.do("caught", n=3).open == ["a", "x"]
    walk.do("x", n=0)
    assert walk.open == ["a"]


def test_a_condition_that_becomes_true_again_happens_again():
    walk = Walk(
        CONDITION.format(keep="keep") + "x > f2\nxor f2\nuser y\nf2 > y", variables={"n": 2}
    )
    walk.do("x", n=0).do("y", n=5)
    assert walk.open == ["a", "caught", "caught"]


ERRORS = """
    start s
    sub outer {
        start os
        sub inner {
            start is
            service work topic=room.work
            end ie
            is > work > ie
        }
        boundary near on=inner error=E1
        user near_task
        end oe
        os > inner > oe
        near > near_task
    }
    boundary far on=outer error=E2
    boundary every on=outer error=
    user far_task
    user every_task
    end e
    s > outer > e
    far > far_task
    every > every_task
"""


@pytest.mark.parametrize(
    ("code", "expected"), [("E1", "near_task"), ("E2", "far_task"), ("E3", "every_task")]
)
def test_an_error_goes_to_the_nearest_scope_that_catches_it(code, expected):
    walk = Walk(ERRORS, answers={"room.work": OperationError(code)})
    assert walk.open == [expected]
    left = {"E1": ["work", "inner"]}.get(code, ["work", "inner", "outer"])
    assert walk.steps("cancelled") == left
    assert not set(left) & set(walk.steps("completed"))


def test_an_error_is_not_heard_by_a_parallel_neighbour():
    text = """
        start s
        and f
        sub one {
            start s1
            user u1
            end e1 error=E
            s1 > u1 > e1
        }
        sub two {
            start s2
            user u2
            end e2
            s2 > u2 > e2
        }
        boundary b1 on=one error=E
        boundary b2 on=two error=E
        user t1
        user t2
        s > f > one
        f > two
        b1 > t1
        b2 > t2
    """
    assert Walk(text).do("u1").open == ["u2", "t1"]


def test_an_uncaught_error_of_an_operation_breaks_the_move():
    with pytest.raises(Broken, match="E9") as broken:
        Walk(
            "start s\nservice w topic=room.work\ns > w", answers={"room.work": OperationError("E9")}
        )
    assert broken.value.element == "w"


def test_an_uncaught_error_end_ends_the_whole_process():
    walk = Walk("start s\nand f\nuser a\nuser b\nend x error=E\ns > f > a > x\nf > b").do("a")
    assert walk.ended
    assert walk.steps("cancelled") == ["b"]


def test_an_error_crosses_called_processes_and_instances():
    walk = Walk(
        """
        start s
        call many calls=p2 each=${list} as=x pass=x:x
        boundary b on=many error=E
        user t
        end e
        s > many > e
        b > t
        """,
        """
        start cs
        user work
        xor g
        end ok
        end bad error=E
        cs > work > g
        g > bad : ${x == 2}
        g >> ok
        """,
        variables={"list": [1, 2, 3]},
    )
    walk.do("work")
    assert walk.open == ["work", "work"]
    walk.do("work")
    assert walk.open == ["t"]
    assert walk.steps("cancelled").count("many") == 2
    assert walk.steps("completed").count("many") == 1


def test_the_code_of_an_error_can_be_kept_in_a_variable():
    text = "start s\nservice w topic=r.w\nboundary b on=w error=\nuser t\ns > w\nb > t"
    from tests.engine.draw import draw

    drawn = draw(text).replace(
        b"<bpmn:errorEventDefinition/>",
        b'<bpmn:errorEventDefinition camunda:errorCodeVariable="code" '
        b'camunda:errorMessageVariable="why"/>',
    )
    walk = Walk(files={"p.bpmn": drawn}, answers={"r.w": OperationError("E5", "no paper")})
    assert walk.data == {"code": "E5", "why": "no paper"}


ESCALATION = """
    start s
    sub inner {{
        start is
        {thrower}
        user next
        end ie
        is > raise > next > ie
    }}
    boundary b on=inner escalation=X {keep}
    user caught
    end e
    s > inner > e
    b > caught
"""


@pytest.mark.parametrize("thrower", ["throw raise escalation=X", "service raise topic=r.w"])
@pytest.mark.parametrize(("keep", "expected"), [("keep", ["caught", "next"]), ("", ["caught"])])
def test_escalations(thrower, keep, expected):
    walk = Walk(ESCALATION.format(thrower=thrower, keep=keep), answers={"r.w": Escalation("X")})
    assert sorted(walk.open) == expected


def test_an_escalation_nobody_catches_changes_nothing():
    walk = Walk("start s\nthrow x escalation=X\nuser a\ns > x > a")
    assert walk.open == ["a"]


def test_an_interruption_stops_automatic_neighbours_at_once():
    walk = Walk(
        """
        start s
        sub inner {
            start is
            and f
            throw stop escalation=X
            service a topic=r.a
            service b topic=r.b
            end ie
            is > f > stop
            f > a > b > ie
        }
        boundary x on=inner escalation=X
        end e
        s > inner > e
        x > e
        """
    )
    assert walk.ended
    assert "r.b" not in [name for name, _, _ in walk.called]


def test_an_error_raised_by_a_listener_is_caught_on_the_user_task():
    walk = Walk(
        "start s\nuser a listener=room.do\nboundary b on=a error=E\nuser t\ns > a\nb > t",
        answers={"room.do": OperationError("E")},
    )
    assert walk.do("a", answers={}).open == ["t"]
