"""`demo fill`: what is cast of played appeals is as good as what people filed."""

import json
import random
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app import clock, create_app
from app.access.services import load_person
from app.appeals import building, codes, services, timeline
from app.appeals.commands import InboxFilter, SearchQuery
from app.appeals.finding import key_of
from app.appeals.models import Appeal, Applicant
from app.audit.services import seal, verify
from app.database import db, reading, transaction
from app.demo import casting, filling, indexes, rehearsal
from app.demo.rehearsal import at_work
from app.documents.models import Document
from app.documents.services import content
from app.extensions import settings
from app.outbox.cli import settle_all
from app.search.words import plain
from app.workflow.incidents import incidents
from app.workflow.models import OPEN, WorkItem
from tests.conftest import close
from tests.fault import audit
from tests.unit.office import QUESTION, Office, command

#: Who does what waits, and with which answers beyond those the form was filled in with.
NEXT = {
    "register": ("registrar", {"questions": [QUESTION]}),
    "review": ("manager", {"decision": "answer", "drafter": "executor1", "text": "Ответить"}),
    "accept_assignment": (None, {}),
    "report": (None, {"text": "Проверено на месте."}),
    "accept_report": ("manager", {"decision": "accept"}),
    "decide_extension": ("manager", {"decision": "refuse", "reason": "Срок достаточен."}),
    "draft_reply": (None, {}),
    "approve_reply": ("approver", {"decision": "accept"}),
    "sign_reply": ("signatory", {}),
    "prepare_redirection": ("registrar", {}),
    "sign_redirection": ("signatory", {}),
    "dispatch": ("dispatcher", {"track": "80110012345678"}),
    "dispatch_notice": ("dispatcher", {"track": "80110012345679"}),
}


def fill(count, *, seed=7, played=8):
    assert sum(filling.fill(count, seed, played)) == count


@pytest.fixture(scope="module")
def played(prepared, tmp_path_factory):
    """A house where three appeals were played, and the folder it is copied from."""
    folder = tmp_path_factory.mktemp("played")
    shutil.copytree(prepared, folder / "data")
    app = create_app(data_dir=folder / "data")
    with app.app_context(), rehearsal.rehearsed(3, 7) as house:
        shutil.copytree(house, folder / "house")
    close(app)
    return folder / "house"


@pytest.fixture
def casts_only(played, monkeypatch):
    """What is cast is the same whoever played: one rehearsal serves all tests of casting."""
    monkeypatch.setattr(rehearsal, "rehearsed", lambda number, seed: nullcontext(played))


def appeals():
    with reading() as session:
        return session.execute(
            select(Appeal.id, Appeal.receipt, Appeal.number).order_by(Appeal.id)
        ).all()


def carry_on(appeal):
    """Do one thing that waits; which one it was, None where nothing waits for the staff."""
    found = services.inbox(load_person("auditor"), InboxFilter(appeal=appeal.receipt)).page.items
    items = [one for one in found if one.element in NEXT]
    if not items:
        return None
    item = items[0]
    login, answers = NEXT[item.element]
    person = load_person(item.assignee or login or "executor1")
    services.take(person, item.id)
    view = services.work_item(person, item.id)
    services.complete(person, item.id, {**view.values, **answers}, view.item.version)
    return item.element


def differences():
    """What is not as promised, but for two things that casts do not do.

    The mails of the played appeals left in the rehearsal's house, and nothing is learned of casts.
    """
    found = audit.differences(sink=None)
    return [one for one in found if not one.endswith("are to be learned 0 times")]


def leading_nowhere():
    """Columns with a row whose row to lead to is missing: nobody checks them while casts come."""
    with reading() as session:
        return [
            str(key.parent)
            for table in db.metadata.sorted_tables
            for key in table.foreign_keys
            if session.scalar(_leading_nowhere(table, key))
        ]


def _leading_nowhere(table, key):
    other = key.column.table.alias()
    met = select(other.c[key.column.name]).where(other.c[key.column.name] == key.parent)
    return select(key.parent).where(key.parent.is_not(None), ~met.exists()).limit(1)


