"""Two of the same: an instance that is kept, and one that is only ever bytes between its moves.

The one that is kept follows a set parsed from its files, the other the stored form of that set.
"""

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

from engine import Broken, Escalation, OperationError, codec, runtime
from engine.instance import MOST_STEPS
from engine.reading import read_outcome
from tests.engine.walk import shelved


class Port:
    """Operations that answer by `answer(name, inputs, call)` and remember what they were told."""

    def __init__(self, answer):
        self.answer = answer
        self.calls = []

    def call(self, name, inputs, call):
        told = (name, dict(inputs), call.element, call.process, dict(call.variables), call.now)
        self.calls.append(told)
        answer = self.answer(name, inputs, call)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Twin:
    """What both have in common: ids are random, so they are seen by their number."""

    def __init__(self, vset, port):
        self.vset, self.port = vset, port
        self.numbers = {}
        self.watched = []
        self.outcome = None

    def around(self, now):
        observer = lambda *told: self.watched.append(told)  # noqa: E731
        return {"operations": self.port, "now": now, "observer": observer}

    def seen(self):
        """Everything that can be observed."""
        outcome = self.outcome
        return {
            "tasks": [
                (self.number(t.id), t.element, t.process, t.assignee, t.roles, t.due_at, t.priority,
                 dict(t.variables))
                for t in outcome.tasks
            ],
            "subscriptions": outcome.subscriptions,
            "due": outcome.next_due_at,
            "steps": [
                (self.number(s.task), s.element, s.process, s.event, s.at, dict(s.facts))
                for s in outcome.steps
            ],
            "thrown": outcome.thrown,
            "ended": outcome.ended,
            "variables": dict(outcome.variables),
            "stuck": outcome.stuck,
            "calls": self.port.calls,
            "watched": self.watched,
        }  # fmt: skip

    def number(self, task):
        return self.numbers.setdefault(task, len(self.numbers))


class Kept(Twin):
    """One live object from the beginning to the end."""

    def start(self, process, variables, message, now):
        around = self.around(now)
        self.instance = runtime.empty(
            self.vset, self.vset.spec(process), self.port, now, around["observer"]
        )
        with runtime.moving(self.instance):
            trigger = ("message", message) if message is not None else None
            runtime.begin(self.instance, variables, trigger)
            self.outcome = read_outcome(self.instance, self.vset)

    def move(self, kind, now, argument):
        instance = self.instance
        instance.now = instance.script_engine.environment.now = now
        instance.steps, instance.thrown, instance.steps_left = [], [], MOST_STEPS
        with runtime.moving(instance):
            self._make(kind, argument)
            self.outcome = read_outcome(instance, self.vset)

    def _make(self, kind, argument):
        instance = self.instance
        if kind == "task":
            place, variables, answers = argument
            runtime.perform(instance, self.outcome.tasks[place].id, variables, answers)
        elif kind == "fail":
            place, raised = argument
            token = runtime.open_task(instance, self.outcome.tasks[place].id)
            if runtime.raise_from(token, raised):
                token.run()
            instance.run()
        elif kind == "tick":
            while runtime.fire_next_timer(instance) is not None:
                instance.run()
        else:
            runtime.hand_over(instance, kind, *argument)


class Stored(Twin):
    """Saved and restored at every move."""

    def start(self, process, variables, message, now):
        self.outcome = runtime.start(
            self.vset, process, variables, message=message, **self.around(now)
        )

    def move(self, kind, now, argument):
        state, around = self.outcome.state, self.around(now)
        if kind == "task":
            place, variables, answers = argument
            task = self.outcome.tasks[place].id
            self.outcome = runtime.complete(
                self.vset, state, task, variables, answers=answers, **around
            )
        elif kind == "fail":
            place, raised = argument
            task = self.outcome.tasks[place].id
            self.outcome = runtime.fail(self.vset, state, task, raised, **around)
        elif kind == "tick":
            self.outcome = runtime.tick(self.vset, state, **around)
        else:
            name, payload = argument
            self.outcome = runtime.deliver(self.vset, state, name, payload, kind=kind, **around)

    def written_again(self, now):
        """Restore the state and write it down again: the very same bytes."""
        return codec.dump(runtime.restore(self.vset, self.outcome.state, None, now))

    def looked_at_again(self):
        """Look at the state without a move: all that was open or ended is so still."""
        return runtime.inspect(self.vset, self.outcome.state)


class Twins:
    """Both of them on one walk; `answer` is what operations return."""

    def __init__(self, vset, answer, now):
        self.pair = [Kept(vset, Port(answer)), Stored(_shelved(vset), Port(answer))]
        self.kept, self.stored = self.pair
        self.now = now
        self.moves = 0
        self.broken = None

    @property
    def outcome(self):
        return self.stored.outcome

    def start(self, process, variables, message=None):
        self._both("start", process, variables, message, self.now)

    def move(self, kind, argument=None):
        self._both("move", kind, self.now, argument)

    def wait(self, hours):
        """Let time pass until the next timer is due, and a little more."""
        self.now = max(self.now, self.outcome.next_due_at) + timedelta(hours=hours)
        self.move("tick")

    def _both(self, verb, *arguments):
        """Make a move in both and compare; where one breaks, the other breaks in the same words."""
        ends = [_end(getattr(twin, verb), *arguments) for twin in self.pair]
        assert ends[0] == ends[1]
        self.moves += 1
        self.broken = ends[0]
        if self.broken is None:
            assert self.kept.seen() == self.stored.seen()
            assert self.stored.written_again(self.now) == self.outcome.state
            if self.outcome.ended:
                assert self.stored.looked_at_again() == replace(self.outcome, steps=(), thrown=())
            for twin in self.pair:
                twin.watched, twin.port.calls = [], []


_shelved = lru_cache(maxsize=4)(shelved)


def _end(move, *arguments):
    try:
        move(*arguments)
    except Broken as broken:
        return str(broken)
    return None


def raised(dice, codes):
    """An error or an escalation that somebody may catch."""
    kind = dice.choice([OperationError, Escalation])
    return kind(dice.choice(codes))
