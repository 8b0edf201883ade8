"""The applicant's name in the cases that letters need: by the rules, or as somebody typed it."""

from collections.abc import Mapping
from typing import Any

from app.appeals.models import Applicant
from app.correspondence.names import WhichCase, declined

CASES: tuple[WhichCase, ...] = ("genitive", "dative")


def spelt(applicant: Applicant, case: WhichCase) -> str:
    """As it was typed, else by the rules."""
    typed = applicant.name_genitive if case == "genitive" else applicant.name_dative
    return typed or by_rules(applicant, case)


def by_rules(applicant: Applicant, case: WhichCase) -> str:
    """An organisation's name is not declined: it stands in quotation marks."""
    if applicant.name:
        return applicant.name
    return declined(applicant.last_name, applicant.first_name, applicant.middle_name, case)


def offered(applicant: Applicant) -> dict[str, str]:
    """What the registrar's form begins with; nothing for an organisation or somebody unnamed."""
    if applicant.name or not applicant.last_name:
        return {}
    return {f"name_{case}": spelt(applicant, case) for case in CASES}


def keep(applicant: Applicant, answers: Mapping[str, Any], before: Mapping[str, str]) -> None:
    """Keep what somebody typed, and leave to the rules what they had offered.

    `before` is what they said of the name as it was: a name corrected on the same form takes its
    cases along.
    """
    for case in CASES:
        name = f"name_{case}"
        if name in answers:
            typed = " ".join(str(answers[name] or "").split())
            by_itself = typed in (before[name], by_rules(applicant, case))
            setattr(applicant, name, "" if by_itself else typed)


def by_themselves(applicant: Applicant) -> dict[str, str]:
    """The cases as the rules alone make them."""
    return {f"name_{case}": by_rules(applicant, case) for case in CASES}