def check_filled(app, *, casts, played, chosen):
    before = services.submit(command())
    assert settle_all(app, 60)
    fill(casts, played=played)
    assert differences() == []
    assert leading_nowhere() == []
    assert verify().unsealed == 0
    check_lists()

    begun = ("register", "review")[: played // rehearsal.BEGUN]
    assert waiting(appeals()[1:]) >= set(begun)

    sample = random.Random(5).sample(appeals(), chosen)
    done = [carry_on(appeal) for appeal in sample]
    assert len(set(done) - {None}) > 2
    for appeal in sample:
        code = codes.access_code(settings().access_code_key, appeal.id, 1)
        seen = services.status(appeal.receipt, code)
        assert seen.stages
        assert seen.number == appeal.number or appeal.number is None
        assert services.card(load_person("auditor"), appeal.receipt).history
    assert settle_all(app, 120)
    assert incidents() == []
    assert services.status(before.receipt, before.access_code).stages
    after = services.submit(command())
    assert after.receipt != before.receipt
    assert settle_all(app, 60)
    assert differences() == []


def check_lists():
    """What a list says of where an appeal stands is what its whole life comes to."""
    with reading() as session:
        rows = session.scalars(select(Appeal)).all()
        lives, few = timeline.timelines(session, rows), timeline.present_of(session, rows)
        said = {one.id: building.present(few[one.id]) for one in rows}
        assert said == {one.id: building.present(lives[one.id]) for one in rows}
        assert {one.left_at is None for one in said.values()} == {True, False}
        assert sum(map(len, few.values())) < sum(map(len, lives.values())) / 2


def waiting(cards):
    """At which steps these appeals wait for somebody of the staff."""
    held = WorkItem.key.in_([key_of(each.id) for each in cards])
    with reading() as session:
        return set(session.scalars(select(WorkItem.element).where(held, WorkItem.status == OPEN)))


def check_variety():
    with reading() as session:
        names = session.scalars(select(Applicant.name_key)).all()
        emails = session.scalars(select(Applicant.email).where(Applicant.email != "")).all()
        cards = session.scalars(select(Appeal)).all()
        letters = session.scalars(select(Document).where(Document.number.is_not(None))).all()
        assert len(set(names)) > len(cards) / 3
        assert len(set(emails)) > len(emails) / 3
        assert len({one.text for one in cards}) > len(cards) / 3
        numbers = [one.number for one in cards if one.number]
        assert sorted(numbers) == sorted(set(numbers))
        assert len({one.check_code for one in letters}) == len(letters) > 0
        for row in session.scalars(select(Document)):
            assert len(content(session, row.id)) == row.size
        assert min(one.received_at for one in cards) < clock.now() - timedelta(days=20)


def in_portions(monkeypatch, size, *, at_a_time=3):
    monkeypatch.setattr(casting, "TRANSACTION", size)
    monkeypatch.setattr(casting, "PORTION", size // 3 + 1)
    monkeypatch.setattr(casting, "AT_A_TIME", at_a_time)


def test_every_row_is_as_the_journal_promises_and_any_appeal_is_carried_on(either_app, monkeypatch):
    in_portions(monkeypatch, 11)
    check_filled(either_app, casts=60, played=8, chosen=40)
    check_variety()


@pytest.mark.long
def test_any_of_two_hundred_is_carried_on(either_app, monkeypatch):
    in_portions(monkeypatch, 300)
    check_filled(either_app, casts=2000, played=32, chosen=200)


@pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("casts_only")
def test_however_many_portions_are_at_work_the_same_comes_out(either_app, monkeypatch):
    def cards(first):
        with reading() as session:
            columns = select(Appeal.text, Appeal.place, Appeal.receipt)
            rows = session.execute(columns.where(Appeal.id > first).order_by(Appeal.id)).all()
        order = sorted(row.receipt for row in rows)
        return [(row.text, row.place, order.index(row.receipt)) for row in rows]

    in_portions(monkeypatch, 4, at_a_time=1)
    fill(20, played=3)
    one = cards(0)
    in_portions(monkeypatch, 4, at_a_time=4)
    fill(20, played=3)
    assert cards(appeals()[19].id) == one


@pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("casts_only")
def test_after_a_portion_that_fails_none_is_kept(either_app, monkeypatch):
    in_portions(monkeypatch, 3)
    begun = []

    class Failing(casting.Chain):
        def __init__(self, session):
            super().__init__(session)
            begun.append(self)
            if len(begun) == 2:
                raise OSError("the second portion")

    monkeypatch.setattr(casting, "Chain", Failing)
    with pytest.raises(OSError, match="the second"):
        fill(12, played=3)
    assert len(appeals()) == 3
    assert differences() == []
    assert verify().unsealed == 0


@pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)
def test_a_running_server_is_given_no_id_of_a_portion(either_app):
    over = Event()

    def serve():
        with db.engine.connect() as connection:
            asked = text("SELECT nextval('appeal_id_seq') FROM generate_series(1, 20)")
            while not over.is_set():
                yield from connection.scalars(asked)

    def given():
        with either_app.app_context():
            return set(serve())

    with ThreadPoolExecutor(1) as threads:
        server = threads.submit(given)
        with transaction() as session:
            firsts = [casting._reserved(session, Appeal.__table__, 5) for _ in range(2_000)]
        over.set()
    kept = {one for first in firsts for one in range(first, first + 5)}
    assert len(kept) == 10_000
    assert not kept & server.result()


@pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("casts_only")
def test_who_files_meanwhile_is_given_a_number_at_once(either_app, monkeypatch):
    in_portions(monkeypatch, 3)
    filed = []

    def file():
        with either_app.app_context():
            return services.submit(command()).receipt

    class Sealing(casting.Chain):
        def __init__(self, session):
            filed.append(thread.submit(file).result(timeout=10))
            super().__init__(session)

    monkeypatch.setattr(casting, "Chain", Sealing)
    with ThreadPoolExecutor(1) as thread:
        fill(9, played=3)
    assert len(filed) == 3
    assert {one.receipt for one in appeals()} > set(filed)
    assert settle_all(either_app, 60)
    assert differences() == []
    while seal():
        """What was filed."""
    assert verify().first_bad is None


@pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("casts_only")
def test_the_search_knows_the_words_of_what_it_keeps(either_app):
    fill(5, played=3)
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT kind, body, strip(words)::text FROM search_text"))
        said = {kind: (body, words) for kind, body, words in rows}
        assert set(said) == {"whole", "named", "masked", "file"}
        worked_out = text("SELECT strip(to_tsvector('russian', :plain))::text")
        for body, words in said.values():
            assert connection.scalar(worked_out, {"plain": plain(body)}) == words


def made_indexes():
    with db.engine.connect() as connection:
        asked = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexdef"
        return connection.scalars(text(asked)).all()


def kept_from_vacuum(table):
    """Whether PostgreSQL's own vacuum would pass the table by: it waits for no lock."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET lock_timeout = '1ms'"))
        try:
            connection.execute(text(f"VACUUM {table}"))
        except OperationalError:
            return True
        finally:
            connection.execute(text("RESET lock_timeout"))
    return False


@pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("casts_only")
def test_indexes_that_were_set_aside_come_back_as_they_were(either_app, monkeypatch):
    before = made_indexes()
    with indexes.set_aside(db.engine, 10):
        assert made_indexes() == before, "a few appeals are no reason"
    monkeypatch.setattr(indexes, "MANY", 10)
    with pytest.raises(KeyboardInterrupt), indexes.set_aside(db.engine, 10):
        assert len(made_indexes()) < len(before) - 50
        assert any("journal_unsealed" in one for one in made_indexes())
        assert kept_from_vacuum("step")
        raise KeyboardInterrupt
    assert made_indexes() == before
    assert not kept_from_vacuum("step")

    with db.engine.connect() as other, monkeypatch.context() as hurry:
        hurry.setattr(indexes, "PATIENCE", "50ms")
        other.execute(text("SELECT 1 FROM journal"))
        with indexes.set_aside(db.engine, 10):
            assert made_indexes() == before, "somebody is at work there"

    with db.engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_step_key, ix_letter_key"))
    fill(2, played=1)
    assert made_indexes() == before, "what a killed run left out is made by the next"
    monkeypatch.setattr(indexes, "MANY", 1)
    with indexes.set_aside(db.engine, 1):
        assert made_indexes() == before, "few beside many are no reason either"


@pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)
def test_a_table_that_somebody_holds_is_filled_all_the_same(either_app, monkeypatch):
    monkeypatch.setattr(indexes, "PATIENCE", "50ms")
    with db.engine.connect() as other:
        other.execute(text("LOCK TABLE step IN SHARE UPDATE EXCLUSIVE MODE"))
        with indexes._left_alone(db.engine):
            assert not kept_from_vacuum("journal")


@pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)
def test_two_fillings_make_a_missing_index_once(either_app):
    before = made_indexes()
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with db.engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_step_key"))
    with ThreadPoolExecutor(2) as threads:
        with db.engine.begin() as writer, db.engine.connect() as onlooker:
            writer.execute(text("LOCK TABLE step IN ROW EXCLUSIVE MODE"))
            made = [threads.submit(indexes.make_missing, db.engine) for _each in range(2)]
            while onlooker.scalar(waiting) < 2 and not any(one.done() for one in made):
                time.sleep(0.01)
        assert [one.result() for one in made] == [None, None]
    assert made_indexes() == before


def test_equal_seeds_make_equal_appeals(app):
    def seen():
        found = services.search(Office.person("auditor"), SearchQuery(sort="received", size=200))
        return [(hit.appeal.applicant, hit.appeal.summary, hit.stage) for hit in found.items]

    fill(6, played=2)
    first = seen()
    fill(6, played=2)
    assert sorted(seen()) == sorted(first + first)


def test_the_command_tells_what_it_did(app):
    answer = app.test_cli_runner().invoke(args=["demo", "fill", "--appeals", "2", "--seed", "2"])
    assert answer.exit_code == 0, answer.output
    line = json.loads(answer.stdout)
    assert (line["appeals"], line["seed"]) == (2, 2)
    assert len(appeals()) == 2


def test_a_play_that_breaks_off_leaves_nothing(app, monkeypatch):
    monkeypatch.setattr(rehearsal, "SHARED", ())
    answer = app.test_cli_runner().invoke(args=["demo", "fill", "--appeals", "3"])
    assert answer.exit_code == 1
    assert "could not be played" in answer.stderr
    assert appeals() == []


@pytest.mark.parametrize(
    ("moment", "morning"),
    [
        ("2026-11-25T08:30+00:00", "2026-11-25T08:30+00:00"),
        ("2026-11-25T03:10+00:00", "2026-11-25T06:10+00:00"),
        ("2026-11-27T20:00+00:00", "2026-11-30T06:00+00:00"),
        ("2026-11-29T10:00+00:00", "2026-11-30T10:00+00:00"),
    ],
)
def test_the_office_works_on_weekdays(moment, morning):
    parse = clock.datetime.fromisoformat
    assert at_work(parse(moment)) == parse(morning)
