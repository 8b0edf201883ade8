"""The journal: written with the deed, sealed in the sealer's own order, changes found out."""

import json
from datetime import UTC, date, datetime
from enum import Enum

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update

from app import config, database
from app.audit import cli, policy, services
from app.audit.models import JournalHead, JournalRow
from app.database import db, reading, transaction


@pytest.fixture
def house(tmp_path):
    app = Flask("house")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'journal.db'}"
    app.extensions["settings"] = config.load(data_dir=tmp_path)
    database.init_app(app)
    app.cli.add_command(cli.group)
    with app.app_context():
        db.metadata.create_all(db.engine, tables=[JournalRow.__table__, JournalHead.__table__])
        yield app
        db.session.remove()
        db.engine.dispose()


def write(count, subject="appeal:1"):
    with transaction() as session:
        for number in range(count):
            services.record(session, "registrar", "appeal.registered", subject, number=number)


def sealed():
    while services.seal():
        pass


def test_a_line_goes_with_its_transaction(house):
    def fail():
        with transaction() as session:
            services.record(session, "registrar", "appeal.registered", "appeal:1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert services.verify() == services.Verdict(0, 0, 0, None)


def test_history_of_a_subject_is_in_order_and_keeps_details(house):
    with transaction() as session:
        services.record(
            session, "manager", "appeal.assigned", "appeal:1", to=["a", "б"], due=date(2026, 1, 2)
        )
        services.record(session, "system", "appeal.reminded", "appeal:2")
        services.record(session, "manager", "appeal.extended", "appeal:1")
    with reading() as session:
        entries = services.history(session, "appeal:1")
    assert [entry.action for entry in entries] == ["appeal.assigned", "appeal.extended"]
    assert entries[0].details == {"to": ["a", "б"], "due": "2026-01-02"}
    assert entries[0].actor == "manager"
    assert entries[0].at.tzinfo is not None


def test_sealing_takes_what_is_there_and_then_nothing(house):
    write(7)
    assert services.verify() == services.Verdict(7, 0, 7, None)
    assert services.seal(limit=5) == 5
    assert services.seal(limit=5) == 2
    assert services.seal(limit=5) == 0
    assert services.verify() == services.Verdict(7, 7, 0, None)
    write(1)
    sealed()
    assert services.verify() == services.Verdict(8, 8, 0, None)


def test_a_line_committed_late_with_a_small_id_goes_to_the_end(house):
    """On PostgreSQL ids are given before the commit: id 5 may appear after id 9 was sealed."""
    write(2)
    with transaction() as session:
        session.execute(update(JournalRow).where(JournalRow.id == 1).values(id=50))
    sealed()
    with transaction() as session:
        session.add(
            JournalRow(
                id=1, at=datetime(2026, 1, 1, tzinfo=UTC), actor="late", action="a.b", details="{}"
            )
        )
    sealed()
    with reading() as session:
        order = list(session.scalars(select(JournalRow.id).order_by(JournalRow.seq)))
    assert order == [2, 50, 1]
    assert services.verify().first_bad is None


@pytest.mark.parametrize(
    ("change", "first_bad"),
    [
        ("UPDATE journal SET details = '{}' WHERE id = 4", 4),
        ("UPDATE journal SET actor = 'nobody' WHERE id = 1", 1),
        ("UPDATE journal SET subject = NULL WHERE id = 9", 9),
        ("UPDATE journal SET at = '2020-01-01 00:00:00.000000' WHERE id = 3", 3),
        ("DELETE FROM journal WHERE id = 5", 6),
        ("DELETE FROM journal WHERE id = 1", 2),
        ("DELETE FROM journal WHERE id = 9", 9),
        ("DELETE FROM journal", 9),
        ("UPDATE journal SET seq = NULL, hash = NULL WHERE id = 2", 3),
        ("UPDATE journal SET hash = 'f' WHERE id = 9", 9),
    ],
)
def test_what_was_sealed_cannot_be_changed_unseen(house, change, first_bad):
    write(9)
    sealed()
    with transaction() as session:
        session.execute(text(change))
    assert services.verify().first_bad == first_bad


def test_a_forged_seal_past_the_end_is_found(house):
    write(2)
    sealed()
    with transaction() as session:
        last = session.scalars(select(JournalRow).where(JournalRow.seq == 2)).one()
        forged = JournalRow(at=last.at, actor="x", action="y.z", details="{}", seq=3, hash="0" * 64)
        session.add(forged)
        session.flush()
        forged_id = forged.id
    assert services.verify().first_bad == forged_id


def test_an_id_is_not_given_twice(house):
    write(2)
    with transaction() as session:
        session.execute(delete(JournalRow))
    write(1)
    with reading() as session:
        assert session.scalar(select(JournalRow.id)) == 3


def test_the_journal_is_read_by_pages_and_filters(house):
    write(5)
    with transaction() as session:
        services.record(session, "analyst", "set.published", "version:1")
    page = services.journal(services.Filter(), limit=4)
    assert len(page.entries) == 4
    assert page.entries[0].action == "set.published"
    rest = services.journal(services.Filter(), before=page.next, limit=4)
    assert (len(rest.entries), rest.next) == (2, None)
    assert len(services.journal(services.Filter(action="appeal.")).entries) == 5
    assert len(services.journal(services.Filter(action="set.published")).entries) == 1
    assert len(services.journal(services.Filter(actor="analyst")).entries) == 1
    assert len(services.journal(services.Filter(subject="appeal:1")).entries) == 5
    assert not services.journal(services.Filter(until=datetime(2020, 1, 1, tzinfo=UTC))).entries
    assert services.actions() == ["appeal.registered", "set.published"]


def test_verify_on_the_command_line(house):
    write(3)
    runner = house.test_cli_runner()
    assert json.loads(runner.invoke(args=["audit", "seal"]).stdout) == {"sealed": 3}
    good = runner.invoke(args=["audit", "verify"])
    assert json.loads(good.stdout) == {"rows": 3, "sealed": 3, "unsealed": 0, "first_bad": None}
    assert good.exit_code == 0
    with transaction() as session:
        session.execute(text("UPDATE journal SET action = 'x.y' WHERE id = 2"))
    bad = runner.invoke(args=["audit", "verify"])
    assert json.loads(bad.stdout)["first_bad"] == 2
    assert bad.exit_code == 1
    assert "line 2" in bad.stderr


def test_spelling_is_the_same_whatever_the_order():
    class Kind(Enum):
        LETTER = "letter"

    one = policy.spell({"b": {2, 1}, "a": Kind.LETTER, "ж": (1,)})
    assert one == policy.spell({"ж": [1], "a": "letter", "b": frozenset({1, 2})})
    with pytest.raises(TypeError):
        policy.spell({"a": object()})
