"""File an appeal: the form, its files, the receipt."""

import json
import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.identity import Identity
from app.access.web import public
from app.appeals import services as appeals
from app.appeals.commands import SubmitAppeal
from app.documents import services as documents
from app.documents.shapes import Upload
from app.errors import DomainError, Fields, Invalid, problem
from app.extensions import csrf, limiter, locale, rate, settings
from app.extensions import gettext as _
from app.reception import drafting, drafts, effort, identifying, remembered, uploads
from app.reception.forms import KINDS, AppealForm
from app.reception.problems import listed, own_guard, place

# Names of the use case's fields that the page calls otherwise.
FIELD_OF = {"files": uploads.PLAIN}
NAMES = ("last_name", "first_name", "middle_name")
ADD, DROP = "add_co_applicant", "drop_co_applicant"


def add_to(bp: Blueprint) -> None:
    bp.add_url_rule("/appeals/new", view_func=new_appeal)
    bp.add_url_rule("/appeals/new", view_func=file_appeal, methods=["POST"])
    bp.add_url_rule("/appeals/hints", view_func=hints, methods=["POST"])
    bp.add_url_rule("/appeals/draft/open", view_func=resumed_appeal)
    bp.add_url_rule("/appeals/receipt/<handle>", view_func=receipt)
    bp.add_url_rule("/uploads", view_func=upload, methods=["POST"])
    bp.add_url_rule("/uploads/<upload_id>/discard", view_func=discard, methods=["POST"])


@public
def new_appeal() -> ResponseReturnValue:
    if identifying.must_sign_in():
        return identifying.page()
    form = AppealForm()
    form.email.data, form.phone.data = _known_contacts()
    form.token.data = _new_token()
    return _page(form, [])


@public
def resumed_appeal() -> ResponseReturnValue:
    """Go on with the draft whose code was entered, with its files and under its own mark."""
    if identifying.must_sign_in():
        return identifying.page()
    found = drafting.opened()
    form = AppealForm(formdata=drafting.as_sent(found.pairs))
    ids = [value for name, value in found.pairs if name == "files"]
    return _page(form, uploads.waiting(ids, form.token.data or ""), saved_at=found.saved_at)


@own_guard
@public
@limiter.limit(effort.hourly_limit, deduct_when=lambda answer: answer.status_code == 303)
def file_appeal() -> ResponseReturnValue:
    """Take the form: add or drop a co-author, remove a file, keep a draft, or file the appeal."""
    # No field of it takes a file: those are gathered past it.
    form = AppealForm(formdata=request.form)
    form.token.data = form.token.data or _new_token()
    with uploads.gathered(form.token.data) as sent:
        return _answered(form, form.token.data, sent)


def _answered(form: AppealForm, token: str, sent: uploads.Gathered) -> ResponseReturnValue:
    files = sent.files
    extra: dict[str, list[Any]] = {"files": list(sent.refusals)} if sent.refusals else {}
    if identifying.must_sign_in():
        return _page(form, files, {**extra, "": [_sign_in_again()]}), 422
    _use_known_names(form, identifying.citizen())
    if _changed_rows(form) or "remove_file" in request.form or "edit" in request.form:
        return _page(form, files, extra)
    if "save_draft" in request.form:
        sent.arrivals.keep()
        return _page(form, files, extra, draft=drafting.save(token, sent.ids))
    if not form.validate() or extra:
        return _page(form, files, extra), 422
    try:
        if "review" in request.form:
            return _review(appeals.checked(_command(form, sent.ids)), files, token)
        verdict = _judged(token)
        if not verdict.passed:
            return _page(form, files, {"": [_not_yet(verdict)]}), 422
        made = appeals.submit(
            _command(form, sent.ids),
            idempotency_key=drafts.key_of(token),
            arrived=sent.arrivals.loose,
            errand=drafts.closing(token),
        )
    except Invalid as refusal:
        return _refused(form, files, refusal), 422
    sent.arrivals.loose.clear()
    effort.count(str(request.remote_addr), verdict)
    handle = remembered.remember(made.receipt, made.access_code, made.appeal_id)
    remembered.sent(drafts.mark_of(token))
    return redirect(url_for("reception.receipt", handle=handle), 303)


@public
def receipt(handle: str) -> ResponseReturnValue:
    made = appeals.receipt(*remembered.recall(handle))
    sent = remembered.sent_lately()
    return render_template("reception/receipt.html", made=made, handle=handle, sent=sent)


# It changes nothing and keeps nothing; it is no GET, so that the text gets into no log.
@csrf.exempt
@public
@limiter.limit(rate("hints"))
def hints() -> ResponseReturnValue:
    """What may help who is writing this text."""
    found = appeals.hints(request.form.get("text", ""))
    answer = found.answer and {
        "title": found.answer.title,
        "url": url_for("reception.answer", number=found.answer.id),
    }
    return jsonify(questions=found.questions, body=found.body, answer=answer)


@public
@limiter.limit(rate("uploads"))
def upload() -> ResponseReturnValue:
    """Take one file for the form whose mark is `owner`."""
    sent = request.files.get("file")
    if sent is None:
        return problem(422, _("No file was sent"), _("Choose a file."))
    owner = uploads.owner_of(request.form.get("owner", ""))
    try:
        return uploads.kept(documents.accept_upload(sent.stream, sent.filename or "", owner=owner))
    except DomainError as refusal:
        return uploads.refused(refusal)


@public
def discard(upload_id: str) -> ResponseReturnValue:
    uploads.discard(upload_id, request.form.get("owner", ""))
    return "", 204


def _known_contacts() -> tuple[str, str]:
    known = identifying.citizen()
    return (known.email, known.phone) if known else ("", "")


