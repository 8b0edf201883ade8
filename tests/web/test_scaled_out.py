"""Scaled out as the Procfile says: gunicorn, a clock, RQ workers, PostgreSQL, Redis, SMTP."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import ROOT, free_port, wait_for_port
from tests.web.life import Reception, flask


@pytest.fixture
def production(postgres_url, redis_url, smtp, tmp_path):
    """The settings of a production installation; its processes are started by `run`."""
    port = free_port()
    settings = {
        "MODE": "production",
        "SECRET_KEY": "0123456789abcdef" * 4,
        "DATABASE_URL": postgres_url,
        "REDIS_URL": redis_url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(smtp.port),
        "MAIL_SENDER": "reception@body.example",
        "OUTBOX_LEASE_SECONDS": "3",
        "DATA_DIR": str(tmp_path / "data"),
        "RATE_ALL": "0",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    (tmp_path / "data").mkdir()
    running = []

    def run(line):
        with (tmp_path / f"process-{len(running)}.log").open("w") as log:
            process = subprocess.Popen(
                ["sh", "-c", f"exec {line}"],
                cwd=ROOT,
                env={**os.environ, **settings, "PORT": str(port)},
                stderr=log,
                stdout=log,
            )
        running.append(process)
        return process

    yield settings, port, run
    for process in running:
        process.terminate()
    for process in running:
        process.wait(timeout=20)


def procfile():
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    return dict(re.split(r":\s*", line, maxsplit=1) for line in lines if line)


def over_http(port):
    def send(method, path, token, json_body=None, **more):
        body = more.get("json", json_body)
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}",
            data=json.dumps(body).encode() if body is not None else None,
            method=method,
            headers={"Content-Type": "application/json"}
            | ({"Authorization": f"Bearer {token}"} if token else {}),
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    return send


def until(check, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def test_a_connection_does_not_stay_with_one_process_for_ever(production):
    _settings, port, run = production
    run(procfile()["web"])
    wait_for_port(port, seconds=60)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    ended = []
    for _each in range(50):
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        answer.read()
        ended.append(answer.headers["Connection"] == "close")
    assert [place for place, end in enumerate(ended, 1) if end] == [25, 50]


def test_an_appeal_reaches_the_citizen_through_workers(production, smtp):
    settings, port, run = production
    made = flask(
        settings["DATA_DIR"],
        "access",
        "create",
        "gateway",
        "--role",
        "client",
        "--password-stdin",
        env=settings,
        text="a long enough passphrase\n",
    )
    assert made[0]["login"] == "gateway"
    commands = procfile()
    run(commands["web"])
    worker = run(commands["worker"])
    run(commands["clock"])
    wait_for_port(port, seconds=60)
    reception = Reception(over_http(port))
    (token,) = flask(settings["DATA_DIR"], "access", "token", "gateway", env=settings)
    reception.tokens["gateway"] = token["token"]
    refused, _body = over_http(port)("POST", "/api/v1/appeals", None, json={})
    assert refused == 401

    def file():
        return reception.call("POST", "/appeals", by="gateway", json=body(), expect=201)

    first = file()
    until(lambda: any(first["receipt"] in text(one) for one in smtp.messages))
    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=20)
    second = file()
    time.sleep(0.5)
    run(commands["worker"])
    until(lambda: any(second["receipt"] in text(one) for one in smtp.messages))
    ids = [one["Message-ID"] for one in smtp.messages]
    assert len(set(ids)) >= 2
    seen = reception.status(first)
    assert seen["receipt"] == first["receipt"]


def body():
    return {
        "applicant": {
            "kind": "citizen",
            "last_name": "Ёлкина",
            "first_name": "Мария",
            "email": "elkina@example.org",
        },
        "reply_channel": "email",
        "text": "Не горят фонари.",
        "auth_method": "esia",
    }


def text(message):
    parts = message.walk() if message.is_multipart() else [message]
    return "".join(
        part.get_payload(decode=True).decode("utf-8", "replace")
        for part in parts
        if part.get_content_maintype() == "text"
    )
