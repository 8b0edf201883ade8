"""Run the tests, on every core, and refuse skips that nobody has explained where CI asks for it.

Each worker has services and databases of its own; `TEST_WORKERS=0` runs all in one process, which
is what a debugger wants. With `CI=true` a test may be skipped only for a thing that `.ci/run` has
just failed to install (it lists those in `CI_MISSING`); the run ends by naming such tests.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

REPORT = Path(".pytest_cache/report.xml")
#: Memory that can be lent to the tests' databases and files: no test waits for a disk then.
MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of our own is made in it
ENOUGH = 4 * 1024**3


def main() -> int:
    long = "--long" in sys.argv
    chosen = [] if long else ["-m", "not long"]
    workers = os.environ.get("TEST_WORKERS") or str(os.cpu_count() or 1)
    spread = ["-n", workers, "--dist", "worksteal"]
    command = [sys.executable, "-m", "pytest", "-q", *spread, f"--junit-xml={REPORT}", *chosen]
    REPORT.unlink(missing_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="priyomnaya-tests-", dir=_room()))
    # PostgreSQL's own user goes through this folder to its data.
    folder.chmod(0o711)
    # The tests start hundreds of processes: none of them should compile the product anew.
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONDONTWRITEBYTECODE": ""}
    try:
        code = subprocess.run(command, check=False, env=environment).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    skipped = _skipped()
    allowed = [name for name in os.environ.get("CI_MISSING", "").split(",") if name]
    unexplained = [(test, why) for test, why in skipped if not _explained(why, allowed)]
    for test, why in skipped:
        print(f"skipped: {test}: {why}")
    if os.environ.get("CI") == "true" and unexplained:
        print(f"{len(unexplained)} tests were skipped without a reason that CI knows of.")
        return code or 1
    return code


def _room() -> Path | None:
    """Where the tests keep their files: in memory if there is enough of it."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
        return MEMORY
    return None


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
