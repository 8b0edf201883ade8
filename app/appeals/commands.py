"""What the doors ask of this room: frozen requests and filters, cleaned and typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from app.errors import Invalid
from app.extensions import lazy_gettext as _
from app.formkit import spelt_out

APPLICANT_KINDS = ("citizen", "organisation", "representative")
#: Whom the form asks about beyond the kind; a citizen of the country is the rule and not noted.
APPLICANT_STATUSES = ("foreigner", "stateless")
REPLY_CHANNELS = ("email", "post")
SITE = "site"
STAFF_CHANNELS = (
    "post",
    "in_person",
    "reception",
    "forwarded",
    "epgu",
    "pos",
    "medo",
    "phone",
    "box",
    "telegram",
    "fax",
)
CHANNELS = (SITE, *STAFF_CHANNELS)


#: What nobody types and nothing shows; PostgreSQL takes no NUL.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def storable(text: str) -> str:
    """The text as every database can keep it, a page show it and a search find it.

    Half a surrogate pair, which JSON can spell, is no character.
    """
    text = spelt_out(text)
    if text.isprintable():
        return text
    return _CONTROL.sub("", text).encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True)
class ApplicantData:
    """One person or organisation as written by whoever files; '' means not given.

    `name` is the organisation's; `represented` is on whose behalf a representative writes.
    """

    kind: str = "citizen"
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    no_middle_name: bool = False
    name: str = ""
    represented: str = ""
    email: str = ""
    phone: str = ""
    postal_address: str = ""


@dataclass(frozen=True)
class Source:
    """Where an appeal forwarded by another body comes from; `due_on` is that body's own term."""

    organisation: str = ""
    number: str = ""
    due_on: date | None = None
    date: date | None = None


@dataclass(frozen=True)
class SubmitAppeal:
    """What is filed, by a citizen or on paper through the registrar.

    `applicant_status` is '' or one of `APPLICANT_STATUSES`. `files` are upload ids. `channel` is
    `site` for the citizen's door, one of `STAFF_CHANNELS` for the intake screen; `received_on` (a
    date of the body's zone) only for the latter. `person_key` is who signed in
    (`codes.person_key`), set by the citizen's door alone.
    """

    applicant: ApplicantData
    text: str
    reply_channel: str = ""
    addressee: str = ""
    place: str = ""
    co_applicants: tuple[ApplicantData, ...] = ()
    files: tuple[str, ...] = ()
    channel: str = SITE
    auth_method: str = ""
    person_key: str = ""
    source: Source = field(default_factory=Source)
    received_on: date | None = None
    language: str = ""
    applicant_status: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> SubmitAppeal:
        """Read the JSON body of `POST /appeals` or the same shape made of a page's form.

        null and '' mean absent, unknown keys are ignored; a value of the wrong kind raises
        `Invalid` beside its field.
        """
        reader = _Reader(data)
        applicant = reader.mapping("applicant")
        command = cls(
            applicant=_applicant(reader, applicant),
            text=reader.text("text", strip=False),
            reply_channel=reader.text("reply_channel"),
            addressee=reader.text("addressee"),
            place=reader.text("place"),
            co_applicants=tuple(
                _co_applicant(reader, each) for each in reader.sequence("co_applicants")
            ),
            files=reader.texts("files"),
            channel=reader.text("channel") or SITE,
            auth_method=reader.text("auth_method"),
            source=_source(reader, reader.mapping("source")),
            received_on=reader.date("received_on"),
            language=reader.text("language"),
            applicant_status=reader.text("applicant_status"),
        )
        reader.finish()
        return command


def _applicant(reader: _Reader, data: Mapping[str, Any]) -> ApplicantData:
    texts = {
        each.name: reader.text(each.name, data)
        for each in fields(ApplicantData)
        if each.name != "no_middle_name"
    }
    return ApplicantData(**texts, no_middle_name=reader.flag("no_middle_name", data))


def _co_applicant(reader: _Reader, data: Any) -> ApplicantData:
    # A co-author given as one line of text is a name as the citizen wrote it.
    if isinstance(data, str):
        last, _space, rest = data.strip().partition(" ")
        first, _space, middle = rest.strip().partition(" ")
        return ApplicantData(last_name=last, first_name=first, middle_name=middle.strip())
    if not isinstance(data, Mapping):
        reader.wrong("co_applicants")
        return ApplicantData()
    found = _applicant(reader, data)
    return found if found.kind else replace(found, kind="citizen")


