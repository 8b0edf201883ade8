"""What this room does after a commit: the digest of a morning."""

from app.appeals import reminding
from app.database import transaction
from app.outbox.services import Job, handles, keep_with


@handles(reminding.DIGEST_JOB)
def digest(job: Job) -> None:
    """Write one person's digest; kept with the promise, so that of two workers one writes it."""
    with transaction() as session:
        if keep_with(session, job):
            reminding.send_digest(session, str(job.payload["login"]))
