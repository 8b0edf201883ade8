"""Electronic signatures read and judged: bytes in, verdicts out; no Flask, no database, no clock.

The workshop loads it by itself (`documents/judge.py`), for what strangers send may break its
reader. Modules here import nothing of the application.
"""

import logging

from .examining import examine
from .shapes import Report, Verdict
from .trust import Trust

# What breaks in a stranger's file is a verdict here and no trouble of ours; a trace would only put
# pieces of the file into the log.
logging.getLogger("pyhanko").addHandler(logging.NullHandler())
logging.getLogger("pyhanko").propagate = False

__all__ = ["Report", "Trust", "Verdict", "examine"]
