"""Signing in and out, and one's own password."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from flask_login import login_user, logout_user

from app.access import demo, services
from app.access.forms import PasswordForm, RemindersForm, SignInForm
from app.access.web import (
    SignedIn,
    acting_person,
    current_person,
    open_session,
    public,
    safe_next,
    staff,
)
from app.errors import Invalid, Unauthorised
from app.extensions import gettext as _
from app.extensions import limiter, rate, settings

bp = Blueprint("access", __name__, template_folder="templates")
HOME = "/desk/"


def _login_tried() -> str:
    return "login:" + request.form.get("login", "").strip().casefold()[:100]


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
    key_func=get_remote_address,
    deduct_when=lambda answer: answer.status_code == 401,
)
@limiter.limit(
    rate("sign_in"), key_func=_login_tried, deduct_when=lambda answer: answer.status_code == 401
)
def try_sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form), 422
    try:
        opened = services.sign_in(form.login.data, form.password.data)
    except Unauthorised as refusal:
        form.password.errors = [refusal.message]
        return _sign_in_page(form), 401
    # Whatever was in the session before belongs to nobody we know: only the language is kept.
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    login_user(SignedIn(opened.secret, services.load_person(opened.login)))
    return redirect(safe_next(form.next.data) or HOME, 303)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    opened = open_session()
    if opened is not None:
        services.sign_out(opened.secret)
    language = session.get("language")
    logout_user()
    session.clear()
    if language:
        session["language"] = language
    flash(_("You have signed out."))
    return redirect(url_for("access.sign_in"), 303)


@bp.route("/password", methods=["GET", "POST"])
@staff(changes=False)
def password() -> ResponseReturnValue:
    form = PasswordForm()
    opened = open_session()
    if opened is None:
        raise Unauthorised(_("Sign in first."))
    if not form.is_submitted():
        return render_template("access/password.html", form=form)
    if form.validate():
        try:
            services.change_password(
                opened.person.login, form.old.data, form.new.data, keep=opened.secret
            )
        except Invalid as refusal:
            for name, texts in refusal.fields.items():
                form[name].errors = list(texts)
        else:
            flash(_("The password is changed. Other sessions of yours are closed."))
            return redirect(HOME, 303)
    return render_template("access/password.html", form=form), 422


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


def _sign_in_page(form: SignInForm) -> str:
    shown = demo.faces(settings()) if settings().demo else []
    return render_template("access/sign_in.html", form=form, demo_accounts=shown)
