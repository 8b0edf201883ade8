"""What this room does after a commit: the digest of a morning, acts set in type."""

from functools import partial

from app.appeals import (
    commission,
    enclosures,
    inspections,
    notices,
    reminding,
    typesetting,
    valuables,
    visits,
)
from app.appeals.models import Appeal
from app.audit.services import record
from app.correspondence.rendering import CannotRender
from app.database import transaction
from app.outbox.services import GiveUp, Job, handles, keep_with

CITIZEN = "citizen"

for kind in (visits.ACT, inspections.ACT, enclosures.ACT, valuables.ACT):
    handles(kind.job)(partial(typesetting.draw_up, kind))


@handles(reminding.DIGEST_JOB)
def digest(job: Job) -> None:
    """Write one person's digest; kept with the promise, so that of two workers one writes it."""
    with transaction() as session:
        if keep_with(session, job):
            reminding.send_digest(session, str(job.payload["login"]))


@handles(notices.CODE_JOB)
def resend_code(job: Job) -> None:
    """Send the code of the appeal that was meant, if number and address belonged together."""
    with transaction() as session:
        if not keep_with(session, job) or not job.payload["appeal"]:
            return
        appeal = session.get_one(Appeal, int(job.payload["appeal"]))
        record(session, CITIZEN, "code.resent", appeal.key)
        # Whoever waits for the reply by post may still have given an address for mail.
        notices.tell(session, appeal, "code", actor=CITIZEN, channel="email")


@handles("act.make")
def make_act(job: Job) -> None:
    try:
        commission.make(job)
    except CannotRender as error:
        raise GiveUp(str(error)) from error
