"""Where everything that is open in an instance stands in another version set.

The result is what `codec` would have written, had the instance come to where it is on the new set.
Whatever stands somewhere looks for its element anywhere in its process, so that sub-processes may
be drawn around it or taken away; the wrapper of an event sub-process is just one of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from SpiffWorkflow.util.task import TaskState

from engine.errors import CannotMigrate
from engine.instance import Instance
from engine.specs.events import CatchEvent, Catching, ReceiveTask
from engine.specs.loops import Rounds
from engine.specs.tasks import UserTask
from engine.token import Token

CHILD = " [child]"


@dataclass
class Inside:
    """The inside of a process, sub-process or call while it is written down."""

    place: int
    spec: Any
    head: list[Any]
    data: Any
    rows: list[list[Any]] = field(default_factory=list)

    def add(self, row: list[Any]) -> int:
        self.rows.append(row)
        return len(self.rows) - 1


class Transplant:
    """One instance on its way from `before` to the specifications of another set."""

    def __init__(self, before: Instance, specs: Mapping[str, Any]) -> None:
        self.before = before
        self.specs = specs
        self.number = before.number
        self.insides: list[Inside] = []
        self.rows: dict[Any, tuple[Inside, int]] = {}  # by token, or by place and new sub-process
        self.within: dict[tuple[int, int], Inside] = {}  # by the row it hangs on
        self.chains: dict[str, dict[str, tuple[str, ...]]] = {}
        self.spent: set[tuple[str, str]] = set()  # events that had their time: token, event

    def written(self) -> list[Any]:
        """Return scopes and rows as `codec` knows them, or raise `CannotMigrate`."""
        tokens = [
            token
            for scope in self.before.scopes()
            for token in scope.tasks.values()
            if token is not scope.task_tree and not _lies_in_wait(token)
        ]
        kept = {one.id for token in tokens if not _holds(token) for one in self._kept_around(token)}
        self._open(-1, -1, self.before.process, self.before)
        for token in tokens:
            if token.id in kept or not _holds(token):
                self._move(token)
        return self._by_age()

    def _by_age(self) -> list[Any]:
        """Write the insides in the order in which they came about.

        Where several of them hear or do the same, they do it in this order. A sub-process that is
        drawn around what is open is as old as what it is drawn in.
        """
        born = {token: age for age, token in enumerate(self.before.subprocesses)}
        ages = {-1: -1}
        for one in self.insides:
            place, row, _process = one.head
            holder = self.insides[place].rows[row][0] if place >= 0 else ""
            ages[one.place] = max(born.get(holder, -1), ages[place])
        ordered = sorted(self.insides, key=lambda one: (ages[one.place], one.place))
        places = {-1: -1} | {one.place: place for place, one in enumerate(ordered)}
        return [[places[one.head[0]], *one.head[1:], one.data, one.rows] for one in ordered]

    # -- one token -----------------------------------------------------------------------------

    def _move(self, token: Token) -> None:
        if token.id in self.rows:
            return
        inside = self._find_inside(token)
        row = self._put(token, inside)
        if token.task_spec.calls and token.id in self.before.subprocesses:
            scope = self.before.subprocesses[token.id]
            self._open(inside.place, row, scope.process, scope)

    def _put(self, token: Token, inside: Inside) -> int:
        """Write a token down, below the loop it is an instance of, and what lies in wait at it."""
        spec = inside.spec.task_specs[token.task_spec.name]
        _require_kin(token, spec)
        around = self.rows.get(token.parent.id)
        row = inside.add(_row(token, around[1] if around is not None else -1))
        _refit(inside.rows[row], token, spec)
        self.rows[token.id] = inside, row
        self._keep_in_wait(token, inside, row, spec)
        if _holds(token):
            self._add_body(inside, row, spec)
        return row

    def _keep_in_wait(self, token: Token, inside: Inside, row: int, spec: Any) -> None:
        """Take along what lies in wait; a boundary event may be at another activity now."""
        armed = []
        for name in events_of(spec):
            holder = self._holder(name, token)
            event = spec.neighbours[name]
            if holder is None or not _same_event(holder.task_spec.neighbours[name], event):
                continue
            found = next((one for one in holder.children if one.task_spec.name == name), None)
            if found is not None:
                armed.append(found)
            else:
                self.spent.add((inside.rows[row][0], name))
        for found in sorted(armed, key=lambda one: one.last_state_change):
            inside.add(_row(found, row))

    def _holder(self, event: str, token: Token) -> Token | None:
        """The open activity at which an event was, seen from a token at or inside it."""
        around = [token, *_containers(token)]
        found = [one for one in around if event in events_of(one.task_spec)]
        if not found:
            process = _process_of(token)
            found = [
                one
                for one in self.before.tokens()
                if not one.quiet
                and event in events_of(one.task_spec)
                and _process_of(one) is process
            ]
        return found[0] if len(found) == 1 else None

    # -- what is around it ---------------------------------------------------------------------

    def _kept_around(self, token: Token) -> list[Token]:
        """The open sub-processes around a token that are around its element in the new version."""
        chain = self._chain(token)
        for container in _containers(token):
            name = container.task_spec.name
            if name not in chain and isinstance(container.parent.task_spec, Rounds):
                raise refusal("element.repeated", token)
        return [one for one in _containers(token) if one.task_spec.name in chain]

    def _find_inside(self, token: Token) -> Inside:
        """Find or make the scope of the new version in which the element of a token stands."""
        inside = self._root_of(token)
        held = {one.task_spec.name: one for one in _containers(token)}
        for name in self._chain(token):
            inside = self._step_into(inside, name, held.get(name), token)
        return inside

    def _step_into(
        self, inside: Inside, name: str, container: Token | None, token: Token
    ) -> Inside:
        """Find or make the inside of a sub-process around a token."""
        if container is None:
            container = self._the_open_one(name, token)
        key = container.id if container is not None else (inside.place, name)
        if key not in self.rows:
            if container is not None:
                self._put(container, inside)
            else:
                self.rows[key] = inside, self._enter(inside, name, token)
        home, row = self.rows[key]
        if home is not inside:
            raise refusal("element.moved", token)
        return self.within[inside.place, row]

    def _enter(self, inside: Inside, name: str, token: Token) -> int:
        """Put a new token on a sub-process that the new version draws around a token."""
        if name.endswith(CHILD):
            raise refusal("element.repeated", token)
        self.number += 1
        started = int(TaskState.STARTED)
        row = inside.add([uuid4().hex, -1, started, 0, name, self.number, None, None])
        spec = inside.spec.task_specs[name]
        self._keep_in_wait(token, inside, row, spec)
        self._add_body(inside, row, spec)
        return row

    def _add_body(self, inside: Inside, row: int, spec: Any) -> None:
        head = [inside.place, row, None]
        self.within[inside.place, row] = self._add(Inside(len(self.insides), spec.body, head, None))

    def _the_open_one(self, name: str, token: Token) -> Token | None:
        """A sub-process that is open already takes in what the new version draws inside it."""
        process = _process_of(token)
        found = [
            other
            for other in self.before.tokens()
            if other.task_spec.name == name and _holds(other) and _process_of(other) is process
        ]
        if len(found) > 1:
            raise refusal("element.moved", token)
        return found[0] if found else None

    # -- processes -----------------------------------------------------------------------------

    def _open(self, place: int, row: int, process: str, scope: Any) -> None:
        inside = Inside(len(self.insides), self.specs[process], [place, row, process], scope.data)
        self.within[place, row] = self._add(inside)

    def _add(self, inside: Inside) -> Inside:
        self.insides.append(inside)
        return inside

    def _root_of(self, token: Token) -> Inside:
        caller = _process_of(token).parent_token
        if caller is None:
            return self.insides[0]
        inside, row = self.rows[caller.id]
        return self.within[inside.place, row]

    def _chain(self, token: Token) -> tuple[str, ...]:
        """The sub-processes around an element in the new version, the outermost first."""
        process = token.workflow.process
        if process not in self.specs:
            raise CannotMigrate("process.gone", process=process)
        if process not in self.chains:
            self.chains[process] = dict(_places(self.specs[process], ()))
        places, name = self.chains[process], token.task_spec.name
        if name not in places:
            once = name.removesuffix(CHILD) in places
            raise refusal("element.repeated" if once else "element.gone", token)
        return places[name]


def _places(spec: Any, chain: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every element of a process with the sub-processes around it."""
    for name, node in spec.task_specs.items():
        if hasattr(node, "boundary"):  # SpiffWorkflow adds nodes of its own
            yield name, chain
        body = getattr(node, "body", None)
        if body is not None:
            yield from _places(body, (*chain, name))


