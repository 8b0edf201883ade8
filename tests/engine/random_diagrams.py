"""Random diagrams made of blocks, so that every one of them can be walked to its end."""

EVENTS = (
    *("message=m1", "message=m2", "signal=g1", "timer=P1D", "timer=P2D", "cycle=R3/P1D"),
    *("message=m1,m2", "message=m1,m2 all", "signal=g1 cycle=R2/P1D all", "message=m2 timer=P2D"),
)
CONDITION = "condition='${n > 50}'"


class Sketch:
    """Draws one process; `called` names processes that calls may use."""

    def __init__(self, random, called=()):
        self.random = random
        self.called = called
        self.number = 0
        self.lines = []

    def name(self, letter):
        self.number += 1
        return f"{letter}{self.number}"

    def add(self, *lines):
        self.lines.extend(lines)

    def one(self, *options):
        return self.random.choice(options)

    def process(self, depth=3):
        self.add("start s")
        last = "s"
        for _ in range(depth):
            last = self.block(last, depth)
        self.add("end e", f"{last} > e")
        self.watches()
        return "\n".join(self.lines)

    def block(self, before, depth):
        """Append blocks after the element `before`; return the element the flow goes on from."""
        kinds = [self.user] * 3 + [self.script, self.service, self.rule, self.say, self.receive]
        if depth > 0:
            kinds += [
                self.parallel, self.inclusive, self.exclusive, self.loop, self.scope, self.call,
                self.instances, self.rounds, self.race, self.bounded, self.caught, self.jump,
            ]  # fmt: skip
        for _ in range(self.random.randint(1, 3)):
            before = self.random.choice(kinds)(before, depth - 1)
        return before

    # -- tasks

    def step(self, kind, before, options=""):
        name = self.name(kind[0])
        self.add(f"{kind} {name} {options}", f"{before} > {name}")
        return name

    def user(self, before, _depth=0):
        wish = self.one(
            "", "assignee=${x}", "dueDate='2026-02-0${n % 9 + 1}'", "dueDate=P2D",
            "listener=r.keep priority=${n}", "candidateGroups='a,${x}'",
            "in.local='${n + 1}' out.n='${local % 100}'",
        )  # fmt: skip
        return self.step(self.one("user", "user", "manual"), before, wish)

    def script(self, before, _depth=0):
        count = self.random.randint(1, 5)
        return self.step("script", before, f"script='n = (n + {count}) % 100; last = n'")

    def service(self, before, _depth=0):
        gives = self.one("", "result=answer", "out.n='${n}' out.twice='${n * 2}'")
        return self.step("service", before, f"topic=r.op in.n=${{n}} {gives}")

    def rule(self, before, _depth=0):
        return self.step("rule", before, "decision=grade result=grade map=singleEntry")

    def say(self, before, _depth=0):
        thrown = self.one("message=m1", "message=m3", "signal=g1", "escalation=C1")
        if thrown.startswith("message") and self.random.random() < 0.5:
            return self.step("send", before, self.one(thrown, "topic=r.op") + " in.n=${n}")
        return self.step("throw", before, f"{thrown} in.said=${{n}}")

    def receive(self, before, _depth=0):
        if self.random.random() < 0.5:
            return self.step("receive", before, self.one("message=m1", "message=m2"))
        return self.step("catch", before, self.one(*EVENTS))

    # -- gateways

    def parallel(self, before, depth, kind="and"):
        split, join = self.name("f"), self.name("j")
        self.add(f"{kind} {split}", f"{kind} {join}", f"{before} > {split}")
        for _ in range(self.random.randint(2, 3)):
            self.add(f"{self.block(split, depth)} > {join}")
        return join

    def inclusive(self, before, depth):
        split, join = self.name("f"), self.name("j")
        self.add(f"or {split}", f"or {join}", f"{before} > {split}")
        for index in range(3):
            first = self.name("t")
            self.add(f"task {first}")
            if index == 0:
                self.add(f"{split} >> {first}")
            else:
                self.add(f"{split} > {first} : ${{n % {index + 1} == 0}}")
            last = self.block(first, depth)
            if index == 2 and self.random.random() < 0.3:
                end = self.name("e")
                self.add(f"end {end}", f"{last} > {end}")
            else:
                self.add(f"{last} > {join}")
        return join

    def exclusive(self, before, depth):
        split, merge = self.name("x"), self.name("x")
        self.add(f"xor {split}", f"xor {merge}", f"{before} > {split}")
        for index in range(2):
            first = self.name("t")
            self.add(f"task {first}")
            self.add(f"{split} > {first} : ${{n % 2 == 0}}" if index else f"{split} >> {first}")
            self.add(f"{self.block(first, depth)} > {merge}")
        return merge

    def loop(self, before, depth):
        merge, split, count = self.name("x"), self.name("x"), self.name("r")
        self.add(f"script {count} script='k{count} = 0'", f"xor {merge}", f"xor {split}")
        self.add(f"{before} > {count} > {merge}")
        last = self.block(merge, depth)
        again = self.name("c")
        self.add(f"script {again} script='k{count} = k{count} + 1'")
        self.add(f"{last} > {again} > {split}", f"{split} > {merge} : ${{k{count} < 3}}")
        out = self.name("t")
        self.add(f"task {out}", f"{split} >> {out}")
        return out

    def race(self, before, _depth):
        gateway, merge = self.name("g"), self.name("x")
        self.add(f"event {gateway}", f"xor {merge}", f"{before} > {gateway}")
        for option in ("timer=P1D", "timer=P3D", "message=m1", self.one("signal=g1", CONDITION)):
            name = self.name("v")
            self.add(f"catch {name} {option}", f"{gateway} > {name} > {merge}")
        return merge

    def jump(self, before, _depth):
        link = self.name("l")
        self.add(f"throw {link}a link={link}", f"catch {link}b link={link}", f"{before} > {link}a")
        return f"{link}b"

    # -- scopes

    def inside(self, opening, depth, ends=""):
        """Draw a scope of its own; some of its paths may end by saying something."""
        self.add(f"{opening} {{")
        start, end = self.name("s"), self.name("e")
        self.add(f"start {start}")
        last = self.block(start, depth)
        self.add(f"end {end}")
        if ends:
            split, other = self.name("x"), self.name("e")
            self.add(f"xor {split}", f"end {other} {ends}", f"{last} > {split}")
            self.add(f"{split} > {other} : ${{n % 3 == 0}}", f"{split} >> {end}")
        else:
            self.add(f"{last} > {end}")
        self.watches()
        self.add("}")

    def watches(self):
        for _ in range(self.one(0, 0, 1, 2)):
            self.watch()

    def watch(self):
        """An event sub-process for the scope that is being drawn."""
        event = self.one(*EVENTS, CONDITION, "error=E1", "escalation=C1", "escalation=")
        keep = "" if "error" in event else self.one("", "keep", "keep")
        handler, start, end = (self.name(letter) for letter in "hse")
        self.add(f"watch {handler} {{", f"start {start} {event} {keep}")
        last = self.one(self.user, self.script)(start)
        self.add(f"end {end}", f"{last} > {end}", "}")

    def scope(self, before, depth):
        name = self.name("b")
        ends = self.one("", "", "terminate", "message=m3", "signal=g1", "escalation=C2")
        self.inside(f"sub {name}", depth, ends)
        self.add(f"{before} > {name}")
        return name

    def call(self, before, _depth):
        if not self.called:
            return self.user(before)
        passed = self.one("pass=all give=n:n", "pass=n:n,x:x,list:list give=all")
        return self.step("call", before, f"calls={self.one(*self.called)} {passed}")

    def rounds(self, before, depth):
        name = self.name("o")
        options = self.one("max=2", "while='${n % 2 == 0}' max=3", "while='${n < 40}' max=2 before")
        self.inside(f"sub {name} {options}", depth)
        self.add(f"{before} > {name}")
        return name

    def instances(self, before, depth):
        name = self.name("m")
        over = self.one("each=${list} as=item", "each=list as=item", "times='${n % 4}'")
        until = self.one("", "until='${nrOfCompletedInstances >= 2}'", "until='${n > 80}'")
        options = f"{over} {self.one('', 'sequential')} {until} {self.one('', '', 'gives=n:all')}"
        kind = self.one(*(["user", "call", "sub"] if self.called else ["user", "sub"]))
        if kind == "sub":
            self.inside(f"sub {name} {options}", depth)
        elif kind == "call":
            called = self.one(*self.called)
            self.add(f"call {name} calls={called} pass=n:n,x:x,list:list give=n:n {options}")
        else:
            self.add(f"user {name} {options}")
        self.add(f"{before} > {name}")
        return self.with_boundary(name, *EVENTS) if self.random.random() < 0.4 else name

    # -- events on the boundary

    def bounded(self, before, depth):
        kind = self.one("sub", "sub", "user", "call" if self.called else "user")
        if kind == "sub":
            name = self.name("b")
            self.inside(f"sub {name}", depth)
            self.add(f"{before} > {name}")
        else:
            name = getattr(self, kind)(before, depth)
        return self.with_boundary(name, *EVENTS, CONDITION)

    def caught(self, before, depth):
        """A scope or a service that fails, and who catches it."""
        code = self.one("error=E1", "error=E2", "escalation=C1", "escalation=C2")
        if self.random.random() < 0.3:
            return self.fails(before)
        name = self.name("b")
        self.inside(f"sub {name}", depth, code)
        self.add(f"{before} > {name}")
        return self.with_boundary(name, code, "error=" if "error" in code else "escalation=")

    def fails(self, before):
        """A service that raises an error or an escalation, each with a way of its own."""
        name, merge = self.step("service", before, "topic=r.fails in.n=${n}"), self.name("x")
        self.add(f"xor {merge}", f"{name} > {merge}")
        for option in ("error=E1", "escalation= keep", self.one("error=E2", "error=")):
            event = self.name("v")
            self.add(f"boundary {event} on={name} {option}", f"{event} > {merge}")
        return merge

    def with_boundary(self, name, *events, again=True):
        """Attach an event; its path comes back to the main one or ends by itself."""
        event, merge = self.name("v"), self.name("x")
        option = self.one(*events)
        keep = "" if "error" in option or not again else self.one("", "keep")
        self.add(f"boundary {event} on={name} {option} {keep}", f"xor {merge}", f"{name} > {merge}")
        if keep:
            end = self.name("e")
            last = self.one(self.user, self.script)(event)
            self.add(f"end {end}", f"{last} > {end}")
        else:
            self.add(f"{event} > {merge}")
        return merge


def random_process(random):
    """Draw a process p and two it may call, one of which calls the other."""
    innermost = Sketch(random).process(depth=1)
    inner = Sketch(random, called=["p3"]).process(depth=1)
    return Sketch(random, called=["p2", "p3"]).process(depth=3), inner, innermost
