"""What is typed into the form of a task, kept on the server while it is typed; its versions."""

import secrets
from collections.abc import Sequence

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.access.web import staff
from app.appeals import services
from app.desk.blueprint import me
from app.errors import DomainError, problem
from app.extensions import gettext as _
from app.formkit import ADD_ROW

#: Forms whose long texts are kept while they are typed.
KEPT_WHILE_TYPED = frozenset({"reply/draft", "interim/draft", "assignment/report"})
#: What stands in the page and is no part of what a person typed.
_ASIDE = frozenset({"csrf_token", "version", "opening", "remove_file", ADD_ROW})


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/items/<int:item_id>/typed", view_func=typed_versions)
    bp.add_url_rule("/items/<int:item_id>/typed", view_func=keep_typed, methods=["POST"])


@staff
def keep_typed(item_id: int) -> ResponseReturnValue:
    """Keep what the script of the form sends at each pause."""
    pairs = [pair for pair in request.form.items(multi=True) if pair[0] not in _ASIDE]
    try:
        at = services.keep_typed(me(), item_id, request.form.get("opening", ""), pairs)
    except DomainError as refusal:
        return problem(refusal.status, _("The text was not kept"), str(refusal))
    return jsonify(saved_at=at.isoformat())


@staff
def typed_versions(item_id: int) -> ResponseReturnValue:
    shown = request.args.get("shown", type=int)
    return render_template(
        "desk/typed.html",
        section="inbox",
        item=services.work_item(me(), item_id).item,
        found=services.typed_versions(me(), item_id, shown),
    )


def as_sent(pairs: Sequence[tuple[str, str]]) -> MultiDict[str, str]:
    """What was typed as the form that would have been sent."""
    return MultiDict(list(pairs))


def new_opening() -> str:
    """A mark for a page that is opened now."""
    return secrets.token_hex(10)
