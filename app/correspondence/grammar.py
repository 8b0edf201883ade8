"""What a text of a letter may say: a part of Jinja in which nothing runs long or reaches far.

Facts and literals; `if`; loops over lists of facts, none inside another; `set`; the shared texts by
`include`; a few filters; `day`, `moment`, `size` and `{…}.get(…)`. There is no way to anything else
of Python. Doubled and doubled again, a text would still grow without a bound, so each text is
weighed: as if facts had `FACT` signs and lists `ITEMS` items it may come to `LARGEST`.
"""

from collections.abc import Iterable, Mapping

from jinja2 import Environment, TemplateSyntaxError, nodes

from app.correspondence import wordings
from app.correspondence.shapes import Fault

LONGEST = 20_000  # signs of a text
FACT, ITEMS, LARGEST = 300, 20, 300_000
DEEPEST = 30

WORDS = frozenset({"day", "moment", "size"})
FILTERS = frozenset(
    {"abs", "capitalize", "first", "join", "last", "length", "lower", "select", "trim", "upper"}
)
TESTS = frozenset({"none"})
#: What an item of a list of facts is asked for, and a loop.
PARTS = frozenset(
    {"days_left", "due_on", "internal_due_on", "internal_passed", "link", "measures", "name",
     "number", "result", "sha256", "size"}
)  # fmt: skip
LOOP = frozenset({"first", "index", "last", "length"})
#: What may stand anywhere in an expression; what it consists of is looked at in its turn.
_PLAIN = (
    nodes.Filter, nodes.Test, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.CondExpr,
    nodes.Concat, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Neg,
)  # fmt: skip


def faults(
    environment: Environment, file: str, text: str, facts: Mapping[str, object]
) -> tuple[Fault, ...]:
    """What a text may not say, each with its line; `facts` are the names that it may say.

    `Fault.code`: "name", "part", "filter", "loop", "include", "construct", "subject", "long" and,
    for what Jinja itself cannot read, ''.
    """
    if len(text) > LONGEST:
        return (Fault("", file, code="long"),)
    try:
        tree = environment.parse(text)
        reader = _Reader(file, facts)
        weight = reader.block(tree.body, 0)
    except TemplateSyntaxError as error:
        return (Fault(str(error.message), file, error.lineno),)
    except RecursionError:
        return (Fault("", file, code="long"),)
    if weight > LARGEST:
        reader.found.append(Fault("", file, code="long"))
    if "subject" not in reader.known and not wordings.is_shared(file):
        reader.found.append(Fault("", file, 1, code="subject"))
    return tuple(dict.fromkeys(reader.found))


