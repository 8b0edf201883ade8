"""What a careless script may send past registration: it is refused, and nothing is done."""

import pytest

from app.access import services as access
from tests.web.life import Reception, in_process

LOGINS = "registrar manager executor1 executor2 auditor".split()


@pytest.fixture
def reception(app):
    return _reception(app)


def _reception(app):
    found = Reception(in_process(app))
    for login in LOGINS:
        found.tokens[login] = access.issue_token(login).secret
    return found


def _registered(reception):
    receipt = reception.file()
    code = reception.call("GET", "/classifier?q=1156", by="registrar")["items"][0]["code"]
    reception.do(receipt, "register", "registrar", questions=[code])
    return receipt


def _resolution(**more):
    return {"executor": "executor1", "responsible": True, "text": "Ответить", **more}


def _refused(reception, receipt, field, **answers):
    told = reception.do(receipt, "review", "manager", expect=422, **answers)
    assert list(told["errors"]) == [field]
    assert "review" in reception.open(receipt)


@pytest.mark.parametrize("day", ["9999-12-31", "2206-12-30"])
def test_a_slip_in_the_year_of_a_term_is_refused(reception, day):
    receipt = _registered(reception)
    rows = [_resolution(due_on=day)]
    _refused(reception, receipt, "resolutions", decision="assign", resolutions=rows)


def test_a_slip_in_the_year_of_an_absence_is_refused(reception):
    away = {"substitute": "executor2", "since": "9999-12-31", "until": "9999-12-31"}
    told = reception.call("POST", "/substitutions", by="executor1", json=away, expect=422)
    assert list(told["errors"]) == ["until"]


@pytest.mark.parametrize("login", ["\ud800", "executor1\0", "ни\0кто"])
def test_a_login_that_is_no_text_is_nobodys(either_app, login):
    reception = _reception(either_app)
    receipt = _registered(reception)
    rows = [_resolution(executor=login)]
    _refused(reception, receipt, "resolutions", decision="assign", resolutions=rows)
    _refused(reception, receipt, "drafter", decision="answer", drafter=login)
    away = {"substitute": login, "since": "2999-01-01", "until": "2999-01-01"}
    reception.call("POST", "/substitutions", by="executor1", json=away, expect=422)


@pytest.mark.parametrize("action", [{}, [], ["note"], 5, True, "\ud800"])
def test_an_action_of_another_kind_is_refused(reception, action):
    receipt = _registered(reception)
    path = f"/appeals/{receipt['receipt']}/actions"
    told = reception.call("POST", path, by="registrar", json={"action": action}, expect=422)
    assert list(told["errors"]) == ["action"]


def test_who_has_no_role_is_given_no_work(reception):
    receipt = _registered(reception)
    rows = [_resolution(executor="auditor")]
    _refused(reception, receipt, "resolutions", decision="assign", resolutions=rows)
    _refused(reception, receipt, "drafter", decision="answer", drafter="auditor")
    reception.do(receipt, "review", "manager", decision="assign", resolutions=[_resolution()])
    path = f"/assignments/{_part(reception, receipt)['id']}/change"
    given = {"executor": "auditor", "reason": "Отпуск"}
    told = reception.call("POST", path, by="manager", json=given, expect=422)
    assert list(told["errors"]) == ["executor"]
    assert _part(reception, receipt)["executor"] == "executor1"


def test_a_login_is_kept_as_the_account_has_it(reception):
    receipt = _registered(reception)
    reception.do(receipt, "review", "manager", decision="assign", resolutions=[_resolution()])
    path = f"/assignments/{_part(reception, receipt)['id']}/change"
    given = {"executor": "EXECUTOR2", "reason": "Отпуск"}
    reception.call("POST", path, by="manager", json=given)
    assert _part(reception, receipt)["executor"] == "executor2"
    drafted = _registered(reception)
    reception.do(drafted, "review", "manager", decision="answer", drafter="EXECUTOR1")
    item = reception.open(drafted)["draft_reply"]
    assert item["assignee"] == "executor1"


def _part(reception, receipt):
    (part,) = reception.call("GET", f"/appeals/{receipt['receipt']}", by="manager")["assignments"]
    return part
