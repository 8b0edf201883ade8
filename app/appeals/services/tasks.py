"""Work items: open one, take it, give it back, complete it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.access.services import Person
from app.appeals import building, impartial, looked, parts, prefill, sight, timeline
from app.appeals.cards import Completed, Stage, TaskItem, TaskView
from app.appeals.finding import CARD, card_of, id_of, known_id, may_see
from app.appeals.models import Appeal, Report
from app.appeals.people import People
from app.appeals.resolving import HouseResolver
from app.appeals.services.card import build_card
from app.appeals.terms import today, zone_of
from app.correspondence import services as correspondence
from app.database import reading, transaction
from app.errors import Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.extensions import locale
from app.formkit import Form, FormInvalid, compile_form
from app.session import expect
from app.workflow import services as workflow
from app.workflow.models import OPEN
from app.workflow.services import WorkItemView

#: Answers by field, or what reads them from a page: it is given the form and the known values.
Answers = Mapping[str, Any] | Callable[[Form, Mapping[str, Any]], Mapping[str, Any]]


def work_item(person: Person, item_id: int) -> TaskView:
    """The task with its form, prefilled, beside the card of its appeal.

    Raises NotFound when the person may not see it and Conflict when it was closed meanwhile.
    """
    with reading() as session:
        item, appeal = visible_item(session, person, item_id)
        _require_open(session, item)
        schema = workflow.form(session, item)
        values = _values(session, item, appeal, schema)
        if not sight.is_for(item, person, appeal):
            # Who fills the form in sends back what it shows, and a mask must never be stored.
            values = sight.mask(session, person, appeal)(values)
        view = TaskView(
            item=shown(session, item, appeal, person, timeline.timeline(session, appeal.id)),
            documentation=item.documentation,
            documentation_en=item.documentation_en or None,
            form_key=item.form_key,
            form=schema,
            values=values,
            choices=HouseResolver(session).all_choices(),
            card=build_card(session, appeal, person),
            assignment_id=_about(item, "assignment"),
            request_id=_about(item, "request"),
            redirection_id=_about(item, "redirection"),
            letter_id=_about(item, "letter"),
            may_release=item.assignee in person.logins and not item.assigned,
        )
    looked.card_opened(person, view.card)
    return view


def form_of(person: Person, item_id: int) -> Form | None:
    """The form of a task, also of one that was closed; raises NotFound as `work_item` does."""
    with reading() as session:
        item, _appeal = visible_item(session, person, item_id)
        schema = workflow.form(session, item)
        return compile_form(schema, item.form_key) if schema and item.form_key else None


def complete(
    person: Person, item_id: int, answers: Answers, version: int | None = None
) -> Completed:
    """Check the answers by the form and finish the work item, in one transaction.

    Raises Invalid by field, Conflict when the item moved on or is another's; either way nothing
    was changed and the door still holds what was typed.
    """
    with transaction() as session:
        appeal, opened = completed(session, person, item_id, answers, version)
        if not opened:
            ref = sight.mask_in_lists(person, appeal)(building.appeal_ref(appeal))
            return Completed(appeal=ref, next=())
        stages = timeline.present(session, appeal)
        following = tuple(shown(session, one, appeal, person, stages) for one in opened)
        return Completed(appeal=following[0].appeal, next=following)


def completed(
    session: Session, person: Person, item_id: int, answers: Answers, version: int | None = None
) -> tuple[Appeal, list[WorkItemView]]:
    """Finish a work item in the caller's transaction; its appeal and the items that opened."""
    People(session).meet(person)
    correspondence.expect_letters(session)
    expect(session, {Report: 1})
    appeal, item = _held(session, person, item_id)
    impartial.require(person, appeal)
    # Who comes too late is told so, and not which fields of a closed form are wrong.
    workflow.require_completable(session, item_id, person=person, version=version)
    clean = _clean_answers(session, item, appeal, answers)
    opened = workflow.complete(
        session, item_id, clean, actor=person.login, person=person, version=version
    )
    return appeal, opened


def take(person: Person, item_id: int) -> TaskItem:
    """Make a free item one's own; fine when it is already."""
    with transaction() as session:
        appeal, item = taken(session, person, item_id)
        return shown(session, item, appeal, person, timeline.present(session, appeal))


