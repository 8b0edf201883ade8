"""Several questions in one statement: what they answer, together and apart."""

import pytest
from sqlalchemy import bindparam, select, text

from app.appeals import parts
from app.appeals.models import Appeal, Applicant, Assignment, Report
from app.database import db, transaction
from app.looks import Looks
from app.workflow.models import StepRow, WorkItem
from tests.unit.office import Office
from tests.web.statements import counted

KEY, NAME = bindparam("key"), bindparam("name")
CARDS = Looks(select(Appeal).where(Appeal.key == KEY))
STEPS = Looks(select(StepRow))
NAMED = Looks(
    select(Applicant.last_name, Applicant.position).where(Applicant.last_name == NAME),
    select(Applicant).where(Applicant.last_name == NAME),
)


@pytest.fixture
def office(either_app):
    return Office(either_app)


def test_what_is_asked_beside_is_answered_in_the_same_statement(office):
    with transaction() as session:
        key = session.scalars(select(Appeal.key)).one()
        with counted(db.engine) as asked:
            ((card,),) = CARDS(session, beside=[NAMED], key=key, name="Ёлкина")
            (said,), (row,) = NAMED(session, name="Ёлкина")
        assert (card.key, said, row.appeal_id) == (
            key, {"last_name": "Ёлкина", "position": 0}, card.id,
        )  # fmt: skip
        if db.engine.dialect.name == "postgresql":
            assert len(asked.statements) == 1
        assert NAMED(session, name="Другая") == [[], []]
        row.last_name = "Соснина"
        # An answer is given once: who asks again is told how it is now.
        assert NAMED(session, name="Ёлкина") == [[], []]


def test_a_column_of_a_newer_release_is_passed_over(office):
    with transaction() as session:
        key = session.scalars(select(Appeal.key)).one()
        session.execute(text("ALTER TABLE appeal ADD COLUMN of_a_newer_release text"))
    with transaction() as session:
        ((first,),) = CARDS(session, key=key)
        ((again,),) = CARDS(session, key=key)
        assert again is first
        again.receipt = "К-1"
    with transaction() as session:
        assert session.scalars(select(Appeal.receipt)).one() == "К-1"


def test_a_row_that_is_over_is_only_looked_at(postgres_url, make_app):
    app = make_app(database_url=postgres_url)
    with app.app_context():
        Office(app).register()
        with transaction() as session:
            (rows,) = STEPS(session)
            left = [row for row in rows if row.left_at is not None]
            standing = [row for row in rows if row.left_at is None]
            assert left
            assert set(standing) == set(session)
            with pytest.raises(AttributeError):
                left[0].how = "cancelled"
            # One that the session has met stays its own.
            known = session.get(StepRow, left[0].id)
            assert known in STEPS(session)[0]
            standing[0].left_at = standing[0].entered_at
            assert standing[0] in STEPS(session)[0]


def test_an_item_brings_its_part_and_the_last_report(office):
    office.register()
    office.assign("executor1")
    office.do("executor1", "accept_assignment")
    office.do("executor1", "report", text="Первый отчёт")
    office.do("manager", "accept_report", decision="rework", remark="Подробнее")
    office.do("executor1", "report", text="Второй отчёт")
    item = office.find("manager", "accept_report")
    with transaction() as session:
        key = session.get_one(WorkItem, item.id).key
        parts.meet(session, key, item.id)
        part = session.scalars(select(Assignment)).one()
        with counted(db.engine) as asked:
            assert parts.latest_report(session, part.id).text == "Второй отчёт"
        assert not asked.statements
        third = Report(assignment_id=part.id, at=part.issued_at, author="x", text="Третий отчёт")
        parts.add_report(session, third)
        assert parts.latest_report(session, part.id) is third


@pytest.mark.parametrize("named", ["дом 5", None, [1], {"id": 1}, 10**12])
def test_a_variable_that_names_no_assignment_finds_none(office, named):
    office.register()
    office.assign("executor1")
    item = office.find("executor1", "accept_assignment")
    with transaction() as session:
        row = session.get_one(WorkItem, item.id)
        part = row.variables["assignment"]
        row.variables = {"assignment": named}
        session.flush()
        parts.meet(session, row.key, row.id)
        with counted(db.engine) as asked:
            assert parts.latest_report(session, part) is None
        assert len(asked.statements) == 1
