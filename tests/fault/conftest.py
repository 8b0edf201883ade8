"""An installation on each database: its processes, and the same rows seen from the test."""

import random
import shutil

import pytest

from app import create_app
from app.access import services as access
from app.outbox.cli import settle_all
from tests.conftest import close, make_database
from tests.fault import audit, serving
from tests.fault.house import House
from tests.fault.people import LOGINS, Ledger, Person


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request, tmp_path, smtp):
    """An installation on each database that sends its mail to a real SMTP server."""
    folder = tmp_path / "data"
    chosen = {"data_dir": folder, "mail_server": "127.0.0.1", "mail_port": smtp.port}
    # What a dead process held must not be waited for.
    chosen["outbox_lease_seconds"] = 5
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("prepared"), folder)
        return chosen
    template, prepared = request.getfixturevalue("postgres_template")
    shutil.copytree(prepared, folder)
    url = make_database(request.getfixturevalue("postgres"), template)
    return {**chosen, "database_url": url}


@pytest.fixture
def app(settings):
    """The same installation seen from the test: tokens before, every row after."""
    app = create_app(**settings)
    with app.app_context():
        yield app
    close(app)


@pytest.fixture
def house(settings, tmp_path):
    found = House(settings, tmp_path / "house.log")
    yield found
    found.stop()


@pytest.fixture
def tokens(app):
    return {login: access.issue_token(login).secret for login in LOGINS}


@pytest.fixture
def served(house, tokens):
    """A served installation and one client of it, who may speak as anybody."""
    house.start(serving.serve)
    return Person(house, tokens, Ledger(), random.Random(1))


@pytest.fixture
def at_peace(house, app, smtp):
    """Let all be done that is due, stop the processes and compare every row."""

    def compare(ledger):
        # By the server, by us beside it, and once more for what it had in hand when it stopped.
        assert settle_all(app, timeout=120)
        house.stop()
        assert settle_all(app, timeout=120)
        sink = [one["Message-ID"] for one in smtp.messages]
        found = audit.differences(sink=sink, ledger=ledger)
        return found and [*found, *house.errors()]

    return compare
