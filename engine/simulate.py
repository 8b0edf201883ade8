"""Walks a diagram without the application, by answers from a file and a virtual clock."""

import json
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Any

from engine import runtime
from engine.errors import Broken, EngineError, Escalation, OperationError
from engine.library import VersionSet
from engine.model import Again, Call, Message, OpenTask, Outcome, Process, Subscription
from engine.sentences import sentence, sentence_of
from engine.specs.timers import FOREVER

ENDED, FAILED, USAGE, WAITING = 0, 1, 2, 3
MOST_MOVES = 5_000
BEGINNING = datetime(2026, 1, 1, 9, tzinfo=UTC)

_KINDS: dict[type, str] = {dict: "an object {…}", list: "a list […]", str: "a text"}

Write = Callable[[Mapping[str, Any]], None]


class Ambiguous(EngineError):
    """It is not clear which process to walk, or by which answers."""


class Failing(EngineError):
    """An answer asked for a failure, `{"$fail": text}`."""


class Reached(BaseException):
    """The walk has come to the element it was to go to; what lies behind it is not walked.

    Not an `Exception`: the move that it ends has not failed.
    """


class Answers:
    """The file of answers: what people and operations say, in order."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Read the file's content; `Ambiguous` says where it is not what it should be."""
        self.variables: dict[str, Any] = dict(_shaped(dict, content.get("variables"), "variables"))
        self.wait = frozenset(
            _shaped(str, name, "an entry of wait")
            for name in _shaped(list, content.get("wait"), "wait")
        )
        self.messages = [
            _message(entry) for entry in _shaped(list, content.get("messages"), "messages")
        ]
        reserved = ("variables", "wait", "messages")
        self._queues = {
            name: [_shaped(dict, entry, f"an answer of {name}") for entry in entries]
            for name, entries in (
                (name, _shaped(list, value, name))
                for name, value in content.items()
                if name not in reserved
            )
        }

    def next(self, *names: str) -> dict[str, Any]:
        """Take the next answer under the first of these names that has one left."""
        for name in names:
            if self._queues.get(name):
                answer: dict[str, Any] = self._queues[name].pop(0)
                return answer
        return {}


@dataclass
class Walked:
    """One instance of the walk and where it stands."""

    process: str
    outcome: Outcome

    def hears(self, kind: str, name: str) -> Subscription | None:
        """The first of its elements that waits for that."""
        return next(
            (s for s in self.outcome.subscriptions if (s.kind, s.name) == (kind, name)), None
        )


