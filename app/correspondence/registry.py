"""What letters ask of the room above: the facts of a case at the moment a letter leaves.

Letters are rendered at sending, so that an access code is derived and never stored. The room of
appeals registers one provider; this room cannot see it.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypedDict

from sqlalchemy.orm import Session

from app.correspondence.shapes import LetterView


class CaseFacts(TypedDict, total=False):
    """What a template may say; dates are ISO strings or `date`, links absolute, absent is ''."""

    name: str  # the applicant, as the addressee of a letter is spelt
    name_genitive: str  # the same, as «от кого» and «чьё обращение» spell it
    receipt: str
    number: str  # of registration; '' before it
    access_code: str
    received_at: Any  # a moment
    register_by: Any  # a day
    registered_on: Any
    due_on: Any
    appeal_text: str  # the whole of it, where it is wanted
    phone: str
    summary: str  # what the appeal is about, one line
    address: str  # postal or e-mail address of the applicant, for cover letters
    questions: Any  # [{"name", "result", "measures"}]; result is a word for people
    files: Any  # [{"name", "size", "sha256"}], size in bytes
    status_url: str
    survey_url: str  # '' when there is nothing to rate
    stop_url: str  # where letters that only inform are stopped


Provider = Callable[[Session, str, str, Collection[str]], Mapping[str, Any]]
_providers: list[Provider] = []


def provides_facts(provider: Provider) -> Provider:
    """Register (as a decorator) who knows the facts: `provider(session, key, language, wanted)`.

    Of what costs a look it gives only what is wanted: the names that the template says. The
    last one registered is asked.
    """
    _providers.append(provider)
    return provider


def facts_for(session: Session, key: str, language: str, wanted: Collection[str]) -> dict[str, Any]:
    """The facts of a case now; empty when nobody has registered."""
    return dict(_providers[-1](session, key, language, wanted)) if _providers else {}


Returned = Callable[[Session, LetterView], bool]
_returned: list[Returned] = []


def on_returned(listener: Returned) -> Returned:
    """Register (as a decorator) who sees to a letter that mail did not take to its addressee.

    It says whether somebody has been asked; nobody asked leaves the delivery to the administrator.
    """
    _returned.append(listener)
    return listener


def see_to(session: Session, letter: LetterView) -> bool:
    """Have somebody see to a letter that came back; False when nobody does."""
    return any(listener(session, letter) for listener in _returned)
