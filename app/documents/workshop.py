"""Where files and templates from outside are worked on: processes that may break without harm.

One process (`forking.py`) has the programs loaded and forks a child for each piece of work, which
has bounds on time and memory and nothing of the server's environment. It is started by whoever
first asks, shared with what that process forks, started anew when it died, and ends with the last
process that could ask.
"""

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from app.documents.forking import DONE, LENGTH
from app.turns import give_up

PROGRAM = Path(__file__).with_name("forking.py")
#: An answer is never longer; bytes.
LONGEST = 512 * 1024 * 1024
_CHUNK = 1024 * 1024
# All ways to the net lead nowhere: Typst would fetch packages that a template names.
_NOWHERE = "http://127.0.0.1:1"
_PROXIES = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"), _NOWHERE)
#: What programs need to be told of the machine, to find Tesseract and OpenSSL; and no secrets.
_CARRIED = ("PATH", "LD_LIBRARY_PATH", "TESSDATA_PREFIX")


class Refused(Exception):
    """The program could not do its work with this file; the message names what it raised."""


class Broken(Exception):
    """The process died, or took too much time; the message says which: `died` or `time`."""


@dataclass(frozen=True)
class Bounds:
    """What a piece of work may take: of the clock and the processor, seconds; the rest in bytes.

    `writes` bounds each file it writes.
    """

    patience: float
    seconds: int
    memory: int = 1500 * 1024 * 1024
    writes: int = 0


class _Workshop:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Have it at hand before it is asked, so that those forked later share it."""
        with self._lock:
            self._started()

    def send(self, program: Path, end: socket.socket) -> socket.socket:
        """Have a child of the workshop work at the other end of a pair; the way it was asked."""
        message, ends = [str(program).encode()], [end.fileno()]
        with self._lock:
            control = self._started()
            try:
                socket.send_fds(control, message, ends)
            except (BrokenPipeError, ConnectionResetError):  # it died since it last worked
                self._end()
                control = self._started()
                socket.send_fds(control, message, ends)
            return control

    def _started(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", str(PROGRAM)],
                    stdin=theirs.fileno(),
                    env=_PROXIES
                    | {name: os.environ[name] for name in _CARRIED if name in os.environ},
                    start_new_session=True,  # who stops the server by the keyboard stops it alone
                )
        return self._control

    def forget(self, control: socket.socket) -> None:
        """Start anew at the next piece of work, unless another thread has done so already."""
        with self._lock:
            if self._control is control:
                self._end()

    def stop(self) -> None:
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:  # a process that we forked may still hold the way in
                self._process.kill()
                self._process.wait()
            self._process = None


_workshop = _Workshop()
atexit.register(_workshop.stop)
start = _workshop.start


def run(program: Path, *arguments: str, bounds: Bounds) -> bytes:
    """What the program makes of its arguments; raises `Refused` or `Broken`.

    A workshop that is killed in mid-work, by the system that lacks memory for instance, is started
    anew and the work done once more: it was not the file that killed it.
    """
    asked = {**asdict(bounds), "arguments": arguments}
    said = json.dumps(asked, ensure_ascii=False).encode()
    end = time.monotonic() + bounds.patience
    give_up()
    for _attempt in range(2):
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                control = _workshop.send(program, theirs)
            answer = _asked(ours, said, end)
        if answer:
            return _made(answer)
        if _lives(control):
            break
        _workshop.forget(control)
    raise Broken("died")


def _asked(ours: socket.socket, said: bytes, end: float) -> bytes:
    """All that is answered; hanging up in time has the child killed."""
    answer = bytearray()
    try:
        ours.settimeout(_left(end))
        ours.sendall(len(said).to_bytes(LENGTH) + said)
        while chunk := ours.recv(_CHUNK):
            answer += chunk
            if len(answer) > LONGEST:
                raise Broken("memory")
            ours.settimeout(_left(end))
    except TimeoutError as error:
        raise Broken("time") from error
    except (BrokenPipeError, ConnectionResetError):
        return b""
    return bytes(answer)


def _left(end: float) -> float:
    return max(end - time.monotonic(), 0.001)


def _made(answer: bytes) -> bytes:
    head = len(DONE) + LENGTH
    told, content = answer[: len(DONE)], answer[head:]
    if len(content) != int.from_bytes(answer[len(DONE) : head]) or len(answer) < head:
        raise Broken("died")
    if told != DONE:
        raise Refused(content.decode())
    return content


def _lives(control: socket.socket) -> bool:
    """Whether the workshop is at the other end: it never says anything but its end."""
    try:
        return bool(control.recv(1, socket.MSG_DONTWAIT))
    except BlockingIOError:
        return True
    except OSError:
        return False
