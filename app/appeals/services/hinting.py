"""What may help who writes an appeal: its likely question, whose matter it is, a published answer.

Nothing of the text is kept. None of it binds anybody: the registrar chooses the questions, and
every appeal is taken.
"""

from collections import Counter
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.appeals import lookups
from app.appeals.cards import AnswerHint, Hints
from app.appeals.models import Publication, Question, Redirection
from app.database import reading
from app.search import words

SHORTEST, LONGEST = 40, 20_000  # characters of a text that tell enough, and that are read
QUESTIONS = 2
# A body is named when most appeals on the question went there, and not by chance.
LEAST_SENT, MOST_OF = 5, 0.5
# A published question is similar when the text says so many of its words, and this share of them.
LEAST_SHARED, ALIKE = 3, 0.4


def hints(text: str) -> Hints:
    """Hints for a text that is being written; empty ones for a text that tells too little."""
    text = text.strip()[:LONGEST]
    if len(text) < SHORTEST:
        return Hints()
    questions = lookups.suggested(text, QUESTIONS)
    with reading() as session:
        return Hints(
            questions=tuple(one.name for one in questions),
            body=_body(session, questions[0].code) if questions else "",
            answer=_answer(session, text),
        )


def _body(session: Session, code: str) -> str:
    """The body to which most appeals on the question were sent on within a year, or ''."""
    since = (clock.now() - timedelta(days=365)).date()
    rows = session.execute(
        select(Redirection.organisation, Redirection.questions)
        .where(Redirection.sent_on >= since)
        .order_by(Redirection.id.desc())
        .limit(2000)
    )
    sent = Counter(name for name, codes in rows if code in codes)
    if not sent:
        return ""
    name, times = sent.most_common(1)[0]
    asked = session.scalar(select(func.count()).where(Question.code == code)) or 0
    return name if times >= LEAST_SENT and times >= MOST_OF * asked else ""


def _answer(session: Session, text: str) -> AnswerHint | None:
    """The published answer to the most similar question, if one is similar enough."""
    said = _stems(text)
    rows = session.execute(
        select(Publication.id, Publication.title, Publication.question).where(
            Publication.taken_down_at.is_(None)
        )
    )
    best, found = ALIKE, None
    for number, title, question in rows:
        share = _share(_stems(f"{title} {question}"), said)
        if share >= best:
            best, found = share, AnswerHint(number, title)
    return found


def _stems(text: str) -> frozenset[str]:
    return frozenset(one for one in words.stemmed(text).split() if len(one) > 3)


def _share(asked: Collection[str], said: Collection[str]) -> float:
    """How much of a published question the text says as well; 0 when that is a word or two."""
    shared = len(set(asked) & set(said))
    return shared / len(asked) if shared >= LEAST_SHARED else 0.0
