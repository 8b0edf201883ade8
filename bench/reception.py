"""What the citizen's side bears: `python -m bench.reception`.

A real PostgreSQL with fsync on, the web process of the Procfile in production mode, the clock of
the Procfile, which without Redis is the worker too, a mail server that takes everything, and the
citizens, all on this machine. First appeals are filed through the form at a given rate (`--rate`, a
second), each with two files of 100 KB, by people who do not wait for each other: a request that
begins late counts from the moment it should have begun. What is measured begins after five seconds
of the same. Then every appeal is looked for by its number, with the SHA-256 of what was sent. Then
their status pages are opened, each once, as fast as they come, and beside them `GET /healthz`, the
ceiling of the stack.

Before all that it waits, for at most six minutes, until making a file is cheap: ext4 without a
journal passes by every inode removed in the last five minutes, one by one, so who measures right
after some other program has removed its thousands of files measures that.

One JSON object. `new_file_ms` is what one file then cost to make, in milliseconds of processor
time. `limits_off` names what was switched off to be able to measure. `background` is
what followed from the appeals, mails and texts of files: in which process it ran, what it cost by
the end of each part, and how much of it was still to do. Exit 1 when an answer was none of those
wanted, or an appeal was not found as it was sent.
"""

import argparse
import hashlib
import http.client
import json
import os
import re
import secrets
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from subprocess import Popen
from typing import Any

from flask.sessions import SecureCookieSessionInterface

from app import create_app
from app.appeals import codes
from app.appeals import services as appeals
from app.appeals.models import Appeal
from app.database import db, reading
from app.outbox.cli import NICENESS
from app.outbox.services import WAITING, counts
from app.reception import remembered
from app.server import prepare
from bench.completions import Result, _asked, _cpu, _healthz, _measured, _postgresql, _server

ROOT = Path(__file__).parents[1]
IDLE = 1  # seconds after which a connection is not relied on: the server closes it after two
FILE = 100 * 1024
CHANCE = os.urandom(FILE)
OWN = 32  # bytes at the end of a file that no other has
WARM_UP = 5  # seconds of filing before what is measured
STARTED = 60  # seconds within which the clock is at work
CHEAP = 0.1  # milliseconds of processor time to make a file: in peace some third of it
AFTERMATH = 360  # seconds to wait for that: a minute more than ext4 remembers what was removed
OFF = {
    "RATE_ALL": "0: every limit of requests of one address, and the pauses of who guesses a code",
    "FILING_SIGN_IN": "off: nobody signs in before filing",
}
TEXT = "Третью неделю не вывозят мусор во дворе дома 5 по Садовой улице. Обращение {}."


@dataclass
class Sent:
    """What a citizen sent: a mark in the text, and the SHA-256 of each file."""

    mark: str
    files: list[str] = field(default_factory=list)


