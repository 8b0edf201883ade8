"""The schema goes back and forth under rows that refer to one another."""

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from app.appeals import services
from app.appeals.commands import SearchQuery
from app.database import db, reading
from app.extensions import application
from app.search import services as search
from app.workflow.models import roles_of
from tests.conftest import ROOT
from tests.unit.office import Office, command


@pytest.mark.parametrize("revision", ["0035", "0043"])
def test_a_downgrade_keeps_what_it_does_not_take_away(app, revision):
    office = Office(app)
    office.register()
    office.settle()
    count = {
        name: _rows(name) for name in ("appeal", "applicant", "appeal_question", "step", "letter")
    }
    assert all(count.values())
    db.session.remove()
    assert _schema("downgrade", revision) == 0
    assert {name: _rows(name) for name in count} == count
    assert _schema("upgrade") == 0
    assert {name: _rows(name) for name in count} == count
    assert office.card("registrar").number
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    services.submit(command(text="Ещё одно."))


def test_a_migration_leaves_no_row_that_points_at_nothing(app, caplog):
    Office(app)
    db.session.remove()
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("UPDATE applicant SET appeal_id = 404")
        driver.execute("PRAGMA foreign_keys=ON")
    before = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    assert _schema("downgrade", "0050") == 1
    assert "point at nothing: applicant" in caplog.text
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == before


def test_the_roles_of_items_go_into_their_table_and_come_back(either_app):
    """Closed items had no queue before there were queues, and open ones kept that of a moved version."""
    office = Office(either_app)
    office.register()
    office.settle()
    before = _queues()
    assert len(before) > 1
    db.session.remove()
    assert _schema("downgrade", "0063") == 0
    roles = "SELECT item_id, role FROM work_item_role ORDER BY item_id, role"
    with db.engine.begin() as connection:
        rows = connection.execute(text(roles)).all()
        connection.execute(text("UPDATE work_item SET queue = '' WHERE status <> 'open'"))
        connection.execute(text("UPDATE work_item SET queue = 'x/y/z' WHERE status = 'open'"))
    assert [(item, role) for item, queue in before for role in roles_of(queue)] == rows
    assert _schema("upgrade") == 0
    assert _queues() == before


def test_texts_change_their_form_and_are_found_as_before(either_app):
    office = Office(either_app, text="Мусор у подъезда")
    office.register()
    office.settle()
    before, found = _texts(), _found("мусора")
    assert {kind for _key, kind, _source, _body in before} >= {"whole", "named", "masked"}
    assert len(found) == 1
    db.session.remove()
    assert _schema("downgrade", "0069") == 0
    assert _texts() == before
    assert _found("мусора") == found
    db.session.remove()
    assert _schema("upgrade") == 0
    assert _texts() == before
    assert _found("мусора") == found
    other = Office(either_app, text="Мусор у другого подъезда")
    other.settle()
    query = SearchQuery(text="мусора")
    items = services.search(Office.person("auditor"), query).items
    assert {one.appeal.receipt for one in items} == {office.ref, other.ref}


def _found(words):
    """Keys, by the texts alone: other tables may be those of an older schema."""
    with reading() as session:
        keys = search.keys(session, words, {"whole"})
        assert keys is not None
        return set(session.scalars(keys))


def _texts():
    with db.engine.connect() as connection:
        columns = "SELECT key, kind, source, body FROM search_text ORDER BY key, kind, source"
        return connection.execute(text(columns)).all()


def _queues():
    with db.engine.connect() as connection:
        return connection.execute(text("SELECT id, queue FROM work_item ORDER BY id")).all()


def _rows(table):
    with db.engine.connect() as connection:
        return connection.scalar(text(f'SELECT count(*) FROM "{table}"'))


def _schema(*said):
    """The exit code of `flask db`."""
    return application().test_cli_runner().invoke(args=["db", *said]).exit_code
