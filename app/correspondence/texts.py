"""Letters put into words: a text of `wordings` and the facts of a case, in either language."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from babel.dates import format_date
from jinja2 import DictLoader, Environment, FileSystemLoader, StrictUndefined, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from app import clock
from app.correspondence import blocks, policy, wordings
from app.correspondence.shapes import Composition

#: No text differs from the shipped one.
_NONE: Mapping[str, str] = MappingProxyType({})

# A fact that nobody gave is an empty one; a name that is not here is a slip in a template, which
# StrictUndefined finds.
KNOWN_FACTS: Mapping[str, Any] = {
    "name": "",
    "name_genitive": "",
    "salutation": "",
    "receipt": "",
    "number": "",
    "access_code": "",
    "received_at": "",
    "register_by": "",
    "registered_on": "",
    "due_on": "",
    "old_due_on": "",
    "decided_on": "",
    "decided_by": "",
    "asked_on": "",
    "read_on": "",
    "read_at": "",
    "place": "",
    "given_by": "",
    "since": "",
    "reason": "",
    "explanation": "",
    "ground": "",
    "answer_url": "",
    "earlier_replies": "",
    "migration": False,
    "copy": False,
    "own": False,
    "measures": "",
    "organisation": "",
    "outgoing_number": "",
    "outgoing_on": "",
    "summary": "",
    "address": "",
    "questions": (),
    "files": (),
    "reports": (),
    "done": (),
    "steps": (),
    "documents": (),
    "purpose": "",
    "days": None,
    "answer_by": "",
    "answer_number": "",
    "answer_date": "",
    "answer_text": "",
    "status_url": "",
    "survey_url": "",
    "reminded": False,
    "stop_url": "",
    "stage": "",
    "next": "",
    "until": "",
    "check_url": "",
    "check_code": "",
    "executor": "",
    "resolution": "",
    "responsible": False,
    "taken_away": False,
    "days_left": None,
    "internal_due_on": "",
    "internal_passed": False,
    "lines": (),
    "link": "",
    "title": "",
    "text": "",
    "control": False,
    "result": False,
    "channel": "email",
    "body_name": "",
    "body_phone": "",
    "body_address": "",
    "body_site": "",
    "zone": "Europe/Moscow",
}


def compose(
    template: str,
    facts: Mapping[str, Any],
    language: str,
    *,
    changed: Mapping[str, str] = _NONE,
) -> Composition:
    """Subject and text of a letter; unknown facts are ignored, absent ones are empty.

    `changed` are the texts, by file, that take the place of shipped ones.
    """
    found = environment(changed).get_template(wordings.file_of(template, language))
    known = {name: facts.get(name, value) for name, value in KNOWN_FACTS.items()}
    known = {name: KNOWN_FACTS[name] if value is None else value for name, value in known.items()}
    known["questions"] = [_question(each) for each in known["questions"]]
    try:
        module = found.make_module({**known, **_words(language, str(known["zone"]))})
    except Exception:  # noqa: BLE001  # raised again, at the line of the text
        found.environment.handle_exception()
    return Composition(policy.one_line(str(vars(module)["subject"])), _tidy(str(module)))


def names(template: str, language: str, changed: Mapping[str, str] = _NONE) -> frozenset[str]:
    """The facts that a template names, and those it includes."""
    return _names(wordings.file_of(template, language), _spelt(changed))


def environment(changed: Mapping[str, str] = _NONE) -> Environment:
    """What texts are put together by: it knows no file but them, and nothing else of Python."""
    return _environment(_spelt(changed))


def html(subject: str, text: str, *, language: str, body: str) -> str:
    """The HTML part of a mail: the same text, set in type; `body` signs the frame."""
    return _html.get_template("frame.html").render(
        subject=subject, blocks=blocks.parse(text), language=language, body=body, linked=_linked
    )


def day(value: Any, language: str) -> str:
    """A day or a moment's day in words: «23 ноября 2026 г.»; '' for nothing."""
    found = parsed(value)
    if found is None:
        return str(value or "")
    # Plain spaces: a date from a letter is copied, searched for and read by other programs.
    return str(format_date(found, "long", locale=language)).replace("\u202f", " ")


def moment(value: Any, language: str, zone: str) -> str:
    """A moment in the body's own time: «23 ноября 2026 г. в 14:05»."""
    found = parsed(value)
    if not isinstance(found, datetime):
        return day(value, language)
    local = clock.local(found, zone)
    return f"{day(local, language)} {'at' if language == 'en' else 'в'} {local:%H:%M}"


def size(number: Any, language: str) -> str:
    """A file's size for people; the exact number of bytes stays in the receipt of the upload."""
    units = ("B", "KB", "MB", "GB") if language == "en" else ("байт", "КБ", "МБ", "ГБ")
    value, step = float(number), 0
    while value >= 1024 and step < len(units) - 1:
        value, step = value / 1024, step + 1
    shown = f"{value:.1f}" if step and value < 100 else f"{value:.0f}"
    return f"{shown if language == 'en' else shown.replace('.', ',')} {units[step]}"


def sheets(number: int, language: str) -> str:
    """How office work counts an enclosure: «на 3 л. в 1 экз.»."""
    if language == "en":
        return f"{number} sheet" if number == 1 else f"{number} sheets"
    return f"на {number} л. в 1 экз."


def parsed(value: Any) -> date | None:
    """A day or a moment from a value or its ISO spelling; None for anything else."""
    if isinstance(value, date):
        return value
    try:
        text = str(value)
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return None


def _question(given: Any) -> dict[str, Any]:
    """A question with all its parts, whether only its name or more was given."""
    parts = given if isinstance(given, Mapping) else {"name": str(given)}
    return {name: parts.get(name) or "" for name in ("name", "result", "measures")}


def _words(language: str, zone: str) -> dict[str, Any]:
    return {
        "day": lambda value: day(value, language),
        "moment": lambda value: moment(value, language, zone),
        "size": lambda value: size(value, language),
    }


def _tidy(text: str) -> str:
    """No spaces at line ends, no more than one empty line running: what conditions leave behind."""
    lines = [line.rstrip() for line in text.strip().split("\n")]
    kept = [line for at, line in enumerate(lines) if line or lines[at - 1]]
    return "\n".join(kept) + "\n"


def _linked(text: str) -> Markup:
    parts = [
        Markup('<a href="{0}" style="color:#0b57a4">{0}</a>').format(piece)
        if link
        else escape(piece)
        for piece, link in blocks.pieces(text)
    ]
    return Markup("").join(parts)


_Spelt = tuple[tuple[str, str], ...]


def _spelt(changed: Mapping[str, str]) -> _Spelt:
    return tuple(sorted(changed.items()))


@lru_cache(maxsize=8)
def _environment(changed: _Spelt) -> Environment:
    found = ImmutableSandboxedEnvironment(
        loader=DictLoader(wordings.shipped() | dict(changed)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # plain text knows no markup to escape
    )
    found.globals.clear()
    return found


@lru_cache(maxsize=500)
def _names(file: str, changed: _Spelt) -> frozenset[str]:
    plain, texts = _environment(changed), wordings.shipped() | dict(changed)
    tree = plain.parse(texts[file])
    found = frozenset(meta.find_undeclared_variables(tree))
    return found.union(
        *(_names(one, changed) for one in meta.find_referenced_templates(tree) if one)
    )


_html = Environment(
    loader=FileSystemLoader(wordings.FOLDER), undefined=StrictUndefined, autoescape=True
)
