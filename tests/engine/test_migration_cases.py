"""What an analyst may change under running instances: one line a case, to the end of the instance.

Moves: `a` completes the task a, `word!` sends a message, `+2d` lets time pass, `=a,b` says what is
open, `~due` that the next timer is so many days after the beginning (`~` none), `.` the end.
"""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from engine import CannotMigrate, VersionSet, codec, inspect, migrate, runtime
from tests.engine.walk import BEGINNING, Walk, drawn

A_B = "start s\nuser a\nuser b\nend e\ns > a > b > e"
PARALLEL = """
    start s
    and fork
    user a
    user b
    and join
    user c
    end e
    s > fork > a > join > c > e
    fork > b > join
"""
THREE = PARALLEL.replace("user c", "user c\nuser d") + "fork > d > join"
MANY = "start s\nuser a each=${list} as=x assignee=${x}\nuser b\ns > a > b"
ONE_BY_ONE = MANY.replace("as=x", "as=x sequential")
INSIDE = "start s\nsub q {\n  start t\n  user a\n  user b\n  t > a > b\n}\nuser c\ns > q > c"
FLAT = "start s\nuser a\nuser b\nuser c\ns > a > b > c"
WATCHED = "\nwatch out {\n  start h message=withdraw\n  user n\n  h > n\n}"
KEPT = WATCHED.replace("message=withdraw", "message=withdraw keep")
LATE = "start s\nuser a\nboundary late on=a timer=P3D\nuser b\nuser n\ns > a > b\nlate > n"
KEEP = LATE.replace("timer=P3D", "timer=P3D keep")
WORD = "start s\nuser a\ncatch w message=word\nuser b\ns > a > w > b"
PAUSE = "start s\nuser a\ncatch w timer=P3D\nuser b\ns > a > w > b"
RACE = """
    start s
    event g
    catch m message=word
    catch t timer=P3D
    user b
    user n
    s > g > m > b
    g > t > n
"""
CALL = "start s\ncall k calls=p2\nuser c\ns > k > c"
CALLED = "start cs\nuser w\nend ce\ncs > w > ce"
ROUND = "start s\nuser a\nxor x\nuser b\ns > a > x\nx > a : ${again}\nx >> b"
OR_JOIN = """
    start s
    or fork
    user a
    user b
    or join
    user c
    s > fork > a : ${true}
    fork > b : ${true}
    a > join > c
    b > join
"""


@dataclass
class Can:
    """`old` after `go`, moved to `new`, does `then`."""

    old: str
    go: str
    new: str
    then: str
    also: tuple[str, str] = ("", "")
    variables: dict = field(default_factory=dict)


@dataclass
class Cannot:
    """`old` after `go` stays: the rule, the element and the other element it names."""

    old: str
    go: str
    new: str
    says: str
    also: tuple[str, str] = ("", "")
    variables: dict = field(default_factory=dict)


LIST = {"list": ["n", "m"]}

