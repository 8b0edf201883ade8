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
    "Letters cannot be signed: set SIGNING_PKCS12 (see .env.example).": _(
        "Letters cannot be signed: set SIGNING_PKCS12 (see .env.example)."
    ),
    "SIGNING_PKCS12 names no PKCS#12 file, or SIGNING_PASSWORD does not open it.": _(
        "SIGNING_PKCS12 names no PKCS#12 file, or SIGNING_PASSWORD does not open it."
    ),
    "The file SIGNING_PKCS12 names holds no certificate.": _(
        "The file SIGNING_PKCS12 names holds no certificate."
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
    r"The file SIGNING_PKCS12 names cannot be read: (?P<why>.+)\.": _(
        "The file SIGNING_PKCS12 names cannot be read: %(why)s."
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
