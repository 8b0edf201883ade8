"""An appeal comes in: from the citizen's page, from a program, or over the registrar's desk."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import is_dataclass, replace
from datetime import date, datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access.services import Person
from app.appeals import asked, codes, indexing, kin, notices, policy, searchable, statutory
from app.appeals.cards import FileLine, Receipt
from app.appeals.commands import SITE, STAFF_CHANNELS, ApplicantData, SubmitAppeal
from app.appeals.finding import by_code, key_of
from app.appeals.models import Appeal, Applicant, Filing
from app.appeals.services.particulars import note_at_filing
from app.appeals.terms import end_of, spelt, zone_of
from app.audit.services import JournalRow, record, say_more
from app.correspondence.services import expect_letters
from app.database import glancing, transaction
from app.directory.services import last_number, setting
from app.documents.services import attach, documents, expect_documents, uploads
from app.documents.shapes import Arrived, DocumentView, FileView
from app.errors import Conflict, Forbidden, Invalid
from app.extensions import lazy_gettext as _
from app.extensions import locale, settings
from app.looks import Errand, hang
from app.outbox.services import promise
from app.session import at_last, expect, give_ids, insert_unless_there, wait_for_disk
from app.workflow import services as workflow


def submit(
    command: SubmitAppeal,
    *,
    actor: str = "citizen",
    idempotency_key: str | None = None,
    arrived: Sequence[Arrived] = (),
    errand: Errand | None = None,
) -> Receipt:
    """File an appeal and start its process; the receipt holds the access code.

    Of its files those that have `arrived` with the request are not yet uploads. An `errand` of
    the door is run in the same transaction.

    With `idempotency_key` a repeat of the same request returns the same receipt and files
    nothing; the same key with another body raises `Invalid`.
    """
    command = checked(command)
    return _file_once(command, actor=actor, key=idempotency_key, arrived=arrived, errand=errand)


def filed(session: Session, idempotency_key: str) -> bool:
    """Whether an appeal was filed with this key."""
    return session.get(Filing, _digest(idempotency_key)) is not None


def filed_by_now(idempotency_key: str) -> bool:
    """The same, once whoever files with this key at this moment is over with it.

    It claims the key as who files does, which waits for who has claimed it, and gives it back.
    """
    claim = Filing(key=_digest(idempotency_key), body_hash="", files={}, at=clock.now())
    with transaction() as session:
        free = insert_unless_there(session, [claim])
        if free:
            session.delete(claim)
    return not free


def checked(command: SubmitAppeal) -> SubmitAppeal:
    """What would be filed; raises `Invalid` by field for what cannot be."""
    command = replace(command, reply_channel=policy.reply_channel(command))
    errors = policy.filing_errors(command, longest=settings().text_max_characters)
    if not errors.get("email") and _refused_zone(command):
        errors["email"] = [asked.of_zones(policy.RUSSIAN_ZONES).message]
    if errors:
        raise Invalid(_("Please check the fields marked below."), fields=errors)
    return command


def email_zone() -> str:
    """What the form does with reply addresses outside Russia: `any`, `warn` or `ru_only`."""
    with glancing() as session:
        return str(setting(session, "reply_email_zone"))


def rules_of_page() -> dict[str, list[dict[str, Any]]]:
    """What each field of the form has to be, for the browser: see `asked.Rule.as_json`."""
    return policy.rules_of_page(email_zone())


def _refused_zone(command: SubmitAppeal) -> bool:
    abroad = command.reply_channel == "email" and policy.outside_russia(command.applicant.email)
    return abroad and email_zone() == "ru_only"


def intake(command: SubmitAppeal, *, person: Person, idempotency_key: str | None = None) -> Receipt:
    """Enter an appeal that came on paper, by telephone or from another system.

    Less is required than of the citizen: a letter may be anonymous, and its text may be a scan.
    """
    if "registrar" not in person.roles:
        raise Forbidden(_("Only a registrar enters appeals."))
    applicant = replace(command.applicant, kind=command.applicant.kind or "citizen")
    command = replace(command, applicant=applicant)
    command = replace(command, reply_channel=policy.reply_channel(command))
    errors = policy.intake_errors(command, longest=settings().text_max_characters)
    if errors:
        raise Invalid(_("Please check the fields marked below."), fields=errors)
    return _file_once(command, actor=person.login, key=idempotency_key)


def receipt(ref: str, code: str) -> Receipt:
    """The receipt again, for who has number and code; raises `WrongPair`."""
    with glancing() as session:
        appeal = by_code(session, ref, code)
        of_appeal = select(Applicant).where(Applicant.appeal_id == appeal.id)
        hang(appeal, applicants=[*session.scalars(of_appeal.order_by(Applicant.position))])
        return receipt_of(session, appeal)


def _file_once(
    command: SubmitAppeal,
    *,
    actor: str,
    key: str | None,
    arrived: Sequence[Arrived] = (),
    errand: Errand | None = None,
) -> Receipt:
    if key is None:
        with transaction() as session:
            if errand:
                errand.run(session)
            appeal, made = file(session, command, actor=actor, arrived=arrived)
        return numbered(made, appeal)
    key = _digest(key)
    filing = Filing(key=key, body_hash="", files={}, at=clock.now())
    with transaction() as session:
        _expect(session, command)
        # Before anything else, so that a twin of this request waits here for us.
        ours = insert_unless_there(session, [filing], aside=workflow.ahead(session, errand))
        if errand:
            errand.run(session)
        if not ours:
            return _repeated(session, session.get_one(Filing, key), command, arrived)
        workflow.foresee(session)
        appeal, made = file(session, command, actor=actor, arrived=arrived)
        filing.appeal_id = made.appeal_id
        hashes = (one.sha256 for one in made.files)
        filing.files = dict(zip(dict.fromkeys(command.files), hashes, strict=True))
        filing.body_hash = _fingerprint(command, filing.files)
    return numbered(made, appeal)


def _digest(key: str) -> str:
    """A key as it is kept: a client may send one of any length."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _repeated(
    session: Session, known: Filing, command: SubmitAppeal, arrived: Sequence[Arrived]
) -> Receipt:
    wait_for_disk(session)  # of the first it may not be told yet that it is kept
    # The first request has taken its files; those sent anew still wait.
    sent = {one.upload.id: one.upload.sha256 for one in arrived}
    files = {**_contents(session, command), **sent, **(known.files or {})}
    if known.body_hash != _fingerprint(command, files):
        raise Invalid(
            _("This Idempotency-Key was already used for another request."),
            fields={"Idempotency-Key": [_("Use a new key for a new appeal.")]},
        )
    appeal = session.get(Appeal, known.appeal_id) if known.appeal_id else None
    if appeal is None:
        raise Conflict(_("The same request is being carried out at this moment."))
    return receipt_of(session, appeal)


