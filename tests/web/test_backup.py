"""Backup and restore: the whole installation in one archive, also to the other database."""

import shutil
import subprocess

import pytest

from tests.conftest import ROOT, make_database
from tests.web.life import Reception, flask, in_process

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

    reception = reception_of(app)
    client = app.test_client()
    file = client.post(
        "/api/v1/uploads", data={"file": (io.BytesIO("Фото двора".encode()), "двор.txt")}
    ).get_json()
    receipt = reception.file(files=[file["id"]])
    code = reception.call("GET", "/classifier?q=1156", by="registrar")["items"][0]["code"]
    reception.do(receipt, "register", "registrar", questions=[code])
    reception.do(receipt, "review", "manager", decision="answer", drafter="executor1")
    return receipt


def carry_on(app, receipt):
    from app.outbox.cli import settle_all

    reception = reception_of(app)
    assert reception.status(receipt)["number"]
    reception.do(receipt, "draft_reply", "executor1", text="Меры приняты.")
    reception.do(receipt, "approve_reply", "approver", decision="accept")
    reception.do(receipt, "sign_reply", "signatory")
    settle_all(app, 120)
    assert reception.status(receipt)["letters"]


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
