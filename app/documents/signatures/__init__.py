"""Electronic signatures read and judged: bytes in, verdicts out; no Flask, no database, no clock.

The workshop loads it by itself (`documents/judge.py`), for what strangers send may break its
reader. Modules here import nothing of the application.
"""

import logging
from datetime import datetime
from pathlib import Path

from .shapes import Report, Verdict
from .trust import Trust

# What breaks in a stranger's file is a verdict here and no trouble of ours; a trace would only put
# pieces of the file into the log.
logging.getLogger("pyhanko").addHandler(logging.NullHandler())
logging.getLogger("pyhanko").propagate = False

__all__ = ["Report", "Trust", "Verdict", "examine"]


def examine(
    content: bytes,
    detached: bytes | None,
    trust: Trust,
    now: datetime,
    *,
    folder: Path | None = None,
) -> Report:
    """Judge the signatures of a file at the moment `now`; raises nothing for what is in it.

    With `detached`, a signature from a file beside it, only that one is judged. `folder` is where
    files for `openssl` may lie a while.
    """
    # pyHanko takes a third of a second to load, and most who read verdicts judge none.
    from . import examining  # noqa: PLC0415

    return examining.examine(content, detached, trust, now, folder=folder)
