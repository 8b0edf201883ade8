"""Constructs that meet: events in scopes in loops in calls."""

import pytest

from engine import Broken, OperationError
from tests.engine.walk import Walk


def test_a_conditional_catch_waits_for_its_variables():
    walk = Walk(
        """
        start s
        and f
        catch c condition='${n > 1}'
        user u
        user a
        s > f > c > a
        f > u
        """
    )
    assert walk.open == ["u"]
    assert walk.do("u", n=5).open == ["a"]


def test_a_race_of_a_receive_task_a_condition_and_a_signal():
    text = """
        start s
        and f
        event g
        receive r message=word
        catch c condition='${n > 1}'
        catch i signal=go
        user u
        user a
        user b
        user d
        s > f > g > r > a
        g > c > b
        g > i > d
        f > u
    """
    assert Walk(text).send("word").open == ["u", "a"]
    assert Walk(text).send("go", kind="signal").open == ["u", "d"]
    assert Walk(text).do("u", n=2).open == ["b"]
    assert sorted(Walk(text, variables={"n": 2}).open) == ["b", "u"]


def test_a_condition_sees_what_a_script_does_in_passing():
    walk = Walk(
        """
        start s
        sub x {
            start xs
            script up script='n = 1'
            script down script='n = 0'
            user never
            end xe
            xs > up > down > never > xe
        }
        boundary b on=x condition='${n == 1}'
        user caught
        s > x
        b > caught
        """,
        variables={"n": 0},
    )
    assert walk.open == ["caught"]
    assert "down" not in walk.steps("completed")


def test_a_signal_crosses_called_processes():
    walk = Walk(
        """
        start s
        and f
        call c calls=p2
        throw t signal=go
        user u
        user after
        and j
        end e
        s > f > c > j > after > e
        f > u > t > j
        """,
        "start cs\ncatch cc signal=go\nend ce\ncs > cc > ce",
    )
    assert walk.do("u").open == ["after"]


def test_an_escalation_end_lets_the_scope_finish_when_it_does_not_interrupt():
    walk = Walk(
        """
        start s
        sub x {
            start xs
            user a
            end xe escalation=E
            xs > a > xe
        }
        boundary b on=x escalation=E keep
        user told
        user after
        s > x > after
        b > told
        """
    )
    walk.do("a")
    assert sorted(walk.open) == ["after", "told"]
    assert "x" in walk.steps("completed")


def test_an_escalation_is_caught_by_an_event_subprocess_first():
    walk = Walk(
        """
        start s
        sub x {
            start xs
            throw t escalation=E
            user a
            end xe
            xs > t > a > xe
            watch w {
                start ws escalation=E keep
                user near
                end we
                ws > near > we
            }
        }
        boundary b on=x escalation=E keep
        user far
        s > x
        b > far
        """
    )
    assert sorted(walk.open) == ["a", "near"]


def test_an_error_inside_its_own_handler_goes_further_out():
    walk = Walk(
        """
        start s
        sub x {
            start xs
            user a
            end bad error=E
            xs > a > bad
            watch w {
                start ws error=E
                user help
                end worse error=E
                ws > help > worse
            }
        }
        boundary b on=x error=E
        user far
        end e
        s > x > e
        b > far
        """
    )
    walk.do("a")
    assert walk.open == ["help"]
    walk.do("help")
    assert walk.open == ["far"]
    assert "x" in walk.steps("cancelled")


def test_an_interrupting_event_subprocess_also_ends_the_others_that_run():
    walk = Walk(
        """
        start s
        user a
        end e
        s > a > e
        watch notes {
            start ns message=note keep
            user note
            end ne
            ns > note > ne
        }
        watch stop {
            start ss message=stop
            user help
            end se
            ss > help > se
        }
        """
    )
    walk.send("note").send("note")
    assert walk.open == ["a", "note", "note"]
    assert walk.send("stop").open == ["help"]
    assert walk.do("help").ended


def test_event_subprocesses_in_instances_watch_over_their_own_instance():
    walk = Walk(
        """
        start s
        sub x each=${list} as=item {
            start xs
            user a
            xor g
            end bad error=E
            end xe
            xs > a > g > bad : ${item == 2}
            g >> xe
            watch w {
                start ws error=E
                user help
                end we
                ws > help > we
            }
        }
        user after
        s > x > after
        """,
        variables={"list": [1, 2, 3]},
    )
    walk.do("a", which=1)
    assert [(t.element, t.variables["item"]) for t in walk.outcome.tasks] == [
        ("a", 1), ("a", 3), ("help", 2),
    ]  # fmt: skip
    walk.do("a").do("a").do("help")
    assert walk.open == ["after"]


def test_boundary_events_of_instances_belong_to_the_whole():
    walk = Walk(
        """
        start s
        service w topic=r.w each=${list} as=item in.item=${item}
        boundary b on=w error=E
        user caught
        s > w
        b > caught
        """,
        variables={"list": [1, 2, 3]},
        answers={"r.w": [{}, OperationError("E"), {}]},
    )
    assert walk.open == ["caught"]
    assert len(walk.called) == 2


