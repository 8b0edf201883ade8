"""The second factor: set up, asked for, demanded by role, recovered, taken away."""

import html
import re

import pyotp
import pytest
from sqlalchemy import select, update

from app.access import credentials, second_factor, services
from app.access.models import Credential, RecoveryCode
from app.access.models import SecondFactor as Kept
from app.access.values import Origin
from app.audit import services as audit
from app.clock import real
from app.database import db, reading, transaction
from app.errors import Conflict, Invalid, TooMany, Unauthorised
from tests.web.test_studio import Visitor, last, password_of

FACTOR, SET_UP = "/account/second-factor", "/account/second-factor/set-up"
WRONG = "000000"


def secret_on(page):
    return re.search(r"<code>((?:[A-Z2-7]{4} ?){8})</code>", page)[1].replace(" ", "")


def codes_on(page):
    return re.findall(r"<li><code>([a-z2-7-]{19})</code>", page)


@pytest.fixture(autouse=True)
def half_minute_held(monkeypatch):
    """A test means one half minute and the ones beside it; none begins while the test runs."""
    begun = real()
    monkeypatch.setattr(second_factor, "real", lambda: begun)


def code(secret, later=0):
    """What the app shows, `later` half minutes from now."""
    return pyotp.TOTP(secret).at(int(second_factor.real().timestamp()) + 30 * later)


def set_up(visitor, login="manager"):
    """Set the second factor up as a person does; the secret and the recovery codes."""
    begun = visitor.send(FACTOR, password=password_of(visitor.app, login), deed="begin")
    assert begun.location == SET_UP
    secret = secret_on(visitor.page(SET_UP))
    done = visitor.send(SET_UP, code=code(secret, -1))
    assert done.status_code == 200, done.text
    return secret, codes_on(done.text)


def first_step(app, login="manager"):
    visitor = Visitor(app)
    answer = visitor.sign_in(login, password_of(app, login), next="/desk/due")
    assert answer.location == "/sign-in/code"
    assert visitor.client.get("/desk/").status_code == 302
    return visitor


def test_a_person_sets_it_up_and_is_asked_for_it(app):
    manager = Visitor(app, "manager")
    assert "не подключён" in manager.page(FACTOR)
    assert manager.client.get(SET_UP).location == FACTOR
    wrong = manager.send(FACTOR, password="wrong", deed="begin")
    assert wrong.status_code == 422
    secret, codes = set_up(manager)
    assert len(set(codes)) == 10
    assert "Осталось 10 резервных кодов" in html.unescape(manager.page(FACTOR))
    visitor = first_step(app)
    refused = visitor.send("/sign-in/code", code=WRONG)
    assert refused.status_code == 401
    assert "Код неверный" in refused.text
    assert visitor.send("/sign-in/code", code=code(secret)).location == "/desk/due"
    assert visitor.client.get("/desk/").status_code == 200
    actions = [line.action for line in audit.journal(audit.Filter(action="session.")).entries]
    assert actions[:3] == ["session.opened", "session.code_refused", "session.code_asked"]


def test_the_picture_is_drawn_without_style_and_says_the_secret(app):
    manager = Visitor(app, "manager")
    manager.send(FACTOR, password=password_of(app, "manager"), deed="begin")
    page = manager.page(SET_UP)
    figure = re.search(r'<figure class="qr".*?</figure>', page, re.DOTALL)[0]
    assert "<svg" in figure
    assert "style=" not in figure
    offer = second_factor.offered("manager")
    assert pyotp.parse_uri(offer.address).secret == offer.secret == secret_on(page)


def test_a_code_is_taken_once(app):
    secret, _codes = set_up(Visitor(app, "manager"))
    spent = code(secret)
    assert first_step(app).send("/sign-in/code", code=spent).status_code == 303
    assert first_step(app).send("/sign-in/code", code=spent).status_code == 401
    assert first_step(app).send("/sign-in/code", code=code(secret, -1)).status_code == 401
    assert first_step(app).send("/sign-in/code", code=code(secret, 1)).status_code == 303
    assert first_step(app).send("/sign-in/code", code=code(secret, 2)).status_code == 401


def test_a_recovery_code_stands_in_once(app):
    manager = Visitor(app, "manager")
    _secret, codes = set_up(manager)
    typed = codes[0].upper().replace("-", " ").replace("O", "0").replace("L", "1")
    assert first_step(app).send("/sign-in/code", code=typed).status_code == 303
    assert first_step(app).send("/sign-in/code", code=codes[0]).status_code == 401
    assert "Осталось 9" in manager.page(FACTOR)
    password = password_of(app, "manager")
    fresh = codes_on(manager.send(FACTOR, password=password, deed="codes").text)
    assert len(fresh) == 10
    assert first_step(app).send("/sign-in/code", code=codes[1]).status_code == 401
    assert first_step(app).send("/sign-in/code", code=fresh[1]).status_code == 303
    assert last("factor.code_used").subject == "account:manager"


def test_nothing_that_is_kept_tells_a_code(app):
    secret, codes = set_up(Visitor(app, "manager"))
    with reading() as session:
        for table in db.metadata.sorted_tables:
            rows = repr(session.execute(select(table)).all())
            assert secret not in rows
            for one in codes:
                assert one not in rows
                assert one.replace("-", "") not in rows


def test_guessing_codes_brings_the_pause_that_guessing_passwords_does(app):
    secret, _codes = set_up(Visitor(app, "manager"))
    here = Origin("192.0.2.1")
    right = password_of(app, "manager")
    half = services.sign_in("manager", right, here)
    assert half.kind == credentials.CODE
    for _time in range(2):
        with pytest.raises(Unauthorised):
            services.show_code(half.secret, WRONG, here)
    # The right password again gives no new tries.
    half = services.sign_in("manager", right, here)
    for _time in range(3):
        with pytest.raises(Unauthorised):
            services.show_code(half.secret, WRONG, here)
    with pytest.raises(TooMany):
        services.show_code(half.secret, code(secret), here)
    with pytest.raises(TooMany):
        services.sign_in("manager", right, here)


