"""Each repair beside the stock class it replaces: the same diagram, right here and wrong there.

Where a stock assertion fails after an upgrade of SpiffWorkflow, the repair may have become
unnecessary; that is what these tests are for.
"""

import pytest
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.exceptions import SpiffWorkflowException

from engine.stock import Stock
from tests.engine.walk import Walk, drawn


def stock(*texts, variables=None, answers=None):
    made = Stock(drawn(*texts), "p", lambda name, _inputs: (answers or {}).get(name, {}))
    workflow = made.start(variables or {})
    return Plain(made, workflow)


class Plain:
    """The stock engine with the face of a Walk."""

    def __init__(self, made, workflow):
        self.made, self.workflow = made, workflow

    @property
    def open(self):
        return sorted(
            task.task_spec.name.removesuffix(" [child]")
            for task in self.made.open_tasks(self.workflow)
        )

    def do(self, element, **data):
        self.made.complete(self.workflow, element, data)
        return self

    def send(self, name):
        self.made.send(self.workflow, name)
        return self


JOIN = """
    start s
    xor again
    and f
    user a
    user b
    and j
    user check
    xor g
    end e
    s > again > f > a > j > check > g > e : ${ok}
    f > b > j
    g >> again
"""


def test_parallel_join_in_a_loop():
    def second_round(walk):
        walk.do("a").do("b").do("check", ok=False)
        return walk.do("b").open

    assert second_round(Walk(JOIN, variables={"ok": False})) == ["a"]
    try:
        there = second_round(stock(JOIN, variables={"ok": False}))
    except SpiffWorkflowException:
        there = "broken"
    assert there != ["a"]


INCLUSIVE = """
    start s
    xor again
    or f
    user a
    user a2
    user b
    or j
    user check
    s > again > f > a : ${x}
    a > a2 > j > check > again
    f > b : ${y}
    b > j
    f >> b2
    user b2
    b2 > j
"""


def test_inclusive_join_in_a_loop():
    values = {"x": True, "y": True}
    orders = [["b", "a", "a2"], ["a", "b", "a2"], ["a", "a2", "b"]]

    def play(walk):
        seen = []
        for first in orders:
            for task in first:
                walk.do(task)
                seen.append("check" in walk.open)
            walk.do("check")
        return seen

    right = [False, False, True] * 3
    assert play(Walk(INCLUSIVE, variables=values)) == right
    try:
        there = play(stock(INCLUSIVE, variables=values))
    except (SpiffWorkflowException, StopIteration) as broken:
        there = repr(broken)
    assert there != right


AGAIN = """
    start s
    user a
    boundary b on=a message=word keep
    user n
    end e
    s > a > e
    b > n
"""


def test_a_message_boundary_that_does_not_interrupt_hears_twice():
    assert Walk(AGAIN).send("word").send("word").open == ["a", "n", "n"]
    there = stock(AGAIN).send("word")
    with pytest.raises(SpiffWorkflowException):
        there.send("word")


ERROR = """
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


def test_an_error_reaches_its_own_scope_only():
    assert Walk(ERROR).do("u1").open == ["u2", "t1"]
    assert "t2" in stock(ERROR).do("u1").open


WATCH = """
    start s
    user a
    end e
    s > a > e
    watch w {
        start ws message=stop
        user help
        end we
        ws > help > we
    }
"""


def test_an_event_subprocess_interrupts_its_scope():
    from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser

    from engine import xml

    assert Walk(WATCH).send("stop").open == ["help"]
    parser = SpiffBpmnParser()
    parser.add_bpmn_xml(xml.read(drawn(WATCH)["p.bpmn"], "p"), "p")
    made = Stock(drawn("start s\nuser a\ns > a"), "p", lambda *_: {})
    made.spec, made.subprocesses = parser.get_spec("p"), parser.get_subprocess_specs("p")
    assert "a" in Plain(made, made.start({})).send("stop").open


TIMERS = """
    start s
    event g
    catch long timer=P30D
    catch now timer=PT0S
    user a
    user b
    s > g > long > a
    g > now > b
