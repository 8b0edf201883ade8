"""State ⇄ bytes: rows of what is open, JSON, zstd. No specification, no history, no clock.

`[format, number, scopes]`; a scope is `[scope of its parent, row of its parent, called process,
variables, rows]`; a row is `[token id, row of its parent or -1, state, quiet, element, number,
internal data, local variables]`. Rows and scopes stand in an order in which parents come first.
Everything is plain JSON, so that data can never become an engine type when it is read.
"""

import threading
from typing import Any

import orjson
import zstandard
from SpiffWorkflow.util.task import TaskState

from engine.errors import Broken
from engine.instance import Instance, Scope
from engine.sentences import sentence, sentence_of
from engine.token import ROOT, Token

FORMAT = 1
LARGEST_DATA = 1024 * 1024
LARGEST_STATE = 64 * 1024 * 1024

_local = threading.local()


def dump(instance: Instance) -> bytes:
    """Write down what is open. Raise `Broken` when the variables exceed 1 MB."""
    places: dict[int, tuple[int, dict[str, int]]] = {}
    written = []
    for place, scope in enumerate(instance.scopes()):
        rows, index = _rows(scope)
        places[id(scope)] = place, index
        written.append([*_above(scope, places), None if scope.shares_data else scope.data, rows])
    raw = _packed([FORMAT, instance.number, written], instance.process)
    if len(raw) > LARGEST_DATA:
        _refuse_large(raw, written, instance.process)
    return tools()[0].compress(raw)


def _refuse_large(raw: bytes, written: list[Any], process: str) -> None:
    """Refuse variables beyond 1 MB; wide and deep cases need more room for their rows."""
    size = sum(len(_packed(data, process)) for _, _, _, data, _ in written if data is not None)
    if size > LARGEST_DATA or len(raw) > 2 * LARGEST_DATA + 1024 * len(written):
        raise Broken(
            None,
            sentence(
                "the variables of the process are larger than 1 MB; "
                "keep documents and texts outside and their ids in the process"
            ),
        )


def _above(scope: Any, places: dict[int, tuple[int, dict[str, int]]]) -> list[Any]:
    """Say where a scope hangs: the place of its parent, the parent's row, the called process."""
    parent = scope.parent_token
    if parent is None:
        return [-1, -1, scope.process]
    place, index = places[id(parent.workflow)]
    return [place, index[parent.id], None if scope.shares_data else scope.process]


def load(state: bytes, specs: Any, make: Any) -> Instance:
    """Build the instance again. `specs` are those of its version set by process id.

    `make` is called with the specification of the root process and returns an empty instance.
    """
    try:
        raw = tools()[1].decompress(state, max_output_size=LARGEST_STATE)
        written = orjson.loads(raw)
        _, number, scopes = _understood(written)
        return build(number, scopes, specs, make)
    except (zstandard.ZstdError, ValueError, KeyError, IndexError, TypeError) as error:
        raise Broken(
            None,
            sentence("the stored state does not fit this version set: {error}", error=repr(error)),
        ) from error


def build(number: int, scopes: list[Any], specs: Any, make: Any) -> Instance:
    """Build an instance of the scopes and rows that stand in a state."""
    instance: Instance = make(specs[scopes[0][2]])
    _fill_all(instance, scopes, specs)
    instance.number = number
    instance.agenda.clear()
    instance.event_manager.sort()
    instance.variables_changed = False
    instance.completed = instance.tasks.keys() == {ROOT}
    return instance


def _understood(written: Any) -> list[Any]:
    if not isinstance(written, list) or written[:1] != [FORMAT]:
        raise ValueError("it was written by another version of the engine")
    return written


def _rows(scope: Any) -> tuple[list[Any], dict[str, int]]:
    """Write the tokens of a scope; a token is always younger than its parent."""
    index: dict[str, int] = {ROOT: -1}
    rows: list[Any] = []
    for token in scope.tasks.values():
        if token.id == ROOT:
            continue
        index[token.id] = len(rows)
        rows.append(
            [
                token.id,
                index[token.parent.id],
                token.state,
                1 if token.quiet else 0,
                token.task_spec.name,
                token.last_state_change,
                token.internal_data or None,
                token.data or None,
            ]
        )
    return rows, index


def _fill_all(instance: Instance, scopes: list[Any], specs: Any) -> None:
    built: list[tuple[Any, list[Token]]] = []
    for parent, row, called, data, rows in scopes:
        if parent < 0:
            scope: Any = instance
        else:
            token = built[parent][1][row]
            spec = token.task_spec.body if called is None else specs[called]
            scope = Scope(spec, token)
            instance.subprocesses[token.id] = scope
        if data is not None:
            scope.data = data
        built.append((scope, _fill(scope, rows)))


def _fill(scope: Any, rows: list[Any]) -> list[Token]:
    specs, root = scope.spec.task_specs, scope.task_tree
    waiting = scope.top_workflow.event_manager
    tokens: list[Token] = []
    for token_id, parent, state, quiet, name, number, internal, data in rows:
        around = root if parent < 0 else tokens[parent]
        spec = specs[name]
        token = Token(scope, spec, around, state, token_id, number)
        token.quiet = quiet == 1
        if internal is not None:
            token.internal_data = internal
        if data is not None:
            token.data = data
        tokens.append(token)
        if state == TaskState.WAITING and spec.catches_events:
            waiting.add_task(token)
    return tokens


def _packed(value: Any, element: str) -> bytes:
    try:
        return orjson.dumps(value)
    except (TypeError, ValueError) as error:
        raise Broken(
            element, sentence("the variables cannot be stored: {error}", error=sentence_of(error))
        ) from error


def tools() -> tuple[zstandard.ZstdCompressor, zstandard.ZstdDecompressor]:
    """Return this thread's own tools: they keep buffers and must not be shared."""
    kept: tuple[zstandard.ZstdCompressor, zstandard.ZstdDecompressor] | None
    kept = getattr(_local, "tools", None)
    if kept is None:
        kept = (zstandard.ZstdCompressor(level=3), zstandard.ZstdDecompressor())
        _local.tools = kept
    return kept
