"""Who may do what, as data. What is not given here is not allowed."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from app.access import passwords
from app.access.values import Away, Person
from app.errors import Forbidden
from app.extensions import gettext, locale
from app.extensions import lazy_gettext as _

AUDITOR = "auditor"
ADMINISTRATOR = "administrator"
#: Roles that do no work on appeals: who has no other is given none and stands in for nobody.
IDLE = frozenset({AUDITOR, "client"})

#: Role -> what people call it.
ROLES: Mapping[str, Any] = {
    "registrar": _("Registrar"),
    "assistant": _("Manager's assistant"),
    "manager": _("Manager"),
    "executor": _("Executor"),
    "controller": _("Controller"),
    "approver": _("Approver"),
    "signatory": _("Signatory"),
    "dispatcher": _("Dispatcher"),
    "analyst": _("Analyst"),
    "administrator": _("Administrator"),
    "auditor": _("Auditor"),
    "client": _("Client program"),
}

#: Role -> what its holder does.
ABOUT: Mapping[str, Any] = {
    "registrar": _("Enters and registers appeals, chooses their questions, sends them on."),
    "assistant": _("Prepares resolutions and cover letters for the manager."),
    "manager": _("Reviews appeals, assigns executors, decides on terms and redirection."),
    "executor": _("Carries out assignments, reports, drafts replies."),
    "controller": _("Watches the terms, accepts reports or returns them for rework."),
    "approver": _("Approves draft replies or returns them with remarks."),
    "signatory": _("Signs letters of the body."),
    "dispatcher": _("Prints and posts letters, enters their track numbers."),
    "analyst": _("Changes the diagrams, forms and templates of letters by which the work goes."),
    "administrator": _("Keeps people, structure and settings, settles failures."),
    "auditor": _("Sees everything and changes nothing."),
    "client": _("A site or portal that files appeals by REST for the people it has identified."),
}

AT_ONCE, DIGEST = "at_once", "digest"

#: How warnings of terms come by mail -> what people call it.
REMINDERS: Mapping[str, Any] = {
    AT_ONCE: _("At once, a letter for each appeal"),
    DIGEST: _("Once a day, one letter in the morning of a working day"),
}

#: Right -> what people call it.
RIGHT_NAMES: Mapping[str, Any] = {
    "people.read": _("see people and roles"),
    "people.change": _("change people and roles"),
    "substitutions.change": _("set the absences of others and who stands in for them"),
    "directory.read": _("see units, posts and organisations"),
    "directory.change": _("change units, posts and organisations"),
    "settings.read": _("see the body's data and settings"),
    "settings.change": _("change the body's data and settings"),
    "deliveries.read": _("see parked deliveries"),
    "deliveries.change": _("retry and cancel deliveries"),
    "incidents.read": _("see incidents"),
    "incidents.change": _("retry and settle incidents"),
    "journal.read": _("read the journal"),
    "processes.read": _("see the diagrams and what runs on them"),
    "processes.change": _("publish diagrams and move what runs to them"),
    "layouts.read": _("see the templates of letters"),
    "layouts.change": _("change the templates of letters"),
    "retention.read": _("see what has come to the end of its keeping and what was erased"),
    "retention.propose": _("propose appeals for erasure, mark those to be kept"),
    "retention.approve": _("approve an act of destruction proposed by another"),
    "subjects.export": _("tell a person what is stored about them"),
}

#: Right -> roles that have it. The auditor reads all and changes nothing, so no right to change
#: anything may ever name the auditor; a test keeps that.
RIGHTS: Mapping[str, frozenset[str]] = {
    "people.read": frozenset({"administrator", "auditor"}),
    "people.change": frozenset({"administrator"}),
    "substitutions.change": frozenset({"administrator", "manager"}),
    "directory.read": frozenset({"administrator", "auditor"}),
    "directory.change": frozenset({"administrator"}),
    "settings.read": frozenset({"administrator", "auditor"}),
    "settings.change": frozenset({"administrator"}),
    "deliveries.read": frozenset({"administrator", "auditor"}),
    "deliveries.change": frozenset({"administrator"}),
    "incidents.read": frozenset({"administrator", "analyst", "auditor"}),
    "incidents.change": frozenset({"administrator"}),
    "journal.read": frozenset({"administrator", "auditor"}),
    "processes.read": frozenset({"analyst", "administrator", "auditor"}),
    "processes.change": frozenset({"analyst"}),
    "layouts.read": frozenset({"analyst", "administrator", "auditor"}),
    "layouts.change": frozenset({"analyst"}),
    "retention.read": frozenset({"registrar", "manager", "administrator", "auditor"}),
    "retention.propose": frozenset({"registrar", "administrator"}),
    "retention.approve": frozenset({"manager"}),
    "subjects.export": frozenset({"administrator"}),
}

#: Kind of personal data in an appeal -> what people call it.
PERSONAL_NAMES: Mapping[str, Any] = {
    "names": _("names of applicants"),
    "contacts": _("e-mail, telephone, address"),
    "files": _("letters and files"),
}

#: Kind -> roles that need it for their work and see it as it is; all others see it masked. Who
#: does a task that cannot be done without (registers, writes, signs or posts a letter) sees what
#: the task needs while it is theirs, whatever their roles.
PERSONAL: Mapping[str, frozenset[str]] = {
    "names": frozenset(
        {
            "registrar",
            "assistant",
            "manager",
            "executor",
            "approver",
            "signatory",
            "dispatcher",
            "auditor",
        }
    ),
    "contacts": frozenset({"registrar", "signatory", "dispatcher", "auditor"}),
    "files": frozenset(
        {
            "registrar",
            "assistant",
            "manager",
            "executor",
            "approver",
            "signatory",
            "dispatcher",
            "auditor",
        }
    ),
}

#: Roles that may have what is masked shown for a while, saying why; the journal keeps who and why.
REVEALERS = frozenset({"assistant", "manager", "executor", "approver", "controller"})

#: What is tried again too soon after too many failures waits; see `lockout`.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
#: How many times more failures all strange browsers together have free than each of them.
TOGETHER = 10

# A mark in what a browser calls itself -> its name; the first that is there says it.
_BROWSERS = (
    ("YaBrowser", "Яндекс Браузер"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,49}")
PASSWORD_LEAST = 12
PASSWORD_MOST = 1000


def may(person: Person | None, right: str) -> bool:
    """Whether the person has the right; a right nobody described is nobody's."""
    if person is None or not person.active:
        return False
    return bool(person.roles & RIGHTS.get(right, frozenset()))


