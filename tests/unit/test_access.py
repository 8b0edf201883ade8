"""Accounts, sign-in, tokens, the demo's people, and the marks that open doors."""

import json
import re
import stat
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Blueprint, Flask
from flask.views import MethodView
from jinja2 import DictLoader
from sqlalchemy import select, text

from app import access, database, directory, errors, extensions
from app.access import demo, passwords, policy, services, web
from app.access.models import Account, Credential
from app.access.values import Person
from app.audit import services as audit
from app.config import Settings
from app.database import db, reading, transaction
from app.directory.models import UnitRow
from app.errors import Invalid, NotFound, Unauthorised

GOOD = "corn-flower-blue-7"


@pytest.fixture(autouse=True)
def full_cost(monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher())


@pytest.fixture
def house(tmp_path):
    app = Flask("house")
    app.config.update(
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'access.db'}",
        SECRET_KEY="0" * 32,
        CATALOGUES=[],
    )
    app.extensions["settings"] = Settings(_env_file=None, data_dir=tmp_path, rate_all="0")
    database.init_app(app)
    extensions.init_app(app)
    errors.init_app(app)
    access.init_app(app)
    with app.app_context():
        db.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


def make(login="registrar", roles=("registrar",), password=GOOD, **values):
    values = {"name": "Соколова Марина Игоревна", "roles": roles, **values}
    return services.create_account(login, values, password=password, actor="administrator")


# ---- accounts


def test_an_account_is_made_once_and_found_by_words(house):
    with transaction() as session:
        directory_unit = UnitRow(name="Общий отдел")
        session.add(directory_unit)
        session.flush()
        unit = directory_unit.id
    made = make(login=" Registrar ", unit_id=unit, email="a@b.example")
    assert made == services.load_person("REGISTRAR")
    assert (made.login, made.roles, made.unit, made.short_name) == (
        "registrar",
        frozenset({"registrar"}),
        "Общий отдел",
        "Соколова М. И.",
    )
    make(login="executor1", roles=("executor", "registrar"), name="Лебедёв Николай")
    with reading() as session:
        assert [one.login for one in services.people(session, "ЛЕБЕДЕВ")] == ["executor1"]
        assert [one.login for one in services.people(session, "марина общий")] == ["registrar"]
        assert len(services.people(session, "")) == 2
        assert [one.login for one in services.people(session, "", "executor")] == ["executor1"]
        assert services.logins_with_role(session, "registrar") == ["executor1", "registrar"]
        with pytest.raises(NotFound):
            services.person(session, "nobody")
    with pytest.raises(Invalid) as refusal:
        make()
    assert list(refusal.value.fields) == ["login"]


@pytest.mark.parametrize(
    ("login", "password", "values", "field"),
    [
        ("Имя", GOOD, {}, "login"),
        ("a", GOOD, {}, "login"),
        ("registrar", "short", {}, "password"),
        ("registrar", "registrar-2026", {}, "password"),
        ("registrar", "aaaabbbbaaaa", {}, "password"),
        ("registrar", "password12345", {}, "password"),
        ("registrar", "qwertyuiop12", {}, "password"),
        ("registrar", "йцукенгшщзхъ", {}, "password"),
        ("registrar", "Соколова2026", {}, "password"),
        ("registrar", "cjrjkjdf2026", {}, "password"),
        ("registrar", "x1y2z" * 300, {}, "password"),
        ("registrar", GOOD, {"name": " "}, "name"),
        ("registrar", GOOD, {"email": "no"}, "email"),
        ("registrar", GOOD, {"roles": ("tsar",)}, "roles"),
        ("registrar", GOOD, {"unit_id": 99}, "unit_id"),
        ("registrar", GOOD, {"post_id": 99}, "post_id"),
    ],
)
def test_a_wrong_account_is_refused_by_field(house, login, password, values, field):
    with pytest.raises(Invalid) as refusal:
        make(login=login, password=password, **values)
    assert list(refusal.value.fields) == [field]


def test_changes_are_journaled_and_the_last_administrator_stays(house):
    make(login="administrator", roles=("administrator",))
    make()
    services.change_account(
        "registrar",
        {"roles": ("registrar", "controller"), "name": "Иванова"},
        actor="administrator",
    )
    with reading() as session:
        line = audit.history(session, "account:registrar")[-1]
    assert line.action == "account.changed"
    assert line.details["before"] == {"name": "Соколова Марина Игоревна", "roles": ["registrar"]}
    assert line.details["after"] == {"name": "Иванова", "roles": ["controller", "registrar"]}
    for change in ({"active": False}, {"roles": ("registrar",)}):
        with pytest.raises(Invalid):
            services.change_account("administrator", change, actor="administrator")
    assert services.load_person("administrator").active
    assert "administrator" in services.load_person("administrator").roles


