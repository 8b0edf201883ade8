"""A small house for letters: body, people, documents and outbox on SQLite, no other rooms."""

from contextlib import contextmanager

import pytest
from flask import Flask

from app import clock, database, extensions, shell
from app.access.values import Person
from app.config import load
from app.correspondence import registry, services, views
from app.correspondence.services import Addressee
from app.database import db, transaction
from app.directory.demo import seed
from app.documents import store
from app.outbox import relay

CITIZEN = Addressee("Иванов Иван Петрович", email="ivanov@example.com")
BY_POST = Addressee(
    "Петрова Анна Сергеевна",
    postal_address="699000, г. Среднеозёрск,\nул. Озёрная, д. 5, кв. 12",
    channel="post",
)
SIGNATORY = Person("signatory", "Вершинин Павел Андреевич", post="Глава города Среднеозёрска")
FACTS = {
    "name": "Иванов Иван Петрович",
    "receipt": "П-000001",
    "number": "И-12-ОГ/26",
    "access_code": "CODE-CODE-CODE-CODE",
    "registered_on": "2026-11-02",
    "due_on": "2026-12-02",
}


def make(tmp_path, **settings):
    app = Flask("app", root_path=str(__import__("pathlib").Path(shell.__file__).parent))
    app.extensions["settings"] = load(
        mode="demo", data_dir=tmp_path, public_url="https://priem.example", **settings
    )
    app.config.update(
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'letters.db'}",
        SECRET_KEY="s",
        CATALOGUES=["correspondence/translations"],
    )
    database.init_app(app)
    extensions.init_app(app)
    clock.bind(tmp_path, movable=True)
    store.init_app(app)
    views.init_app(app)
    return app


@contextmanager
def opened(app):
    with app.app_context():
        db.metadata.create_all(db.engine)
        with transaction() as session:
            seed(session)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def facts(monkeypatch):
    """What the room of appeals would say of the case; a test may change it."""
    known = dict(FACTS)
    monkeypatch.setattr(registry, "_providers", [lambda *_asked: known])
    return known


@pytest.fixture
def told(monkeypatch):
    """Messages that jobs delivered to instances; the process itself is not this room's."""
    messages = []

    def deliver(_session, target, name, payload, *, actor):
        messages.append((target, name, dict(payload), actor))
        return True

    monkeypatch.setattr("app.correspondence.jobs.workflow.deliver", deliver)
    return messages


@pytest.fixture
def house(tmp_path, monkeypatch, facts, told):
    monkeypatch.chdir(tmp_path)
    with opened(make(tmp_path)) as app:
        yield app
    clock.bind(tmp_path, movable=False)


def settle():
    """Keep all promises that are due."""
    while relay.run_due():
        pass


def do(use_case, *args, **kwargs):
    with transaction() as session:
        return use_case(session, *args, **kwargs)


def drafted(addressee=CITIZEN, **more):
    given = {
        "key": "appeal:1",
        "kind": "reply",
        "template": "reply",
        "subject": "О рассмотрении обращения",
        "text": "Ваше обращение рассмотрено.\n\n— крыша отремонтирована;\n— подъезд убран.",
        "actor": "executor1",
        "facts": {"executor": "Петрова Анна Сергеевна", "executor_phone": "8 (000) 210-00-11"},
    }
    return do(services.draft, addressee=addressee, **{**given, **more})


def signed(addressee=CITIZEN, instance=7, **more):
    """A letter that went all the way to its signature."""
    letter = drafted(addressee, **more)
    do(services.approve, letter.id, "approver")
    do(services.request_signature, letter.id, signatory=SIGNATORY, instance=instance)
    settle()
    return do(services.letter, letter.id)


def registered(addressee=CITIZEN, **more):
    letter = signed(addressee, **more)
    return do(services.register, letter.id)