def demand(person: Person | None, right: str) -> None:
    """Raise Forbidden when the person lacks the right."""
    if not may(person, right):
        raise Forbidden(_("Your roles do not allow this."))


def personal(person: Person) -> frozenset[str]:
    """The kinds of personal data that the roles of a person show unmasked."""
    if not person.active:
        return frozenset()
    return frozenset(kind for kind, roles in PERSONAL.items() if roles & person.roles)


def away_words(away: Away) -> str:
    """An absence as it stands beside a name."""
    language = locale()
    day = f"{away.until:%d/%m/%Y}" if language == "en" else f"{away.until:%d.%m.%Y}"
    return str(gettext("away until %(day)s, %(name)s stands in", day=day, name=away.said(language)))


def only_reads(person: Person) -> bool:
    """Whether the person is an auditor and nothing else: sees all, changes nothing."""
    return person.roles <= {AUDITOR}


def is_login(text: str) -> bool:
    return _LOGIN.fullmatch(text) is not None


def login_of(text: str) -> str:
    """The login as it is kept, whatever case and width it was typed in.

    '' for what no database can be asked for: a NUL, half a surrogate pair.
    """
    login = unicodedata.normalize("NFKC", text).strip().casefold()
    return login if login.isprintable() else ""


def unknown_roles(roles: Iterable[str]) -> list[str]:
    return sorted(set(roles) - ROLES.keys())


def password_complaint(password: str, login: str, name: str = "") -> Any | None:
    """Why a new password of a person will not do, None when it will."""
    if len(password) < PASSWORD_LEAST:
        return _("The password must have at least %(n)s characters.", n=PASSWORD_LEAST)
    if len(password) > PASSWORD_MOST:
        return _("The password is longer than %(n)s characters.", n=PASSWORD_MOST)
    if login and login in password.casefold():
        return _("The password must not contain the login.")
    if len(set(password)) < 5:
        return _("The password repeats the same few characters.")
    if passwords.is_easy(password, [login, *name.split()]):
        return _("The password is too easy to guess: take a few words that do not go together.")
    return None


def pause(failures: int, free: int) -> timedelta | None:
    """How long to wait after this many failures in a row; the first `free - 1` cost nothing."""
    if failures < free:
        return None
    return min(FIRST_PAUSE * (1 << min(failures - free, 20)), LONGEST_PAUSE)


def browser_name(agent: str) -> str:
    """A browser and its system as a person knows them: "Firefox, Windows"; '' for neither."""
    found = (
        next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(filter(None, found))
