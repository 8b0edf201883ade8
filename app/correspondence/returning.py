"""Mail that did not reach its addressee: refused at once, or come back later (RFC 3464)."""

import email
import email.policy
import hashlib
import hmac
import re
from email.message import EmailMessage

from app.correspondence import mail, policy, services
from app.correspondence.registry import see_to
from app.database import transaction
from app.extensions import settings

_MARK = re.compile(r"([0-9]{1,9})-([0-9a-f]{32})")
_HEADER = re.compile(rf"^{mail.LETTER_HEADER}:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


def mark(letter_id: int) -> str:
    """What a message carries so that it is known when it comes back; nobody else can make one."""
    key = settings().access_code_key.encode()
    proof = hmac.new(key, f"letter:{letter_id}".encode(), hashlib.sha256).hexdigest()[:32]
    return f"{letter_id}-{proof}"


def take_back(letter_id: int, code: str, *, subject: str = "") -> bool:
    """Note that mail did not take a letter to its addressee and have somebody see to it.

    `code` is what the server said: 550 at once, 5.1.1 in a report.

    False, with nothing changed, when nobody does or the letter has been seen to already.
    """
    with transaction() as session:
        row = services.locked_row(session, letter_id)
        mailed = row.channel == "email" and row.state in (policy.SENDING, policy.SENT)
        if not mailed or row.audience == policy.STAFF:
            return False
        if not see_to(session, services.letter(session, letter_id)):
            return False
        services.mark_undelivered(session, row, code, subject=subject)
        return True


def bounced(message: bytes) -> int | None:
    """Take in a report of a mail server; the letter that came back, None of any other message.

    Only a failure for good counts: of a delay the server tries on by itself.
    """
    report = email.message_from_bytes(message, policy=email.policy.default)
    status = _status(report)
    found = _HEADER.search(message.decode("utf-8", "replace"))
    marked = _MARK.fullmatch(found[1]) if found else None
    if marked is None or not status.startswith("5"):
        return None
    letter_id = int(marked[1])
    if not hmac.compare_digest(mark(letter_id), marked[0]):
        return None
    return letter_id if take_back(letter_id, status) else None


def _status(report: EmailMessage) -> str:
    """The status of the first recipient it failed for, as 5.1.1; '' where there is none."""
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.iter_parts():
            if str(block.get("Action", "")).strip().lower() == "failed":
                return str(block.get("Status", "")).strip()[:12]
    return ""
