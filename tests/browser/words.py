"""What a page must not say: words of the other language, and holes nobody filled."""

import json
import re
from functools import cache
from pathlib import Path

import engine
from scripts import words as catalogues

ROOT = Path(__file__).parents[2]
# A hole of a text, a value of a program, the name of a variable.
HOLE = re.compile(
    r"\{[\w. ]+\}|%\(\w+\)s|\{\{|\bundefined\b|\[object |^None$|<[A-Za-z.]+ object|\b[a-z]+_[a-z_]+\b"
)
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
LATIN = re.compile("[a-z]{2}", re.IGNORECASE)


# A letter to another body is written in Russian whoever looks at it; lists name it by its subject.
SUBJECTS = frozenset({"О направлении обращения по компетенции"})
# The journal names people by login, and this one is a word as well.
LOGINS = frozenset({"signatory"})


class Words:
    """The product's own words, as pairs (Russian, English)."""

    def __init__(self):
        pairs = _pairs()
        different = [(ru, en) for ru, en in pairs if ru != en]
        russian, english = ({one[side] for one in different} for side in (0, 1))
        self.foreign = {
            "ru": {text for text in english - russian - LOGINS if LATIN.search(text)},
            "en": {text for text in russian - english if CYRILLIC.search(text)} - SUBJECTS,
        }

    def foreign_among(self, texts, language):
        """Words of the other language among the texts of a page."""
        return set(texts) & self.foreign[language]

    @staticmethod
    def unfilled(texts):
        """Texts with a hole that nobody filled."""
        return {text for text in texts if HOLE.search(text)}


@cache
def _pairs():
    return frozenset({*_of_catalogues(), *_of_forms(), *_of_diagrams()})


def _of_catalogues():
    """Every word of templates and code, also one that no catalogue knows yet."""
    for room in catalogues.rooms():
        path = room / "translations/ru/LC_MESSAGES/messages.po"
        known = catalogues.load(path) if path.exists() else None
        for message in catalogues.collect(room):
            if not message.id or isinstance(message.id, tuple):
                continue
            found = known.get(message.id) if known else None
            yield (found.string if found and found.string else ""), message.id


def _of_forms():
    for path in ROOT.glob("forms/**/*.form"):
        yield from _of_parts(json.loads(path.read_text(encoding="utf-8"))["components"])


def _of_parts(parts):
    for part in parts:
        said = part.get("properties", {})
        for name in ("label", "description"):
            if part.get(name) and f"{name}.en" in said:
                yield part[name], said[f"{name}.en"]
        for value in part.get("values", ()):
            yield value["label"], value.get("labelEn", "")
        yield from _of_parts(part.get("components", ()))


def _of_diagrams():
    files = {
        path.relative_to(ROOT / "processes").as_posix(): path.read_bytes()
        for suffix in ("bpmn", "dmn")
        for path in ROOT.glob(f"processes/**/*.{suffix}")
    }
    for one in engine.VersionSet.load(files).elements.values():
        yield one.name or "", one.name_en or ""
        yield one.documentation or "", one.documentation_en or ""
        yield one.properties.get("stage", ""), one.properties.get("stage.en", "")
