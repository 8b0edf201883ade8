"""A template of sheets tried on made-up ones: what is wrong with it, what a sheet of it lacks."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app import clock
from app.correspondence import layouts, samples
from app.correspondence.editing.shapes import Trial
from app.correspondence.shapes import Fault
from app.correspondence.typesetting import Made, typeset
from app.database import reading

#: So many pages of a trial are drawn.
PAGES = 4
LARGEST = 60_000  # signs of a template
# A template that evaluates text would make markup of what people wrote. `std` leads to `eval` by
# another way; no other way is left.
_EVALUATES = re.compile(r"(?<![\w-])(eval|std)(?![\w-])")


def files() -> list[str]:
    """What letters share, then the template of each kind of sheet."""
    return list(dict.fromkeys((layouts.SHARED, *layouts.FILES.values())))


def kinds_of(file: str) -> tuple[str, ...]:
    """The kinds of sheets that a template sets, itself or through one that is built on it."""
    shipped = layouts.shipped()
    return tuple(
        kind for kind, own in layouts.FILES.items() if own == file or f'"{file}"' in shipped[own]
    )


def tried(file: str, text: str, kind: str, language: str) -> Trial:
    """A made-up sheet of a kind, set by a text that is not in force."""
    faults = tuple(_forbidden(file, text))
    if faults:
        return Trial(faults=faults)
    with reading() as session:
        sheet = samples.sheet(session, kind, language)
    asked = [(layouts.FILES[sheet["kind"]], sheet)]
    (made,) = typeset(asked, _with(file, text), moment=clock.now(), pages=PAGES)
    return Trial(faults=made.faults, lost=lost(sheet, made) if made.pages else (), made=made)


def faults_of(file: str, text: str) -> tuple[Fault, ...]:
    """What stands against putting a text in force: all made-up sheets are tried with it."""
    faults = list(_forbidden(file, text))
    if not faults:
        with reading() as session:
            made_up = [
                (layouts.FILES[kind], sheet)
                for kind in kinds_of(file)
                for _language, sheet in samples.sheets(session, kind)
            ]
        tried_all = typeset(made_up, _with(file, text), moment=clock.now(), pages=0)
        faults += [each for one in tried_all for each in one.faults]
    return tuple(dict.fromkeys(faults))


def _forbidden(file: str, text: str) -> Iterator[Fault]:
    """What no template may say, whatever comes of it."""
    if len(text) > LARGEST:
        yield Fault("", file, code="long")
    for number, line in enumerate(text.split("\n"), 1):
        if found := _EVALUATES.search(line):
            yield Fault(found[0], file, number, found.start(), code="eval")


def lost(sheet: Mapping[str, Any], made: Made) -> tuple[str, ...]:
    """Parts that every letter of an office has and this one does not show."""
    if sheet["kind"] not in samples.LETTERS:
        return ()
    said = signs(made.text)
    parts = {
        "body": sheet["letterhead"]["name"],
        "number": sheet["number"],
        "date": sheet["date"],
        "addressee": sheet["addressee"]["name"],
        "text": samples.LITERAL,
        "signatory": sheet["signatory"]["name"],
        "stamp": sheet["stamp"]["number"],
        "check": sheet["check"]["code"],
    }
    return tuple(name for name, value in parts.items() if signs(value) not in said)


def signs(text: str) -> str:
    """The signs alone: where a line ends is the sheet's own, and so is how it is divided."""
    return re.sub(r"[\s\u00ad\u200b\ufffe\u2010\x02-]", "", text).casefold()


def _with(file: str, text: str) -> dict[str, str]:
    return layouts.shipped() | layouts.changed() | {file: text}
