"""What a citizen sent, as a sheet to keep: their own words, files by their fingerprints."""

from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.appeals.finding import by_code
from app.appeals.models import Appeal, Applicant
from app.appeals.services.filing import files_of
from app.appeals.terms import zone_of
from app.correspondence import rendering, texts
from app.database import reading
from app.directory import services as directory
from app.extensions import gettext as _
from app.extensions import locale, moment_said

Rows = list[tuple[str, str]]


def sent_pdf(ref: str, code: str) -> tuple[bytes, str]:
    """(PDF, file name) of an appeal as it was sent, in the language of the page.

    Raises `WrongPair`.
    """
    with reading() as session:
        appeal = by_code(session, ref, code)
        sheet = _sheet(session, appeal)
        name = f"{appeal.number or appeal.receipt}.pdf".replace("/", "-")
    return rendering.render(sheet, moment=clock.now()), name


def _sheet(session: Session, appeal: Appeal) -> dict[str, Any]:
    body, zone = directory.body(session), zone_of(session)
    received = clock.local(appeal.received_at, zone)
    writer, *others = appeal.applicants
    facts: Rows = [
        (_("Received"), moment_said(received)),
        (_("Receipt number"), appeal.receipt),
        (_("Registration number"), appeal.number or ""),
        (_("To whom"), appeal.addressee),
        *_applicant(writer),
        *((_("Co-author"), _who(one)) for one in others),
        (
            _("The reply is sent"),
            _("by e-mail") if appeal.reply_channel == "email" else _("by post"),
        ),
        (_("Where it happened"), appeal.place),
    ]
    return {
        "kind": "sent",
        "language": locale(),
        "body": body.said("name", locale()),
        "title": _("Appeal %(receipt)s", receipt=appeal.receipt),
        "facts": [row for row in facts if row[1]],
        "heading": _("Text of the appeal"),
        "text": [line for line in appeal.text.splitlines() if line.strip()],
        "files-heading": _("Files"),
        "files": [
            {"name": one.name, "size": texts.size(one.size, locale()), "sha256": one.sha256}
            for one in files_of(session, appeal)
        ],
        "remark": _("This is what was sent through the internet reception; it is no reply."),
        "boxed-remark": _(
            "A box □ stands for a sign that this sheet cannot print; the sign itself was received "
            "as it was sent."
        ),
    }


def _applicant(who: Applicant) -> Rows:
    return [
        (_("Organisation"), who.name),
        (_("Applicant"), " ".join(filter(None, (who.last_name, who.first_name, who.middle_name)))),
        (_("On whose behalf"), who.represented),
        (_("E-mail"), who.email),
        (_("Telephone"), who.phone),
        (_("Postal address"), who.postal_address),
    ]


def _who(who: Applicant) -> str:
    names = " ".join(filter(None, (who.last_name, who.first_name, who.middle_name)))
    return ", ".join(filter(None, (who.name or who.represented, names, who.email)))
