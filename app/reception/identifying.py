"""The citizen signs in with a provider of identity, so that the form takes the appeal."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.access import identity
from app.access.identity import Identity, NotIdentified
from app.access.web import public, safe_next
from app.appeals import services as appeals
from app.config import SignIn
from app.errors import NotFound
from app.extensions import limiter, locale, rate, settings

_NEXT = "citizen_next"


def add_to(bp: Blueprint) -> None:
    bp.add_url_rule("/citizen/sign-in", view_func=citizen_sign_in)
    bp.add_url_rule("/citizen/returned", view_func=citizen_returned)
    bp.add_url_rule("/citizen/sign-out", view_func=citizen_sign_out, methods=["POST"])
    bp.add_app_template_global(provider_name)
    bp.add_app_template_global(sign_in_required)
    bp.add_app_template_global(identity.offered, "citizens_sign_in")


def provider_name() -> str:
    """What the provider is called in the language of the page."""
    chosen = settings()
    english = chosen.oidc_name_en if locale() == "en" else ""
    return english or chosen.oidc_name or chosen.oidc_issuer.partition("//")[2].partition("/")[0]


def citizen() -> Identity | None:
    """Who is signed in to file; nobody where signing in is switched off."""
    return None if settings().sign_in_to_file is SignIn.OFF else identity.current()


def person_key() -> str:
    """By which the appeals of who is signed in are found; '' for nobody."""
    known = citizen()
    return appeals.person_key(settings().oidc_issuer, known.subject) if known else ""


def sign_in_required() -> bool:
    """Whether the form is for identified citizens only."""
    return settings().sign_in_to_file is SignIn.REQUIRED


def must_sign_in() -> bool:
    """Whether the form is closed until this visitor signs in."""
    return sign_in_required() and citizen() is None


def page(problem: str = "") -> str:
    """How to be identified, and the ways that need no computer."""
    return render_template("reception/identify.html", problem=problem)


@public
@limiter.limit(rate("sign_in"))
def citizen_sign_in() -> ResponseReturnValue:
    if not identity.offered() or settings().sign_in_to_file is SignIn.OFF:
        raise NotFound
    session[_NEXT] = safe_next(request.args.get("next"))
    try:
        return identity.ask(settings().address + url_for("reception.citizen_returned"))
    except NotIdentified as refusal:
        return page(str(refusal)), refusal.status


@public
@limiter.limit(rate("sign_in"))
def citizen_returned() -> ResponseReturnValue:
    if not identity.offered():
        raise NotFound
    try:
        identity.returned()
    except NotIdentified as refusal:
        return page(str(refusal)), refusal.status
    return redirect(session.pop(_NEXT, None) or url_for("reception.new_appeal"), 303)


@public
def citizen_sign_out() -> ResponseReturnValue:
    identity.forget()
    return redirect(url_for("reception.home"), 303)