def test_a_timer_of_a_sub_process_is_set_anew_each_round():
    walk = Walk(
        """
        start s
        xor again
        user a
        boundary b on=a timer=P2D
        user late
        s > again > a > again
        b > late
        """
    )
    for _ in range(3):
        walk.wait(days=1)
        walk.do("a")
    assert walk.open == ["a"]
    assert walk.wait(days=2).open == ["late"]


def test_a_message_to_an_instance_that_waits_twice_reaches_both():
    walk = Walk(
        "start s\nand f\nreceive a message=m\nreceive b message=m\nand j\nend e\n"
        "s > f > a > j > e\nf > b > j"
    )
    assert walk.send("m").ended


def test_parallel_calls_do_not_share_variables():
    walk = Walk(
        """
        start s
        call c calls=p2 each=${list} as=item pass=item:mine give=mine:last
        user after
        s > c > after
        """,
        "start cs\nscript x script='mine = mine * 10'\nuser work\nend ce\ncs > x > work > ce",
        variables={"list": [1, 2]},
    )
    assert [task.variables["mine"] for task in walk.outcome.tasks] == [10, 20]
    walk.do("work", which=1).do("work")
    assert walk.data == {"list": [1, 2], "last": 10}
    assert walk.open == ["after"]


def test_a_script_changes_the_local_item_it_sees():
    walk = Walk(
        """
        start s
        sub x each=${list} as=item {
            start xs
            script c script='item = item + 1'
            user a
            end xe
            xs > c > a > xe
        }
        s > x
        """,
        variables={"list": [1, 2]},
    )
    assert [task.variables["item"] for task in walk.outcome.tasks] == [2, 3]
    assert "item" not in walk.data


def test_input_mappings_are_seen_inside_a_scope_and_nowhere_else():
    walk = Walk(
        """
        start s
        sub x in.base='${n * 2}' 'out.result=${base + extra}' {
            start xs
            user a
            end xe
            xs > a > xe
        }
        user after
        s > x > after
        """,
        variables={"n": 5},
    )
    assert walk.outcome.tasks[0].variables["base"] == 10
    walk.do("a", extra=1)
    assert walk.data == {"n": 5, "extra": 1, "result": 11}


def test_deep_nesting_completes_from_the_inside_out():
    depth = 30
    text = "start s\n"
    for level in range(depth):
        text += f"sub x{level} {{\nstart s{level}\n"
    text += "user a\n"
    for level in reversed(range(depth)):
        inner = f"x{level + 1}" if level < depth - 1 else "a"
        text += f"end e{level}\ns{level} > {inner} > e{level}\n}}\n"
    text += "end e\ns > x0 > e"
    walk = Walk(text)
    assert walk.do("a").ended
    completed = walk.steps("completed")
    assert completed.index(f"x{depth - 1}") < completed.index("x0")


def test_an_operation_that_raises_an_escalation_nobody_catches_goes_on():
    from engine import Escalation

    walk = Walk("start s\nservice w topic=r.w\nuser a\ns > w > a", answers={"r.w": Escalation("X")})
    assert walk.open == ["a"]


def test_a_zero_interval_that_repeats_without_end_is_broken_by_name():
    walk = Walk("start s\nuser a\nboundary b on=a cycle=R/PT0S keep\ntask n\ns > a\nb > n")
    with pytest.raises(Broken) as broken:
        walk.wait(days=1)
    assert broken.value.element == "b"


def test_repetitions_with_a_beginning():
    walk = Walk(
        "start s\nuser a\nboundary b on=a cycle=R2/2026-01-10T09:00Z/P1W keep\ntask n\ns > a\nb > n"
    )
    assert walk.outcome.next_due_at.date().isoformat() == "2026-01-10"
    walk.wait(days=9)
    assert walk.outcome.next_due_at.date().isoformat() == "2026-01-17"
    walk.wait(days=7)
    assert walk.outcome.next_due_at is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("timer=P1M", "2026-02-01T09:00:00+00:00"),
        ("timer=PT36H", "2026-01-02T21:00:00+00:00"),
        ("timer=P2W", "2026-01-15T09:00:00+00:00"),
        ("date=2026-05-01", "2026-05-01T00:00:00+00:00"),
        ("date=2026-05-01T10:00:00+03:00", "2026-05-01T07:00:00+00:00"),
        ("date=${when}", "2026-06-01T00:00:00+00:00"),
        ("timer=${how_long}", "2026-01-06T09:00:00+00:00"),
        ("cycle=R/${how_long}", "2026-01-06T09:00:00+00:00"),
    ],
)
def test_times_as_written(text, expected):
    walk = Walk(
        f"start s\ncatch c {text}\nuser a\ns > c > a",
        variables={"when": "2026-06-01", "how_long": "P5D"},
    )
    assert walk.outcome.next_due_at.isoformat() == expected


def test_a_timer_that_cannot_be_read_is_broken_by_name():
    with pytest.raises(Broken) as broken:
        Walk("start s\ncatch c timer=${x}\nuser a\ns > c > a", variables={"x": "soon"})
    assert broken.value.element == "c"