CASES = {
    # -- what lies ahead or behind
    "nothing changed": Can(A_B, "", A_B, "=a a =b b ."),
    "a step added ahead": Can(
        A_B, "", A_B.replace("a > b", "a > l > b").replace("user b", "user b\nuser l"), "a =l l b ."
    ),
    "a step removed ahead": Can(A_B, "", "start s\nuser a\nend e\ns > a > e", "a ."),
    "a step removed behind": Can(A_B, "a", "start s\nuser b\ns > b", "=b b ."),
    "a step added behind": Can(
        A_B, "a", A_B.replace("s > a", "s > l > a").replace("user b", "user b\nuser l"), "=b b ."
    ),
    "a step given another name": Can(A_B, "", A_B.replace("user a", "user a name=Else"), "a b ."),
    "the open step given another id": Cannot(
        A_B, "", A_B.replace("user a", "user z").replace("> a", "> z"), "element.gone a"
    ),
    "the open step removed": Cannot(A_B, "", "start s\nuser b\ns > b", "element.gone a"),
    "the steps in another order, at the first": Can(
        A_B, "", "start s\nuser a\nuser b\ns > b > a", "=a a ."
    ),
    "the steps in another order, at the last": Can(
        A_B, "a", "start s\nuser a\nuser b\ns > b > a", "=b b =a a ."
    ),
    "a gateway drawn ahead": Can(A_B, "", ROUND, "a =b b .", variables={"again": False}),
    "a loop back drawn": Can(A_B, "", ROUND, "a =a", variables={"again": True}),
    "a loop cut, in its second round": Can(
        ROUND, "a", A_B, "=a a =b b .", variables={"again": True}
    ),
    "the process removed": Cannot(A_B, "", "", "process.gone", also=("", A_B)),
    "a person's step became manual work": Can(A_B, "", A_B.replace("user a", "manual a"), "a b ."),
    "a person's step became another kind": Cannot(
        A_B, "", A_B.replace("user a", "receive a message=word"), "element.kind a"
    ),
    "a form and a listener changed": Can(
        A_B, "", A_B.replace("user a", "user a formKey=x listener=op"), "a b ."
    ),
    "an assignee worked out of what is there": Can(
        A_B, "", A_B.replace("user a", "user a assignee=${who}"), "=a a", variables={"who": "n"}
    ),
    "an assignee worked out of what is not there": Cannot(
        A_B, "", A_B.replace("user a", "user a assignee=${who}"), "data a"
    ),
    "a term given to the open step": Can(
        A_B, "+1d", A_B.replace("user a", "user a dueDate=P3D"), "a b ."
    ),
    "an input given to the open step": Can(
        A_B,
        "",
        A_B.replace("user a", "user a in.boss=${who} assignee=${boss}"),
        "a b .",
        variables={"who": "n"},
    ),
    "an input taken from the open step": Can(
        A_B.replace("user a", "user a in.x=1"), "", A_B, "a b ."
    ),
    # -- events at what is open
    "a timer's term changed": Can(LATE, "+1d", LATE.replace("P3D", "P9D"), "~3 +2d =n n ."),
    "a timer added counts from the move": Can(
        LATE.replace("boundary late on=a timer=P3D", "").replace("late > n", "b > n"),
        "+2d",
        LATE,
        "~5 +3d =n n .",
    ),
    "a timer removed": Can(
        LATE,
        "+1d",
        LATE.replace("boundary late on=a timer=P3D", "").replace("late > n", "b > n"),
        "~ +9d =a a b n .",
    ),
    "a timer became a message": Can(
        LATE, "", LATE.replace("timer=P3D", "message=word"), "~ word! =n n ."
    ),
    "a message became a timer": Can(
        LATE.replace("timer=P3D", "message=word"), "+1d", LATE, "~4 +3d =n n ."
    ),
    "a message got another name": Can(
        LATE.replace("timer=P3D", "message=old"),
        "",
        LATE.replace("timer=P3D", "message=new"),
        "new! =n n .",
    ),
    "a reminder that had its time": Can(KEEP, "+3d", KEEP.replace("P3D", "P1D"), "~ =a,n n a b ."),
    "a reminder still to come": Can(KEEP, "+1d", KEEP.replace("P3D", "P9D"), "~3 +2d =a,n a n b ."),
    "a reminder that repeats goes on": Can(
        KEEP.replace("timer=P3D", "cycle=R3/P1D"),
        "+1d",
        KEEP.replace("timer=P3D", "cycle=R9/P5D"),
        "~2 +1d =a,n,n n n a +9d b .",
    ),
    "an event made gentle": Can(LATE, "+1d", KEEP, "~3 +2d =a,n a b n ."),
    "a timer moved to the block around it": Can(
        "start s\nsub q {\nstart t\nuser a\nboundary late on=a timer=P3D\nuser n\nt > a\nlate > n\n}\ns > q",
        "+1d",
        "start s\nsub q {\nstart t\nuser a\nt > a\n}\nboundary late on=q timer=P3D\nuser n\n"
        "s > q\nlate > n",
        "~3 +2d =n n .",
    ),
    # -- waits
    "a wait got a longer term": Can(PAUSE, "a +1d", PAUSE.replace("P3D", "P9D"), "~3 +2d =b b ."),
    "a wait for another message": Can(
        WORD, "a", WORD.replace("message=word", "message=sign"), "sign! =b b ."
    ),
    "a wait drawn as a task": Can(WORD, "a", WORD.replace("catch w", "receive w"), "word! =b b ."),
    "a wait became a pause": Cannot(WORD, "a", PAUSE, "element.kind w"),
    "a wait removed": Cannot(WORD, "a", A_B, "element.gone w"),
    "a race got one more event": Can(
        RACE, "+1d", RACE + "catch l timer=P1D\ng > l > n", "~2 +1d =n n ."
    ),
    "a race lost an event": Can(
        RACE,
        "",
        RACE.replace("catch t timer=P3D", "").replace("g > t > n", "b > n"),
        "~ word! =b b n .",
    ),
    # -- event sub-processes
    "a withdrawal added, not used": Can(A_B, "", A_B + WATCHED, "=a a b ."),
    "a withdrawal added and used": Can(A_B, "a", A_B + WATCHED, "withdraw! =n n ."),
    "a gentle one added and used twice": Can(
        A_B, "", A_B + KEPT, "withdraw! =a,n withdraw! =a,n,n n n a b ."
    ),
    "a withdrawal removed": Can(A_B + WATCHED, "a", A_B, "=b b ."),
    "a withdrawal removed while it runs": Cannot(A_B + WATCHED, "withdraw!", A_B, "element.gone n"),
    "a withdrawal kept while it runs": Can(
        A_B + WATCHED, "withdraw!", A_B.replace("user b", "user b name=x") + WATCHED, "=n n ."
    ),
    "a gentle one that runs beside": Can(
        A_B + KEPT,
        "withdraw!",
        A_B.replace("user b", "user b name=x") + KEPT,
        "=a,n withdraw! =a,n,n n n a b .",
    ),
    "a watch with a term added": Can(
        A_B, "+1d", A_B + WATCHED.replace("message=withdraw", "timer=P3D"), "~4 +3d =n n ."
    ),
    "a watch's term changed": Can(
        A_B + WATCHED.replace("message=withdraw", "timer=P3D"),
        "+1d",
        A_B + WATCHED.replace("message=withdraw", "timer=P9D"),
        "~3 +2d =n n .",
    ),
    "a withdrawal added beside open branches": Can(
        PARALLEL, "a", PARALLEL + WATCHED, "=b b =c withdraw! =n n ."
    ),
    # -- sub-processes
    "what is open moved into a block": Can(FLAT, "", INSIDE, "=a a b =c c ."),
    "what is open moved out of a block": Can(INSIDE, "a", FLAT, "=b b =c c ."),
    "a block with a term drawn around": Can(
        FLAT, "a +1d", INSIDE + "\nboundary late on=q timer=P3D\nuser n\nlate > n", "~4 +3d =n n ."
    ),
    "a step added inside a block": Can(
        INSIDE, "a", INSIDE.replace("a > b", "a > b > l\n  user l"), "b =l l c ."
    ),
    "branches moved into one block": Can(
        PARALLEL,
        "a",
        "start s\nsub q {\n start t\n and fork\n user a\n user b\n and join\n t > fork > a > join\n"
        " fork > b > join\n}\nuser c\ns > q > c",
        "=b b =c c .",
    ),
    "a branch moved into a block that is open": Can(
        "start s\nand f\nsub q {\n start t\n user a\n t > a\n}\nuser b\nand j\nuser c\n"
        "s > f > q > j > c\nf > b > j",
        "",
        "start s\nsub q {\n start t\n and f\n user a\n user b\n t > f > a\n f > b\n}\nuser c\n"
        "s > q > c",
        "=a,b a =b b =c c .",
    ),
    "what is open moved into a block that repeats": Cannot(
        FLAT,
        "",
        INSIDE.replace("sub q {", "sub q each=${list} as=x {"),
        "element.repeated a",
        variables=LIST,
    ),
    # -- several at once
    "a branch done, a step added in the other": Can(
        PARALLEL,
        "a",
        PARALLEL.replace("fork > b > join", "fork > b > l > join\nuser l"),
        "=b b =l l =c c .",
    ),
    "a branch done and its flow drawn anew": Can(
        PARALLEL,
        "a",
        PARALLEL.replace(
            "s > fork > a > join > c > e\n    fork > b > join",
            "fork > b > join\n s > fork > a > join > c > e",
        ),
        "b =c c .",
    ),
    "a branch done and taken away": Cannot(
        PARALLEL,
        "a",
        "start s\nuser b\nand join\nuser c\nend e\ns > b > join > c > e",
        "flow.gone join",
    ),
    "a third branch after the fork": Cannot(PARALLEL, "", THREE, "join.starved d join"),
    "a third branch before the fork": Can(
        PARALLEL.replace("s > fork", "user z\ns > z > fork"),
        "",
        THREE.replace("s > fork", "user z\ns > z > fork"),
        "z =a,b,d a b d c .",
    ),
    "a third branch behind the join": Can(PARALLEL, "a b", THREE, "=c c ."),
    "branches drawn one after the other": Cannot(
        PARALLEL, "", "start s\nuser a\nuser b\nuser c\ns > a > b > c", "branch.doubled a b"
    ),
    "an open branch led past the join": Cannot(
        THREE, "a b", THREE.replace("fork > d > join", "fork > d > e"), "join.complete join"
    ),
    "a branch done before an inclusive join": Can(
        OR_JOIN, "a", OR_JOIN.replace("    b > join", "    b > l > join\nuser l"), "b =l l =c c ."
    ),
    "an inclusive join with nobody left to wait for": Cannot(
        OR_JOIN,
        "a",
        OR_JOIN.replace("    b > join", "    b > d\nuser d\nd > c"),
        "join.complete join",
    ),
    # -- repeated activities
    "everybody's step, one has done it": Can(
        MANY, "a", MANY.replace("a > b", "a > l > b\nuser l"), "=a a =l l b .", variables=LIST
    ),
    "everybody's step, the item has another name": Can(
        MANY, "a", MANY.replace("x", "y"), "=a a =b b .", variables=LIST
    ),
    "everybody's step ends sooner": Can(
        MANY,
        "a",
        MANY.replace("as=x", "as=x until=${nrOfCompletedInstances>0}"),
        "=a a =b b .",
        variables=LIST,
    ),
    "one after another, at the first": Can(
        ONE_BY_ONE,
        "",
        ONE_BY_ONE.replace("user b", "user b name=x"),
        "=a a =a a =b b .",
        variables=LIST,
    ),
    "everybody's step became one person's": Cannot(
        MANY,
        "",
        MANY.replace(" each=${list} as=x assignee=${x}", ""),
        "element.repeated a",
        variables=LIST,
    ),
    "one person's step became everybody's": Cannot(
        A_B, "", MANY, "element.repeated a", variables=LIST
    ),
    "everybody's step, now in turn": Cannot(
        MANY, "", ONE_BY_ONE, "element.repeated a", variables=LIST
    ),
    "a standing loop in its second round": Can(
        "start s\nuser a max=3\nuser b\ns > a > b",
        "a",
        "start s\nuser a max=2\nuser b name=x\ns > a > b",
        "=a a =b b .",
    ),
    # -- called processes
    "a step added in the called process": Can(
        CALL,
        "",
        CALL,
        "=w w =l l =c c .",
        also=(CALLED, CALLED.replace("w > ce", "w > l > ce\nuser l")),
    ),
    "the open step of the called process removed": Cannot(
        CALL, "", CALL, "element.gone w", also=(CALLED, "start cs\nuser z\ncs > z")
    ),
    "a withdrawal added in the called process": Can(
        CALL, "", CALL, "withdraw! =n n =c c .", also=(CALLED, CALLED + WATCHED)
    ),
    "the caller's step after the call removed": Can(
        CALL, "", "start s\ncall k calls=p2\ns > k", "=w w .", also=(CALLED, CALLED)
    ),
    "the call became a step": Cannot(
        CALL, "", CALL.replace("call k calls=p2", "user k"), "element.kind k", also=(CALLED, CALLED)
    ),
    "the called process removed": Cannot(
        CALL, "", CALL.replace("p2", "p3"), "process.gone", also=(CALLED, "")
    ),
}


