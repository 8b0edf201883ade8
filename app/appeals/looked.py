"""Personal data are not read without a trace: every look at a card, a list or an export."""

from sqlalchemy.orm import Session

from app import clock
from app.access.services import Person
from app.appeals.cards import CardView
from app.appeals.commands import SearchQuery
from app.appeals.sight import ONE_LOOK
from app.audit.services import last, record
from app.database import reading, transaction

OPENED, SEARCHED, EXPORTED = "card.opened", "appeals.searched", "appeals.exported"
PRINTED = "card.printed"
TOGETHER, SHOWN = "campaign.opened", "letters.shown"


def card_opened(person: Person, card: CardView) -> None:
    """Note a look at a card; what follows within half an hour is the same look."""
    since = clock.now() - ONE_LOOK
    recent = any(
        one.action == OPENED and one.actor == person.login and one.at > since
        for one in card.history
    )
    if not recent:
        with transaction() as session:
            record(session, person.login, OPENED, card.key)


def card_printed(person: Person, card: CardView) -> None:
    """Note that a card was made ready for paper: each sheet may leave the house."""
    with transaction() as session:
        record(session, person.login, PRINTED, card.key)


def list_searched(person: Person, wanted: SearchQuery, found: int) -> None:
    """Note a look at the list of appeals; the words that were sought may name a citizen."""
    with reading() as session:
        before = last(session, _searches_of(person), SEARCHED, person.login)
    if before is not None and before > clock.now() - ONE_LOOK:
        return
    by = [name for name in ("q", "number", "applicant", "text") if getattr(wanted, name)]
    with transaction() as session:
        record(session, person.login, SEARCHED, _searches_of(person), by=by, found=found)


def campaign_opened(person: Person, key: str, found: int) -> None:
    """Note a look at many appeals with one text; `key` is that of the campaign or the group."""
    with reading() as session:
        before = last(session, key, TOGETHER, person.login)
    if before is None or before <= clock.now() - ONE_LOOK:
        with transaction() as session:
            record(session, person.login, TOGETHER, key, found=found)


def letters_shown(person: Person, letters: int) -> None:
    """Note a look at letters that are about to be sent together."""
    with transaction() as session:
        record(session, person.login, SHOWN, _searches_of(person), letters=letters)


def list_exported(person: Person, what: str, rows: int) -> None:
    """Note every export: a file leaves the house."""
    with transaction() as session:
        note_export(session, person.login, what, rows)


def note_export(session: Session, login: str, what: str, rows: int) -> None:
    """The same in the transaction of who made the file."""
    record(session, login, EXPORTED, f"account:{login}", what=what, rows=rows)


def _searches_of(person: Person) -> str:
    return f"account:{person.login}"
