"""Signing in and out, and one's own account."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from app.access import browsers, credentials, demo, links, outside, second_factor, services
from app.access.forms import (
    ForgottenForm,
    NewPasswordForm,
    PasswordForm,
    RemindersForm,
    SignInForm,
    StaffForm,
)
from app.access.openid import NotIdentified
from app.access.values import Pass
from app.access.web import (
    SignedIn,
    acting_person,
    current_person,
    open_session,
    public,
    safe_next,
    staff,
)
from app.errors import Conflict, DomainError, Invalid, NotFound, TooMany, Unauthorised
from app.extensions import gettext as _
from app.extensions import limiter, locale, rate, settings, visitor

bp = Blueprint("access", __name__, template_folder="templates")
HOME = "/desk/"
_LINK = "password_link"
#: What a right password gave where a second step is needed, and where to go afterwards.
HALF, HALF_NEXT = "half_signed_in", "half_next"


def refused(answer: Response) -> bool:
    return answer.status_code in (401, 422)


# ---- signing in ------------------------------------------------------------------------------


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    if current_person() is not None:
        return redirect(safe_next(request.args.get("next")) or HOME)
    form = SignInForm(data={"next": safe_next(request.args.get("next")) or ""})
    return _sign_in_page(form)


@bp.post("/sign-in")
@public
@limiter.limit(
    rate("sign_in"),
    key_func=visitor,
    deduct_when=lambda answer: answer.status_code == 401,
)
def try_sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form), 422
    login = form.login.data
    try:
        opened = services.sign_in(login, form.password.data, browsers.origin(login))
    except Unauthorised as refusal:
        form.password.errors = [refusal.message]
        return _sign_in_page(form), 401
    except TooMany as refusal:
        form.password.errors = [refusal.message]
        return _sign_in_page(form), 429, {"Retry-After": str(refusal.retry_after)}
    return enter(opened, form.next.data)


@bp.get("/sign-in/provider")
@public
@limiter.limit(rate("sign_in"))
def ask_provider() -> ResponseReturnValue:
    """Go to the provider of identity of the staff."""
    if not outside.provider.offered():
        raise NotFound
    session[HALF_NEXT] = safe_next(request.args.get("next"))
    try:
        return outside.provider.ask(settings().address + url_for("access.returned"))
    except NotIdentified as refusal:
        return _not_let_in(refusal)


@bp.get("/sign-in/returned")
@public
@limiter.limit(rate("sign_in"))
def returned() -> ResponseReturnValue:
    """Come back from the provider."""
    if not outside.provider.offered():
        raise NotFound
    try:
        claims = outside.provider.claims(settings().staff_oidc_issuer)
        opened = outside.sign_in(claims, browsers.origin(""))
    except (NotIdentified, Unauthorised) as refusal:
        return _not_let_in(refusal)
    return enter(opened, session.get(HALF_NEXT))


def _not_let_in(refusal: DomainError) -> ResponseReturnValue:
    flash(str(refusal), "error")
    return _sign_in_page(SignInForm(formdata=None)), refusal.status


def provider_name() -> str:
    """What the staff's provider is called in the language of the page; '' where there is none."""
    chosen = settings()
    english = chosen.staff_oidc_name_en if locale() == "en" else ""
    issuer = chosen.staff_oidc_issuer.partition("//")[2].partition("/")[0]
    return english or chosen.staff_oidc_name or issuer


def enter(opened: Pass, back: str | None) -> ResponseReturnValue:
    """Begin the session in this browser, or lead to the second step."""
    forget()
    if opened.kind == credentials.SESSION:
        answer = redirect(safe_next(back) or HOME, 303)
        begin(opened.secret, opened.login, answer)
        return answer
    session[HALF], session[HALF_NEXT] = opened.secret, safe_next(back)
    step = "access.code" if opened.kind == credentials.CODE else "access.enrol"
    return redirect(url_for(step), 303)


def begin(secret: str, login: str, answer: Response) -> None:
    """Sign in with this answer; the browser is known from now on."""
    login_user(SignedIn(secret, services.load_person(login)))
    browsers.remember(answer, login)


def forget() -> None:
    # Whatever was in the session before belongs to nobody we know: only the language is kept.
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    opened = open_session()
    if opened is not None:
        services.sign_out(opened.secret)
    return _signed_out(_("You have signed out."))


def _signed_out(said: str) -> ResponseReturnValue:
    logout_user()
    forget()
    flash(said)
    # Whoever comes next to this browser is not to read what was typed here.
    flash("*", "draft-sent")
    return redirect(url_for("access.sign_in"), 303)


