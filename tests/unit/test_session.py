"""The session writes a use case in one statement, and stores what SQLAlchemy itself would."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial

import psycopg
import pytest
from sqlalchemy import inspect, make_url, select, text
from sqlalchemy.exc import DataError, InternalError, OperationalError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app import database
from app.appeals.models import Appeal, Applicant, Extension, Filing, Question
from app.audit.models import JournalRow
from app.audit.services import record
from app.database import asking, db, glancing, reading, transaction
from app.directory.models import NumberCounter
from app.directory.services import last_number
from app.directory.settings import set_setting
from app.looks import Looks, only
from app.search import services as search
from app.search.models import SearchText
from app.session import FORGOTTEN, at_last, give_ids, insert_unless_there, row_at, settle
from app.statement import answer
from app.workflow.models import Instance, StepRow, Waiting, WorkItem, queue_of
from tests.web.statements import counted

AT = datetime(2026, 3, 1, 12, 30, 15, 123456, timezone(timedelta(hours=3)))
HARD = 'кавычки " и \\ слэш, %s :имя\nстрока\t{"a": [1, null]}'


def instance(key="appeal:1", **more):
    return Instance(
        version_id=1, process="appeal", key=key, state=b"\x00\xff\\x01'", started_at=AT, **more
    )


def item(of, task, *roles):
    return WorkItem(
        instance_id=of.id, task=task, key=of.key, process="appeal", element="review",
        version_id=1, queue=queue_of(roles, "appeal", "review"),
        variables={"ключ": [HARD, None, 1.5, True], "b": {"z": 1, "a": 2}}, opened_at=AT,
    )  # fmt: skip


def appeal(receipt):
    return Appeal(
        receipt=receipt, receipt_key=receipt, channel="site", reply_channel="email", text=HARD,
        received_at=AT, register_by=date(2026, 3, 4),
        applicants=[Applicant(position=0, kind="citizen", last_name=HARD)],
        questions=[Question(position=n, code=f"{n}", name=HARD) for n in range(2)],
    )  # fmt: skip


def everything():
    """The rows of all tables these tests write to, in order, without the ids."""
    found = {}
    with reading() as session:
        for model in (Instance, WorkItem, Appeal, Applicant, Question):
            rows = session.execute(select(model.__table__).order_by(*inspect(model).primary_key))
            found[model.__name__] = [
                {
                    name: value
                    for name, value in row.items()
                    if name not in ("id", "instance_id", "item_id", "appeal_id")
                }
                for row in rows.mappings()
            ]
    return found


def fill():
    with transaction() as session:
        first = instance()
        session.add(first)
        give_ids(session, first)
        session.add_all([item(first, "1", "manager", "assistant"), appeal("R-1")])


def test_what_is_stored_is_what_sqlalchemy_stores(either_app, monkeypatch):
    fill()
    ours = everything()
    with transaction() as session:
        for model in (WorkItem, Instance, Question, Applicant, Appeal):
            session.execute(text(f"DELETE FROM {model.__tablename__}"))
    monkeypatch.setattr(type(db.session()), "flush", Session.flush)
    fill()
    assert everything() == ours
    assert ours["WorkItem"][0]["variables"]["ключ"][0] == HARD
    assert ours["Instance"][0]["state"] == b"\x00\xff\\x01'"
    assert ours["Instance"][0]["started_at"] == AT


def test_a_use_case_is_written_by_one_statement(postgres_url, make_app):
    app = make_app(database_url=postgres_url)
    with app.app_context():
        fill()
        with counted(db.engine) as asked, transaction() as session:
            mine = session.scalars(select(Instance)).one()
            mine.state = b"moved"
            first = session.scalars(select(WorkItem)).one()
            first.status = "done"
            session.add_all([item(mine, "2", "executor"), item(mine, "3", "executor")])
            session.add(Waiting(instance_id=mine.id, kind="message", name="withdraw"))
            record(session, "system", "appeal.tested", "appeal:1")
            session.add(appeal("R-2"))
        written = [one for one in asked.statements if not one.startswith("SELECT")]
        assert len(written) == 1, asked
        assert asked.commits == 1
        with reading() as session:
            found = session.scalars(select(WorkItem).order_by(WorkItem.id)).all()
            assert [one.status for one in found] == ["done", "open", "open"]
            assert [one.revision for one in found] == [2, 1, 1]
            assert found[2].roles == ("executor",)
            second = session.scalars(select(Appeal).where(Appeal.receipt == "R-2")).one()
            assert len(second.questions) == 2
            assert second.main_applicant.last_name == HARD


def test_an_error_of_the_driver_is_one_of_sqlalchemy_and_spoils_no_other_use_case(
    postgres_url, make_app
):
    app = make_app(database_url=postgres_url)
    with app.app_context():
        with pytest.raises(DataError) as met, transaction() as session:
            answer(session.connection(), "SELECT 1 / %(zero)s", {"zero": 0})
        assert isinstance(met.value.orig, psycopg.errors.DivisionByZero)
        assert asked("'[7]'") == [7]


def test_a_connection_that_was_cut_is_not_used_again(postgres_url, make_app):
    app = make_app(database_url=postgres_url)
    with app.app_context():
        with pytest.raises(OperationalError) as met:
            asked("pg_terminate_backend(pg_backend_pid())::text")
        assert met.value.connection_invalidated
        assert asked("'[7]'") == [7]


def test_a_question_leaves_its_connection_to_transactions(postgres_url, make_app):
    app = make_app(database_url=postgres_url)
    with app.app_context():
        for value in ("'[7]'", "1 / 0"):
            with suppress(DataError):
                asked(value)
            with pytest.raises(LookupError), transaction() as session:
                session.add(instance())
                session.flush()
                raise LookupError
        assert everything()["Instance"] == []


def test_a_statement_means_what_it_meant_to_the_driver(postgres_url, make_app):
    """Signs of percent, a value named twice and one that looks like another's place."""
    statement = "SELECT json_build_array('100%%', %(a)s::int, %(b)s::text, %(a)s::int)::text"
    app = make_app(database_url=postgres_url)
    with app.app_context(), asking() as connection:
        for number, word in ((1, "$1"), (2, "%(a)s"), (3, HARD)):
            found = answer(connection, statement, {"b": word, "a": number})
            assert found == ["100%", number, word, number]
        assert answer(connection, "SELECT json_build_array(7 %% 4)::text") == [3]


