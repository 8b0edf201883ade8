"""The card of an appeal, and its files."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.access import policy as access
from app.access.services import Person
from app.appeals import (
    asking,
    building,
    inspections,
    looked,
    policy,
    rights,
    sight,
    timeline,
    valuables,
    visits,
    work,
)
from app.appeals.cards import (
    AssignmentView,
    CampaignRef,
    CardView,
    OpenedFile,
    ResolutionView,
    RouteView,
    SourceView,
    Stage,
    TaskItem,
)
from app.appeals.commands import storable
from app.appeals.earlier import other_appeals
from app.appeals.finding import id_of, key_of, known_id, may_see, visible
from app.appeals.hands import Hands
from app.appeals.kin import near_texts
from app.appeals.masking import Mask
from app.appeals.models import Appeal, Campaign, CampaignMember, Resolution
from app.appeals.people import People
from app.appeals.services import authors, linking, notes, papers, particulars, surveys
from app.appeals.services.campaigns import sees
from app.appeals.terms import today, zone_of
from app.audit.services import Entry, history, record
from app.correspondence.services import halted, letters
from app.database import reading, transaction
from app.directory import services as directory
from app.documents import services as documents
from app.errors import Forbidden, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.workflow import services as workflow
from app.workflow.services import DiagramView, WorkItemView

REASON_LENGTH = 500

# What the card shows just as the row has it.
_AS_IT_STANDS = (
    "id",
    "receipt",
    "number",
    "language",
    "channel",
    "auth_method",
    "kind",
    "reply_channel",
    "addressee",
    "text",
    "summary",
    "place",
    "collective",
    "about_migration",
    "repeated",
    "comment",
    "received_at",
    "register_by",
    "registered_on",
    "due_on",
    "statutory_due_on",
    "internal_due_on",
    "outcome",
    "outcome_reason",
    "outcome_text",
    "closed_at",
)


def card(person: Person, ref: int | str) -> CardView:
    """The card by id, key, receipt or number; NotFound when absent or not to be seen.

    The look is journaled, whatever door it was through.
    """
    with reading() as session:
        found = build_card(session, visible(session, person, ref), person)
    looked.card_opened(person, found)
    return found


def card_on_paper(person: Person, ref: int | str) -> CardView:
    """The same for printing, which is journaled each time."""
    found = card(person, ref)
    looked.card_printed(person, found)
    return found


def reveal(person: Person, ref: int | str, reason: str) -> datetime:
    """Show the masked personal data of a card to the person for a while; until when.

    Raises Invalid on `reason` when none is given, Forbidden to roles that may not.
    """
    said = storable(reason).strip()
    if not said:
        raise Invalid(
            _("Please check the fields marked below."),
            fields={"reason": [_("Say what you need the data for.")]},
        )
    with transaction() as session:
        appeal = visible(session, person, ref)
        if not sight.may_reveal(person):
            raise Forbidden(_("Your roles do not allow this."))
        record(session, person.login, sight.REVEALED, appeal.key, reason=said[:REASON_LENGTH])
        return clock.now() + sight.ONE_LOOK


def masked_entries(person: Person, entries: Sequence[Entry]) -> list[Entry]:
    """Lines of the journal as the person may read them: those about appeals masked by role."""
    with reading() as session:
        keys = {one.subject for one in entries if (one.subject or "").startswith("appeal:")}
        found = session.scalars(
            select(Appeal).where(Appeal.key.in_(keys)).options(selectinload(Appeal.applicants))
        )
        masks: dict[str | None, Callable[[Entry], Entry]] = {
            one.key: _without_details
            if one.confined and not may_see(session, person, one)
            else sight.mask_in_lists(person, one)
            for one in found
        }
    return [masks[one.subject](one) if one.subject in masks else one for one in entries]


def called(keys: Collection[str]) -> dict[str, str]:
    """What appeals are called by their keys: the number, before registration the receipt."""
    with reading() as session:
        rows = session.execute(
            select(Appeal.key, Appeal.number, Appeal.receipt).where(Appeal.key.in_(keys))
        )
        return {str(key): number or receipt for key, number, receipt in rows}


def _without_details(entry: Entry) -> Entry:
    """A line about an appeal of a limited circle, for who is not in it: who did what, and when."""
    return replace(entry, details={})


def unread(person: Person, ref: int | str) -> frozenset[int]:
    """Documents of a card that no search by content finds: no text, or not read yet."""
    with reading() as session:
        return documents.unread(session, key_of(visible(session, person, ref).id))


def diagrams(person: Person, ref: int | str) -> list[DiagramView]:
    """The diagrams of the appeal's own version, with the elements where it stands and has been."""
    with reading() as session:
        return workflow.diagrams(session, str(visible(session, person, ref).key))


