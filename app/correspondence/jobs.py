"""What happens after the commit: sign a letter, mail it, mail a notice. Each bears a repeat.

Each job looks at the state of the letter first, does the outside thing without a transaction, and
notes the result in one. Telling the waiting process is a step of its own, so that a trouble in a
diagram never makes a letter leave twice.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from app import clock
from app.access import links
from app.correspondence import composing, mail, policy, rendering, returning, services, texts
from app.correspondence.shapes import Attachment, LetterView, Message
from app.database import reading, transaction
from app.directory import services as directory
from app.documents import beside, trusting
from app.documents import services as documents
from app.documents.shapes import StateView
from app.documents.signatures import Report, examine
from app.documents.signatures.shapes import Certificate
from app.extensions import settings
from app.outbox.services import GiveUp, Job, handles, keep_with
from app.workflow import services as workflow

_KINDS = {
    "reply": {"ru": "Ответ на обращение", "en": "Reply to an appeal"},
    "interim": {"ru": "Промежуточный ответ", "en": "Interim reply"},
    "cover": {"ru": "Сопроводительное письмо", "en": "Cover letter"},
    "request": {"ru": "Запрос документов", "en": "Request for documents"},
    "notice": {"ru": "Уведомление", "en": "Notice"},
}


@handles("letter.sign")
def sign(job: Job) -> None:
    """Render what was approved, sign it, keep it; then tell the instance `letter_signed`."""
    letter_id = int(job.payload["letter"])
    letter, frozen = _look(letter_id)
    if letter.state == policy.SIGNING:
        if not frozen:
            raise GiveUp("The letter was changed after it had been approved.")
        _sign(letter)
    with reading() as session:
        waits = services.waits_for_outside(session, letter_id)
    if not waits:
        _tell(job, "letter_signed", letter_id)


@handles("letter.countersigned")
def countersigned(job: Job) -> None:
    """Judge a signature made elsewhere; a letter that waited for it goes on."""
    letter_id = int(job.payload["letter"])
    beside.judge(int(job.payload["signature"]))
    with reading() as session:
        waits = services.waits_for_outside(session, letter_id)
    if not waits:
        _tell(job, "letter_signed", letter_id)


@handles("letter.send", leaves=True)
def send(job: Job) -> None:
    """Mail a signed letter with its PDF; then tell the instance `letter_sent`."""
    letter_id = int(job.payload["letter"])
    if _mail(job, letter_id):
        _tell(job, "letter_sent", letter_id)


@handles("letter.onward")
def go_on(job: Job) -> None:
    """Let the instance that waited go on, after a letter that came back was seen to otherwise."""
    _tell(job, "letter_sent", int(job.payload["letter"]))


@handles("mail.send", leaves=True)
def notify(job: Job) -> None:
    """Mail a notice, rendered now and not when it was promised."""
    _mail(job, int(job.payload["letter"]))


@handles(links.MAIL_JOB)
def send_link(job: Job) -> None:
    """Mail a link to choose a password. It is made here: neither row nor journal ever holds it."""
    asked, language = bool(job.payload["asked"]), str(job.payload["language"])
    found = links.for_letter(job.payload["account"], asked=asked)
    if found is None:
        return
    person, link = found
    facts = {
        "name": person.said("name", language),
        "number": person.login,
        "link": f"{settings().address}/password/link/{link.secret}",
        "until": link.expires_at,
    }
    with reading() as session:
        made = composing.compose(session, "password_link", facts, language)
        body = directory.body(session).said("name", language)
    page = texts.html(made.subject, made.text, language=language, body=body)
    _hand_over(Message(job.uid, person.email, made.subject, made.text, page, language, clock.now()))


def _look(letter_id: int) -> tuple[LetterView, bool]:
    with reading() as session:
        return services.letter(session, letter_id), services.approval_holds(session, letter_id)


def _sign(letter: LetterView) -> None:
    # pyHanko takes a third of a second to load, and only who signs needs it.
    from app.documents import signing  # noqa: PLC0415

    # A notice nobody signs: it is the body's own.
    by = "" if letter.kind == "notice" else letter.signatory or ""
    try:
        certificate = signing.certificate(by)
    except signing.NoSigningKey as error:
        raise GiveUp(str(error)) from error
    with reading() as session:
        sheet = composing.sheet(session, letter, certificate)
    try:
        pdf = rendering.render(sheet, moment=clock.now(), as_of=letter.approved_at)
    except rendering.CannotRender as error:
        raise GiveUp(str(error)) from error
    try:
        signed = signing.sign_pdf(pdf, reason=letter.number, by=by)
        apart = [(signing.ENDING, beside.BODY, signing.sign_beside(signed, by=by))]
        if signing.signs_gost():
            apart.append((signing.GOST_ENDING, beside.GOST, signing.sign_gost(signed)))
    except signing.NoSigningKey as error:
        raise GiveUp(str(error)) from error
    reports = [_judged(signed, content) for content in (None, *(one[2] for one in apart))]
    with transaction() as session:
        row = services.locked_row(session, letter.id)
        # Two workers may have come this far; the second one's file is simply not kept.
        if row.state == policy.SIGNING:
            made = documents.add_document(session, content=signed, **_document(letter, certificate))
            for (ending, origin, content), report in zip(apart, reports[1:], strict=True):
                beside.add(
                    session,
                    made.id,
                    name=f"{made.name}{ending}",
                    content=content,
                    origin=origin,
                    actor=letter.signatory or services.SYSTEM,
                    report=report,
                )
            services.mark_signed(session, row, made.id)


def _judged(signed: bytes, apart: bytes | None) -> Report:
    """Look at our own work with the eyes of those who will check it: nothing unsound leaves."""
    report = examine(signed, apart, trusting.current(), clock.now())
    if not report.intact:
        raise GiveUp("The signature that was made does not hold.")
    return report


def _document(letter: LetterView, certificate: Certificate) -> dict[str, Any]:
    kind = _KINDS[letter.kind][letter.language]
    number = (letter.number or "").replace("/", "-")
    approved_at = letter.approved_at or letter.created_at
    return {
        "key": letter.key,
        "kind": letter.kind,
        "title": letter.subject or kind,
        "name": f"{kind} № {number}.pdf",
        "media_type": "application/pdf",
        "actor": letter.signatory or services.SYSTEM,
        "state": "signed",
        "before": (
            StateView("draft", letter.created_at, letter.created_by),
            StateView("approved", approved_at, letter.approved_by or letter.created_by),
        ),
        "number": letter.number,
        "issued_on": letter.date,
        "check_code": letter.check_code,
        "signature": {
            name: value if isinstance(value, str) else value.isoformat()
            for name, value in asdict(certificate).items()
        },
    }


def _mail(job: Job, letter_id: int) -> bool:
    """Whether the letter has left; one that the server refuses for good is seen to by a person."""
    with reading() as session:
        letter = services.letter(session, letter_id)
        if letter.state != policy.SENDING:
            return letter.state != policy.RETURNED
        found, page = composing.mail_of(session, letter)
        stop_url = composing.stop_url(session, letter)
        ids = [one for one in (letter.document_id, *letter.attachments) if one is not None]
        attachments = (
            *(_attachment(session, one) for one in ids),
            *_signatures(session, letter.document_id),
        )
    message = Message(
        uid=job.uid,
        to=letter.addressee.email.strip(),
        subject=found.subject,
        text=found.text,
        html=page,
        language=letter.language,
        at=clock.now(),
        attachments=attachments,
        stop_url=stop_url,
        letter=returning.mark(letter_id),
    )
    try:
        mail.office().send(message)
    except mail.Refused as error:
        if not returning.take_back(letter_id, error.code, subject=found.subject):
            raise GiveUp(str(error)) from error
        return False
    with transaction() as session:
        row = services.locked_row(session, letter_id)
        if row.state == policy.SENDING:
            services.mark_sent(session, row, services.SYSTEM, subject=found.subject)
    return True


def _hand_over(message: Message) -> None:
    try:
        mail.office().send(message)
    except mail.Refused as error:
        raise GiveUp(str(error)) from error


def _signatures(session: Any, document_id: int | None) -> Iterator[Attachment]:
    """The signatures that a letter does not bear in itself; its own go inside the PDF."""
    found = beside.of(session, [document_id] if document_id is not None else [])
    for each in (one for several in found.values() for one in several if one.origin != beside.BODY):
        content, name = beside.content(session, each.id)
        yield Attachment(name, beside.MEDIA_TYPE, content)


def _attachment(session: Any, document_id: int) -> Attachment:
    file = documents.open_file(session, document_id)
    with file.stream as stream:
        return Attachment(file.name, file.media_type, stream.read())


def _tell(job: Job, message: str, letter_id: int) -> None:
    """Move the instance that waits, once, and keep the promise with it.

    Nobody waiting is fine: the appeal was withdrawn meanwhile. Of a letter that was recalled nobody
    is told: another one may be on its way.
    """
    if job.instance is None:
        return
    with transaction() as session:
        recalled = services.letter(session, letter_id).state == policy.RECALLED
        if keep_with(session, job) and not recalled:
            workflow.deliver(
                session, job.instance, message, {"letter": letter_id}, actor=services.SYSTEM
            )
