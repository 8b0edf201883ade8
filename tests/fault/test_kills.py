"""Real processes are killed between any two statements; every row is then as it was promised."""

import multiprocessing.connection
import os
import random
import threading
from datetime import timedelta

import pytest

from app import clock
from tests.fault import serving
from tests.fault.people import Ledger, Person

#: How many places between two statements a process lives through at most.
FARTHEST = 400
CLIENTS = 2
#: Seconds to wait for a mine; a process that nobody asks anything lives on.
PATIENCE = 20
#: What runs, and how: the server with its worker inside, or a server and two clocks apart.
EMBEDDED = ((serving.serve, {}),)
SCALED_OUT = ((serving.serve, {"worker": False}), (serving.relay, {}), (serving.relay, {}))


def lives(house, tokens, cast, kills, dice):
    """Serve, die, serve again, while clients work; how many processes died by their own mine."""
    ledger, over, mined = Ledger(), threading.Event(), 0
    people = [
        Person(house, tokens, ledger, random.Random(dice.random())) for _each in range(CLIENTS)
    ]
    threads = [threading.Thread(target=work, args=(one, over), daemon=True) for one in people]
    for thread in threads:
        thread.start()
    running = {}
    for number in range(kills):
        for place, (target, more) in enumerate(cast):
            if place not in running:
                mine = dice.randint(1, FARTHEST)
                running[place] = house.start(target, mine=mine, ready=False, **more)
        by_mine = dice.random() < 0.8
        ended = multiprocessing.connection.wait(
            [one.sentinel for one in running.values()],
            timeout=PATIENCE if by_mine else dice.uniform(0.05, 1),
        )
        dead = [place for place, one in running.items() if one.sentinel in ended]
        mined += bool(dead)
        for place in dead or [dice.choice(list(running))]:
            house.kill(running.pop(place))
        if number % 5 == 4:
            advance(hours=dice.choice((1, 30, 200)))
    for process in running.values():
        house.kill(process)
    for target, more in cast:
        house.start(target, **more)
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
    def kill(kills, cast=EMBEDDED):
        seed = int(os.environ.get("FAULT_SEED", random.SystemRandom().randrange(10**6)))
        print(f"FAULT_SEED={seed}")
        ledger, mined = lives(house, tokens, cast, kills, random.Random(seed))
        wrong = at_peace(ledger)
        sent = [one["Message-ID"] for one in smtp.messages]
        print(
            f"{kills} kills, {mined} of them by mines; {len(ledger.filed)} appeals, "
            f"{len(ledger.completed) + len(ledger.perhaps)} tasks, {len(sent)} mails, "
            f"{len(sent) - len(set(sent))} of them sent again"
        )
        assert not wrong, "\n".join([f"FAULT_SEED={seed}", *wrong])
        # The clocks of a cast of several die so often that the people hardly get a word in.
        assert len(ledger.completed) > (kills / 10 if len(cast) == 1 else 0)
        assert mined > kills / 4

    return kill


def test_nothing_is_lost_or_done_twice(check):
    check(25)


@pytest.mark.long
@pytest.mark.parametrize("cast", [EMBEDDED, SCALED_OUT], ids=["embedded", "scaled out"])
def test_nothing_is_lost_or_done_twice_for_long(check, cast):
    check(75, cast)
