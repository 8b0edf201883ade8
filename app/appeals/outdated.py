"""What the diagrams of an appeal do not have yet, and how to get over it."""

from typing import Any

from sqlalchemy.orm import Session

from app.appeals.models import Appeal
from app.errors import Conflict
from app.extensions import lazy_gettext as _
from app.workflow import services as workflow


def refusal(session: Session, appeal: Appeal, message: Any) -> Conflict:
    """The refusal with, where a version no longer in force is to blame, who mends it and where."""
    version = workflow.behind(session, str(appeal.key))
    if version is None:
        return Conflict(message)
    return Conflict(
        _(
            "%(refusal)s It goes by version %(n)s of the diagrams, which is no longer in force. An "
            "analyst moves it to the present one: Studio, “Processes”, version %(n)s, “Move what "
            "runs”. Then try again.",
            refusal=message,
            n=version,
        )
    )
