"""Passwords, and the secrets that stand for them; no database here."""

import secrets
from collections.abc import Iterable
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()

#: What an unknown login is checked against, so that the answer takes as long as for a known one.
#: No password fits: the salt and the digest are random. A test keeps its costs equal to ours.
NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$"
    "6rP6UQSBLdEYNBTw7esTIQ$bXjiKcLzJyASF2Hn0oi5Xx7rlLSX26GmZhEfsQ//1pU"
)


#: A password that this many guesses find, the commonest first, is too easy.
GUESSES = 10**8
_JUDGED = 72  # characters; the estimate takes longer with each one
#: What was typed with the Russian layout, as the same keys give it with the Latin one.
_KEYS = str.maketrans("ёйцукенгшщзхъфывапролджэячсмитьбю", "`qwertyuiop[]asdfghjkl;'zxcvbnm,.")


def is_easy(password: str, own_words: Iterable[str] = ()) -> bool:
    """Whether a guesser finds it soon: common words, rows of keys, dates, names, the own words.

    Russian words are typed with either layout, so both spellings are judged.
    """
    # It comes with the commonest words of the world, which only a new password is held against.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    own = [word.casefold() for word in own_words if word]
    text = password[:_JUDGED]
    spellings = {text, text.casefold().translate(_KEYS)}
    known = [*own, *(word.translate(_KEYS) for word in own)]
    return any(zxcvbn(one, user_inputs=known)["guesses"] < GUESSES for one in spellings)


def hashed(password: str) -> str:
    return _hasher.hash(password)


def fits(password_hash: str, password: str) -> bool:
    """Whether the password is the one; takes the same time either way."""
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def is_old(password_hash: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return _hasher.check_needs_rehash(password_hash)


def new_secret() -> str:
    """256 random bits for a session or a token."""
    return secrets.token_urlsafe(32)


def new_password() -> str:
    """A password to be told to a person: about 66 bits, no letters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyzACDEFHJKLMNPRTUVWXY3479"
    groups = ("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
