"""What access tells other rooms: frozen values, never rows."""

from dataclasses import dataclass
from datetime import date, datetime


def shortened(name: str) -> str:
    """Family name and initials: «Вершинин П. А.»."""
    family, *rest = name.split() or [""]
    return " ".join([family, *(f"{part[0]}." for part in rest)])


@dataclass(frozen=True)
class Away:
    """Somebody is away: the last day, and who acts for them."""

    until: date
    login: str
    name: str
    name_en: str = ""

    def said(self, language: str) -> str:
        """The substitute's name, short in Russian."""
        return self.name_en if language == "en" and self.name_en else shortened(self.name)


@dataclass(frozen=True)
class Person:
    """A member of staff; `post` and `unit` are titles, '' when there is none.

    `reminders`: whether warnings of terms come by mail "at_once" or in a daily "digest".
    `stands_for`: logins of the absent people for whom this one acts now; `away` when absent.
    """

    login: str
    name: str
    post: str = ""
    unit_id: int | None = None
    unit: str = ""
    roles: frozenset[str] = frozenset()
    email: str = ""
    active: bool = True
    name_en: str = ""
    post_en: str = ""
    unit_en: str = ""
    post_id: int | None = None
    reminders: str = "at_once"
    stands_for: frozenset[str] = frozenset()
    away: Away | None = None

    @property
    def logins(self) -> frozenset[str]:
        """The person's own login and those of the people for whom they act."""
        return self.stands_for | {self.login}

    def said(self, field: str, language: str) -> str:
        """`field` (name, post or unit) in "ru" or "en"; the Russian one where there is no other."""
        text = getattr(self, f"{field}_en") if language == "en" else ""
        return str(text or getattr(self, field))

    @property
    def short_name(self) -> str:
        """Family name and initials, as resolutions and letters spell it."""
        return shortened(self.name)


@dataclass(frozen=True)
class Substitution:
    """An absence with who acts for the absent; `until` is the last day, `running` whether now."""

    id: int
    absent: Person
    substitute: Person
    since: date
    until: date
    running: bool


@dataclass(frozen=True)
class Origin:
    """Where somebody signs in from.

    `address` of the network; `browser` is the mark of one in which this very login was signed in
    to before, '' for a strange one; `agent` is what the browser calls itself.
    """

    address: str = ""
    browser: str = ""
    agent: str = ""


@dataclass(frozen=True)
class Opened:
    """A session or a token ("session", "token") that has not ended; moments are aware, in UTC."""

    id: int
    kind: str
    since: datetime
    until: datetime
    address: str
    client: str
    own: bool


@dataclass(frozen=True)
class Pass:
    """A secret shown once; `expires_at` is aware, in UTC.

    `kind`: "session", "token", "link"; "code" and "enrol" lead to the second step of signing in.
    """

    login: str
    secret: str
    expires_at: datetime
    kind: str
