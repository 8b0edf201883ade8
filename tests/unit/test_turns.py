"""A few requests are worked on at once; who only waits holds up nobody."""

import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest

from app.turns import Turns, give_up

AT_ONCE = 2


class _Door:
    """Requests that are let in, each of which stays until it is told to go."""

    def __init__(self, serving=None):
        self.inside, self.most = 0, 0
        self.entered, self.go = threading.Semaphore(0), threading.Event()
        self._counted = threading.Lock()
        self._serving = serving or self.stay

    def __call__(self, environ, start_response):
        return self._serving(environ)

    def stay(self, _environ=None):
        with self._counted:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.entered.release()
        assert self.go.wait(30)
        with self._counted:
            self.inside -= 1
        return [b""]


@pytest.fixture
def asked():
    """Send requests to an application at once; all are answered in the end."""
    answers = []
    with ThreadPoolExecutor(16) as people:

        def ask(serving, number, body=lambda: BytesIO(b"")):
            fresh = [
                people.submit(serving, {"wsgi.input": body()}, lambda *_told: None)
                for _each in range(number)
            ]
            answers.extend(fresh)
            return fresh

        yield ask
        for answer in answers:
            answer.result(30)


def _enter(door, number):
    for _each in range(number):
        assert door.entered.acquire(timeout=30)


def test_no_more_than_so_many_are_worked_on_and_all_are_in_the_end(asked):
    door = _Door()
    answers = asked(Turns(door, AT_ONCE), 5)
    _enter(door, AT_ONCE)
    assert not door.entered.acquire(timeout=0.2), "a third one was let in"
    door.go.set()
    for answer in answers:
        answer.result(30)
    assert door.most == AT_ONCE
    assert door.inside == 0


def test_a_failure_gives_its_place_back(asked):
    def fail(_environ):
        raise ZeroDivisionError

    serving = Turns(_Door(fail), 1)
    for _each in range(3):
        with pytest.raises(ZeroDivisionError):
            serving({"wsgi.input": BytesIO(b"")}, lambda *_told: None)


class _Slow(BytesIO):
    """A body whose sender pauses before anything comes."""

    def __init__(self, waits, comes):
        super().__init__(b"at last")
        self.waits, self.comes = waits, comes

    def read(self, size=-1):
        self.waits.set()
        assert self.comes.wait(30)
        return super().read(size)


def test_who_sends_slowly_holds_up_nobody(asked):
    read = []

    def take(environ):
        read.append(environ["wsgi.input"].read())
        return [b""]

    waits, comes = threading.Event(), threading.Event()
    serving = Turns(_Door(take), 1)
    slow = asked(serving, 1, lambda: _Slow(waits, comes))
    assert waits.wait(30)
    for quick in asked(serving, 2, lambda: BytesIO(b"at once")):
        quick.result(30)
    assert read == [b"at once", b"at once"]
    comes.set()
    slow[0].result(30)
    assert read[-1] == b"at last"


def test_a_sender_that_has_come_waits_for_a_place_again(asked):
    door = _Door()

    def take(environ):
        environ["wsgi.input"].read()
        return door.stay()

    waits, comes = threading.Event(), threading.Event()
    serving = Turns(_Door(take), 1)
    asked(serving, 1, lambda: _Slow(waits, comes))
    assert waits.wait(30)
    asked(serving, 1)
    _enter(door, 1)
    comes.set()
    assert not door.entered.acquire(timeout=0.2), "two are worked on where one may be"
    door.go.set()
    _enter(door, 1)


def test_who_waits_for_another_host_goes_on_without_a_place(asked):
    def wait(_environ):
        give_up()
        return door.stay()

    door = _Door(wait)
    asked(Turns(door, 1), 3)
    _enter(door, 3)
    door.go.set()


def test_outside_a_request_there_is_nothing_to_give_up():
    give_up()


def test_a_body_is_read_in_every_way_a_program_reads_one(asked):
    read = []

    def take(environ):
        body = environ["wsgi.input"]
        read.extend([body.read(2), body.readline(), *body.readlines(1), *body])
        return [b""]

    asked(Turns(_Door(take), 1), 1, lambda: BytesIO(b"one\ntwo\nthree\nfour"))[0].result(30)
    assert read == [b"on", b"e\n", b"two\n", b"three\n", b"four"]