def asked(value):
    with asking() as connection:
        return answer(connection, f"SELECT {value}")


def test_the_same_changes_are_the_same_statement_whatever_their_order(postgres_url, make_app):
    changes = [(Instance, "state"), (WorkItem, "task"), (Appeal, "text"), (Question, "name")]

    def written(order):
        with counted(db.engine) as asked, transaction() as session:
            rows = {model: session.scalars(select(model)).first() for model, _name in order}
            for model, name in order:
                before = getattr(rows[model], name)
                setattr(rows[model], name, before + before[:1])
        return [one for one in asked.statements if not one.startswith("SELECT")]

    app = make_app(database_url=postgres_url)
    with app.app_context():
        fill()
        orders = [changes[n:] + changes[:n] for n in range(4)]
        assert len({statement for order in orders for statement in written(order)}) == 1


def test_looking_writes_nothing_and_forgets_no_statement(postgres_url, make_app):
    app = make_app(database_url=postgres_url)
    with app.app_context():
        fill()
        for _each in range(8):
            with reading() as session:
                assert session.scalars(select(Instance.key)).one() == "appeal:1"
        with reading() as session:
            prepared = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
        assert any("instance" in statement for statement in prepared)
        with pytest.raises(InternalError), reading() as session:
            session.execute(text("UPDATE instance SET key = 'other'"))


def test_a_glance_begins_nothing_and_writes_nothing(postgres_url, make_app):
    app = make_app(database_url=postgres_url)
    change = text("UPDATE instance SET key = 'other'")
    with app.app_context():
        fill()
        with counted(db.engine) as asked, glancing() as session:
            assert session.scalars(select(Instance.key)).one() == "appeal:1"
        assert (len(asked.statements), asked.transactions, asked.commits) == (1, 0, 0)
        with pytest.raises(InternalError), glancing() as session:
            session.execute(change)
        with pytest.raises(InternalError), asking() as connection:
            connection.execute(change)
        with transaction() as session:  # on the connection that only looked
            session.execute(change)
        with glancing() as session:
            assert session.scalars(select(Instance.key)).one() == "other"


