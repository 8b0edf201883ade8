"""Judge the signatures on a file; a program of the workshop (`forking.py`).

`run(FILE, SIGNATURE, TRUST, NOW)` gives one JSON object, the report: on the file itself where
SIGNATURE, a file beside it, is ''. TRUST is the folder of trust, NOW an ISO moment.
"""

import importlib
import json
from datetime import datetime
from pathlib import Path

# Beside it: the application is not at hand.
signatures = importlib.import_module("signatures")
# With all that it needs, before children are forked.
importlib.import_module("signatures.examining")


def run(file: str, beside: str, trust: str, now: str) -> bytes:
    """The report."""
    report = signatures.examine(
        Path(file).read_bytes(),
        Path(beside).read_bytes() if beside else None,
        signatures.Trust.of(Path(trust)),
        datetime.fromisoformat(now),
        folder=Path(file).parent,
    )
    return json.dumps(report.as_json()).encode()
