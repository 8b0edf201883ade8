"""Diagrams with what the standard says of them, told in the files of `conformance/`."""

from pathlib import Path

import pytest

from tests.engine.story import Story, read

STORIES = {
    f"{file.stem}: {name}": (texts, text)
    for file in sorted((Path(__file__).parent / "conformance").glob("*.txt"))
    for name, texts, text in read(file)
}


@pytest.mark.parametrize("name", STORIES)
def test_the_standard(name):
    texts, text = STORIES[name]
    story = Story(*texts)
    story.tell(text)
    if "breaks" not in text:
        assert_stays_are_whole(story.walk)


def assert_stays_are_whole(walk):
    """Each stay begins once and ends once, by completion or by being left."""
    stays = {}
    for step in walk.log:
        assert stays.get(step.task, "none") == ("none" if step.event == "entered" else "entered")
        stays[step.task] = step.event
    if walk.ended:
        assert "entered" not in stays.values()


HOSTS = {
    "user": ("user x", ["x"]),
    "manual": ("manual x", ["x"]),
    "receive": ("receive x message=in", []),
    "sub": ("sub x {\nuser w\n}", ["w"]),
    "call": ("call x calls=p2", ["w"]),
    "parallel user": ("user x times=3", ["x", "x", "x"]),
    "sequential user": ("user x times=3 sequential", ["x"]),
    "looping user": ("user x max=3", ["x"]),
    "parallel sub": ("sub x times=2 {\nuser w\n}", ["w", "w"]),
    "sequential sub": ("sub x times=2 sequential {\nuser w\n}", ["w"]),
    "looping sub": ("sub x max=2 {\nuser w\n}", ["w"]),
    "parallel call": ("call x calls=p2 times=2", ["w", "w"]),
    "sequential call": ("call x calls=p2 times=2 sequential", ["w"]),
}
TRIGGERS = {
    "message=m": "send m",
    "signal=g": "signal g",
    "timer=PT5S": "wait 5s",
    "date=2026-01-02T09:00Z": "wait 1d",
    "cycle=R4/PT5S": "wait 5s",
    "condition='${n > 1}'": "do other n=2",
}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("keep", ["", "keep"])
def test_every_event_on_the_boundary_of_every_activity(host, trigger, keep):
    drawn, inside = HOSTS[host]
    others = [] if trigger.startswith("condition") else ["other"]
    story = Story(
        f"""
        start s
        and f
        user other
        {drawn}
        boundary b on=x {trigger} {keep}
        user after
        user caught
        s > f > x > after
        f > other
        b > caught
        """,
        "user w",
    )
    story.tell(f"""
        given n=0
        open other {" ".join(inside)}
        {TRIGGERS[trigger]}
        open caught {" ".join(others + (inside if keep else []))}
        has b
    """)


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("keep", ["", "keep"])
def test_every_event_that_starts_an_event_subprocess(trigger, keep):
    others = "" if trigger.startswith("condition") else "other"
    story = Story(f"""
        start s
        and f
        user other
        sub x {{
            user a
            watch w {{
                start ws {trigger} {keep}
                user help
                ws > help
            }}
        }}
        user after
        s > f > x > after
        f > other
    """)
    story.tell(f"given n=0; open a other; {TRIGGERS[trigger]}")
    story.tell(f"open a help {others}; do a" if keep else "")
    story.tell(f"open help {others}; do help; open after {others}")