class Simulation:
    """One walk; `write` receives the lines.

    The root is walked, and with it the processes of its file that it starts by a message or a
    signal; they hear what it throws, and it hears them.
    """

    def __init__(
        self, vset: VersionSet, process: str, answers: Answers, write: Write, until: str | None
    ) -> None:
        self.vset, self.process, self.answers = vset, process, answers
        self.write, self.until = write, until
        self.now = BEGINNING
        self.completed: set[str] = set()
        self.walked: list[Walked] = []
        self.opened: dict[str, int] = {}  # open tasks, by the order in which they were seen first
        self.thrown: deque[tuple[Walked, Message]] = deque()

    def run(self) -> int:
        """Walk to the end. Return the exit code; `Broken` tells where it could not go on."""
        try:
            return self._walk()
        except Reached:
            return ENDED

    def _walk(self) -> int:
        self._start()
        for _ in range(MOST_MOVES):
            if not self._move():
                return self._end()
        open_now = next((t.element for each in self.walked for t in each.outcome.tasks), None)
        raise Broken(
            open_now,
            sentence("more than {most} moves; the walk goes round in a loop", most=MOST_MOVES),
        )

    def _end(self) -> int:
        root = self.walked[0].outcome
        stuck = next((each.outcome for each in self.walked if each.outcome.stuck), None)
        if stuck is not None and not self._waits_for_data(stuck):
            raise Broken(stuck.stuck, sentence("the instance can never move again"))
        if root.ended:
            self._line("ended", self.process, self.process)
        return ENDED if root.ended else WAITING

    def _waits_for_data(self, outcome: Outcome) -> bool:
        """Whether it stands at a conditional event, which other data would have let happen."""
        instance = runtime.restore(self.vset, outcome.state, None, self.now)
        return any(
            token.task_spec.shown == outcome.stuck and part.kind == "conditional"
            for token in instance.event_manager.tasks.values()
            for part, _ in token.task_spec.definition.awaited(token)
        )

    # -- the moves, in the order in which they are tried ---------------------------------------

    def _start(self) -> None:
        process, variables = self.vset.processes[self.process], self.answers.variables
        trigger = None
        if not self.vset.spec(self.process).begins_alone():
            for entry, kind in product(self.answers.messages, ("message", "signal")):
                if entry["name"] in process.starts(kind):
                    self.answers.messages.remove(entry)
                    trigger = kind, entry["name"]
                    variables = {**variables, **entry["payload"]}
                    break
        self._begin(self.process, variables, trigger)

    def _begin(
        self, process: str, variables: Mapping[str, Any], trigger: tuple[str, str] | None
    ) -> None:
        if trigger is not None:
            element = self.vset.spec(process).start_event(trigger).shown
            self._line("message", element, process, message=trigger[1])
        by = dict([trigger]) if trigger is not None else {}
        outcome = runtime.start(
            self.vset,
            process,
            variables,
            message=by.get("message"),
            signal=by.get("signal"),
            **self._circumstances(),
        )
        self.walked.append(Walked(process, outcome))
        self._keep(self.walked[-1], outcome)

    def _begin_again(self, process: str, again: Again) -> None:
        """Walk the next instance of a process that a timer starts a number of times.

        One that it starts without end is walked once.
        """
        if again.timer["left"] != FOREVER:
            circumstances = self._circumstances()
            outcome = runtime.start(self.vset, process, {}, again=again, **circumstances)
            self.walked.append(Walked(process, outcome))
            self._keep(self.walked[-1], outcome)

    def _keep(self, walked: Walked, outcome: Outcome) -> None:
        walked.outcome = outcome
        for task in outcome.tasks:
            self.opened.setdefault(task.id, len(self.opened))
        self.thrown.extend((walked, message) for message in outcome.thrown)
        if outcome.ended and walked is not self.walked[0]:
            self._line("ended", walked.process, walked.process)
        if outcome.again is not None:
            self._begin_again(walked.process, outcome.again)

    def _move(self) -> bool:
        """Make one move; False when there is none."""
        if self.thrown:
            self._pass_on(*self.thrown.popleft())
            return True
        return self._deliver_answer() or self._perform_oldest() or self._tick()

    def _pass_on(self, thrower: Walked, thrown: Message) -> None:
        """Let the others hear what one has thrown, and start what begins by it in its file."""
        others = [each for each in self.walked if each is not thrower]
        hearing = [each for each in others if each.hears(thrown.kind, thrown.name)]
        for each in hearing:
            self._deliver(each, thrown.kind, thrown.name, thrown.payload)
        if hearing and thrown.kind == "message":
            return
        file = self.vset.file_of(thrower.process)
        for process in self.vset.started_by(thrown.name, thrown.kind):
            if self.vset.file_of(process) == file and process in self.vset.specs:
                self._begin(process, thrown.payload, (thrown.kind, thrown.name))

    def _deliver(self, walked: Walked, kind: str, name: str, payload: Mapping[str, Any]) -> None:
        heard = walked.hears(kind, name)
        if heard is None:  # the one before has made it move on
            return
        self._line("message", heard.element, heard.process, message=name)
        outcome = runtime.deliver(
            self.vset, walked.outcome.state, name, payload, kind=kind, **self._circumstances()
        )
        self._keep(walked, outcome)

    def _deliver_answer(self) -> bool:
        for entry in self.answers.messages:
            for walked, kind in product(self.walked, ("message", "signal")):
                if walked.hears(kind, entry["name"]) and self._released(entry):
                    self.answers.messages.remove(entry)
                    self._deliver(walked, kind, entry["name"], entry["payload"])
                    return True
        return False

    def _perform_oldest(self) -> bool:
        tasks = [
            (self.opened[task.id], task, walked)
            for walked in self.walked
            for task in walked.outcome.tasks
            if task.element not in self.answers.wait
        ]
        if not tasks:
            return False
        _, task, walked = min(tasks, key=lambda found: found[0])
        self._keep(walked, self._perform(walked.outcome, task))
        return True

    def _tick(self) -> bool:
        timed = [
            (each.outcome.next_due_at, place)
            for place, each in enumerate(self.walked)
            if each.outcome.next_due_at is not None
        ]
        if not timed:
            return False
        due, place = min(timed)
        self.now = max(self.now, due)
        walked = self.walked[place]
        outcome = runtime.tick(self.vset, walked.outcome.state, at_most=1, **self._circumstances())
        self._keep(walked, outcome)
        return True

    def _released(self, entry: Mapping[str, Any]) -> bool:
        return entry["after"] is None or entry["after"] in self.completed

    def _perform(self, outcome: Outcome, task: OpenTask) -> Outcome:
        answer = self.answers.next(task.element)
        raised = _raised(answer)
        if isinstance(raised, Failing):
            raise Broken(task.element, sentence_of(raised))
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
        self._line(event, element, process)
        if event == "entered" and element == self.until:
            raise Reached

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
    if len(roots) > 1:
        # One that only another's message or signal can start is not where a walk begins.
        roots = [root for root in roots if vset.spec(root).begins_alone()] or roots
    if len(roots) != 1:
        raise Ambiguous(f"choose one with --process: {', '.join(roots) or _names(vset)}")
    return roots[0]


def known_element(vset: VersionSet, element: str | None) -> None:
    """Raise `Ambiguous` where a walk could never come to the element."""
    if element is not None and not any(each == element for _, each in vset.elements):
        raise Ambiguous(f"there is no element {element}")


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
    entry = _shaped(dict, entry, "an entry of messages")
    after = entry.get("after")
    return {
        "name": _shaped(str, entry.get("name", 0), "the name of a message"),
        "payload": _shaped(dict, entry.get("payload"), "the payload of a message"),
        "after": None if after is None else _shaped(str, after, "after"),
    }


def _shaped(kind: type, value: Any, what: str) -> Any:
    """Return a part of the answers if it is of that kind; nothing at all is an empty one."""
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise Ambiguous(f"the answers: {what} is not {_KINDS[kind]}")
    return value


def _raised(answer: Mapping[str, Any]) -> OperationError | Escalation | Failing | None:
    if "$error" in answer:
        return OperationError(str(answer["$error"]), str(answer.get("message", "")))
    if "$escalation" in answer:
        return Escalation(str(answer["$escalation"]))
    if "$fail" in answer:
        return Failing(str(answer["$fail"]))
    return None
