"""A task of somebody who is away goes to another, and what follows from it goes along."""

import pytest

from app.appeals import services
from app.appeals.commands import InboxFilter
from app.errors import Conflict, Forbidden, Invalid
from app.workflow.incidents import incidents
from tests.unit.office import Office


@pytest.fixture
def office(app):
    made = Office(app)
    made.register()
    made.assign("executor1")
    yield made
    assert incidents() == []


def hand(office, by, element, to, reason="Болеет"):
    (item,) = (one for one in office.items() if one.element == element)
    return services.hand_over(office.person(by), item.id, to, reason)


def mine(office, login):
    found = services.inbox(office.person(login), InboxFilter(appeal=office.ref, scope="mine"))
    return [item.element for item in found.page.items]


def test_an_assignment_goes_with_its_task_to_the_end(office):
    given = hand(office, "manager", "accept_assignment", "executor2")
    assert (given.assignee, mine(office, "executor1")) == ("executor2", [])
    office.do("executor2", "accept_assignment")
    office.do("executor2", "report", text="Сделано")
    office.do("controller", "accept_report", decision="rework", remark="Мало")
    office.do("executor2", "report", text="Сделано всё")
    office.do("controller", "accept_report", decision="accept")
    office.reply("executor2")
    (part,) = office.card().assignments
    assert (part.executor, part.state) == ("executor2", "done")
    assert office.status().outcome == "answered"


def test_what_was_passed_on_comes_back_to_the_new_executor(office):
    office.do("executor1", "accept_assignment")
    (part,) = office.card().assignments
    services.sub_assign(office.person("executor1"), part.id, "executor2", "Справка")
    hand(office, "controller", "report", "assistant")
    office.do("executor2", "accept_assignment")
    office.do("executor2", "report", text="Справка готова")
    assert mine(office, "assistant") == ["report", "accept_report"]
    office.do("assistant", "accept_report", decision="accept")


def test_the_term_and_the_reminders_stay_as_they_were(office):
    before = office.card()
    hand(office, "manager", "accept_assignment", "executor2")
    after = office.card()
    assert (after.due_on, after.terms) == (before.due_on, before.terms)
    assert [one.due_at for one in after.tasks] == [one.due_at for one in before.tasks]


def test_the_reason_is_journaled_and_the_new_executor_told(office):
    hand(office, "manager", "accept_assignment", "executor2", "В отпуске до 10 декабря")
    office.settle()
    (line,) = (one for one in office.card().history if one.action == "item.handed_over")
    assert line.details["reason"] == "В отпуске до 10 декабря"
    assert office.mail(office.person("executor2").email)
    assert not any("отпуске" in mail.text for mail in office.mail())


def test_who_may_not_and_to_whom_not(office):
    with pytest.raises(Forbidden):
        hand(office, "executor1", "accept_assignment", "executor2")
    for to, reason, field in (
        ("nobody", "Болеет", "to"),
        ("executor1", "Болеет", "to"),
        ("executor2", " ", "reason"),
    ):
        with pytest.raises(Invalid) as wrong:
            hand(office, "manager", "accept_assignment", to, reason)
        assert list(wrong.value.fields) == [field]


def test_a_task_of_a_role_stays_within_the_role(app):
    office = Office(app)
    (item,) = office.items()
    services.take(office.person("registrar"), item.id)
    with pytest.raises(Invalid) as wrong:
        hand(office, "manager", "register", "executor2")
    assert list(wrong.value.fields) == ["to"]


def test_a_complaint_is_not_handed_to_the_person_complained_of(app):
    office = Office(app)
    office.register(kind="complaint", complained_person="executor2")
    office.assign("executor1")
    with pytest.raises(Invalid) as wrong:
        hand(office, "manager", "accept_assignment", "executor2")
    assert list(wrong.value.fields) == ["to"]


def test_a_task_that_moved_on_is_not_handed_over(office):
    (item,) = office.items()
    office.do("executor1", "accept_assignment")
    with pytest.raises(Conflict):
        services.hand_over(office.person("manager"), item.id, "executor2", "Болеет")
