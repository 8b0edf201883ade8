"""Texts of letters: those shipped in `mail/`, and what people put in force in their place.

A legal text is written whole in each language, `<name>.ru.txt` and `<name>.en.txt`, and not glued
of translated pieces: one file is what a lawyer reads and corrects.
"""

from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

from app.correspondence import inforce
from app.directory.services import setting
from app.extensions import application

FOLDER = Path(__file__).parent / "templates" / "correspondence" / "mail"
ENDING = ".txt"
#: Names the last version of any text or template, 0 before the first.
EDITION = "letters.edition"


@cache
def shipped() -> dict[str, str]:
    """The texts as they came with this release, by file."""
    return {path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob(f"*{ENDING}"))}


def changed(session: Session) -> dict[str, str]:
    """The texts that differ now from those shipped, by file.

    Which edition is in force comes with the settings; its texts are read once by each process.
    """
    edition, kept = setting(session, EDITION, 0), application().extensions
    if kept.get(EDITION, (0, {}))[0] != edition:
        kept[EDITION] = edition, inforce.changed(session, ENDING)
    texts: dict[str, str] = kept.get(EDITION, (0, {}))[1]
    return texts


def file_of(template: str, language: str) -> str:
    return f"{template}.{language}{ENDING}"


def parts(file: str) -> tuple[str, str]:
    """The template and the language of a file."""
    template, language, _ending = file.split(".")
    return template, language


def is_shared(file: str) -> bool:
    """Whether it is no letter, but what letters include."""
    return file.startswith("_")
