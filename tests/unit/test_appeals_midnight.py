"""The day is that of the body, to the second, wherever the body is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app import clock
from app.appeals import services
from app.appeals.commands import InboxFilter
from app.deadlines.services import due
from app.directory import services as directory
from app.workflow.incidents import incidents
from tests.unit.office import Office

ZONES = ["Europe/Kaliningrad", "Europe/Moscow", "Asia/Kamchatka"]


def at_night(zone, minutes):
    """Move the clock to `minutes` from the next midnight but one of a zone; the day it then is."""
    there = ZoneInfo(zone)
    day = clock.local(clock.now(), zone).date() + timedelta(days=2)
    midnight = datetime(day.year, day.month, day.day, tzinfo=there).astimezone(UTC)
    clock.move_to(midnight + timedelta(minutes=minutes))
    return day if minutes >= 0 else day - timedelta(days=1)


@pytest.mark.parametrize("minutes", [-2, 2], ids=["before", "after"])
@pytest.mark.parametrize("zone", ZONES)
def test_terms_begin_and_end_with_the_day_of_the_body(either_app, zone, minutes):
    directory.save_body({"zone": zone}, actor="administrator")
    day = at_night(zone, minutes)
    office = Office(either_app)
    assert office.card().register_by == due("R05", day).due
    office.register()
    card = office.card()
    assert card.registered_on == day
    assert card.due_on == due("R17", day).due
    (item,) = office.items()
    end = item.due_at.astimezone(ZoneInfo(zone))
    assert (end.date(), end.hour, end.minute) == (due("R06", day).due, 23, 59)
    assert item.days_left == (end.date() - day).days
    assert incidents() == []


@pytest.mark.parametrize("zone", ZONES)
def test_a_task_is_late_with_the_first_second_of_the_next_day_and_not_before(either_app, zone):
    directory.save_body({"zone": zone}, actor="administrator")
    office = Office(either_app)
    office.register()
    (item,) = office.items()

    def late():
        return services.inbox(office.person("auditor"), InboxFilter(term="overdue")).page.total

    clock.move_to(item.due_at - timedelta(seconds=30))
    assert (late(), office.items()[0].days_left) == (0, 0)
    clock.move_to(item.due_at + timedelta(seconds=2))
    assert (late(), office.items()[0].days_left) == (1, -1)
