"""One act on the tasks selected in the inbox: take, give back, assign, ask for time, send.

Nothing is done that could not be done one by one: each item goes through the use case of its own,
with its checks, in a transaction of its own. What is refused stays where it is, with the reason.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.access.services import Person
from app.appeals import batches, building, looked, rights, sight, worklist
from app.appeals.batches import FAILED, WAITING
from app.appeals.cards import TaskItem
from app.appeals.cards.bulk import BulkPage, ChosenLine, ResultLine
from app.appeals.cards.campaign import LetterLine
from app.appeals.commands import storable
from app.appeals.finding import id_of
from app.appeals.models import Appeal, CampaignLine, CampaignRun
from app.appeals.people import People
from app.appeals.policy import LEADERS, NO_ROLE
from app.appeals.services import carrying, inbox
from app.appeals.services.changing import OF_EXECUTOR
from app.appeals.services.extensions import extension_requested
from app.appeals.services.handing import handed_over
from app.appeals.services.letters import recall_letter
from app.appeals.services.tasks import completed, released, taken, visible_item
from app.audit.services import record
from app.correspondence import services as correspondence
from app.database import reading, transaction
from app.errors import Conflict, DomainError, Invalid, NotFound
from app.extensions import gettext, locale
from app.extensions import lazy_gettext as _
from app.formkit import Form
from app.outbox import services as outbox
from app.session import give_ids
from app.workflow import services as workflow
from app.workflow.items import element_of
from app.workflow.models import WorkItem

MOST = 500
#: Tasks whose end lets a letter go.
SIGNING = frozenset({"sign_reply", "sign_redirection", "sign_letter"})
POSTING = frozenset({"dispatch", "dispatch_cover", "dispatch_letter", "dispatch_notice"})


def may(person: Person, item: TaskItem) -> tuple[str, ...]:
    """The acts that make sense for an item; the refusal itself is the use case's."""
    own = item.mine or (item.assignee is None and bool(set(item.roles) & person.roles))
    wanted = {
        "take": item.assignee is None and own,
        "release": item.mine and not item.assigned,
        "assign": bool(person.roles & LEADERS) or (item.element == "review" and own),
        "extend": item.mine and item.element in OF_EXECUTOR,
        "send": own and item.element in SIGNING | POSTING,
    }
    return tuple(name for name, makes_sense in wanted.items() if makes_sense)


def chosen(person: Person, action: str, items: Collection[int]) -> tuple[ChosenLine, ...]:
    """The selected items that the act makes sense for, with the letters it is about."""
    with reading() as session:
        asker = worklist.asker(session, person)
        whose = or_(*worklist.seen(asker), *worklist.of_unit(asker))
        query = worklist.chosen((WorkItem, Appeal), whose).where(WorkItem.id.in_(_known(items)))
        query = query.options(selectinload(Appeal.applicants)).order_by(WorkItem.id)
        rows = session.execute(query).all()
        shown = inbox.lines(session, asker, rows)
        found = tuple(
            ChosenLine(line, _letter(session, person, item, appeal) if action == "send" else None)
            for line, (item, appeal) in zip(shown, rows, strict=True)
            if action in may(person, line)
        )
    if letters := sum(one.letter is not None for one in found):
        looked.letters_shown(person, letters)
    return found


def begin(person: Person, action: str, items: Collection[int], answers: Mapping[str, Any]) -> int:
    """Begin an act on items; the id of the run. Invalid by field, and when nothing is selected.

    `answers`: for `assign` executor, text, due_on; for `extend` days, ground, reason; for `send`
    confirmed and posted_on.
    """
    check = CHECKS.get(action)
    if check is None:
        raise NotFound(_("There is no such action."))
    with transaction() as session:
        given = check(session, answers)
        lines = [one for one in map(_of_item(session, person), _known(items)) if one is not None]
        if not lines:
            raise Invalid(_("Select at least one task."), fields={})
        row = CampaignRun(
            campaign_id=None,
            action=action,
            element="",
            answers=given,
            actor=person.login,
            language=locale(),
            begun_at=clock.now(),
        )
        give_ids(session, row)
        session.flush()
        session.add_all(
            CampaignLine(run_id=row.id, appeal_id=appeal, item_id=item, outcome=WAITING, reason="")
            for item, appeal in lines
        )
        outbox.promise(session, carrying.JOB, {"run": row.id})
        record(session, person.login, "bulk.begun", f"run:{row.id}", act=action, items=len(lines))
        return row.id