def _sign_in_page(form: SignInForm) -> str:
    shown = demo.faces(settings()) if settings().demo else []
    return render_template(
        "access/sign_in.html", form=form, demo_accounts=shown, provider=provider_name()
    )


# ---- a password forgotten --------------------------------------------------------------------


@bp.route("/password/forgotten", methods=["GET", "POST"])
@public
@limiter.limit(rate("links"), key_func=visitor, methods=["POST"])
def forgotten() -> ResponseReturnValue:
    """Ask for a link by mail; the answer is the same whatever was entered."""
    form = ForgottenForm()
    if form.validate_on_submit():
        links.ask(form.who.data, locale())
        return render_template("access/forgotten.html", form=None)
    shown = render_template("access/forgotten.html", form=form)
    return shown, 422 if form.is_submitted() else 200


@bp.get("/password/link/<secret>")
@public
def follow_link(secret: str) -> ResponseReturnValue:
    # The address goes no further: neither a page it links to nor the history keeps the secret.
    session[_LINK] = secret
    return redirect(url_for("access.choose_password"), 303)


@bp.route("/password/new", methods=["GET", "POST"])
@public
@limiter.limit(rate("sign_in"), key_func=visitor, methods=["POST"])
def choose_password() -> ResponseReturnValue:
    secret = session.get(_LINK, "")
    person = links.whose(secret)
    if person is None:
        return render_template("access/choose.html", form=None, who=None), 409
    form = NewPasswordForm()
    if form.is_submitted():
        try:
            if carried_out(form, lambda: links.use(secret, form.new.data)):
                return _chosen(person.login)
        except Conflict:
            return render_template("access/choose.html", form=None, who=None), 409
        return render_template("access/choose.html", form=form, who=person), 422
    return render_template("access/choose.html", form=form, who=person)


def _chosen(login: str) -> Response:
    logout_user()
    forget()
    flash(_("The new password is set. Sign in with it."))
    answer = redirect(url_for("access.sign_in"), 303)
    browsers.remember(answer, login)
    return answer


# ---- one's own account -----------------------------------------------------------------------


@bp.get("/account")
@staff
def account() -> ResponseReturnValue:
    """What one signs in with, and where one is signed in."""
    opened = own_session()
    return render_template(
        "access/account.html",
        person=opened.person,
        factor=second_factor.of(opened.person.login),
        opened=services.opened(opened.person.login, opened.secret),
    )


@bp.route("/password", methods=["GET", "POST"])
@staff(changes=False)
@limiter.limit(rate("sign_in"), deduct_when=refused, methods=["POST"])
def password() -> ResponseReturnValue:
    form = PasswordForm()
    opened = own_session()
    if not form.is_submitted():
        return render_template("access/password.html", form=form)
    changed = carried_out(
        form,
        lambda: services.change_password(
            opened.person.login, form.old.data, form.new.data, keep=opened.secret
        ),
    )
    if not changed:
        return render_template("access/password.html", form=form), 422
    flash(_("The password is changed. Other sessions of yours are closed."))
    return redirect(url_for("access.account"), 303)


@bp.post("/account/sessions/<int:number>/end")
@staff(changes=False)
def end_session(number: int) -> ResponseReturnValue:
    """End one session or token of one's own."""
    services.end_one(own_session().person.login, number)
    flash(_("It has ended."))
    return redirect(url_for("access.account"), 303)


@bp.post("/account/sessions/end")
@staff(changes=False)
def end_sessions() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    services.sign_out_everywhere(own_session().person.login)
    return _signed_out(_("You have signed out everywhere."))


@bp.route("/reminders", methods=["GET", "POST"])
@staff(changes=False)
def reminders() -> ResponseReturnValue:
    """How one's own warnings of terms come by mail."""
    person = acting_person()
    form = RemindersForm(reminders=person.reminders)
    if form.validate_on_submit():
        services.choose_reminders(person.login, form.reminders.data)
        flash(_("Saved."))
        return redirect(url_for("access.reminders"), 303)
    shown = render_template("access/reminders.html", form=form, person=person)
    return shown, 422 if form.is_submitted() else 200


def own_session() -> SignedIn:
    opened = open_session()
    if opened is None:
        raise Unauthorised(_("Sign in first."))
    return opened


def carried_out(form: StaffForm, use_case: Callable[[], Any]) -> bool:
    """Whether the form is in order and the use case took it; its refusal stands by the fields."""
    if not form.validate():
        return False
    try:
        use_case()
    except Invalid as refusal:
        for name, texts in refusal.fields.items():
            form[name].errors = list(texts)
        return False
    return True