def _source(reader: _Reader, data: Mapping[str, Any]) -> Source:
    return Source(
        organisation=reader.text("organisation", data),
        number=reader.text("number", data),
        date=reader.date("date", data),
        due_on=reader.date("due_on", data),
    )


class _Reader:
    """Takes values of the wanted kind out of a body and remembers what was wrong."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self._errors: dict[str, list[Any]] = {}

    def wrong(self, name: str) -> None:
        self._errors[name] = [_("This value is of the wrong kind.")]

    def mapping(self, name: str) -> Mapping[str, Any]:
        value = self._data.get(name)
        if isinstance(value, Mapping):
            return value
        if value not in (None, ""):
            self.wrong(name)
        return {}

    def sequence(self, name: str) -> Sequence[Any]:
        value = self._data.get(name)
        if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
            return value
        if value not in (None, ""):
            self.wrong(name)
        return ()

    def text(self, name: str, data: Mapping[str, Any] | None = None, *, strip: bool = True) -> str:
        value = (self._data if data is None else data).get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(name)
            return ""
        value = storable(value)
        return value.strip() if strip else value

    def texts(self, name: str) -> tuple[str, ...]:
        values = self.sequence(name)
        if any(not isinstance(value, str) for value in values):
            self.wrong(name)
            return ()
        return tuple(storable(str(value)) for value in values if value)

    def flag(self, name: str, data: Mapping[str, Any]) -> bool:
        value = data.get(name)
        if value in (None, ""):
            return False
        if not isinstance(value, bool):
            self.wrong(name)
            return False
        return value

    def date(self, name: str, data: Mapping[str, Any] | None = None) -> date | None:
        value = (self._data if data is None else data).get(name)
        if value in (None, ""):
            return None
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self._errors[name] = [_("Give the date as YYYY-MM-DD.")]
            return None

    def finish(self) -> None:
        if self._errors:
            raise Invalid(_("Please check the fields marked below."), fields=self._errors)


@dataclass(frozen=True)
class InboxFilter:
    """Which work items to show.

    `scope`: `mine` (taken by me or assigned to me), `role` (those of my roles that nobody took),
    `unit` (what people of my unit have), `all` (mine and those of my roles; for
    those who oversee, everybody's).
    `term`: `overdue`, `near` (three days or fewer), `later`, `none`. `topic`: a code of the
    classifier or its beginning, a number, or words of a question. `executor`: a login, or words
    of a name. `sort`: `due`, `opened`, `number`, `title`, `applicant`, `holder`, with a leading
    `-` for the other way round.
    """

    scope: str = "all"
    appeal: str = ""
    element: str = ""
    process: str = ""
    role: str = ""
    stage: str = ""
    term: str = ""
    text: str = ""
    sort: str = "due"
    page: int = 1
    size: int = 50
    topic: str = ""
    executor: str = ""


@dataclass(frozen=True)
class AssignmentFilter:
    """Which assignments to show; `scope`: `mine`, `issued`, `overdue`, `all`.

    `unit` is a unit id; `state` one of `issued accepted reported rework done cancelled`, or
    `open` for all that are not finished. Dates bound the term, both ends included.
    """

    scope: str = "mine"
    executor: str = ""
    unit: int | None = None
    state: str = ""
    due_from: date | None = None
    due_to: date | None = None
    text: str = ""
    page: int = 1
    size: int = 100


@dataclass(frozen=True)
class DueFilter:
    """What is due: within `days` from today or overdue; `unit` is a unit id, None for all.

    Of `most` appeals the lines are listed, the most urgent on the first page.
    """

    days: int = 10
    unit: int | None = None
    most: int = 2000
    page: int = 1


@dataclass(frozen=True)
class LetterFilter:
    """Letters dated from `since` to `until`; `q` is sought in number and addressee."""

    state: str = ""
    q: str = ""
    channel: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class SearchQuery:
    """What to look for among the appeals; `q` is sought in number, names, text and place.

    `term`: `overdue` or `near`; `state`: `open` or `closed`; `mark`: one of `repetition.MARKS` or
    `collective`; dates bound the term of the reply.
    """

    q: str = ""
    number: str = ""
    applicant: str = ""
    text: str = ""
    term: str = ""
    state: str = ""
    mark: str = ""
    due_from: date | None = None
    due_to: date | None = None
    sort: str = "-received"
    page: int = 1
    size: int = 50