class _Reader:
    """Reads a text once, from its beginning to its end; each method gives the weight in signs."""

    def __init__(self, file: str, facts: Mapping[str, object]) -> None:
        self.file = file
        self.found: list[Fault] = []
        self.facts = facts
        self.known: dict[str, int] = dict.fromkeys(facts, FACT)
        self.lists = {name for name, value in facts.items() if isinstance(value, tuple)}
        self.item = ""  # the variable of the loop that is being read

    def block(self, statements: Iterable[nodes.Node], depth: int) -> int:
        return sum(self.statement(one, depth + 1) for one in statements)

    def statement(self, node: nodes.Node, depth: int) -> int:
        match node:
            case nodes.Output():
                return sum(self.expression(one, depth) for one in node.nodes)
            case nodes.Assign(target=nodes.Name(name=name)) if self._is_free(name):
                self.known[name] = self.expression(node.node, depth)
                return 0
            case nodes.If():
                return self._if(node, depth)
            case nodes.For(target=nodes.Name(name=name), recursive=False, test=None):
                return self._for(node, name, depth)
            case nodes.Include(template=nodes.Const(value=file)):
                return self._include(node, str(file))
        return self._fault(node, "construct", type(node).__name__)

    def _if(self, node: nodes.If, depth: int) -> int:
        """A name is known after it when it is known after each of its branches."""
        tests = [node.test, *(one.test for one in node.elif_)]
        branches = [node.body, *(one.body for one in node.elif_), node.else_]
        weight = sum(self.expression(one, depth) for one in tests)
        before, ends = self.known, []
        for branch in branches:
            self.known = dict(before)
            weight += self.block(branch, depth)
            ends.append(self.known)
        common = set.intersection(*(set(one) for one in ends))
        self.known = {name: max(one[name] for one in ends) for name in common}
        return weight

    def _for(self, node: nodes.For, name: str, depth: int) -> int:
        over = node.iter.name if isinstance(node.iter, nodes.Name) else ""
        if over not in self.lists or self.item or not self._is_free(name):
            return self._fault(node, "loop")
        before, self.item = self.known, name
        self.known = {**before, name: FACT, "loop": FACT}
        weight = ITEMS * self.block(node.body, depth)
        self.known, self.item = before, ""
        return weight + self.block(node.else_, depth)

    def _include(self, node: nodes.Include, file: str) -> int:
        own = wordings.parts(self.file)[1]
        shared = [one for one in wordings.shipped() if wordings.is_shared(one)]
        if wordings.is_shared(self.file) or file not in shared or wordings.parts(file)[1] != own:
            return self._fault(node, "include", file)
        return 0  # it is weighed on its own

    def _is_free(self, name: str) -> bool:
        """Facts keep their names: what is included sees them as they are."""
        return name not in self.facts and name not in WORDS

    def expression(self, node: nodes.Node, depth: int) -> int:
        if depth > DEEPEST:
            return self._fault(node, "long")
        match node:
            case nodes.TemplateData(data=text):
                return len(text)
            case nodes.Const(value=value):
                return len(str(value))
            case nodes.Name(name=name):
                return self.known[name] if name in self.known else self._fault(node, "name", name)
            case nodes.Getattr():
                return self._part(node)
            case nodes.Call():
                return self._call(node, depth)
            case nodes.Filter(name=name) | nodes.Test(name=name) if not _is_known(node):
                return self._fault(node, "filter", name)
            case _ if not isinstance(node, _PLAIN):
                return self._fault(node, "construct", type(node).__name__)
        return self._within(node, depth)

    def _within(self, node: nodes.Node, depth: int) -> int:
        weights = [self.expression(one, depth + 1) for one in node.iter_child_nodes()]
        # What stands between the items of a list stands there as often as there are items.
        joined = isinstance(node, nodes.Filter) and node.name == "join"
        return sum(weights) + (ITEMS * sum(weights[1:]) if joined else 0)

    def _part(self, node: nodes.Getattr) -> int:
        of = node.node.name if isinstance(node.node, nodes.Name) else ""
        if not self.item or of not in (self.item, "loop"):
            return self._fault(node, "part", node.attr)
        if node.attr not in (LOOP if of == "loop" else PARTS):
            return self._fault(node, "part", node.attr)
        return FACT

    def _call(self, node: nodes.Call, depth: int) -> int:
        plain = not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        match node.node:
            case nodes.Name(name=name) if plain and name in WORDS and len(node.args) == 1:
                self.expression(node.args[0], depth + 1)
                return FACT
            case nodes.Getattr(node=nodes.Dict(), attr="get") if plain and len(node.args) in (1, 2):
                choice = self.expression(node.node.node, depth + 1)
                return choice + sum(self.expression(one, depth + 1) for one in node.args)
        return self._fault(node, "construct", "Call")

    def _fault(self, node: nodes.Node, code: str, what: str = "") -> int:
        self.found.append(Fault(what, self.file, node.lineno, code=code))
        return 0


def _is_known(node: nodes.Filter | nodes.Test) -> bool:
    """Whether it is one of those allowed, with nothing but plain arguments."""
    known = FILTERS if isinstance(node, nodes.Filter) else TESTS
    return node.name in known and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
