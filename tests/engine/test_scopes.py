"""Sub-processes, event sub-processes, called processes, terminate, links."""

import pytest

from engine import Broken, NotWaiting, Refused, VersionSet, check
from tests.engine.draw import draw
from tests.engine.walk import Walk


def watched(event, keep=""):
    return Walk(
        f"""
        start s
        user a
        user b
        end e
        s > a > b > e
        watch rescue {{
            start rs {event} {keep}
            user help
            end re
            rs > help > re
        }}
        """
    )


@pytest.mark.parametrize("event", ["message=stop", "signal=stop", "timer=P1D"])
def test_an_interrupting_event_subprocess_ends_the_rest_of_its_scope(event):
    walk = watched(event)
    walk.wait(days=1) if "timer" in event else walk.send("stop", kind=event.split("=")[0])
    assert walk.open == ["help"]
    assert walk.steps("cancelled") == ["a"]
    assert walk.do("help").ended
    assert all("__" not in step.element for step in walk.log)


def test_a_non_interrupting_event_subprocess_may_start_many_times():
    walk = watched("message=word", "keep")
    walk.send("word").send("word")
    assert sorted(walk.open) == ["a", "help", "help"]
    walk.do("a").do("b")
    assert walk.open == ["help", "help"]
    assert walk.do("help").do("help").ended


def test_event_subprocesses_do_not_touch_the_shared_specification():
    first = watched("message=stop").send("stop")
    again = Walk(start=False, files={"p.bpmn": draw("start s\nend e\ns > e")})
    assert first.open == ["help"]
    assert again.vset.specs["p"] is not first.vset.specs["p"]
    fresh = watched("message=stop")
    assert fresh.open == ["a"]


def test_the_subscription_names_the_start_event_of_an_event_subprocess():
    walk = watched("message=stop")
    assert [(s.name, s.element, s.process) for s in walk.outcome.subscriptions] == [
        ("stop", "rs", "p")
    ]


def test_an_error_event_subprocess_catches_what_its_scope_raises():
    walk = Walk(
        """
        start s
        sub inner {
            start is
            user a
            end bad error=E
            is > a > bad
            watch mend {
                start ms error=E
                user help
                end me
                ms > help > me
            }
        }
        user after
        end e
        s > inner > after > e
        """
    )
    walk.do("a")
    assert walk.open == ["help"]
    assert "inner" not in walk.steps("cancelled")
    assert walk.do("help").open == ["after"]


def test_a_terminate_end_ends_its_own_scope_only():
    walk = Walk(
        """
        start s
        and f
        sub inner {
            start is
            and if
            user a
            user b
            end stop terminate
            is > if > a > stop
            if > b
        }
        user c
        user after
        end e
        s > f > inner > after > e
        f > c
        """
    )
    walk.do("a")
    assert sorted(walk.open) == ["after", "c"]
    assert walk.steps("cancelled") == ["b"]
    assert "inner" in walk.steps("completed")


def test_terminate_in_a_scope_with_an_event_subprocess_ends_the_whole_scope():
    walk = Walk(
        """
        start s
        user a
        end stop terminate
        s > a > stop
        watch w {
            start ws message=word keep
            user help
            end we
            ws > help > we
        }
        """
    )
    walk.send("word").do("a")
    assert walk.ended


def test_links_jump_within_a_scope():
    walk = Walk(
        """
        start s
        throw out link=there
        catch in link=there
        user a
        s > out
        in > a
        """
    )
    assert walk.open == ["a"]
    assert walk.steps("completed") == ["s", "out", "in"]


def test_a_link_without_its_catch_is_refused():
    with pytest.raises(Refused, match="there"):
        VersionSet.load({"p.bpmn": draw("start s\nthrow out link=there\ns > out")})


def test_a_sub_process_without_a_start_begins_everywhere():
    walk = Walk("start s\nsub x {\n user a\n user b\n}\nuser c\ns > x > c")
    assert walk.open == ["a", "b"]
    assert walk.do("b").do("a").open == ["c"]


def test_a_process_starts_by_a_message_or_without_one():
    text = """
        start s
        start m message=asked
        user a
        user b
        s > a
        m > b
        watch w {
            start ws message=stop
            end we
            ws > we
        }
    """
    assert Walk(text).open == ["a"]
    walk = Walk(text, message="asked", variables={"x": 1})
    assert (walk.open, walk.data) == (["b"], {"x": 1})
    assert walk.vset.started_by("asked") == ["p"]
    assert walk.vset.processes["p"].message_starts == ("asked",)
    with pytest.raises(NotWaiting):
        Walk(text, message="unknown")


def test_a_timer_start_waits_for_its_time():
    walk = Walk("start s timer=P2D\nuser a\ns > a")
    assert walk.open == []
    assert walk.wait(days=2).open == ["a"]


CALLER = """
    start s
    call c calls=p2 {passing}
    user after
    s > c > after
"""


