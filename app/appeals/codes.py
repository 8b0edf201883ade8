"""Secrets that are derived instead of stored: access codes, codes of drafts, survey links."""

import hashlib
import hmac

# Crockford's alphabet: no I, L, O, U; a person who types them anyway means 1, 1, 0, V.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT = str.maketrans("ILOUАВЕКМНОРСТХ", "110VABEKMH0PCTX")
CODE_LETTERS = 16  # of 5 bits each: 80 bits
_SHIFTS = range(5 * 31, -1, -5)


def access_code(key: str, appeal_id: int, generation: int) -> str:
    """The code for an appeal, as four groups of four letters.

    Raising the generation revokes the code that was given out before.
    """
    return _grouped(_letters(key, f"access:{appeal_id}:{generation}", CODE_LETTERS))


def draft_code(key: str, form: str) -> str:
    """The code that opens the draft of the form of this mark, on any device."""
    return _grouped(_letters(key, f"draft:{form}", CODE_LETTERS))


def fits(key: str, appeal_id: int, generation: int, given: str) -> bool:
    """Whether `given`, as a person typed it, is the code; takes the same time either way."""
    expected = plain(access_code(key, appeal_id, generation))
    return hmac.compare_digest(expected.encode(), plain(given).encode())


def plain(code: str) -> str:
    """The code without spaces and dashes, in capitals, look-alikes put right."""
    return "".join(filter(str.isalnum, code.upper())).translate(_MEANT)


def survey_token(key: str, invitation_id: int) -> str:
    """The secret part of a survey's link (130 bits)."""
    return _letters(key, f"survey:{invitation_id}", 26)


def person_key(key: str, provider: str, subject: str) -> str:
    """What is kept of who signed in: it finds their appeals again and tells nothing of them."""
    return _letters(key, f"person:{len(provider)}:{provider}:{subject}", 32)


def news_token(key: str, appeal_id: int) -> str:
    """What a link to stop news of an appeal carries: whose it is, and 130 bits that prove it."""
    return f"{appeal_id}-{_letters(key, f'news:{appeal_id}', 26)}"


def news_of(key: str, token: str) -> int | None:
    """The appeal of such a link; None for one that was made up."""
    number, _dash, _secret = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    expected = news_token(key, int(number))
    return int(number) if hmac.compare_digest(expected.encode(), token.encode()) else None


def token_hash(token: str) -> str:
    """What is stored of a token, in hex."""
    return hashlib.sha256(plain(token).encode()).hexdigest()


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + 4] for at in range(0, CODE_LETTERS, 4))


def _letters(key: str, subject: str, number: int) -> str:
    digest = hmac.digest(key.encode(), subject.encode(), "sha256")
    value = int.from_bytes(digest, "big") >> (256 - 5 * number)
    return "".join([_LETTERS[(value >> shift) & 31] for shift in _SHIFTS[-number:]])
