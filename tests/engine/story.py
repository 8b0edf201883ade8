"""Stories: what diagrams do, told in lines of moves and of what is seen after them.

A file holds many: `== name`, the diagram, after `--` each one that it calls, after the last `--`
the story, or several of the same diagram with `++` between them. What it begins with comes first: `given n=0` variables, `by message m` or `by signal g`
what starts it, `raises r.op E` an operation that answers with an error. Then

`do a x=1` completes a task, `send m x=1` and `signal g` deliver, `wait 2d` lets time pass,
`fail a error=E` and `fail a escalation=E` let a task end so. `open a b` are the open tasks in any
order, `done a b` all that completed since the last `done`, in order; `cancelled a b` the same for
what was left. `has a 3` counts completions, `hears m g` the names waited for, `throws m` what came
out of the last move, `data x=1` variables. `ended`, `rests` (no task is open, but not ended),
`stuck j`, `breaks g` (it cannot even begin), `deaf m` (nobody waits for it).
"""

import json
import re
import shlex
from functools import cached_property

import pytest

from engine import Broken, Escalation, NotWaiting, OperationError
from tests.engine.walk import Walk

UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


class Story:
    """One walk that is told line by line."""

    def __init__(self, *texts):
        self.texts = texts
        self.beginning = {"variables": {}, "answers": {}}
        self.told = {"completed": 0, "cancelled": 0}

    @cached_property
    def walk(self):
        return Walk(*self.texts, **self.beginning)

    def tell(self, text):
        """Play and check the lines of a story, or some more of them."""
        for line in text.replace(";", "\n").splitlines():
            word, *rest = shlex.split(line) or [""]
            if word:
                getattr(self, f"_{word}")(*rest)

    # -- how it begins

    def _given(self, *values):
        self.beginning["variables"] |= _values(values)

    def _by(self, kind, name):
        self.beginning[kind] = name

    def _raises(self, operation, code):
        self.beginning["answers"][operation] = OperationError(code)

    # -- moves

    def _do(self, element, *values):
        self.walk.do(element, **_values(values))

    def _send(self, name, *values):
        self.walk.send(name, **_values(values))

    def _signal(self, name, *values):
        self.walk.send(name, kind="signal", **_values(values))

    def _wait(self, duration):
        self.walk.wait(**{UNITS[duration[-1]]: int(duration[:-1])})

    def _fail(self, element, raised):
        kind, _, code = raised.partition("=")
        self.walk.fail(element, OperationError(code) if kind == "error" else Escalation(code))

    # -- what is seen

    def _open(self, *elements):
        assert sorted(self.walk.open) == sorted(elements)
        assert not self.walk.ended

    def _rests(self):
        assert self.walk.open == []
        assert not self.walk.ended
        assert self.walk.outcome.stuck is None

    def _ended(self):
        assert self.walk.open == []
        assert self.walk.ended
        assert self.walk.outcome.subscriptions == ()
        assert self.walk.outcome.next_due_at is None

    def _stuck(self, element):
        assert self.walk.outcome.stuck == element

    def _breaks(self, element):
        with pytest.raises(Broken) as broken:
            _ = self.walk
        assert broken.value.element == element

    def _done(self, *elements):
        assert self._since("completed") == list(elements)

    def _cancelled(self, *elements):
        assert self._since("cancelled") == list(elements)

    def _has(self, element, times="1"):
        assert self.walk.steps("completed").count(element) == int(times)

    def _hears(self, *names):
        assert sorted(s.name for s in self.walk.outcome.subscriptions) == sorted(names)

    def _deaf(self, name):
        for kind in ("message", "signal"):
            with pytest.raises(NotWaiting):
                self.walk.send(name, kind=kind)

    def _throws(self, *names):
        assert [thrown.name for thrown in self.walk.outcome.thrown] == list(names)

    def _data(self, *values):
        expected = _values(values)
        assert {name: self.walk.data.get(name) for name in expected} == expected

    def _since(self, event):
        steps = self.walk.steps(event)[self.told[event] :]
        self.told[event] += len(steps)
        return steps


def _values(words):
    """Read `name=value`, the value as JSON where it is JSON."""
    found = {}
    for word in words:
        name, _, value = word.partition("=")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found


def read(path):
    """Yield each story of a file: its name, the diagrams, the text."""
    for part in re.split(r"^== ", path.read_text(), flags=re.MULTILINE)[1:]:
        name, _, body = part.partition("\n")
        *texts, told = re.split(r"^--\n", body, flags=re.MULTILINE)
        stories = re.split(r"^\+\+\n", told, flags=re.MULTILINE)
        for number, text in enumerate(stories, 1):
            yield f"{name} ({number})" if len(stories) > 1 else name, texts, text
