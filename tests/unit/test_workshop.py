"""The workshop: what breaks there breaks a child alone, and nothing of it outlives who asked."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.correspondence import typesetting
from app.documents import cleaning, extracting, judged, previewing, scans, workshop

ROOT = Path(__file__).parents[2]
MB = 1024 * 1024
BOUNDS = workshop.Bounds(patience=30, seconds=10, memory=600 * MB)
PROGRAM = """
    import os, subprocess, sys, time

    def run(what, *more):
        return str(globals()[what](*more)).encode()

    def echo(text):
        return text

    def where():
        return os.getpid(), os.getppid(), os.getpgid(0)

    def environment():
        return sorted(os.environ)

    def open_files():
        return sorted(os.listdir("/proc/self/fd"))

    def dies():
        os.abort()

    def leaves():
        sys.exit(7)

    def refuses():
        raise KeyError

    def sleeps(file):
        # Of its own group, so that what it starts is seen to go with it.
        other = subprocess.Popen(["sleep", "600"])
        note(file, f"{os.getpid()} {other.pid}")
        time.sleep(600)

    def leaves_another(file):
        note(file, str(subprocess.Popen(["sleep", "600"]).pid))

    def note(file, text):
        # The file was made before: only its size is bounded.
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT)
        os.write(descriptor, text.encode())
        os.close(descriptor)

    def never_ends():
        while True:
            pass

    def swells():
        return len(b"x" * (700 * 1024 * 1024))

    def floods():
        return "x" * (80 * 1024 * 1024)
"""


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(textwrap.dedent(PROGRAM))
    return path


@pytest.fixture
def work(program):
    def asked(*arguments, **bounds):
        given = {**vars(BOUNDS), **bounds}
        return workshop.run(program, *arguments, bounds=workshop.Bounds(**given)).decode()

    return asked


def until(true, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def ended(pid):
    """Gone, or waiting to be buried by somebody else."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def numbers_in(path):
    until(lambda: path.exists() and path.read_text())
    return [int(one) for one in path.read_text().split()]


def the_workshop(work):
    return int(work("where").strip("()").split(",")[1])


def children_of(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_each_piece_of_work_has_a_child_of_its_own(work):
    assert work("echo", "Ж" * MB) == "Ж" * MB
    first, second = (work("where").strip("()").split(", ") for _time in range(2))
    assert first[0] != second[0]
    assert first[1] == second[1] != str(os.getpid())
    assert first[0] == first[2]
    assert children_of(first[1]) == []  # and none of them waits to be buried


def test_a_child_knows_nothing_of_the_server(work, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x")
    names = work("environment")
    assert "PATH" in names
    assert "https_proxy" in names
    for secret in ("SECRET_KEY", "HOME", "DATABASE_URL"):
        assert secret not in names
    # Its way to answer and the listing of the folder itself, beside what leads nowhere.
    assert work("open_files") == "['0', '1', '2', '3', '4']"


@pytest.mark.parametrize("what", ["dies", "leaves", "never_ends"])
def test_one_that_dies_or_never_ends_harms_nobody(work, what):
    before = the_workshop(work)
    with pytest.raises(workshop.Broken, match="died"):
        work(what, seconds=1)
    assert the_workshop(work) == before


@pytest.mark.parametrize(("what", "name"), [("refuses", "KeyError"), ("swells", "MemoryError")])
def test_what_a_program_raises_is_a_refusal(work, what, name):
    with pytest.raises(workshop.Refused, match=name):
        work(what)


def test_nothing_is_written(work, tmp_path):
    with pytest.raises((workshop.Refused, workshop.Broken)):
        work("note", str(tmp_path / "new"), "x")
    assert (tmp_path / "new").read_bytes() == b""


def test_an_answer_has_an_end(work, monkeypatch):
    monkeypatch.setattr(workshop, "LONGEST", 50 * MB)
    with pytest.raises(workshop.Broken, match="memory"):
        work("floods")


def test_who_takes_too_long_is_killed_with_what_it_has_started(work, tmp_path):
    with pytest.raises(workshop.Broken, match="time"):
        work("sleeps", str(tmp_path / "pids"), patience=1, writes=MB)
    for pid in numbers_in(tmp_path / "pids"):
        until(lambda pid=pid: ended(pid))


def test_what_a_child_leaves_behind_goes_too(work, tmp_path):
    work("leaves_another", str(tmp_path / "pid"), writes=MB)
    (pid,) = numbers_in(tmp_path / "pid")
    until(lambda: ended(pid))


def test_a_workshop_that_was_killed_is_started_anew(work):
    before = the_workshop(work)
    os.kill(before, signal.SIGKILL)
    after = the_workshop(work)
    assert after != before
    assert ended(before)
    assert not Path(f"/proc/{before}").exists()  # buried


def test_a_workshop_that_is_killed_in_mid_work_does_it_once_more(work, tmp_path):
    before, file = the_workshop(work), tmp_path / "pids"
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(work, "sleeps", str(file), writes=MB, patience=6)
        child, started = numbers_in(file)
        file.unlink()
        os.kill(before, signal.SIGKILL)
        for one in (child, started):
            until(lambda one=one: ended(one))
        again, _started = numbers_in(file)
        assert again != child
        os.kill(again, signal.SIGKILL)
        with pytest.raises(workshop.Broken, match="died"):
            asked.result()


def test_many_ask_at_once_and_one_of_them_keeps_nobody_waiting(work, tmp_path):
    with ThreadPoolExecutor(9) as pool:
        slow = pool.submit(work, "sleeps", str(tmp_path / "pids"), writes=MB, patience=60)
        child, _other = numbers_in(tmp_path / "pids")
        said = [f"{number}" * 100_000 for number in range(40)]
        assert list(pool.map(lambda one: work("echo", one), said)) == said
        assert not slow.done()
        os.kill(child, signal.SIGKILL)
        with pytest.raises(workshop.Broken):
            slow.result()


def test_programs_of_the_house_start_no_threads(app, tmp_path, work):
    """A child inherits the locks of threads it does not have, and would wait for ever."""
    for room in (cleaning, extracting, previewing, scans, judged, typesetting):
        with pytest.raises(workshop.Refused):
            workshop.run(room.PROGRAM, bounds=room.BOUNDS)
    status = Path(f"/proc/{the_workshop(work)}/status").read_text()
    assert "\nThreads:\t1\n" in status


def test_a_workshop_that_is_stopped_leaves_nothing(work):
    before = the_workshop(work)
    workshop._workshop.stop()
    assert not Path(f"/proc/{before}").exists()
    assert the_workshop(work) != before


ASKER = """
    import os, sys
    from pathlib import Path
    from app.documents import workshop

    program, file = Path(sys.argv[1]), sys.argv[2]
    bounds = workshop.Bounds(patience=60, seconds=60, writes=1000)

    def ask(what, *more):
        print(workshop.run(program, what, *more, bounds=bounds).decode(), flush=True)

    ask("where")
    pid = os.fork()  # as RQ forks for a job
    if not pid:
        ask("where")
        os._exit(0)
    os.waitpid(pid, 0)
    ask("where")
    ask("sleeps", file)
"""


def test_a_fork_shares_the_workshop_and_it_ends_with_the_last_who_could_ask(program, tmp_path):
    command = [sys.executable, "-c", textwrap.dedent(ASKER), program, tmp_path / "pids"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        servers = {process.stdout.readline().split(", ")[1] for _line in range(3)}
        child, other = numbers_in(tmp_path / "pids")
        process.kill()
    (server,) = servers
    for pid in (int(server), child, other):
        until(lambda pid=pid: ended(pid))
