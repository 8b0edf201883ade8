"""The one clock of the house; nothing else reads the time.

In the demo the clock can be moved forward: the offset lies in a file of `DATA_DIR`, so that the
server, its workers and the command line all see the same time at once.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

_offset_file: Path | None = None


def bind(data_dir: Path, *, movable: bool) -> None:
    """Say where the offset lies; a clock that is not movable never reads it."""
    global _offset_file  # noqa: PLW0603  # one process has one clock
    _offset_file = data_dir / "clock-offset" if movable else None


def now() -> datetime:
    """The time of the house, aware, in UTC."""
    return real() + offset()


def real() -> datetime:
    """The machine's time: for leases between processes, which an offset must not expire."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    return local(now(), zone).date()


def local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def offset() -> timedelta:
    if _offset_file is None:
        return timedelta()
    try:
        return timedelta(seconds=float(_offset_file.read_text(encoding="ascii")))
    except FileNotFoundError:
        return timedelta()


def move_to(moment: datetime) -> None:
    """Set the demo's clock so that it shows `moment` now; it never goes back."""
    if _offset_file is None:
        raise RuntimeError("Only the demo's clock can be moved.")
    wanted = max(moment - real(), offset())
    temporary = _offset_file.with_suffix(".new")
    temporary.write_text(repr(wanted.total_seconds()), encoding="ascii")
    temporary.replace(_offset_file)
