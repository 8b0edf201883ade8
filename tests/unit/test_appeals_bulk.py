"""One act on many tasks: each by its own use case, refusals with a reason, mail held for a while."""

from datetime import timedelta

import pytest

from app import clock
from app.access import services as access
from app.appeals.services import bulk, carrying
from app.correspondence import mailbox
from app.database import reading
from app.errors import Conflict, Invalid, NotFound
from app.outbox import relay
from app.outbox import services as outbox
from tests.unit.office import Office


def person(login):
    return Office.person(login)


def act(login, action, items, **answers):
    started = bulk.begin(person(login), action, items, answers)
    while carrying.carry_on(started):
        pass
    return bulk.page(person(login), started)


def drain():
    while relay.run_due():
        pass


def outcomes(page):
    return [(line.outcome, line.reason) for line in page.lines]


@pytest.fixture
def fresh(either_app):
    return [Office(either_app, text=f"Яма на улице {n}") for n in range(3)]


def ids(offices, by, element):
    return [one.find(by, element).id for one in offices]


def signed_ready(app, count):
    """Appeals whose replies wait for the signature; their applicants write by e-mail."""
    made = [Office(app, applicant={"email": f"c{n}@example.org"}) for n in range(count)]
    for office in made:
        office.register()
        office.do("manager", "review", decision="answer", drafter="executor1")
        office.do("executor1", "draft_reply", text="Убрали.")
        office.do("approver", "approve_reply", decision="accept")
        office.settle()
    return made


def replies(count):
    """How many citizens have the reply itself, and not only the notices before it."""
    found = (mailbox.mails(f"c{n}@example.org") for n in range(count))
    return sum(any(one.attachments for one in mails) for mails in found)


def test_tasks_are_taken_and_given_back_and_what_moved_on_is_refused(fresh):
    items = ids(fresh, "registrar", "register")
    fresh[1].register()
    page = act("registrar", "take", [*items, 999_999, -1])
    assert [line.outcome for line in page.lines] == ["done", "failed", "done"]
    name = person("registrar").name
    assert page.lines[1].reason.startswith(f"Это задание уже выполнено: {name}, ")
    assert page.run.finished_at
    assert (page.run.done, page.run.failed) == (2, 1)
    assert page.lines[1].appeal.number, "the line says which appeal it is"
    back = act("registrar", "release", items[:1])
    assert outcomes(back) == [("done", "")]
    assert fresh[0].find("registrar", "register").assignee is None
    with pytest.raises(NotFound):
        bulk.page(person("manager"), page.run.id)


def test_what_one_may_not_see_is_no_line(fresh):
    items = ids(fresh, "registrar", "register")
    with pytest.raises(Invalid):
        bulk.begin(person("executor1"), "take", items, {})
    with pytest.raises(NotFound):
        bulk.begin(person("registrar"), "erase", items, {})


def test_appeals_under_review_are_assigned_and_other_tasks_change_hands(fresh):
    fresh[0].register()
    fresh[1].register()
    items = [*ids(fresh[:2], "manager", "review"), fresh[2].find("registrar", "register").id]
    for wrong in ({"executor": "nobody", "text": "Прошу"}, {"executor": "executor1"}):
        with pytest.raises(Invalid):
            bulk.begin(person("manager"), "assign", items, wrong)
    page = act("manager", "assign", items, executor="executor1", text="Прошу разобраться")
    assert [line.outcome for line in page.lines] == ["done", "done", "failed"]
    assert page.lines[2].reason, "who has no role for a task does not get it"
    assert [one.executor for one in fresh[0].card().assignments] == ["executor1"]
    again = act(
        "manager",
        "assign",
        ids(fresh[:1], "executor1", "accept_assignment"),
        executor="executor2",
        text="Болеет",
    )
    assert outcomes(again) == [("done", "")]
    assert fresh[0].find("executor2", "accept_assignment")


def test_more_time_is_asked_for_each(fresh):
    for office in fresh[:2]:
        office.register()
        office.assign("executor1")
    items = ids(fresh[:2], "executor1", "accept_assignment")
    page = act("executor1", "extend", items, days=10, reason="Ждём ответа", ground="exceptional")
    assert outcomes(page) == [("done", ""), ("done", "")]
    assert fresh[1].find("manager", "decide_extension")
    again = act("executor1", "extend", items[:1], days=10, reason="Ещё", ground="exceptional")
    assert [line.outcome for line in again.lines] == ["failed"]


