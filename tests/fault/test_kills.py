"""Real processes are killed between any two statements; every row is then as it was promised."""

import os
import random
import shutil
import threading
import time
from datetime import timedelta

import pytest

from app import clock, create_app
from app.access import services as access
from app.outbox.cli import settle_all
from tests.conftest import close, make_database
from tests.fault import audit, serving
from tests.fault.house import House
from tests.fault.people import LOGINS, Ledger, Person

#: How many places between two statements a process lives through at most.
FARTHEST = 700
CLIENTS = 2


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request, tmp_path, smtp):
    """An installation on each database that sends its mail to a real SMTP server."""
    folder = tmp_path / "data"
    chosen = {"data_dir": folder, "mail_server": "127.0.0.1", "mail_port": smtp.port}
    # What a dead process held must not be waited for.
    chosen["outbox_lease_seconds"] = 2
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


def lives(house, app, kills, dice):
    """Serve, die, serve again, while clients work; how many processes died by their own mine."""
    tokens = {login: access.issue_token(login).secret for login in LOGINS}
    ledger, over, mined = Ledger(), threading.Event(), 0
    people = [
        Person(house, tokens, ledger, random.Random(dice.random())) for _each in range(CLIENTS)
    ]
    threads = [threading.Thread(target=work, args=(one, over), daemon=True) for one in people]
    for thread in threads:
        thread.start()
    for number in range(kills):
        by_mine = dice.random() < 0.8
        process = house.start(
            serving.serve, mine=dice.randint(1, FARTHEST) if by_mine else None, ready=False
        )
        if by_mine:
            process.join(timeout=20)
        else:
            time.sleep(dice.uniform(0.05, 1))
        mined += not process.is_alive()
        house.kill(process)
        if number % 5 == 4:
            advance(hours=dice.choice((1, 30, 200)))
    house.start(serving.serve)
    over.set()
    for thread in threads:
        thread.join(timeout=120)
        assert not thread.is_alive()
    return ledger, mined


def work(person, over):
    while not over.is_set():
        try:
            person.act()
        except Exception as error:
            person.ledger.broken.append(f"a client stopped: {error!r}")
            raise


def advance(hours):
    """Move the demo's clock, so that timers fall due while processes die."""
    clock.move_to(clock.now() + timedelta(hours=hours))


def settled(app):
    """All that is due is done, by the server and by us, and the journal is sealed."""
    assert settle_all(app, timeout=120)


def check(house, app, smtp, kills):
    seed = int(os.environ.get("FAULT_SEED", random.SystemRandom().randrange(10**6)))
    print(f"FAULT_SEED={seed}")
    ledger, mined = lives(house, app, kills, random.Random(seed))
    settled(app)
    house.stop()
    settled(app)
    sink = [one["Message-ID"] for one in smtp.messages]
    wrong = audit.differences(sink=sink, ledger=ledger)
    again = len(sink) - len(set(sink))
    print(
        f"{kills} kills, {mined} of them by mines; {len(ledger.filed)} appeals, "
        f"{len(ledger.completed) + len(ledger.perhaps)} tasks, {len(sink)} mails, "
        f"{again} of them sent again"
    )
    assert not wrong, "\n".join([f"FAULT_SEED={seed}", *wrong])
    assert len(ledger.completed) > kills / 2
    assert mined > kills / 3


def test_nothing_is_lost_or_done_twice(house, app, smtp):
    check(house, app, smtp, 25)


@pytest.mark.long
def test_nothing_is_lost_or_done_twice_for_long(house, app, smtp):
    check(house, app, smtp, 150)
