"""Random diagrams made of blocks, so that every one of them can be walked to its end."""


class Sketch:
    """Draws one process; `called` names a process that calls may use."""

    def __init__(self, random, called=None):
        self.random = random
        self.called = called
        self.number = 0
        self.lines = []

    def name(self, letter):
        self.number += 1
        return f"{letter}{self.number}"

    def add(self, line):
        self.lines.append(line)

    def process(self, depth=3):
        self.add("start s")
        last = self.block("s", depth)
        self.add("end e")
        self.add(f"{last} > e")
        return "\n".join(self.lines)

    def block(self, before, depth):
        """Append blocks after the element `before`; return the element the flow goes on from."""
        kinds = [self.user, self.user, self.script, self.service]
        if depth > 0:
            kinds += [
                self.parallel, self.inclusive, self.exclusive, self.loop, self.scope,
                self.instances, self.race, self.watched, self.bounded,
            ]  # fmt: skip
        for _ in range(self.random.randint(1, 3)):
            before = self.random.choice(kinds)(before, depth - 1)
        return before

    def user(self, before, _depth=0):
        name = self.name("u")
        wish = self.random.choice(["", "assignee=${x}", "dueDate='2026-02-0${n % 9 + 1}'"])
        self.add(f"user {name} {wish}")
        self.add(f"{before} > {name}")
        return name

    def script(self, before, _depth=0):
        name = self.name("c")
        self.add(f"script {name} script='n = (n + {self.random.randint(1, 5)}) % 100; v{name} = n'")
        self.add(f"{before} > {name}")
        return name

    def service(self, before, _depth=0):
        name = self.name("w")
        self.add(f"service {name} topic=r.op in.n=${{n}}")
        self.add(f"{before} > {name}")
        return name

    def parallel(self, before, depth, kind="and"):
        split, join = self.name("f"), self.name("j")
        self.add(f"{kind} {split}")
        self.add(f"{kind} {join}")
        self.add(f"{before} > {split}")
        for _ in range(self.random.randint(2, 3)):
            last = self.block(split, depth)
            self.add(f"{last} > {join}")
        return join

    def inclusive(self, before, depth):
        split, join = self.name("f"), self.name("j")
        self.add(f"or {split}")
        self.add(f"or {join}")
        self.add(f"{before} > {split}")
        for index in range(3):
            first = self.name("t")
            self.add(f"task {first}")
            if index == 0:
                self.add(f"{split} >> {first}")
            else:
                self.add(f"{split} > {first} : ${{n % {index + 1} == 0}}")
            self.add(f"{self.block(first, depth)} > {join}")
        return join

    def exclusive(self, before, depth):
        split, merge = self.name("x"), self.name("x")
        self.add(f"xor {split}")
        self.add(f"xor {merge}")
        self.add(f"{before} > {split}")
        for index in range(2):
            first = self.name("t")
            self.add(f"task {first}")
            self.add(f"{split} > {first} : ${{n % 2 == 0}}" if index else f"{split} >> {first}")
            self.add(f"{self.block(first, depth)} > {merge}")
        return merge

    def loop(self, before, depth):
        merge, split, count = self.name("x"), self.name("x"), self.name("r")
        self.add(f"script {count} script='k{count} = 0'")
        self.add(f"xor {merge}")
        self.add(f"xor {split}")
        self.add(f"{before} > {count} > {merge}")
        last = self.block(merge, depth)
        again = self.name("c")
        self.add(f"script {again} script='k{count} = k{count} + 1'")
        self.add(f"{last} > {again} > {split}")
        self.add(f"{split} > {merge} : ${{k{count} < 3}}")
        out = self.name("t")
        self.add(f"task {out}")
        self.add(f"{split} >> {out}")
        return out

    def inside(self, opening, depth):
        """Draw a scope of its own."""
        self.add(f"{opening} {{")
        start, end = self.name("s"), self.name("e")
        self.add(f"start {start}")
        last = self.block(start, depth)
        self.add(f"end {end}")
        self.add(f"{last} > {end}")

    def scope(self, before, depth):
        name = self.name("b")
        self.inside(f"sub {name}", depth)
        self.add("}")
        self.add(f"{before} > {name}")
        return name

    def watched(self, before, depth):
        name = self.name("b")
        self.inside(f"sub {name}", depth)
        keep = self.random.choice(["", "keep"])
        event = self.random.choice(["message=m1", "timer=P1D", "signal=g1"])
        handler, start, task, end = (self.name(letter) for letter in "hsue")
        self.add(f"watch {handler} {{\nstart {start} {event} {keep}\nuser {task}\nend {end}")
        self.add(f"{start} > {task} > {end}\n}}")
        self.add("}")
        self.add(f"{before} > {name}")
        return name

    def instances(self, before, depth):
        name = self.name("m")
        sequential = self.random.choice(["", "sequential"])
        until = self.random.choice(["", "until='${nrOfCompletedInstances >= 2}'"])
        options = f"each=${{list}} as=item {sequential} {until}"
        kind = self.random.choice(["user", "call", "sub"] if self.called else ["user", "sub"])
        if kind == "sub":
            self.inside(f"sub {name} {options}", depth)
            self.add("}")
        elif kind == "call":
            self.add(
                f"call {name} calls={self.called} pass=n:n,item:x,list:list give=n:n {options}"
            )
        else:
            self.add(f"user {name} {options}")
        self.add(f"{before} > {name}")
        return name

    def bounded(self, before, depth):
        name, event, merge = self.name("b"), self.name("v"), self.name("x")
        self.inside(f"sub {name}", depth)
        self.add("}")
        keep = self.random.choice(["", "keep"])
        kind = self.random.choice(
            ["message=m2", "cycle=R3/P1D", "timer=P2D", "signal=g1", "condition='${n > 50}'"]
        )
        self.add(f"boundary {event} on={name} {kind} {keep}")
        self.add(f"xor {merge}")
        self.add(f"{before} > {name} > {merge}")
        if keep:
            end = self.name("e")
            task = self.name("u")
            self.add(f"user {task}")
            self.add(f"end {end}")
            self.add(f"{event} > {task} > {end}")
        else:
            self.add(f"{event} > {merge}")
        return merge

    def race(self, before, _depth):
        gateway, merge = self.name("g"), self.name("x")
        self.add(f"event {gateway}")
        self.add(f"xor {merge}")
        self.add(f"{before} > {gateway}")
        for option in ("timer=P1D", "timer=P3D", "message=m1"):
            name = self.name("v")
            self.add(f"catch {name} {option}")
            self.add(f"{gateway} > {name} > {merge}")
        return merge


def random_process(random):
    """Draw a process p and one it may call."""
    inner = Sketch(random).process(depth=1)
    return Sketch(random, called="p2").process(depth=3), inner