def test_no_password_or_secret_gets_into_the_journal_or_the_tables(house):
    make()
    opened = services.sign_in("registrar", GOOD)
    token = services.issue_token("registrar")
    for table in db.metadata.tables:
        with transaction() as session:
            rows = repr(session.execute(text(f'SELECT * FROM "{table}"')).all())
        assert GOOD not in rows
        assert opened.secret not in rows
        assert token.secret not in rows


# ---- sign-in


def test_signing_in_and_out(house):
    make()
    opened = services.sign_in(" REGISTRAR ", GOOD)
    assert services.person_by_session(opened.secret).login == "registrar"
    assert services.person_by_token(opened.secret) is None
    services.sign_out(opened.secret)
    assert services.person_by_session(opened.secret) is None
    actions = [line.action for line in audit.journal(audit.Filter(action="session.")).entries]
    assert actions == ["session.closed", "session.opened"]


def test_every_wrong_pair_gets_one_answer_and_one_piece_of_work(house, monkeypatch):
    make()
    make(login="gone")
    make(login="robot", password=None)
    make(login="administrator", roles=("administrator",))
    services.change_account("gone", {"active": False}, actor="administrator")
    checked = []
    true_fits = passwords.fits

    def counted(password_hash, password):
        checked.append(password_hash)
        return true_fits(password_hash, password)

    monkeypatch.setattr(passwords, "fits", counted)
    said = set()
    for login, password in [
        ("registrar", "wrong"),
        ("nobody", GOOD),
        ("gone", GOOD),
        ("robot", GOOD),
        ("robot", ""),
    ]:
        with pytest.raises(Unauthorised) as refusal:
            services.sign_in(login, password)
        said.add(str(refusal.value))
    assert len(said) == 1
    assert len(checked) == 5
    assert {hash_.split("$")[3] for hash_ in checked} == {"m=65536,t=3,p=4"}
    refused = audit.journal(audit.Filter(action="session.refused")).entries
    assert len(refused) == 5
    assert "nobody" not in repr(refused)


def test_the_hash_for_unknown_logins_costs_as_much_as_ours():
    assert not PasswordHasher().check_needs_rehash(passwords.NOBODY)
    assert not passwords.fits(passwords.NOBODY, "")


def test_an_old_hash_is_renewed_on_sign_in(house):
    make()
    with transaction() as session:
        row = session.scalars(select(Account)).one()
        row.password_hash = PasswordHasher(time_cost=1, memory_cost=1024).hash(GOOD)
    services.sign_in("registrar", GOOD)
    with reading() as session:
        assert not passwords.is_old(session.scalars(select(Account)).one().password_hash)


def test_a_changed_password_ends_other_sessions(house):
    make()
    here, there = services.sign_in("registrar", GOOD), services.sign_in("registrar", GOOD)
    token = services.issue_token("registrar")
    for old, new, field in (("wrong", "another-long-1", "old"), (GOOD, "short", "new")):
        with pytest.raises(Invalid) as refusal:
            services.change_password("registrar", old, new, keep=here.secret)
        assert list(refusal.value.fields) == [field]
    services.change_password("registrar", GOOD, "another-long-1", keep=here.secret)
    assert services.person_by_session(here.secret) is not None
    assert services.person_by_session(there.secret) is None
    assert services.person_by_token(token.secret) is None
    with pytest.raises(Invalid) as refusal:
        services.change_password("registrar", "another-long-1", "another-long-1", keep="")
    assert list(refusal.value.fields) == ["new"]


def test_who_leaves_is_signed_out_at_once(house):
    make()
    make(login="administrator", roles=("administrator",))
    opened, token = services.sign_in("registrar", GOOD), services.issue_token("registrar")
    services.change_account("registrar", {"active": False}, actor="administrator")
    services.change_account("registrar", {"active": True}, actor="administrator")
    assert services.person_by_session(opened.secret) is None
    assert services.person_by_token(token.secret) is None


def test_secrets_expire_by_the_machines_clock(house):
    make()
    opened = services.sign_in("registrar", GOOD)
    with transaction() as session:
        row = session.scalars(select(Credential)).one()
        assert timedelta(hours=11) < row.expires_at - row.created_at < timedelta(hours=13)
        row.expires_at = row.created_at
    assert services.person_by_session(opened.secret) is None


def test_people_out_of_use_get_no_token(house):
    make()
    make(login="administrator", roles=("administrator",))
    services.change_account("registrar", {"active": False}, actor="administrator")
    with pytest.raises(Invalid):
        services.issue_token("registrar")


