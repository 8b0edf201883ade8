"""Whether what is open on a diagram can go on as the diagram means it.

An instance that walked there by itself always can. One that was put there may stand before a join
that waits for a branch nobody began, or on two steps that now come one after the other.
"""

from collections.abc import Iterator
from typing import Any

from engine.errors import CannotMigrate
from engine.instance import Instance
from engine.specs.gateways import Joining, ParallelGateway
from engine.token import Token
from engine.transplant import refusal


def require_good(before: Instance, after: Instance) -> None:
    """Refuse what did not hold for the instance where it came from."""
    came_from = {token.id: token for token in before.tokens()}
    for scope in after.scopes():
        standing = list(scope.task_tree.children)
        old = [came_from[token.id] for token in standing if token.id in came_from]
        for join in scope.spec.task_specs.values():
            if isinstance(join, ParallelGateway) and len(join.arrivals) > 1:
                _require_fed(join, standing, old)
        _require_single(standing, came_from)


def _require_fed(join: Any, standing: list[Token], old: list[Token]) -> None:
    """Every flow into a parallel join must have a token before it, or none may have."""
    missing = _missing(join, standing)
    if not missing:
        waiting = [token for token in standing if _waits(token) and token.task_spec is join]
        if {token.arrived_by for token in waiting} >= set(join.arrivals):
            raise refusal("join.complete", waiting[0])
        return
    there = next(
        (t.workflow.spec.task_specs[join.name] for t in old if _knows(t.workflow, join.name)), None
    )
    new = missing - (_missing(there, old) if there is not None else set())
    if new:
        source = next(
            spec
            for spec in join.neighbours.values()
            if any(flow.id in new for flow in getattr(spec, "flows", ()))
        )
        raise CannotMigrate(
            "join.starved",
            process=standing[0].workflow.process,
            element=source.shown or source.name,
            other=join.name,
        )


def _knows(workflow: Any, name: str) -> bool:
    return name in workflow.spec.task_specs


def _missing(join: Any, standing: list[Token]) -> set[str]:
    """The flows into a join that nobody can come by, if anybody can come at all."""
    coming: set[str] = set()
    for token in standing:
        if token.arrived_by is not None and _waits(token) and token.task_spec.name == join.name:
            coming.add(token.arrived_by)
        coming |= {flow.id for flow in _ahead(token.task_spec, events=True)}
    missing = set(join.arrivals) - coming
    return missing if len(missing) < len(join.arrivals) else set()


def _require_single(standing: list[Token], came_from: dict[str, Token]) -> None:
    """No token may run into an element on which another one stands, unless it could before."""
    open_ones = [token for token in standing if not _waits(token)]
    for token in open_ones:
        for other in open_ones:
            if token is other or not _comes_to(token, other):
                continue
            here, there = came_from.get(token.id), came_from.get(other.id)
            if here is None or there is None or not _comes_to(here, there):
                raise refusal("branch.doubled", token, other.task_spec.shown)


def _comes_to(token: Token, other: Token) -> bool:
    targets = {flow.target for flow in _ahead(token.task_spec, past_joins=False)}
    return token.workflow is other.workflow and other.task_spec.name in targets


def _waits(token: Token) -> bool:
    """Whether a token waits at a join for others."""
    return token.quiet and isinstance(token.task_spec, Joining)


def _ahead(start: Any, *, events: bool = False, past_joins: bool = True) -> Iterator[Any]:
    """Yield the flows that a token on an element can still take, `events` on the way included."""
    specs = start.neighbours
    seen, pending = {start.name}, [start]
    while pending:
        spec = pending.pop()
        flows = list(spec.flows)
        if events:
            flows += [flow for name in spec.boundary for flow in specs[name].flows]
        for flow in flows:
            yield flow
            target = specs[flow.target]
            stops = not past_joins and isinstance(target, Joining) and len(target.arrivals) > 1
            if flow.target not in seen and not stops:
                seen.add(flow.target)
                pending.append(target)