@pytest.mark.parametrize(
    ("passing", "inside", "outside"),
    [
        ("", {}, {"x": 1, "y": 2}),
        ("pass=x:inner give=made:result", {"inner": 1}, {"x": 1, "y": 2, "result": 7}),
        ("pass=all give=all", {"x": 1, "y": 2}, {"x": 1, "y": 2, "made": 7}),
        ("pass='${x + 10}:sum' give='${made + 1}:more'", {"sum": 11}, {"x": 1, "y": 2, "more": 8}),
        ("pass=missing:gone", {"gone": None}, {"x": 1, "y": 2}),
    ],
)
def test_what_is_passed_into_and_out_of_a_called_process(passing, inside, outside):
    walk = Walk(
        CALLER.format(passing=passing),
        "start cs\nuser a\nend ce\ncs > a > ce",
        variables={"x": 1, "y": 2},
    )
    assert dict(walk.outcome.tasks[0].variables) == inside
    assert walk.outcome.tasks[0].process == "p2"
    walk.do("a", made=7)
    assert walk.data == outside


def test_a_process_that_calls_itself_without_end_is_broken_by_name():
    with pytest.raises(Broken) as broken:
        Walk("start s\ncall again calls=p\nend e\ns > again > e")
    assert broken.value.element == "again"


def test_a_call_of_nothing_is_refused():
    with pytest.raises(Refused, match="nowhere"):
        VersionSet.load({"p.bpmn": draw("start s\ncall c calls=nowhere\ns > c")})


def test_the_called_process_may_be_named_by_a_variable():
    walk = Walk(
        "start s\ncall c calls=${which}\ns > c",
        "start cs\nuser a\ncs > a",
        variables={"which": "p2"},
    )
    assert walk.open == ["a"]
    with pytest.raises(Broken, match="p9"):
        Walk("start s\ncall c calls=${which}\ns > c", variables={"which": "p9"})


def test_an_event_subprocess_without_a_start_is_refused_by_name():
    with pytest.raises(Refused) as refused:
        VersionSet.load({"p.bpmn": draw("start s\nend e\ns > e\nwatch w {\nuser a\n}")})
    assert [finding.element for finding in refused.value.findings] == ["w"]


def test_ids_with_two_underscores_are_ordinary_ids():
    walk = Walk("start s\nuser a__b\ns > a__b")
    assert walk.open == ["a__b"]
    assert "a__b" in walk.steps("entered")


def test_an_endless_loop_is_stopped_and_named():
    with pytest.raises(Broken, match="steps") as broken:
        Walk(
            "start s\nxor g\ntask t\nend e\ns > g > t\nt > g\ng > e : ${false}".replace(
                "s > g > t", "s > g\ng >> t"
            )
        )
    assert broken.value.element in ("g", "t")


def test_an_empty_sub_process_passes_at_once():
    walk = Walk("start s\nsub x {\n}\nuser a\ns > x > a")
    assert walk.open == ["a"]
    assert walk.steps("completed") == ["s", "x"]


@pytest.mark.parametrize(
    ("tag", "inside", "open_after"),
    [
        ("globalTask", "", ["after"]),
        ("globalUserTask", "", ["alone"]),
        ("globalManualTask", "", ["alone"]),
        ("globalScriptTask", "<bpmn:script>n = n + 1</bpmn:script>", ["after"]),
    ],
)
def test_a_global_task_is_called_like_a_process(tag, inside, open_after):
    drawn = draw(
        "start s\ncall c calls=alone pass=n:n give=n:m\nuser after\ns > c > after"
    ).replace(
        b"<bpmn:process",
        f'<bpmn:{tag} id="alone" name="Alone">{inside}</bpmn:{tag}><bpmn:process'.encode(),
    )
    walk = Walk(files={"p.bpmn": drawn}, variables={"n": 1})
    assert walk.open == open_after
    if walk.open == ["alone"]:
        assert walk.outcome.tasks[0].process == "alone"
        walk.do("alone")
    assert walk.open == ["after"]
    assert walk.data["m"] == (2 if "Script" in tag else 1)
    assert not [f for f in check({"p.bpmn": drawn}) if f.severity == "error"]


def test_scopes_that_hold_nothing_are_counted_as_steps_too():
    with pytest.raises(Broken, match="steps"):
        Walk("start s\nsub x {\n}\nsub y {\n}\ns > x > y > x")


@pytest.mark.parametrize("depth", [31, 40, 60, 90])
def test_scopes_nested_too_deeply_are_refused_by_name(depth):
    text = "user a\n"
    for level in range(depth):
        text = f"sub x{level} {{\n{text}watch w{level} {{\nstart s{level} message=m\n}}\n}}\n"
    with pytest.raises(Refused) as refused:
        VersionSet.load({"p.bpmn": draw(text)})
    assert {(found.element, found.rule) for found in refused.value.findings} >= {
        (f"x{depth - 31}", "xml.too-deep")
    }


def test_deep_scopes_with_watchers_and_no_starts():
    depth = 29
    text = "user a\n"
    for level in range(depth):
        watcher = f"watch w{level} {{\nstart ws{level} message=m{level} keep\n}}\n"
        text = f"sub x{level} {{\n{text}{watcher}}}\n"
    walk = Walk(text)
    assert walk.open == ["a"]
    assert len(walk.outcome.subscriptions) == depth
    assert walk.do("a").ended