def page(person: Person, run_id: int) -> BulkPage:
    """What became of each item of one's own act."""
    with reading() as session:
        row = _own(session, person, run_id)
        found = session.execute(
            select(CampaignLine, Appeal, WorkItem)
            .join(Appeal, Appeal.id == CampaignLine.appeal_id)
            .join(WorkItem, WorkItem.id == CampaignLine.item_id)
            .where(CampaignLine.run_id == run_id, rights.within(person))
            .options(selectinload(Appeal.applicants))
            .order_by(CampaignLine.id)
        )
        lines = tuple(_result(session, person, *one) for one in found)
        held = carrying.held_mail(session, run_id)
        return BulkPage(batches.run_views(session, [row])[0], lines, held)


def retry(person: Person, run_id: int) -> None:
    """Try again what was refused, unless the act was cancelled."""
    with transaction() as session:
        row = _own(session, person, run_id)
        if row.cancelled_at is not None:
            raise Conflict(_("This act was cancelled."))
        refused = select(CampaignLine).where(
            CampaignLine.run_id == run_id, CampaignLine.outcome == FAILED
        )
        for line in session.scalars(refused).all():
            line.outcome, line.reason = WAITING, ""
        row.finished_at = None
        outbox.promise(session, carrying.JOB, {"run": run_id})


def cancel(person: Person, run_id: int) -> int:
    """Cancel the mail of one's own run that has not left, and what is not done yet.

    Letters are taken back, so that their processes write others; notices are not sent. What was
    done otherwise stays and is reversed by its own use case. Returns how many were cancelled.
    """
    with transaction() as session:
        row = session.get(CampaignRun, run_id, with_for_update=True)
        if row is None or row.actor != person.login:
            raise NotFound(_("There is no such action."))
        row.cancelled_at = row.cancelled_at or clock.now()
        waiting = select(CampaignLine).where(
            CampaignLine.run_id == run_id, CampaignLine.outcome == WAITING
        )
        for line in session.scalars(waiting).all():
            line.outcome, line.reason = FAILED, gettext("Cancelled before it was done.")
        batch = carrying.batch_of(run_id)
        letters = [_of(one) for one in outbox.of_batch(session, batch, SENDING)]
        notices = [_of(one) for one in outbox.held(session, batch).jobs if one.kind == "mail.send"]
        record(session, person.login, "bulk.cancelled", f"run:{run_id}")
    reason = gettext("The sending was cancelled.")
    done = sum(_take_back(person, run_id, one, reason) for one in dict.fromkeys(letters))
    return done + sum(_drop_notice(person, one, reason) for one in notices)


SENDING = ("letter.sign", "letter.send")


def _take_back(person: Person, run_id: int, letter_id: int, reason: str) -> bool:
    """Recall one letter of those that go by mail; what can no longer be recalled has left."""
    with reading() as session:
        letter = correspondence.letter(session, letter_id)
    if letter.channel != "email":
        return False
    try:
        recall_letter(person, letter_id, reason)
    except DomainError:
        return False
    with transaction() as session:
        of_run = select(CampaignLine).where(
            CampaignLine.run_id == run_id, CampaignLine.appeal_id == id_of(letter.key)
        )
        for line in session.scalars(of_run):
            line.reason = gettext("The letter was taken back before it left.")
    return True


def _drop_notice(person: Person, letter_id: int, reason: str) -> bool:
    try:
        with transaction() as session:
            correspondence.recall(session, letter_id, person.login, reason)
    except Conflict:
        return False
    return True


def _of(job: outbox.Job) -> int:
    return int(job.payload["letter"])


# ---- what is asked before it begins ----------------------------------------------------------


def _nothing(session: Session, answers: Mapping[str, Any]) -> dict[str, Any]:
    del session, answers
    return {}


def _assignment(session: Session, answers: Mapping[str, Any]) -> dict[str, Any]:
    login, said = str(answers.get("executor") or "").strip(), _text(answers, "text")
    errors: dict[str, list[Any]] = {}
    people = People(session)
    other = people.get(login) if login else None
    if other is None or not other.active:
        errors["executor"] = [_("Choose a person.")]
    elif people.idle(login):
        errors["executor"] = [NO_ROLE]
    if not said:
        errors["text"] = [_("Write what to do, or why the tasks change hands.")]
    _refuse(errors)
    due_on = answers.get("due_on")
    due = due_on.isoformat() if isinstance(due_on, date) else None
    return {"executor": other.login if other else login, "text": said, "due_on": due}


def _extension(session: Session, answers: Mapping[str, Any]) -> dict[str, Any]:
    del session
    days, reason = answers.get("days"), _text(answers, "reason")
    errors: dict[str, list[Any]] = {}
    if not isinstance(days, int) or days < 1:
        errors["days"] = [_("Give a number of days from 1 to %(most)d.", most=30)]
    if not reason:
        errors["reason"] = [_("Write why more time is needed.")]
    _refuse(errors)
    return {"days": days, "reason": reason, "ground": str(answers.get("ground") or "exceptional")}


