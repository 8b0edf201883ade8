"""Walks through the shipped diagrams without the application: the engine and a port that plays.

Every move stores and loads the state, as the house does.
"""

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from unittest.mock import patch

import shipped

import engine

MORNING = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
TERM = timedelta(days=30)


@cache
def vset():
    return engine.VersionSet.load(shipped.files())


def play(**returned):
    """An operation that returns the same whatever it is asked."""
    return lambda _inputs, _call: dict(returned)


def _days_left(inputs, call):
    return {"days_left": (datetime.fromisoformat(inputs["due_at"]).date() - call.now.date()).days}


def _next_reminder(inputs, _call):
    due = datetime.fromisoformat(inputs["due_at"])
    return {"remind_at": (due - timedelta(days=inputs["days_before"])).isoformat()}


def _issue(inputs, _call):
    return {
        "executor": f"executor{inputs['assignment']}",
        "due_at": (MORNING + timedelta(days=20)).isoformat(),
        "acceptor": None,
    }


def _changed(inputs, call):
    later = (MORNING + 2 * TERM).isoformat()
    return {**_issue(inputs, call), "due_at": later, "cancelled": False}


def _request_sent(inputs, call):
    due = call.now + timedelta(days=15)
    return {
        "answer_due_at": due.isoformat(),
        "remind_at": (due - timedelta(days=int(inputs["remind_before"]))).isoformat(),
        "overdue_at": (due + timedelta(days=1)).isoformat(),
    }


def _expect_result(_inputs, call):
    due = call.now + timedelta(days=33)
    return {
        "expected_at": due.isoformat(),
        "overdue_at": (due + timedelta(days=1)).isoformat(),
    }


DUE = (MORNING + TERM).isoformat()
DECIDE_BY = (MORNING + timedelta(days=7)).isoformat()
PLAYED = {
    "appeals.register": play(
        due_at=DUE, decide_by=DECIDE_BY, registered_number="И-1", already_registered=False
    ),
    "appeals.review": play(
        assignments=[], redirection=None, drafter=None, nothing_left=False, act_needed=False
    ),
    "appeals.begin_commission_act": play(act=9, members=["registrar", "manager", "controller"]),
    "appeals.sign_commission_act": play(),
    "appeals.make_commission_act": play(agreed=True),
    "appeals.accept_assignment": play(),
    "appeals.report": play(),
    "appeals.accept_report": play(),
    "appeals.decide_extension": play(due_at=(MORNING + 2 * TERM).isoformat()),
    "appeals.prepare_redirection": play(letter=41),
    "appeals.sign_redirection": play(),
    "appeals.draft_reply": play(letter=42),
    "appeals.approve_reply": play(),
    "appeals.sign_reply": play(),
    "appeals.dispatched": play(),
    "appeals.rate": play(),
    "appeals.notify": play(),
    "appeals.reopen": play(due_at=DUE, decide_by=DECIDE_BY, reopened=True),
    "appeals.void": play(outcome="voided"),
    "appeals.leave": play(outcome="left"),
    "appeals.withdraw": play(outcome="withdrawn"),
    "appeals.note_documents": play(),
    "appeals.archive": play(),
    "appeals.issue_assignment": _issue,
    "appeals.assignment_term": _changed,
    "appeals.tell_refusal": play(),
    "appeals.register_letter": play(),
    "appeals.recall_letter": play(),
    "appeals.discard_letter": play(),
    "appeals.renew_notice": play(letter=46, channel="post"),
    "appeals.send_letter": play(channel="email"),
    "appeals.redirected": play(outcome="redirected", ask_result=False),
    "appeals.expect_result": _expect_result,
    "appeals.remind_result": play(),
    "appeals.receive_result": play(),
    "appeals.tell_result": play(),
    "appeals.give_up_result": play(),
    "appeals.replied": play(outcome="answered"),
    "appeals.invite_to_survey": play(),
    "appeals.remind_of_survey": play(),
    "appeals.close_survey": play(),
    "appeals.days_left": _days_left,
    "appeals.next_reminder": _next_reminder,
    "appeals.remind": play(),
    "appeals.draft_interim": play(letter=45),
    "appeals.approve_letter": play(),
    "appeals.interim_sent": play(),
    "appeals.record_visit": play(visit=8),
    "appeals.record_enclosures": play(enclosures=10),
    "appeals.draw_up_enclosures_act": play(),
    "appeals.settle_undelivered": play(on_paper=False),
    "appeals.letter_seen_to": play(),
    "appeals.record_valuables": play(valuables=11, return_by=DUE),
    "appeals.draw_up_valuables_act": play(),
    "appeals.return_valuables": play(),
    "appeals.record_inspection": play(inspection=9, decide_by=DECIDE_BY),
    "appeals.decide_inspection": play(hold_by=DUE),
    "appeals.hold_inspection": play(hold_by=DUE),
    "appeals.draw_up_inspection_act": play(),
    "appeals.draw_up_act": play(),
    "appeals.prepare_request": play(request=7, letter=44),
    "appeals.sign_letter": play(),
    "appeals.request_sent": _request_sent,
    "appeals.remind_answer": play(),
    "appeals.receive_answer": play(),
    "appeals.tell_answer": play(),
}