def taken(session: Session, person: Person, item_id: int) -> tuple[Appeal, WorkItemView]:
    """Take an item in the caller's transaction."""
    appeal, _item = _held(session, person, item_id)
    impartial.require(person, appeal)
    return appeal, workflow.take(session, item_id, person=person)


def release(person: Person, item_id: int) -> TaskItem:
    """Give a taken item back to its roles."""
    with transaction() as session:
        appeal, item = released(session, person, item_id)
        return shown(session, item, appeal, person, timeline.present(session, appeal))


def released(session: Session, person: Person, item_id: int) -> tuple[Appeal, WorkItemView]:
    """Give an item back in the caller's transaction."""
    appeal, _item = _held(session, person, item_id)
    return appeal, workflow.release(session, item_id, person=person)


def _held(session: Session, person: Person, item_id: int) -> tuple[Appeal, WorkItemView]:
    """The appeal of an item the person may see, held until the use case ends, and the item."""
    beside = (CARD, parts.PART)
    key = workflow.held_item(session, known_id(item_id), beside=beside).key
    parts.meet(session, key, item_id)
    item = workflow.item(session, item_id)
    return _visible(session, person, item, card_of(session, key)), item


def visible_item(session: Session, person: Person, item_id: int) -> tuple[WorkItemView, Appeal]:
    """The item and its appeal, if this member of staff may see them."""
    item = workflow.item(session, known_id(item_id))
    appeal = session.get(Appeal, id_of(item.key)) if item.key.startswith("appeal:") else None
    return item, _visible(session, person, item, appeal)


def _visible(session: Session, person: Person, item: WorkItemView, appeal: Appeal | None) -> Appeal:
    if appeal is None:
        raise NotFound(_("There is no such work item."))
    # In a limited circle a task of one's role is seen until somebody has it.
    kept = appeal.confined and item.assignee is not None
    unfair = impartial.complained(appeal, person)
    of_role = bool(set(item.roles) & person.roles) and not kept and not unfair
    own = item.assignee in impartial.logins(person, appeal)
    if not (of_role or own or may_see(session, person, appeal)):
        raise NotFound(_("There is no such work item."))
    return appeal


def _about(item: WorkItemView, name: str) -> int | None:
    """The id of what a task is about, where its process says so."""
    found = item.variables.get(name)
    return found if isinstance(found, int) else None


def _require_open(session: Session, item: WorkItemView) -> None:
    if item.status != OPEN:
        raise workflow.moved_on(session, item)


def _clean_answers(
    session: Session, item: WorkItemView, appeal: Appeal, answers: Answers
) -> Mapping[str, Any]:
    # Said before the fields are checked: an explanation helps, a list of errors would not.
    _require_open(session, item)
    schema = workflow.form(session, item)
    if schema is None or item.form_key is None:
        return {}
    form = compile_form(schema, item.form_key)
    known = prefill.values(session, item.form_key, appeal, item)
    if callable(answers):
        answers = answers(form, known)
    People(session).look_up(form.people(answers))
    try:
        return form.validate(
            answers,
            locale=locale(),
            resolve=HouseResolver(session),
            values=known,
        )
    except FormInvalid as found:
        raise Invalid(_("Please check the fields marked below."), fields=found.errors) from found


def _values(
    session: Session, item: WorkItemView, appeal: Appeal, schema: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    if schema is None or item.form_key is None:
        return {}
    known = prefill.values(session, item.form_key, appeal, item)
    known |= prefill.suggested(session, item.form_key, appeal)
    # Names that are no fields stay: conditions of the form may look at them.
    return {**known, **compile_form(schema, item.form_key).values(known)}


def shown(
    session: Session,
    item: WorkItemView,
    appeal: Appeal,
    person: Person,
    stages: Sequence[Stage],
) -> TaskItem:
    """The item as a line of the inbox."""
    line = building.task_item(
        item,
        appeal,
        stages,
        person=person,
        today=today(session),
        zone=zone_of(session),
        people=People(session),
    )
    return sight.mask_in_lists(person, appeal)(line)
