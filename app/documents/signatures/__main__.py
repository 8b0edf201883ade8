"""`signatures FILE SIGNATURE|- TRUST NOW`: one JSON object, the report on a file.

TRUST is the folder of trust, NOW an ISO moment. It may take only so much memory and time, and
breaks without harm.
"""

import importlib
import json
import resource
import sys
from datetime import datetime
from pathlib import Path

MEMORY = 2000 * 1024 * 1024
SECONDS = 120


def main() -> None:
    """Do what the arguments say."""
    file, beside, trust, now = sys.argv[1:5]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    # As a program this folder is a package of its own, and the application is not at hand.
    sys.path.insert(0, str(Path(__file__).parent.parent))
    signatures = importlib.import_module("signatures")
    report = signatures.examine(
        Path(file).read_bytes(),
        None if beside == "-" else Path(beside).read_bytes(),
        signatures.Trust.of(Path(trust)),
        datetime.fromisoformat(now),
        folder=Path(file).parent,
    )
    sys.stdout.write(json.dumps(report.as_json()))


if __name__ == "__main__":
    main()
