"""Letters that only inform: the applicant stops them by one click, and may have them again."""

from sqlalchemy.orm import Session

from app import clock
from app.appeals import codes
from app.appeals.cards import NewsView
from app.appeals.models import Appeal
from app.audit.services import record
from app.database import reading, transaction
from app.errors import NotFound
from app.extensions import lazy_gettext as _
from app.extensions import settings


def news(token: str) -> NewsView:
    """Whether letters that only inform are sent about the appeal of a link."""
    with reading() as session:
        return _view(_meant(session, token))


def want_news(token: str, *, wanted: bool) -> NewsView:
    """Stop such letters or have them again; doing it twice changes nothing."""
    with transaction() as session:
        appeal = _meant(session, token)
        if wanted != (appeal.quiet_since is None):
            appeal.quiet_since = None if wanted else clock.now()
            record(session, "citizen", "news.wanted" if wanted else "news.stopped", appeal.key)
        return _view(appeal)


def _meant(session: Session, token: str) -> Appeal:
    found = codes.news_of(settings().access_code_key, token)
    appeal = session.get(Appeal, found) if found is not None else None
    if appeal is None:
        raise NotFound(_("There is no such appeal."))
    return appeal


def _view(appeal: Appeal) -> NewsView:
    return NewsView(appeal.number or appeal.receipt, appeal.quiet_since is None)
