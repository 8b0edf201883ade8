"""Documents looked at in the page: a drawn sheet, text, tables."""

import base64

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.access.web import staff
from app.appeals import services
from app.desk.blueprint import me, page_number


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/documents/<int:document_id>/look", view_func=preview)


@staff
def preview(document_id: int) -> ResponseReturnValue:
    """One page of a document.

    The picture stands in the page itself: whoever sees it has opened the document, and no address
    of it is left behind.
    """
    found = services.preview_document(me(), document_id, page_number())
    return render_template(
        "desk/preview.html",
        section="appeals",
        found=found,
        shown=found.shown,
        picture=base64.b64encode(found.shown.picture).decode("ascii"),
    )
