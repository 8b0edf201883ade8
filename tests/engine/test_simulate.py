"""`python -m engine simulate`, to the letter of the plan."""

import json

import pytest

import engine.simulate
from engine.__main__ import main
from tests.engine.draw import draw


@pytest.fixture
def simulate(tmp_path, capsys):
    def run(text, answers=None, *options, files=None):
        for name, drawn in (files or {"p.bpmn": draw(text)}).items():
            (tmp_path / name).write_bytes(drawn)
        arguments = ["simulate", str(tmp_path / "p.bpmn")]
        if answers is not None:
            (tmp_path / "answers.json").write_text(json.dumps(answers))
            arguments += ["--answers", str(tmp_path / "answers.json")]
        code = main([*arguments, *options])
        captured = capsys.readouterr()
        return code, [json.loads(line) for line in captured.out.splitlines()], captured.err

    return run


def names(lines, event):
    return [line["element"] for line in lines if line["event"] == event]


REVIEW = """
    start s
    user review
    xor g
    service send topic=mail.send
    end e
    s > review > g > review : ${decision == 'again'}
    g >> send
    send > e
"""


def test_answers_are_used_in_order_and_the_last_line_is_the_end(simulate):
    code, lines, _ = simulate(REVIEW, {"review": [{"decision": "again"}, {"decision": "ok"}]})
    assert code == 0
    assert names(lines, "completed") == [
        "s", "review", "g", "review", "g", "send", "e",
    ]  # fmt: skip
    assert lines[-1]["event"] == "ended"
    assert (lines[-1]["element"], lines[-1]["process"]) == ("p", "p")
    assert {"at", "event", "element", "process"} <= set(lines[0])
    (operation,) = [line for line in lines if line["event"] == "operation"]
    assert (operation["element"], operation["operation"]) == ("send", "mail.send")


def test_a_task_left_open_ends_with_three(simulate):
    code, lines, _ = simulate(REVIEW, {"wait": ["review"]})
    assert code == 3
    assert names(lines, "completed") == ["s"]


def test_until_stops_at_an_element(simulate):
    code, lines, _ = simulate(REVIEW, {"variables": {"decision": "ok"}}, "--until", "review")
    assert code == 0
    assert lines[-1]["element"] == "review"


def test_until_goes_no_step_further(simulate):
    answers = {"review": [{"decision": "ok"}], "send": [{"$fail": "never asked"}]}
    code, lines, err = simulate(REVIEW, answers, "--until", "send")
    assert (code, err) == (0, "")
    assert (lines[-1]["event"], lines[-1]["element"]) == ("entered", "send")
    code, lines, err = simulate(REVIEW, answers, "--until", "nowhere")
    assert (code, lines) == (2, [])
    assert "nowhere" in err


