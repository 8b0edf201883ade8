"""The law on the days where counting is hard: New Year, May, leap years, the last hour of a day."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from app import clock
from app.appeals import services
from app.directory import services as directory
from app.errors import Invalid
from app.workflow.incidents import incidents
from tests.unit.office import Office

MOSCOW = ZoneInfo("Europe/Moscow")


def at(day, hour=12, minute=0):
    """Move the clock to a moment of the body's zone."""
    clock.move_to(datetime.combine(date.fromisoformat(day), time(hour, minute), MOSCOW))


@pytest.fixture
def december(app):
    """An appeal whose term is 30 December, before the holidays, with an executor at work."""
    at("2026-11-30")
    office = Office(app)
    office.register()
    office.assign("executor1")
    assert office.card().due_on == date(2026, 12, 30)
    yield office
    assert incidents() == []


def ask(office, days):
    return services.request_extension(office.person("executor1"), office.ref, "Экспертиза", days)


@pytest.mark.parametrize("days", [1, 10, 11])
def test_more_time_that_ends_among_holidays_and_moves_back_to_the_term_is_refused(december, days):
    with pytest.raises(Invalid) as refused:
        ask(december, days)
    (said,) = refused.value.fields["days"]
    assert "30.12.2026" in str(said)
    assert str(said).endswith("12.")
    assert not december.card().extensions
    assert ask(december, 12).asked_due_on == date(2027, 1, 11)


@pytest.mark.parametrize(("shift", "ends_on"), [("next", "2027-01-11"), ("none", "2027-01-09")])
def test_a_body_that_moves_days_forward_or_not_at_all_gives_the_ten_days(december, shift, ends_on):
    directory.save_settings({"deadlines.nonworking": shift}, actor="administrator")
    assert ask(december, 10).asked_due_on == date.fromisoformat(ends_on)


def test_a_day_off_that_would_leave_the_term_where_it_is_is_not_granted(december):
    ask(december, 30)
    with pytest.raises(Invalid) as refused:
        december.do("manager", "decide_extension", decision="grant", due_on="2027-01-05")
    (said,) = refused.value.fields["due_on"]
    assert "нерабочий" in str(said)
    assert "30.12.2026" in str(said)
    december.do("manager", "decide_extension", decision="grant", due_on="2027-01-12")
    assert december.card().due_on == date(2027, 1, 12)
