"""Times as people write them, and as somebody who means harm would."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from engine import Broken, start
from engine.specs.timers import NotATime, as_moment, read_schedule
from tests.engine.walk import BEGINNING, Walk

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "due", "times"),
    [
        ("P3D", "2026-02-03T12:00", 1),
        ("P1M", "2026-02-28T12:00", 1),
        ("PT36H", "2026-02-02T00:00", 1),
        ("2026-03-01", "2026-03-01T00:00", 1),
        ("2026-03-01T09:00+03:00", "2026-03-01T06:00", 1),
        ("R3/PT24H", "2026-02-01T12:00", 3),
        ("R/P1D", "2026-02-01T12:00", -1),
        ("R2/2026-03-01/P1D", "2026-03-01T00:00", 2),
        ("R3/P1D/2026-03-04", "2026-03-02T00:00", 3),
        ("R3/P1M/2026-05-31", "2026-03-31T00:00", 3),
        ("R/P1D/2026-03-04", "2026-03-04T00:00", -1),
    ],
)
def test_times_that_can_be_read(text, due, times):
    schedule = read_schedule(text, NOW)
    assert schedule.due.isoformat().startswith(due)
    assert schedule.times == times


NO_TIMES = [
    "R99999999999/PT0S/2026-01-01",
    "R999999/P1D/2026-01-01",
    "R" + "9" * 5000 + "/P1D",
    "R\u0663/P1D",
    "P" + "9" * 400 + "D",
    "PT" + "9" * 30 + "S",
    "P99999Y",
    "P-1D",
    "R3/P1D/" + "9" * 20,
    "R3/P1D/2026-01-01/x",
    "2026-01-31T10:00:00+99:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "",
    "tomorrow",
]


@pytest.mark.parametrize("text", NO_TIMES)
def test_times_that_are_none_are_refused_at_once(text):
    began = time.process_time()
    with pytest.raises(NotATime):
        read_schedule(text, NOW)
    with pytest.raises(NotATime):
        as_moment(text)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("text", NO_TIMES)
def test_a_time_out_of_data_is_an_incident_with_a_name(text):
    with pytest.raises(Broken) as broken:
        Walk("start s\ncatch wait timer=${when}\nend e\ns > wait > e", variables={"when": text})
    assert broken.value.element == "wait"


WATCHED = """
watch w {
    start ws message=m
    user help
    ws > help
}
"""


@pytest.mark.parametrize("more", ["", WATCHED])
def test_each_time_of_a_repeating_start_is_an_instance_of_its_own(more):
    text = f"start s cycle=R3/PT1H\nscript c script='n = n + 1'\nuser a\ns > c > a{more}"
    walk = Walk(text, variables={"n": 0})
    for hours in (1, 2, 3):
        assert (walk.open, walk.outcome.again) == ([], None)
        assert walk.outcome.next_due_at == BEGINNING + timedelta(hours=hours)
        walk.wait(hours=1)
        assert (walk.open, walk.data["n"]) == (["a"], 1)
        again, ended = walk.outcome.again, walk.do("a").ended
        assert ended
        if hours < 3:
            walk._keep(start(walk.vset, "p", {}, again=again, operations=None, now=walk.now))
    assert again is None
    assert walk.steps("entered").count("s") == walk.steps("completed").count("s") == 3


def test_a_called_process_begins_once_whatever_its_timer_says():
    walk = Walk("start s\ncall c calls=p2\nuser z\ns > c > z", "start t cycle=R3/PT1H")
    assert walk.wait(hours=1).open == ["z"]
    assert walk.outcome.again is None
