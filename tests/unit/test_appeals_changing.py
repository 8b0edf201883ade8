"""What was assigned is taken back: other words, another term, another executor, or not at all."""

from datetime import timedelta

import pytest

from app import clock
from app.appeals import services
from app.appeals.commands import InboxFilter
from app.appeals.services import AssignmentChange
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.workflow.incidents import incidents
from tests.unit.office import Office


@pytest.fixture
def office(app):
    made = Office(app)
    made.register()
    made.assign("executor1", "executor2")
    yield made
    assert incidents() == []


def part(office, executor, *, passed_on=False):
    return next(
        one
        for one in office.card().assignments
        if one.executor == executor
        and bool(one.parent_id) == passed_on
        and one.state != "cancelled"
    )


def change(office, by, whose, *, reason="Ошибка в резолюции", **what):
    row = part(office, whose, passed_on=what.pop("passed_on", False))
    return services.change_assignment(office.person(by), row.id, AssignmentChange(**what), reason)


def cancel(office, by, executor, *, reason="Поручено по ошибке", passed_on=False):
    row = part(office, executor, passed_on=passed_on)
    return services.cancel_assignment(office.person(by), row.id, reason)


def mine(office, login):
    found = services.inbox(office.person(login), InboxFilter(appeal=office.ref, scope="mine"))
    return [item.element for item in found.page.items]


def due(office, element):
    return {item.assignee: item.due_at for item in office.items() if item.element == element}


def test_words_and_term_change_and_the_executor_is_told(office):
    earlier = office.card().due_on - timedelta(days=7)
    before = due(office, "accept_assignment")
    changed = change(office, "manager", "executor2", text="Проверить график", due_on=earlier)
    assert (changed.text, changed.due_on) == ("Проверить график", earlier)
    after = due(office, "accept_assignment")
    assert after["executor2"] < before["executor2"]
    assert after["executor1"] == before["executor1"]
    office.settle()
    told = office.mail(office.person("executor2").email)[0]
    assert "изменено" in told.subject
    assert "Ошибка в резолюции" in told.text
    assert "Проверить график" in told.text
    (line,) = (one for one in office.card().history if one.action == "assignment.changed")
    assert line.details["before"]["text"] == "Разобраться: executor2"
    assert line.details["reason"] == "Ошибка в резолюции"


def test_a_term_the_manager_set_is_not_undone_by_an_extension_granted_before(office):
    office.do("executor1", "accept_assignment")
    services.request_extension(office.person("executor1"), office.ref, "Ждём экспертизу", 20)
    office.do("manager", "decide_extension", decision="grant")
    whole = office.card().due_on
    assert part(office, "executor1").due_on == whole
    change(office, "manager", "executor1", due_on=whole - timedelta(days=5))
    assert part(office, "executor1").due_on == whole - timedelta(days=5)
    assert part(office, "executor2").due_on == whole


def test_another_executor_gets_the_assignment_with_what_follows_from_it(office):
    office.do("executor1", "accept_assignment")
    first = part(office, "executor1")
    services.sub_assign(office.person("executor1"), first.id, "approver", "Справка")
    change(office, "controller", "executor1", executor="assistant")
    assert (mine(office, "executor1"), mine(office, "assistant")) == ([], ["report"])
    office.do("approver", "accept_assignment")
    office.do("approver", "report", text="Справка")
    office.do("assistant", "accept_report", decision="accept")
    office.settle()
    assert "отменено" in office.mail(office.person("executor1").email)[0].subject
    assert "Поручение по обращению" in office.mail(office.person("assistant").email)[0].subject
    cancel(office, "manager", "executor2")
    office.do("assistant", "report", text="Сделано")
    office.do("manager", "accept_report", decision="accept")
    office.reply("assistant")
    assert office.status().outcome == "answered"


def test_what_was_passed_on_ends_no_later(office):
    office.do("executor1", "accept_assignment")
    services.sub_assign(office.person("executor1"), part(office, "executor1").id, "approver", "")
    earlier = office.card().due_on - timedelta(days=9)
    change(office, "manager", "executor1", due_on=earlier)
    assert part(office, "approver", passed_on=True).due_on == earlier


