"""The printed sheet: Typst makes tagged PDF/A-2b and PDF/UA-1 of a template and JSON.

What people wrote reaches the template as data only, so nothing in it can act as markup. Fonts are
those that Typst carries, so a letter looks the same on every machine. The templates as shipped are
set at once; as soon as people changed one, a process of its own does it, within bounds.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import typst

from app.correspondence import layouts, typesetting

BOX = "□"
# A cluster of signs goes at once; what is left of it, if anything, with the next try.
_TRIES = 3
_NO_SIGN = re.compile(r'the text `"(.+?)"` could not be displayed')
_BY_CODE = re.compile(r"\\u\{([0-9a-f]+)\}")


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
    for _try in range(_TRIES):
        try:
            return _set(sheet, changed, moment)
        except _NoSuchSigns as refusal:
            sheet = _boxed(sheet, refusal.signs)
    raise _broken(sheet)


def _set(sheet: Mapping[str, Any], changed: Mapping[str, str], moment: datetime) -> bytes:
    file = layouts.FILES[sheet["kind"]]
    if not changed.keys() & {file, layouts.SHARED}:
        return _shipped(sheet, file, moment)
    (made,) = typesetting.typeset([(file, sheet)], layouts.shipped() | dict(changed), moment=moment)
    if made.faults:
        _tell_of_signs("\n".join(one.message for one in made.faults))
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
        _tell_of_signs(str(error.diagnostic))
        raise _broken(sheet) from error
    return bytes(made)


class _NoSuchSigns(Exception):
    """No font has these signs; PDF/A and PDF/UA forbid to leave them out silently."""

    def __init__(self, signs: frozenset[str]) -> None:
        super().__init__()
        self.signs = signs


def _tell_of_signs(told: str) -> None:
    """Raise `_NoSuchSigns` where that is what Typst complains of."""
    found = (
        _BY_CODE.sub(lambda code: chr(int(code[1], 16)), one) for one in _NO_SIGN.findall(told)
    )
    if signs := frozenset(found):
        raise _NoSuchSigns(signs)


def _boxed(sheet: Mapping[str, Any], signs: frozenset[str]) -> dict[str, Any]:
    """The sheet with a box in place of these signs; it says so itself, by `boxed`."""
    text = json.dumps(sheet, ensure_ascii=False)
    for sign in sorted(signs, key=len, reverse=True):
        text = text.replace(json.dumps(sign, ensure_ascii=False)[1:-1], BOX)
    return {**json.loads(text), "boxed": True}


def _broken(sheet: Mapping[str, Any]) -> CannotRender:
    # What the compiler says may quote the letter.
    return CannotRender(f"The sheet of the kind {sheet['kind']} cannot be set.")