def test_a_glance_reads_what_it_wants_of_a_row_and_changes_none(postgres_url, make_app):
    app = make_app(database_url=postgres_url)
    look = Looks(only(Appeal, Appeal.id, Appeal.outcome, Appeal.received_at), select(Applicant))
    with app.app_context():
        fill()
        with glancing() as session:
            (card,), (who,) = look(session)
        assert (card.closed, card.received_at) == (False, AT)
        assert (who.last_name, who.full_name) == (HARD, HARD)
        with pytest.raises(AttributeError):
            card.text  # noqa: B018  # that it is not there is the point
        with pytest.raises(AttributeError):
            who.last_name = "another"


def test_a_row_changed_meanwhile_is_not_overwritten(either_app):
    fill()
    with pytest.raises(StaleDataError), transaction() as session:
        mine = session.scalars(select(Instance)).one()
        session.execute(text("UPDATE instance SET revision = revision + 1"))
        mine.state = b"late"
    with reading() as session:
        assert session.scalars(select(Instance)).one().state != b"late"


def test_a_row_that_is_gone_is_missed(either_app):
    fill()
    with pytest.raises(StaleDataError), transaction() as session:
        mine = session.scalars(select(Question)).first()
        session.execute(text("DELETE FROM appeal_question"))
        mine.result = "explained"


def test_a_row_at_hand_is_given_while_it_is_as_it_was_read(either_app):
    fill()
    with reading() as session:
        mine = session.scalars(select(Instance)).one()
        with counted(db.engine) as asked:
            assert session.get(Instance, mine.id) is mine
            assert session.get_one(Instance, mine.id) is mine
        assert asked.statements == []
    with transaction() as session:
        gone = session.scalars(select(Question)).first()
        number = gone.id
        session.execute(text("DELETE FROM appeal_question"))
        session.expire(gone)
        assert session.get(Question, number) is None


def test_what_is_written_twice_in_one_use_case_stands_as_written_last(either_app):
    fill()
    with transaction() as session:
        mine = session.scalars(select(Instance)).one()
        step = StepRow(
            instance_id=mine.id, key=mine.key, version_id=1, process="appeal", element="a",
            task="1", entered_at=AT, facts={},
        )  # fmt: skip
        session.add(step)
        for state in (b"one", b"two"):
            mine.state = state
            session.flush()
        step.left_at, step.facts = AT, {"number": "1"}
        assert mine.revision == 3
    with reading() as session:
        assert session.scalars(select(Instance)).one().state == b"two"
        assert session.scalars(select(StepRow)).one().left_at == AT.astimezone(UTC)


def test_what_is_taken_out_of_a_collection_is_deleted(either_app):
    fill()
    with transaction() as session:
        mine = session.scalars(select(Appeal)).one()
        mine.questions = [Question(position=0, code="9", name="новый"), mine.questions[1]]
        record(session, "system", "appeal.tested")
    with reading() as session:
        assert {one.code for one in session.scalars(select(Question))} == {"9", "1"}


def test_a_deleted_row_is_gone_and_another_may_come(either_app):
    fill()
    with transaction() as session:
        mine = session.scalars(select(Instance)).one()
        session.add(Waiting(instance_id=mine.id, kind="message", name="withdraw"))
        session.flush()
        session.delete(session.scalars(select(Waiting)).one())
        session.add(Waiting(instance_id=mine.id, kind="message", name="term_changed"))
    with reading() as session:
        assert [one.name for one in session.scalars(select(Waiting))] == ["term_changed"]


def test_a_row_that_is_all_key_is_deleted_unread(either_app):
    fill()
    with transaction() as session:
        mine = session.scalars(select(Instance)).one().id
        key = {"instance_id": mine, "kind": "message", "name": "withdraw"}
        session.add(Waiting(**key))
    with transaction() as session:
        session.delete(row_at(session, Waiting, **key))
    with transaction() as session:
        assert session.scalars(select(Waiting)).all() == []
        new = Waiting(**key)
        session.add(new)
        assert row_at(session, Waiting, **key) is new


def test_a_question_sees_what_is_pending(either_app):
    with transaction() as session:
        session.add(instance())
        found = session.scalars(select(Instance.id).where(Instance.key == "appeal:1")).one()
        assert found
        mine = session.get(Instance, found)
        mine.status = "ended"
        joined = (
            select(Waiting)
            .join(Instance, Instance.id == Waiting.instance_id)
            .where(Instance.status == "running")
        )
        session.add(Waiting(instance_id=found, kind="message", name="withdraw"))
        assert session.scalars(joined).all() == []
        assert (
            session.scalar(
                select(Appeal.id).where(select(Waiting).where(Waiting.name == "x").exists())
            )
            is None
        )


