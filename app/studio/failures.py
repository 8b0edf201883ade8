"""Why a delivery failed, in the words of a reader.

The outbox keeps what a handler said, or the kind and the text of the error it met. Sentences of our
own are translated whole; of a foreign error its kind is put into words, and its text stays.
"""

import re
from collections.abc import Mapping
from typing import Any

from app.extensions import lazy_gettext as _

#: What the handlers themselves say when they give up.
SENTENCES: Mapping[str, Any] = {
    "The letter was changed after it had been approved.": _(
        "The letter was changed after it had been approved."
    ),
    "The signature that was made does not hold.": _("The signature that was made does not hold."),
    "Letters cannot be signed: set SIGNING_PKCS12 (see .env.example).": _(
        "Letters cannot be signed: set SIGNING_PKCS12 (see .env.example)."
    ),
    "SIGNING_PKCS11_PIN does not open the token.": _("SIGNING_PKCS11_PIN does not open the token."),
    "The token SIGNING_PKCS11_TOKEN names cannot be opened, "
    "or SIGNING_PKCS11_KEY names no key with a certificate on it.": _(
        "The token SIGNING_PKCS11_TOKEN names cannot be opened, "
        "or SIGNING_PKCS11_KEY names no key with a certificate on it."
    ),
    "The token did not sign: is it there and open?": _(
        "The token did not sign: is it there and open?"
    ),
    "Set both SIGNING_GOST_KEY and SIGNING_GOST_CERTIFICATE.": _(
        "Set both SIGNING_GOST_KEY and SIGNING_GOST_CERTIFICATE."
    ),
    "The GOST engine of openssl is missing (libengine-gost-openssl).": _(
        "The GOST engine of openssl is missing (libengine-gost-openssl)."
    ),
    "SIGNING_GOST_KEY and SIGNING_GOST_CERTIFICATE are no pair, "
    "or SIGNING_GOST_PASSWORD does not open the key.": _(
        "SIGNING_GOST_KEY and SIGNING_GOST_CERTIFICATE are no pair, "
        "or SIGNING_GOST_PASSWORD does not open the key."
    ),
}
#: The same with a piece that differs from case to case.
PATTERNS: Mapping[str, Any] = {
    r"The mail server refused the address \((?P<code>\d+)\)\.": _(
        "The mail server refused the address (%(code)s)."
    ),
    r"The mail server refused the message \((?P<code>\d+)\)\.": _(
        "The mail server refused the message (%(code)s)."
    ),
    r"The certificate of the signature ran out on (?P<day>[\d.]+)\.": _(
        "The certificate of the signature ran out on %(day)s."
    ),
    r"The certificate of the signature is not in force before (?P<day>[\d.]+)\.": _(
        "The certificate of the signature is not in force before %(day)s."
    ),
    r"(?P<what>.+) names no PKCS#12 file, or (?P<how>.+) does not open it\.": _(
        "%(what)s names no PKCS#12 file, or %(how)s does not open it."
    ),
    r"The file (?P<what>.+) names is not there\.": _("The file %(what)s names is not there."),
    r"The server may not read the file (?P<what>.+) names\.": _(
        "The server may not read the file %(what)s names."
    ),
    r"The file (?P<what>.+) names cannot be read: (?P<why>.+)\.": _(
        "The file %(what)s names cannot be read: %(why)s."
    ),
    r"The file (?P<what>.+) names holds no certificate\.": _(
        "The file %(what)s names holds no certificate."
    ),
}
#: Kinds of errors that an administrator meets most.
KINDS: Mapping[str, Any] = {
    "ConnectionRefusedError": _("The server refuses connections"),
    "ConnectionResetError": _("The server broke the connection off"),
    "SMTPServerDisconnected": _("The server broke the connection off"),
    "TimeoutError": _("The server did not answer in time"),
    "gaierror": _("The name of the server is not known"),
    "SMTPAuthenticationError": _("The mail server refuses our name and password"),
    "SMTPRecipientsRefused": _("The mail server does not take the letter for this address now"),
    "SMTPSenderRefused": _("The mail server does not take the letter now"),
    "SMTPDataError": _("The mail server does not take the letter now"),
    "PermissionError": _("A file or folder may not be read or written"),
    "FileNotFoundError": _("A file is missing"),
}
_ERROR = re.compile(r"(?P<kind>[A-Za-z_]\w*): (?P<text>.*)", re.DOTALL)


def told(reason: str) -> tuple[str, str]:
    """Part a reason into a sentence in the reader's language and the words of a foreign error."""
    if reason in SENTENCES:
        return str(SENTENCES[reason]), ""
    for pattern, sentence in PATTERNS.items():
        if found := re.fullmatch(pattern, reason):
            return str(sentence) % found.groupdict(), ""
    error = _ERROR.fullmatch(reason)
    if error is not None and error["kind"] in KINDS:
        return str(KINDS[error["kind"]]), error["text"]
    return "", reason
