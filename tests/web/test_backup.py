"""Backup and restore: the whole installation in one archive, also to the other database."""

import json
import os
import shutil
import sqlite3
import subprocess

import pytest

from tests.conftest import ROOT, make_database
from tests.web.life import Reception, flask, in_process, run_flask

LOGINS = ("registrar", "manager", "executor1", "approver", "signatory", "auditor")


def reception_of(app):
    from app.access import services as access

    found = Reception(in_process(app))
    for login in LOGINS:
        found.tokens[login] = access.issue_token(login).secret
    return found


def half_way(app):
    """An appeal with a file, carried to the draft of the reply."""
    import io

    from app.outbox.cli import settle_all

    reception = reception_of(app)
    client = app.test_client()
    file = client.post(
        "/api/v1/uploads", data={"file": (io.BytesIO("Фото двора".encode()), "двор.txt")}
    ).get_json()
    receipt = reception.file(files=[file["id"]])
    code = reception.call("GET", "/classifier?q=1156", by="registrar")["items"][0]["code"]
    reception.do(receipt, "register", "registrar", questions=[code])
    reception.do(receipt, "review", "manager", decision="answer", drafter="executor1")
    settle_all(app, 60)
    return receipt


def carry_on(app, receipt):
    from app.access.services import load_person
    from app.appeals import services
    from app.appeals.commands import SearchQuery
    from app.outbox.cli import settle_all

    reception = reception_of(app)
    assert reception.status(receipt)["number"]
    reception.do(receipt, "draft_reply", "executor1", text="Меры приняты.")
    reception.do(receipt, "approve_reply", "approver", decision="accept")
    reception.do(receipt, "sign_reply", "signatory")
    settle_all(app, 120)
    assert reception.status(receipt)["letters"]
    found = services.search(load_person("auditor"), SearchQuery(q="двор фото"))
    assert [hit.appeal.receipt for hit in found.items] == [receipt["receipt"]]


@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
def test_an_archive_is_carried_on_by_the_other_database(source, request, tmp_path, make_app):
    from app import create_app
    from tests.conftest import close

    url, prepared_pg = request.getfixturevalue("postgres_template")
    server = request.getfixturevalue("postgres")
    first, second = tmp_path / "first", tmp_path / "second"
    shutil.copytree(
        prepared_pg if source == "postgresql" else request.getfixturevalue("prepared"), first
    )
    where = {"DATABASE_URL": make_database(server, url)}
    old, new = (where, {}) if source == "postgresql" else ({}, where)
    app = create_app(data_dir=first, database_url=old.get("DATABASE_URL", ""))
    with app.app_context():
        receipt = half_way(app)
    close(app)
    archive = tmp_path / "archive.tar.gz"
    (made,) = flask(first, "backup", "create", str(archive), env=old)
    assert made["rows"] > 0
    assert archive.stat().st_mode & 0o077 == 0
    flask(second, "prepare", env=new)
    (done,) = flask(second, "backup", "restore", str(archive), env=new)
    assert done["rows"] == made["rows"]
    app = create_app(data_dir=second, database_url=new.get("DATABASE_URL", ""))
    with app.app_context():
        carry_on(app, receipt)
        (verdict,) = flask(second, "audit", "verify", env=new)
        assert verdict["first_bad"] is None
    close(app)


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_an_archive_is_restored_where_nothing_was_prepared(target, request, tmp_path, make_app):
    from app import create_app
    from tests.conftest import close

    app = make_app()
    with app.app_context():
        receipt = half_way(app)
    archive, empty, where = tmp_path / "archive.tar.gz", tmp_path / "empty", {}
    (made,) = flask(app.extensions["settings"].data_dir, "backup", "create", str(archive))
    if target == "postgresql":
        where["DATABASE_URL"] = make_database(request.getfixturevalue("postgres"))
        # As where it is served: there nothing but this has made the folder.
        where |= {"MODE": "production", "SECRET_KEY": "s" * 32, "ACCESS_CODE_KEY": "a" * 32}
        where |= {"PUBLIC_URL": "https://reception.example", "MAIL_SENDER": "a@reception.example"}
        where |= {"MAIL_SERVER": "mail.reception.example"}
    (done,) = flask(empty, "backup", "restore", str(archive), env=where)
    assert (done["rows"], done["erased_again"]) == (made["rows"], 0)
    restored = create_app(data_dir=empty, database_url=where.get("DATABASE_URL", ""))
    with restored.app_context():
        carry_on(restored, receipt)
    close(restored)


def test_an_older_schema_is_neither_upgraded_nor_replaced(data_dir, tmp_path):
    """Whose data it is nobody knows here: it may be the only copy."""
    archive = tmp_path / "archive.tar.gz"
    flask(data_dir, "backup", "create", str(archive))
    database = next(iter(data_dir.glob("*.db")))
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TABLE erasure")
        connection.execute("UPDATE alembic_version SET version_num = 'older'")
    told = run_flask(data_dir, "backup", "restore", str(archive), "--replace")
    assert told.returncode == 1
    assert "the database of older: install that version first" in told.stderr
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (
            "older",
        )


