"""What the directory tells other rooms: frozen values, never rows."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Body:
    """The public body that runs this reception; a text without a translation is ''.

    `emblem` is the digest of its picture, '' for the drawing of the house.
    """

    name: str = ""
    name_en: str = ""
    short_name: str = ""
    short_name_en: str = ""
    address: str = ""
    address_en: str = ""
    phone: str = ""
    email: str = ""
    site: str = ""
    zone: str = "Europe/Moscow"
    inn: str = ""
    ogrn: str = ""
    head_name: str = ""
    head_name_en: str = ""
    head_post: str = ""
    head_post_en: str = ""
    registration_prefix: str = "И"
    letterhead: str = ""
    reception_hours: str = ""
    reception_hours_en: str = ""
    about: str = ""
    about_en: str = ""
    competence: str = ""
    competence_en: str = ""
    data_notice: str = ""
    data_notice_en: str = ""
    color: str = ""
    emblem: str = ""

    def said(self, field: str, language: str) -> str:
        """The text of `field` in "ru" or "en"; the Russian one where there is no English."""
        text = getattr(self, f"{field}_en", "") if language == "en" else ""
        return str(text or getattr(self, field))


BODY_FIELDS = tuple(field.name for field in fields(Body))


@dataclass(frozen=True)
class Unit:
    """`depth` is 0 for the top; a list of units is in the order of the tree."""

    id: int
    name: str
    name_en: str
    parent_id: int | None
    active: bool
    depth: int = 0

    def said(self, language: str) -> str:
        return self.name_en if language == "en" and self.name_en else self.name


@dataclass(frozen=True)
class Post:
    id: int
    name: str
    name_en: str
    active: bool

    def said(self, language: str) -> str:
        return self.name_en if language == "en" and self.name_en else self.name


@dataclass(frozen=True)
class Organisation:
    id: int
    name: str
    short_name: str
    email: str
    address: str
    phone: str
    active: bool


@dataclass(frozen=True)
class Authority:
    """A right to sign; `until` is the last day, None = until revoked."""

    id: int
    login: str
    basis: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Change:
    """One change of a setting; `before` is None when it had its default."""

    key: str
    at: datetime
    actor: str
    before: Any
    after: Any