@dataclass
class Port:
    """Plays the operations; `own` are those a walk plays differently, call by call."""

    own: dict
    calls: list = field(default_factory=list)

    def call(self, name, inputs, call):
        answer = PLAYED[name](inputs, call)
        if self.own.get(name):
            answer |= self.own[name].pop(0)
        self.calls.append((name, dict(inputs), answer))
        return answer


class Walk:
    """One instance on its way. Each method is one move and returns the walk itself."""

    def __init__(self, process, *, message=None, own=None, **variables):
        self.now = MORNING
        self.port = Port({name: list(turns) for name, turns in (own or {}).items()})
        self.steps, self.thrown, self.answers = [], [], []
        self._keep(
            engine.start(
                vset(), process, variables, operations=self.port, now=self.now, message=message
            )
        )

    @property
    def open(self):
        return sorted(task.element for task in self.outcome.tasks)

    @property
    def waits_for(self):
        return {waiting.name for waiting in self.outcome.subscriptions}

    def do(self, element, **answers):
        """Complete the task that has been open longest under this id."""
        task = next((task for task in self.outcome.tasks if task.element == element), None)
        assert task, f"{element} is not open; open are {self.open}"
        form_key = vset().element(task.process, element).form_key
        given = {key: answers[key] for key in shipped.variables_of(form_key) & answers.keys()}
        self.answers += [(task.process, element, answer) for answer in given.values()]
        return self._keep(
            engine.complete(
                vset(),
                self.outcome.state,
                task.id,
                given,
                operations=self.port,
                now=self.now,
                answers=answers,
            )
        )

    def send(self, message, **payload):
        return self._keep(
            engine.deliver(
                vset(), self.outcome.state, message, payload, operations=self.port, now=self.now
            )
        )

    def wait(self, **time):
        """Let time pass, timer by timer, as a relay that is never late would."""
        until = self.now + timedelta(**time)
        while self.outcome.next_due_at and self.outcome.next_due_at <= until:
            self.now = max(self.now, self.outcome.next_due_at)
            self._keep(engine.tick(vset(), self.outcome.state, operations=self.port, now=self.now))
        self.now = until
        return self

    def ends(self):
        assert self.outcome.ended, f"still open: {self.open}, waits for {self.waits_for}"
        assert not self.outcome.tasks
        return self

    def _keep(self, outcome):
        assert outcome.stuck is None, f"stuck at {outcome.stuck}"
        self.outcome = outcome
        self.steps += outcome.steps
        self.thrown += [message.name for message in outcome.thrown]
        return self


@dataclass
class Reached:
    """What walks have taken so far."""

    flows: set = field(default_factory=set)
    events: set = field(default_factory=set)
    rows: set = field(default_factory=set)
    answers: set = field(default_factory=set)
    rounds: set = field(default_factory=set)

    def add(self, walk):
        taken = taken_flows(walk.steps)
        self.flows |= set(taken)
        self.answers |= set(walk.answers)
        done = {(s.process, s.element) for s in walk.steps if s.event == "completed"}
        self.events |= done & shipped.boundary_events()
        # Rounds can be counted where a process ran once only in the walk.
        for flow in shipped.loops():
            if walk.outcome.ended and _ran_once(walk.steps, flow):
                self.rounds.add((flow, taken[flow]))

    @contextmanager
    def watching_rows(self):
        asked = engine.Decision.evaluate

        def evaluate(decision, variables, **more):
            self.rows |= matching_rows(decision, variables)
            return asked(decision, variables, **more)

        with patch.object(engine.Decision, "evaluate", evaluate):
            yield


def taken_flows(steps):
    """Count the flows taken: a completed element, and the next of its successors entered."""
    ways = {}
    for flow in shipped.flows():
        ways.setdefault((flow.process, flow.source), {})[flow.target] = flow
    taken = Counter()
    for place, step in enumerate(steps):
        targets = ways.get((step.process, step.element), {})
        if step.event != "completed" or not targets:
            continue
        entered = next(
            (
                later.element
                for later in steps[place + 1 :]
                if later.event == "entered"
                and later.process == step.process
                and later.element in targets
            ),
            None,
        )
        if entered:
            taken[targets[entered]] += 1
    return taken


def matching_rows(decision, variables):
    """(decision, row) of every row whose conditions hold."""
    asked = [column.expression.evaluate(variables) for column in decision.input_columns]
    return {
        (decision.id, rule.number)
        for rule in decision.rules
        if all(
            test.matches(value, variables) for test, value in zip(rule.tests, asked, strict=True)
        )
    }


def _ran_once(steps, flow):
    entered = Counter(
        step.element for step in steps if step.event == "entered" and step.process == flow.process
    )
    started = sum(
        entered[node.get("id")]
        for process in shipped.processes()
        if process.get("id") == flow.process
        for node in process.iterchildren(f"{shipped.BPMN}startEvent")
    )
    return started == 1 and entered[flow.target] > 0
