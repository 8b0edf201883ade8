"""Terms of the law on the real calendars of 2024-2027, and what happens where they end."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.deadlines.calendar import Calendar
from app.deadlines.models import Policy
from app.deadlines.services import due
from app.deadlines.terms import COUNTED, shipped
from app.errors import Invalid, NotFound

CALENDAR = Calendar()
LAW = (
    "R05",
    "R06",
    "R07",
    "R08",
    "R11",
    "R14",
    "R17",
    "R18",
    "R19",
    "R21",
    "R23",
    "R24",
    "R26",
    "R37",
)
DAY_OFF_POLICIES = ("previous", "next", "none")


@pytest.fixture(scope="module")
def bare_app(tmp_path_factory):
    """The application without a database."""
    from app import create_app

    return create_app(data_dir=tmp_path_factory.mktemp("bare"), default_language="en")


@pytest.fixture
def app_context(bare_app):
    with bare_app.app_context():
        yield


def count(rule, start, *, extended=False, policy=None, **more):
    more.setdefault("production_calendar", CALENDAR)
    return due(
        rule, date.fromisoformat(start), extended=extended, policy=policy or Policy(), **more
    )


# The days a person finds with a printed production calendar, worked out by hand.
EXAMPLES = [
    # rule, from, extended, due, days, shifted from
    ("R17", "2026-03-02", False, "2026-04-01", 30, None),
    ("R06", "2026-03-02", False, "2026-03-06", 7, "2026-03-09"),
    ("R17", "2026-03-02", True, "2026-04-30", 60, "2026-05-01"),
    ("R18", "2026-03-02", False, "2026-03-20", 20, "2026-03-22"),
    ("R18", "2026-03-02", True, "2026-04-21", 50, None),
    ("R07", "2026-03-02", False, "2026-03-06", 5, "2026-03-07"),
    ("R08", "2026-02-16", False, "2026-02-20", 7, "2026-02-23"),
    ("R11", "2026-04-01", False, "2026-04-08", 7, None),
    ("R14", "2026-04-01", False, "2026-04-16", 15, None),
    ("R37", "2026-03-02", False, "2026-04-01", 30, None),
    # Friday before a long weekend: registered on the last working day, never before receipt.
    ("R05", "2026-03-06", False, "2026-03-06", 3, "2026-03-09"),
    ("R05", "2026-06-15", False, "2026-06-18", 3, None),
    # New Year: the previous working day lies before the start, so the first one after.
    ("R05", "2025-12-31", False, "2026-01-12", 3, "2026-01-03"),
    ("R05", "2026-01-01", False, "2026-01-12", 3, "2026-01-04"),
    ("R05", "2024-12-30", False, "2025-01-09", 3, "2025-01-02"),
    ("R17", "2025-12-05", False, "2025-12-30", 30, "2026-01-04"),
    ("R17", "2026-12-10", False, "2026-12-30", 30, "2027-01-09"),
    # Working Saturdays count as working days: 27.04, 02.11 and 28.12.2024, 01.11.2025, 20.02.2027.
    ("R17", "2024-03-28", False, "2024-04-27", 30, None),
    ("R17", "2024-03-30", False, "2024-04-27", 30, "2024-04-29"),
    ("R17", "2024-11-28", False, "2024-12-28", 30, None),
    ("R17", "2024-11-30", False, "2024-12-28", 30, "2024-12-30"),
    ("R17", "2025-10-02", False, "2025-11-01", 30, None),
    ("R17", "2025-10-04", False, "2025-11-01", 30, "2025-11-03"),
    ("R17", "2027-01-21", False, "2027-02-20", 30, None),
    ("R17", "2027-01-23", False, "2027-02-20", 30, "2027-02-22"),
    # Transfers: 02.05, 08.05 and 13.06.2025; 09.01 and 11.05.2026; 03.05, 10.05, 14.06, 05.11.2027.
    ("R17", "2025-04-08", False, "2025-05-07", 30, "2025-05-08"),
    ("R17", "2025-05-14", False, "2025-06-11", 30, "2025-06-13"),
    ("R17", "2026-04-11", False, "2026-05-08", 30, "2026-05-11"),
    ("R17", "2027-04-10", False, "2027-05-07", 30, "2027-05-10"),
    ("R17", "2027-05-15", False, "2027-06-11", 30, "2027-06-14"),
    ("R17", "2027-10-06", False, "2027-11-03", 30, "2027-11-05"),
    # Leap day.
    ("R17", "2024-01-30", False, "2024-02-29", 30, None),
    ("R17", "2024-02-29", False, "2024-03-29", 30, "2024-03-30"),
    ("R17", "2024-01-30", True, "2024-03-29", 60, "2024-03-30"),
    ("R19", "2026-04-01", False, "2026-04-30", 30, "2026-05-01"),
]


@pytest.mark.parametrize(("rule", "start", "extended", "end", "days", "shifted"), EXAMPLES)
def test_terms_worked_out_by_hand(rule, start, extended, end, days, shifted):
    term = count(rule, start, extended=extended)
    assert term.due.isoformat() == end
    assert term.days == days
    assert (term.shifted_from.isoformat() if term.shifted_from else None) == shifted
    assert term.unshifted.isoformat() == (shifted or end)
    assert (term.rule, term.start.isoformat()) == (rule, start)


@pytest.mark.parametrize(
    ("policy", "extended", "end"),
    [
        (Policy(), False, "2026-03-06"),
        (Policy(nonworking_last_day="next"), False, "2026-03-10"),
        (Policy(nonworking_last_day="none"), False, "2026-03-09"),
        (Policy(start="same_day"), False, "2026-03-06"),
        (Policy(start="same_day", nonworking_last_day="none"), False, "2026-03-08"),
    ],
)
def test_what_the_body_may_choose(policy, extended, end):
    assert count("R06", "2026-03-02", extended=extended, policy=policy).due.isoformat() == end


@pytest.mark.parametrize(
    ("policy", "end"),
    [
        # 02.02.2026 + 30 = 04.03; R18 from 02.03.2026 ends on Sunday 22.03.
        (Policy(), "2026-04-21"),
        (Policy(extension_base="shifted"), "2026-04-17"),  # 20.03 + 30 = 19.04, a Sunday
        (Policy(extension_base="shifted", nonworking_last_day="next"), "2026-04-22"),  # 23.03 + 30
        (Policy(start="same_day"), "2026-04-20"),
    ],
)
def test_an_extension_is_added_to_the_base_the_body_chose(policy, end):
    assert count("R18", "2026-03-02", extended=True, policy=policy).due.isoformat() == end


def test_the_same_day_counts_but_the_end_of_an_earlier_term_never_twice():
    same = Policy(start="same_day", nonworking_last_day="none")
    assert count("R17", "2026-03-02", policy=same).due == date(2026, 3, 31)
    assert (
        count("R19", "2026-03-31", policy=same).due
        == count("R17", "2026-03-02", policy=same, extended=True).due
    )


def test_an_extension_may_be_shorter():
    assert count("R17", "2026-03-02", extended=True, days=10).due == date(2026, 4, 10)
    assert count("R17", "2026-03-02", extended=True, days=10).unshifted == date(2026, 4, 11)
    assert count("R17", "2026-03-02", days=20).due == date(2026, 3, 20)


@pytest.mark.parametrize(
    ("rule", "more", "words"),
    [
        ("R06", {"extended": True}, "cannot be extended"),
        ("R17", {"extended": True, "days": 31}, "1 to 30"),
        ("R17", {"extended": True, "days": 0}, "1 to 30"),
        ("R17", {"days": 31}, "1 to 30"),
        ("R24", {"at": date(2016, 1, 1)}, "not in force on 1\N{NO-BREAK SPACE}January 2016"),
        ("R17", {"at": date(2005, 1, 1)}, "not in force"),
    ],
)
def test_what_the_rule_does_not_allow_is_refused_with_a_sentence(app_context, rule, more, words):
    with pytest.raises(Invalid) as caught:
        count(rule, "2026-03-02", **more)
    assert words in str(caught.value)


@pytest.mark.parametrize("rule", ["R99", "R02", "R22", "", 'R17" or "x', "r17"])
def test_a_rule_without_a_term_is_not_found(app_context, rule):
    with pytest.raises(NotFound) as caught:
        count(rule, "2026-03-02")
    assert "unknown or gives no term" in str(caught.value)


@pytest.mark.parametrize("start", ["9999-12-31", "9998-06-01", "0001-01-01"])
def test_a_day_at_the_edge_of_the_calendar_is_refused(app_context, start):
    with pytest.raises(Invalid):
        count("R17", start)


def test_the_reasoning_says_each_step_in_both_languages():
    term = count("R17", "2026-03-02", extended=True)
    assert term.reasoning == (
        "R17, ч. 1 ст. 12 59-ФЗ: рассмотрение обращения — 30 дней со дня регистрации.",
        "30 дней с 03.03.2026 → 01.04.2026, рабочий день.",
        "Продление: 30 дней с 02.04.2026 → 01.05.2026, нерабочий день — Праздник Весны и Труда.",
        "Последний день нерабочий → предыдущий рабочий день 30.04.2026.",
    )
    assert term.sentences("en")[1] == "30 days from 3 March 2026 → 1 April 2026, a working day."
    assert len(term.reasoning_en) == len(term.reasoning)


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "1 день"), (3, "3 дня"), (5, "5 дней"), (11, "11 дней"), (14, "14 дней"), (21, "21 день")],
)
def test_days_are_counted_as_russian_does(number, words):
    term = count("R17", "2026-03-02", extended=True, days=number)
    assert f"Продление: {words} с " in term.reasoning[2]


def test_a_year_without_a_calendar_is_counted_with_a_warning():
    term = count("R17", "2028-04-01")
    assert term.due == date(2028, 4, 28)
    assert "2028" in term.warnings[0]
    assert term.warnings[0] in term.reasoning
    assert "2028" in term.warnings_en[0]
    assert count("R17", "2026-03-02").warnings == ()


def test_a_term_that_crosses_into_an_unknown_year_warns():
    assert count("R17", "2027-12-10").warnings
    assert count("R05", "2027-12-01").warnings == ()


def test_a_file_of_the_installation_overrides_a_year(tmp_path):
    (tmp_path / "2028.json").write_text(
        json.dumps({"days_off": {"2028-05-02": "Перенос"}, "working_days": ["2028-04-29"]})
    )
    mine = Calendar(tmp_path)
    term = count("R17", "2028-04-02", production_calendar=mine)
    assert (term.due, term.shifted_from) == (date(2028, 5, 1), date(2028, 5, 2))
    assert "Перенос" in " ".join(term.reasoning)
    assert term.warnings == ()
    assert mine.is_working(date(2028, 4, 29))
    (tmp_path / "2028.json").write_text(json.dumps({"days_off": []}))
    again = replace(term, due=date(2028, 5, 2))
    assert count("R17", "2028-04-02", production_calendar=Calendar(tmp_path)).due == again.due


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"days_off": ["2028-02-30"]}',
        '{"days_off": ["2027-01-01"]}',
        '{"days_off": [3]}',
    ],
)
def test_a_broken_calendar_file_is_a_sentence(app_context, tmp_path, text):
    (tmp_path / "2028.json").write_text(text)
    with pytest.raises(Invalid) as caught:
        count("R17", "2028-04-02", production_calendar=Calendar(tmp_path))
    assert "2028.json" in str(caught.value)


# The first example of a run loads the calendar, which a busy machine may take long over.
unhurried = settings(deadline=None)

STARTS = st.dates(date(2024, 1, 1), date(2027, 9, 30))
POLICIES = st.builds(
    Policy,
    st.sampled_from(["next_day", "same_day"]),
    st.sampled_from(DAY_OFF_POLICIES),
    st.sampled_from(["unshifted", "shifted"]),
)


@unhurried
@given(st.sampled_from(LAW), STARTS, POLICIES)
def test_a_term_never_ends_before_it_begins_nor_on_a_day_off(rule, start, policy):
    term = due(rule, start, policy=policy, production_calendar=CALENDAR)
    assert term.due >= start
    if policy.nonworking_last_day != "none":
        assert CALENDAR.is_working(term.due)
    assert abs(term.unshifted - start) <= timedelta(days=term.days)


@unhurried
@given(st.sampled_from(LAW), STARTS)
def test_by_default_a_term_is_never_longer_than_the_law_but_where_no_day_is_worked(rule, start):
    term = due(rule, start, production_calendar=CALENDAR)
    if term.due > term.unshifted:
        assert term.warnings
        assert not any(
            CALENDAR.is_working(start + timedelta(days=step))
            for step in range((term.due - start).days)
        )


@unhurried
@given(st.sampled_from(["R17", "R18"]), STARTS, POLICIES, st.integers(1, 30))
def test_an_extension_never_exceeds_thirty_days_and_never_shortens(rule, start, policy, days):
    plain = due(rule, start, policy=policy, production_calendar=CALENDAR)
    longer = due(rule, start, extended=True, days=days, policy=policy, production_calendar=CALENDAR)
    base = plain.due if policy.extension_base == "shifted" else plain.unshifted
    assert longer.unshifted - base == timedelta(days=days)
    assert longer.unshifted - plain.unshifted <= timedelta(days=45)
    if policy.extension_base == "unshifted":
        assert (longer.unshifted - start).days <= shipped().rule(rule, start).days + 30


@unhurried
@given(STARTS)
def test_a_later_start_never_ends_earlier(start):
    one = due("R17", start, production_calendar=CALENDAR)
    two = due("R17", start + timedelta(days=1), production_calendar=CALENDAR)
    assert two.due >= one.due


def test_the_table_holds_every_rule_of_the_law_that_gives_days():
    for rule in LAW:
        found = shipped().rule(rule, date(2026, 3, 2))
        assert found.days > 0
        assert found.norm
        assert found.norm_en


# ---- every rule on every day of the calendars --------------------------------------------------

#: Days worked in a year by the calendars as published, and the Saturdays among them.
WORKED = {
    2024: (248, ["2024-04-27", "2024-11-02", "2024-12-28"]),
    2025: (247, ["2025-11-01"]),
    2026: (247, []),
    2027: (247, ["2027-02-20"]),
}


def days_of(first, last):
    return (first + timedelta(days=step) for step in range((last - first).days + 1))


@pytest.mark.parametrize("year", WORKED)
def test_the_calendars_are_those_that_were_published(year):
    worked = [
        day for day in days_of(date(year, 1, 1), date(year, 12, 31)) if CALENDAR.is_working(day)
    ]
    number, saturdays = WORKED[year]
    assert len(worked) == number
    assert [f"{day}" for day in worked if day.weekday() >= 5] == saturdays


def counted_by_fingers(start, days):
    """A term as one counts it on a wall calendar, by the defaults; its last day."""
    last = start
    for _each in range(days):
        last += timedelta(days=1)
    day = last
    while not CALENDAR.is_working(day) and day >= start:
        day -= timedelta(days=1)
    while not CALENDAR.is_working(day) or day < start:
        day += timedelta(days=1)
    return day


@pytest.mark.parametrize("rule", LAW)
def test_every_rule_on_every_day_of_four_years(rule):
    """Leap day, new-year holidays, transfers and working Saturdays all lie among them."""
    for start in days_of(date(2024, 1, 1), date(2027, 11, 1)):
        days = shipped().rule(rule, start).days
        assert due(rule, start, production_calendar=CALENDAR).due == counted_by_fingers(start, days)


def test_every_rule_that_code_counts_by_is_asked_of_a_table_before_it_is_published():
    named = {
        "".join(rule)
        for file in Path("app").rglob("*.py")
        for rule in re.findall(r'"(R\d\d)"|^RULE = "(\w+)"', file.read_text(), re.MULTILINE)
    }
    assert named == set(COUNTED)
