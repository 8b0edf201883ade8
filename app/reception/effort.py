"""A check against floods that asks nothing of people: no picture, no puzzle, no outside service.

Whoever sends a few appeals an hour never meets it. An address that has sent more gives its browser
a sum to do first (the protocol of ALTCHA: find the number whose SHA-256 with a salt is given),
which costs a person's computer a second and a flood its speed. Who has no scripts waits a little
instead, a few times an hour. The check is tied to the mark of the form, and one form is one
appeal: a sum done once is worth nothing twice.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode

from flask import g
from limits import parse

from app import clock
from app.directory import services as directory
from app.extensions import limiter, settings

_DAY = 24 * 3600
_SENT, _WAITED = "appeals sent", "appeals sent after waiting"
#: How high the number may be, by the setting `flood.effort`.
HIGHEST = {"light": 30_000, "medium": 150_000, "hard": 600_000}


@dataclass(frozen=True)
class Verdict:
    """Whether a form may be filed; if not, how many `seconds` who has no scripts has to wait.

    `waited`: it may because its writer waited, which is counted. `often`: too many waited already.
    """

    passed: bool
    seconds: int = 0
    waited: bool = False
    often: bool = False


def challenge(form: str) -> dict[str, Any]:
    """A sum for the form of this mark, as ALTCHA's clients read it, and the `stamp` of its time."""
    highest = HIGHEST[str(_setting("flood.effort"))]
    told = {"form": _mark(form), "at": int(clock.real().timestamp())}
    salt = f"{secrets.token_hex(12)}?{urlencode(told)}"
    wanted = _digest(salt, secrets.randbelow(highest) + 1)
    return {
        "algorithm": "SHA-256",
        "challenge": wanted,
        "maxnumber": highest,
        "salt": salt,
        "signature": _signed(wanted),
        "stamp": f"{salt}#{_signed(salt)}",
    }


def judge(form: str, address: str, *, solution: str, stamp: str) -> Verdict:
    """Whether the form of this mark may be filed from this address.

    `solution` is what ALTCHA's clients send, Base64 of JSON; `stamp` comes back from the page.
    """
    if free(address) or _solved(form, solution):
        return Verdict(passed=True)
    wait = int(_setting("flood.wait"))
    at = _stamped(form, stamp)
    left = wait if at is None else max(0, wait - int(clock.real().timestamp()) + at)
    if left:
        return Verdict(passed=False, seconds=left)
    often = not limiter.limiter.test(_hourly("flood.slow"), _WAITED, address)
    return Verdict(passed=not often, waited=not often, often=often)


def free(address: str) -> bool:
    """Whether the address has sent so little lately that nothing is asked of it."""
    if settings().rate("appeals") is None:
        return True
    return limiter.limiter.test(_hourly("flood.free"), _SENT, address)


def count(address: str, verdict: Verdict) -> None:
    """Note that an appeal was filed from the address, where limits are kept at all."""
    if settings().rate("appeals") is None:
        return
    limiter.limiter.hit(_hourly("flood.free"), _SENT, address)
    if verdict.waited:
        limiter.limiter.hit(_hourly("flood.slow"), _WAITED, address)


def hourly_limit() -> str:
    """How many appeals an hour one address may file at all: the staff's limit, or the setting."""
    installed = settings().rate("appeals")
    if installed is None:
        return "1000000/second"
    chosen = str(_setting("flood.most"))
    return installed if chosen == "0" else f"{chosen}/hour"


def _solved(form: str, solution: str) -> bool:
    # Anybody may send anything: half a letter, a number without end, brackets in brackets.
    try:
        said = json.loads(base64.b64decode(solution, validate=True))
        wanted, salt, number = str(said["challenge"]), str(said["salt"]), int(said["number"])
        ours = hmac.compare_digest(_signed(wanted).encode(), str(said["signature"]).encode())
        right = hmac.compare_digest(_digest(salt, number).encode(), wanted.encode())
    except (ValueError, LookupError, TypeError, OverflowError, RecursionError):
        return False
    return ours and right and _said_at(form, salt) is not None


def _stamped(form: str, stamp: str) -> int | None:
    """When the page was made, in seconds since 1970; None for a stamp that is not ours."""
    salt, _hash, signature = stamp.rpartition("#")
    if not hmac.compare_digest(_signed(salt).encode(), signature.encode()):
        return None
    return _said_at(form, salt)


def _said_at(form: str, salt: str) -> int | None:
    """When a salt was made, if it was for this form and less than a day ago."""
    told = parse_qs(salt.partition("?")[2])
    try:
        at = int(told["at"][0])
        good = told["form"][0] == _mark(form) and clock.real().timestamp() - at < _DAY
    except (KeyError, ValueError):
        return None
    return at if good else None


def _hourly(key: str) -> Any:
    return parse(f"{_setting(key)}/hour")


def _setting(key: str) -> Any:
    """A setting, asked for once a request."""
    if "settings_known" not in g:
        g.settings_known = directory.all_settings()
    return g.settings_known[key]


def _mark(form: str) -> str:
    return hashlib.sha256(f"effort:{form}".encode("utf-8", "replace")).hexdigest()[:16]


def _digest(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def _signed(text: str) -> str:
    key = f"effort:{settings().secret_key}".encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