def _containers(token: Token) -> Iterator[Token]:
    """Yield the tokens on the sub-processes around a token, within its process."""
    workflow = token.workflow
    while workflow.shares_data:
        token = workflow.parent_token
        yield token
        workflow = token.workflow


def _process_of(token: Token) -> Any:
    workflow = token.workflow
    while workflow.shares_data:
        workflow = workflow.parent_token.workflow
    return workflow


def _holds(token: Token) -> bool:
    """Whether a token stands on a sub-process, and is there for what is inside."""
    return getattr(token.task_spec, "body", None) is not None


def _lies_in_wait(token: Token) -> bool:
    return token.quiet and token.task_spec.catches_events


def _row(token: Token, around: int) -> list[Any]:
    return [
        token.id,
        around,
        int(token.state),
        1 if token.quiet else 0,
        token.task_spec.name,
        token.last_state_change,
        dict(token.internal_data) or None,
        dict(token.data) or None,
    ]


# -- whether it fits -----------------------------------------------------------------------------


def _require_kin(token: Token, there: Any) -> None:
    here = token.task_spec
    if isinstance(here, Rounds) or isinstance(there, Rounds):
        if type(here) is not type(there) or bool(here.item_name) != bool(there.item_name):
            raise refusal("element.repeated", token)
        return
    kin = type(here) is type(there) or any(
        isinstance(here, kind) and isinstance(there, kind)
        for kind in (UserTask, CatchEvent | ReceiveTask)
    )
    if not kin:
        raise refusal("element.kind", token)
    if isinstance(here, Catching) and waits_for(here) != waits_for(there):
        raise refusal("element.kind", token)
    if token.arrived_by is not None and _flow_there(token, there) is None:
        raise refusal("flow.gone", token)


