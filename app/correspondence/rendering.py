"""The printed sheet: Typst makes tagged PDF/A-2b and PDF/UA-1 of a template and JSON.

What people wrote reaches the template as data only, so nothing in it can act as markup. Fonts are
those that Typst carries, so a letter looks the same on every machine. The templates as shipped are
set at once; as soon as people changed one, a process of its own does it, within bounds.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import typst

from app.correspondence import layouts, typesetting


class CannotRender(Exception):
    """The template is broken; the trace in the log says where."""


def render(sheet: Mapping[str, Any], *, moment: datetime, as_of: datetime | None = None) -> bytes:
    """The PDF of a sheet made by `composing.sheet`; `moment` becomes its date of creation.

    A letter that was approved looks as it did then: by the templates in force `as_of` that moment.
    Where they cannot set it nobody has seen it so, and those in force now do.
    """
    changed = layouts.changed(as_of)
    try:
        return _rendered(sheet, changed, moment)
    except CannotRender:
        if as_of is None or (now := layouts.changed()) == changed:
            raise
    return _rendered(sheet, now, moment)


def _rendered(sheet: Mapping[str, Any], changed: Mapping[str, str], moment: datetime) -> bytes:
    file = layouts.FILES[sheet["kind"]]
    if not changed.keys() & {file, layouts.SHARED}:
        return _shipped(sheet, file, moment)
    (made,) = typesetting.typeset([(file, sheet)], layouts.shipped() | dict(changed), moment=moment)
    if made.faults:
        raise _broken(sheet)
    return made.pdf


def _shipped(sheet: Mapping[str, Any], file: str, moment: datetime) -> bytes:
    try:
        made = typst.compile(
            str(layouts.FOLDER / file),
            root=str(layouts.FOLDER),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"sheet": json.dumps(sheet, ensure_ascii=False)},
            pdf_standards=typesetting.STANDARDS,
            timestamp=int(moment.timestamp()),
        )
    except typst.TypstError as error:
        raise _broken(sheet) from error
    return bytes(made)


def _broken(sheet: Mapping[str, Any]) -> CannotRender:
    # What the compiler says may quote the letter.
    return CannotRender(f"The sheet of the kind {sheet['kind']} cannot be set.")