def _sending(session: Session, answers: Mapping[str, Any]) -> dict[str, Any]:
    del session
    if not answers.get("confirmed"):
        _refuse({"confirmed": [_("Confirm that you have looked through the letters.")]})
    posted_on = answers.get("posted_on")
    return {"posted_on": posted_on.isoformat() if isinstance(posted_on, date) else None}


CHECKS: Mapping[str, Callable[[Session, Mapping[str, Any]], dict[str, Any]]] = {
    "take": _nothing,
    "release": _nothing,
    "assign": _assignment,
    "extend": _extension,
    "send": _sending,
}
ACTIONS = tuple(CHECKS)


def _text(answers: Mapping[str, Any], name: str) -> str:
    return storable(str(answers.get(name) or "")).strip()


def _refuse(errors: Mapping[str, list[Any]]) -> None:
    if errors:
        raise Invalid(_("Please check the fields marked below."), fields=errors)


# ---- what is done for each -------------------------------------------------------------------


@carrying.act("take")
def _take(session: Session, person: Person, line: CampaignLine, run: CampaignRun) -> None:
    del run
    taken(session, person, line.item_id)


@carrying.act("release")
def _release(session: Session, person: Person, line: CampaignLine, run: CampaignRun) -> None:
    del run
    released(session, person, line.item_id)


@carrying.act("assign")
def _assign(session: Session, person: Person, line: CampaignLine, run: CampaignRun) -> None:
    """Give an appeal under review to an executor; any other task goes to the person as it is."""
    executor, said = run.answers["executor"], run.answers["text"]
    if workflow.item(session, line.item_id).element != "review":
        handed_over(session, person, line.item_id, executor, said)
        return
    row = {"executor": executor, "responsible": True, "text": said, "due_on": run.answers["due_on"]}
    _complete(session, person, line, {"decision": "assign", "text": said, "resolutions": [row]})


@carrying.act("extend")
def _extend(session: Session, person: Person, line: CampaignLine, run: CampaignRun) -> None:
    extension_requested(session, person, line.appeal_id, **run.answers)


@carrying.act("send")
def _send(session: Session, person: Person, line: CampaignLine, run: CampaignRun) -> None:
    element = workflow.item(session, line.item_id).element
    if element in SIGNING:
        _complete(session, person, line, {"decision": "sign"})
    elif element in POSTING:
        on = run.answers["posted_on"]
        _complete(session, person, line, {"posted_on": on} if on else {})
    else:
        raise Conflict(_("This task sends no letter."))


def _complete(session: Session, person: Person, line: CampaignLine, own: Mapping[str, Any]) -> None:
    """Complete a task with what its form would show, and these answers."""

    def answers(form: Form, known: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**form.values(known), **own}

    completed(session, person, line.item_id, answers)


# ---- rows ------------------------------------------------------------------------------------


def _known(items: Collection[int]) -> list[int]:
    return [one for one in dict.fromkeys(items) if 0 < one < 2**31][:MOST]


def _of_item(session: Session, person: Person) -> Callable[[int], tuple[int, int] | None]:
    def found(item_id: int) -> tuple[int, int] | None:
        try:
            _item, appeal = visible_item(session, person, item_id)
        except NotFound:
            return None
        return item_id, appeal.id

    return found


def _own(session: Session, person: Person, run_id: int) -> CampaignRun:
    row = session.get(CampaignRun, run_id)
    if row is None or row.campaign_id is not None or row.actor != person.login:
        raise NotFound(_("There is no such action."))
    return row


def _letter(session: Session, person: Person, item: WorkItem, appeal: Appeal) -> LetterLine | None:
    number = item.variables.get("letter")
    if not isinstance(number, int):
        return None
    found = correspondence.letter(session, number)
    line = LetterLine(found.id, found.subject, found.addressee.name, found.channel, found.text)
    return sight.mask(session, person, appeal)(line)


def _result(
    session: Session, person: Person, line: CampaignLine, appeal: Appeal, item: WorkItem
) -> ResultLine:
    drawn = element_of(session, item.version_id, item.process, item.element)
    shown = ResultLine(
        item=line.item_id,
        title=drawn.name or item.element,
        title_en=drawn.name_en,
        appeal=building.appeal_ref(appeal),
        outcome=line.outcome,
        reason=line.reason,
    )
    return sight.mask_in_lists(person, appeal)(shown)