def test_the_first_step_alone_opens_nothing_and_ends_soon(app):
    secret, _codes = set_up(Visitor(app, "manager"))
    half = services.sign_in("manager", password_of(app, "manager"))
    assert services.person_by_session(half.secret) is None
    assert services.person_by_token(half.secret) is None
    assert services.half_signed_in(half.secret, credentials.ENROL) is None
    opened = services.show_code(half.secret, code(secret), Origin())
    assert services.person_by_session(opened.secret).login == "manager"
    with pytest.raises(Conflict):
        services.show_code(half.secret, code(secret, 1), Origin())
    visitor = first_step(app)
    with transaction() as session:
        session.execute(update(Credential).values(expires_at=real()))
    assert visitor.client.get("/sign-in/code").location == "/sign-in"
    assert Visitor(app).client.get("/sign-in/code").location == "/sign-in"


def test_another_phone_takes_over_only_when_it_is_confirmed(app):
    manager = Visitor(app, "manager")
    old, _codes = set_up(manager)
    manager.send(FACTOR, password=password_of(app, "manager"), deed="begin")
    new = secret_on(manager.page(SET_UP))
    assert new != old
    assert first_step(app).send("/sign-in/code", code=code(old)).status_code == 303
    refused = manager.send(SET_UP, code=code(old, 1))
    assert refused.status_code == 422
    assert manager.send(SET_UP, code=code(new, -1)).status_code == 200
    assert first_step(app).send("/sign-in/code", code=code(old, 1)).status_code == 401
    assert first_step(app).send("/sign-in/code", code=code(new)).status_code == 303


def test_it_is_turned_off_with_the_password_and_comes_back_as_another(app):
    manager = Visitor(app, "manager")
    old, codes = set_up(manager)
    off = manager.send(FACTOR, password=password_of(app, "manager"), deed="off")
    assert off.status_code == 303
    assert Visitor(app).sign_in("manager", password_of(app, "manager")).location == "/desk/"
    with reading() as session:
        assert session.scalars(select(RecoveryCode)).all() == []
    new, fresh = set_up(manager)
    assert new != old
    assert not set(fresh) & set(codes)


def test_a_role_demands_it(app):
    administrator, manager = Visitor(app, "administrator"), Visitor(app, "manager")
    registrar = Visitor(app, "registrar")
    said = administrator.send(
        "/studio/admin/roles/second-factor", form="/studio/admin/roles", roles=["manager"]
    )
    assert said.status_code == 303
    assert last("setting.changed").details["after"] == {"value": ["manager"]}
    assert re.search(r'value="manager" checked', administrator.page("/studio/admin/roles"))
    assert registrar.client.get("/account").status_code == 200
    assert manager.client.get("/account").status_code == 302
    token = services.issue_token("manager")
    assert services.person_by_token(token.secret)

    entered = manager.sign_in("manager", password_of(app, "manager"), next="/desk/due")
    assert entered.location == "/sign-in/second-factor"
    assert manager.client.get("/desk/").status_code == 302
    secret = secret_on(manager.page("/sign-in/second-factor"))
    wrong = manager.send("/sign-in/second-factor", code=WRONG)
    assert wrong.status_code == 422
    assert "Код не подошёл" in wrong.text
    done = manager.send("/sign-in/second-factor", code=code(secret))
    assert len(codes_on(done.text)) == 10
    assert 'href="/desk/due"' in done.text
    assert manager.client.get("/desk/").status_code == 200
    assert "Отключить" not in manager.page(FACTOR)
    refused = manager.send(FACTOR, password=password_of(app, "manager"), deed="off")
    assert refused.status_code == 409
    with pytest.raises(Invalid):
        second_factor.demand(["tsar"], actor="administrator")


def test_the_administrator_takes_a_lost_one_away(app):
    manager, administrator = Visitor(app, "manager"), Visitor(app, "administrator")
    set_up(manager)
    card = "/studio/admin/people/manager"
    assert "Сбросить второй фактор" in administrator.page(card)
    assert administrator.send(card + "/second-factor", form=card).status_code == 303
    assert manager.client.get("/account").status_code == 302
    assert last("factor.reset").actor == "administrator"
    assert Visitor(app).sign_in("manager", password_of(app, "manager")).location == "/desk/"
    assert "Сбросить второй фактор" not in administrator.page(card)
    for login, expected in (("manager", 0), ("nobody", 1)):
        done = app.test_cli_runner().invoke(args=["access", "reset-second-factor", login])
        assert done.exit_code == expected


def test_a_pass_of_two_people_is_not_mixed_up(either_app):
    """The same on both databases: codes are spent by one statement each."""
    second_factor.begin("manager")
    secret = second_factor.offered("manager").secret
    codes = second_factor.confirm("manager", code(secret, -1))
    with transaction() as session:
        manager = session.scalar(select(Kept)).account_id
        row = session.get(second_factor.Account, manager)
        assert second_factor.accepts(session, row, code(secret))
        assert not second_factor.accepts(session, row, code(secret))
        assert second_factor.accepts(session, row, codes[3])
        assert not second_factor.accepts(session, row, codes[3])
        assert not second_factor.accepts(session, row, "")
        other = session.scalar(
            select(second_factor.Account).where(second_factor.Account.login == "registrar")
        )
        assert not second_factor.accepts(session, other, codes[4])
