"""The product as it is served, seen from outside: its address, accounts, mail and log."""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from tests.conftest import free_port

PATIENCE = 60


class Served:
    """`with Served(data_dir, log) as site:` serves until the block ends; `settings` by name."""

    def __init__(self, data_dir, log, **settings):
        self.data_dir = data_dir
        self.settings = {name.upper(): str(value) for name, value in settings.items()}
        self.log = log
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.start()
        return self

    def start(self):
        """Serve at the same address as before, if it was served before."""
        environment = {
            **os.environ,
            **self.settings,
            "DATA_DIR": str(self.data_dir),
            "PORT": str(self.port),
        }
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.until(self._ready, "the server is not ready: see " + str(self.log))

    def kill_soon(self, seconds=0.05):
        """Kill the server while it is busy with what is sent now."""
        threading.Timer(seconds, self._server.kill).start()

    def start_again(self):
        """Start a server that was killed; what it had kept is all it has."""
        self._server.wait(timeout=30)
        self.start()

    def __exit__(self, *_exception):
        self._server.terminate()
        self._server.wait(timeout=30)

    def password(self, login):
        accounts = json.loads((self.data_dir / "demo.json").read_text(encoding="utf-8"))["accounts"]
        return next(one["password"] for one in accounts if one["login"] == login)

    def errors(self):
        """What the server has logged as an error."""
        return [line for line in self.log.read_text("utf-8").splitlines() if '"error"' in line]

    def letters(self, to):
        """The e-mails to this address, newest first, from mail.json."""
        return self.get(f"/demo/mail.json?to={urllib.parse.quote(to)}")[1]["items"]

    def letter(self, to, *, holding):
        """Wait for an e-mail to `to` with these words in its subject or text."""

        def found():
            for one in self.letters(to):
                if holding in one["subject"] or holding in one["text"]:
                    return one
            return None

        return self.until(found, f"no letter to {to} says “{holding}”")

    def get(self, path):
        return self.send("GET", path)

    def send(self, method, path, token=None, json=None):
        """One request of a script; (status, body), as `tests.web.life.Reception` wants it."""
        body = None if json is None else dumps(json)
        headers = {"Content-Type": "application/json"} if body else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        address = self.url + urllib.parse.quote(path, safe="/?&=%")
        asked = urllib.request.Request(address, body, headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
                return answer.status, loads(answer.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, loads(refusal.read())

    def until(self, found, otherwise):
        """Ask again and again what `found()` says; its first true answer."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if answer := found():
                return answer
            time.sleep(0.2)
        raise AssertionError(otherwise)

    def _ready(self):
        assert self._server.poll() is None, self.log.read_text("utf-8")
        try:
            return self.get("/readyz")[0] == 200
        except urllib.error.URLError:
            return False


def dumps(value):
    return json.dumps(value).encode()


def loads(body):
    try:
        return json.loads(body)
    except ValueError:
        return None
