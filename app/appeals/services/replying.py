"""The workbench of a reply: its checks, versions compared, remarks beside its paragraphs."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access.services import Person
from app.appeals import checking, comparing, impartial, policy, sight
from app.appeals.cards import RemarkView, VersionView, Workbench
from app.appeals.commands import storable
from app.appeals.finding import hold, known_id, visible
from app.appeals.models import Appeal, ReplyRemark, ReplyVersion
from app.appeals.parts import latest_reply
from app.appeals.people import People
from app.audit.services import record
from app.correspondence import services as correspondence
from app.correspondence.policy import SIGNING, TAKES_SIGNATURES
from app.database import reading, transaction
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.session import give_ids
from app.workflow import services as workflow

LONGEST = 2000


def workbench(
    person: Person, ref: int | str, old: int | None = None, new: int | None = None
) -> Workbench:
    """Checks, versions and remarks; `old` and `new` are the versions to compare.

    Without them the last two are compared. Raises NotFound while there is no draft.
    """
    with reading() as session:
        appeal = visible(session, person, ref)
        sight.require_files(session, person, appeal)
        versions = _versions(session, appeal)
        if not versions:
            raise NotFound(_("No reply to this appeal is drafted yet."))
        by_id = {one.id: one for one in versions}
        after = by_id.get(new or 0, versions[-1])
        before = by_id.get(old or 0, versions[max(0, versions.index(after) - 1)])
        absent = workflow.absent_of(workflow.steps(session, str(appeal.key)))
        people, parts = People(session), comparing.paragraphs(versions[-1].text)
        return Workbench(
            appeal_id=appeal.id,
            number=appeal.number or appeal.receipt,
            checks=tuple(_checks(session, appeal, person)),
            versions=tuple(
                VersionView(
                    id=one.id,
                    author_name=people.name(one.author),
                    at=one.at,
                    subject=one.subject,
                    instead_of_name=people.behalf(absent.get((one.author, one.at))),
                )
                for one in versions
            ),
            old=before.id,
            new=after.id,
            differences=tuple(comparing.differences(before.text, after.text)),
            paragraphs=tuple(parts),
            remarks=tuple(
                RemarkView(
                    id=one.id,
                    place=comparing.place_of(one.quote, parts),
                    quote=one.quote,
                    text=one.text,
                    author_name=people.name(one.author),
                    at=one.at,
                    resolved_at=one.resolved_at,
                    resolved_by=people.name(one.resolved_by),
                )
                for one in _remarks(session, appeal)
            ),
            may_remark=_may_remark(person, appeal) and not _is_signed(session, appeal),
        )


def reply_checks(person: Person, ref: int | str) -> list[checking.Check]:
    """What has to hold before the reply is signed; nothing while there is none."""
    with reading() as session:
        return _checks(session, visible(session, person, ref), person)


def add_remark(person: Person, ref: int | str, paragraph: int, text: str) -> int:
    """Remark on a paragraph of the last version, counted from 0; the id.

    Raises Forbidden, Conflict once the reply is signed, NotFound, Invalid on `text`.
    """
    with transaction() as session:
        appeal = _open_to(session, person, ref)
        versions = _versions(session, appeal)
        parts = comparing.paragraphs(versions[-1].text) if versions else []
        if not 0 <= paragraph < len(parts):
            raise NotFound(_("There is no such paragraph."))
        said = storable(text).strip()
        if not said or len(said) > LONGEST:
            message = _("At most %(n)s characters fit here.", n=LONGEST)
            wrong = message if said else _("Write the remark.")
            raise Invalid(_("Please check the fields marked below."), fields={"text": [wrong]})
        row = ReplyRemark(
            appeal_id=appeal.id,
            version_id=versions[-1].id,
            quote=parts[paragraph],
            text=said,
            author=person.login,
            at=clock.now(),
        )
        give_ids(session, row)
        record(session, person.login, "remark.added", appeal.key, line=row.id)
        return row.id


def resolve_remark(person: Person, remark_id: int) -> None:
    """Say that a remark is dealt with; a second time nothing happens."""
    with transaction() as session:
        row = session.get(ReplyRemark, known_id(remark_id))
        if row is None:
            raise NotFound(_("There is no such remark."))
        appeal = _open_to(session, person, row.appeal_id)
        session.refresh(row)
        if row.resolved_at is None:
            row.resolved_at, row.resolved_by = clock.now(), person.login
            record(session, person.login, "remark.resolved", appeal.key, line=row.id)


def _checks(session: Session, appeal: Appeal, person: Person) -> list[checking.Check]:
    row = latest_reply(session, appeal.id)
    if row is None or row.letter_id is None:
        return []
    letter = correspondence.letter(session, row.letter_id)
    return checking.checks(session, appeal, row, letter, person)


def _versions(session: Session, appeal: Appeal) -> list[ReplyVersion]:
    asked = select(ReplyVersion).where(ReplyVersion.appeal_id == appeal.id)
    return list(session.scalars(asked.order_by(ReplyVersion.id)))


def _remarks(session: Session, appeal: Appeal) -> list[ReplyRemark]:
    asked = select(ReplyRemark).where(ReplyRemark.appeal_id == appeal.id)
    return list(session.scalars(asked.order_by(ReplyRemark.id)))


def _is_signed(session: Session, appeal: Appeal) -> bool:
    row = latest_reply(session, appeal.id)
    if row is None or row.letter_id is None:
        return False
    state = correspondence.letter(session, row.letter_id).state
    return state == SIGNING or state in TAKES_SIGNATURES


def _may_remark(person: Person, appeal: Appeal) -> bool:
    return bool(person.roles & policy.NOTE_WRITERS) and not impartial.complained(appeal, person)


def _open_to(session: Session, person: Person, ref: int | str) -> Appeal:
    appeal = visible(session, person, ref)
    hold(session, appeal)
    sight.require_files(session, person, appeal)
    if not _may_remark(person, appeal):
        raise Forbidden(_("Your roles do not allow this."))
    if _is_signed(session, appeal):
        raise Conflict(_("The reply is signed: remarks on it come too late."))
    return appeal
