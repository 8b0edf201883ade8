"""What the citizen is told, by the channel the citizen chose, and the facts that letters say."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from app.access.services import Person
from app.appeals import building, codes, declining, impartial, policy
from app.appeals.finding import id_of
from app.appeals.models import Appeal
from app.appeals.people import People
from app.audit.services import record
from app.correspondence import services as correspondence
from app.correspondence.policy import INFORMATIVE
from app.correspondence.registry import provides_facts
from app.correspondence.services import Addressee, LetterView
from app.documents.services import documents
from app.extensions import in_language, settings
from app.session import settle
from app.workflow.registry import Context

# What the citizen sent, as opposed to what the body made of it.
CITIZENS_FILES = ("appeal", "addition", "scan")


def addressee(appeal: Appeal) -> Addressee:
    """To whom the body writes about this appeal, and in which language."""
    applicant = appeal.main_applicant
    return Addressee(
        name=applicant.full_name,
        email=applicant.email,
        postal_address=applicant.postal_address,
        channel=appeal.reply_channel,
        language=appeal.language,
        to=declining.spelt(applicant, "dative"),
    )


#: The promise to send an access code once more.
CODE_JOB = "code.resend"


def tell(
    session: Session,
    appeal: Appeal,
    notice: str,
    *,
    actor: str,
    facts: Mapping[str, Any] | None = None,
    attachments: Sequence[int] = (),
    context: Context | None = None,
    channel: str = "",
) -> int | None:
    """Promise a notice: an e-mail or, given the operation it belongs to, a printed letter.

    Returns the letter's id. None when it only informs and the applicant wants no such letters, or
    when there is no way to tell: an anonymous appeal has no return
    address, and what holds an access code or a survey link (no `context`) is never put on paper.
    `channel` overrides the one chosen for replies.
    """
    if notice in INFORMATIVE and appeal.quiet_since is not None:
        record(session, actor, "notice.unwanted", appeal.key, notice=notice)
        return None
    where = addressee(appeal)
    where = replace(where, channel=channel or where.channel)
    on_paper = where.channel == "post"
    if not _reachable(where) or (on_paper and context is None):
        record(session, actor, "notice.skipped", appeal.key, notice=notice)
        return None
    letter = correspondence.notify(
        session,
        key=str(appeal.key),
        notice=notice,
        addressee=where,
        facts=facts,
        attachments=attachments,
        actor=actor,
    )
    if on_paper and context is not None:
        context.start("notice", {"appeal": appeal.id, "letter": letter, "channel": "post"})
    return letter


def renew(session: Session, appeal: Appeal, old: LetterView, *, actor: str) -> LetterView | None:
    """A notice that was recalled, made anew from the card; None when there is no way to tell."""
    where = addressee(appeal)
    if not _reachable(where):
        return None
    made = correspondence.notify(
        session,
        key=str(appeal.key),
        notice=old.template,
        addressee=where,
        facts=old.facts,
        attachments=old.attachments,
        actor=actor,
    )
    return correspondence.letter(session, made)


def news_token(appeal: Appeal) -> str:
    """By which the applicant stops letters that only inform; '' where none are sent."""
    if appeal.reply_channel != "email" or "@" not in appeal.main_applicant.email:
        return ""
    return codes.news_token(settings().access_code_key, appeal.id)


def _reachable(where: Addressee) -> bool:
    if where.channel == "email":
        return "@" in where.email
    return where.channel == "post" and bool(where.postal_address.strip())


def tell_staff(
    session: Session, appeal: Appeal, login: str, notice: str, facts: Mapping[str, Any]
) -> bool:
    """Promise a mail to a member of staff, and to who stands in for them.

    False when there is nobody or no address.
    """
    found = People(session).get(login)
    if found is not None and found.away is not None:
        _tell_substitute(session, appeal, found.away.login, notice, facts)
    return mail_to(session, appeal, found, notice, facts)


def _tell_substitute(
    session: Session, appeal: Appeal, login: str, notice: str, facts: Mapping[str, Any]
) -> None:
    if not impartial.complains_of(session, appeal, login):
        mail_to(session, appeal, People(session).get(login), notice, facts)


def mail_to(
    session: Session, appeal: Appeal, found: Person | None, notice: str, facts: Mapping[str, Any]
) -> bool:
    """Promise a mail to this very person; False without one, or without an address."""
    if found is None or not found.active or "@" not in found.email:
        return False
    correspondence.notify(
        session,
        key=str(appeal.key),
        notice=notice,
        addressee=Addressee(found.name, found.email),
        facts={"link": f"{settings().address}/desk/appeals/{appeal.id}", **facts},
    )
    return True


@provides_facts
def case_facts(
    session: Session, key: str, language: str, wanted: Collection[str]
) -> Mapping[str, Any]:
    """What letters may say of a case at the moment they leave; secrets are derived here."""
    appeal = session.get(Appeal, id_of(key)) if key.startswith("appeal:") else None
    if appeal is None:
        return {}
    # A letter made while the appeal is being filed tells its number.
    settle(session)
    applicant = appeal.main_applicant
    secret, address = settings().access_code_key, settings().address
    return {
        "name": applicant.full_name,
        "name_genitive": declining.spelt(applicant, "genitive"),
        "receipt": appeal.receipt,
        "number": appeal.number or "",
        "access_code": codes.access_code(secret, appeal.id, appeal.code_generation),
        "received_at": appeal.received_at,
        "register_by": appeal.register_by,
        "registered_on": appeal.registered_on or "",
        "due_on": appeal.due_on or "",
        "appeal_text": appeal.text if "appeal_text" in wanted else "",
        "phone": applicant.phone,
        "summary": one_line(appeal),
        "address": applicant.postal_address or applicant.email,
        "questions": _questions(appeal, language),
        "files": _files(session, key) if "files" in wanted else (),
        "status_url": f"{address}/status",
        "survey_url": _survey_url(session, appeal) if "survey_url" in wanted else "",
        "stop_url": f"{address}/news/{codes.news_token(secret, appeal.id)}",
    }


def one_line(appeal: Appeal) -> str:
    """What the appeal is about: the registrar's summary, else the beginning of the text."""
    return policy.one_line(appeal.summary or appeal.text)


def _questions(appeal: Appeal, language: str) -> list[dict[str, str]]:
    with in_language(language):
        return [
            {
                "name": one.name,
                "result": str(policy.RESULTS.get(one.result or "", "")),
                "measures": one.measures,
            }
            for one in appeal.questions
        ]


def _files(session: Session, key: str) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "size": one.size, "sha256": one.sha256}
        for one in documents(session, key)
        if one.kind in CITIZENS_FILES
    ]


def _survey_url(session: Session, appeal: Appeal) -> str:
    invitation = building.invitation_of(session, appeal.id)
    if invitation is None or invitation.answered_at or invitation.closed_at:
        return ""
    token = codes.survey_token(settings().access_code_key, invitation.id)
    return f"{settings().address}/survey/{token}"
