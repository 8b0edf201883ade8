"""What this room does after a commit: the digest of a morning, acts set in type."""

from collections.abc import Mapping
from typing import Any

from app.appeals import commission, enclosures, inspections, notices, reminding, valuables, visits
from app.appeals.models import Appeal, EnclosuresAct, FileInspection, SiteVisit, ValuablesAct
from app.audit.services import record
from app.correspondence import acts
from app.correspondence.rendering import CannotRender
from app.database import reading, transaction
from app.outbox.services import GiveUp, Job, handles, keep_with
from app.workflow import services as workflow

CITIZEN = "citizen"


def _in_type(sheet: Mapping[str, Any]) -> bytes:
    """The sheet as a PDF; one that cannot be set is nothing that another try would mend."""
    try:
        return acts.render(sheet)
    except CannotRender as error:
        raise GiveUp(str(error)) from error


@handles(reminding.DIGEST_JOB)
def digest(job: Job) -> None:
    """Write one person's digest; kept with the promise, so that of two workers one writes it."""
    with transaction() as session:
        if keep_with(session, job):
            reminding.send_digest(session, str(job.payload["login"]))


@handles(visits.ACT_JOB)
def act(job: Job) -> None:
    """Set the act of a visit in type and keep it; a second worker's is simply not kept."""
    visit = int(job.payload["visit"])
    with reading() as session:
        sheet = visits.sheet_of(session, session.get_one(SiteVisit, visit))
    content = _in_type(sheet)
    with transaction() as session:
        if keep_with(session, job):
            visits.keep_act(session, session.get_one(SiteVisit, visit), content)


@handles(inspections.ACT_JOB)
def inspection_act(job: Job) -> None:
    """Set the act of reading the file in type and keep it, as that of a visit."""
    inspection = int(job.payload["inspection"])
    with reading() as session:
        sheet = inspections.sheet_of(session, session.get_one(FileInspection, inspection))
    content = _in_type(sheet)
    with transaction() as session:
        if keep_with(session, job):
            inspections.keep_act(session, session.get_one(FileInspection, inspection), content)


@handles(enclosures.ACT_JOB)
def enclosures_act(job: Job) -> None:
    """Set the act of missing enclosures in type, keep it and let its process go on."""
    act_id = int(job.payload["act"])
    with reading() as session:
        sheet = enclosures.sheet_of(session, session.get_one(EnclosuresAct, act_id))
    content = _in_type(sheet)
    with transaction() as session:
        if not keep_with(session, job):
            return
        row = session.get_one(EnclosuresAct, act_id, with_for_update=True)
        told = {"document": enclosures.keep_act(session, row, content)}
        if job.instance is not None:
            workflow.deliver(session, job.instance, "act_made", told, actor="system")


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


@handles(valuables.ACT_JOB)
def valuables_act(job: Job) -> None:
    """Set the act of money or valuables in type, keep it and let its process go on."""
    act_id = int(job.payload["act"])
    with reading() as session:
        sheet = valuables.sheet_of(session, session.get_one(ValuablesAct, act_id))
    content = _in_type(sheet)
    with transaction() as session:
        if not keep_with(session, job):
            return
        row = session.get_one(ValuablesAct, act_id, with_for_update=True)
        told = {"document": valuables.keep_act(session, row, content)}
        if job.instance is not None:
            workflow.deliver(session, job.instance, "act_made", told, actor="system")


@handles("act.make")
def make_act(job: Job) -> None:
    try:
        commission.make(job)
    except CannotRender as error:
        raise GiveUp(str(error)) from error
