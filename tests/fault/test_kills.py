"""Real processes are killed between any two statements; every row is then as it was promised."""

import os
import random
import threading
import time
from datetime import timedelta

import pytest

from app import clock
from tests.fault import serving
from tests.fault.people import Ledger, Person

#: How many places between two statements a process lives through at most.
FARTHEST = 700
CLIENTS = 2


def lives(house, tokens, kills, dice):
    """Serve, die, serve again, while clients work; how many processes died by their own mine."""
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


@pytest.fixture
def check(house, tokens, smtp, at_peace):
    def kill(kills):
        seed = int(os.environ.get("FAULT_SEED", random.SystemRandom().randrange(10**6)))
        print(f"FAULT_SEED={seed}")
        ledger, mined = lives(house, tokens, kills, random.Random(seed))
        wrong = at_peace(ledger)
        sent = [one["Message-ID"] for one in smtp.messages]
        print(
            f"{kills} kills, {mined} of them by mines; {len(ledger.filed)} appeals, "
            f"{len(ledger.completed) + len(ledger.perhaps)} tasks, {len(sent)} mails, "
            f"{len(sent) - len(set(sent))} of them sent again"
        )
        assert not wrong, "\n".join([f"FAULT_SEED={seed}", *wrong])
        assert len(ledger.completed) > kills / 4
        assert mined > kills / 4

    return kill


def test_nothing_is_lost_or_done_twice(check):
    check(25)


@pytest.mark.long
def test_nothing_is_lost_or_done_twice_for_long(check):
    check(150)
