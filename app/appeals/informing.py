"""Letters about stages: the applicant is told by e-mail of those that the analyst marked."""

from sqlalchemy.orm import Session

import engine
from app.appeals import notices, timeline
from app.appeals.finding import id_of
from app.appeals.models import Appeal
from app.appeals.terms import zone_of
from app.workflow.outcomes import Facts

TRUE = ("true", "1", "yes")


def tell_of_stage(session: Session, key: str, element: engine.Element, facts: Facts) -> None:
    """Promise a letter when tokens come to an element with a `stage` and the property `tell`."""
    words = element.properties
    marked = words.get("tell", "").strip().lower() in TRUE
    hidden = words.get("confidential", "").strip().lower() in TRUE
    if not marked or hidden or not words.get("stage") or not key.startswith("appeal:"):
        return
    appeal = session.get_one(Appeal, id_of(key))
    if appeal.reply_channel != "email":
        return
    language, zone = appeal.language, zone_of(session)
    known = {**timeline.card_facts(appeal), **facts}

    def said(name: str) -> str:
        text = (language == "en" and words.get(f"{name}.en")) or words.get(name, "")
        return timeline.filled(text, known, language, zone)

    told = {"stage": said("stage"), "next": said("next")}
    notices.tell(session, appeal, "stage", actor="system", facts=told)
