"""One step for many appeals: which steps those are, and how far they have come."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.services import Person
from app.appeals import impartial
from app.appeals.cards.campaign import RunView, StepView
from app.appeals.models import Appeal, CampaignLine, CampaignMember, CampaignRun
from app.appeals.people import People
from app.formkit import compile_form
from app.workflow.items import element_of
from app.workflow.models import OPEN, WorkItem

WAITING, DONE, FAILED = "waiting", "done", "failed"

#: Tasks that may be done for many at once -> the fields of the form that are the same for all.
#: None means every field. What is not asked keeps what each appeal has of its own: names,
#: addresses, the text of a cover letter. Files and track numbers cannot be the same for many: what
#: is posted with a track number is noted one by one.
STEPS: Mapping[str, frozenset[str] | None] = {
    "register": frozenset(
        {
            *("questions", "kind", "complained_person", "complained_organisation"),
            *("about_migration", "summary", "to_manager", "comment"),
        }
    ),
    "review": None,
    "accept_assignment": None,
    "report": None,
    "accept_report": None,
    "prepare_redirection": frozenset({"organisation"}),
    "sign_redirection": None,
    "draft_reply": frozenset({"subject", "text", "results", "measures"}),
    "approve_reply": None,
    "sign_reply": None,
    "dispatch": frozenset({"posted_on"}),
    "dispatch_cover": frozenset({"posted_on"}),
    "dispatch_notice": frozenset({"posted_on"}),
}
#: Steps about a letter, which is shown; who signs has to say that the list was looked through.
OF_LETTERS = frozenset(
    {
        *("approve_reply", "sign_reply", "sign_redirection"),
        *("dispatch", "dispatch_cover", "dispatch_notice"),
    }
)
CONFIRMED = frozenset({"sign_reply", "sign_redirection"})
#: Decisions that concern one appeal and its own reason.
SINGLE_DECISIONS = frozenset({"return", "void"})


def open_steps(
    session: Session, person: Person, campaign_id: int, element: str | None = None
) -> list[tuple[Appeal, WorkItem]]:
    """The open tasks of the members that the person may do for many, oldest appeal first."""
    query = (
        select(Appeal, WorkItem)
        .join(CampaignMember, CampaignMember.appeal_id == Appeal.id)
        .join(WorkItem, WorkItem.key == Appeal.key)
        .where(
            CampaignMember.campaign_id == campaign_id,
            CampaignMember.out.is_(False),
            WorkItem.status == OPEN,
            WorkItem.element.in_([element] if element else list(STEPS)),
        )
        .order_by(Appeal.id, WorkItem.id)
    )
    return [
        (appeal, item) for appeal, item in session.execute(query) if _may_do(person, appeal, item)
    ]


def _may_do(person: Person, appeal: Appeal, item: WorkItem) -> bool:
    holder = item.taken_by or item.assigned_to
    if holder is not None:
        return holder in impartial.logins(person, appeal)
    return bool(person.roles.intersection(item.roles))


def steps_of(session: Session, person: Person, campaign_id: int) -> tuple[StepView, ...]:
    """The steps that wait in the campaign for this person, in the order of the work."""
    found: dict[str, list[WorkItem]] = defaultdict(list)
    for _appeal, item in open_steps(session, person, campaign_id):
        found[item.element].append(item)
    return tuple(step_view(session, found[name]) for name in STEPS if name in found)


def step_view(session: Session, items: list[WorkItem]) -> StepView:
    one = items[0]
    drawn = element_of(session, one.version_id, one.process, one.element)
    return StepView(
        one.element, drawn.name or one.element, drawn.name_en or drawn.name or "", len(items)
    )


def shared_schema(schema: Mapping[str, Any], element: str) -> dict[str, Any]:
    """The form of a task with the fields alone that are the same for many."""
    wanted = STEPS[element]

    def kept(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found = []
        for one in components:
            if "components" in one:
                inner = kept(one["components"])
                if inner:
                    found.append({**one, "components": inner})
            elif _is_shared(one, wanted):
                found.append(one)
        return found

    return {**schema, "components": kept(list(schema.get("components", ())))}


def _is_shared(component: Mapping[str, Any], wanted: frozenset[str] | None) -> bool:
    key = component.get("key")
    if key is None:
        return wanted is None
    own = component.get("readonly") or (component.get("properties") or {}).get("widget") == "files"
    return not own and (wanted is None or key in wanted)


def shared_keys(schema: Mapping[str, Any], key: str, element: str) -> frozenset[str]:
    return frozenset(one.key for one in compile_form(shared_schema(schema, element), key).fields)


def runs_of(session: Session, campaign_id: int) -> tuple[RunView, ...]:
    """What was done for many, the latest first."""
    rows = session.scalars(
        select(CampaignRun)
        .where(CampaignRun.campaign_id == campaign_id)
        .order_by(CampaignRun.id.desc())
    ).all()
    return run_views(session, rows)


def run_views(session: Session, rows: Sequence[CampaignRun]) -> tuple[RunView, ...]:
    """How far each run has come."""
    counted = session.execute(
        select(CampaignLine.run_id, CampaignLine.outcome, func.count())
        .where(CampaignLine.run_id.in_([row.id for row in rows]))
        .group_by(CampaignLine.run_id, CampaignLine.outcome)
    )
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for run, outcome, number in counted:
        counts[run][outcome] = number
    people = People(session)
    return tuple(
        RunView(
            id=row.id,
            campaign=row.campaign_id,
            element=row.element,
            actor=people.name(row.actor),
            begun_at=row.begun_at,
            finished_at=row.finished_at,
            waiting=counts[row.id].get(WAITING, 0),
            done=counts[row.id].get(DONE, 0),
            failed=counts[row.id].get(FAILED, 0),
            action=row.action,
            cancelled_at=row.cancelled_at,
        )
        for row in rows
    )
