"""The citizen asks to read the documents and materials of the appeal (art. 5 point 2)."""

from app.appeals import inspections
from app.appeals.commands import storable
from app.appeals.finding import by_code, hold
from app.appeals.terms import today
from app.database import transaction
from app.errors import Conflict, Invalid
from app.extensions import lazy_gettext as _
from app.workflow import services as workflow

LONGEST = 4000


def ask_to_read(ref: str, code: str, wish: str = "") -> None:
    """Ask to read the file; raises `WrongPair`, Conflict where it cannot be asked now, Invalid.

    `wish` names the documents, '' = all. It may be asked for after the end of consideration too.
    """
    wish = storable(wish).strip()
    if len(wish) > LONGEST:
        message = _("At most %(n)s characters fit here.", n=LONGEST)
        raise Invalid(_("Please check the fields marked below."), fields={"wish": [message]})
    with transaction() as session:
        appeal = by_code(session, ref, code)
        hold(session, appeal)
        if not inspections.may_ask(session, appeal):
            raise Conflict(
                _("This is asked for once the appeal is registered, and one request at a time.")
            )
        row = inspections.add(session, appeal, wish=wish, asked_on=today(session), actor="citizen")
        payload = {
            "appeal": appeal.id,
            "inspection": row.id,
            "decide_by": inspections.decide_by(session, row),
        }
        if not workflow.deliver(
            session, str(appeal.key), "inspection_asked", payload, actor="citizen"
        ):
            raise Conflict(_("The processes of this appeal know no such action."))