def _use_known_names(form: AppealForm, known: Identity | None) -> None:
    """Put the names the provider confirmed in place of whatever the page sent."""
    if known is None:
        return
    for name in NAMES:
        if confirmed := getattr(known, name):
            form[name].data = confirmed
    if known.middle_name:
        form.no_middle_name.data = False


def _judged(token: str) -> effort.Verdict:
    """Whether this address may file without more ado, has done its sum, or has waited."""
    sent = request.form
    return effort.judge(
        token,
        str(request.remote_addr),
        solution=sent.get("altcha", ""),
        stamp=sent.get("stamp", ""),
    )


def _challenge(token: str) -> dict[str, Any] | None:
    """The sum for a form whose address has sent much lately."""
    return None if effort.free(str(request.remote_addr)) else effort.challenge(token)


def _not_yet(verdict: effort.Verdict) -> str:
    if verdict.often:
        said = _(
            "Too many appeals came from your network within an hour. Try again later, or send the "
            "appeal by post. Everything written here is kept."
        )
    else:
        said = _(
            "Many appeals came from your network lately, and we check that a program does not send "
            "them. Wait %(seconds)s seconds and press “Send” again. Everything written here is "
            "kept.",
            seconds=verdict.seconds,
        )
    return str(said)


def _sign_in_again() -> Any:
    return _(
        "Your signing in has ended. Sign in again in another tab, then come back and press “Send”: "
        "everything written here is kept."
    )


def _new_token() -> str:
    return secrets.token_urlsafe(24)


def _changed_rows(form: AppealForm) -> bool:
    """Add or drop a co-author for who has no script; whether one of these was asked for."""
    if ADD in request.form:
        form.co_applicants.append_entry()
        return True
    dropped = request.form.get(DROP)
    if dropped is None:
        return False
    rows = [entry.data for entry in form.co_applicants if entry.id != dropped]
    while form.co_applicants.entries:
        form.co_applicants.pop_entry()
    for row in rows:
        form.co_applicants.append_entry(row)
    return True


def _command(form: AppealForm, files: list[str]) -> SubmitAppeal:
    """What the form says, in the shape every door files in."""
    data = form.data
    organisation, foreigner = data["kind"] == "organisation", data["kind"] == "foreigner"
    names = (*NAMES, "email", "phone", "postal_address")
    known = identifying.citizen()
    applicant = {name: data[name] for name in names} | {
        "kind": "citizen" if foreigner else data["kind"],
        "no_middle_name": data["no_middle_name"],
        "name": data["name"] if organisation else "",
        "represented": data["represented"] if data["kind"] == "representative" else "",
    }
    co_applicants = [
        row for row in data["co_applicants"] if any((text or "").strip() for text in row.values())
    ]
    command = SubmitAppeal.of(
        {
            "applicant": applicant,
            "text": data["text"],
            "reply_channel": data["reply_channel"],
            "addressee": data["addressee"],
            "place": data["place"],
            "co_applicants": co_applicants,
            "files": files,
            "language": locale(),
            "auth_method": known.how if known else "",
            "applicant_status": "foreigner" if foreigner else "",
        }
    )
    return replace(command, person_key=identifying.person_key())


def _review(command: SubmitAppeal, files: list[Upload], token: str) -> str:
    """All that would be sent, to be looked over; one press sends it."""
    return render_template(
        "reception/review.html",
        command=command,
        kind=dict(KINDS).get(command.applicant_status or command.applicant.kind, ""),
        pairs=drafting.pairs([each.id for each in files]),
        files=files,
        challenge=_challenge(token),
    )


def _refused(form: AppealForm, files: list[Upload], refusal: Invalid) -> str:
    if "Idempotency-Key" in refusal.fields:
        # The same form came a second time with something changed: perhaps a person wants to file
        # one more. Sent again under a new mark it will be another appeal.
        form.token.data = _new_token()
        text = _(
            "An appeal from this page has already been filed. If you want to file one more with "
            "what is written here, press “Send” again."
        )
        return _page(form, [], {"": [text]})
    return _page(form, files, _beside_co_authors(form, refusal.fields))


def _beside_co_authors(form: AppealForm, errors: Fields) -> Fields:
    """Put what is said of the co-authors beside the names that lack, where some do."""
    said = errors.get("co_applicants")
    lacking = [
        entry.form[name]
        for entry in form.co_applicants
        if any((text or "").strip() for text in entry.data.values())
        for name in ("last_name", "first_name")
        if not (entry.data[name] or "").strip()
    ]
    if not said or not lacking:
        return errors
    for field in lacking:
        field.errors = list(said)
    return {name: texts for name, texts in errors.items() if name != "co_applicants"}


def _page(
    form: AppealForm,
    files: list[Upload],
    errors: Any = None,
    *,
    draft: drafts.Saved | None = None,
    saved_at: datetime | None = None,
) -> str:
    known = identifying.citizen()
    _use_known_names(form, known)
    beside = place(form, errors or {}, FIELD_OF)
    chosen = settings()
    return render_template(
        "reception/new.html",
        form=form,
        citizen=known,
        email_zone=appeals.email_zone(),
        sign_in_again=identifying.must_sign_in(),
        files=uploads.lines(files),
        file_errors=(errors or {}).get("files", ()),
        errors=listed(form, beside),
        max_bytes=chosen.upload_max_bytes,
        max_files=chosen.upload_max_files,
        rules={
            name: json.dumps(rules, ensure_ascii=False)
            for name, rules in appeals.rules_of_page().items()
        },
        mark=drafts.mark_of(form.token.data or ""),
        sent=remembered.sent_lately(),
        draft=draft,
        challenge=_challenge(form.token.data or ""),
        saved_at=saved_at or (draft and draft.saved_at),
    )
