"""How many requests a process works on at once; the others wait for their turn.

Python computes for one thread at a time. Where all that serve want to compute they take turns, each
finds the processor's caches full of what the others did, and the same work takes a fifth more of
it: a rush that a few would master grows into a queue that none gets out of. So a few work, and a
thread that is only waiting for what somebody sends holds up nobody.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import IO, Any

#: Requests that are worked on: one computes while another waits for the database or the disk.
AT_ONCE = 2

Serving = Callable[[dict[str, Any], Callable[..., Any]], Any]


class _Mine(threading.local):
    """Whether this thread has a place, and among which."""

    places: "SimpleQueue[None] | None" = None


_mine = _Mine()


class Turns:
    """A WSGI application of which so many requests are worked on at once."""

    def __init__(self, serving: Serving, at_once: int = AT_ONCE) -> None:
        self._serving = serving
        self._places: SimpleQueue[None] = SimpleQueue()
        for _place in range(at_once):
            self._places.put(None)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        environ["wsgi.input"] = _Body(environ["wsgi.input"])
        self._places.get()
        _mine.places = self._places
        try:
            return self._serving(environ, start_response)
        finally:
            give_up()


class _Body:
    """What somebody sends, perhaps over a slow line: others work until it is here."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        with _waiting():
            return self._stream.read(size)

    def readline(self, size: int = -1) -> bytes:
        with _waiting():
            return self._stream.readline(size)

    def readlines(self, hint: int = -1) -> list[bytes]:
        with _waiting():
            return self._stream.readlines(hint)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")


@contextmanager
def _waiting() -> Iterator[None]:
    places = _mine.places
    give_up()
    try:
        yield
    finally:
        if places is not None:
            places.get()
            _mine.places = places


def give_up() -> None:
    """Let another request be worked on: this one waits for a program, another host or a person.

    It does not ask for a place again. It may hold what those that have one wait for.
    """
    places, _mine.places = _mine.places, None
    if places is not None:
        places.put(None)
