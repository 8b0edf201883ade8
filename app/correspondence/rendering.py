"""The printed sheet: Typst makes tagged PDF/A-2b and PDF/UA-1 of a template and JSON.

What people wrote reaches the template as data only, so nothing in it can act as markup. Fonts are
those that Typst carries, so a letter looks the same on every machine.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

_FOLDER = Path(__file__).parent / "letters"
_TEMPLATES = {
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


#: Kept for decades, and read aloud to those who do not see: what breaks either is refused.
STANDARDS: list[Any] = ["a-2b", "ua-1"]


class CannotRender(Exception):
    """The template is broken; the trace in the log says where."""


def render(sheet: Mapping[str, Any], *, moment: datetime) -> bytes:
    """The PDF of a sheet made by `composing.sheet`; `moment` becomes its date of creation."""
    try:
        made = typst.compile(
            str(_FOLDER / _TEMPLATES[sheet["kind"]]),
            root=str(_FOLDER),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"sheet": json.dumps(sheet, ensure_ascii=False)},
            pdf_standards=STANDARDS,
            timestamp=int(moment.timestamp()),
        )
    except typst.TypstError as error:
        # What the compiler says may quote the letter.
        raise CannotRender(f"The sheet of the kind {sheet['kind']} cannot be set.") from error
    return bytes(made)
