"""A text of letters tried on made-up cases: what is wrong with it, what it no longer tells."""

import re
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import TemplateError
from sqlalchemy.orm import Session

from app.correspondence import cases, composing, grammar, policy, texts, wordings
from app.correspondence.editing.shapes import Trial
from app.correspondence.shapes import Composition, Fault
from app.database import reading

#: What a letter that tells it as shipped has to go on telling. The numbers and terms of 59-ФЗ, who
#: decided what and why, where one may check and complain, and what the reader needs to act.
DEMANDED = frozenset(
    {
        "number", "receipt", "access_code", "status_url", "stop_url", "body_name",
        "received_at", "register_by", "registered_on", "due_on", "answer_by", "until",
        "decided_on", "decided_by", "reason", "explanation", "earlier_replies", "answer_url",
        "organisation", "outgoing_number", "outgoing_on", "check_url", "check_code",
        "read_on", "read_at", "place", "questions", "files", "documents", "reports",
        "resolution", "lines", "link", "survey_url", "days",
    }
)  # fmt: skip
#: Whose appeal another body gets.
_OF_APPLICANT = frozenset({"name", "name_genitive", "address"})
#: The law that a letter rests on, where it names it.
_LAW: Mapping[str, str] = {"ru": "59-ФЗ", "en": "59-FZ"}


#: Who reads a letter; what people begin a letter with; what letters share.
AUDIENCES = ("citizen", "organisation", "staff", "draft", "shared")


def files() -> list[str]:
    """Every text, each in both languages."""
    return sorted(wordings.shipped())


def audience(template: str) -> str:
    """One of `AUDIENCES`."""
    if wordings.is_shared(template):
        return "shared"
    if template.startswith("draft_"):
        return "draft"
    if template in policy.TO_BODIES:
        return "organisation"
    staff = template in policy.STAFF_NOTICES or template not in policy.NOTICES
    return "staff" if staff else "citizen"


def kinds_of(file: str) -> tuple[str, ...]:
    """The made-up cases a text is tried with, "registered:mail": of the letters it stands in."""
    template, _language = wordings.parts(file)
    if not wordings.is_shared(file):
        return tuple(f"{template}:{case}" for case in cases.of(template))
    shipped = wordings.shipped()
    within = [one for one in shipped if not wordings.is_shared(one) and f'"{file}"' in shipped[one]]
    return tuple(f"{wordings.parts(one)[0]}:{case}" for one in within for case in _ways(one))


def _ways(file: str) -> list[str]:
    ways = (cases.MAIL, cases.PAPER)
    return [case for case in cases.of(wordings.parts(file)[0]) if case in ways]


def tried(file: str, text: str, kind: str) -> Trial:
    """The letter of a made-up case in words that are not in force."""
    faults = _forbidden(file, text)
    if faults:
        return Trial(faults=faults)
    with reading() as session:
        changed = wordings.changed(session) | {file: text}
        said, fault = _said(session, file, kind, changed)
        if said is None:
            return Trial(faults=(fault,))
        return Trial(lost=tuple(_lost(session, file, kind, said)), said=said)


def faults_of(file: str, text: str) -> tuple[Fault, ...]:
    """What stands against putting a text in force: all made-up cases are tried with it."""
    faults = list(_forbidden(file, text))
    if faults:
        return tuple(faults)
    with reading() as session:
        changed = wordings.changed(session) | {file: text}
        for kind in kinds_of(file):
            said, fault = _said(session, file, kind, changed)
            if said is None:
                faults.append(fault)
            else:
                faults += [
                    Fault(fact, file, code="lost") for fact in _lost(session, file, kind, said)
                ]
    return tuple(dict.fromkeys(faults))


def _forbidden(file: str, text: str) -> tuple[Fault, ...]:
    return grammar.faults(texts.environment(), file, text, texts.KNOWN_FACTS)


def _said(
    session: Session, file: str, kind: str, changed: Mapping[str, str]
) -> tuple[Composition | None, Fault]:
    """What the letter says in a case, else what went wrong and at which line."""
    template, _colon, case = kind.partition(":")
    letter = wordings.file_of(template, wordings.parts(file)[1])
    try:
        return cases.said(session, letter, case, changed), Fault("")
    except (TemplateError, TypeError, ValueError) as error:
        # The text asks of a fact what facts of its kind have not; Jinja names the line.
        frames = traceback.extract_tb(error.__traceback__)
        lines = [one.lineno for one in frames if one.filename == "<template>" and one.lineno]
        return None, Fault(str(error), file, lines[-1] if lines else 0)


def _lost(session: Session, file: str, kind: str, said: Composition) -> Iterator[str]:
    """Facts that the letter has to tell, tells as shipped in this case, and no longer does."""
    template, _colon, case = kind.partition(":")
    language = wordings.parts(file)[1]
    shipped = cases.said(session, wordings.file_of(template, language), case, {})
    was, now = _signs(shipped), _signs(said)
    told = composing.everything(session, "", cases.facts(case, language), language, ())
    for fact in sorted(DEMANDED | (_OF_APPLICANT if template == "draft_cover" else frozenset())):
        for value in _leaves(told.get(fact)):
            spelt = _spelt(value, language, str(told["zone"]))
            if spelt.search(was) and not spelt.search(now):
                yield fact
                break
    if _LAW[language] in was and _LAW[language] not in now:
        yield "law"


def _spelt(value: Any, language: str, zone: str) -> re.Pattern[str]:
    """The ways in which a letter may spell a value, as words of their own."""
    ways = (str(value), texts.day(value, language), texts.moment(value, language, zone))
    spelt = (re.escape(re.sub(r"\s+", " ", one)) for one in ways)
    return re.compile(rf"(?<!\w)(?:{'|'.join(spelt)})(?!\w)")


def _leaves(value: Any) -> Iterator[Any]:
    """The values that a fact consists of."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif value:
        yield value


def _signs(said: Composition) -> str:
    return re.sub(r"\s+", " ", f"{said.subject}\n{said.text}")
