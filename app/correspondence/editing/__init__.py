"""Use cases of who keeps the templates of letters: look, try on made-up data, put in force.

There are two kinds of them: templates of sheets (`.typ`, module `sheets`) and texts of letters
(`.txt`, module `words`). Their versions are kept alike (`history`).
"""

from sqlalchemy.orm import Session

from app.correspondence import layouts, wordings
from app.correspondence.editing import history, sheets, words
from app.correspondence.editing.history import Version as Version
from app.correspondence.editing.shapes import Faulty as Faulty
from app.correspondence.editing.shapes import Letter as Letter
from app.correspondence.editing.shapes import Template as Template
from app.correspondence.editing.shapes import Trial as Trial
from app.correspondence.shapes import Composition
from app.correspondence.texts import html
from app.database import reading
from app.directory import services as directory
from app.errors import NotFound
from app.extensions import lazy_gettext as _


def templates() -> list[Template]:
    """All templates of sheets: what letters share, then by kind."""
    found = _all(sheets.files())
    return [found[file] for file in sheets.files()]


def letters() -> list[Letter]:
    """All texts of letters, by whom they are for: `words.AUDIENCES`."""
    found = _all(words.files())
    spoken: dict[str, dict[str, Template]] = {}
    for file, one in found.items():
        name, language = wordings.parts(file)
        spoken.setdefault(name, {})[language] = one
    listed = [Letter(name, words.audience(name), files) for name, files in spoken.items()]
    return sorted(listed, key=lambda one: words.AUDIENCES.index(one.audience))


def template(file: str) -> Template:
    """One template and its history; raises NotFound."""
    with reading() as session:
        return Template(_known(file), _kinds_of(file), history.versions_of(session, file))


def text_of(file: str, version: int | None = None) -> str:
    """The text of a version, of the one in force when none is named; 0 is the one shipped."""
    shipped = _shipped(_known(file))[file]
    if version == 0:
        return shipped
    with reading() as session:
        if version is None:
            return _changed(session, file).get(file, shipped)
        kept = history.text_of(session, file, version)
    return shipped if kept is None else kept


def tried(file: str, text: str, kind: str, language: str) -> Trial:
    """A made-up sheet or letter by a text that is not in force; nothing is kept.

    `kind` is one of the template's, else its first; a text of letters has its own `language`.
    """
    text, kinds = _lines(text), _kinds_of(_known(file))
    chosen = kind if kind in kinds else kinds[0]
    if is_text(file):
        return words.tried(file, text, chosen)
    return sheets.tried(file, text, chosen, language)


def page_of(said: Composition, file: str) -> str:
    """The mail that tells what a trial said, as HTML."""
    language = wordings.parts(file)[1]
    with reading() as session:
        body = directory.body(session).said("name", language)
    return html(said.subject, said.text, language=language, body=body)


def put_in_force(file: str, text: str, *, note: str, since: int, actor: str) -> Version:
    """Make sheets or letters by this text from now on; all made-up ones are tried with it first.

    `since` is the version in force when the change began: another one meanwhile is a Conflict.
    Raises `Faulty`; Invalid on `text` where nothing is changed.
    """
    text = _lines(text)
    of = words if is_text(_known(file)) else sheets
    if faults := of.faults_of(file, text):
        raise Faulty(faults)
    return history.put(_shipped(file), file, text, note=note, since=since, actor=actor)


def _all(files: list[str]) -> dict[str, Template]:
    with reading() as session:
        kept = history.versions(session)
    return {file: Template(file, _kinds_of(file), kept.get(file, ())) for file in files}


def is_text(file: str) -> bool:
    """Whether a file is a text of letters, and no template of sheets."""
    return file.endswith(wordings.ENDING)


def _known(file: str) -> str:
    if file not in sheets.files() and file not in words.files():
        raise NotFound(_("There is no such template."))
    return file


def _kinds_of(file: str) -> tuple[str, ...]:
    return words.kinds_of(file) if is_text(file) else sheets.kinds_of(file)


def _shipped(file: str) -> dict[str, str]:
    return wordings.shipped() if is_text(file) else layouts.shipped()


def _changed(session: Session, file: str) -> dict[str, str]:
    return wordings.changed(session) if is_text(file) else layouts.changed()


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")