def main() -> None:
    options = _options()
    with _postgresql() as (url, postgres), tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        new_file_ms = _until_files_are_cheap(data_dir)
        key = "bench" * 8  # as `_server` has it
        app = create_app(data_dir=data_dir, database_url=url, secret_key=key, access_code_key=key)
        prepare(app)
        os.environ["FILING_SIGN_IN"] = "off"
        with (
            _mail_server() as mail,
            _server(url, data_dir, options.workers) as (port, server),
            _relay(url, data_dir, port, mail) as relay,
        ):
            who = {"server": server, "database": postgres, "clients": os.getpid()}
            aside = {"relay": relay, "mail_server": mail.pid}
            _until_the_clock_works(app, port)
            sent, filing = _file(port, options, who)
            background = {"after_filing": _background(app, aside)}
            found = _verify(app, sent)
            pages = _pages(app, port, options, who)
            healthz = _healthz(port, options.clients, who)
            background["at_the_end"] = _background(app, aside)
    report = {
        "rate_wanted": options.rate,
        "seconds": options.seconds,
        "workers": options.workers,
        "fsync": True,
        "new_file_ms": new_file_ms,
        "limits_off": OFF,
        "background": {"process": f"flask outbox relay, niceness {NICENESS}", **background},
        "submissions": filing,
        "found_as_sent": found,
        "status_pages": pages,
        "healthz": healthz,
    }
    print(json.dumps(report, ensure_ascii=False))
    if filing["errors"] or pages["errors"] or found != len(sent):
        sys.exit(1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=100, help="submissions a second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


@dataclass(frozen=True)
class _Mail:
    port: int
    pid: int


@contextmanager
def _mail_server() -> Iterator[_Mail]:
    """A mail server that takes every letter and forgets it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sink = ["-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    server = Popen([sys.executable, *sink])
    try:
        yield _Mail(port, server.pid)
    finally:
        server.terminate()
        server.wait(timeout=60)


@contextmanager
def _relay(url: str, data_dir: Path, port: int, mail: _Mail) -> Iterator[int]:
    """The clock of the Procfile, which keeps the promises of the outbox meanwhile."""
    settings = {
        "MODE": "production",
        "SECRET_KEY": "bench" * 8,
        "DATABASE_URL": url,
        "DATA_DIR": str(data_dir),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mail.port),
        "MAIL_SENDER": "bench@example.org",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "outbox", "relay"]
    relay = Popen(command, cwd=ROOT, env={**os.environ, **settings})
    try:
        yield relay.pid
    finally:
        relay.terminate()
        relay.wait(timeout=60)


def _background(app: Any, aside: dict[str, int]) -> dict[str, Any]:
    """Promises by their state, and the seconds of processor time of who kept them."""
    with app.app_context():
        promises = {state: count for state, count in counts().items() if count}
        db.session.remove()
    return {"promises": promises, "cpu_s": {name: round(_cpu(pid)) for name, pid in aside.items()}}


def _until_files_are_cheap(data_dir: Path) -> float:
    """Wait until the disk is over what was removed before; milliseconds to make a file."""
    folder = data_dir / "incoming"  # where what is sent arrives: its neighbours share its inodes
    folder.mkdir(parents=True)
    end = time.monotonic() + AFTERMATH
    while True:
        began = time.process_time()
        for _each in range(100):
            # They stay, so that what is looked for next is no longer what was found now.
            (folder / f"probe-{secrets.token_hex(8)}").touch()
        each = round((time.process_time() - began) * 1000 / 100, 3)
        if each <= CHEAP or time.monotonic() > end:
            return each
        print(f"To make a file takes {each} ms: waiting.", file=sys.stderr)
        time.sleep(15)


def _until_the_clock_works(app: Any, port: int) -> None:
    """File one appeal and wait until what follows is done: all are at work before the rush."""
    _Citizen(port).send(Result(), time.perf_counter())
    end = time.monotonic() + STARTED
    while True:
        with app.app_context():
            left = counts()[WAITING]
            db.session.remove()
        if not left:
            return
        if time.monotonic() > end:
            sys.exit(f"After {STARTED} s the clock has {left} promises still to keep.")
        time.sleep(0.2)


# ---- filing ------------------------------------------------------------------------------------


def _file(port: int, options: argparse.Namespace, who: dict[str, int]) -> tuple[list[Sent], Any]:
    """Send the appeals at their moments; what was sent, and what it cost."""
    citizens = [_Citizen(port) for _each in range(options.clients)]
    # What is loaded, connected and prepared at the first requests is no part of the measure.
    warmed, _seconds = _at_their_moments(citizens, options.rate, WARM_UP)
    wanted = int(options.rate * options.seconds)
    spent = {name: _cpu(pid) for name, pid in who.items()}
    result, elapsed = _at_their_moments(citizens, options.rate, options.seconds)
    seconds = sorted(result.seconds)
    result.errors += warmed.errors
    for error in result.errors[:3]:
        print(error, file=sys.stderr)
    cpu = {name: round((_cpu(pid) - spent[name]) * 1000 / wanted, 2) for name, pid in who.items()}
    told = {
        "requests": wanted,
        "per_second": round(wanted / elapsed, 1),
        "p50_ms": round(seconds[len(seconds) // 2] * 1000, 1) if seconds else None,
        "p95_ms": round(seconds[len(seconds) * 95 // 100] * 1000, 1) if seconds else None,
        "errors": len(result.errors),
        "cpu_ms": cpu,
    }
    return [one for citizen in citizens for one in citizen.sent], told


def _at_their_moments(
    citizens: list["_Citizen"], rate: float, seconds: float
) -> tuple[Result, float]:
    """File so many appeals a second; what was answered, and seconds until the last answer."""
    places = iter(range(int(rate * seconds)))
    results = [Result() for _each in citizens]
    began = time.perf_counter() + 0.5

    def work(citizen: "_Citizen", result: Result) -> None:
        for place in places:
            due = began + place / rate
            if (early := due - time.perf_counter()) > 0:
                time.sleep(early)
            citizen.send(result, due)

    threads = [
        threading.Thread(target=work, args=pair) for pair in zip(citizens, results, strict=True)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    together = Result()
    for one in results:
        together.seconds += one.seconds
        together.errors += one.errors
    return together, time.perf_counter() - began


class _Citizen:
    """Somebody with a browser: a session, its guard against foreign forms, a connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.connection.request("GET", "/appeals/new")
        answer = self.connection.getresponse()
        page = answer.read().decode()
        self.cookie = str(answer.headers["Set-Cookie"]).partition(";")[0]
        self.guard = unescape(_value(page, "csrf_token"))
        self.sent: list[Sent] = []
        self.asked_at = time.monotonic()

    def send(self, result: Result, due: float) -> None:
        """File one appeal; the time counts from the moment it was due."""
        appeal = Sent(secrets.token_hex(8))
        fields = {
            "csrf_token": self.guard,
            "token": secrets.token_urlsafe(24),
            "kind": "citizen",
            "last_name": "Ёлкина",
            "first_name": "Мария",
            "reply_channel": "email",
            "email": f"{appeal.mark}@example.ru",
            "text": TEXT.format(appeal.mark),
        }
        # As a browser does: a boundary of its own for each form.
        boundary = f"----{appeal.mark}"
        parts = [_part(boundary, f'name="{name}"', text.encode()) for name, text in fields.items()]
        for name, common, known in FILES:
            content = common + os.urandom(OWN)
            sha256 = known.copy()
            sha256.update(content[-OWN:])
            appeal.files.append(sha256.hexdigest())
            parts.append(_part(boundary, f'name="new_files"; filename="{name}"', content))
        body = b"".join((*parts, f"--{boundary}--\r\n".encode()))
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Cookie": self.cookie,
        }
        if time.monotonic() - self.asked_at > IDLE:
            self.connection.close()  # the next request opens it anew
        one = Result()
        status, page = _asked(self.connection, "POST", "/appeals/new", body, headers, one)
        self.asked_at = time.monotonic()
        if status == 303:
            result.seconds.append(time.perf_counter() - due)
            self.sent.append(appeal)
        else:
            told = re.sub(rb"<[^>]+>|\s+", b" ", page).decode()[:300]
            result.errors += one.errors or [f"{status} {told}"]


