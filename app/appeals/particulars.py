"""The fields of the card that are noted beside registration: names, kinds, what may stand there.

One table serves the form, the card, the print and the check; a test holds it to the columns.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.appeals.commands import storable
from app.appeals.policy import LAW_IN_FORCE
from app.classifier.subtypes import subtypes
from app.errors import Invalid
from app.extensions import lazy_gettext as _

Names = Mapping[str, Any]

TEXT, WORDS, NUMBER, DAY, FLAG, CHOICE, SEVERAL = (
    *("text", "words", "number", "day"),
    *("flag", "choice", "several"),
)

MOST_WORDS = 1000
MOST_SHEETS = 100_000

STATUSES: Names = {
    "citizen": _("citizen of the Russian Federation"),
    "foreigner": _("foreign citizen"),
    "stateless": _("stateless person"),
    "entrepreneur": _("individual entrepreneur"),
    "legal_entity": _("legal entity"),
    "association": _("association of citizens"),
    "anonymous": _("not named"),
}
SOCIAL: Names = {
    "pensioner": _("pensioner"),
    "worker": _("worker"),
    "employee": _("office worker"),
    "state_servant": _("state or municipal servant"),
    "entrepreneur": _("entrepreneur"),
    "farmer": _("farmer"),
    "soldier": _("serviceman"),
    "student": _("student"),
    "pupil": _("pupil"),
    "housewife": _("homemaker"),
    "unemployed": _("unemployed"),
    "idle": _("temporarily out of work"),
    "artist": _("creative worker"),
    "clergy": _("clergy"),
    "refugee": _("refugee"),
    "migrant": _("forced migrant"),
    "prisoner": _("held in custody"),
    "homeless": _("without a home"),
    "other": _("other"),
}
BENEFITS: Names = {
    "war_widow": _("widow of a veteran of the Great Patriotic War"),
    "war_veteran": _("veteran of the Great Patriotic War"),
    "rear_veteran": _("home front worker"),
    "labour_veteran": _("labour veteran"),
    "service_veteran": _("veteran of the armed forces"),
    "combatant": _("combat veteran"),
    "fallen": _("family of a fallen serviceman"),
    "war_disabled": _("disabled by war"),
    "disabled": _("disabled by illness"),
    "disabled_child": _("disabled since childhood"),
    "disabled_work": _("disabled by labour injury"),
    "family_disabled_child": _("family with a disabled child"),
    "many_children": _("family with many children"),
    "single_parent": _("single parent"),
    "orphan": _("orphan, brought up in a children's home"),
    "repressed": _("victim of political repression"),
    "camp": _("former prisoner of a camp or ghetto"),
    "liquidator": _("liquidator of a radiation accident"),
}
MARKS: Names = {
    "corruption": _("corruption"),
    "threat": _("threat to life"),
    "operation": _("special military operation"),
    "children": _("children's rights"),
    "urgent": _("urgent"),
    "restricted": _("for official use only"),
}
CONTROL: Names = {"ordinary": _("ordinary control"), "special": _("special control")}
SUBTYPES: Names = {one.code: f"{one.code} {one.name}" for one in subtypes().values()}

JURISDICTIONS: Names = {
    "federal": _("Russian Federation"),
    "joint": _("joint jurisdiction"),
    "region": _("constituent entity of the Federation"),
    "local": _("local government"),
    "supervision": _("state supervision"),
}
ROUTES: Names = {
    "here": _("considered here"),
    "redirected": _("redirected"),
    "copy": _("considered here, a copy sent"),
}
SOLVED: Names = {"yes": _("solved"), "partly": _("solved in part"), "no": _("not solved")}


@dataclass(frozen=True)
class Field:
    """One field; `longest` in characters, `choices` code -> words."""

    name: str
    label: Any
    kind: str = TEXT
    longest: int = 0
    choices: Names = field(default_factory=dict)
    hint: Any = ""


@dataclass(frozen=True)
class Group:
    name: str
    title: Any
    fields: tuple[Field, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        "receipt",
        _("How it came"),
        (
            Field("letter_number", _("Number the applicant gave the letter"), longest=100),
            Field("letter_date", _("Date of the applicant's letter"), DAY),
            Field("result_asked", _("The body that forwarded it asks to be told the result"), FLAG),
            Field("sheets", _("Sheets"), NUMBER),
            Field("enclosure_sheets", _("Sheets of enclosures"), NUMBER),
            Field("copies", _("Copies"), NUMBER),
            Field("envelope", _("The envelope is kept"), FLAG),
            Field("postmarked_on", _("Date of the postmark"), DAY),
            Field(
                "damage",
                _("Damage or missing enclosures"),
                WORDS,
                MOST_WORDS,
                hint=_("What is damaged or missing, the number and date of the act."),
            ),
        ),
    ),
    Group(
        "applicant",
        _("About the applicant"),
        (
            Field("applicant_status", _("Who applies"), CHOICE, choices=STATUSES),
            Field("proxy", _("Authority of the representative"), longest=500),
            Field("signatures", _("Number of signatures"), NUMBER),
            Field("social_status", _("Social position"), CHOICE, choices=SOCIAL),
            Field("benefits", _("Privileged categories"), SEVERAL, choices=BENEFITS),
        ),
    ),
    Group(
        "address",
        _("Address by parts"),
        (
            Field("postcode", _("Postcode"), longest=10),
            Field("region", _("Region"), longest=120),
            Field("district", _("District"), longest=120),
            Field("settlement", _("Settlement"), longest=120),
            Field("street", _("Street"), longest=160),
            Field("house", _("House"), longest=20),
            Field("building", _("Building"), longest=20),
            Field("flat", _("Flat"), longest=20),
            Field("fias", _("FIAS code"), longest=40),
        ),
    ),
    Group(
        "substance",
        _("About the appeal"),
        (
            Field("subtype", _("Subtype"), CHOICE, choices=SUBTYPES),
            Field("marks", _("Special marks"), SEVERAL, choices=MARKS),
            Field(
                "coordinates",
                _("Coordinates of the place"),
                longest=60,
                hint=_("Latitude and longitude, for example 55.7512, 37.6184."),
            ),
        ),
    ),
    Group(
        "consideration",
        _("Report and control"),
        (
            Field("reported_on", _("Reported to the manager on"), DAY),
            Field("control", _("Control"), CHOICE, choices=CONTROL),
            Field("control_off_on", _("Taken off control on"), DAY),
            Field("control_off_ground", _("Ground of taking off"), longest=500),
        ),
    ),
)
FIELDS: Mapping[str, Field] = {one.name: one for group in GROUPS for one in group.fields}

#: Those of one question of the classifier.
OF_QUESTION: tuple[Field, ...] = (
    Field("note", _("What is asked"), WORDS, MOST_WORDS),
    Field("jurisdiction", _("Jurisdiction"), CHOICE, choices=JURISDICTIONS),
    Field("competence", _("Body that is competent"), longest=300),
    Field("executor", _("Executor"), longest=100),
    Field("route", _("Route"), CHOICE, choices=ROUTES),
    Field("solved", _("Solved in fact"), CHOICE, choices=SOLVED),
    Field("solved_on", _("Date of the solution"), DAY),
)

#: Kinds of fields -> what stands there when nothing is noted.
_BLANK: Mapping[str, Any] = {NUMBER: None, DAY: None, FLAG: False}
_COORDINATES = re.compile(r"(-?\d{1,2}(?:\.\d+)?)[,;\s]+(-?\d{1,3}(?:\.\d+)?)")


def blank(one: Field) -> Any:
    """What a field holds when nothing is noted."""
    return [] if one.kind == SEVERAL else _BLANK.get(one.kind, "")


def cleaned(fields: Iterable[Field], given: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The values of the fields that are given, of their kinds; raise Invalid by `prefix` + name."""
    found, errors = dict[str, Any](), dict[str, list[Any]]()
    for one in fields:
        if one.name not in given:
            continue
        try:
            found[one.name] = _CLEANERS[one.kind](one, given[one.name])
        except ValueError as wrong:
            errors[prefix + one.name] = [wrong.args[0]]
    if errors:
        raise Invalid(_("Please check the fields marked below."), fields=errors)
    return found


