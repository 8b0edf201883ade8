"""Passwords, and the secrets that stand for them; no database here."""

import secrets
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