def sets(case):
    """The two version sets; a process without a text is not in its set."""
    for texts in ((case.old, case.also[0]), (case.new, case.also[1])):
        p, p2 = texts
        named = {name: text for name, text in (("p", p), ("p2", p2)) if text}
        if "p3" in p:
            named["p3"] = CALLED
        yield drawn(**named)


def act(walk, moves):
    for move in moves.split():
        if move == ".":
            assert walk.ended
        elif move[0] == "=":
            assert sorted(walk.open) == sorted(move[1:].split(","))
        elif move[0] == "~":
            due = BEGINNING + timedelta(days=int(move[1:])) if move[1:] else None
            assert walk.outcome.next_due_at == due
        elif move[0] == "+":
            walk.wait(days=int(move[1:-1]))
        elif move[-1] == "!":
            walk.send(move[:-1])
        else:
            walk.do(move)
    return walk


def begun(case):
    old, new = sets(case)
    walk = Walk(files=old, variables=dict(case.variables))
    return act(walk, case.go), VersionSet.load(new)


def seen(outcome):
    return outcome.tasks, outcome.subscriptions, outcome.next_due_at, outcome.variables


def move(walk, vset):
    walk.outcome = migrate(walk.vset, vset, walk.outcome.state, now=walk.now)
    walk.vset = vset
    return walk


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if isinstance(case, Can)])
def test_an_instance_goes_over_and_on_to_its_end(name):
    walk, vset = begun(CASES[name])
    before = {task.id for task in walk.outcome.tasks}
    move(walk, vset)
    outcome = walk.outcome
    assert {task.id for task in outcome.tasks} == before
    assert seen(inspect(vset, outcome.state, now=walk.now)) == seen(outcome)
    again = runtime.restore(vset, outcome.state, None, walk.now)
    assert codec.dump(again) == outcome.state
    act(walk, CASES[name].then)


@pytest.mark.parametrize("name", [n for n, case in CASES.items() if isinstance(case, Cannot)])
def test_an_instance_stays_and_says_why(name):
    case = CASES[name]
    walk, vset = begun(case)
    with pytest.raises(CannotMigrate) as refusal:
        migrate(walk.vset, vset, walk.outcome.state, now=walk.now)
    said = refusal.value
    rule, *named = case.says.split()
    assert said.rule == rule
    assert [one for one in (said.element, said.other) if one] == named or rule == "process.gone"
    assert all(one in said.reason for one in named)
    assert "None" not in said.reason
