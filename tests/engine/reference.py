"""A second opinion: tokens on random graphs, played by the letter of BPMN and nothing else.

`random_graph` makes a graph of any shape, loops and mismatched gateways included; `Reference`
plays it with lists of tokens, knows nothing of SpiffWorkflow and shares no code with the engine.
"""

from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import count

MOST_STEPS = 400
VARIABLES = "abc"
JOINS = ("and", "or")
MESSAGES = "mn"
ERRORS = "EF"
CODES = "CD"
SCOPES = ("sub", "call")
INSIDE = (*SCOPES, "watch")


class Endless(Exception):
    """A loop that never waits."""


class NoWayOut(Exception):
    """No outgoing flow can be taken from the element."""


@dataclass(eq=False)
class Flow:
    target: str
    condition: str | None = None  # a variable, or `not` and a variable
    default: bool = False


@dataclass(eq=False)
class Node:
    name: str
    kind: str
    flows: list[Flow] = field(default_factory=list)
    inside: "Graph | None" = None
    times: int | None = None  # instances of a multi-instance activity
    sequential: bool = False
    enough: int | None = None  # completed instances that end the rest
    rounds: int | None = None  # of a standard loop
    events: list["Node"] = field(default_factory=list)  # on its boundary
    message: str = ""
    error: str = ""
    escalation: str | None = None  # on a boundary, an empty one catches all
    link: str = ""
    interrupts: bool = True

    @property
    def options(self):
        """What `draw` is told about it."""
        enough = f"'${{nrOfCompletedInstances >= {self.enough}}}'" if self.enough else None
        named = {"times": self.times, "max": self.rounds, "until": enough}
        named |= {"message": self.message or None, "error": self.error or None}
        named |= {"escalation": self.escalation, "link": self.link or None}
        words = [f"{name}={value}" for name, value in named.items() if value is not None]
        words += ["sequential"] * self.sequential + ["keep"] * (not self.interrupts)
        return " ".join(words)


class Graph:
    """The nodes of one scope by name; the first is its start."""

    def __init__(self):
        self.nodes = {}

    @property
    def start(self):
        return next(iter(self.nodes.values()))

    def watchers(self):
        return [node for node in self.nodes.values() if node.kind == "watch"]

    def arrivals(self, name):
        return [flow for node in self.nodes.values() for flow in node.flows if flow.target == name]

    def called(self):
        """The texts of the processes that are called from here, by name."""
        found = {}
        for node in self.nodes.values():
            if node.inside is not None:
                found |= node.inside.called()
            if node.kind == "call":
                found[f"of_{node.name}"] = node.inside.text()
        return found

    def text(self):
        """Write it down for `draw`."""
        lines = []
        for node in self.nodes.values():
            if node.kind in ("sub", "watch"):
                lines += [f"{node.kind} {node.name} {node.options} {{", node.inside.text(), "}"]
            elif node.kind == "call":
                lines.append(f"call {node.name} calls=of_{node.name} pass=all {node.options}")
            elif node.kind == "terminate":
                lines.append(f"end {node.name} terminate")
            elif node.kind == "boundary":
                host = next(n.name for n in self.nodes.values() if node in n.events)
                lines.append(f"boundary {node.name} on={host} {node.options}")
            else:
                lines.append(f"{node.kind} {node.name} {node.options}")
        for node in self.nodes.values():
            for flow in node.flows if not node.link or node.kind == "catch" else ():
                arrow = ">>" if flow.default else ">"
                condition = f" : ${{{flow.condition}}}" if flow.condition else ""
                lines.append(f"{node.name} {arrow} {flow.target}{condition}")
        return "\n".join(lines)


