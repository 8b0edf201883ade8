"""Keep what is being written, and go on with it on any device."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.access.web import public
from app.errors import Conflict, NotFound, problem
from app.extensions import csrf, limiter, rate
from app.extensions import gettext as _
from app.reception import drafts, uploads
from app.reception.forms import DraftForm
from app.reception.problems import listed, own_guard

_CODE = "draft"
WRONG = 422
#: Another device wrote what this one has not seen.
ELSEWHERE = 412
# What stands in the form and is no part of what a person wrote.
_ASIDE = frozenset(
    {
        *("csrf_token", "files", "remove_file", "add_co_applicant", "drop_co_applicant"),
        *("save_draft", "review", "edit", "altcha", "stamp", "writer", "seen", "anyway"),
    }
)


def add_to(bp: Blueprint) -> None:
    bp.add_url_rule("/appeals/draft", view_func=draft)
    bp.add_url_rule("/appeals/draft", view_func=find_draft, methods=["POST"])
    bp.add_url_rule("/appeals/draft/keep", view_func=keep_draft, methods=["POST"])
    bp.add_url_rule("/appeals/draft/discard", view_func=discard_draft, methods=["POST"])


# The mark of the form, which nobody else can name, is what lets in: no cookie does, so there is
# nothing to forge, and a session that has ended does not stop the saving.
@csrf.exempt
@public
@limiter.limit(rate("drafts"))
def keep_draft() -> ResponseReturnValue:
    """Keep what the script of the form sends while a person writes."""
    token = request.form.get("token", "")
    if len(token) < uploads.SHORTEST_TOKEN:
        return problem(422, _("The draft was not saved"), _("Open the form anew."))
    try:
        saved = save(token, request.form.getlist("files"), hand=_hand())
    except drafts.Elsewhere as refusal:
        return jsonify(code=refusal.code, saved_at=refusal.saved_at.isoformat()), ELSEWHERE
    except Conflict as refusal:
        return problem(409, _("The draft was not saved"), str(refusal))
    return jsonify(
        code=saved.code,
        saved_at=saved.saved_at.isoformat(),
        kept_until=saved.kept_until.isoformat(),
    )


@csrf.exempt
@public
@limiter.limit(rate("drafts"))
def discard_draft() -> ResponseReturnValue:
    drafts.discard(request.form.get("token", ""))
    return "", 204


@public
def draft() -> ResponseReturnValue:
    form = DraftForm(formdata=None)
    return render_template("reception/draft.html", form=form, errors=[])


@own_guard
@public
@limiter.limit(rate("codes"), deduct_when=lambda answer: answer.status_code == WRONG)
def find_draft() -> ResponseReturnValue:
    form = DraftForm()
    if form.validate():
        try:
            drafts.open_with(form.code.data or "")
        except NotFound as refusal:
            form.code.errors = [str(refusal)]
        else:
            session[_CODE] = form.code.data
            return redirect(url_for("reception.resumed_appeal"), 303)
    page = render_template("reception/draft.html", form=form, errors=listed(form))
    return page, WRONG


def opened() -> drafts.Opened:
    """The draft whose code was entered; raises `NotFound`."""
    return drafts.open_with(session.get(_CODE, ""))


def save(token: str, files: Sequence[str], hand: drafts.Hand | None = None) -> drafts.Saved:
    """Keep the form that was sent, with these of its files; a pressed button does so anyway."""
    hand = hand or drafts.Hand(_writer())
    owner = uploads.owner_of(token)
    return drafts.save(token, pairs(files), owner=owner, files=files, hand=hand)


def _hand() -> drafts.Hand:
    """Whose script sends the form, and what it has seen of the draft."""
    return drafts.Hand(_writer(), _moment(request.form.get("seen", "")), "anyway" in request.form)


def _writer() -> str:
    return request.form.get("writer", "")[:40]


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def pairs(files: Sequence[str]) -> drafts.Pairs:
    """Names and values of the form that was sent, with these of its files."""
    sent = [pair for pair in request.form.items(multi=True) if pair[0] not in _ASIDE]
    return [*sent, *(("files", each) for each in files)]


def as_sent(kept: drafts.Pairs) -> MultiDict[str, str]:
    """A draft as the form that it was."""
    return MultiDict(list(kept))