def _part(boundary: str, about: str, content: bytes) -> bytes:
    head = f"--{boundary}\r\nContent-Disposition: form-data; {about}\r\n\r\n"
    return b"".join((head.encode(), content, b"\r\n"))


def _file_but_its_end(name: str, head: bytes) -> tuple[str, bytes, Any]:
    """A file's name, its content but for what is its own, and the SHA-256 of that.

    Chance for each file, and its whole SHA-256, would take from the server what browsers of other
    machines do not.
    """
    common = head + CHANCE[: FILE - OWN - len(head)]
    return name, common, hashlib.sha256(common)


FILES = [
    _file_but_its_end("фото.jpg", b"\xff\xd8\xff\xe0"),
    _file_but_its_end("акт.pdf", b"%PDF-1.7\n"),
]


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    if found is None:
        raise LookupError(f"The form has no {name}.")
    return found[1]


# ---- afterwards --------------------------------------------------------------------------------


def _pairs(app: Any) -> list[tuple[str, str, int, str]]:
    """(receipt, access code, id, text) of every appeal."""
    key = app.extensions["settings"].access_code_key
    with reading() as session:
        rows = session.query(Appeal.id, Appeal.receipt, Appeal.code_generation, Appeal.text)
        return [(ref, codes.access_code(key, id_, gen), id_, text) for id_, ref, gen, text in rows]


def _verify(app: Any, sent: list[Sent]) -> int:
    """How many of what was sent are found by number and code with the very files, read again."""
    by_mark = {one.mark: one for one in sent}
    found = 0
    with app.app_context():
        for ref, code, _id, text in _pairs(app):
            appeal = by_mark.get(text.rsplit(maxsplit=1)[-1].rstrip("."))
            if appeal is None:
                continue
            view = appeals.status(ref, code)
            found += sorted(one.sha256 for one in view.files) == sorted(appeal.files) and all(
                _stored(app, sha256) for sha256 in appeal.files
            )
        db.session.remove()
    return found


def _stored(app: Any, sha256: str) -> bool:
    with app.extensions["files"].open(sha256) as stream:
        return hashlib.sha256(stream.read()).hexdigest() == sha256


def _pages(app: Any, port: int, options: argparse.Namespace, who: dict[str, int]) -> Any:
    """Open the status page of each appeal once, as who has just given number and code."""
    with app.app_context():
        waiting = [_opened(app, ref, code, id_) for ref, code, id_, _text in _pairs(app)]
        db.session.remove()

    def work(connection: http.client.HTTPConnection, result: Result) -> bool:
        try:
            path, cookie = waiting.pop()
        except IndexError:
            return False
        status, page = _asked(connection, "GET", path, None, {"Cookie": cookie}, result)
        if status != 200:
            result.errors.append(f"{status} {page[:300].decode()}")
        return True

    return _measured(port, options.clients, work, who)


def _opened(app: Any, ref: str, code: str, appeal: int) -> tuple[str, str]:
    """The address of a status page and the cookie that opens it, as the server makes them."""
    with app.test_request_context():
        from flask import session  # noqa: PLC0415  # of this request alone

        handle = remembered.remember(ref, code, appeal)
        session["csrf_token"] = secrets.token_hex(20)  # whoever entered the code came from a form
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        signed = signer.dumps(dict(session))
    name = app.config["SESSION_COOKIE_NAME"]
    return f"/status/{handle}", f"{name}={signed}"


if __name__ == "__main__":
    main()
