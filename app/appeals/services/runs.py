"""Do one step for all appeals of a campaign: each in a transaction of its own, by its own task.

Nothing is done that the person could not do one by one: the same work item is completed with the
same checks. What is refused stays in the inbox and in the list of the run, with the reason.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access.services import Person
from app.appeals import batches, building, looked, prefill, rights, sight
from app.appeals.batches import FAILED, WAITING
from app.appeals.cards.campaign import FailedLine, LetterLine, RunPage, RunView, StepLine, StepPage
from app.appeals.finding import known_id
from app.appeals.models import (
    Appeal,
    Campaign,
    CampaignLine,
    CampaignMember,
    CampaignRun,
)
from app.appeals.people import People
from app.appeals.resolving import HouseResolver
from app.appeals.services import carrying
from app.appeals.services.campaigns import sees
from app.appeals.services.carrying import COMPLETE, JOB, act
from app.appeals.services.carrying import carry_on as carry_on
from app.appeals.services.tasks import Answers, completed
from app.audit.services import record
from app.correspondence import services as correspondence
from app.correspondence.texts import day
from app.database import reading, transaction
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import gettext, locale
from app.extensions import lazy_gettext as _
from app.formkit import FormInvalid, compile_form
from app.outbox.services import promise
from app.session import give_ids
from app.workflow.items import element_of, form, view
from app.workflow.models import WorkItem

#: What stands in the common text for what each letter has of its own, in either language.
MARKS = {"number": "номер", "date": "дата", "applicant": "заявитель"}


def step(person: Person, campaign_id: int, element: str) -> StepPage:
    """A step to be done for many, with its form and the appeals it is about."""
    with reading() as session:
        found = _open(session, person, campaign_id, element)
        appeal, item = found[0]
        shown = view(session, item)
        schema = form(session, shown) or {}
        drawn = element_of(session, item.version_id, item.process, item.element)
        shared = batches.shared_schema(schema, element)
        known = prefill.values(session, drawn.form_key or "", appeal, shown)
        values = compile_form(shared, drawn.form_key or "").values(_in_common(known, appeal))
        page = StepPage(
            campaign=campaign_id,
            name=session.get_one(Campaign, campaign_id).name,
            step=batches.step_view(session, [one for _appeal, one in found]),
            documentation=shown.documentation,
            documentation_en=shown.documentation_en,
            form_key=drawn.form_key or "",
            form=shared,
            values=values,
            choices=HouseResolver(session).all_choices(),
            lines=tuple(_line(session, person, one, task) for one, task in found),
            must_confirm=element in batches.CONFIRMED,
            marks=tuple(_mark(name) for name in MARKS) if element == "draft_reply" else (),
        )
    looked.campaign_opened(person, f"campaign:{campaign_id}", len(page.lines))
    return page


def begin(
    person: Person,
    campaign_id: int,
    element: str,
    answers: Answers,
    *,
    appeals: Collection[int | str] | None = None,
    confirmed: bool = False,
) -> int:
    """Begin to do a step for the members that wait for it, or for those of `appeals` alone.

    `appeals` are ids, numbers or receipts. The answers are checked by the form before anything is
    done; who signs has to have `confirmed` the list. Returns the id of the run.
    """
    with transaction() as session:
        found = _open(session, person, campaign_id, element)
        if appeals is not None:
            chosen = {str(one) for one in appeals}
            found = [one for one in found if chosen & _refs(one[0])]
        if not found:
            raise Invalid(
                _("Please check the fields marked below."),
                fields={"appeals": [_("Choose at least one appeal.")]},
            )
        if element in batches.CONFIRMED and not confirmed:
            raise Invalid(
                _("Please check the fields marked below."),
                fields={"confirmed": [_("Confirm that you have looked through the letters.")]},
            )
        given = _checked(session, found[0], element, answers)
        row = CampaignRun(
            campaign_id=campaign_id,
            action=COMPLETE,
            element=element,
            answers=given,
            actor=person.login,
            language=locale(),
            begun_at=clock.now(),
        )
        give_ids(session, row)
        session.flush()
        session.add_all(
            CampaignLine(
                run_id=row.id, appeal_id=appeal.id, item_id=item.id, outcome=WAITING, reason=""
            )
            for appeal, item in found
        )
        promise(session, JOB, {"run": row.id})
        record(
            session, person.login, "campaign.decided", f"campaign:{campaign_id}",
            element=element, run=row.id, appeals=len(found),
        )  # fmt: skip
        return row.id


def run(person: Person, campaign_id: int, run_id: int) -> RunPage:
    """How far a run has come, and what it could not do."""
    with reading() as session:
        found = _run_of(session, person, campaign_id, run_id)
        failed = session.execute(
            select(CampaignLine, Appeal)
            .join(Appeal, Appeal.id == CampaignLine.appeal_id)
            .where(CampaignLine.run_id == run_id, CampaignLine.outcome == FAILED)
            .where(rights.within(person))
            .order_by(CampaignLine.id)
        )
        lines = tuple(
            FailedLine(
                sight.mask_in_lists(person, appeal)(building.appeal_ref(appeal)),
                line.item_id,
                line.reason,
            )
            for line, appeal in failed
        )
        name = session.get_one(Campaign, campaign_id).name
        return RunPage(found, name, lines, carrying.held_mail(session, run_id))


def retry(person: Person, campaign_id: int, run_id: int) -> None:
    """Try again what a run could not do; only who began it may."""
    with transaction() as session:
        _run_of(session, person, campaign_id, run_id)
        row = session.get_one(CampaignRun, run_id)
        if row.actor != person.login:
            raise Forbidden(_("Only the person who began this step may repeat it."))
        failed = select(CampaignLine).where(
            CampaignLine.run_id == run_id, CampaignLine.outcome == FAILED
        )
        for line in session.scalars(failed).all():
            line.outcome, line.reason = WAITING, ""
        row.finished_at = None
        promise(session, JOB, {"run": run_id})


@act(COMPLETE)
def _complete(session: Session, person: Person, line: CampaignLine, run: CampaignRun) -> None:
    """Complete the task of one member with the common answers."""
    if session.get_one(CampaignMember, line.appeal_id).out:
        raise Conflict(gettext("The appeal was taken out."))
    appeal = session.get_one(Appeal, line.appeal_id)
    answers = _of_one(session, appeal, run.element, run.answers)
    completed(session, person, line.item_id, answers)


def _open(
    session: Session, person: Person, campaign_id: int, element: str
) -> list[tuple[Appeal, WorkItem]]:
    row = session.get(Campaign, known_id(campaign_id)) if element in batches.STEPS else None
    known = row is not None and sees(session, person, row)
    found = batches.open_steps(session, person, campaign_id, element) if known else []
    if not found:
        raise NotFound(_("Nothing in this campaign waits for this step of yours."))
    return found


def _refs(appeal: Appeal) -> set[str]:
    return {str(appeal.id), appeal.receipt, appeal.number or appeal.receipt}


def _checked(
    session: Session, sample: tuple[Appeal, WorkItem], element: str, answers: Answers
) -> dict[str, Any]:
    """The answers that are common to all, once they fit the form; Invalid by field otherwise."""
    appeal, item = sample
    shown = view(session, item)
    schema = form(session, shown)
    if schema is None:
        return {}
    key = shown.form_key or ""
    shared = compile_form(batches.shared_schema(schema, element), key)
    known = _in_common(prefill.values(session, key, appeal, shown), appeal)
    given = answers(shared, known) if callable(answers) else answers
    if element == "review" and given.get("decision") in batches.SINGLE_DECISIONS:
        message = _("This is decided of one appeal at a time.")
        raise Invalid(_("Please check the fields marked below."), fields={"decision": [message]})
    People(session).look_up(shared.people(given))
    try:
        return shared.validate(given, locale=locale(), resolve=HouseResolver(session), values=known)
    except FormInvalid as found:
        raise Invalid(_("Please check the fields marked below."), fields=found.errors) from found


def _in_common(known: Mapping[str, Any], appeal: Appeal) -> dict[str, Any]:
    """What is known of one appeal as the beginning of what is said to all."""
    own = _own(appeal)

    def common(value: Any) -> Any:
        if isinstance(value, str):
            for name in MARKS:
                if own[name]:
                    value = value.replace(own[name], _mark(name))
        return value

    return {name: common(value) if name in _TEXTS else value for name, value in known.items()}


_TEXTS = ("subject", "text")


def _of_one(
    session: Session, appeal: Appeal, element: str, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """The common answers as they are for one appeal."""
    found = dict(answers)
    if element == "draft_reply":
        own = _own(appeal)
        for name in _TEXTS:
            for mark, russian in MARKS.items():
                for spelling in (mark, russian):
                    if isinstance(found.get(name), str):
                        found[name] = found[name].replace(f"{{{spelling}}}", own[mark])
    if element == "register":
        suggested = prefill.suggested(session, "appeal/register", appeal)
        found |= {name: suggested[name] for name in ("repeated", "earlier") if name in suggested}
    return found


def _own(appeal: Appeal) -> dict[str, str]:
    return {
        "number": appeal.number or appeal.receipt,
        "date": day(appeal.registered_on, appeal.language),
        "applicant": appeal.main_applicant.full_name,
    }


def _mark(name: str) -> str:
    return f"{{{name if locale() == 'en' else MARKS[name]}}}"


def _line(session: Session, person: Person, appeal: Appeal, item: WorkItem) -> StepLine:
    letter, number = None, item.variables.get("letter")
    if item.element in batches.OF_LETTERS and isinstance(number, int):
        found = correspondence.letter(session, number)
        letter = LetterLine(
            found.id, found.subject, found.addressee.name, found.channel, found.text
        )
    line = StepLine(building.appeal_ref(appeal), item.id, letter)
    return sight.mask_in_lists(person, appeal)(line)


def _run_of(session: Session, person: Person, campaign_id: int, run_id: int) -> RunView:
    row = session.get(Campaign, campaign_id)
    if row is not None and sees(session, person, row):
        for one in batches.runs_of(session, campaign_id):
            if one.id == run_id:
                return one
    raise NotFound(_("There is no such step."))