def test_who_passed_it_on_changes_and_cancels_what_was_passed_on(office):
    office.do("executor1", "accept_assignment")
    services.sub_assign(office.person("executor1"), part(office, "executor1").id, "approver", "")
    change(office, "executor1", "approver", passed_on=True, text="Справка о графике")
    cancel(office, "executor1", "approver", passed_on=True)
    assert mine(office, "approver") == []
    assert mine(office, "executor1") == ["report"]


def test_a_cancelled_assignment_goes_with_what_was_passed_on_and_the_rest_goes_on(office):
    office.do("executor1", "accept_assignment")
    services.sub_assign(office.person("executor1"), part(office, "executor1").id, "approver", "")
    done = cancel(office, "manager", "executor1")
    assert done.state == "cancelled"
    assert (mine(office, "executor1"), mine(office, "approver")) == ([], [])
    assert [one.state for one in office.card().assignments] == ["cancelled", "cancelled", "issued"]
    # Somebody has to answer for the reply.
    assert part(office, "executor2").responsible
    office.do("executor2", "accept_assignment")
    office.do("executor2", "report", text="Сделано")
    office.do("manager", "accept_report", decision="accept")
    assert mine(office, "executor2") == ["draft_reply"]


@pytest.mark.parametrize("rounds", [1, 3])
def test_when_all_is_cancelled_the_manager_decides_again(office, rounds):
    for _round in range(rounds):
        cancel(office, "manager", "executor1")
        assert office.open() == ["accept_assignment"]
        cancel(office, "manager", "executor2")
        assert office.open() == ["review"]
        assert office.status().open
        office.assign("executor1", "executor2")
    assert office.open() == ["accept_assignment", "accept_assignment"]


def test_who_may_not_and_what_not(office):
    day = clock.today("Europe/Moscow")
    with pytest.raises(NotFound):
        cancel(office, "analyst", "executor1")
    with pytest.raises(Forbidden):
        change(office, "executor2", "executor1", text="Другое")
    for what, field in (
        ({"executor": "nobody"}, "executor"),
        ({"executor": "executor2"}, "executor"),
        ({"due_on": day - timedelta(days=1)}, "due_on"),
        ({"due_on": office.card().due_on + timedelta(days=1)}, "due_on"),
        ({"text": "Другое", "reason": " "}, "reason"),
    ):
        with pytest.raises(Invalid) as wrong:
            change(office, "manager", "executor1", **what)
        assert list(wrong.value.fields) == [field]
    with pytest.raises(Invalid):
        change(office, "manager", "executor1")


def test_what_is_over_is_not_changed(office):
    row = part(office, "executor1").id
    cancel(office, "manager", "executor1")
    with pytest.raises(Conflict):
        services.cancel_assignment(office.person("manager"), row, "Ещё раз")


def test_a_complaint_is_not_reassigned_to_the_person_complained_of(app):
    office = Office(app)
    office.register(kind="complaint", complained_person="executor2")
    office.assign("executor1")
    with pytest.raises(Invalid) as wrong:
        change(office, "manager", "executor1", executor="executor2")
    assert list(wrong.value.fields) == ["executor"]
    assert part(office, "executor1").executor == "executor1"


def test_an_assignment_is_no_longer_than_the_forms_of_tasks_take(office):
    manager, given = office.person("manager"), office.card().assignments[0]
    for text, reason, field in (("х" * 20_001, "Надо", "text"), ("Иначе", "х" * 4_001, "reason")):
        with pytest.raises(Invalid) as refusal:
            services.change_assignment(manager, given.id, AssignmentChange(text=text), reason)
        assert list(refusal.value.fields) == [field]
    with pytest.raises(Invalid) as refusal:
        services.cancel_assignment(manager, given.id, "х" * 4_001)
    assert list(refusal.value.fields) == ["reason"]
    office.do("executor1", "accept_assignment")
    with pytest.raises(Invalid) as refusal:
        services.sub_assign(office.person("executor1"), given.id, "executor2", "х" * 300_000)
    assert list(refusal.value.fields) == ["text"]
    change = AssignmentChange(text="х" * 20_000)
    assert services.change_assignment(manager, given.id, change, "х" * 4_000).text == change.text


def test_a_resolution_is_no_longer_either(app):
    office = Office(app)
    office.register()
    with pytest.raises(Invalid) as refusal:
        lines = [{"executor": "executor1", "responsible": True, "text": "х" * 20_001}]
        office.do("manager", "review", decision="assign", resolutions=lines)
    assert list(refusal.value.fields) == ["resolutions"]