class Scopes:
    """Draws random graphs with names of their own."""

    def __init__(self, dice):
        self.dice = dice
        self.number = 0

    def graph(self, depth=2):
        graph, dice = Graph(), self.dice
        self.add(graph, "start")
        for _ in range(dice.randint(4, 9)):
            kinds = ["user"] * 7 + ["task", "xor", "xor", "or", "or", "and", "event"]
            kind = dice.choice(kinds + ["sub", "sub", "call"] * (depth > 0) + ["throw", "link"])
            if kind == "event":
                self.race(graph)
            elif kind == "link":
                self.jump(graph)
            elif kind == "throw":
                self.add(graph, kind, escalation=dice.choice(CODES))
            else:
                self.activity(graph, kind, depth)
        for _ in range(dice.randint(1, 3)):
            kind = dice.choice(["end"] * 5 + ["terminate", "error", "escalation"])
            if kind == "error":
                self.add(graph, "end", error=dice.choice(ERRORS))
            elif kind == "escalation":
                self.add(graph, "end", escalation=dice.choice(CODES))
            else:
                self.add(graph, kind)
        nodes = [node for node in graph.nodes.values() if node.kind != "boundary"]
        for node in graph.nodes.values():
            if node.kind not in ("end", "terminate", "event") and not node.flows:
                self.leave(node, nodes)
        for _ in range(dice.choice([0, 0, 1, 2]) if depth > 0 else 0):
            self.watch(graph, depth)
        return graph

    def add(self, graph, kind, **more):
        self.number += 1
        node = Node(f"{kind[0]}{self.number}", kind, **more)
        graph.nodes[node.name] = node
        return node

    def activity(self, graph, kind, depth):
        dice = self.dice
        node = self.add(graph, kind)
        if node.kind in SCOPES:
            node.inside = self.graph(depth - 1)
        if kind in ("user", *SCOPES):
            shape = dice.randrange(8)
            if shape == 0:
                node.times, node.sequential = dice.randrange(4), dice.random() < 0.4
                node.enough = dice.choice([None, None, 1, 2])
            node.rounds = dice.randint(1, 3) if shape == 1 else None
            if dice.randrange(3) == 0:
                message, interrupts = dice.choice(MESSAGES), dice.random() < 0.5
                event = self.add(graph, "boundary", message=message, interrupts=interrupts)
                node.events.append(event)
        if kind in SCOPES and dice.randrange(2):
            node.events.append(self.add(graph, "boundary", error=dice.choice(ERRORS)))
        if kind in SCOPES and dice.randrange(2):
            code, interrupts = dice.choice([*CODES, ""]), dice.random() < 0.5
            event = self.add(graph, "boundary", escalation=code, interrupts=interrupts)
            node.events.append(event)

    def watch(self, graph, depth):
        """An event sub-process."""
        node = self.add(graph, "watch")
        node.inside = self.graph(depth - 1)
        start, dice = node.inside.start, self.dice
        kind = dice.choice(["message", "message", "error", "escalation"])
        setattr(start, kind, dice.choice({"message": MESSAGES, "error": ERRORS}.get(kind, CODES)))
        start.interrupts = kind == "error" or dice.random() < 0.5
        others = [one.inside.start for one in graph.watchers() if one is not node]
        caught = [(one.error, one.escalation) for one in others if not one.message]
        if (start.error, start.escalation) in caught:
            # Of two that catch one code in one scope the standard does not say which does.
            start.error, start.escalation, start.message = "", None, dice.choice(MESSAGES)

    def jump(self, graph):
        """A link: a flow that is not drawn."""
        throw, catch = self.add(graph, "throw"), self.add(graph, "catch")
        throw.link = catch.link = throw.name
        throw.flows.append(Flow(catch.name))

    def race(self, graph):
        """An event-based gateway and the two events behind it."""
        gateway = self.add(graph, "event")
        for message in MESSAGES:
            gateway.flows.append(Flow(self.add(graph, "catch", message=message).name))

    def leave(self, node, nodes):
        """Draw the flows out of a node, mostly forward."""
        dice = self.dice
        place = nodes.index(node) if node in nodes else 0
        anywhere = [n.name for n in nodes[1:] if n.kind != "catch"]
        ahead = [n.name for n in nodes[place + 1 :] if n.name in anywhere]
        most = 3 if node.kind in ("xor", "or", "and") else dice.choice([1, 1, 1, 2])
        for _ in range(dice.randint(1, most)):
            back = not ahead or dice.random() < 0.3
            node.flows.append(Flow(dice.choice(anywhere if back else ahead)))
        gateway = node.kind in ("xor", "or")
        activity = node.kind in ("user", *SCOPES) and dice.random() < 0.4
        if len(node.flows) > 1 and (gateway or activity):
            for flow in node.flows:
                if dice.random() < 0.8:
                    flow.condition = dice.choice(["", "not "]) + dice.choice(VARIABLES)
            if dice.random() < 0.9:
                last = node.flows[-1]
                last.condition, last.default = None, True