def test_a_living_database_is_not_replaced_unasked(data_dir, make_app, tmp_path):
    app = make_app()
    with app.app_context():
        half_way(app)
    archive = tmp_path / "archive.tar.gz"
    flask(data_dir, "backup", "create", str(archive))
    flask(data_dir, "backup", "restore", str(archive), expect=1)
    flask(data_dir, "backup", "restore", "--replace", str(archive))


def test_the_make_targets_name_the_commands():
    said = subprocess.run(
        ["make", "-n", "backup", "restore", "FILE=x.tar.gz"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "backup create" in said
    assert 'backup restore --replace "x.tar.gz"' in said


def test_make_leaves_to_the_settings_what_it_was_not_told(tmp_path):
    """A backup of `DATA_DIR=var`, said by make itself, would lack the files of what `.env` names."""
    told = {name: text for name, text in os.environ.items() if name not in ("DATA_DIR", "PORT")}
    for given in ({}, {"DATA_DIR": str(tmp_path), "PORT": "8010"}):
        said = subprocess.run(
            ["make", "--no-print-directory", "--eval", "told: ; @env", "told"],
            cwd=ROOT,
            env=told | given,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        found = dict(line.split("=", 1) for line in said if line.startswith(("DATA_DIR=", "PORT=")))
        assert found == given


def test_a_backup_before_an_update_does_not_update():
    said = subprocess.run(
        ["make", "-n", "backup"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "wsgi prepare" not in said


def test_what_was_erased_does_not_come_back(tmp_path, make_app):
    """Neither over the database that knows of the erasure, nor into a fresh one with its register."""
    from datetime import timedelta

    from app import clock

    app = make_app()
    place, archive = app.extensions["settings"].data_dir, tmp_path / "before.tar.gz"
    with app.app_context():
        reception = reception_of(app)
        receipt = half_way(app)
        carry_on(app, receipt)
        reception.call(
            "POST", "/status/survey", json={**pair_of(receipt), "answers": {"quality": 5}}
        )
    flask(place, "demo", "advance", "P45D")
    with app.app_context():
        clock.move_to(clock.now() + timedelta(days=366 * 7))
    flask(place, "backup", "create", str(archive))

    (due,) = flask(place, "privacy", "due", "--by", "registrar")
    assert due["held"] == ""
    (act,) = flask(place, "privacy", "propose", "--by", "registrar")
    assert flask(place, "privacy", "approve", "--by", "registrar", str(act["id"]), expect=1) == []
    flask(place, "privacy", "approve", "--by", "manager", str(act["id"]))
    flask(place, "outbox", "settle")
    (done,) = flask(place, "privacy", "acts", "--by", "auditor")
    assert (done["state"], done["done"], done["erased"]) == ("carried_out", 1, 1)
    lines = flask(place, "privacy", "register", "--by", "auditor")
    register = tmp_path / "register.jsonl"
    register.write_text("\n".join(json.dumps(one) for one in lines), encoding="utf-8")

    (told,) = flask(place, "backup", "restore", str(archive), "--replace")
    assert told["erased_again"] == 1
    assert nothing_known(place)
    (again,) = flask(place, "privacy", "register", "--by", "auditor")
    assert {**again, "erased_at": ""} == {**lines[0], "erased_at": ""}
    assert flask(place, "audit", "verify")[0]["first_bad"] is None

    fresh = tmp_path / "fresh"
    shutil.copytree(place, fresh, ignore=shutil.ignore_patterns("*.db*", "files", "mail"))
    flask(fresh, "prepare")
    (told,) = flask(fresh, "backup", "restore", str(archive))
    assert told["erased_again"] == 0
    assert not nothing_known(fresh), "without the register nobody can know"
    (told,) = flask(
        fresh, "backup", "restore", str(archive), "--replace", "--register", str(register)
    )
    assert told["erased_again"] == 1
    assert nothing_known(fresh)


def pair_of(receipt):
    return {name: receipt[name] for name in ("receipt", "access_code")}


def nothing_known(place):
    """Whether neither the database nor a file of the installation names the citizen."""
    with sqlite3.connect(next(iter(place.glob("*.db")))) as connection:
        kept = "\n".join(connection.iterdump()).encode()
    kept += b"".join(path.read_bytes() for path in (place / "mail").glob("*.eml"))
    files = [path for path in (place / "files").rglob("*") if path.is_file()]
    kept += b"".join(path.read_bytes() for path in files if path.stat().st_size < 1000)
    return not [word for word in ("Ёлкин", "elkina@", "Фото двора") if word.encode() in kept]
