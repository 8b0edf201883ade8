"""Settings, clock, transactions."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from app import clock, config
from app.database import Aftermath, db, reading, transaction


def test_production_names_all_that_is_missing_at_once(tmp_path):
    with pytest.raises(config.MissingSettings) as refusal:
        config.load(mode="production", data_dir=tmp_path)
    for name in ("SECRET_KEY", "DATABASE_URL", "PUBLIC_URL", "MAIL_SERVER", "MAIL_SENDER"):
        assert name in str(refusal.value)


def test_production_refuses_a_short_secret(tmp_path):
    with pytest.raises(config.MissingSettings, match="32"):
        config.load(
            mode="production",
            data_dir=tmp_path,
            secret_key="short",
            database_url="sqlite://",
            public_url="https://x.example",
            mail_server="x",
            mail_sender="a@x.example",
        )


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("PORT", "abc", "integer"),
        ("MODE", "prod", "'production'"),
        ("LOG_LEVEL", "LOUD", "'INFO'"),
        ("DEFAULT_ZONE", "Europe/Nowhere", "Europe/Moscow"),
        ("DEFAULT_LANGUAGE", "de", "'ru'"),
        ("PUBLIC_URL", "reception.example.org", "https://"),
        ("DATABASE_URL", "postgres://x:hidden@h/x", "postgresql+psycopg://"),
        ("DATABASE_URL", "hidden", "postgresql+psycopg://"),
        ("RATE_STATUS", "hidden", "20/minute"),
    ],
)
def test_wrong_settings_are_told_together_with_the_remedy(
    tmp_path, monkeypatch, name, value, remedy
):
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("THREADS", "0")
    with pytest.raises(config.MissingSettings) as refusal:
        config.load(data_dir=tmp_path)
    said = str(refusal.value)
    assert f"{name}: " in said
    assert remedy in said
    assert "THREADS: " in said
    assert "hidden" not in said
    assert "\n" not in said


SERVING = {
    "mode": "production",
    "secret_key": "s" * 32,
    "database_url": "sqlite://",
    "public_url": "https://x.example",
    "mail_server": "x",
    "mail_sender": "a@x.example",
}


def test_production_refuses_to_serve_without_its_folder(tmp_path):
    with pytest.raises(config.MissingSettings, match=r"DATA_DIR=.*not there"):
        config.load(**SERVING, data_dir=tmp_path / "data")
    config.make_data_dir(config.read(**SERVING, data_dir=tmp_path / "data"))
    assert config.load(**SERVING, data_dir=tmp_path / "data")


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(config.MissingSettings, match=r"DATA_DIR=.*make this folder"):
        config.load(data_dir=tmp_path / "file")
    with pytest.raises(config.MissingSettings, match=r"DATA_DIR=.*make this folder"):
        config.make_data_dir(config.read(**SERVING, data_dir=tmp_path / "file" / "data"))


def test_the_demo_keeps_its_secrets_private(tmp_path):
    first = config.load(data_dir=tmp_path)
    assert len(first.secret_key) == 64
    assert config.load(data_dir=tmp_path).secret_key == first.secret_key
    assert (tmp_path / "keys" / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("limit", "every", "expected"),
    [("5/minute", "", "5/minute"), ("0", "", None), ("5/minute", "0", None)],
)
def test_a_rate_of_nought_is_off(tmp_path, limit, every, expected):
    settings = config.load(data_dir=tmp_path, rate_status=limit, rate_all=every)
    assert settings.rate("status") == expected


def test_the_clock_of_the_demo_goes_forward_only(app):
    before = clock.now()
    clock.move_to(before + timedelta(days=10))
    assert clock.now() >= before + timedelta(days=10)
    clock.move_to(before)
    assert clock.now() >= before + timedelta(days=10)


def test_the_clock_of_production_does_not_move(app):
    from pathlib import Path

    clock.bind(Path("/nonexistent"), movable=False)
    assert clock.offset() == timedelta()
    with pytest.raises(RuntimeError):
        clock.move_to(datetime(2030, 1, 1, tzinfo=UTC))


def test_use_cases_do_not_nest(app):
    with transaction(), pytest.raises(RuntimeError), reading():
        pass


def test_an_aftermath_is_written_although_its_use_case_is_not(either_app):
    from sqlalchemy import func, select

    from app.audit.models import JournalRow
    from app.audit.services import record

    class Broken(Aftermath):
        def write(self, session):
            record(session, "system", "test.failed")

    with pytest.raises(Broken), transaction() as session:
        record(session, "system", "test.done")
        raise Broken
    with reading() as session:
        actions = dict(
            session.execute(
                select(JournalRow.action, func.count()).group_by(JournalRow.action)
            ).all()
        )
    assert actions.get("test.failed") == 1
    assert "test.done" not in actions


def test_connections_stay_and_the_last_one_is_taken_first(make_app):
    app = make_app(threads=7)
    with app.app_context():
        held = [db.engine.raw_connection() for _thread in range(7)]
        last = held[-1].driver_connection
        for connection in held:
            connection.close()
        assert db.engine.pool.checkedin() == 7
        with closing(db.engine.raw_connection()) as again:
            assert again.driver_connection is last


def test_a_moment_without_a_zone_is_refused(app):
    from sqlalchemy.exc import StatementError

    from app.audit.models import JournalRow

    with pytest.raises(StatementError, match="time zone"), transaction() as session:
        session.add(JournalRow(at=datetime(2026, 1, 1), actor="x", action="x.y", details="{}"))


def test_readiness_names_what_is_down(make_app):
    app = make_app(redis_url="redis://127.0.0.1:1/0")
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["down"] == ["redis"]
    assert app.test_client().get("/healthz").status_code == 200


def test_pages_carry_a_strict_policy(client):
    policy = client.get("/healthz").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_an_identity_provider_is_configured_whole_or_not_at_all(tmp_path):
    with pytest.raises(config.MissingSettings) as refusal:
        config.load(data_dir=tmp_path, oidc_issuer="https://id.example")
    assert "OIDC_CLIENT_ID, OIDC_CLIENT_SECRET" in str(refusal.value)


def test_an_empty_line_of_env_means_the_default(tmp_path, monkeypatch):
    for name in ("FILING_SIGN_IN", "SIGNING_PKCS12", "THREADS"):
        monkeypatch.setenv(name, "")
    settings = config.load(data_dir=tmp_path)
    assert settings.signing_pkcs12 is None
    assert settings.threads == 8
    assert settings.sign_in_to_file is config.SignIn.OFFERED
