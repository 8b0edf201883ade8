"""What may be kept and logged of an error that nobody foresaw.

Its text is nobody's own sentence: a database repeats the row it was given, a mail server the
address, `int()` the answer it could not read. So it goes into no log, no incident and no list; its
kind and its place in the code do.
"""

import errno
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import engine
from app.errors import DomainError, Misfit

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
_HOUSE = Path(__file__).parents[1]
_ROOMS = tuple(str(_HOUSE / name) for name in ("app", "engine"))
#: Errors whose text is a sentence that was written for a reader.
OWN = (DomainError, Misfit, engine.EngineError)


def kind_of(error: BaseException) -> str:
    """The class of an error, that of the driver for the database's, with the constraint's name."""
    cause = getattr(error, "orig", None) or error
    constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
    system = errno.errorcode.get(getattr(cause, "errno", None) or 0)
    codes = (system, getattr(cause, "smtp_code", None), constraint)
    return " ".join([type(cause).__name__, *(str(code) for code in codes if code)])


def place_of(error: BaseException) -> str:
    """Where in the code of the house it was raised: `app/outbox/relay.py:120`."""
    places = [
        (frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    ours = [(name, line) for name, line in places if name.startswith(_ROOMS)]
    if not ours:
        return ""
    name, line = ours[-1]
    return f"{Path(name).relative_to(_HOUSE)}:{line}"


def said_of(error: BaseException) -> str:
    """The sentence of an error of our own, without data; where any other was raised."""
    if isinstance(error, engine.EngineError):
        return engine.sentence_of(error).discreet()
    return str(error) if isinstance(error, OWN) else place_of(error)


def reason_of(error: BaseException) -> str:
    """Both in a line, for those who keep the system."""
    return ": ".join(filter(None, (kind_of(error), said_of(error))))


def trace(exc_info: Raised) -> str:
    """A trace with its lines of code, and of each error its kind alone."""
    return "\n".join(_parts(exc_info[1])) if exc_info[1] is not None else ""


def _parts(error: BaseException) -> Iterator[str]:
    """The error that was met first comes first."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    for one in reversed(chain):
        yield _lines(one.__traceback__) + kind_of(one)


def _lines(found: TracebackType | None) -> str:
    return "".join(traceback.format_tb(found))