def test_a_question_about_something_else_writes_nothing(either_app):
    with counted(db.engine) as asked, transaction() as session:
        record(session, "system", "appeal.tested")
        session.scalars(select(Extension)).all()
        assert not any("journal" in one for one in asked.statements)
    with reading() as session:
        assert session.scalars(select(JournalRow.action)).all().count("appeal.tested") == 1


def test_a_moment_without_a_zone_is_refused(either_app):
    with pytest.raises((StatementError, TypeError)) as refused, transaction() as session:
        broken = instance()
        broken.started_at = datetime(2026, 3, 1)
        session.add(broken)
    assert "without a time zone" in f"{refused.value} {refused.value.__cause__}"


def test_every_counted_id_has_the_sequence_it_is_taken_from(postgres_url, make_app):
    app = make_app(database_url=postgres_url)
    with app.app_context(), reading() as session:
        for table in db.metadata.tables.values():
            column = table.autoincrement_column
            if column is None or table.info.get(FORGOTTEN):
                continue
            asked = text("SELECT pg_get_serial_sequence(:table, :column)")
            given = {"table": table.name, "column": column.name}
            assert session.scalar(asked, given) == f"public.{table.name}_{column.name}_seq"


def test_rows_are_inserted_unless_their_keys_are_taken(either_app):
    def filing(body):
        return Filing(key="K", body_hash=body, files={"a": HARD}, at=AT)

    with transaction() as session:
        mine = filing("first")
        assert insert_unless_there(session, [mine])
        mine.body_hash = "changed"  # it is the session's: a change of it is written
    with transaction() as session:
        assert not insert_unless_there(session, [filing("second")])
        assert not insert_unless_there(session, [filing("third")], touch="files")
    with reading() as session:
        kept = session.get_one(Filing, "K")
        assert (kept.body_hash, kept.files, kept.at) == ("changed", {"a": HARD}, AT)


def test_what_was_left_for_the_end_comes_once_and_before_anything_is_written(either_app):
    taken = []
    with transaction() as session:
        at_last(session, lambda: taken.append(len(taken)))
        settled = appeal("")
        at_last(session, lambda: setattr(settled, "receipt", "R-9"))
        session.add(settled)
        assert taken == []
        session.flush()
        assert settled.receipt == "R-9"
        settle(session)
    assert taken == [0]
    with transaction() as session:
        settle(session)  # of this use case nothing was left
    assert taken == [0]


DAY = date(2026, 3, 4)


def receive(session, mine):
    """Have an appeal take its number last, and a line of the journal and the search tell it."""

    def number():
        mine.receipt = last_number(session, "receipt", DAY)
        mine.receipt_key = mine.receipt.casefold()
        record(session, "citizen", "appeal.filed", "appeal:1", receipt=mine.receipt)
        search.add(session, [search.Said("appeal:1", "whole", f"{HARD} {mine.receipt}")])

    session.add(mine)
    at_last(session, number)


def told(receipt):
    """Whether everything that tells a number tells this one."""
    with reading() as session:
        (row,) = session.execute(select(Appeal.receipt_key).where(Appeal.receipt == receipt))
        line = session.scalars(select(JournalRow).order_by(JournalRow.id.desc())).first()
        (body,) = session.scalars(select(SearchText.body))
        found = search.keys(session, f'"{receipt}"', ["whole"])
        return (
            row == (receipt.casefold(),)
            and json.loads(line.details) == {"receipt": receipt}
            and body.endswith(f" {receipt}")
            and session.scalars(found).all() == ["appeal:1"]
        )


def test_a_number_is_taken_by_the_statement_that_tells_it(either_app):
    on_postgres = db.engine.dialect.name == "postgresql"
    with counted(db.engine) as asked, transaction() as session:
        mine = appeal("")
        receive(session, mine)
    written = [one for one in asked.statements if "number_counter" in one]
    assert len(written) == 1, asked
    if on_postgres:
        # What does not tell it is written before the counter is taken.
        tables = ("applicant", "appeal_question", "appeal", "journal", "search_text")
        places = [written[0].index(f'INTO "{table}"') for table in tables]
        assert places == sorted(places)
    assert mine.receipt == "П-2026-000001"
    assert told("П-2026-000001")


