"""What is said of a signature: three things, each by itself, and never that it is "qualified"."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Literal

#: `continued`: the signed bytes are unchanged, and something was added to the file after them.
Integrity = Literal["unchanged", "continued", "changed", "unchecked"]
#: `expired`, `early`: when it was signed the certificate was no longer, or not yet, in force.
Chain = Literal["trusted", "untrusted", "self_signed", "expired", "early", "unchecked"]
Revocation = Literal["good", "revoked", "unchecked"]
#: Why a file has no verdicts: it bears no signature, cannot be read, is locked by a password; what
#: was given as a detached signature is none, or such a one came without its document; or the
#: reader broke at it.
Trouble = Literal["", "unsigned", "broken", "locked", "foreign", "alone", "unread"]
#: Why something was not checked: the GOST engine is missing, the algorithm is unknown, the
#: signer's certificate is not in the signature.
Why = Literal["", "engine", "algorithm", "certificate"]

_MOMENTS = ("valid_from", "valid_to", "signed_at", "revoked_at")


@dataclass(frozen=True)
class Certificate:
    """Whose certificate it is; `number` is the serial number in hex, as in any viewer.

    `owner` is the person where the certificate names one, else its common name; `fingerprint` the
    SHA-256 of the whole certificate in hex; moments are aware, in UTC.
    """

    owner: str
    issuer: str
    number: str
    valid_from: datetime
    valid_to: datetime
    fingerprint: str
    organisation: str = ""


@dataclass(frozen=True)
class Verdict:
    """What was found of one signature; `signed_at` is the signer's own word.

    `revocation` is `good` only where lists in force of the whole chain were at hand.
    """

    integrity: Integrity
    chain: Chain = "unchecked"
    revocation: Revocation = "unchecked"
    owner: str = ""
    organisation: str = ""
    issuer: str = ""
    certificate: str = ""
    fingerprint: str = ""
    algorithm: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    signed_at: datetime | None = None
    revoked_at: datetime | None = None
    why: Why = ""

    @property
    def intact(self) -> bool:
        """Whether the file is what was signed, to its last byte."""
        return self.integrity == "unchanged"

    @property
    def good(self) -> bool:
        """Whether nothing speaks against it; revocation may be unchecked."""
        return self.intact and self.chain == "trusted" and self.revocation != "revoked"

    @property
    def bad(self) -> bool:
        """Whether something speaks against it, and not only for want of means to check."""
        return (
            self.integrity == "changed"
            or self.chain in ("expired", "early")
            or self.revocation == "revoked"
        )

    @property
    def past(self) -> bool:
        """Whether it was signed when, by the signer's word, the certificate was in force."""
        return bool(self.signed_at and self.valid_to and self.signed_at <= self.valid_to)

    def as_json(self) -> dict[str, Any]:
        told = asdict(self)
        return told | {name: told[name] and told[name].isoformat() for name in _MOMENTS}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Verdict":
        known = {one.name: told[one.name] for one in fields(cls) if one.name in told}
        moments = {
            name: datetime.fromisoformat(known[name]) for name in _MOMENTS if known.get(name)
        }
        return cls(**{**known, **moments})


@dataclass(frozen=True)
class Report:
    """All signatures of a file, in order; `trouble` says why there are none."""

    verdicts: tuple[Verdict, ...] = ()
    trouble: Trouble = ""

    @property
    def good(self) -> bool:
        return bool(self.verdicts) and all(one.good for one in self.verdicts)

    @property
    def intact(self) -> bool:
        return bool(self.verdicts) and all(one.intact for one in self.verdicts)

    def as_json(self) -> dict[str, Any]:
        return {"trouble": self.trouble, "verdicts": [one.as_json() for one in self.verdicts]}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Report":
        found = tuple(Verdict.from_json(one) for one in told["verdicts"])
        return cls(found, told["trouble"])
