"""Walks an instance in tests; every move goes through the stored state."""

from datetime import UTC, datetime, timedelta

from engine import pack, runtime, unpack
from engine.library import VersionSet
from tests.engine.draw import draw

BEGINNING = datetime(2026, 1, 1, 9, tzinfo=UTC)


def drawn(*texts, **named):
    """Draw each process into a file of its own: p, p2, … or by name."""
    numbered = {f"p{i}" if i > 1 else "p": text for i, text in enumerate(texts, 1)}
    return {f"{name}.bpmn": draw(**{name: text}) for name, text in {**numbered, **named}.items()}


def shelved(vset):
    """The same set as a later process loads it."""
    return unpack(pack(vset, b"secret"), vset.key, b"secret")


class Walk:
    """One instance; `answers` are what operations return (a mapping, an exception or a function)."""

    def __init__(
        self,
        *texts,
        answers=None,
        variables=None,
        message=None,
        signal=None,
        process="p",
        files=None,
        start=True,
        **named,
    ):
        self.vset = shelved(VersionSet.load(files or drawn(*texts, **named)))
        self.answers = answers or {}
        self.now = BEGINNING
        self.called = []
        self.log = []
        if start:
            self._keep(
                runtime.start(
                    self.vset,
                    process,
                    variables or {},
                    message=message,
                    signal=signal,
                    **self._around(),
                )
            )

    def call(self, name, inputs, call):
        self.called.append((name, dict(inputs), call))
        answer = self.answers.get(name, {})
        if isinstance(answer, list):
            answer = answer.pop(0)
        if callable(answer) and not isinstance(answer, type):
            answer = answer(inputs, call)
        if isinstance(answer, Exception):
            raise answer
        return answer

    # -- moves

    def do(self, element, *, which=0, answers=None, **variables):
        tasks = [task for task in self.outcome.tasks if task.element == element]
        assert tasks, (element, self.open)
        return self._keep(
            runtime.complete(
                self.vset,
                self.outcome.state,
                tasks[which].id,
                variables,
                answers=answers,
                **self._around(),
            )
        )

    def send(self, name, kind="message", **payload):
        return self._keep(
            runtime.deliver(
                self.vset, self.outcome.state, name, payload, kind=kind, **self._around()
            )
        )

    def wait(self, **duration):
        self.now += timedelta(**duration)
        return self._keep(runtime.tick(self.vset, self.outcome.state, **self._around()))

    def fail(self, element, raised):
        task = next(task.id for task in self.outcome.tasks if task.element == element)
        return self._keep(
            runtime.fail(self.vset, self.outcome.state, task, raised, **self._around())
        )

    # -- what is seen

    @property
    def open(self):
        return [task.element for task in self.outcome.tasks]

    @property
    def ended(self):
        return self.outcome.ended

    @property
    def data(self):
        return dict(self.outcome.variables)

    def steps(self, event, *, last=False):
        steps = self.outcome.steps if last else self.log
        return [step.element for step in steps if step.event == event]

    def _around(self):
        return {"operations": self, "now": self.now}

    def _keep(self, outcome):
        self.outcome = outcome
        self.log.extend(outcome.steps)
        return self