def check(values: Mapping[str, Any], *, kind: str, today: date) -> None:
    """Raise Invalid where fields do not go together; `kind` is that of the appeal."""
    errors: dict[str, list[Any]] = {}
    subtype = subtypes().get(values["subtype"])
    if subtype is not None and kind and subtype.kind != kind:
        errors["subtype"] = [_("This subtype belongs to another kind of appeals.")]
    if values["coordinates"] and not _on_earth(values["coordinates"]):
        errors["coordinates"] = [_("Give latitude and longitude: 55.7512, 37.6184.")]
    for name in ("letter_date", "postmarked_on", "reported_on", "control_off_on"):
        if values[name] and values[name] > today:
            errors[name] = [_("The date lies in the future.")]
    if values["control_off_on"] and not values["control"]:
        errors["control_off_on"] = [_("It is not under control.")]
    elif values["control_off_on"] and not values["control_off_ground"]:
        errors["control_off_ground"] = [_("Say on what ground it was taken off.")]
    if errors:
        raise Invalid(_("Please check the fields marked below."), fields=errors)


def said(one: Field, value: Any) -> Any:
    """The value as a reader sees it: words for codes, None where nothing is noted."""
    if value == blank(one) or value is None:
        return None
    if one.kind == FLAG:
        return _("yes")
    if one.kind == CHOICE:
        return one.choices.get(value, value)
    if one.kind == SEVERAL:
        return ", ".join(str(one.choices.get(code, code)) for code in value)
    return value