def _flow_there(token: Token, there: Any) -> str | None:
    """The flow by which a token came: the same one, or the only one from the same element."""
    if token.arrived_by in there.arrivals:
        return token.arrived_by
    source = _source_of(token.task_spec, token.arrived_by)
    found = [flow for flow in there.arrivals if _source_of(there, flow) == source]
    return found[0] if len(found) == 1 else None


def _source_of(join: Any, flow_id: str | None) -> str | None:
    return next(
        (
            name
            for name, spec in join.neighbours.items()
            for flow in getattr(spec, "flows", ())
            if flow.id == flow_id
        ),
        None,
    )


def _same_event(here: Any, there: Any) -> bool:
    """Whether an event still waits for the same kind of thing."""
    return type(here) is type(there) and waits_for(here) == waits_for(there)


def waits_for(event: Any) -> list[str]:
    """The kinds of what an event waits for; a timer may change its term and stays a timer.

    Of several parts the order counts, by which the token remembers what has happened.
    """
    return [event.definition.kind, *(part.kind for part in event.definition.parts)]


def events_of(spec: Any) -> tuple[str, ...]:
    """The events that lie in wait while a token stands on an element."""
    return spec.boundary or tuple(flow.target for flow in spec.flows if spec.races)


def _refit(row: list[Any], token: Token, there: Any) -> None:
    """Give a row the flow and the local variables that its new element knows."""
    internal, data = row[6] or {}, row[7] or {}
    if token.arrived_by is not None:
        internal["by"] = _flow_there(token, there)
    here = token.task_spec
    for name in here.inputs_mapped.keys() - there.inputs_mapped.keys():
        data.pop(name, None)
    loop, loop_there = token.parent.task_spec, None
    if isinstance(loop, Rounds) and loop.item_name in data:
        loop_there = there.neighbours[loop.name]
        data[loop_there.item_name] = data.pop(loop.item_name)
    row[6], row[7] = internal or None, data or None


def refusal(rule: str, token: Token, other: str | None = None) -> CannotMigrate:
    """Name the element a token stands on as what cannot go over."""
    spec = token.task_spec
    return CannotMigrate(
        rule,
        process=token.workflow.process,
        element=spec.shown or spec.name.removesuffix(CHILD),
        other=other,
    )
