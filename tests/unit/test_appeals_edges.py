"""The law on the days where counting is hard: New Year, May, leap years, the last hour of a day."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from app import clock
from app.appeals import services
from app.directory import services as directory
from app.errors import Conflict, Invalid
from app.workflow.incidents import incidents
from tests.unit.office import Office

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture
def at(monkeypatch):
    """Set the clock to a moment of the body's zone, past or to come."""

    def set_to(day, hour=12, minute=0):
        moment = datetime.combine(date.fromisoformat(day), time(hour, minute), MOSCOW)
        ahead = moment - clock.real()
        monkeypatch.setattr(clock, "offset", lambda: ahead)

    return set_to


@pytest.fixture
def december(app, at):
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


#: received at, must be registered by, registered on, send on by, reply by, longest extension.
ROUTES = [
    # A Sunday night among the May holidays; the body registers on the last day.
    (("2026-05-03", 23, 30), "2026-05-06", "2026-05-06", "2026-05-13", "2026-06-05", "2026-07-03"),
    # After hours before a long weekend: Monday is a transfer, so the same Friday is the last day.
    (("2026-05-08", 18, 30), "2026-05-08", "2026-05-12", "2026-05-19", "2026-06-11", "2026-07-10"),
    # The last minute of a Sunday.
    (("2026-06-14", 23, 59), "2026-06-17", "2026-06-15", "2026-06-22", "2026-07-15", "2026-08-14"),
    # New Year's Eve, a day off by transfer: the first working day of the year.
    (("2026-12-31", 20, 0), "2027-01-11", "2027-01-11", "2027-01-18", "2027-02-10", "2027-03-12"),
    # A working Saturday before four days off is the last day itself.
    (("2027-02-20", 10, 0), "2027-02-20", "2027-02-20", "2027-02-26", "2027-03-22", "2027-04-21"),
    # The leap day is a day.
    (("2024-01-30", 0, 0), "2024-02-02", "2024-01-30", "2024-02-06", "2024-02-29", "2024-03-29"),
]


@pytest.mark.parametrize(
    ("received", "register_by", "registered", "send_by", "reply_by", "longest"), ROUTES
)
def test_an_appeal_walks_the_hard_days_by_terms_worked_out_by_hand(
    app, at, received, register_by, registered, send_by, reply_by, longest
):
    at(*received)
    office = Office(app)
    (task,) = office.items()
    assert task.due_at.astimezone(MOSCOW).date() == date.fromisoformat(register_by)
    if registered != received[0]:
        at(registered)
    office.register()
    card = office.card()
    assert card.registered_on == date.fromisoformat(registered)
    terms = {one.of: one.due_on.isoformat() for one in card.terms}
    assert terms["registration"] == register_by
    assert terms["decision"] == send_by
    assert terms["reply"] == reply_by == card.due_on.isoformat()
    office.assign("executor1")
    assert ask(office, 30).asked_due_on == date.fromisoformat(longest)
    office.do("manager", "decide_extension", decision="grant")
    assert office.card().due_on == date.fromisoformat(longest)
    office.settle()
    assert [mail for mail in office.mail() if "продлён" in mail.subject], "told before it is over"
    with pytest.raises(Conflict):
        ask(office, 30)
    assert incidents() == []
