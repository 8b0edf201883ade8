"""Why an instance could not go over to another version, in the words of a reader."""

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy.orm import Session

import engine
from app.extensions import lazy_gettext as _
from app.extensions import locale
from app.failures import OWN, kind_of, reason_of
from app.workflow import said
from app.workflow.shelf import version_set

#: Rule -> sentence. The first ones are the engine's (engine.REASONS), the last our own.
SENTENCES: Mapping[str, Any] = {
    "process.gone": _("The process “%(process)s”, which is running, is not in the new version."),
    "element.gone": _("The step “%(element)s”, which is open now, is not in the new version."),
    "element.kind": _(
        "The step “%(element)s”, which is open now, is of another kind in the new version."
    ),
    "element.repeated": _(
        "The step “%(element)s” is open now, and in the new version it is repeated in another way."
    ),
    "element.moved": _(
        "The step “%(element)s” is open more than once, and in the new version it is in another "
        "sub-process."
    ),
    "flow.gone": _(
        "A branch has come to “%(element)s” by an arrow that is not in the new version."
    ),
    "join.starved": _(
        "In the new version “%(other)s” waits for the branch with “%(element)s” as well, and that "
        "branch was never begun."
    ),
    "join.complete": _(
        "In the new version “%(element)s” has nothing left to wait for, and nothing would take the "
        "process on from there."
    ),
    "branch.doubled": _(
        "The steps “%(element)s” and “%(other)s” are both open; in the new version one comes after "
        "the other and would be done twice."
    ),
    "stuck": _("In the new version nothing could ever happen at “%(element)s”."),
    "data": _("In the new version “%(element)s” cannot be worked out: %(detail)s"),
    "instance.elsewhere": _("The process has ended or runs on another version by now."),
    "instance.went_on": _("The process has moved on since, so it stays on the new version."),
    "stopped": _("The migration was stopped before it came to this process."),
    "failed": _("An unexpected error: %(detail)s"),
}


class Refusal(Protocol):
    """A refusal of the engine, or a line that keeps one."""

    rule: Any
    process: Any
    element: Any
    other: Any
    detail: Any


def sentence(session: Session, refusal: Refusal, *versions: int) -> str:
    """Say why, with the names that the elements have in one of the versions."""
    return str(SENTENCES[refusal.rule]) % {
        "process": _process(session, refusal.process, versions),
        "element": name_of(session, refusal.process, refusal.element, *versions),
        "other": name_of(session, refusal.process, refusal.other, *versions),
        "detail": _detail(refusal.detail).in_language(locale()),
    }


def unexpected(failure: Exception) -> str:
    """Say that something failed that should not."""
    return str(SENTENCES["failed"]) % {"detail": detail_of(failure).in_language(locale())}


def detail_of(failure: Exception) -> engine.Sentence:
    """The sentence of an error of our own; of any other its kind and its place."""
    if isinstance(failure, OWN):
        return engine.sentence_of(failure).discreet() or engine.Sentence(kind_of(failure))
    return engine.Sentence(reason_of(failure))


def _detail(detail: engine.Sentence | str | None) -> engine.Sentence:
    return detail.discreet() if isinstance(detail, engine.Sentence) else said.read(detail)


def name_of(session: Session, process: str | None, element: str | None, *versions: int) -> str:
    """What an element is called, in the reader's language; its id when it has no name."""
    for version in versions:
        found = _set(session, version).elements.get((process or "", element or ""))
        if found is not None and found.name:
            return _in_language(found.name, found.name_en)
    return element or process or ""


def _process(session: Session, process: str | None, versions: tuple[int, ...]) -> str:
    for version in versions:
        found = _set(session, version).processes.get(process or "")
        if found is not None and found.name:
            return _in_language(found.name, found.name_en)
    return process or ""


def _in_language(name: str, name_en: str | None) -> str:
    return name_en if name_en and locale() == "en" else name


def _set(session: Session, version: int) -> engine.VersionSet:
    return version_set(session, version)
