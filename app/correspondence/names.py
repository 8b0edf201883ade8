"""Names of people in the cases a letter needs: «Иванову Ивану Ивановичу», «от Ивановой Марии».

The rules are Petrovich's. Where it is not certain how a name is declined (foreign spelling, a third
name that is no patronymic, a gender nobody can tell) it stays as it is: that is never an insult,
and the card lets a person type the form.
"""

import re
from functools import cache
from typing import Literal

from pytrovich.detector import PetrovichGenderDetector
from pytrovich.enums import Case, Gender, NamePart
from pytrovich.maker import PetrovichDeclinationMaker

from app.correspondence.policy import HERS, HIS

WhichCase = Literal["genitive", "dative", "accusative"]

_CASES = {
    "genitive": Case.GENITIVE,
    "dative": Case.DATIVE,
    "accusative": Case.ACCUSATIVE,
}
_SURE = {"male": Gender.MALE, "female": Gender.FEMALE}
_RUSSIAN = re.compile(r"[а-яё]+(?:-[а-яё]+)*", re.IGNORECASE)


def declined(last: str, first: str, middle: str, case: WhichCase) -> str:
    """A full name, family name first, in a case; as it is where that is not certain."""
    parts = [last.strip(), first.strip(), middle.strip()]
    whole = " ".join(filter(None, parts))
    gender = gender_of(*parts)
    if gender is None or not all(_RUSSIAN.fullmatch(word) for word in whole.split()):
        return whole
    kinds = (NamePart.LASTNAME, NamePart.FIRSTNAME, NamePart.MIDDLENAME)
    made = (
        _maker().make(kind, _SURE[gender], _CASES[case], part) if part else ""
        for kind, part in zip(kinds, parts, strict=True)
    )
    return " ".join(filter(None, made))


def in_short(name: str, case: WhichCase) -> str:
    """The family name in a case, with initials: «Вершинина П. А.»; `name` is the full one."""
    last, first, middle = [*name.split(), "", "", ""][:3]
    family, *_rest = declined(last, first, middle, case).split() or [""]
    return " ".join([family, *(f"{part[0]}." for part in name.split()[1:])])


def in_absence_of(name: str, language: str) -> str:
    """The name of the absent as it follows «на время отсутствия»."""
    return name if language == "en" else in_short(name, "genitive")


def on_behalf_of(name: str, language: str) -> str:
    """The name of the absent as it follows «за»."""
    return name if language == "en" else in_short(name, "accusative")


def gender_of(last: str, first: str, middle: str) -> str | None:
    """Whose name it is, "male" or "female"; None where neither patronymic nor names tell."""
    if middle:
        return "male" if HIS.search(middle) else "female" if HERS.search(middle) else None
    if not first:
        return None
    found = _detector().detect(  # type: ignore[no-untyped-call]  # the library's one gap
        firstname=first, lastname=last or None
    )
    return {Gender.MALE: "male", Gender.FEMALE: "female"}.get(found)


@cache
def _maker() -> PetrovichDeclinationMaker:
    return PetrovichDeclinationMaker()


@cache
def _detector() -> PetrovichGenderDetector:
    return PetrovichGenderDetector()
