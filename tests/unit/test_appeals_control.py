"""The term under control: who is warned, when, how, and of what no longer."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app import clock
from app.access import services as access
from app.appeals import jobs, reminding, services
from app.appeals.commands import InboxFilter
from app.database import reading
from app.deadlines.calendar import Calendar
from app.directory import services as directory
from app.errors import Invalid
from app.outbox.models import Promise
from app.outbox.services import Job
from app.workflow.incidents import incidents
from tests.unit.office import CITIZEN, Office, command

ZONE = ZoneInfo("Europe/Moscow")


@pytest.fixture
def office(app):
    made = Office(app)
    made.register()
    made.assign("executor1")
    made.settle()
    yield made
    assert incidents() == []


def until(app, day, hour=23):
    """Live on to an hour of a day of the body, doing in order all that falls due."""
    end = datetime.combine(day, time(hour), ZONE).astimezone(UTC)
    seconds = int((end - clock.now()).total_seconds()) + 1
    done = app.test_cli_runner().invoke(args=["demo", "advance", f"PT{seconds}S"])
    assert done.exit_code == 0, done.output


def mails(office, login, word="обращени"):
    """What a member of staff got about terms, oldest first."""
    found = reversed(office.mail(office.person(login).email))
    return [one for one in found if word in one.subject and "Поручение" not in one.subject]


def lines(office, login):
    return services.inbox(office.person(login), InboxFilter()).reminders


def in_words(mail):
    return f"{mail.subject}\n{mail.text}"


@pytest.mark.parametrize(
    ("login", "days"),
    [("executor1", [10, 5, 3, 1, -1]), ("controller", [5, 3, 1, -1]), ("manager", [1, -1])],
)
def test_each_is_warned_at_the_days_of_the_table(app, office, login, days):
    due_on = office.card().due_on
    for left in days:
        until(app, due_on - timedelta(days=left))
        (line,) = lines(office, login)
        assert (line.due_on, line.days_left) == (due_on, left)
        services.put_away(office.person(login), [line.id])
        assert lines(office, login) == ()
    told = mails(office, login)
    assert len(told) == len(days)
    assert ["нарушен" in mail.subject for mail in told] == [left < 0 for left in days]


def test_a_warning_by_mail_tells_nothing_of_the_citizen_and_leads_to_the_task(app, office):
    until(app, office.card().due_on)
    item = office.find("executor1", "accept_assignment").id
    for login in ("executor1", "manager"):
        for mail in mails(office, login):
            said = in_words(mail).casefold()
            for word in [*CITIZEN.values(), "мусор", "садовой"]:
                assert word == "citizen" or word.casefold() not in said
    assert f"/desk/items/{item}" in mails(office, "executor1")[0].text
    assert f"/desk/appeals/{office.card().id}" in mails(office, "manager")[0].text


def test_a_digest_is_one_letter_in_the_morning_of_a_working_day(app, office):
    access.choose_reminders("controller", "digest")
    second = Office(app)
    second.register()
    second.assign("executor2")
    second.settle()
    due_on = office.card().due_on
    days = Calendar()
    warned = due_on - timedelta(days=5)
    morning = warned if days.is_working(warned) else days.next_working(warned)
    until(app, morning, 9)
    assert mails(office, "controller", "Сроки") == []
    until(app, morning, 11)
    (mail,) = mails(office, "controller", "Сроки")
    assert len(mails(office, "controller")) == 1, "and nothing at once"
    for each in (office, second):
        assert each.card().number in mail.text
    assert "Ёлкин" not in in_words(mail)
    sent = clock.local(mail.at, ZONE.key)
    assert (sent.date(), sent.hour) == (morning, 10)
    assert len(lines(office, "controller")) == 2, "the inbox shows them whatever the mail does"


def test_two_workers_send_one_digest(either_app):
    access.choose_reminders("controller", "digest")
    office = Office(either_app)
    office.register()
    office.settle()
    until(either_app, office.card().due_on - timedelta(days=6))
    until(either_app, office.card().due_on - timedelta(days=5), 9)
    with reading() as session:
        (row,) = session.query(Promise).filter_by(kind=reminding.DIGEST_JOB, status="waiting")
        job = Job(row.uid, row.kind, row.payload, None, None, None, row.attempts)
    jobs.digest(job)
    jobs.digest(job)
    until(either_app, Calendar().next_working(office.card().due_on), 12)
    office.settle()
    first, *later = mails(office, "controller", "Сроки")
    assert "осталось дней — 5" in first.text
    assert all("осталось дней — 5" not in mail.text for mail in later)


def test_nothing_is_said_of_a_case_that_ended_meanwhile(app, office):
    access.choose_reminders("executor1", "digest")
    warned = office.card().due_on - timedelta(days=10)
    until(app, warned, 9)
    assert len(lines(office, "executor1")) == 1
    services.withdraw(office.ref, office.receipt.access_code, "Уже не нужно")
    assert lines(office, "executor1") == ()
    until(app, office.card().due_on + timedelta(days=5))
    assert mails(office, "executor1", "Сроки") == []
    assert mails(office, "controller") == mails(office, "manager") == []


def test_an_extension_silences_the_old_term_and_warns_of_the_new(app, office):
    old = office.card().due_on
    until(app, old - timedelta(days=1))
    assert len(lines(office, "manager")) == 1
    services.request_extension(office.person("executor1"), office.ref, "Экспертиза", 20)
    office.do("manager", "decide_extension", decision="grant")
    assert lines(office, "manager") == lines(office, "executor1") == ()
    new = office.card().due_on
    before = len(mails(office, "executor1"))
    until(app, new)
    assert [line.due_on for line in lines(office, "executor1")] == [new]
    told = mails(office, "executor1")[before:]
    last = [mail.text.partition("Осталось дней: ")[2].split()[0] for mail in told]
    assert last == ["10", "5", "3", "1"][-len(last) :], "those of the new term, in order"


def test_who_drafts_the_reply_is_warned_when_every_assignment_is_done(app, office):
    office.do("executor1", "accept_assignment")
    office.do("executor1", "report", text="Вывезено")
    office.do("manager", "accept_report", decision="accept")
    assert office.find("executor1", "draft_reply").assignee == "executor1"
    until(app, office.card().due_on - timedelta(days=10))
    assert [line.days_left for line in lines(office, "executor1")] == [10]


def test_a_warning_is_put_away_by_its_own_person_only(app, office):
    until(app, office.card().due_on)
    (line,) = lines(office, "manager")
    services.put_away(office.person("controller"), [line.id])
    assert len(lines(office, "manager")) == 1


def test_whom_the_work_was_given_to_reads_no_line_of_what_they_may_not_open(app, office):
    until(app, office.card().due_on)
    with reading() as session:
        assert reminding.waiting(session, "executor1")
    assert lines(office, "executor2") == ()


def test_an_unknown_way_of_reminders_is_refused(app):
    with pytest.raises(Invalid) as refusal:
        access.choose_reminders("manager", "by pigeon")
    assert list(refusal.value.fields) == ["reminders"]


# ---- the internal term -------------------------------------------------------------------------


def working_days_before(day, number):
    for _each in range(number):
        day = Calendar().previous_working(day)
    return day


def test_the_internal_term_is_counted_in_working_days_and_follows_an_extension(app):
    directory.save_settings({"control.internal_days": "4"}, actor="administrator")
    office = Office(app)
    office.register()
    office.assign("executor1")
    card = office.card()
    assert card.internal_due_on == working_days_before(card.due_on, 4)
    services.request_extension(office.person("executor1"), office.ref, "Экспертиза", 30)
    office.do("manager", "decide_extension", decision="grant")
    card = office.card()
    assert card.internal_due_on == working_days_before(card.due_on, 4)


def test_a_term_shorter_than_the_days_before_it_never_begins_before_registration(app):
    directory.save_settings({"control.internal_days": "10"}, actor="administrator")
    wanted = (clock.today("Europe/Moscow") + timedelta(days=5)).isoformat()
    office = Office(app)
    given = command(channel="forwarded", source={"organisation": "Прокуратура", "due_on": wanted})
    office.receipt = services.intake(given, person=office.person("registrar"))
    office.ref = office.receipt.receipt
    office.register()
    assert office.card().internal_due_on == office.card().registered_on


def test_warnings_follow_the_internal_term_and_then_the_lawful_one(app):
    directory.save_settings({"control.internal_days": "5"}, actor="administrator")
    office = Office(app)
    office.register()
    office.assign("executor1")
    office.settle()
    card = office.card()
    internal, due_on = card.internal_due_on, card.due_on
    until(app, internal - timedelta(days=1))
    assert [line.days_left for line in lines(office, "executor1")] == [1]
    assert "Осталось дней: 1\n" in mails(office, "executor1")[-1].text
    until(app, internal + timedelta(days=1))
    passed = mails(office, "executor1")[-1]
    assert "Внутренний срок" in passed.subject
    assert f"Осталось дней: {(due_on - internal).days - 1}" in passed.text
    until(app, due_on + timedelta(days=1))
    late = mails(office, "executor1")[-1]
    assert "нарушен" in late.subject
    assert [line.days_left for line in lines(office, "executor1")] == [-1]


def test_the_inbox_is_sorted_by_the_internal_term(either_app):
    plain = Office(either_app)
    plain.register()
    directory.save_settings({"control.internal_days": "3"}, actor="administrator")
    early = Office(either_app)
    early.register()
    for each in (plain, early):
        each.do("manager", "review", decision="answer", drafter="executor1")
    items = services.inbox(Office.person("executor1"), InboxFilter()).page.items
    assert [item.appeal.receipt for item in items] == [early.ref, plain.ref]
    assert items[0].internal_due_on == early.card().internal_due_on
    assert items[1].internal_due_on is None
    assert items[0].due_at == items[1].due_at, "the lawful term of both stays the same day"


# ---- mornings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Europe/Kaliningrad", "Europe/Moscow", "Asia/Kamchatka"])
def test_the_next_morning_is_that_of_the_body_on_a_working_day(app, zone):
    directory.save_body({"zone": zone}, actor="administrator")
    directory.save_settings({"control.digest_hour": "8"}, actor="administrator")
    moment, days = datetime(2026, 12, 29, 20, 30, tzinfo=UTC), Calendar()
    with reading() as session:
        for hour in range(24 * 20):
            now = moment + timedelta(hours=hour)
            found = reminding.next_digest(session, now)
            local = found.astimezone(ZoneInfo(zone))
            assert found > now
            assert (local.hour, local.minute) == (8, 0)
            assert days.is_working(local.date())
            between = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
            while between < local.date():
                assert not days.is_working(between)
                between += timedelta(days=1)
