"""Use cases of who keeps the templates of letters: look, try on made-up data, put in force."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.audit.services import record
from app.correspondence import layouts, samples
from app.correspondence.models import Layout
from app.correspondence.typesetting import Fault, Made, typeset
from app.database import reading, transaction
from app.errors import Conflict, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.session import give_ids

#: So many pages of a trial are drawn.
PAGES = 4
LARGEST = 60_000  # signs of a template
# A template that evaluates text would make markup of what people wrote. `std` leads to `eval` by
# another way; no other way is left.
_EVALUATES = re.compile(r"(?<![\w-])(eval|std)(?![\w-])")


@dataclass(frozen=True)
class Version:
    """A template as somebody put it in force; `shipped`: the one of the release again."""

    id: int
    file: str
    note: str
    made_by: str
    made_at: datetime
    shipped: bool


@dataclass(frozen=True)
class Template:
    """A file and what is set by it: `kinds` of sheets; all `versions`, newest first.

    Without versions the template is as it came with the release.
    """

    file: str
    kinds: tuple[str, ...]
    versions: tuple[Version, ...]

    @property
    def changed(self) -> bool:
        return bool(self.versions) and not self.versions[0].shipped

    @property
    def at(self) -> int:
        """The version in force: what a change has to begin with."""
        return self.versions[0].id if self.versions else 0


@dataclass(frozen=True)
class Trial:
    """A made-up sheet in type, and which parts of a letter are not found on it (`PARTS`)."""

    made: Made
    lost: tuple[str, ...] = ()


class Faulty(Invalid):
    """A template that cannot be put in force; `faults` say why, each with its place."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        message = _("The template has errors: they are shown beside its lines.")
        super().__init__(message, fields={"text": [message]})
        self.faults = faults


def templates() -> list[Template]:
    """All templates: what letters share, then by kind of sheet."""
    with reading() as session:
        return [_template(session, file) for file in _files()]


def template(file: str) -> Template:
    """One template and its history; raises NotFound."""
    with reading() as session:
        return _template(session, _known(file))


def text_of(file: str, version: int | None = None) -> str:
    """The text of a version, of the one in force when none is named; 0 is the one shipped."""
    shipped = layouts.shipped()[_known(file)]
    if version is None:
        return layouts.changed().get(file, shipped)
    if version == 0:
        return shipped
    with reading() as session:
        row = session.get(Layout, version)
        if row is None or row.file != file:
            raise NotFound(_("There is no such version of the template."))
        return shipped if row.text is None else row.text


def tried(file: str, text: str, kind: str, language: str) -> Trial:
    """A made-up sheet set by a text that is not in force; nothing is kept."""
    text = text.replace("\r\n", "\n")
    faults = tuple(_forbidden(_known(file), text))
    if faults:
        return Trial(Made(faults=faults))
    with reading() as session:
        sheet = samples.sheet(session, _kind(file, kind), language)
    asked = [(layouts.FILES[sheet["kind"]], sheet)]
    (made,) = typeset(asked, _with(file, text), moment=clock.now(), pages=PAGES)
    lost = _lost(sheet, made) if made.pages else ()
    return Trial(made, lost)


def put_in_force(file: str, text: str, *, note: str, since: int, actor: str) -> Version:
    """Set sheets by this text from now on; all made-up sheets are tried with it first.

    `since` is the version in force when the change began: another one meanwhile is a Conflict.
    Raises `Faulty`; Invalid on `text` where nothing is changed.
    """
    text = text.replace("\r\n", "\n")
    _check(_known(file), text)
    try:
        return _put(file, text, note, since, actor)
    except IntegrityError as twin:
        # Two people at once have seen the same version in force; the second one is refused.
        raise _overtaken() from twin


def _put(file: str, text: str, note: str, since: int, actor: str) -> Version:
    shipped = layouts.shipped()[file]
    with transaction() as session:
        known = _template(session, file)
        if known.at != since:
            raise _overtaken()
        in_force = session.get_one(Layout, known.at).text if known.at else None
        if text == (in_force or shipped):
            message = _("Nothing is changed: this is the template in force.")
            raise Invalid(message, fields={"text": [message]})
        row = Layout(
            file=file,
            follows=since,
            text=None if text == shipped else text,
            note=note[:500],
            made_by=actor,
            made_at=clock.now(),
        )
        give_ids(session, row)
        record(session, actor, "layout.changed", f"layout:{file}", version=row.id, note=row.note)
        return _version(row)


def _overtaken() -> Conflict:
    return Conflict(_("Somebody has changed this template meanwhile: look at theirs first."))


def _check(file: str, text: str) -> None:
    """Try all made-up sheets: a template is put in force only when none of them breaks."""
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
    if faults:
        raise Faulty(tuple(dict.fromkeys(faults)))


def _forbidden(file: str, text: str) -> Iterator[Fault]:
    """What no template may say, whatever comes of it."""
    if len(text) > LARGEST:
        yield Fault("The template is too long.", file, code="long")
    for number, line in enumerate(text.split("\n"), 1):
        if found := _EVALUATES.search(line):
            yield Fault(found[0], file, number, found.start() + 1, code="eval")


def _lost(sheet: Mapping[str, Any], made: Made) -> tuple[str, ...]:
    """Parts that every letter of an office has and this one does not show."""
    if sheet["kind"] not in samples.LETTERS:
        return ()
    said = _signs(made.text)
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
    return tuple(name for name, value in parts.items() if _signs(value) not in said)


def _signs(text: str) -> str:
    """The signs alone: where a line ends is the sheet's own, and so is how it is divided."""
    return re.sub(r"[\s\u00ad\u200b\ufffe\u2010\x02-]", "", text).casefold()


def _with(file: str, text: str) -> dict[str, str]:
    return layouts.shipped() | layouts.changed() | {file: text}


def _files() -> list[str]:
    return list(dict.fromkeys((layouts.SHARED, *layouts.FILES.values())))


def _known(file: str) -> str:
    if file not in _files():
        raise NotFound(_("There is no such template."))
    return file


def kinds_of(file: str) -> tuple[str, ...]:
    """The kinds of sheets that a template sets, itself or through one that is built on it."""
    shipped = layouts.shipped()
    return tuple(
        kind for kind, own in layouts.FILES.items() if own == file or f'"{file}"' in shipped[own]
    )


def _kind(file: str, asked: str) -> str:
    kinds = kinds_of(file)
    return asked if asked in kinds else kinds[0]


def _template(session: Session, file: str) -> Template:
    rows = session.scalars(select(Layout).where(Layout.file == file).order_by(Layout.id.desc()))
    return Template(file, kinds_of(file), tuple(_version(row) for row in rows))


def _version(row: Layout) -> Version:
    return Version(row.id, row.file, row.note, row.made_by, row.made_at, row.text is None)