"""


def test_every_timer_behind_an_event_gateway_has_its_own_time():
    assert Walk(TIMERS).wait(seconds=1).open == ["b"]
    assert stock(TIMERS).open == []


INSTANCES = """
    start s
    call m calls=p2 each=${list} as=item
    boundary b on=m message=stop
    user t
    end e
    s > m > e
    b > t
"""
CALLED = "start cs\nuser work\nend ce\ncs > work > ce"


def test_an_interruption_of_multi_instance_calls_leaves_no_orphans():
    assert Walk(INSTANCES, CALLED, variables={"list": [1, 2]}).send("stop").do("t").ended
    there = stock(INSTANCES, CALLED, variables={"list": [1, 2]})
    with pytest.raises(SpiffWorkflowException):
        there.send("stop").do("t")


ROUNDS = """
    start s
    xor again
    user work each=${list} as=item
    user check
    s > again > work > check > again
"""


def test_a_multi_instance_activity_in_a_loop():
    walk = Walk(ROUNDS, variables={"list": [1, 2]})
    for _ in range(3):
        walk.do("work").do("work").do("check")
    there = stock(ROUNDS, variables={"list": [1, 2]})
    with pytest.raises(SpiffWorkflowException, match="already exists"):
        there.do("work").do("work").do("check")


CONDITION = (
    "start s\nuser a each=${list} as=x until='${nrOfCompletedInstances > 0}'\nuser t\ns > a > t"
)


def test_a_completion_condition_knows_the_numbers_of_instances():
    assert Walk(CONDITION, variables={"list": [1, 2]}).do("a").open == ["t"]
    with pytest.raises(SpiffWorkflowException):
        stock(CONDITION, variables={"list": [1, 2]}).do("a")


SPLIT = "start s\nuser a\nuser b\nuser c\ns > a > b\na > c"


def test_an_implicit_split():
    assert Walk(SPLIT).do("a").open == ["b", "c"]
    with pytest.raises(ValidationException):
        stock(SPLIT)


STALE = """
    start s
    and f
    user a
    user b
    and j
    user check
    s > f > a > j > check
    f > b > j
"""


def test_a_branch_does_not_overwrite_what_another_decided():
    def decided(walk, data):
        walk.do("a", number=2).do("b")
        return data(walk)

    assert decided(Walk(STALE, variables={"number": 1}), lambda w: w.data["number"]) == 2
    there = decided(
        stock(STALE, variables={"number": 1}),
        lambda w: w.made.open_tasks(w.workflow)[0].data["number"],
    )
    assert there == 1


LOST = """
    start s
    sub inner {
        start is
        user a
        user b
        end ie
        is > a > b > ie
    }
    boundary w on=inner message=stop
    user t
    end e
    s > inner > e
    w > t
"""


def test_what_was_decided_in_a_scope_survives_its_interruption():
    walk = Walk(LOST).do("a", number=7).send("stop")
    assert walk.outcome.tasks[0].variables == {"number": 7}
    there = stock(LOST).do("a", number=7).send("stop")
    assert "number" not in there.made.open_tasks(there.workflow)[0].data


def test_a_task_without_a_kind_waits_for_nobody():
    assert Walk("start s\ntask t\nend e\ns > t > e").ended
    assert stock("start s\ntask t\nend e\ns > t > e").open == ["t"]


def test_a_long_life_stays_flat():
    text = "start s\nxor again\nuser a\nuser b\ns > again > a > b > again"
    walk, there = Walk(text), stock(text)
    size, stock_size = len(walk.outcome.state), len(there.made.save(there.workflow))
    for _ in range(30):
        walk.do("a").do("b")
        there.do("a").do("b")
    assert len(walk.outcome.state) < size + 20
    assert len(there.made.save(there.workflow)) > stock_size * 1.5
