"""Drive an appeal over REST as a script outside would: forms and ids are discovered on the way."""

import json
import os
import subprocess
import sys


class Reception:
    """The REST door; `send(method, path, token, json)` returns (status, body, headers)."""

    def __init__(self, send):
        self._send = send
        self.tokens = {}

    def call(self, method, path, *, by=None, expect=(200, 201), **more):
        token = self.tokens[by] if by else None
        status, body = self._send(method, f"/api/v1{path}", token, **more)
        allowed = expect if isinstance(expect, tuple) else (expect,)
        assert status in allowed, (
            f"{method} {path} -> {status}: {json.dumps(body, ensure_ascii=False)}"
        )
        return body

    def file(self, **more):
        body = {
            "applicant": {
                "kind": "citizen",
                "last_name": "Ёлкина",
                "first_name": "Мария",
                "middle_name": "Петровна",
                "email": "elkina@example.org",
            },
            "reply_channel": "email",
            "text": "Во дворе дома 5 по улице Садовой третью неделю не вывозят мусор.",
        }
        applicant = {**body["applicant"], **more.pop("applicant", {})}
        body.update(more, applicant=applicant)
        return self.call("POST", "/appeals", json=body, expect=201)

    def status(self, receipt, **more):
        pair = {"receipt": receipt["receipt"], "access_code": receipt["access_code"]}
        return self.call("POST", "/status", json={**pair, **more})

    def open(self, receipt, by="auditor"):
        found = self.call("GET", f"/work-items?appeal={receipt['receipt']}&scope=all", by=by)
        return {item["element"]: item for item in found["items"]}

    def complete(self, by, item, expect=200, **answers):
        """Take an item, answer what is asked beyond the prefilled values, complete it."""
        self.call("POST", f"/work-items/{item['id']}/take", by=by)
        opened = self.call("GET", f"/work-items/{item['id']}", by=by)
        body = {"answers": {**opened["values"], **answers}, "version": opened["version"]}
        return self.call(
            "POST", f"/work-items/{item['id']}/complete", by=by, json=body, expect=expect
        )

    def do(self, receipt, element, by, expect=200, **answers):
        items = self.call(
            "GET", f"/work-items?appeal={receipt['receipt']}&element={element}&scope=all", by=by
        )["items"]
        mine = [one for one in items if one["assignee"] in (None, by)]
        assert mine, f"nobody waits for {by} at {element}: {list(self.open(receipt))}"
        return self.complete(by, mine[0], expect=expect, **answers)


def run_flask(data_dir, *arguments, env=None, text=None):
    """Run `flask --app wsgi …` as a process of its own; what it said and how it ended."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        capture_output=True,
        text=True,
        check=False,
        input=text,
        env={**os.environ, "DATA_DIR": str(data_dir), **(env or {})},
        timeout=300,
    )


def flask(data_dir, *arguments, expect=0, env=None, text=None):
    """Give a command as `flask --app wsgi …` does; the JSON lines of its answer.

    Without an environment of its own it needs no process of its own either: an application made
    for it alone finds the same things, in a tenth of the time.
    """
    if env:
        done = run_flask(data_dir, *arguments, env=env, text=text)
        code, said, trouble = done.returncode, done.stdout, done.stderr
    else:
        code, said, trouble = _given(data_dir, arguments, text)
    assert code == expect, trouble + said
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


def _given(data_dir, arguments, text):
    from app import create_app
    from tests.conftest import close

    app = create_app(check_settings=False, data_dir=data_dir)
    with app.app_context():
        done = app.test_cli_runner().invoke(args=[*map(str, arguments)], input=text)
    close(app)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def in_process(app):
    """A `send` for `Reception` over Flask's test client."""
    client = app.test_client()

    def send(method, path, token, json=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = client.open(path, method=method, json=json, headers=headers)
        return answer.status_code, answer.get_json(silent=True)

    return send