@pytest.mark.parametrize(
    ("answers", "what"),
    [
        ({"review": {"decision": "ok"}}, "review"),
        ({"review": [5]}, "review"),
        ({"review": "x"}, "review"),
        ({"messages": "word"}, "messages"),
        ({"messages": [5]}, "messages"),
        ({"messages": [{"payload": {}}]}, "name"),
        ({"messages": [{"name": "word", "payload": 5}]}, "payload"),
        ({"messages": [{"name": "word", "after": 5}]}, "after"),
        ({"variables": [1]}, "variables"),
        ({"wait": "review"}, "wait"),
        ({"wait": [5]}, "wait"),
        ([], "object"),
    ],
)
def test_answers_of_another_shape_are_told(simulate, answers, what):
    code, lines, err = simulate(REVIEW, answers)
    assert (code, lines) == (2, [])
    assert what in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[" * 100_000])
def test_answers_that_are_no_json(tmp_path, capsys, content):
    (tmp_path / "p.bpmn").write_bytes(draw(REVIEW))
    (tmp_path / "answers.json").write_bytes(content)
    answers = str(tmp_path / "answers.json")
    assert main(["simulate", str(tmp_path / "p.bpmn"), "--answers", answers]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("key", ["send", "mail.send"])
def test_operations_fail_as_asked(simulate, key):
    text = REVIEW + "\nboundary b on=send error=E1\nend x\nb > x"
    answers = {"variables": {"decision": "ok"}, "review": [{}]}
    code, lines, _ = simulate(text, {**answers, key: [{"$error": "E1"}]})
    assert (code, names(lines, "cancelled")) == (0, ["send"])
    code, lines, err = simulate(text, {**answers, key: [{"$error": "E9"}]})
    assert code == 1
    assert lines[-1]["event"] == "incident"
    assert "send" in err
    assert "E9" in err
    code, _, err = simulate(text, {**answers, key: [{"$fail": "the printer burns"}]})
    assert (code, err) == (1, "send: the printer burns\n")


def test_tasks_fail_as_asked(simulate):
    text = "start s\nuser a\nboundary b on=a error=E\nboundary x on=a escalation=X keep\nend e\nend o\ns > a > e\nb > o\nx > o"
    assert names(simulate(text, {"a": [{"$error": "E"}]})[1], "cancelled") == ["a"]
    code, lines, _ = simulate(text, {"a": [{"$escalation": "X"}]})
    assert code == 0
    assert names(lines, "completed") == ["s", "a", "x", "e", "o"] or "x" in names(
        lines, "completed"
    )
    assert simulate(text, {"a": [{"$fail": "no"}]})[0] == 1


def test_messages_come_as_soon_as_somebody_waits_and_not_before(simulate):
    text = """
        start s
        and f
        user a
        user b
        receive first message=one
        receive second message=two
        end e
        and j
        s > f > a > first > second > j > e
        f > b > j
    """
    answers = {"messages": ["two", {"name": "one", "payload": {"x": 1}, "after": "b"}]}
    code, lines, _ = simulate(text, answers)
    assert code == 0
    order = [(line["event"], line["element"]) for line in lines]
    assert order.index(("completed", "b")) < order.index(("message", "first"))
    assert order.index(("message", "first")) < order.index(("message", "second"))


def test_the_oldest_task_goes_first_and_timers_last(simulate):
    text = """
        start s
        and f
        user a
        user b
        catch t timer=P2D
        catch u timer=P1D
        catch v timer=P1D
        and j
        end e
        s > f > a > j > e
        f > b > j
        f > t > j
        f > v > j
        f > u > j
    """
    code, lines, _ = simulate(text)
    assert code == 0
    assert names(lines, "timer") == ["v", "u", "t"]
    assert [e for e in names(lines, "completed") if e in "abtuv"] == ["a", "b", "v", "u", "t"]
    assert lines[-1]["at"].startswith("2026-01-03T09:00")


def test_a_process_is_walked_as_often_as_its_timer_starts_it(simulate):
    text = "start s cycle={}\nscript c script='n = n + 1'\nuser a\nend e\ns > c > a > e"
    code, lines, _ = simulate(text.format("R3/P1D"), {"variables": {"n": 0}})
    assert code == 0
    assert [n for n in names(lines, "completed") if n in "se"] == ["s", "e"] * 3
    ends = [line for line in lines if line["event"] == "ended"]
    assert [line["process"] for line in ends] == ["p"] * 3
    assert lines[-1]["at"].startswith("2026-01-04T09:00")
    code, lines, _ = simulate(text.format("R/P1D"), {"variables": {"n": 0}})
    assert (code, names(lines, "completed").count("e")) == (0, 1)


def test_a_message_start_takes_its_message_from_the_answers(simulate):
    text = "start s message=asked\nuser a assignee=${who}\nend e\ns > a > e"
    code, lines, _ = simulate(text, {"messages": [{"name": "asked", "payload": {"who": "i"}}]})
    assert (code, names(lines, "message")) == (0, ["s"])
    assert simulate(text, {"variables": {"who": "i"}})[0] == 0


def test_one_completed_for_each_instance_and_none_for_the_whole(simulate):
    code, lines, _ = simulate(
        "start s\nuser a each=${list}\nend e\ns > a > e", {"variables": {"list": [1, 2, 3]}}
    )
    assert code == 0
    assert names(lines, "completed") == ["s", "a", "a", "a", "e"]


def test_an_endless_walk_is_stopped(simulate, monkeypatch):
    code, lines, err = simulate("start s\nxor g\ntask t\ns > g\ng > t\nt > g")
    assert code == 1
    assert lines[-1]["event"] == "incident"
    assert "steps" in err
    monkeypatch.setattr(engine.simulate, "MOST_MOVES", 300)
    code, _, err = simulate("start s\nxor g\nuser t\ns > g\ng > t\nt > g")
    assert code == 1
    assert err.startswith("t: ")


def test_a_stuck_instance_is_an_incident(simulate):
    code, lines, err = simulate(
        "start s\nxor g\nand j\nend e\nend o\ns > g > j\ng > o : ${no}\nj > e\no2 > j\ntask o2",
        {"variables": {"no": False}},
    )
    assert code == 1
    assert lines[-1]["element"] == "j"
    assert err.startswith("j: ")


def test_a_condition_that_does_not_hold_is_a_wait_for_other_data(simulate):
    text = "start s\ncatch c condition='${n > 1}'\nend e\ns > c > e"
    code, lines, _ = simulate(text, {"variables": {"n": 1}})
    assert (code, names(lines, "completed")) == (3, ["s"])
    assert simulate(text, {"variables": {"n": 2}})[0] == 0


def test_usage(simulate, tmp_path, capsys):
    assert main(["simulate", str(tmp_path / "none.bpmn")]) == 2
    two = {"p.bpmn": draw("start s\nend e\ns > e", "start s2\nend e2\ns2 > e2")}
    code, _, err = simulate("", None, files=two)
    assert (code, "p, p2" in err) == (2, True)
    assert simulate("", None, "--process", "p2", files=two)[0] == 0
    assert simulate("", None, "--process", "p9", files=two)[0] == 2
    with pytest.raises(SystemExit) as exit_:
        main(["simulate"])
    assert exit_.value.code == 2


def test_a_refused_diagram_says_why(simulate):
    code, lines, err = simulate("start s\nservice w\ns > w")
    assert (code, lines) == (1, [])
    assert "w" in err
    assert simulate("", files={"p.bpmn": b"<a>"})[0] == 1


def test_a_file_brings_the_neighbours_it_refers_to_and_no_others(simulate, tmp_path):
    files = {
        "p.bpmn": draw("start s\ncall c calls=helper\nend e\ns > c > e"),
        "h.bpmn": draw(helper="start hs\nend he\nhs > he"),
        "twin.bpmn": draw("start s\nend e\ns > e"),
    }
    code, lines, _ = simulate("", files=files)
    assert code == 0
    assert "hs" in names(lines, "completed")