def _contents(session: Session, command: SubmitAppeal) -> dict[str, str]:
    """What the uploads of a request hold, by their ids."""
    return {one.id: one.sha256 for one in uploads(session, command.files)}


def _fingerprint(command: SubmitAppeal, files: Mapping[str, str]) -> str:
    """Of all that was asked for; a file counts by what it holds."""
    command = replace(command, files=tuple(files.get(one, one) for one in command.files))
    text = json.dumps(command, sort_keys=True, default=_as_told, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _as_told(value: Any) -> Any:
    return vars(value) if is_dataclass(value) else str(value)


def file(
    session: Session, command: SubmitAppeal, *, actor: str, arrived: Sequence[Arrived] = ()
) -> tuple[Appeal, Receipt]:
    """Enter a checked appeal and start its process, in the caller's transaction.

    The number is taken when that is about to be written (`at_last`), so that the receipt lacks it
    yet: see `numbered`.
    """
    if workflow.foreseen(session) is None:
        _expect(session, command)
        workflow.foresee(session)
    zone = zone_of(session)
    received_at = _received_at(command.received_on, zone)
    received_on = clock.local(received_at, zone).date()
    appeal = _card(command, received_at)
    statutory.count_registration(session, appeal, received_on)
    searchable.refresh(appeal)
    # Who files next waits for the counter until we end: it is taken as late as can be.
    at_last(session, partial(_give_receipt, session, appeal, received_on))
    give_ids(session, appeal)
    appeal.key = key_of(appeal.id)
    kind = "scan" if command.channel in STAFF_CHANNELS else "appeal"
    files = attach(session, command.files, key=appeal.key, kind=kind, actor=actor, arrived=arrived)
    if command.applicant_status:
        status = {"applicant_status": command.applicant_status}
        note_at_filing(session, appeal, status, actor=actor)
    workflow.fresh_case(session, appeal.key)
    workflow.start(
        session,
        "appeal",
        {
            "appeal": appeal.id,
            "channel": appeal.channel,
            "register_by": spelt(end_of(appeal.register_by, zone)),
        },
        key=appeal.key,
        actor=actor,
    )
    filed = record(session, actor, "appeal.filed", appeal.key, channel=appeal.channel)
    at_last(session, partial(_tell_number, appeal, filed))
    notices.tell(session, appeal, "receipt", actor="system")
    # Who enters it at the desk may look for its words in a moment; who sends it does not.
    told = bool(appeal.text.strip())
    later = told and appeal.channel == SITE
    if told:
        promise(session, kin.JOB, {"appeal": appeal.id, "words": later}, key=appeal.key)
    if not later:
        at_last(session, partial(indexing.first, session, appeal))
    return appeal, receipt_of(session, appeal, files)


def numbered(made: Receipt, appeal: Appeal) -> Receipt:
    """The receipt of an appeal that was filed just now."""
    return replace(made, receipt=appeal.receipt)


def _expect(session: Session, command: SubmitAppeal) -> None:
    """Say of what rows there will be how many: their ids are asked for at once."""
    expect(session, {Appeal: 1, Applicant: 1 + len(command.co_applicants)})
    expect_documents(session, len(set(command.files)))
    expect_letters(session)


def _give_receipt(session: Session, appeal: Appeal, received_on: date) -> None:
    appeal.receipt = last_number(session, "receipt", received_on)
    appeal.receipt_key = policy.number_key(appeal.receipt)


def _tell_number(appeal: Appeal, filed: JournalRow) -> None:
    """Have the journal know the number that was taken."""
    say_more(filed, receipt=appeal.receipt)


def _received_at(day: date | None, zone: str) -> datetime:
    """When it came: now, or the day of the stamp, never later than now."""
    now = clock.now()
    if day is None or day >= clock.local(now, zone).date():
        return now
    return datetime.combine(day, time(12), ZoneInfo(zone)).astimezone(now.tzinfo)


def _card(command: SubmitAppeal, received_at: datetime) -> Appeal:
    source = command.source
    return Appeal(
        receipt="",
        channel=command.channel,
        auth_method=command.auth_method[:100],
        person_key=command.person_key or None,
        source_organisation=source.organisation,
        source_number=source.number[:100],
        source_date=source.date,
        source_due_on=source.due_on,
        reply_channel=command.reply_channel,
        addressee=command.addressee,
        text=command.text,
        summary="",
        place=command.place,
        language=command.language if command.language in ("ru", "en") else locale(),
        received_at=received_at,
        collective=bool(command.co_applicants),
        code_generation=1,
        about_migration=False,
        terms=[],
        applicants=[
            _applicant(one, place)
            for place, one in enumerate((command.applicant, *command.co_applicants))
        ],
    )


def _applicant(data: ApplicantData, position: int) -> Applicant:
    organisation = data.kind == "organisation"
    # A program may send an organisation's name as the only name it has.
    name = data.name or (data.last_name if organisation else "")
    return Applicant(
        position=position,
        kind=data.kind,
        last_name="" if name and name == data.last_name else data.last_name,
        first_name=data.first_name,
        middle_name="" if data.no_middle_name else data.middle_name,
        no_middle_name=data.no_middle_name,
        name=name if organisation else "",
        represented=data.represented or ("" if organisation else data.name),
        email=data.email,
        phone=data.phone,
        postal_address=data.postal_address,
    )


def receipt_of(
    session: Session, appeal: Appeal, files: Iterable[DocumentView] | None = None
) -> Receipt:
    return Receipt(
        receipt=appeal.receipt,
        access_code=codes.access_code(
            settings().access_code_key, appeal.id, appeal.code_generation
        ),
        register_by=appeal.register_by,
        files=files_of(session, appeal) if files is None else _lines(files),
        received_at=appeal.received_at,
        email=appeal.main_applicant.email,
        reply_channel=appeal.reply_channel,
        email_abroad=setting(session, "reply_email_zone") == "warn"
        and policy.outside_russia(appeal.main_applicant.email),
        appeal_id=appeal.id,
    )


def files_of(session: Session, appeal: Appeal) -> tuple[FileLine, ...]:
    """The files that came with the appeal or were added to it."""
    return files_among(documents(session, str(appeal.key)))


def files_among(found: Iterable[DocumentView | FileView]) -> tuple[FileLine, ...]:
    """Those of a set that the citizen sent."""
    return _lines(one for one in found if one.kind in notices.CITIZENS_FILES)


def _lines(files: Iterable[DocumentView | FileView]) -> tuple[FileLine, ...]:
    return tuple(FileLine(one.name, one.size, one.sha256, one.check) for one in files)
