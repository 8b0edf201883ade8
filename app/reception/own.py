"""What anybody asks for without a number: own appeals, letters wanted or not, the emblem."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.web import public
from app.appeals import services as appeals
from app.config import SignIn
from app.directory import services as directory
from app.errors import NotFound
from app.extensions import limiter, rate, settings
from app.reception import identifying, remembered
from app.reception.problems import own_guard

#: Only made-up links count: a mail program stops letters for many people from one address.
guessing = limiter.limit(rate("codes"), deduct_when=lambda answer: answer.status_code == 404)


def add_to(bp: Blueprint) -> None:
    bp.add_url_rule("/citizen/appeals", view_func=own_appeals)
    bp.add_url_rule("/citizen/appeals/<int:appeal_id>", view_func=open_own, methods=["POST"])
    bp.add_url_rule("/emblem/<digest>.png", view_func=emblem)
    bp.add_url_rule("/news/<token>", view_func=news)
    bp.add_url_rule("/news/<token>", view_func=want_news, methods=["POST"])


@public
def own_appeals() -> ResponseReturnValue:
    """List what the citizen filed signed in; who is not signed in is asked to."""
    if settings().sign_in_to_file is SignIn.OFF:
        raise NotFound
    known = identifying.citizen()
    found = appeals.own(identifying.person_key())
    return render_template("reception/own.html", citizen=known, found=found)


@public
def open_own(appeal_id: int) -> ResponseReturnValue:
    """Open the page of one of them, as number and code would."""
    pair = appeals.open_own(identifying.person_key(), appeal_id)
    handle = remembered.remember(*pair, appeal_id)
    return redirect(url_for("reception.show", handle=handle), 303)


@public
def emblem(digest: str) -> ResponseReturnValue:
    """The picture above every page: its address changes with it, so that browsers may keep it."""
    answer = Response(directory.emblem(digest), mimetype="image/png")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'"
    return answer


@public
@guessing
def news(token: str) -> ResponseReturnValue:
    """Show what a link in a letter would do; programs that open links for people change nothing."""
    return render_template("reception/news.html", view=appeals.news(token), token=token)


@own_guard
@public
@guessing
def want_news(token: str) -> ResponseReturnValue:
    """Stop letters that only inform, or have them again.

    A mail program posts here by itself (RFC 8058), with no session and no page before it: the token
    alone says that it may.
    """
    view = appeals.want_news(token, wanted=request.form.get("wanted") == "yes")
    return render_template("reception/news.html", view=view, token=token, done=True)
