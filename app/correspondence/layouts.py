"""Templates of sheets: those shipped in `letters/`, and what people put in force in their place."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from app.correspondence import inforce
from app.database import asking

FOLDER = Path(__file__).parent / "letters"
ENDING = ".typ"

#: Kind of a sheet -> the file of its template.
FILES: Mapping[str, str] = {
    "reply": "reply.typ",
    "interim": "reply.typ",
    "cover": "cover.typ",
    "request": "request.typ",
    "notice": "notice.typ",
    "act": "act.typ",
    "signed_act": "signed_act.typ",
    "commission_act": "commission.typ",
    "stored": "stored.typ",
    "sent": "sent.typ",
    "barcode": "barcode.typ",
    "stamp": "stamp.typ",
    "envelopes": "envelopes.typ",
    "post_register": "post_register.typ",
}
#: What the templates of letters share.
SHARED = "letter.typ"


@cache
def shipped() -> dict[str, str]:
    """The templates as they came with this release, by file."""
    return {path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob(f"*{ENDING}"))}


def changed(as_of: dt.datetime | None = None) -> dict[str, str]:
    """The templates that differ from those shipped, by file: now, or as they were at a moment."""
    with asking() as connection:
        return inforce.changed(connection, ENDING, as_of)