# ---- command line


def test_the_command_line(house):
    runner = house.test_cli_runner()
    made = runner.invoke(
        args=["access", "create", "administrator", "--role", "administrator", "--password-stdin"],
        input=GOOD + "\n",
    )
    assert json.loads(made.stdout) == {"login": "administrator", "roles": ["administrator"]}
    prompted = runner.invoke(
        args=["access", "create", "second", "--role", "auditor"], input=f"{GOOD}\n{GOOD}\n"
    )
    assert prompted.exit_code == 0
    assert GOOD not in prompted.output
    token = json.loads(runner.invoke(args=["access", "token", "administrator"]).stdout)
    assert set(token) == {"login", "token", "expires_at"}
    assert services.person_by_token(token["token"]).login == "administrator"
    runner.invoke(args=["access", "revoke", "administrator"])
    assert services.person_by_token(token["token"]) is None
    for args, code in (
        (["access", "token", "nobody"], 1),
        (["access", "revoke", "nobody"], 1),
        (["access", "create", "second", "--role", "auditor", "--password-stdin"], 1),
        (["access", "create", "third", "--role", "tsar", "--password-stdin"], 2),
        (["access", "token"], 2),
    ):
        refused = runner.invoke(args=args, input=GOOD + "\n")
        assert refused.exit_code == code, args
        assert refused.stderr
        assert not refused.stdout


# ---- the demo


def test_the_demo_accounts_are_those_of_the_design(house, tmp_path):
    settings = house.extensions["settings"]
    directory.prepare(demo=True)
    access.prepare_demo(settings)
    told = json.loads((tmp_path / "demo.json").read_text("utf-8"))
    assert told["url"] == settings.address
    logins = [one["login"] for one in told["accounts"]]
    assert logins == [
        "registrar",
        "assistant",
        "manager",
        "executor1",
        "executor2",
        "controller",
        "approver",
        "signatory",
        "dispatcher",
        "analyst",
        "administrator",
        "auditor",
    ]
    assert all(set(one) == {"login", "password", "roles", "unit"} for one in told["accounts"])
    assert {role for one in told["accounts"] for role in one["roles"]} == set(policy.ROLES) - {
        "client"
    }
    for one in told["accounts"]:
        person = services.load_person(one["login"])
        assert person.unit == one["unit"]
        assert person.roles == set(one["roles"])
        assert all((person.post, person.email, person.name_en, person.unit_en, person.post_en))
        assert policy.password_complaint(one["password"], one["login"]) is None
    services.sign_in("manager", told["accounts"][2]["password"])
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600
    assert len(access.demo_sign_ins(settings)) == 12


def test_a_second_start_keeps_the_passwords_and_a_lost_file_makes_new_ones(house, tmp_path):
    settings = house.extensions["settings"]
    demo.prepare(settings)
    first = demo.accounts(settings)
    demo.prepare(settings)
    assert demo.accounts(settings) == first
    (tmp_path / "demo.json").unlink()
    assert demo.accounts(settings) == []
    demo.prepare(settings)
    again = demo.accounts(settings)
    assert again != first
    assert services.sign_in("registrar", again[0]["password"])


# ---- policy


def test_the_auditor_has_no_right_to_change_anything():
    for right, roles in policy.RIGHTS.items():
        assert roles <= policy.ROLES.keys()
        if not right.endswith(".read"):
            assert policy.AUDITOR not in roles
    auditor = Person("auditor", "А", roles=frozenset({"auditor"}))
    assert policy.may(auditor, "journal.read")
    assert policy.only_reads(auditor)
    assert not policy.may(auditor, "people.change")
    assert not policy.may(auditor, "anything.else")
    assert not policy.may(None, "journal.read")
    assert not policy.may(
        Person("x", "X", roles=frozenset({"auditor"}), active=False), "journal.read"
    )
    with pytest.raises(errors.Forbidden):
        policy.demand(auditor, "people.change")
    policy.demand(auditor, "people.read")


def test_short_names():
    assert Person("x", "Вершинин Павел Андреевич").short_name == "Вершинин П. А."
    assert Person("x", "Мадонна").short_name == "Мадонна"


# ---- marks


