"""Running instances on a newer version set."""

from datetime import timedelta

import pytest

from engine import CannotMigrate, VersionSet, go_back, migrate, runtime
from tests.engine.walk import Walk, drawn

OLD = """
    start s
    user a
    boundary late on=a timer=P3D
    user b
    end e
    s > a > b > e
    late > e
"""


def moved(walk, *texts):
    new = VersionSet.load(drawn(*texts))
    walk.outcome = migrate(walk.vset, new, walk.outcome.state, now=walk.now)
    walk.vset = new
    return walk


def test_what_lies_ahead_may_change_and_timers_keep_their_due_time():
    walk = Walk(OLD)
    due, task = walk.outcome.next_due_at, walk.outcome.tasks[0].id
    walk.now += timedelta(days=1)
    moved(walk, OLD.replace("a > b", "a > legal > b").replace("user b", "user legal\nuser b"))
    assert walk.outcome.next_due_at == due
    assert walk.outcome.tasks[0].id == task
    assert walk.outcome.steps == ()
    assert walk.do("a").open == ["legal"]


def test_an_element_that_is_gone_keeps_the_instance_where_it_is():
    with pytest.raises(CannotMigrate, match="a, where the instance stands"):
        moved(Walk(OLD), "start s\nuser b\nend e\ns > b > e")


def test_an_element_of_another_kind_keeps_the_instance_where_it_is():
    with pytest.raises(CannotMigrate, match="kind"):
        moved(Walk(OLD), OLD.replace("user a", "call a calls=p2"), "start cs\nuser w\ncs > w")


def test_a_new_boundary_event_is_armed_and_a_dropped_one_disarmed():
    walk = Walk(OLD)
    new = OLD.replace("boundary late on=a timer=P3D", "boundary word on=a message=word")
    moved(walk, new.replace("late > e", "word > e"))
    assert walk.outcome.next_due_at is None
    assert walk.send("word").ended


def test_an_event_that_had_its_time_is_not_armed_again():
    text = OLD.replace("timer=P3D", "timer=P3D keep").replace("late > e", "user n\nlate > n")
    walk = Walk(text).wait(days=3)
    moved(walk, text.replace("user b", "user b name=other"))
    assert walk.outcome.next_due_at is None


def test_called_processes_and_instances_move_along():
    caller = "start s\ncall c calls=p2 each=${list} as=x pass=x:x\nuser b\ns > c > b"
    called = "start cs\nuser w assignee=${x}\nend ce\ncs > w > ce"
    walk = Walk(caller, called, variables={"list": ["n", "m"]})
    moved(walk, caller, called.replace("w > ce", "w > more > ce\nuser more"))
    assert [task.assignee for task in walk.outcome.tasks] == ["n", "m"]
    walk.do("w").do("w").do("more").do("more")
    assert walk.open == ["b"]


def test_a_state_does_not_load_into_a_foreign_set():
    walk = Walk(OLD)
    foreign = VersionSet.load(drawn("start s\nuser other\ns > other"))
    with pytest.raises(Exception, match="version set"):
        runtime.inspect(foreign, walk.outcome.state)


BLOCK = "start s\nsub q {\nstart t\nuser a\nt > a\n}\nuser b\ns > q > b"


def steps(outcome):
    return [(step.element, step.event) for step in outcome.steps]


def test_only_what_is_drawn_around_makes_steps_and_going_back_takes_them_back():
    walk = Walk("start s\nuser a\nuser b\ns > a > b")
    flat, earlier = walk.vset, walk.outcome
    moved(walk, BLOCK)
    assert steps(walk.outcome) == [("q", "entered")]
    back = go_back(walk.vset, flat, walk.outcome.state, earlier.state, now=walk.now)
    assert steps(back) == [("q", "cancelled")]
    assert (back.state, back.tasks) == (earlier.state, earlier.tasks)
    walk.vset, walk.outcome = flat, back
    assert walk.do("a").open == ["b"]


def test_a_term_that_is_added_counts_from_the_migration():
    walk = Walk(OLD).wait(days=1)
    moved(walk, OLD.replace("user a", "user a dueDate=P3D"))
    assert walk.outcome.tasks[0].due_at == walk.now + timedelta(days=3)


def test_a_local_value_is_worked_out_once_and_dropped_with_its_mapping():
    text = OLD.replace("user a", "user a in.x=${n} assignee=${x}")
    walk = Walk(text, variables={"n": "ivan", "x": "petr"})
    walk = moved(walk, text.replace("in.x=${n}", "in.x=${'olga'}"))
    assert walk.outcome.tasks[0].assignee == "ivan"
    moved(walk, OLD.replace("user a", "user a assignee=${x}"))
    assert walk.outcome.tasks[0].assignee == "petr"


def test_a_variable_that_is_not_there_is_a_reason_and_no_crash():
    with pytest.raises(CannotMigrate, match=r"a cannot be worked out: .*who"):
        moved(Walk(OLD), OLD.replace("user a", "user a assignee=${who}"))