def open_document(person: Person, document_id: int) -> OpenedFile:
    """A file of an appeal the person may see; that it was opened is journaled."""
    with transaction() as session:
        key = documents.document(session, known_id(document_id)).key
        if not key.startswith("appeal:"):
            raise NotFound(_("There is no such file."))
        sight.require_files(session, person, visible(session, person, id_of(key)))
        record(session, person.login, "document.opened", key, document=document_id)
        return documents.open_file(session, document_id)


def build_card(session: Session, appeal: Appeal, person: Person) -> CardView:
    """The card as a view, in the caller's transaction, with what the person sees of it."""
    kinds = sight.seen(session, person, appeal)
    whole = _whole_card(session, appeal, person)
    hidden = tuple(kind for kind in access.PERSONAL_NAMES if kind not in kinds)
    shown = Mask(appeal, hidden)(whole)
    return replace(shown, masked=hidden, may_reveal=bool(hidden) and sight.may_reveal(person))


def _whole_card(session: Session, appeal: Appeal, person: Person) -> CardView:
    key, people, day, zone = str(appeal.key), People(session), today(session), zone_of(session)
    # Reminders to staff are no correspondence of the case.
    posted = [one for one in letters(session, key) if one.audience != "staff"]
    steps = workflow.steps(session, key)
    stages = tuple(timeline.stages_of(session, appeal, steps))
    files = {one.id: one for one in documents.documents(session, key)}
    by_id = {one.id: one for one in posted}
    facts, version = particulars.noted(session, appeal)
    absent = workflow.absent_of(steps)
    told = history(session, key)
    hands = Hands(people, told)
    parts = work.assignments_of(
        session, appeal, people=people, today=day, absent=absent, hands=hands
    )
    return CardView(
        **{name: getattr(appeal, name) for name in _AS_IT_STANDS},
        key=key,
        applicants=tuple(building.applicant_view(one) for one in appeal.applicants),
        to_manager=people.name(appeal.to_manager) or None,
        source=SourceView(
            appeal.source_organisation,
            appeal.source_number,
            appeal.source_due_on,
            appeal.source_date,
        ),
        complained_of=_complained_of(session, appeal, people),
        registered_by=people.name(appeal.registered_by) or None,
        terms=building.term_views(appeal),
        days_left=policy.days_left(appeal.due_on or appeal.register_by, day),
        questions=building.question_views(appeal),
        documents=tuple(files.values()),
        resolutions=_resolutions(session, appeal, parts, people, absent),
        assignments=parts,
        extensions=tuple(
            building.extension_view(one, hands)
            for one in building.extensions_of(session, appeal.id)
        ),
        redirections=tuple(
            building.redirection_view(one, appeal, by_id, files)
            for one in building.redirections_of(session, appeal.id)
        ),
        requests=tuple(
            replace(
                asking.request_view(
                    one, appeal, today=day, people=people, letters=by_id, files=files
                ),
                asked_for_name=people.behalf(absent.get((one.asked_by, one.asked_at))),
            )
            for one in asking.requests_of(session, appeal.id)
        ),
        visits=tuple(
            replace(
                visits.visit_view(one, people, files),
                recorded_for_name=people.behalf(absent.get((one.recorded_by, one.recorded_at))),
            )
            for one in visits.visits_of(session, appeal.id)
        ),
        inspections=tuple(
            inspections.view_of(one, hands, files)
            for one in inspections.inspections_of(session, appeal.id)
        ),
        valuables=tuple(valuables.views_of(session, appeal.id, files)),
        letters=tuple(posted),
        halted=halted(session, posted),
        tasks=_tasks(session, appeal, stages, person, parts),
        stages=stages,
        routes=_routes(steps),
        history=tuple(told),
        survey=surveys.marks(session, appeal),
        others=other_appeals(session, appeal) if policy.may_read_all(person) else (),
        linked=linking.marked(session, appeal, person),
        links=linking.links_of(session, appeal, person),
        near=near_texts(session, appeal) if policy.may_read_all(person) else None,
        campaign=_campaign(session, appeal, person),
        form=policy.FORMS.get(appeal.channel, policy.WRITTEN),
        particulars=facts,
        particulars_version=version,
        question_notes=particulars.question_notes(session, appeal.questions),
        registered_in=people.unit(appeal.registered_by) if appeal.registered_by else "",
        paper=papers.paper_of(session, appeal, person),
        notes=notes.notes_of(session, appeal, person),
        may_read_notes=notes.may_read(person, appeal),
        may_write_notes=notes.may_write(person, appeal),
        may_note=particulars.may_note(person, appeal),
        may_change_authors=authors.may_change_authors(person, appeal),
        may_hand_over=bool(person.roles & policy.LEADERS),
        may_request_extension=work.may_ask_for_more_time(session, appeal, person),
        may_begin=work.may_begin(session, appeal, person),
        confined=appeal.confined,
        why=rights.why(session, person, appeal),
        zone=zone,
        masked=(),
        may_reveal=False,
    )


