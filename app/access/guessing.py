"""Guessing the code that belongs to a number is slowed down, and the right pair never is.

Each wrong pair for a number, whether anybody has that number or not, makes the next answer about it
come later. Only the answer to a wrong pair waits: the code is compared first, so that nobody can
keep a citizen out of the own appeal by guessing at it. A few answers wait at a time; while they do,
other wrong ones are refused at once, so that guessers cannot occupy the server by waiting.

An address that was wrong too often is shut out by its limit, `RATE_STATUS`.
"""

import hashlib
import threading
import time

from app.extensions import limiter, settings
from app.turns import give_up

FREE = 3  # wrong pairs for a number that cost nothing: a person mistypes
FIRST = 0.25  # seconds
LONGEST = 8.0
FORGOTTEN = 3600  # seconds after the last wrong pair
AT_ONCE = 2

_waiting = threading.BoundedSemaphore(AT_ONCE)


def may_answer(number: str) -> bool:
    """Wait before a pair is called wrong; False where too many wait already: refuse at once."""
    if settings().rate("status") is None:
        return True
    key = hashlib.sha256("".join(filter(str.isalnum, number.upper())).encode()).hexdigest()
    seconds = pause(limiter.storage.incr(f"guess/{key}", FORGOTTEN))
    if not seconds:
        return True
    if not _waiting.acquire(blocking=False):
        return False
    give_up()
    try:
        time.sleep(seconds)
    finally:
        _waiting.release()
    return True


def pause(failures: int) -> float:
    """Seconds before the answer to so many wrong pairs for one number."""
    over = failures - FREE
    return min(FIRST * 2 ** min(over - 1, 10), LONGEST) if over > 0 else 0.0
