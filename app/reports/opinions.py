"""What citizens think of the replies by topic, unit and executor; few voices stay unheard."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.appeals.models import Appeal, Assignment, Question, Reply, SurveyInvitation
from app.appeals.people import People
from app.appeals.terms import today
from app.classifier import services as classifier
from app.database import reading
from app.extensions import locale
from app.reports import groups
from app.reports.asked import Asked, asked
from app.reports.groups import Grouped, by_group
from app.reports.remembered import remembered
from app.reports.services import received_between

TOPIC = len("0005.0005")

#: A mark from 1 to 5, and whether the question is settled: yes, partly, no or None.
Voice = tuple[int, str | None]


@dataclass(frozen=True)
class Opinion:
    """A group of `marks` marks, `average` of 5; `settled` per cent say that all is settled."""

    code: str
    name: str
    marks: int
    average: float
    settled: int | None


@dataclass(frozen=True)
class Opinions:
    """Marks by group, and what was answered to the analyst's own questions."""

    topics: Grouped[Opinion]
    units: Grouped[Opinion]
    executors: Grouped[Opinion]
    asked: tuple[Asked, ...]


def opinions(since: date | None = None, until: date | None = None) -> Opinions:
    """Opinions on the appeals received in a period; without dates, in the year up to today."""
    with reading() as session:
        until = until or today(session)
        since = since or until - timedelta(days=365)
        about = "opinions", since, until, groups.LEAST, locale()
        return remembered(about, lambda: _opinions(session, _answered(session, since, until)))


def _opinions(session: Session, answered: ColumnElement[bool]) -> Opinions:
    voices, executors = _voices(session, answered), _executors(session, answered)
    people = People(session)
    people.look_up(sorted({login for logins in executors.values() for login in logins}))
    units = {
        appeal: {people.unit(login) for login in logins} - {""}
        for appeal, logins in executors.items()
    }
    topics = _topics(session, answered)
    return Opinions(
        grouped(voices, topics, _topic_name),
        grouped(voices, units, str),
        grouped(voices, executors, people.name),
        asked(session, answered, (topics, _topic_name), (units, str), (executors, people.name)),
    )


def grouped(
    voices: Mapping[int, Voice], codes: Mapping[int, Iterable[str]], name: Callable[[str], str]
) -> Grouped[Opinion]:
    """Gather the marks on appeals by the codes of these."""
    return by_group(voices, codes, name, _opinion)


def _opinion(code: str, name: str, voices: Collection[Voice]) -> Opinion:
    marks = [mark for mark, _settled in voices]
    said = [settled for _mark, settled in voices if settled]
    settled = round(100 * said.count("yes") / len(said)) if len(said) >= groups.LEAST else None
    return Opinion(code, name, len(marks), round(sum(marks) / len(marks), 1), settled)


def _answered(session: Session, since: date, until: date) -> ColumnElement[bool]:
    return received_between(session, since, until) & SurveyInvitation.answered_at.is_not(None)


def _voices(session: Session, answered: ColumnElement[bool]) -> dict[int, Voice]:
    rows = session.execute(
        select(SurveyInvitation.appeal_id, SurveyInvitation.quality, SurveyInvitation.solved)
        .join(Appeal, Appeal.id == SurveyInvitation.appeal_id)
        .where(answered, SurveyInvitation.quality.is_not(None))
        .order_by(SurveyInvitation.id)
    )
    return {appeal: (int(quality or 0), solved) for appeal, quality, solved in rows}


def _topics(session: Session, answered: ColumnElement[bool]) -> dict[int, set[str]]:
    """The topics of each appeal: the first two parts of the codes of its questions."""
    rows = session.execute(
        select(Question.appeal_id, Question.code)
        .join(Appeal, Appeal.id == Question.appeal_id)
        .join(SurveyInvitation, SurveyInvitation.appeal_id == Appeal.id)
        .where(answered)
    )
    return _gathered((appeal, code[:TOPIC]) for appeal, code in rows)


def _topic_name(code: str) -> str:
    topic = classifier.node(f"{code}.0000.0000")
    return topic.name if topic else code


def _executors(session: Session, answered: ColumnElement[bool]) -> dict[int, set[str]]:
    """Who answered for each appeal: the responsible executors, else who drafted the reply."""
    asked = (
        select(Assignment.appeal_id, Assignment.executor)
        .join(Appeal, Appeal.id == Assignment.appeal_id)
        .join(SurveyInvitation, SurveyInvitation.appeal_id == Appeal.id)
        .where(answered, Assignment.responsible.is_(True), Assignment.state == "done")
    )
    drafted = (
        select(Reply.appeal_id, Reply.drafted_by)
        .join(Appeal, Appeal.id == Reply.appeal_id)
        .join(SurveyInvitation, SurveyInvitation.appeal_id == Appeal.id)
        .where(answered, Reply.decision == "accept")
    )
    drafters = _gathered((appeal, login) for appeal, login in session.execute(drafted))
    return drafters | _gathered((appeal, login) for appeal, login in session.execute(asked))


def _gathered(pairs: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for appeal, code in pairs:
        found[appeal].add(code)
    return found