@pytest.fixture
def doors(house, monkeypatch):
    # These tests are about doors: a hash of full cost at each sign-in would only take time.
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", cheap)
    bp = Blueprint("door", __name__)

    @bp.get("/open")
    @web.public
    def open_():
        person = web.current_person()
        return person.login if person else "nobody"

    @bp.route("/any", methods=["GET", "POST"])
    @web.staff
    def any_():
        return web.acting_person().login

    @bp.route("/own", methods=["GET", "POST"])
    @web.staff(changes=False)
    def own():
        return "own"

    @bp.route("/few", methods=["GET", "POST"])
    @web.needs("administrator", "analyst")
    def few():
        return "few"

    @bp.get("/forgotten")
    def forgotten():
        return "secret"

    @bp.route("/api/v1/things", methods=["GET", "POST"])
    @web.staff
    def things():
        return web.acting_person().login

    class ByMethod(MethodView):
        @web.public
        def get(self):
            return "seen"

        def post(self):
            return "changed"

    bp.add_url_rule("/by-method", view_func=ByMethod.as_view("by_method"))
    house.register_blueprint(bp)
    house.config["WTF_CSRF_ENABLED"] = False
    house.jinja_env.globals["_"] = str
    with house.app_context():
        house.jinja_loader = DictLoader({"error.html": "{{ status }} {{ detail }}"})
        house.jinja_env.loader = house.jinja_loader
    return house


def bearer(login):
    return {"Authorization": f"Bearer {services.issue_token(login).secret}"}


def signed_in(house, login):
    client = house.test_client()
    opened = services.sign_in(login, GOOD)
    with client.session_transaction() as session:
        session["_user_id"] = opened.secret
    return client


def test_an_unmarked_endpoint_is_closed_to_all(doors):
    make(login="administrator", roles=tuple(policy.ROLES))
    for client in (doors.test_client(), signed_in(doors, "administrator")):
        assert client.get("/forgotten").status_code == 403
        assert client.get("/by-method").status_code == 200
        assert client.post("/by-method").status_code == 403
        assert client.get("/absent").status_code == 404


def test_public_pages_know_who_is_signed_in(doors):
    make()
    assert doors.test_client().get("/open").text == "nobody"
    assert signed_in(doors, "registrar").get("/open").text == "registrar"


def test_pages_ask_to_sign_in_and_remember_where_to_return(doors):
    client = doors.test_client()
    answer = client.get("/any?page=2")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/any?page%3D2"
    assert client.post("/any").location == "/sign-in"
    answer = client.get("/api/v1/things")
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_roles_open_what_is_marked_for_them(doors):
    make()
    make(login="analyst", roles=("analyst",))
    make(login="auditor", roles=("auditor",))
    make(login="both", roles=("auditor", "analyst"))
    registrar, analyst, auditor, both = (
        signed_in(doors, login) for login in ("registrar", "analyst", "auditor", "both")
    )
    assert registrar.get("/any").text == "registrar"
    assert registrar.post("/any").status_code == 200
    assert registrar.get("/few").status_code == 403
    assert analyst.get("/few").status_code == analyst.post("/few").status_code == 200
    assert auditor.get("/few").status_code == auditor.get("/any").status_code == 200
    assert auditor.post("/few").status_code == auditor.post("/any").status_code == 403
    assert auditor.post("/own").status_code == 200
    assert both.post("/few").status_code == both.post("/any").status_code == 200


def test_tokens_open_the_machines_door_only(doors):
    make()
    make(login="auditor", roles=("auditor",))
    client = doors.test_client()
    assert client.get("/api/v1/things", headers=bearer("registrar")).text == "registrar"
    assert client.post("/api/v1/things", headers=bearer("registrar")).text == "registrar"
    assert client.post("/api/v1/things", headers=bearer("auditor")).status_code == 403
    assert client.get("/any", headers=bearer("registrar")).status_code == 302
    assert client.get("/api/v1/things", headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.get("/api/v1/things", headers={"Authorization": "Basic x"}).status_code == 401


def test_a_cookie_may_only_look_at_the_machines_door(doors):
    make()
    client = signed_in(doors, "registrar")
    assert client.get("/api/v1/things").text == "registrar"
    assert client.post("/api/v1/things").status_code == 401


def test_marks_name_real_roles():
    with pytest.raises(LookupError):
        web.needs("tsar")
    with pytest.raises(LookupError):
        web.needs()


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("/desk/?page=2", True),
        ("/", True),
        ("", False),
        (None, False),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("https://evil.example", False),
        ("javascript:alert(1)", False),
        ("/desk\nSet-Cookie: a", False),
        ("/" + "x" * 3000, False),
    ],
)
def test_only_our_own_addresses_are_returned_to(address, safe):
    assert web.safe_next(address) == (address if safe else None)


def test_new_passwords_are_long_and_unlike():
    made = {passwords.new_password() for _ in range(50)}
    assert len(made) == 50
    assert all(re.fullmatch(r"[\w]{4}-[\w]{4}-[\w]{4}", one) for one in made)
