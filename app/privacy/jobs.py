"""What happens after an act was approved: each of its lines, then the act on paper."""

from app.outbox.services import Job, handles
from app.privacy import printing, services


@handles("privacy.erase")
def erase(job: Job) -> None:
    """Erase one appeal of an act, or note what stands against it."""
    services.erase(job)


@handles("privacy.print")
def print_act(job: Job) -> None:
    """Make the sheet of an act that was carried out."""
    printing.print_act(int(job.payload["act"]))


def init_app() -> None:
    """The handlers above are registered by the import of this module."""