@dataclass(eq=False)
class Token:
    node: Node
    scope: "Scope"
    by: Flow | None = None
    inside: list["Scope"] = field(default_factory=list)  # one for each instance
    done: int = 0
    waits: bool = False


@dataclass(eq=False)
class Scope:
    graph: Graph
    around: Token | None
    variables: dict[str, bool]
    tokens: list[Token] = field(default_factory=list)
    watchers: list[Token] = field(default_factory=list)  # while anything but a handler goes on
    number: int = field(default_factory=count(1).__next__)


class Reference:
    """One instance of a graph."""

    def __init__(self, graph, variables):
        self.agenda = deque()
        self.armed = []
        self.work = []  # a token for each open instance of a task, in the order of opening
        self.completed = Counter()
        self.steps = 0
        self.ended = False
        self.root = Scope(graph, None, dict(variables))
        self.begin(self.root)
        self.run()

    # -- what is seen

    def open(self):
        return sorted(token.node.name for token in self.work)

    def listens(self):
        return sorted(event.message for _, event in self.armed)

    def stuck(self):
        """Nothing can move, but for what lies in wait over an activity with a hopeless join."""
        if self.ended or self.open() or any(event.kind == "catch" for _, event in self.armed):
            return False
        return not self.armed or any(self.hopeless(scope) for scope in self.scopes())

    def scopes(self):
        pending = [self.root]
        while pending:
            scope = pending.pop(0)
            yield scope
            pending += [inner for token in scope.tokens for inner in token.inside]

    # -- moves

    def moves(self):
        """What can be done next."""
        heard = sorted(set(self.listens()))
        return [("do", name) for name in self.open()] + [("send", name) for name in heard]

    def move(self, kind, name, variables):
        if kind == "do":
            self.complete(name, variables)
        else:
            self.send(name)
        return self

    def complete(self, name, variables):
        self.steps = 0
        token = next(token for token in self.work if token.node.name == name)
        token.scope.variables.update(variables)
        self.work.remove(token)
        self.completed[name] += 1
        self.instance_over(token)
        self.run()

    def send(self, message):
        self.steps = 0
        for token, event in [pair for pair in self.armed if pair[1].message == message]:
            if (token, event) not in self.armed:
                continue
            self.happen(token, event)
        self.run()

    def happen(self, token, event):
        """An event lay in wait at the token, on its boundary or behind a gateway."""
        if event.kind == "start":
            self.handle(token)
            return
        self.armed.remove((token, event))
        if event.kind == "catch":
            self.completed[token.node.name] += 1
        if event.interrupts:
            self.drop(token)
        else:
            self.armed.append((token, event))
        caught = Token(event, token.scope)
        token.scope.tokens.append(caught)
        self.agenda.append(caught)

    def handle(self, watcher):
        """An event sub-process begins; one that interrupts ends everything else in its scope."""
        scope = watcher.scope
        if watcher.node.inside.start.interrupts:
            for token in list(scope.tokens):
                self.drop(token)
            self.stop_watching(scope)
        handler = Token(watcher.node, scope)
        scope.tokens.append(handler)
        self.agenda.append(handler)

    def stop_watching(self, scope):
        self.armed = [pair for pair in self.armed if pair[0] not in scope.watchers]
        scope.watchers = []

    def watcher_of(self, thrown, scope, handler):
        """The event sub-process of a scope that catches it, but for the one it comes from."""
        for code in (thrown.escalation, "") if thrown.escalation else (None,):
            for watcher in scope.watchers:
                start = watcher.node.inside.start
                caught = start.escalation == code and start.error == thrown.error
                if caught and not start.message and watcher.node is not handler:
                    return watcher
        return None

    def raise_code(self, thrown, scope):
        """Let the nearest scope around have it; an error without any ends the whole instance."""
        handler = None
        while True:
            watcher = self.watcher_of(thrown, scope, handler)
            if watcher is not None:
                self.handle(watcher)
                return
            if scope.around is None:
                break
            token = scope.around
            handler = token.node if token.node.kind == "watch" else None
            for code in (thrown.escalation, "") if thrown.escalation else (None,):
                for event in token.node.events:
                    if event.escalation == code and event.error == thrown.error:
                        self.armed.append((token, event))
                        self.happen(token, event)
                        if not event.interrupts:
                            self.armed.remove((token, event))
                        return
            scope = token.scope
        if thrown.error:
            for token in list(self.root.tokens):
                self.drop(token)
            self.stop_watching(self.root)
            self.ended = True

    # -- tokens

    def begin(self, scope):
        for node in scope.graph.watchers():
            scope.watchers.append(Token(node, scope))
            if node.inside.start.message:
                self.armed.append((scope.watchers[-1], node.inside.start))
        first = Token(scope.graph.start, scope)
        scope.tokens.append(first)
        self.agenda.append(first)

    def arrive(self, scope, flow):
        node = scope.graph.nodes[flow.target]
        token = Token(node, scope, flow)
        scope.tokens.append(token)
        if node.kind in ("user", *SCOPES):
            self.enter(token)
        elif node.kind == "event":
            self.armed += [(token, scope.graph.nodes[flow.target]) for flow in node.flows]
        elif node.kind in JOINS and len(scope.graph.arrivals(node.name)) > 1:
            token.waits = True
            if node.kind == "and":
                self.join(token, every=True)
        else:
            self.agenda.append(token)

    def enter(self, token):
        node = token.node
        if node.times == 0:
            self.agenda.append(token)
            return
        self.armed += [(token, event) for event in node.events if event.message]
        for _ in range(1 if node.sequential else node.times or 1):
            self.start_instance(token)

    def start_instance(self, token):
        if token.node.kind == "user":
            self.work.append(token)
            return
        variables = token.scope.variables
        if token.node.kind == "call":
            variables = dict(variables)
        inner = Scope(token.node.inside, token, variables)
        token.inside.append(inner)
        self.begin(inner)

    def instance_over(self, token):
        token.done += 1
        node = token.node
        if node.enough is not None and token.done >= node.enough:
            self.drop_inside(token)
            self.leave(token)
        elif token.done < (node.rounds or (node.sequential and node.times) or 1):
            self.start_instance(token)
        elif not token.inside and token not in self.work:
            self.leave(token)

    def run(self):
        while True:
            if self.agenda:
                token = self.agenda.popleft()
                if token in token.scope.tokens and self.alive(token.scope):
                    self.count()
                    self.completed[token.node.name] += token.node.kind not in ("user", *INSIDE)
                    if token.node.kind == "watch":
                        self.start_instance(token)
                    else:
                        self.leave(token)
            elif not any(self.join(token) for token in self.waiting()):
                return

    def count(self):
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Endless

    def alive(self, scope):
        while scope.around is not None:
            if scope not in scope.around.inside or scope.around not in scope.around.scope.tokens:
                return False
            scope = scope.around.scope
        return not self.ended

    def leave(self, token):
        scope = token.scope
        self.armed = [pair for pair in self.armed if pair[0] is not token]
        if token.node.kind == "end" and token.node.error:
            scope.tokens.remove(token)
            self.raise_code(token.node, scope)
            return
        if token.node.kind in ("throw", "end") and token.node.escalation:
            self.raise_code(token.node, scope)
            if token not in scope.tokens or not self.alive(scope):
                return
        if token.node.kind == "terminate":
            for other in list(scope.tokens):
                self.drop(other)
        else:
            taken = self.taken(token.node, scope.variables)
            scope.tokens.remove(token)
            for flow in taken:
                self.arrive(scope, flow)
        if all(other.node.kind == "watch" for other in scope.tokens):
            self.stop_watching(scope)
        if not scope.tokens:
            self.close(scope)

    def close(self, scope):
        token = scope.around
        if token is None:
            self.ended = True
        elif scope in token.inside:
            token.inside.remove(scope)
            self.completed[token.node.name] += 1
            self.instance_over(token)

    def drop(self, token):
        self.armed = [pair for pair in self.armed if pair[0] is not token]
        self.drop_inside(token)
        if token in token.scope.tokens:
            token.scope.tokens.remove(token)

    def drop_inside(self, token):
        self.work = [each for each in self.work if each is not token]
        for inner in token.inside:
            for each in list(inner.tokens):
                self.drop(each)
            self.stop_watching(inner)
        token.inside = []

    # -- gateways

    def taken(self, node, variables):
        def holds(flow):
            if flow.condition is None:
                return True
            return variables[flow.condition[-1]] != flow.condition.startswith("not")

        if node.kind == "and" or not node.flows:
            return node.flows
        chosen = [flow for flow in node.flows if not flow.default and holds(flow)]
        if node.kind == "xor":
            chosen = chosen[:1]
        none_by_condition = (
            not chosen if node.kind in (*JOINS, "xor") else all(f.condition is None for f in chosen)
        )
        if none_by_condition:
            chosen += [flow for flow in node.flows if flow.default]
        if not chosen:
            raise NoWayOut(node.name)
        return chosen

    def waiting(self):
        """The tokens at inclusive joins, those of the scope that began first before others."""
        scopes = sorted(self.scopes(), key=lambda scope: scope.number)
        return [t for s in scopes for t in s.tokens if t.waits and t.node.kind == "or"]

    def join(self, token, *, every=False):
        scope, node = token.scope, token.node
        here = [t for t in scope.tokens if t.waits and t.node is node]
        full = list(dict.fromkeys(t.by for t in here))
        arrivals = scope.graph.arrivals(node.name)
        if every and len(full) < len(arrivals):
            return False
        if not every and self.more_to_come(scope, node, set(full)):
            return False
        first = {flow: next(t for t in here if t.by is flow) for flow in full}
        going = token if every else next(iter(first.values()))
        for each in first.values():
            if each is not going:
                scope.tokens.remove(each)
        going.waits = False
        self.agenda.append(going)
        return True

    def more_to_come(self, scope, join, full):
        """Whether a token can still reach an empty flow of the join and none that is full."""
        return any(reached and not reached & full for reached in self.reached(scope, join))

    def hopeless(self, scope):
        """The tokens at joins that stay there whatever the others may do."""
        stay = [token for token in scope.tokens if token.waits]
        while True:
            freed = [token for token in stay if self.has_hope(token, stay)]
            if not freed:
                return stay
            stay = [token for token in stay if token not in freed]

    def has_hope(self, token, stay):
        scope, join = token.scope, token.node
        arrivals = scope.graph.arrivals(join.name)
        full = {each.by for each in scope.tokens if each.waits and each.node is join}
        moving = [each for each in scope.tokens if each not in stay]
        coming = full.union(*self.reached(scope, join, moving))
        if join.kind == "and":
            return coming >= set(arrivals)
        return not any(
            reached and not reached & coming for reached in self.reached(scope, join, stay)
        )

    def reached(self, scope, join, tokens=None):
        """The flows into the join that each of the tokens elsewhere can reach."""
        for token in scope.tokens if tokens is None else tokens:
            if token.node is join:
                continue
            seen, pending, reached = {token.node.name}, [token.node], set()
            while pending:
                node = pending.pop()
                for flow in [*node.flows, *(f for event in node.events for f in event.flows)]:
                    if flow.target == join.name:
                        reached.add(flow)
                    elif flow.target not in seen:
                        seen.add(flow.target)
                        pending.append(scope.graph.nodes[flow.target])
            yield reached


def random_graph(dice):
    return Scopes(dice).graph()
