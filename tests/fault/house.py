"""An installation whose processes die: start them, kill them, speak to them as clients do."""

import json
import multiprocessing
import os
import signal
import time
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException

from tests.conftest import free_port

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["tests.fault.serving"])
# Only a house that is dead should end a wait: on a busy machine it takes minutes to stand again.
PATIENCE = 300


class Gone(Exception):
    """The server died before it answered: nobody knows what became of the request."""


class House:
    """The processes of one installation. `settings` are given to `create_app` in each of them."""

    def __init__(self, settings, log):
        self.port = free_port()
        self.settings = {**settings, "port": self.port, "rate_all": "0", "log_level": "WARNING"}
        self.log = log
        self.running = []

    def start(self, target, *, mine=None, ready=True, **more):
        """Run `target` of `serving`; wait until pages are served, or until it is dead."""
        process = FORKED.Process(
            target=target, args=(self.settings, str(self.log), mine), kwargs=more, daemon=True
        )
        process.start()
        self.running.append(process)
        if ready:
            self._until_ready(process)
        return process

    def kill(self, process):
        if process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        self.bury(process)

    def bury(self, process):
        process.join(timeout=PATIENCE)
        assert not process.is_alive()
        if process in self.running:
            self.running.remove(process)

    def stop(self):
        for process in list(self.running):
            self.kill(process)

    def send(self, method, path, token=None, json=None, headers=None):
        """One request over HTTP; (status, body). Raises `Gone` when nobody answered."""
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}" + urllib.parse.quote(path, safe="/?&=%"),
            data=None if json is None else dumps(json),
            method=method,
            headers={
                **({"Content-Type": "application/json"} if json is not None else {}),
                **({"Authorization": f"Bearer {token}"} if token else {}),
                **(headers or {}),
            },
        )
        try:
            return self._answer(asked)
        except (OSError, HTTPException) as error:
            raise Gone(str(error)) from error

    @staticmethod
    def _answer(asked):
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
                return answer.status, loads(answer.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, loads(refusal.read())

    def errors(self):
        """The last words of each error that a process logged, for whoever looks into a failure."""
        lines = self.log.read_text("utf-8").splitlines() if self.log.exists() else []
        told = [loads(line.encode()) for line in lines if '"error"' in line]
        return [
            f"{one['event']} {one.get('path', '')}: {one.get('exception', '')[-700:]}"
            for one in told
            if isinstance(one, dict)
        ]

    def answers(self):
        try:
            return self.send("GET", "/healthz")[0] == 200
        except Gone:
            return False

    def _until_ready(self, process):
        end = time.monotonic() + PATIENCE
        while process.is_alive() and not self.answers():
            assert time.monotonic() < end, f"nobody serves: see {self.log}"
            time.sleep(0.02)


def dumps(value):
    return json.dumps(value).encode()


def loads(body):
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
