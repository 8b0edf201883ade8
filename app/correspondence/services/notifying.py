"""Notices: told by mail at once, or on a signed sheet by post."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.audit.services import record
from app.correspondence import composing, policy
from app.correspondence.services.drafting import approve_row
from app.correspondence.services.rows import SYSTEM, check_address, new_row
from app.correspondence.services.signing import promise_signature
from app.correspondence.shapes import Addressee
from app.outbox.services import promise
from app.session import give_ids


def notify(
    session: Session,
    *,
    key: str,
    notice: str,
    addressee: Addressee,
    facts: Mapping[str, Any] | None = None,
    attachments: Sequence[int] = (),
    actor: str = SYSTEM,
) -> int:
    """Tell somebody something by a template; return the id of the letter.

    By e-mail it is promised at once and rendered at sending, in the addressee's language, with
    the facts of that moment. By post it gets a number and a signed sheet at once, which then
    waits for `mark_posted`; an access code is never put on paper that is kept.
    """
    check_address(addressee)
    template = policy.notice_name(notice)
    row = new_row(session, key, "notice", template, addressee, facts or {}, actor=actor)
    row.attachments = list(attachments)
    if row.channel == "post":
        found = composing.compose(
            session, template, row.facts, row.language, key=key, paper=True, addressee=addressee
        )
        row.subject, row.text = found.subject, found.text
        give_ids(session, row)
        approve_row(session, row, actor)
        promise_signature(session, row, actor)
    else:
        row.state = policy.SENDING
        give_ids(session, row)
        promise(session, "mail.send", {"letter": row.id}, key=key)
    record(session, actor, "notice.promised", key, letter=row.id, notice=template)
    return row.id
