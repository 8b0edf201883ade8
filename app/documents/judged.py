"""Signatures on files from outside, judged by a process of its own that may break without harm."""

import json
import subprocess
import sys
from pathlib import Path

import structlog

from app import clock
from app.documents.signatures import Report
from app.extensions import settings

PROGRAM = Path(__file__).with_name("signatures")
PATIENCE = 90
LARGEST = 100 * 1024 * 1024
#: How files with detached signatures end.
ENDINGS = frozenset({"sig", "p7s", "sgn", "p7m"})

log = structlog.get_logger(__name__)


def judged(path: Path, beside: Path | None = None) -> Report:
    """The report on a file, or on the signature that lies in another one; raises nothing.

    What the process needs to write goes beside `path`.
    """
    command = [
        *(sys.executable, "-I", str(PROGRAM), str(path), str(beside or "-")),
        *(str(settings().trust), clock.now().isoformat()),
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        log.warning("signature.unread", why="time")
        return Report(trouble="unread")
    if done.returncode:
        log.warning("signature.unread", why=done.returncode)
        return Report(trouble="unread")
    return Report.from_json(json.loads(done.stdout))
