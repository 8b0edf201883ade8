"""The workshop's program: one process that forks a child for each piece of work; see `workshop.py`.

Started with one end of a socket pair as its standard input. Each message on it is the path of a
program and, beside it, one end of a second pair. Over that the child is told `{"arguments",
"memory", "seconds", "writes"}` and answers a byte and a text: `DONE` and what the program made, or
`REFUSED` and the name of what it raised. Each side sends a text as eight bytes of its length and
the text; a child that dies says nothing.

A program is a file, or a folder, with `run(*arguments: str) -> bytes`. It is loaded when it is
first asked for, with all that it imports, so that a child starts in a few milliseconds. It must
start no thread while it is loaded: a child would inherit the locks of threads that it does not
have. What a file may break is the child alone, which has little memory, time and nothing to write
to. This program imports nothing of the house, and the house only what is said on the wire.
"""

import ctypes
import gc
import importlib.util
import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partialmethod
from pathlib import Path

DONE, REFUSED = b"+", b"-"
LONGEST_PATH = 4096
LENGTH = 8
_DEATH_OF_PARENT = 1  # PR_SET_PDEATHSIG of Linux

Run = Callable[..., bytes]


class Workshop:
    """The children at work, by the sockets over which they answer."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.programs: dict[str, Run] = {}
        self.children: dict[int, int] = {}
        self.poll = select.poll()
        self.poll.register(control, select.POLLIN)

    def work(self) -> None:
        """Serve until nobody is left who could ask; then nobody needs the children either."""
        ended = self._woken_by_children()
        while True:
            for descriptor, _event in self.poll.poll():
                if descriptor == self.control.fileno():
                    if not self._take():
                        self._stop()
                        return
                elif descriptor == ended:
                    os.read(ended, 4096)
                    self._bury()
                elif pid := self.children.get(descriptor):
                    self.poll.unregister(descriptor)  # whoever asked has hung up
                    _kill(pid)

    def _woken_by_children(self) -> int:
        ended, waker = os.pipe()
        os.set_blocking(waker, False)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_told: None)
        self.poll.register(ended, select.POLLIN)
        return ended

    def _take(self) -> bool:
        path, given, _flags, _address = socket.recv_fds(self.control, LONGEST_PATH, 1)
        if not given:
            return False
        answer, name = given[0], path.decode()
        if name not in self.programs:
            self.programs[name] = _loaded(Path(name))
            gc.collect()
            gc.freeze()  # what is loaded is shared with the children, not copied
        pid = os.fork()
        if not pid:
            _be_child(self.programs[name], answer)
        with suppress(PermissionError, ProcessLookupError):
            os.setpgid(pid, pid)  # the child does so too: whoever comes first
        self.children[answer] = pid
        self.poll.register(answer, 0)  # tells of nothing but the end
        return True

    def _bury(self) -> None:
        """Close the sockets of those who ended: only then whoever asked reads an end."""
        for answer, pid in list(self.children.items()):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                continue
            _kill(pid)  # and what it has started; while it is not buried, the number is its own
            os.waitpid(pid, 0)
            del self.children[answer]
            with suppress(KeyError):
                self.poll.unregister(answer)
            os.close(answer)

    def _stop(self) -> None:
        for pid in self.children.values():
            _kill(pid)
            os.waitpid(pid, 0)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _loaded(path: Path) -> Run:
    """The `run` of a program; what lies beside it can be imported, after everything else."""
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    name = f"program_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    run: Run = module.run
    return run


def _be_child(run: Run, answer: int) -> None:
    """Do one piece of work and end, whatever happens; never comes back."""
    try:
        os.setpgid(0, 0)
        _die_with_parent()
        # What it starts does so too: a workshop that is killed buries nobody.
        subprocess.Popen.__init__ = partialmethod(  # type: ignore[assignment, method-assign]
            subprocess.Popen.__init__, preexec_fn=_die_with_parent
        )
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        kept = os.dup2(answer, 3, inheritable=False)
        os.closerange(4, 4096)  # among them the sockets of others, who would wait for our end
        _answer(run, socket.socket(fileno=kept))
    finally:
        os._exit(0)


def _die_with_parent() -> None:
    prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux
    if prctl:
        prctl(_DEATH_OF_PARENT, int(signal.SIGKILL))


def _answer(run: Run, asker: socket.socket) -> None:
    asked = json.loads(_received(asker))
    for kind, most in (
        (resource.RLIMIT_AS, asked["memory"]),
        (resource.RLIMIT_CPU, asked["seconds"]),
        (resource.RLIMIT_FSIZE, asked["writes"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    try:
        told, content = DONE, run(*asked["arguments"])
    except Exception as error:  # noqa: BLE001  # whatever the file did to its reader, it is refused
        told, content = REFUSED, type(error).__name__.encode()
    asker.sendall(told + len(content).to_bytes(LENGTH))
    asker.sendall(content)


def _received(asker: socket.socket) -> bytes:
    with asker.makefile("rb") as stream:
        return stream.read(int.from_bytes(stream.read(LENGTH)))


if __name__ == "__main__":
    Workshop(socket.socket(fileno=0)).work()