def test_mail_of_an_act_waits_and_a_single_one_leaves_at_once(app):
    offices = signed_ready(app, 3)
    items = ids(offices[:2], "signatory", "sign_reply")
    with pytest.raises(Invalid):
        bulk.begin(person("signatory"), "send", items, {})
    lines = bulk.chosen(person("signatory"), "send", items)
    assert [line.letter.text for line in lines] == ["Убрали."] * 2
    page = act("signatory", "send", items, confirmed=True)
    offices[2].do("signatory", "sign_reply")
    drain()
    assert replies(3) == 1, "the one sent by itself"
    held = bulk.page(person("signatory"), page.run.id).held
    assert held.count == 2
    assert timedelta(0) < held.leaves_at - clock.now() <= outbox.respite()
    clock.move_to(clock.now() + outbox.respite())
    drain()
    assert replies(3) == 3
    assert bulk.page(person("signatory"), page.run.id).held.count == 0
    assert bulk.cancel(person("signatory"), page.run.id) == 0, "what has left has left"
    assert all(one.status().survey_open for one in offices), "the processes went on"


def test_cancelled_mail_never_leaves_and_its_letters_are_written_again(app):
    offices = signed_ready(app, 2)
    page = act("signatory", "send", ids(offices, "signatory", "sign_reply"), confirmed=True)
    drain()
    with pytest.raises(NotFound):
        bulk.cancel(person("manager"), page.run.id)
    assert bulk.cancel(person("signatory"), page.run.id) == 2
    shown = bulk.page(person("signatory"), page.run.id)
    assert shown.held.count == 0
    assert shown.run.cancelled_at
    assert all(line.reason for line in shown.lines)
    with pytest.raises(Conflict):
        bulk.retry(person("signatory"), page.run.id)
    clock.move_to(clock.now() + timedelta(minutes=5))
    offices[0].settle()
    assert replies(2) == 0
    for office in offices:
        assert "draft_reply" in office.open()


def test_cancelling_before_the_signature_takes_back_too(app):
    offices = signed_ready(app, 1)
    page = act("signatory", "send", ids(offices, "signatory", "sign_reply"), confirmed=True)
    assert bulk.cancel(person("signatory"), page.run.id) == 1
    offices[0].settle()
    assert replies(1) == 0
    assert "draft_reply" in offices[0].open()


def test_notices_of_an_act_are_held_and_cancelled_but_the_act_stays(fresh):
    access.change_account("executor2", {"email": "two@example.org"}, actor="administrator")
    fresh[0].register()
    fresh[0].assign("executor1")
    fresh[0].settle()
    before = len(mailbox.mails("two@example.org"))
    page = act(
        "manager",
        "assign",
        ids(fresh[:1], "executor1", "accept_assignment"),
        executor="executor2",
        text="Болеет",
    )
    drain()
    with reading() as session:
        waiting = outbox.held(session, carrying.batch_of(page.run.id))
    assert [one.kind for one in waiting.jobs] == ["mail.send"] * len(waiting.jobs)
    assert waiting.jobs
    assert bulk.cancel(person("manager"), page.run.id) == len(waiting.jobs)
    fresh[0].settle()
    assert len(mailbox.mails("two@example.org")) == before
    assert fresh[0].find("executor2", "accept_assignment"), "the task changed hands all the same"


def test_what_was_not_done_yet_is_not_done_after_the_cancel(fresh):
    items = ids(fresh, "registrar", "register")
    started = bulk.begin(person("registrar"), "take", items, {})
    carrying.carry_on(started, at_most=1)
    bulk.cancel(person("registrar"), started)
    while carrying.carry_on(started):
        pass
    page = bulk.page(person("registrar"), started)
    assert [line.outcome for line in page.lines] == ["done", "failed", "failed"]
    assert all(line.reason for line in page.lines[1:])


def test_refused_items_are_tried_again(fresh):
    items = ids(fresh[:1], "registrar", "register")
    access.change_account("registrar", {"roles": ["executor"]}, actor="administrator")
    started = bulk.begin(person("manager"), "assign", items, {"executor": "approver", "text": "Н"})
    while carrying.carry_on(started):
        pass
    assert [line.outcome for line in bulk.page(person("manager"), started).lines] == ["failed"]
    access.change_account("approver", {"roles": ["registrar"]}, actor="administrator")
    bulk.retry(person("manager"), started)
    drain()
    assert outcomes(bulk.page(person("manager"), started)) == [("done", "")]
