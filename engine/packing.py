"""The stored form of a version set: parsed and checked once, loaded by every later process.

It is data and nothing else. An object is written as `[class, …]` and made again only if its class
is one of those listed here; expressions are text that goes through the grammar again; so nothing
in a stored form can be executed. A keyed digest in front tells whether it is what was stored, and
the fingerprint of this program's source whether it is what this program would make of the files.

Behind the digest, compressed, there is one JSON value a line: the head, what the diagrams say of
processes and elements, the forms, then a line for each specification and each decision. Those are
made when somebody first asks for them: a process that only serves registrars never makes a survey.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import orjson
import zstandard
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.util.event import Event
from SpiffWorkflow.version import __version__ as spiffworkflow

from engine.decision_tables import Decision, InputColumn, OutputColumn, Rule
from engine.dialect.mappings import Passing
from engine.errors import EngineError
from engine.expressions import Expression, parse
from engine.feel import UnaryTests, unary_tests
from engine.library import VersionSet
from engine.model import Element, Process
from engine.specs.base import Flow, Node
from engine.specs.definitions import Definition
from engine.specs.scopes import ProcessSpec

FORMAT = 1
LARGEST = 256 * 1024 * 1024
# What the stored form depends on; the rest of the engine only reads it.
_SOURCES = ("*.py", "dialect/*.py", "expressions/*.py", "specs/*.py")
_SEAL = 32
_SCALARS = frozenset({type(None), bool, int, float, str})
_TEXTS: dict[type, Callable[[str], Any]] = {Expression: parse, UnaryTests: unary_tests}

K = TypeVar("K")


class Unusable(EngineError):
    """A stored form is not what was stored, or another program made it: parse the files again."""


def pack(vset: VersionSet, secret: bytes) -> bytes:
    """Return the stored form of a version set, sealed with a secret."""
    writer = _Writer()
    specs = [writer.write(spec) for spec in vset.specs.values()]
    decisions = [writer.write(decision) for decision in vset.decisions.values()]
    processes = [writer.write(process) for process in vset.processes.values()]
    elements = [writer.write(element) for element in vset.elements.values()]
    shared = writer.share()
    head = [FORMAT, fingerprint(), vset.key, shared, [*vset.specs], [*vset.decisions]]
    lines = [head, processes, elements, vset.forms, *specs, *decisions]
    body = zstandard.compress(b"\n".join(map(orjson.dumps, lines)))
    return _seal(body, secret) + body


def unpack(stored: bytes, key: str, secret: bytes) -> VersionSet:
    """Make the version set with that content key again, or raise `Unusable`."""
    body = stored[_SEAL:]
    if not hmac.compare_digest(stored[:_SEAL], _seal(body, secret)):
        raise Unusable("the stored form has been changed, or sealed with another secret")
    lines = zstandard.decompress(body, max_output_size=LARGEST).split(b"\n")
    head = orjson.loads(lines[0])
    if head[:3] != [FORMAT, fingerprint(), key]:
        raise Unusable("the stored form was made by another program or of other files")
    shared, specs, decisions = head[3:]
    maker = _Maker(shared)
    elements = {(row[2], row[1]): row for row in orjson.loads(lines[2])}
    vset = VersionSet(key)
    vset.processes = {row[1]: maker.make(row) for row in orjson.loads(lines[1])}
    vset.elements = Lazy(elements, maker.make)
    vset.forms = orjson.loads(lines[3])
    vset.specs = Lazy(dict(zip(specs, lines[4:], strict=False)), maker.make_line)
    vset.decisions = Lazy(
        dict(zip(decisions, lines[4 + len(specs) :], strict=True)), maker.make_line
    )
    return vset


@cache
def fingerprint() -> str:
    """Tell this program from any other: a digest of the source that makes the stored form."""
    digest = hashlib.blake2b(spiffworkflow.encode(), digest_size=16)
    here = Path(__file__).parent
    for pattern in _SOURCES:
        for path in sorted(here.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _seal(body: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, body, "sha256")


class Lazy(Mapping[K, Any]):
    """Values that are made of their written form when somebody first asks for them."""

    def __init__(self, written: Mapping[K, Any], make: Callable[[Any], Any]) -> None:
        self._written, self._make = written, make
        self._made: dict[K, Any] = {}

    def __getitem__(self, name: K) -> Any:
        if name not in self._made:
            # Should two threads make it at once, both go on with the one that came first.
            self._made.setdefault(name, self._make(self._written[name]))
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._written

    def __iter__(self) -> Iterator[K]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)


class _Writer:
    """Writes values down, and once for all what every object of a class has in common."""

    def __init__(self) -> None:
        self._attributes: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def write(self, value: Any) -> Any:
        kind = type(value)
        if kind in _SCALARS:
            return value
        if kind is dict:
            return {name: self.write(each) for name, each in value.items()}
        if kind is frozenset:
            # A set of names has no order of its own, and equal ones may be walked differently.
            return [kind.__name__, *sorted(map(self.write, value))]
        if kind in (list, tuple):
            return [kind.__name__, *map(self.write, value)]
        if kind in _TEXTS and _TEXTS[kind](value.text) == value:
            return [kind.__name__, value.text]
        if kind is ProcessSpec:
            return self._write_scope(value)
        if kind in _RECORDS:
            return [kind.__name__, *(self.write(getattr(value, each)) for each in _RECORDS[kind])]
        if kind in _OBJECTS:
            return self._write_object(kind.__name__, value)
        raise TypeError(f"{value!r} has no stored form")

    def share(self) -> dict[str, dict[str, Any]]:
        """Take what all objects of a class have in common out of what was written of each."""
        return {kind: _take_common(written) for kind, written in self._attributes.items()}

    def _write_object(self, kind: str, value: Any) -> list[Any]:
        # Private attributes (the scope, caches) and the stock listeners are worked out anew.
        attributes = {
            name: self.write(each)
            for name, each in vars(value).items()
            if not name.startswith("_") and not isinstance(each, Event)
        }
        self._attributes[kind].append(attributes)
        return [kind, attributes]

    def _write_scope(self, scope: ProcessSpec) -> list[Any]:
        plain = {name: each for name, each in vars(scope).items() if type(each) in _SCALARS}
        starts = [each.name for each in scope.bpmn_start_events]
        elements = [self.write(each) for each in scope.task_specs.values()]
        return [ProcessSpec.__name__, plain, self.write(scope.start), starts, elements]


def _take_common(written: list[dict[str, Any]]) -> dict[str, Any]:
    # JSON tells `false` from 0, which compare as equal.
    texts = [{name: orjson.dumps(value) for name, value in each.items()} for each in written]
    names = [
        name for name, text in texts[0].items() if all(each.get(name) == text for each in texts)
    ]
    common = {name: written[0][name] for name in names}
    for each in written:
        for name in names:
            del each[name]
    return common


class _Maker:
    """Makes values of what was written; `shared` is what objects of a class have in common."""

    def __init__(self, shared: Mapping[str, dict[str, Any]]) -> None:
        self._shared = Lazy(shared, self.make)

    def make_line(self, line: bytes) -> Any:
        return self.make(orjson.loads(line))

    def make(self, value: Any) -> Any:
        kind = type(value)
        if kind is list:
            if value[0] not in _MAKERS:
                raise Unusable(f"a stored form holds no {value[0]}")
            return _MAKERS[value[0]](self, value)
        if kind is dict:
            return {
                name: each if type(each) in _SCALARS else self.make(each)
                for name, each in value.items()
            }
        return value

    def make_all(self, values: Iterable[Any]) -> list[Any]:
        return [each if type(each) in _SCALARS else self.make(each) for each in values]

    def make_scope(self, written: list[Any]) -> ProcessSpec:
        _, plain, start, starts, elements = written
        scope: ProcessSpec = ProcessSpec.__new__(ProcessSpec)
        scope.__dict__.update(plain)
        scope.task_specs = {}
        for element in self.make_all(elements):
            element.belong_to(scope)
            scope.task_specs[element.name] = element
        scope.start = self.make(start)
        scope.bpmn_start_events = [scope.task_specs[name] for name in starts]
        return scope

    def make_object(self, kind: type, written: list[Any]) -> Any:
        made: Any = object.__new__(kind)
        made.__dict__.update(self._shared[kind.__name__])
        made.__dict__.update(self.make(written[1]))
        return made


def _text(kind: type) -> Callable[[_Maker, list[Any]], Any]:
    return lambda _, written: _TEXTS[kind](written[1])


def _record(kind: type) -> Callable[[_Maker, list[Any]], Any]:
    return lambda maker, written: kind(*maker.make_all(written[1:]))


def _object(kind: type) -> Callable[[_Maker, list[Any]], Any]:
    return lambda maker, written: maker.make_object(kind, written)


def _kinds(root: type) -> Iterator[type]:
    """Yield a class and all that are made of it; importing `library` has made all there are."""
    yield root
    made_of_it: list[type] = root.__subclasses__()
    for kind in made_of_it:
        yield from _kinds(kind)


_PLAIN: tuple[type, ...] = (
    Process,
    Element,
    Decision,
    InputColumn,
    OutputColumn,
    Rule,
    Flow,
    Passing,
)
_RECORDS: dict[type, list[str]] = {kind: [field.name for field in fields(kind)] for kind in _PLAIN}
_OBJECTS = frozenset({BpmnStartTask, *_kinds(Node), *_kinds(Definition)})
_MAKERS: dict[str, Callable[[_Maker, list[Any]], Any]] = {
    "list": lambda maker, written: maker.make_all(written[1:]),
    "tuple": lambda maker, written: tuple(maker.make_all(written[1:])),
    "frozenset": lambda maker, written: frozenset(maker.make_all(written[1:])),
    "ProcessSpec": _Maker.make_scope,
    **{kind.__name__: _text(kind) for kind in _TEXTS},
    **{kind.__name__: _record(kind) for kind in _RECORDS},
    **{kind.__name__: _object(kind) for kind in _OBJECTS},
}