def noted(group: Group, values: Mapping[str, Any]) -> Iterator[tuple[Any, Any, bool]]:
    """Label, words and whether it is a date, of each field of a group that holds something."""
    for one in group.fields:
        words = said(one, values.get(one.name))
        if words is not None:
            yield one.label, words, one.kind == DAY


def _on_earth(text: str) -> bool:
    found = _COORDINATES.fullmatch(text)
    return found is not None and abs(float(found[1])) <= 90 and abs(float(found[2])) <= 180


def _text(one: Field, value: Any) -> str:
    text = storable(str(value or "")).strip()
    if len(text) > one.longest:
        raise ValueError(_("At most %(n)s characters fit here.", n=one.longest))
    return text


def _number(one: Field, value: Any) -> int | None:
    del one
    if value in (None, ""):
        return None
    if not str(value).strip().isdecimal() or int(value) > MOST_SHEETS:
        raise ValueError(_("Give a whole number."))
    return int(value)


def _day(one: Field, value: Any) -> date | None:
    del one
    if value in (None, ""):
        return None
    try:
        found = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(_("Give the date as YYYY-MM-DD.")) from None
    if found < LAW_IN_FORCE:
        raise ValueError(_("The date is too long ago."))
    return found


def _choice(one: Field, value: Any) -> str:
    code = str(value or "")
    if code and code not in one.choices:
        raise ValueError(_("Choose one of the list."))
    return code


def _several(one: Field, value: Any) -> list[str]:
    codes = [str(each) for each in value or ()]
    if any(code not in one.choices for code in codes):
        raise ValueError(_("Choose from the list."))
    return [code for code in one.choices if code in codes]


_CLEANERS: Mapping[str, Any] = {
    TEXT: _text,
    WORDS: _text,
    NUMBER: _number,
    DAY: _day,
    FLAG: lambda _one, value: bool(value),
    CHOICE: _choice,
    SEVERAL: _several,
}
