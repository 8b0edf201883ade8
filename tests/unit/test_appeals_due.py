"""What is due: by unit, by person, on which day, for whose eyes."""

from datetime import timedelta

import pytest

from app import clock
from app.appeals import services
from app.appeals.commands import DueFilter
from app.directory import services as directory
from app.workflow.incidents import incidents
from tests.unit.office import Office


def due(by, days=10, unit=None):
    return services.due_list(Office.person(by), DueFilter(days, unit))


def told(found):
    return [(one.unit, one.name, one.appeal.receipt) for one in found.lines]


@pytest.fixture
def three(either_app):
    """With two executors, with an executor who drafts, with the manager's role."""
    parts, draft, fresh = (Office(either_app) for _each in range(3))
    for each in (parts, draft, fresh):
        each.register()
    parts.assign("executor1", "executor2")
    draft.do("manager", "review", decision="answer", drafter="executor2")
    yield parts, draft, fresh
    assert incidents() == []


def test_each_appeal_stands_under_whom_it_waits_for(three):
    parts, draft, fresh = three
    due_on = parts.card().due_on
    assert due("controller", days=0).lines == ()
    assert {one.appeal.receipt for one in due("controller").lines} == {fresh.ref}, "to be decided"
    clock.move_to(clock.now() + (due_on - clock.today("Europe/Moscow")) - timedelta(days=4))
    found = due("controller")
    people = {login: Office.person(login) for login in ("executor1", "executor2")}
    assert sorted(told(found)) == sorted(
        [
            *((people[login].unit, people[login].name, parts.ref) for login in people),
            (people["executor2"].unit, people["executor2"].name, draft.ref),
            ("", "Помощник руководителя, Руководитель", fresh.ref),
        ]
    )
    assert found.lines[-1].appeal.receipt == fresh.ref, "what nobody has stands last"
    assert {one.days_left for one in found.lines[:-1]} == {4}
    assert found.lines[-1].days_left < 0, "the decision is late, not yet the reply"
    assert {one.reply_by for one in found.lines} == {due_on}
    assert (found.appeals, found.overdue) == (3, 1)
    assert [one.appeal.receipt for one in due("controller", days=3).lines] == [fresh.ref]
    clock.move_to(clock.now() + timedelta(days=6))
    assert due("controller", days=0).overdue == 3


def test_the_list_is_narrowed_to_a_unit_and_to_what_one_may_see(three):
    parts, draft, _fresh = three
    clock.move_to(clock.now() + timedelta(days=40))
    second = Office.person("executor2")
    assert {one.login for one in due("manager", unit=second.unit_id).lines} == {"executor2"}
    assert [one.appeal.receipt for one in due("executor2").lines] == [parts.ref, draft.ref]
    assert {one.login for one in due("executor2").lines} == {"executor2"}
    assert due("analyst").lines == ()
    assert services.count_due(second, DueFilter()) == 2
    assert list(services.due_lines(second, DueFilter())) == list(due("executor2").lines)


@pytest.mark.parametrize("most", [1, 2])
def test_of_many_the_most_urgent_of_ones_own_stand_first(three, monkeypatch, most):
    """Whoever works for others is not crowded out by what waits for them."""
    parts, draft, fresh = three
    clock.move_to(clock.now() + timedelta(days=5))
    controller = Office.person("controller")
    order = [fresh.ref, parts.ref, draft.ref]
    for page, at in enumerate(range(0, 3, most), start=1):
        found = services.due_list(controller, DueFilter(90, most=most, page=page))
        assert {one.appeal.receipt for one in found.lines} == set(order[at : at + most])
        assert (found.appeals, found.page.more) == (3, False)
        assert found.page.next == (page + 1 if at + most < 3 else None)
    monkeypatch.setattr("app.appeals.counting.MOST", 2)
    counted = services.due_list(controller, DueFilter(90, most=most))
    assert (counted.appeals, counted.page.more) == (2, True)
    own = services.due_list(Office.person("executor2"), DueFilter(90, most=2))
    assert [one.appeal.receipt for one in own.lines] == [parts.ref, draft.ref]
    assert not own.page.more
    monkeypatch.setattr("app.appeals.services.due.BATCH", most)
    lines = services.due_lines(Office.person("auditor"), DueFilter(90))
    whole = [one.appeal.receipt for one in lines]
    assert whole == [parts.ref, parts.ref, draft.ref, fresh.ref]


def test_what_has_ended_is_due_no_more(three):
    parts, draft, fresh = three
    clock.move_to(clock.now() + timedelta(days=40))
    services.withdraw(parts.ref, parts.receipt.access_code, "Уже не нужно")
    assert {one.appeal.receipt for one in due("auditor").lines} == {draft.ref, fresh.ref}


def test_an_appeal_is_listed_by_its_internal_term(app):
    directory.save_settings({"control.internal_days": "5"}, actor="administrator")
    office = Office(app)
    office.register()
    card = office.card()
    clock.move_to(clock.now() + (card.internal_due_on - clock.today("Europe/Moscow")))
    office.do("manager", "review", decision="answer", drafter="executor1")
    (line,) = due("controller", days=0).lines
    assert (line.due_on, line.days_left) == (card.internal_due_on, 0)
    assert (line.internal_due_on, line.reply_by) == (card.internal_due_on, card.due_on)
    clock.move_to(clock.now() + timedelta(days=1))
    passed = due("controller", days=0)
    assert (passed.lines, passed.appeals) == ((), 0), "the lawful term is far"
    assert services.count_due(Office.person("controller"), DueFilter(0)) == 0


def test_what_is_not_registered_in_time_is_due_too(app):
    office = Office(app)
    clock.move_to(clock.now() + timedelta(days=12))
    (line,) = due("registrar", days=0).lines
    assert (line.appeal.receipt, line.due_on, line.reply_by) == (
        office.ref,
        office.card().register_by,
        None,
    )