def _campaign(session: Session, appeal: Appeal, person: Person) -> CampaignRef | None:
    """The campaign the appeal is considered in, for those who may see it."""
    row = session.scalar(
        select(Campaign)
        .join(CampaignMember, CampaignMember.campaign_id == Campaign.id)
        .where(CampaignMember.appeal_id == appeal.id, CampaignMember.out.is_(False))
    )
    return CampaignRef(row.id, row.name) if row and sees(session, person, row) else None


def _complained_of(session: Session, appeal: Appeal, people: People) -> tuple[str, ...]:
    """The names of the people and the body that may not get the complaint."""
    names = [people.name(appeal.complained_person), people.name(appeal.complained_other)]
    if appeal.complained_organisation is not None:
        names.append(directory.organisation(session, appeal.complained_organisation).name)
    return tuple(filter(None, names))


def _tasks(
    session: Session,
    appeal: Appeal,
    stages: Sequence[Stage],
    person: Person,
    parts: Sequence[AssignmentView],
) -> tuple[TaskItem, ...]:
    day, zone, people = today(session), zone_of(session), People(session)
    executors = {one.id: one.executor_name for one in parts}

    def line(one: WorkItemView) -> TaskItem:
        found = building.task_item(
            one, appeal, stages, person=person, today=day, zone=zone, people=people
        )
        about = one.variables.get("assignment") if one.element == "accept_report" else 0
        return replace(found, report_by_name=executors.get(about or 0, ""))

    return tuple(line(one) for one in workflow.open_items(session, key=str(appeal.key)))


def _resolutions(
    session: Session,
    appeal: Appeal,
    parts: tuple[AssignmentView, ...],
    people: People,
    absent: work.Absent,
) -> tuple[ResolutionView, ...]:
    rows = session.scalars(
        select(Resolution).where(Resolution.appeal_id == appeal.id).order_by(Resolution.id)
    )
    return tuple(
        ResolutionView(
            id=row.id,
            author=row.author,
            author_name=people.name(row.author),
            instead_of_name=people.behalf(absent.get((row.author, row.at))),
            at=row.at,
            decision=row.decision,
            text=row.text,
            assignments=tuple(one for one in parts if one.resolution_id == row.id),
        )
        for row in rows
    )


def _routes(steps: list[workflow.StepView]) -> tuple[RouteView, ...]:
    """Where the tokens of each process stand and have been, called processes apart."""
    standing: dict[tuple[int, str], list[str]] = {}
    passed: dict[tuple[int, str], list[str]] = {}
    for step in steps:
        place = (step.instance_id, step.process)
        standing.setdefault(place, [])
        passed.setdefault(place, [])
        (standing if step.left_at is None else passed)[place].append(step.element)
    return tuple(
        RouteView(
            instance_id=instance,
            process=process,
            open=tuple(dict.fromkeys(standing[instance, process])),
            passed=tuple(dict.fromkeys(passed[instance, process])),
        )
        for instance, process in standing
    )
