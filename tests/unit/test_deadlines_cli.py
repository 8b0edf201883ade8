"""`flask deadlines due`: one line, or one sentence and an exit code."""

import json

import pytest


@pytest.fixture
def bare_app(tmp_path):
    """The application without a database, as on a bare checkout."""
    from app import create_app

    return create_app(data_dir=tmp_path)


@pytest.fixture
def run(bare_app):
    runner = bare_app.test_cli_runner()
    return lambda *args: runner.invoke(args=["deadlines", *args])


def test_one_line_with_the_keys_of_the_contract(run):
    result = run("due", "R17", "--from", "2026-03-02", "--extended")
    assert result.exit_code == 0
    assert result.stderr == ""
    (line,) = result.stdout.splitlines()
    answer = json.loads(line)
    assert list(answer) == ["rule", "from", "due", "days", "shifted_from", "reasoning"]
    assert answer["due"] == "2026-04-30"
    assert answer["shifted_from"] == "2026-05-01"
    assert answer["days"] == 60
    assert "30 дней с 03.03.2026 → 01.04.2026, рабочий день." in answer["reasoning"]


def test_a_warning_stands_in_the_reasoning(run):
    answer = json.loads(run("due", "R17", "--from", "2031-03-03").stdout)
    assert "2031" in answer["reasoning"][-1]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("due", "R99", "--from", "2026-03-02"), 1),
        (("due", "R06", "--from", "2026-03-02", "--extended"), 1),
        (("due", "R24", "--from", "2026-03-02", "--at", "2015-01-01"), 1),
        (("due", "R17", "--from", "9999-12-31"), 1),
        (("due", "R17", "--from", "02.03.2026"), 2),
        (("due", "R17", "--from", "20260302"), 2),
        (("due", "R17", "--from", "2026-02-30"), 2),
        (("due", "R17", "--from", "2026-03-02", "--at", "yesterday"), 2),
        (("due", "R17"), 2),
    ],
)
def test_what_cannot_be_counted_is_one_sentence(run, args, code):
    result = run(*args)
    assert result.exit_code == code
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.stderr


def test_the_rules_in_force_on_another_day(run):
    assert run("due", "R24", "--from", "2026-03-02", "--at", "2018-01-01").exit_code == 0


def test_a_calendar_file_of_the_installation_counts(run, bare_app):
    folder = bare_app.extensions["settings"].data_dir / "calendar"
    folder.mkdir(parents=True)
    (folder / "2031.json").write_text('{"days_off": ["2031-04-02"]}')
    answer = json.loads(run("due", "R17", "--from", "2031-03-03").stdout)
    assert answer["due"] == "2031-04-01"
    assert answer["shifted_from"] == "2031-04-02"


def test_a_year_is_told_as_a_file_of_the_installation_keeps_it(run, bare_app):
    told = json.loads(run("calendar", "2026").stdout)
    assert (told["year"], told["known"]) == (2026, True)
    assert "2026-03-09" in told["days_off"]
    assert told["days_off"]["2026-05-01"] == "Праздник Весны и Труда"
    moved = json.loads(run("calendar", "2024").stdout)
    assert moved["working_days"] == ["2024-04-27", "2024-11-02", "2024-12-28"]
    del told["days_off"]["2026-03-09"]
    folder = bare_app.extensions["settings"].data_dir / "calendar"
    folder.mkdir()
    (folder / "2026.json").write_text(json.dumps(told), encoding="utf-8")
    assert json.loads(run("calendar", "2026").stdout) == told
    due = json.loads(run("due", "R06", "--from", "2026-03-02").stdout)
    assert due["due"] == "2026-03-09"


def test_a_year_nobody_knows_says_so_and_one_that_is_none_is_refused(run):
    guessed = json.loads(run("calendar", "2031").stdout)
    assert not guessed["known"]
    assert "2031-01-08" in guessed["days_off"]
    refused = run("calendar", "soon")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "Traceback" not in refused.stderr
