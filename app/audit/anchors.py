"""Where the chain of the journal ended, noted outside the database: a tail cut off is found.

Who may write to the database may remove its newest lines and put the end of the chain back too.
After each sealing the end is therefore noted in `DATA_DIR/journal/anchors-….jsonl` as well, a line
each: `{"seq", "entry", "hash", "mac"}`, the last an HMAC-SHA-256 with SECRET_KEY. What a line says
must still be so in the database. A line with `restored` says that a backup was put back: what was
noted past its place no longer counts.

Each host notes what it sealed itself; with several, `audit verify` is asked on each.
"""

import hmac
import json
import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from app.extensions import settings


def note(seq: int, entry: int | None, seal: str, *, restored: bool = False) -> None:
    """Note where the chain ends."""
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True)
    said: dict[str, Any] = {"seq": seq, "entry": entry, "hash": seal}
    if restored:
        said["restored"] = True
    line = json.dumps({**said, "mac": _mac(said)}, separators=(",", ":")) + "\n"
    # One write of a short line to the end of a file: several processes do not mix theirs.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


def noted() -> dict[int, tuple[int | None, str]]:
    """By place in the chain: the id of the line that stands there, and its seal.

    A line of the file that was not written by us counts for nothing.
    """
    found: dict[int, tuple[int | None, str]] = {}
    for said in _lines():
        if said.get("restored"):
            found = {seq: one for seq, one in found.items() if seq <= said["seq"]}
        if said["seq"]:
            # The first note stands: a chain built anew must not be believed for its own notes.
            found.setdefault(said["seq"], (said["entry"], said["hash"]))
    return found


def _lines() -> Iterator[Mapping[str, Any]]:
    try:
        text = _file().read_text(encoding="ascii")
    except FileNotFoundError:
        return
    for line in text.splitlines():
        try:
            said = json.loads(line)
            mac = said.pop("mac")
        except (ValueError, KeyError, AttributeError):
            # A power cut may leave half a line.
            continue
        if hmac.compare_digest(str(mac), _mac(said)):
            yield said


def _mac(said: Mapping[str, Any]) -> str:
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    key = settings().secret_key.encode()
    return hmac.new(key, b"journal-anchor:" + text.encode(), "sha256").hexdigest()


def _file() -> Path:
    # A folder may outlive a database: each has notes of its own, known by where it is.
    address = make_url(settings().database).render_as_string(hide_password=True)
    name = sha256(address.encode()).hexdigest()[:12]
    return settings().data_dir / "journal" / f"anchors-{name}.jsonl"
