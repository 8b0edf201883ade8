"""Walks a diagram without the application, by answers from a file and a virtual clock."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from engine import runtime
from engine.errors import Broken, EngineError, Escalation, OperationError
from engine.library import VersionSet
from engine.model import Call, OpenTask, Outcome, Process

ENDED, FAILED, USAGE, WAITING = 0, 1, 2, 3
MOST_MOVES = 5_000
BEGINNING = datetime(2026, 1, 1, 9, tzinfo=UTC)

Write = Callable[[Mapping[str, Any]], None]


class Ambiguous(EngineError):
    """It is not clear which process to walk, or by which answers."""


class Failing(EngineError):
    """An answer asked for a failure, `{"$fail": text}`."""


class Answers:
    """The file of answers: what people and operations say, in order."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.variables: dict[str, Any] = dict(content.get("variables") or {})
        self.wait = frozenset(content.get("wait") or ())
        self.messages = [_message(entry) for entry in content.get("messages") or ()]
        reserved = ("variables", "wait", "messages")
        self._queues = {
            name: list(entries) for name, entries in content.items() if name not in reserved
        }

    def next(self, *names: str) -> dict[str, Any]:
        """Take the next answer under the first of these names that has one left."""
        for name in names:
            if self._queues.get(name):
                answer: dict[str, Any] = self._queues[name].pop(0)
                return answer
        return {}


class Simulation:
    """One walk; `write` receives the lines."""

    def __init__(
        self, vset: VersionSet, process: str, answers: Answers, write: Write, until: str | None
    ) -> None:
        self.vset, self.process, self.answers = vset, process, answers
        self.write, self.until = write, until
        self.now = BEGINNING
        self.reached = False
        self.completed: set[str] = set()

    def run(self) -> int:
        """Walk to the end. Return the exit code; `Broken` tells where it could not go on."""
        outcome = self._start()
        for _ in range(MOST_MOVES):
            if outcome.ended:
                self._line("ended", self.process, self.process)
                return ENDED
            if self.reached:
                return ENDED
            if outcome.stuck is not None:
                raise Broken(outcome.stuck, "the instance can never move again")
            following = self._move(outcome)
            if following is None:
                return WAITING
            outcome = following
        open_now = outcome.tasks[0].element if outcome.tasks else None
        raise Broken(open_now, f"more than {MOST_MOVES} moves; the walk goes round in a loop")

    # -- the moves, in the order in which they are tried ---------------------------------------

    def _start(self) -> Outcome:
        start = self.vset.spec(self.process).start_event()
        message, variables = None, self.answers.variables
        names = self.vset.processes[self.process].message_starts
        if start.definition.kind == "message" or (start.shown is None and names):
            for entry in self.answers.messages:
                if entry["name"] in names:
                    self.answers.messages.remove(entry)
                    message = entry["name"]
                    variables = {**variables, **entry["payload"]}
                    self._line("message", start.shown, self.process, message=message)
                    break
        return runtime.start(
            self.vset, self.process, variables, message=message, **self._circumstances()
        )

    def _move(self, outcome: Outcome) -> Outcome | None:
        for entry in self.answers.messages:
            heard = next((s for s in outcome.subscriptions if s.name == entry["name"]), None)
            if heard is not None and self._released(entry):
                self.answers.messages.remove(entry)
                self._line("message", heard.element, heard.process, message=heard.name)
                return runtime.deliver(
                    self.vset,
                    outcome.state,
                    heard.name,
                    entry["payload"],
                    kind=heard.kind,
                    **self._circumstances(),
                )
        task = next((t for t in outcome.tasks if t.element not in self.answers.wait), None)
        if task is not None:
            return self._perform(outcome, task)
        if outcome.next_due_at is None:
            return None
        self.now = max(self.now, outcome.next_due_at)
        return runtime.tick(self.vset, outcome.state, at_most=1, **self._circumstances())

    def _released(self, entry: Mapping[str, Any]) -> bool:
        return entry["after"] is None or entry["after"] in self.completed

    def _perform(self, outcome: Outcome, task: OpenTask) -> Outcome:
        answer = self.answers.next(task.element)
        raised = _raised(answer)
        if isinstance(raised, Failing):
            raise Broken(task.element, str(raised))
        if raised is not None:
            return runtime.fail(self.vset, outcome.state, task.id, raised, **self._circumstances())
        return runtime.complete(
            self.vset, outcome.state, task.id, answer, answers=answer, **self._circumstances()
        )

    # -- the world around ----------------------------------------------------------------------

    def call(self, name: str, inputs: Mapping[str, Any], call: Call) -> Mapping[str, Any]:
        """Answer in the place of an operation; one that nobody prepared returns nothing."""
        del inputs
        self._line("operation", call.element, call.process, operation=name)
        listens = self.vset.elements[call.process, call.element].listener == name
        answer = self.answers.next(name) if listens else self.answers.next(call.element, name)
        raised = _raised(answer)
        if raised is not None:
            raise raised
        return answer

    def observe(self, event: str, element: str, process: str) -> None:
        if event == "completed":
            self.completed.add(element)
        if event == "entered" and element == self.until:
            self.reached = True
        self._line(event, element, process)

    def _circumstances(self) -> dict[str, Any]:
        return {"operations": self, "now": self.now, "observer": self.observe}

    def _line(self, event: str, element: str | None, process: str, **more: Any) -> None:
        at = self.now.isoformat()
        self.write({"at": at, "event": event, "element": element, "process": process, **more})


def choose_process(vset: VersionSet, process: str | None) -> str:
    """Return the process to walk: the one named, or the one executable that no other calls."""
    if process is not None:
        if process not in vset.specs:
            raise Ambiguous(f"there is no process {process}; there are {_names(vset)}")
        return process
    called = {call for each in vset.processes.values() for call in each.calls if call != each.id}
    roots = [each.id for each in _executable(vset) if each.id not in called]
    if len(roots) != 1:
        raise Ambiguous(f"choose one with --process: {', '.join(roots) or _names(vset)}")
    return roots[0]


def simulate(
    vset: VersionSet,
    process: str,
    answers: Mapping[str, Any],
    write: Write,
    until: str | None = None,
) -> int:
    """Walk a process and return the exit code; what breaks it goes to standard error."""
    simulation = Simulation(vset, process, Answers(answers), write, until)
    try:
        return simulation.run()
    except Broken as broken:
        simulation.observe("incident", broken.element or process, process)
        print(broken, file=sys.stderr)
    except EngineError as error:
        simulation.observe("incident", process, process)
        print(error, file=sys.stderr)
    return FAILED


def print_line(line: Mapping[str, Any]) -> None:
    """Write one line of JSON."""
    print(json.dumps(line, ensure_ascii=False))


def _executable(vset: VersionSet) -> Iterator[Process]:
    return (process for process in vset.processes.values() if process.executable)


def _names(vset: VersionSet) -> str:
    return ", ".join(sorted(vset.specs)) or "none"


def _message(entry: Any) -> dict[str, Any]:
    if isinstance(entry, str):
        entry = {"name": entry}
    return {
        "name": entry["name"],
        "payload": entry.get("payload") or {},
        "after": entry.get("after"),
    }


def _raised(answer: Mapping[str, Any]) -> OperationError | Escalation | Failing | None:
    if "$error" in answer:
        return OperationError(str(answer["$error"]), str(answer.get("message", "")))
    if "$escalation" in answer:
        return Escalation(str(answer["$escalation"]))
    if "$fail" in answer:
        return Failing(str(answer["$fail"]))
    return None
