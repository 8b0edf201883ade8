"""The rooms' catalogues of words: compile them, or collect msgids and say what lacks Russian.

`--compile` writes the .mo files; `--update` merges new msgids into each room's .po and prints
those without a translation; `--check` only prints them, and those that read differently in two
rooms, and exits 1 if there are any. All rooms share one memory of words, so that the last reading
is everybody's.
"""

import argparse
import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
APP = ROOT / "app"
METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
NOISE = (
    b'"POT-Creation-Date',
    b'"PO-Revision-Date',
    b'"Last-Translator',
    b'"Language-Team',
    b'"Report-Msgid',
    b'"Generated-By',
)
IN_CONTEXT = ((1, "c"), 2)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "_l": None,
    "lazy": None,
    "ngettext": (1, 2),
    "_in": IN_CONTEXT,
    "pgettext": IN_CONTEXT,
    "lazy_pgettext": IN_CONTEXT,
}


def catalogues() -> list[Path]:
    """Every Russian catalogue there is."""
    return sorted(APP.glob("**/translations/ru/LC_MESSAGES/messages.po"))


def room_of(catalogue: Path) -> Path:
    return catalogue.parents[3]


def load(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="ru")


def compile_all() -> None:
    for path in catalogues():
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, load(path))


def collect(folder: Path) -> Catalog:
    """The msgids of one room; of the house's shell when `folder` is `app` itself."""
    found = Catalog(locale="ru", project="Priyomnaya", charset="utf-8")
    messages = extract_from_dir(
        str(folder),
        method_map=METHODS,
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        directory_filter=lambda name: not name.startswith((".", "static", "translations", "__")),
    )
    for name, line, message, comments, context in messages:
        if folder == APP and not (name.startswith("templates/") or "/" not in name):
            continue
        found.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return found


def untranslated(catalogue: Catalog, wanted: Catalog) -> list[str]:
    missing = []
    for message in wanted:
        known = catalogue.get(message.id, message.context) if message.id else None
        if message.id and (known is None or not known.string or known.fuzzy):
            missing.append(str(message.id))
    return missing


def rooms() -> list[Path]:
    return [APP, *sorted(path.parent for path in APP.glob("*/__init__.py"))]


def check() -> dict[str, list[str]]:
    """Room → msgids that have no Russian."""
    found = {}
    for room in rooms():
        wanted = collect(room)
        path = room / "translations/ru/LC_MESSAGES/messages.po"
        known = load(path) if path.exists() else Catalog(locale="ru")
        if missing := untranslated(known, wanted):
            found[room.name] = missing
    return found


def at_odds() -> dict[str, set[str]]:
    """Msgid → its Russian readings, where rooms have several."""
    read: dict[tuple[str | None, str], set[str]] = {}
    for path in catalogues():
        for message in load(path):
            if message.id and message.string:
                place = message.context, str(message.id)
                read.setdefault(place, set()).add(str(message.string))
    return {msgid: several for (_, msgid), several in read.items() if len(several) > 1}


def update_all(wanted_rooms: list[str]) -> None:
    for room in rooms():
        if wanted_rooms and room.name not in wanted_rooms:
            continue
        wanted = collect(room)
        path = room / "translations/ru/LC_MESSAGES/messages.po"
        if not len(wanted) and not path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        known = load(path) if path.exists() else Catalog(locale="ru", charset="utf-8")
        known.update(wanted, no_fuzzy_matching=True)
        write(path, known, room.name)


def write(path: Path, catalogue: Catalog, room: str) -> None:
    """Write a catalogue without the header's lines that only name tools and dates."""
    text = io.BytesIO()
    catalogue.header_comment = f"# Russian words of the room {room}."
    catalogue.fuzzy = False
    write_po(text, catalogue, no_location=True, ignore_obsolete=True, width=0)
    lines = text.getvalue().splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if not line.startswith(NOISE)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("rooms", nargs="*", help="only these, with --update")
    chosen = parser.parse_args()
    if chosen.compile:
        compile_all()
        return
    if chosen.update:
        update_all(chosen.rooms)
    missing = check()
    for room, messages in missing.items():
        for message in messages:
            print(f"{room}: {message}")
    odd = at_odds()
    for msgid, several in odd.items():
        print(f"{msgid}: {' | '.join(sorted(several))}")
    sys.exit(1 if (missing or odd) and chosen.check else 0)


if __name__ == "__main__":
    main()
