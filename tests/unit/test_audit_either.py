"""What only real writers at once can show: the chain and the counters on each database."""

import threading
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.access import services as access
from app.audit import services as audit
from app.audit.models import JournalRow
from app.database import db, reading, transaction
from app.directory import services as directory


def sealed():
    while audit.seal():
        pass


def test_writers_and_sealers_at_once_leave_one_whole_chain(either_app):
    failures = []

    def work(do):
        with either_app.app_context():
            try:
                for number in range(15):
                    do(number)
            except SQLAlchemyError as error:
                failures.append(error)
            finally:
                db.session.remove()

    def write(number):
        with transaction() as session:
            audit.record(session, "registrar", "appeal.registered", f"appeal:{number}")

    jobs = [write, write, write, lambda _number: audit.seal(3), lambda _number: audit.seal(3)]
    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    sealed()
    verdict = audit.verify()
    assert verdict.first_bad is None
    assert verdict.unsealed == 0
    assert verdict.sealed >= 45


def test_an_id_given_early_and_committed_late_breaks_nothing(postgres_url, tmp_path):
    from app import create_app

    app = create_app(data_dir=tmp_path, database_url=postgres_url)
    with app.app_context():
        sealed()
        with Session(db.engine) as slow:
            audit.record(slow, "slow", "appeal.registered", "appeal:1")
            slow.flush()
            with transaction() as quick:
                audit.record(quick, "quick", "appeal.registered", "appeal:2")
            sealed()
            slow.commit()
        assert audit.verify().unsealed == 1
        sealed()
        with reading() as session:
            rows = session.scalars(
                select(JournalRow).order_by(JournalRow.seq.desc()).limit(2)
            ).all()
            assert [row.actor for row in rows] == ["slow", "quick"]
            late, early = (row.id for row in rows)
        assert late < early
        assert audit.verify().first_bad is None
        with transaction() as session:
            session.execute(text("UPDATE journal SET actor = 'x' WHERE actor = 'quick'"))
        assert audit.verify().first_bad == early
        db.session.remove()
        db.engine.dispose()


def test_numbers_have_neither_gaps_nor_twins(either_app):
    taken = []

    def register():
        with either_app.app_context():
            for number in range(8):
                try:
                    with transaction() as session:
                        got = directory.next_number(session, "appeal", date(2031, 5, 5))
                        if number == 3:
                            raise ZeroDivisionError
                    taken.append(got)
                except ZeroDivisionError:
                    continue
            db.session.remove()

    threads = [threading.Thread(target=register) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(f"И-{n}-ОГ/31" for n in range(1, 29))


@pytest.mark.parametrize("words", ["ЛЕБЕДЕВ", "николай лебедев", "жилищного лебедев"])
def test_people_and_organisations_are_found_alike(either_app, words):
    assert [one.login for one in access.list_people(words)] == ["executor1"]
    assert directory.list_organisations("ИНСПЕКЦИЯ жилищная")
    assert not directory.list_organisations("100%")


def test_a_token_is_found_on_each_database(either_app):
    issued = access.issue_token("manager")
    assert access.person_by_token(issued.secret).login == "manager"
    access.revoke_tokens("manager", actor="administrator")
    assert access.person_by_token(issued.secret) is None
