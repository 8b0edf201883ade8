"""Signatures on files from outside, judged in the workshop."""

import json
from pathlib import Path

import structlog

from app import clock
from app.documents import workshop
from app.documents.signatures import Report
from app.extensions import settings

PROGRAM = Path(__file__).with_name("judge.py")
LARGEST = 100 * 1024 * 1024
BOUNDS = workshop.Bounds(patience=90, seconds=120, memory=2000 * 1024 * 1024, writes=2 * LARGEST)
#: How files with detached signatures end.
ENDINGS = frozenset({"sig", "p7s", "sgn", "p7m"})

log = structlog.get_logger(__name__)


def judged(path: Path, beside: Path | None = None) -> Report:
    """The report on a file, or on the signature that lies in another one; raises nothing.

    What the process needs to write goes beside `path`.
    """
    told = (str(path), str(beside or ""), str(settings().trust), clock.now().isoformat())
    try:
        done = workshop.run(PROGRAM, *told, bounds=BOUNDS)
    except (workshop.Refused, workshop.Broken) as error:
        log.warning("signature.unread", why=str(error))
        return Report(trouble="unread")
    return Report.from_json(json.loads(done))
