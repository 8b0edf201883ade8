"""Carry out what was begun for many: item by item, each in a transaction of its own.

What is refused is written down with the reason and holds up nobody. Mail of it waits a little in
the outbox (`app.outbox.services.together`), so that it can be cancelled.
"""

from collections.abc import Callable

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import clock
from app.access.services import Person, load_person
from app.appeals.batches import DONE, FAILED, WAITING
from app.appeals.cards.campaign import HeldMail
from app.appeals.models import CampaignLine, CampaignRun
from app.database import reading, transaction
from app.errors import DomainError
from app.extensions import in_language
from app.extensions import lazy_gettext as _
from app.failures import kind_of
from app.outbox import services as outbox
from app.outbox.services import Job, handles, keep_with, promise, together

log = structlog.get_logger(__name__)

JOB = "campaign.run"
AT_ONCE = 10
#: The act of a campaign: complete the task of each member.
COMPLETE = "complete"

#: What makes a letter ready to leave.
PREPARED = frozenset({"letter.sign"})

#: Does one line of a run in the transaction it is given; raises a DomainError to refuse.
Act = Callable[[Session, Person, CampaignLine, CampaignRun], None]
_acts: dict[str, Act] = {}


def act(name: str) -> Callable[[Act], Act]:
    """Register what is done for each line of the runs of this name."""

    def register(done: Act) -> Act:
        _acts[name] = done
        return done

    return register


def batch_of(run_id: int) -> str:
    """The name by which the outbox knows what a run promises."""
    return f"run:{run_id}"


def held_mail(session: Session, run_id: int) -> HeldMail:
    """What of a run's mail has not left."""
    found = outbox.on_the_way(session, batch_of(run_id), PREPARED)
    return HeldMail(len(found.jobs), found.leaves_at)


@handles(JOB)
def keep_on(job: Job) -> None:
    """Do a part of a run and promise the rest: a lease is short, a run may be long."""
    run_id = int(job.payload["run"])
    if carry_on(run_id):
        with transaction() as session:
            if keep_with(session, job):
                promise(session, JOB, {"run": run_id})


def carry_on(run_id: int, at_most: int = AT_ONCE) -> int:
    """Do the next lines; how many there were, 0 when the run is finished."""
    with reading() as session:
        row = session.get_one(CampaignRun, run_id)
        actor, language = row.actor, row.language
        pending = session.scalars(
            select(CampaignLine.id)
            .where(CampaignLine.run_id == run_id, CampaignLine.outcome == WAITING)
            .order_by(CampaignLine.id)
            .limit(at_most)
        ).all()
    if not pending:
        with transaction() as session:
            row = session.get_one(CampaignRun, run_id)
            row.finished_at = row.finished_at or clock.now()
        return 0
    person = load_person(actor)
    with in_language(language), together(batch_of(run_id)):
        for line_id in pending:
            _carry(person, line_id)
    return len(pending)


def _carry(person: Person, line_id: int) -> None:
    try:
        with transaction() as session:
            line = session.get(CampaignLine, line_id, with_for_update=True)
            if line is None or line.outcome != WAITING:
                return  # another worker was faster, or somebody cancelled
            run = session.get_one(CampaignRun, line.run_id)
            _acts[run.action](session, person, line, run)
            line.outcome = DONE
    except OperationalError:
        raise  # the database is away; the run goes on where it stands
    except DomainError as refusal:
        _note_failure(line_id, sentence(refusal))
    except Exception as failure:  # one appeal must not hold up the others, whatever it meets
        log.warning("run.failed", line=line_id, exc_info=failure)
        _note_failure(line_id, _unexpected(failure))


def _unexpected(failure: Exception) -> str:
    message = _("An unexpected error (%(kind)s): the administrator finds it in the log.")
    return str(message) % {"kind": kind_of(failure)}


def _note_failure(line_id: int, reason: str) -> None:
    with transaction() as session:
        line = session.get_one(CampaignLine, line_id)
        line.outcome, line.reason = FAILED, reason


def sentence(refusal: DomainError) -> str:
    """A refusal in one line: what stands beside the fields, else its own words."""
    beside = [str(text) for texts in refusal.fields.values() for text in texts]
    return " ".join(beside) or str(refusal)
