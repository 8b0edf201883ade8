"""The command line as scripts meet it: real processes, JSON lines, exit codes, one sentence."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import ROOT, free_port, wait_for_port
from tests.web.life import Reception, flask, in_process, run_flask

CITIZEN = "elkina@example.org"
BARE = {"MODE": "production"}
NEEDED = ("SECRET_KEY", "DATABASE_URL", "PUBLIC_URL", "MAIL_SERVER", "MAIL_SENDER")


def refused(data_dir, *arguments, code=1, **more):
    """The one sentence a command is refused with."""
    done = run_flask(data_dir, *arguments, **more)
    assert done.returncode == code, done.stderr + done.stdout
    (sentence,) = done.stderr.splitlines()
    assert sentence.endswith((".", ")", "?", "]")), sentence
    return sentence


@pytest.fixture
def reception(app):
    from app.access.services import issue_token

    found = Reception(in_process(app))
    for login in ("registrar", "manager", "approver", "signatory", "auditor", "assistant"):
        found.tokens[login] = issue_token(login).secret
    return found


def register(reception, receipt):
    code = reception.call("GET", "/classifier?q=1156", by="registrar")["items"][0]["code"]
    reception.do(receipt, "register", "registrar", questions=[code])


# ---- tokens ------------------------------------------------------------------------------------


def test_a_token_opens_the_api(app, data_dir, reception):
    (line,) = flask(data_dir, "access", "token", "registrar")
    assert list(line) == ["login", "token", "expires_at"]
    assert line["login"] == "registrar"
    assert datetime.fromisoformat(line["expires_at"]).tzinfo
    reception.tokens["by command"] = line["token"]
    assert reception.call("GET", "/work-items", by="by command")["items"] == []


@pytest.mark.parametrize(
    "arguments",
    [("access", "token", "nobody"), ("privacy", "approve", "--by", "registrar", "1")],
)
def test_what_a_use_case_refuses_is_told_in_one_sentence(data_dir, arguments):
    assert refused(data_dir, *arguments)


def test_demo_json_tells_the_accounts(data_dir):
    told = json.loads((data_dir / "demo.json").read_text(encoding="utf-8"))
    assert told["url"].startswith("http://")
    assert [one["login"] for one in told["accounts"]] == (
        "registrar assistant manager executor1 executor2 controller approver signatory dispatcher "
        "analyst administrator auditor"
    ).split()
    assert all(set(one) == {"login", "password", "roles", "unit"} for one in told["accounts"])


# ---- the outbox --------------------------------------------------------------------------------


def test_settle_does_what_is_due_and_counts_its_own(data_dir, reception):
    reception.file()
    (first,) = flask(data_dir, "outbox", "settle")
    assert list(first) == ["done", "waiting", "parked"]
    assert first["done"] >= 1
    assert first["parked"] == 0
    (second,) = flask(data_dir, "outbox", "settle")
    assert second["done"] == 0
    assert len(list((data_dir / "mail").glob("*.eml"))) == 1


def test_settle_says_what_is_parked_and_what_it_cannot_wait_for(data_dir, reception):
    from app import clock
    from app.database import transaction
    from app.outbox.models import Promise

    def change(**values):
        with transaction() as session:
            for row in session.query(Promise):
                for name, value in values.items():
                    setattr(row, name, value)

    reception.file()  # the receipt, and the comparison of the text
    # Another worker holds it, as one would that died a second ago.
    change(leased_until=clock.real() + timedelta(minutes=5))
    (line,) = flask(data_dir, "outbox", "settle", "--timeout", "1", expect=3)
    assert line == {"done": 0, "waiting": 2, "parked": 0}
    change(leased_until=None, due_at=clock.now() + timedelta(days=1))
    assert flask(data_dir, "outbox", "settle") == [{"done": 0, "waiting": 2, "parked": 0}]
    change(status="parked")
    assert flask(data_dir, "outbox", "settle", expect=1) == [{"done": 0, "waiting": 0, "parked": 2}]


# ---- the demo's clock --------------------------------------------------------------------------


def test_advance_fires_the_reminders_in_order_each_at_its_hour(data_dir, reception):
    from app.workflow.models import StepRow

    receipt = reception.file()
    register(reception, receipt)
    due_on = reception.status(receipt)["due_on"]
    (line,) = flask(data_dir, "demo", "advance", "P40D")
    assert list(line) == ["now", "timers", "jobs"]
    assert line["timers"] >= 5
    assert line["jobs"] >= 5
    from app.database import reading

    with reading() as session:
        rows = session.query(StepRow).filter_by(process="control", element="remind")
        moments = [row.entered_at for row in rows.order_by(StepRow.id)]
    assert moments == sorted(moments)
    due = datetime.fromisoformat(due_on).date()
    left = [(due - moment.date()).days for moment in moments]
    assert left[:4] == [10, 5, 3, 1]
    assert left[4] < 0


def test_advance_goes_forward_only_and_by_durations_only(data_dir):
    (first,) = flask(data_dir, "demo", "advance", "P10D")
    (second,) = flask(data_dir, "demo", "advance", "PT1H")
    flask(data_dir, "demo", "advance", "P0D")  # what is due by now
    gone = datetime.fromisoformat(second["now"]) - datetime.fromisoformat(first["now"])
    assert timedelta(hours=1) <= gone < timedelta(hours=2)
    assert "back" in refused(data_dir, "demo", "advance", "--", "-P1D", code=2)
    assert "duration" in refused(data_dir, "demo", "advance", "ten days", code=2)


def test_advance_closes_the_survey_that_nobody_answered(app, data_dir, reception):
    receipt = reception.file()
    register(reception, receipt)
    reception.do(receipt, "review", "manager", decision="answer", drafter="assistant")
    reception.do(receipt, "draft_reply", "assistant", text="Мусор вывезен.")
    reception.do(receipt, "approve_reply", "approver", decision="accept")
    reception.do(receipt, "sign_reply", "signatory")
    flask(data_dir, "outbox", "settle")
    assert reception.status(receipt)["survey_open"]
    (line,) = flask(data_dir, "demo", "advance", "P31D")
    assert line["timers"] >= 1
    assert not reception.status(receipt)["survey_open"]
    assert reception.open(receipt) == {}


def production(tmp_path):
    return {
        "MODE": "production",
        "SECRET_KEY": "s" * 40,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'p.db'}",
        "PUBLIC_URL": "https://reception.example",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_SENDER": "reception@reception.example",
    }


@pytest.mark.parametrize("command", [("advance", "P1D"), ("fill", "--appeals", "1")])
def test_the_demo_commands_are_refused_in_production(tmp_path, command):
    assert "demo" in refused(tmp_path, "demo", *command, env=production(tmp_path))


def test_preparing_without_a_database_is_refused_in_a_sentence(tmp_path):
    nowhere = {"DATABASE_URL": "postgresql+psycopg://x:hidden@127.0.0.1:1/x"}
    sentence = refused(tmp_path, "prepare", env={**production(tmp_path), **nowhere})
    assert "DATABASE_URL" in sentence
    assert "hidden" not in sentence


def test_preparing_makes_the_folder_that_serving_needs(tmp_path):
    folder = tmp_path / "new" / "data"
    assert "DATA_DIR" in refused(folder, "outbox", "relay", env=production(tmp_path))
    assert run_flask(folder, "prepare", env=production(tmp_path)).returncode == 0
    assert folder.stat().st_mode & 0o777 == 0o750


def test_fill_makes_appeals_and_shows_how_far_it_is(data_dir):
    done = run_flask(data_dir, "demo", "fill", "--appeals", "3", "--seed", "5")
    assert done.returncode == 0, done.stderr
    (line,) = map(json.loads, done.stdout.splitlines())
    assert list(line) == ["appeals", "seconds", "seed"]
    assert (line["appeals"], line["seed"]) == (3, 5)
    assert "Appeals" in done.stderr


# ---- processes ---------------------------------------------------------------------------------


@pytest.fixture
def edited(tmp_path):
    """A copy of the shipped set in which a citizen reads another word."""
    folder = tmp_path / "edited"
    for name in ("processes", "forms"):
        shutil.copytree(ROOT / name, folder / name)
    diagram = folder / "processes" / "appeal" / "appeal.bpmn"
    text = diagram.read_text(encoding="utf-8")
    changed = text.replace("Обращение получено", "Обращение у нас", 1)
    assert changed != text
    diagram.write_text(changed, encoding="utf-8")
    return folder


def publish(data_dir, folder, *more, expect=0):
    places = ("--processes", str(folder / "processes"), "--forms", str(folder / "forms"))
    return flask(data_dir, "process", "publish", *places, *more, expect=expect)


def test_publish_export_activate(data_dir, edited, tmp_path):
    (same,) = flask(data_dir, "process", "publish")
    assert list(same) == ["version", "changed", "warnings"]
    assert (same["version"], same["changed"]) == (1, False)
    (new,) = publish(data_dir, edited, "--note", "Другое слово")
    assert (new["version"], new["changed"]) == (2, True)
    listed = flask(data_dir, "process", "list")
    assert [(one["version"], one["active"]) for one in listed] == [(2, True), (1, False)]
    assert listed[0]["note"] == "Другое слово"

    flask(data_dir, "process", "activate", "1")
    assert flask(data_dir, "process", "list")[1]["active"] is True
    flask(data_dir, "process", "export", "2", str(tmp_path / "out"))
    (again,) = publish(data_dir, tmp_path / "out")
    assert again["version"] == 2


def test_a_broken_diagram_is_refused_by_name(data_dir, edited):
    diagram = edited / "processes" / "reply" / "reply.bpmn"
    text = diagram.read_text(encoding="utf-8")
    broken = re.sub(r'camunda:formKey="reply/draft"', 'camunda:formKey="reply/nowhere"', text)
    assert broken != text
    diagram.write_text(broken, encoding="utf-8")
    lines = publish(data_dir, edited, expect=1)
    worst = [line for line in lines if line["severity"] == "error"]
    assert worst
    assert {"file", "element", "rule", "severity", "message"} <= set(worst[0])
    assert any(line["element"] == "draft_reply" for line in worst)
    assert [one["version"] for one in flask(data_dir, "process", "list")] == [1]


def test_running_appeals_move_to_another_version_and_back(data_dir, edited, reception):
    receipt = reception.file()
    publish(data_dir, edited)

    def running():
        return {one["version"]: one["running"] for one in flask(data_dir, "process", "list")}

    before = running()
    assert before[1] >= 1
    *_lines, would = flask(data_dir, "process", "migrate", "1", "--to", "2", "--dry-run")
    assert (would["migration"], would["left"]) == (None, 0)
    assert running() == before
    *_lines, done = flask(data_dir, "process", "migrate", "1", "--to", "2")
    assert done["moved"] == before[1]
    assert running()[2] == before[1]
    (back,) = flask(data_dir, "process", "undo", done["migration"])
    assert back["undone"] == done["moved"]
    assert running() == before
    assert "register" in reception.open(receipt)


def test_what_cannot_move_stays_with_a_reason_and_exit_code(data_dir, edited, reception):
    diagram = edited / "processes" / "appeal" / "appeal.bpmn"
    text = diagram.read_text(encoding="utf-8").replace('"register"', '"enter"')
    diagram.write_text(text.replace(">register<", ">enter<"), encoding="utf-8")
    ready = reception.file()
    register(reception, ready)
    reception.file()
    publish(data_dir, edited)

    *lines, would = flask(data_dir, "process", "migrate", "1", "--to", "2", "--dry-run")
    (stays,) = (line for line in lines if not line["can"])
    keys = ["instance", "key", "process", "can", "reason", "rule", "element"]
    assert list(stays) == keys
    assert (stays["rule"], stays["element"]) == ("element.gone", "register")
    assert "Зарегистрировать обращение" in stays["reason"]
    assert (would["moved"], would["left"]) == (len(lines) - 1, 1)
    one = ("process", "migrate", "1", "--to", "2", "--instance", str(stays["instance"]))
    alone = run_flask(data_dir, *one)
    assert alone.returncode == 1
    assert alone.stderr.strip().endswith(stays["reason"])
    assert next(json.loads(line) for line in alone.stdout.splitlines()) == stays

    *_lines, done = flask(data_dir, "process", "migrate", "1", "--to", "2")
    reception.do(ready, "review", "manager", decision="answer", drafter="executor1")
    *left, back = flask(data_dir, "process", "undo", done["migration"])
    assert list(back) == ["migration", "undone", "left"]
    assert [line["rule"] for line in left] == ["instance.went_on"] * back["left"]
    assert back["undone"] + back["left"] == done["moved"]
    assert back["left"] >= 1
    assert refused(data_dir, "process", "undo", done["migration"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("activate", "99"),
        ("export", "99", "nowhere"),
        ("migrate", "1", "--to", "99"),
        ("undo", "x"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(data_dir, arguments):
    assert refused(data_dir, "process", *arguments)


def test_the_manifest_is_up_to_date(data_dir):
    assert flask(data_dir, "process", "manifest", "--check") == [{"stale": []}]


# ---- what needs nothing ------------------------------------------------------------------------


@pytest.fixture
def bare(tmp_path):
    """A folder where nothing was ever prepared."""
    folder = tmp_path / "bare"
    folder.mkdir()
    return folder


def test_the_classifier_and_the_terms_need_no_settings(bare):
    first = flask(bare, "classifier", "find", "56.1156", env=BARE)[0]
    assert list(first) == ["code", "number", "name", "path", "score", "words"]
    assert first["code"] == "0005.0005.0056.1156"
    lines = flask(
        bare,
        "classifier",
        "suggest",
        "-",
        env=BARE,
        text="яма на дороге\nперебои в теплоснабжении\n",
    )
    assert {line["n"] for line in lines} == {1, 2}
    (term,) = flask(bare, "deadlines", "due", "R17", "--from", "2026-03-02", env=BARE)
    assert term["due"] == "2026-04-01"
    assert not list(bare.iterdir())


def test_a_new_edition_needs_no_settings_either(bare, tmp_path):
    (source,) = list((ROOT / "classifier_data").glob("*/classifier.csv"))[:1]
    (line,) = flask(
        bare,
        "classifier",
        "import",
        str(source),
        "--edition",
        "test",
        "--from",
        "2020-01-01",
        env=BARE,
    )
    assert line["edition"] == "test"
    assert line["nodes"] > 2000


# ---- journal and files -------------------------------------------------------------------------


def test_the_journal_and_the_files_are_verified(data_dir, reception, tmp_path):
    from app.documents.services import accept_upload

    with (tmp_path / "photo.txt").open("w+b") as stream:
        stream.write(b"evidence")
        stream.seek(0)
        kept = accept_upload(stream, "photo.txt", owner="api")
    reception.file(files=[kept.id])
    flask(data_dir, "outbox", "settle")
    (journal,) = flask(data_dir, "audit", "verify")
    assert list(journal) == ["rows", "sealed", "unsealed", "first_bad"]
    assert journal["first_bad"] is None
    assert journal["sealed"] > 0
    (files,) = flask(data_dir, "documents", "verify")
    assert files["files"] >= 1
    assert files["good"] is True

    stored = next(path for path in (data_dir / "files").rglob(f"{kept.sha256}*") if path.is_file())
    stored.chmod(0o600)
    stored.write_bytes(b"other words")
    (files,) = flask(data_dir, "documents", "verify", expect=1)
    assert files["changed"] == [kept.sha256]


def test_a_changed_line_of_the_journal_is_found(app, data_dir, reception):
    from app.database import transaction

    reception.file()
    flask(data_dir, "outbox", "settle")
    with transaction() as session:
        session.connection().exec_driver_sql("DROP TRIGGER IF EXISTS journal_is_never_changed")
        table = "journal"
        first = session.connection().exec_driver_sql(f"SELECT min(id) FROM {table}").scalar()
        session.connection().exec_driver_sql(
            f"UPDATE {table} SET actor = 'somebody else' WHERE id = ?", (first,)
        )
    (line,) = flask(data_dir, "audit", "verify", expect=1)
    assert line["first_bad"] == first


# ---- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        "access token",
        "outbox settle --timeout soon",
        "outbox nonsense",
        "demo advance",
        "demo fill",
        "demo fill --appeals 0",
        "process migrate 1",
        "process publish --processes nowhere",
        "deadlines due R17",
        "deadlines due R17 --from yesterday",
        "classifier import nowhere.csv",
    ],
)
def test_a_usage_error_is_one_sentence_and_2(app, arguments):
    # Parsing needs no process of its own; that `flask` ends so is seen in the tests around.
    done = app.test_cli_runner().invoke(args=arguments.split())
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr


def test_a_folder_without_a_diagram_is_not_published(app, tmp_path):
    # The forms alone would be a set that nothing can follow.
    arguments = ["process", "publish", "--processes", str(tmp_path)]
    done = app.test_cli_runner().invoke(args=arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"There is no diagram below {tmp_path}.\n"


def test_a_folder_without_what_the_house_begins_is_not_published(app, tmp_path):
    (survey,) = (path for path in Path("processes").rglob("survey.bpmn"))
    (tmp_path / "survey.bpmn").write_bytes(survey.read_bytes())
    arguments = ["process", "publish", "--processes", str(tmp_path)]
    done = app.test_cli_runner().invoke(args=arguments)
    assert done.exit_code == 1
    found = {json.loads(line)["element"] for line in done.stdout.splitlines()}
    assert {"appeal", "notice"} <= found
    assert "Nothing was published" in done.stderr


def test_usage_and_refusal_by_a_real_process(bare):
    assert refused(bare, "access", "token", code=2)
    assert "prepared" in refused(bare, "access", "token", "registrar")
    assert refused(bare, "deadlines", "due", "R99", "--from", "2026-03-02")


@pytest.mark.parametrize(
    "arguments", [("serve",), ("run", "--port", "1"), ("prepare",), ("outbox", "settle")]
)
def test_nothing_serves_or_opens_the_database_without_its_settings(bare, arguments):
    sentence = refused(bare, *arguments, env=BARE)
    assert all(name in sentence for name in NEEDED)
    assert not list(bare.iterdir())


def test_a_web_server_is_refused_at_its_start(bare):
    done = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **BARE, "DATA_DIR": str(bare)},
        timeout=120,
    )
    assert done.returncode == 1
    assert all(name in done.stderr for name in NEEDED)


# ---- beside a running server -------------------------------------------------------------------


@pytest.fixture
def server(data_dir):
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(data_dir), "PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )
    wait_for_port(port, seconds=120)
    yield address
    process.terminate()
    process.wait(timeout=60)


def over_http(address):
    dumps, load = json.dumps, json.load

    def send(method, path, token, json=None):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        body = None if json is None else dumps(json).encode()
        asked = urllib.request.Request(
            address + urllib.parse.quote(path, safe="/?&="), body, headers, method=method
        )
        with urllib.request.urlopen(asked, timeout=120) as answer:
            return answer.status, load(answer)

    return send


def test_settle_and_advance_work_beside_a_running_server(data_dir, server):
    reception = Reception(over_http(server))
    (token,) = flask(data_dir, "access", "token", "registrar")
    reception.tokens["registrar"] = token["token"]
    receipts = []
    for _each in range(4):
        receipts.append(reception.file())
        register(reception, receipts[-1])
        (line,) = flask(data_dir, "outbox", "settle")
        assert line["parked"] == 0
    (line,) = flask(data_dir, "demo", "advance", "P2D")
    with urllib.request.urlopen(f"{server}/demo/mail.json?to={CITIZEN}", timeout=60) as answer:
        subjects = [one["text"] for one in json.load(answer)["items"]]
    for receipt in receipts:
        number = reception.status(receipt)["number"]
        # Nobody got a letter twice: one tells the receipt, one the number.
        assert sum(f"Номер: {number}\n" in text for text in subjects) == 1
    assert len(subjects) == 2 * len(receipts)
    assert Path(data_dir, "clock.lock").exists()