@pytest.mark.parametrize(
    ("template", "number"),
    [("{prefix}-{n}/{yy}", "И-1234567/26"), ("{n:03}.{n}.{yyyy}", "1234567.1234567.2026"),
     ("{n:09}-{yy}-{n:02}", "001234567-26-1234567"), ("{yyyy}" + "x" * 40 + "{n}", "2026" + "x" * 40 + "1234567")],
)  # fmt: skip
def test_a_number_taken_last_is_spelt_like_any_other(either_app, template, number):
    with transaction() as session:
        session.add(NumberCounter(series="receipt", year=2026, value=1234566))
        set_setting(session, "numbers.receipt", template, "admin")
    with transaction() as session:
        receive(session, appeal(""))
    assert told(number)


def test_a_number_that_was_to_be_taken_last_is_given_back_by_who_fails(either_app):
    with suppress(ZeroDivisionError), transaction() as session:
        receive(session, appeal(""))
        session.flush()
        raise ZeroDivisionError
    with transaction() as session:
        receive(session, appeal(""))
    assert told("П-2026-000001")


def test_who_waits_for_a_number_does_not_wait_for_the_disk_but_who_took_it_does(
    postgres_url, make_app, monkeypatch
):
    """The commit does not wait; what is told after it does."""
    url = make_url(postgres_url).update_query_dict({"options": "-c synchronous_commit=on"})
    app = make_app(database_url=url.render_as_string(hide_password=False))
    wait, places = database._wait_for_disk, []

    def watched():
        written = log("insert")
        wait()
        places.append((written, log("flush")))

    def log(end):
        with asking() as connection:
            return connection.scalar(text(f"SELECT pg_current_wal_{end}_lsn() - '0/0'::pg_lsn"))

    with app.app_context():
        monkeypatch.setattr(database, "_wait_for_disk", watched)
        with transaction() as session:
            receive(session, appeal(""))
            session.flush()
            assert session.scalar(text("SHOW synchronous_commit")) == "off"
            assert places == []
        ((written, on_disk),) = places
        assert on_disk >= written
        with suppress(ZeroDivisionError), transaction() as session:
            other = appeal("")
            session.add(other)
            at_last(session, partial(name, session, other))
            session.flush()
            raise ZeroDivisionError
        with transaction() as session:
            record(session, "system", "appeal.tested", "appeal:1")
            assert session.scalar(text("SHOW synchronous_commit")) == "on"
        assert len(places) == 1


def test_two_numbers_of_one_use_case_differ_and_so_do_those_of_two_writes(either_app):
    with transaction() as session:
        rows = [appeal(""), appeal(""), appeal("")]
        for mine in rows[:2]:
            session.add(mine)
            at_last(session, partial(name, session, mine))
        session.flush()
        session.add(rows[2])
        at_last(session, partial(name, session, rows[2]))
    assert sorted(mine.receipt for mine in rows) == [f"П-2026-00000{n}" for n in (1, 2, 3)]
    with reading() as session:
        kept = session.scalars(select(Appeal.receipt).order_by(Appeal.receipt)).all()
    assert kept == sorted(mine.receipt for mine in rows)


def name(session, mine):
    mine.receipt = mine.receipt_key = last_number(session, "receipt", DAY)


def test_who_has_to_know_a_number_before_the_end_is_told_it(either_app):
    with transaction() as session:
        mine = appeal("")
        receive(session, mine)
        settle(session)
        assert mine.receipt == "П-2026-000001"
    assert told("П-2026-000001")


def test_a_number_is_told_where_sqlalchemy_writes(either_app):
    """What is taken out of a collection may be an orphan: then not one statement writes."""
    with transaction() as session:
        session.add(appeal("R-1"))
    with transaction() as session:
        earlier = session.scalars(select(Appeal)).one()
        earlier.questions.pop()
        receive(session, appeal(""))
    assert told("П-2026-000001")


def test_words_are_made_of_the_text_that_is_written(postgres_url, make_app):
    app = make_app(database_url=postgres_url)
    with app.app_context():
        with transaction() as session:
            search.add(session, [search.Said("appeal:1", "whole", HARD + " вывозили мусор")])
        with reading() as session:
            found = search.keys(session, "мусора", ["whole"])
            assert session.scalars(found).all() == ["appeal:1"]
            assert session.scalars(select(SearchText.body)).all() == [
                search.tidy(HARD + " вывозили мусор")
            ]
