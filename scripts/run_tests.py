"""Run the tests and, where CI asks for it, refuse skips that nobody has explained.

With `CI=true` a test may be skipped only for a thing that `.ci/run` has just failed to install
(it lists those in `CI_MISSING`); the run ends by naming such tests.
"""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

REPORT = Path(".pytest_cache/report.xml")


def main() -> int:
    long = "--long" in sys.argv
    chosen = [] if long else ["-m", "not long"]
    command = [sys.executable, "-m", "pytest", "-q", f"--junit-xml={REPORT}", *chosen]
    code = subprocess.run(command, check=False).returncode
    skipped = _skipped()
    allowed = [name for name in os.environ.get("CI_MISSING", "").split(",") if name]
    unexplained = [(test, why) for test, why in skipped if not _explained(why, allowed)]
    for test, why in skipped:
        print(f"skipped: {test}: {why}")
    if os.environ.get("CI") == "true" and unexplained:
        print(f"{len(unexplained)} tests were skipped without a reason that CI knows of.")
        return code or 1
    return code


def _explained(why: str, allowed: list[str]) -> bool:
    return any(name in why for name in allowed)


def _skipped() -> list[tuple[str, str]]:
    if not REPORT.exists():
        return []
    tree = ET.parse(REPORT)  # noqa: S314  # pytest's own report
    return [
        (f"{case.get('classname')}.{case.get('name')}", skip.get("message") or "")
        for case in tree.iter("testcase")
        for skip in case.iter("skipped")
    ]


if __name__ == "__main__":
    sys.exit(main())
