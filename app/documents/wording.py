"""Verdicts on signatures in words; none of them ever says that a signature is a qualified one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import format_date

from app.documents.signatures import Report, Verdict
from app.extensions import lazy_gettext as _

INTEGRITY: Mapping[str, Any] = {
    "unchanged": _("Not changed since it was signed."),
    "continued": _("What was signed is not changed, but something was added to the file later."),
    "changed": _("The file was changed after it was signed, or the signature is of another file."),
    "unchecked": _("Not checked."),
}
CHAIN: Mapping[str, Any] = {
    "trusted": _("Issued by an authority that we trust."),
    "untrusted": _("Issued by an authority that is not in our list of trust."),
    "self_signed": _("Issued by its owner: nobody has confirmed who that is."),
    "expired": _("Was no longer in force when the file was signed."),
    "early": _("Was not yet in force when the file was signed."),
    "unchecked": _("Not checked."),
}
REVOCATION: Mapping[str, Any] = {
    "good": _("Not revoked, by the lists now in force."),
    "revoked": _("Revoked."),
    "unchecked": _("Not checked: there is no list of revoked certificates that is in force."),
}
WHY: Mapping[str, Any] = {
    "engine": _("Not checked: the program for GOST signatures is not installed on our server."),
    "algorithm": _("Not checked: the algorithm of the signature is not known here."),
    "certificate": _("Not checked: the certificate of the signer is not in the signature."),
}
TROUBLE: Mapping[str, Any] = {
    "unsigned": _("The file bears no electronic signature."),
    "broken": _("The file is damaged and cannot be read; perhaps it was not received whole."),
    "locked": _("The file is locked by a password, and its signatures cannot be read."),
    "foreign": _("What was given as the signature is no electronic signature."),
    "alone": _("This is a signature without its document. Add the file that was signed."),
    "unread": _("The file is too large or too complicated to be checked here."),
}
_GOOD = {"unchanged", "trusted", "good"}
_BAD = {"changed", "expired", "early", "revoked"}


@dataclass(frozen=True)
class Told:
    """One of the three things said of a signature; `kind` is "ok", "bad", "near" or ""."""

    name: Any
    sentence: Any
    kind: str


def three(verdict: Verdict) -> tuple[Told, Told, Told]:
    """Bytes, chain, revocation, each by itself."""
    why = WHY.get(verdict.why)
    revoked = verdict.revocation == "revoked" and verdict.revoked_at
    return (
        Told(_("The file"), _said(INTEGRITY, verdict.integrity, why), _kind(verdict.integrity)),
        Told(_("The certificate"), _said(CHAIN, verdict.chain, why), _kind(verdict.chain)),
        Told(
            _("Revocation"),
            _("Revoked on %(day)s.", day=format_date(verdict.revoked_at, "long"))
            if revoked
            else REVOCATION[verdict.revocation],
            _kind(verdict.revocation),
        ),
    )


def in_short(report: Report) -> tuple[Any, str]:
    """What a badge says of a file, and the badge's kind."""
    if report.trouble:
        return TROUBLE[report.trouble], "near"
    if any(one.bad for one in report.verdicts):
        return _("the signature does not hold"), "bad"
    if report.good:
        return _("the signature holds"), "ok"
    return _("the signature is checked in part"), "near"


def _said(words: Mapping[str, Any], found: str, why: Any) -> Any:
    return why if found == "unchecked" and why else words[found]


def _kind(found: str) -> str:
    return "ok" if found in _GOOD else "bad" if found in _BAD else "near"
