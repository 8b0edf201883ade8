"""The pages that need no appeal: the first one, a letter's check, the survey."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app import appearance as looks
from app.access.web import public, safe_next
from app.appeals import services as appeals
from app.appeals.cards import SurveyView
from app.documents import services as documents
from app.errors import Invalid, NotFound
from app.extensions import LANGUAGES, limiter, locale, rate
from app.extensions import gettext as _
from app.formkit import compile_form
from app.reception.accessibility import checked
from app.reception.forms import CheckFileForm, CheckForm, SurveyForm
from app.reception.problems import listed, own_guard

bp = Blueprint("reception", __name__, template_folder="templates")
YEAR = 365 * 24 * 3600


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    return render_template("reception/home.html")


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    return render_template("reception/privacy.html")


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """Say what the pages keep to, how that was checked, and whom to tell when they do not."""
    return render_template("reception/accessibility.html", checked=checked())


@bp.get("/answers")
@public
def answers() -> ResponseReturnValue:
    """Replies that the body published."""
    q, page = request.args.get("q", "")[:200], request.args.get("page", 1, int)
    found = appeals.published(q, page if 0 < page < 10_000 else 1)
    return render_template("reception/answers.html", found=found, q=q)


@bp.get("/answers/<int:number>")
@public
def answer(number: int) -> ResponseReturnValue:
    return render_template("reception/answer.html", found=appeals.published_answer(number))


@bp.get("/language/<code>")
@public
def language(code: str) -> ResponseReturnValue:
    """Speak this language from now on, and go back to where the person was."""
    if code not in LANGUAGES:
        raise NotFound
    session["language"] = code
    answer = redirect(safe_next(request.args.get("next")) or url_for("reception.home"), 303)
    answer.set_cookie("language", code, max_age=YEAR, samesite="Lax", secure=request.is_secure)
    return answer


@bp.get("/appearance")
@public
def appearance() -> ResponseReturnValue:
    """Keep how the person wants the pages to look, and go back to where the person was."""
    answer = redirect(safe_next(request.args.get("next")) or url_for("reception.home"), 303)
    answer.set_cookie(
        looks.COOKIE,
        str(looks.asked(request.args)),
        max_age=YEAR,
        samesite="Lax",
        secure=request.is_secure,
        httponly=True,
    )
    return answer


@bp.get("/documents/check")
@public
@limiter.limit(rate("codes"), exempt_when=lambda: not request.args.get("code"))
def check_document() -> ResponseReturnValue:
    """Tell anyone with number and code whether a letter is ours; it changes nothing, so GET."""
    form = CheckForm(request.args, meta={"csrf": False})
    asked = bool(form.number.data and form.code.data)
    found = documents.check(form.number.data, form.code.data) if asked else None
    return _check_page(form, asked=asked, found=found)


@bp.post("/documents/check")
@own_guard
@public
@limiter.limit(rate("status"))
def check_file() -> ResponseReturnValue:
    """Judge a file anyone brings; it changes nothing and keeps nothing, so no token is asked."""
    form = CheckFileForm(meta={"csrf": False})
    sent, beside = form.file.data, form.beside.data
    if not sent:
        form.file.errors = [_("Choose the file to check.")]
        return _check_page(CheckForm(meta={"csrf": False}), files=form), 422
    try:
        judged = documents.check_file(
            sent.stream, sent.filename or "", beside.stream if beside else None
        )
    except Invalid as refusal:
        form.file.errors = [str(one) for one in refusal.fields["file"]]
        return _check_page(CheckForm(meta={"csrf": False}), files=form), 422
    return _check_page(CheckForm(meta={"csrf": False}), files=form, checked=judged)


def _check_page(form: CheckForm, files: CheckFileForm | None = None, **found: Any) -> str:
    files = files or CheckFileForm(meta={"csrf": False})
    return render_template("reception/check.html", form=form, files=files, **found)


@bp.get("/survey/<token>")
@public
def survey(token: str) -> ResponseReturnValue:
    return _survey_page(appeals.survey(token), token)


@bp.post("/survey/<token>")
@own_guard
@public
@limiter.limit(rate("surveys"))
def answer_survey(token: str) -> ResponseReturnValue:
    """Take the answers once; a second or late answer changes nothing and is told so plainly."""
    view = appeals.survey(token)
    if view.state != "open" or view.form is None:
        return _survey_page(view, token)
    sent = MultiDict(request.form)
    form = compile_form(view.form, view.form_key or "").bind(
        view.values, locale=locale(), choices={}, data=sent
    )
    guard = SurveyForm()
    if not guard.validate():
        return _survey_page(view, token, sent, listed(guard)), 422
    try:
        after = appeals.answer_survey(token, form.answers)
    except Invalid as refusal:
        return _survey_page(view, token, sent, fields=refusal.fields), 422
    return _survey_page(after, token, thanks=after.state == "accepted")


def _survey_page(
    view: SurveyView,
    token: str,
    sent: MultiDict[str, str] | None = None,
    errors: list[tuple[str, str]] | None = None,
    *,
    fields: object = None,
    thanks: bool = False,
) -> str:
    bound = None
    if view.state == "open" and view.form is not None:
        bound = compile_form(view.form, view.form_key or "").bind(
            view.values, locale=locale(), choices={}, data=sent
        )
        if isinstance(fields, dict):
            bound.show_errors(fields)
    return render_template(
        "reception/survey.html",
        view=view,
        token=token,
        bound=bound,
        guard=SurveyForm(formdata=None),
        errors=errors or [],
        thanks=thanks,
    )
