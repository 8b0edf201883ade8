"""The staff sign in with a real OpenID Connect provider; only tied accounts get in."""

import pytest

from app.access import credentials, outside, second_factor, services
from app.access.values import Origin
from app.errors import Invalid, Unauthorised
from tests.conftest import free_port
from tests.web.test_identity import serving, signed_in_as
from tests.web.test_second_factor import code
from tests.web.test_studio import Visitor, last

HOST = "http://127.0.0.1:9"
RETURN = f"{HOST}/sign-in/returned"
ANNA = {"sub": "anna", "preferred_username": "A.Ezhikova"}


@pytest.fixture(scope="module")
def provider():
    with serving(RETURN) as issuer:
        yield issuer


def given(issuer):
    return {
        "public_url": HOST,
        "staff_oidc_issuer": issuer,
        "staff_oidc_client_id": "reception",
        "staff_oidc_client_secret": "only-for-tests",
        "staff_oidc_name": "Единый вход",
    }


@pytest.fixture
def app(make_app, provider):
    app = make_app(**given(provider))
    with app.app_context():
        yield app


def came_back(app, who="anna", back="/desk/due"):
    """A browser that went to the provider and came back; it, and the answer."""
    visitor = Visitor(app)
    asked = visitor.client.get(f"/sign-in/provider?next={back}")
    returned = signed_in_as(who, asked.location, RETURN).removeprefix(HOST)
    return visitor, visitor.client.get(returned)


def test_only_who_is_tied_gets_in(app):
    administrator = Visitor(app, "administrator")
    assert "Войти через Единый вход" in Visitor(app).page("/sign-in")
    _visitor, answer = came_back(app)
    assert answer.status_code == 401
    assert "не связана ни одна учётная запись" in answer.text
    card = "/studio/admin/people/registrar"
    tied = administrator.send(card + "/outside-name", form=card, name=" a.ezhikova ")
    assert tied.status_code == 303
    assert 'value="a.ezhikova"' in administrator.page(card)
    assert last("account.tied").details == {"name": "a.ezhikova"}
    visitor, answer = came_back(app)
    assert answer.location == "/desk/due"
    assert "registrar" in visitor.page("/account")
    # A login of ours that is somebody's name there is not theirs.
    assert came_back(app, "john")[1].status_code == 401


def test_a_name_given_to_another_opens_nothing(app):
    outside.tie("registrar", "a.ezhikova", actor="administrator")
    assert outside.sign_in(ANNA, Origin()).login == "registrar"
    with pytest.raises(Unauthorised):
        outside.sign_in({**ANNA, "sub": "another"}, Origin())
    assert outside.sign_in({**ANNA, "preferred_username": "married"}, Origin())
    outside.tie("registrar", "", actor="administrator")
    with pytest.raises(Unauthorised):
        outside.sign_in(ANNA, Origin())


def test_two_accounts_are_not_tied_to_one_name(app):
    outside.tie("registrar", "a.ezhikova", actor="administrator")
    with pytest.raises(Invalid):
        outside.tie("manager", "A.Ezhikova", actor="administrator")
    administrator = Visitor(app, "administrator")
    card = "/studio/admin/people/manager"
    administrator.send(card + "/outside-name", form=card, name="a.ezhikova")
    assert "уже связана" in administrator.page(card)
    assert outside.name_of("manager") == ""


def test_who_may_not_sign_in_does_not_by_the_provider_either(app):
    outside.tie("registrar", "a.ezhikova", actor="administrator")
    services.change_account("registrar", {"active": False}, actor="administrator")
    with pytest.raises(Unauthorised):
        outside.sign_in(ANNA, Origin())


def test_an_address_that_nobody_verified_names_nobody(make_app, provider):
    app = make_app(**given(provider), staff_oidc_claim="email")
    with app.app_context():
        outside.tie("registrar", "a@b.example", actor="administrator")
        claims = {"sub": "1", "email": "a@b.example"}
        for verified in ({}, {"email_verified": False}, {"email_verified": "true"}):
            with pytest.raises(Unauthorised):
                outside.sign_in({**claims, **verified}, Origin())
        assert outside.sign_in({**claims, "email_verified": True}, Origin())


def test_the_second_factor_is_asked_for_unless_the_provider_did(app):
    outside.tie("registrar", "a.ezhikova", actor="administrator")
    second_factor.begin("registrar")
    secret = second_factor.offered("registrar").secret
    second_factor.confirm("registrar", code(secret, -1))
    visitor, answer = came_back(app)
    assert answer.location == "/sign-in/code"
    assert visitor.send("/sign-in/code", code=code(secret)).location == "/desk/due"
    assert outside.sign_in({**ANNA, "amr": ["pwd"]}, Origin()).kind == credentials.CODE
    assert outside.sign_in({**ANNA, "amr": ["pwd", "mfa"]}, Origin()).kind == credentials.SESSION


def test_a_return_nobody_asked_for_signs_nobody_in(app):
    outside.tie("registrar", "a.ezhikova", actor="administrator")
    visitor = Visitor(app)
    for query in ("", "?code=x&state=y", "?error=access_denied&state=y"):
        assert visitor.client.get(f"/sign-in/returned{query}").status_code == 502
    assert visitor.client.get("/desk/").status_code == 302


def test_a_provider_that_is_down_leaves_the_password(make_app):
    app = make_app(**given(f"http://127.0.0.1:{free_port()}"))
    with app.app_context():
        answer = Visitor(app).client.get("/sign-in/provider")
        assert answer.status_code == 502
        assert "сейчас не отвечает" in answer.text
        assert 'name="password"' in answer.text


def test_without_a_provider_there_is_no_button_and_no_way(make_app):
    app = make_app()
    with app.app_context():
        assert "/sign-in/provider" not in Visitor(app).page("/sign-in")
        for path in ("/sign-in/provider", "/sign-in/returned"):
            Visitor(app).page(path, 404)
