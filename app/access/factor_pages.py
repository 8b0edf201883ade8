"""Pages of the second factor: the second step of signing in, and setting it up."""

from datetime import timedelta
from typing import Any

import segno
from flask import Blueprint, flash, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.access import browsers, credentials, second_factor, services
from app.access.forms import CodeForm, PresentPasswordForm
from app.access.views import (
    HALF,
    HALF_NEXT,
    begin,
    carried_out,
    enter,
    forget,
    own_session,
    refused,
)
from app.access.web import SignedIn, public, staff
from app.clock import real
from app.errors import Conflict, TooMany, Unauthorised
from app.extensions import gettext as _
from app.extensions import limiter, rate, visitor

_SET_UP_UNTIL = "set_up_until"
#: How long after the password was given the secret may be looked at.
_SET_UP_LIFE = timedelta(minutes=10)


def add_to(bp: Blueprint) -> None:
    for path, view in (
        ("/sign-in/code", code),
        ("/sign-in/second-factor", enrol),
        ("/account/second-factor", factor),
        ("/account/second-factor/set-up", set_up),
    ):
        bp.add_url_rule(path, view_func=view, methods=["GET", "POST"])


# ---- the second step of signing in -----------------------------------------------------------


@public
@limiter.limit(rate("sign_in"), key_func=visitor, methods=["POST"])
def code() -> ResponseReturnValue:
    """Show a code of the app, or a recovery code."""
    secret = session.get(HALF, "")
    person = services.half_signed_in(secret, credentials.CODE)
    if person is None:
        return _begin_anew()
    form = CodeForm()
    if not form.is_submitted():
        return render_template("access/code.html", form=form)
    if not form.validate():
        return render_template("access/code.html", form=form), 422
    try:
        opened = services.show_code(secret, form.code.data, browsers.origin(person.login))
    except Conflict:
        return _begin_anew()
    except (Unauthorised, TooMany) as refusal:
        form.code.errors = [refusal.message]
        return render_template("access/code.html", form=form), refusal.status
    return enter(opened, session.get(HALF_NEXT))


@public
@limiter.limit(rate("sign_in"), key_func=visitor, methods=["POST"])
def enrol() -> ResponseReturnValue:
    """Set up the second factor that a role demands, before the session begins."""
    secret = session.get(HALF, "")
    person = services.half_signed_in(secret, credentials.ENROL)
    if person is None:
        return _begin_anew()
    form = CodeForm()
    codes: list[str] = []

    def confirm() -> None:
        opened, made = services.enrol(secret, form.code.data, browsers.origin(person.login))
        session[HALF] = opened.secret
        codes.extend(made)

    if form.is_submitted():
        try:
            if carried_out(form, confirm):
                return _enter_with(session[HALF], person.login, codes)
        except Conflict:
            return _begin_anew()
    page = render_template(
        "access/set_up.html", form=form, offer=_shown(person.login), enrolling=True
    )
    return page, 422 if form.is_submitted() else 200


def _enter_with(secret: str, login: str, codes: list[str]) -> ResponseReturnValue:
    back = session.get(HALF_NEXT)
    forget()
    answer = make_response(render_template("access/codes.html", codes=codes, back=back))
    begin(secret, login, answer)
    return answer


def _begin_anew() -> ResponseReturnValue:
    flash(_("Too much time has passed. Sign in anew."), "error")
    return redirect(url_for("access.sign_in"), 303)


# ---- one's own -------------------------------------------------------------------------------


@staff(changes=False)
@limiter.limit(rate("sign_in"), deduct_when=refused, methods=["POST"])
def factor() -> ResponseReturnValue:
    """What there is; each change asks for the password again."""
    opened = own_session()
    login = opened.person.login
    form = PresentPasswordForm()
    if not form.is_submitted():
        return _factor_page(opened, form)
    if not carried_out(form, lambda: services.demand_password(login, form.password.data)):
        return _factor_page(opened, form), 422
    match form.deed.data:
        case "codes":
            codes = second_factor.new_codes(login)
            return render_template("access/codes.html", codes=codes, back=None)
        case "off":
            second_factor.turn_off(login)
            flash(_("The second factor is off."))
            return redirect(url_for("access.factor"), 303)
    second_factor.begin(login)
    session[_SET_UP_UNTIL] = (real() + _SET_UP_LIFE).timestamp()
    return redirect(url_for("access.set_up"), 303)


@staff(changes=False)
@limiter.limit(rate("sign_in"), deduct_when=refused, methods=["POST"])
def set_up() -> ResponseReturnValue:
    """Show the secret to the phone and take its first code."""
    login = own_session().person.login
    if session.get(_SET_UP_UNTIL, 0) < real().timestamp():
        return redirect(url_for("access.factor"), 303)
    form = CodeForm()
    codes: list[str] = []
    if form.is_submitted() and carried_out(
        form, lambda: codes.extend(second_factor.confirm(login, form.code.data))
    ):
        session.pop(_SET_UP_UNTIL)
        return render_template("access/codes.html", codes=codes, back=None)
    page = render_template("access/set_up.html", form=form, offer=_shown(login), enrolling=False)
    return page, 422 if form.is_submitted() else 200


def _factor_page(opened: SignedIn, form: PresentPasswordForm) -> str:
    state = second_factor.of(opened.person.login)
    return render_template("access/factor.html", form=form, state=state)


def _shown(login: str) -> dict[str, Any]:
    """The secret as a picture for the camera and in groups of four for the fingers."""
    offer = second_factor.offered(login)
    picture = segno.make(offer.address, error="l").svg_inline(scale=4, border=4, light="#fff")
    groups = " ".join(offer.secret[at : at + 4] for at in range(0, len(offer.secret), 4))
    return {"picture": Markup(picture), "secret": groups}  # noqa: S704  # drawn here, of no one's text
