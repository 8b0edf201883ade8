"""Every address is shut to whoever it is not for: nobody, other roles, forged forms.

The lists below say who gets where; the marks of the code are not asked, so that a slip of one
shows here.
"""

import json
import shutil

import pytest
from werkzeug.routing import BuildError

from app.access import services as access
from app.access.policy import ROLES
from app.appeals import services
from app.database import reading
from app.workflow import services as workflow
from tests.conftest import close
from tests.unit.office import Office
from tests.web.desk import Clerk, FreshClient, form_of

#: Addresses that are everybody's: a folder ends with a stroke.
PUBLIC = (
    *("/static/", "/healthz", "/readyz", "/metrics", "/demo/mail", "/demo/mail.json"),
    *("/demo/mail/", "/sign-in", "/sign-in/", "/sign-out", "/password/forgotten"),
    *("/password/link/", "/password/new", "/privacy", "/accessibility", "/answers", "/answers/"),
    *("/language/", "/appearance", "/documents/check", "/survey/", "/appeals/", "/uploads"),
    *("/uploads/", "/citizen/", "/status", "/status/", "/emblem/", "/news/", "/statistics"),
    *("/statistics.json", "/statistics.csv", "/api/v1/openapi.json", "/api/v1/uploads"),
    *("/api/v1/status", "/api/v1/status/"),
)
#: Public for one method only.
PUBLIC_CALLS = {("POST", "/api/v1/appeals"), ("GET", "/")}
LEADERS = "manager assistant controller"
POSTING = "registrar dispatcher"
OFFICE = f"{LEADERS} registrar approver signatory dispatcher"
#: Whom an address lets in who has only one role, the longest beginning first; `POST` where it
#: takes another role to change something than to look. Whatever is not here is for all staff.
ROLES_OF = {
    "/desk/intake": "registrar",
    "/desk/overview": LEADERS,
    "/desk/journal": OFFICE,
    "/desk/control": OFFICE,
    "/desk/load": LEADERS,
    "/desk/keeping": "administrator manager registrar",
    "POST /desk/keeping/propose": "administrator registrar",
    "POST /desk/keeping/preserve": "administrator registrar",
    "POST /desk/keeping/acts/<int:act_id>/decide": "manager",
    "POST /desk/keeping/subject": "administrator",
    "/desk/appeals/<int:appeal_id>/publication": "manager",
    "/desk/appeals/<int:appeal_id>/take-down": "manager",
    "/desk/mailings": POSTING,
    "/desk/scans": "registrar",
    "POST /desk/letters/<int:letter_id>/delivery": POSTING,
    "POST /desk/letters/<int:letter_id>/signatures": f"{POSTING} manager signatory",
    "/studio/": "analyst administrator",
    "/studio/admin": "administrator",
    "/studio/admin/incidents": "administrator analyst",
    "POST /studio/admin/incidents/": "administrator",
    "/studio/admin/journal/export": "",
    "POST /studio/layouts/<file>": "analyst",
    "POST /studio/layouts/<file>/": "analyst administrator",
    "/studio/versions/<int:version_id>/move": "analyst",
    "POST /studio/versions/": "analyst",
    "POST /studio/migrations/": "analyst",
    "/studio/upload": "analyst",
    "/studio/drafts/": "analyst",
}
#: What an auditor may send: it concerns nobody else, or shows something and is journaled.
AUDITOR_SENDS = (
    *(
        "/password",
        "/reminders",
        "/account/",
        "/desk/reminders/noted",
        "/desk/views",
        "/desk/exports",
    ),
    *("/studio/layouts/<file>/", "/desk/appeals/<int:appeal_id>/reveal"),
    "/api/v1/appeals/<path:ref>/reveal",
)
#: Pages of citizens that ask for the token themselves, so as to come back with all that was typed,
#: and calls of the form's scripts, which bear the form's own mark.
OWN_GUARD = (
    *("/documents/check", "/survey/<token>", "/appeals/new", "/appeals/draft", "/status"),
    *("/status/code", "/status/<handle>/withdraw", "/status/<handle>/reading"),
    *("/status/<handle>/complaint", "/status/<handle>/documents", "/news/<token>"),
    *("/appeals/hints", "/appeals/draft/keep", "/appeals/draft/discard", "/uploads/pieces"),
    *("/uploads/pieces/<piece_id>", "/uploads/pieces/<piece_id>/take"),
)
#: What an address of an appeal, or of a part of it, is filled in with.
OF_APPEAL = ("appeal_id", "ref", "item_id", "assignment_id")
#: Enough to get past the checks of the forms themselves.
SENT = {"reason": "Надо", "text": "Надо", "days": 5, "action": "request"}
SHUT = {401, 403, 404}
LOGINS = {role: f"{role}1" if role == "executor" else role for role in ROLES if role != "client"}


@pytest.fixture(scope="module")
def house(prepared, tmp_path_factory):
    from app import create_app

    folder = tmp_path_factory.mktemp("routes") / "data"
    shutil.copytree(prepared, folder)
    app = create_app(data_dir=folder)
    yield House(app)
    close(app)


class House:
    """One application with an appeal of a limited circle, and everybody who tries its doors."""

    def __init__(self, app):
        self.app = app
        with app.app_context():
            office = Office(app)
            office.register()
            office.assign("executor1")
            office.do("executor1", "accept_assignment")
            services.confine(office.person("manager"), office.ref, "Проверка")
            card = services.card(office.person("auditor"), office.ref)
            with reading() as session:
                items = [one.id for one in workflow.open_items(session, key=card.key)]
        self.known = {
            "appeal_id": card.id, "ref": card.receipt, "item_id": items[0],
            "document_id": card.documents[0].id if card.documents else 1,
            "assignment_id": card.assignments[0].id, "first": card.id,
        }  # fmt: skip
        self.clerks, self.tokens = {}, {}

    def clerk(self, role):
        if role not in self.clerks:
            self.clerks[role] = Clerk(self.app, LOGINS[role])
        return self.clerks[role]

    def bearer(self, role):
        if role not in self.tokens:
            with self.app.app_context():
                self.tokens[role] = access.issue_token(LOGINS[role]).secret
        return {"Authorization": f"Bearer {self.tokens[role]}"}

    def calls(self, known=None):
        """Each method of each address, filled in."""
        known = known or self.known
        adapter = self.app.url_map.bind("localhost")
        for rule in self.app.url_map.iter_rules():
            values = {name: known.get(name, 1) for name in rule.arguments}
            try:
                path = adapter.build(rule.endpoint, values)
            except BuildError:
                path = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, 1))
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield method, rule.rule, path

    def send(self, role, method, path, csrf=None):
        if path.startswith("/api/"):
            client = FreshClient(self.app, self.app.response_class)
            headers = self.bearer(role) if role else {}
            return client.open(path, method=method, headers=headers, json=SENT)
        client = self.clerk(role).client if role else self.stranger()
        data = None if method == "GET" else {**SENT, "csrf_token": csrf or ""}
        return client.open(path, method=method, data=data)

    def stranger(self):
        return FreshClient(self.app, self.app.response_class, use_cookies=True)


def is_public(method, rule):
    named = any(rule.startswith(one) if one.endswith("/") else rule == one for one in PUBLIC)
    return named or (method, rule) in PUBLIC_CALLS


def roles_of(method, rule):
    """Who is let in, None for all staff."""
    fitting = [
        (len(place.removeprefix("POST ")), place.startswith("POST"), roles)
        for place, roles in ROLES_OF.items()
        if rule.startswith(place.removeprefix("POST "))
        and not (place.startswith("POST ") and method == "GET")
    ]
    return set(max(fitting)[2].split()) if fitting else None


def test_nobody_gets_where_only_staff_does(house):
    stranger = house.stranger()
    csrf = form_of(stranger.get("/sign-in").text, "csrf_token")["csrf_token"]
    wrong, tried = [], 0
    for method, rule, path in house.calls():
        if is_public(method, rule):
            continue
        tried += 1
        if rule.startswith("/api/"):
            answer = house.send(None, method, path)
            fits = answer.status_code == 401
        else:
            data = None if method == "GET" else {"csrf_token": csrf}
            answer = stranger.open(path, method=method, data=data)
            fits = answer.status_code == 302 and answer.location.startswith("/sign-in")
        if not fits:
            wrong.append((method, rule, answer.status_code))
    assert tried > 200
    assert wrong == []


def test_what_is_public_answers_nobody_without_a_fault(house):
    wrong = []
    for method, rule, path in house.calls():
        if is_public(method, rule):
            answer = house.send(None, method, path)
            if answer.status_code >= 500:
                wrong.append((method, rule, answer.status_code))
            answer.close()
    assert wrong == []


@pytest.mark.parametrize("role", LOGINS)
def test_a_role_gets_only_where_it_should(house, role):
    csrf, wrong, tried = house.clerk(role).token(), [], 0
    for method, rule, path in house.calls():
        wanted = None if is_public(method, rule) else roles_of(method, rule)
        if role == "auditor":
            looks = method == "GET" or rule.startswith(AUDITOR_SENDS)
            shut = not is_public(method, rule) and not looks
        else:
            shut = wanted is not None and role not in wanted
        if not shut:
            continue
        tried += 1
        answer = house.send(role, method, path, csrf)
        if answer.status_code != 403:
            wrong.append((method, rule, answer.status_code))
        answer.close()
    assert tried > 30
    assert wrong == []


@pytest.mark.parametrize("role", ["controller", "analyst"])
def test_an_appeal_of_a_limited_circle_is_as_one_that_is_not_there(house, role):
    csrf, wrong, tried = house.clerk(role).token(), [], 0
    absent = dict.fromkeys(house.known, 999_999)
    for here, there in zip(house.calls(), house.calls(absent), strict=True):
        method, rule, path = here
        if is_public(method, rule) or not any(f"{name}>" in rule for name in OF_APPEAL):
            continue
        tried += 1
        answers = [house.send(role, method, one, csrf) for one in (path, there[2])]
        told = [(one.status_code, one.status_code in SHUT or one.location) for one in answers]
        told = [(status, str(more).replace("999999", "1")) for status, more in told]
        if told[0] != told[1] or answers[0].status_code in (200, 201, 204, 500):
            wrong.append((method, rule, told))
    assert tried > 60
    assert wrong == []


def test_a_form_with_a_wrong_token_is_refused(house):
    """By whoever it is sent: the token is asked for before anything is looked at."""
    wrong, tried = [], 0
    for method, rule, path in house.calls():
        if method == "GET" or rule.startswith("/api/") or rule in OWN_GUARD:
            continue
        wanted = roles_of(method, rule)
        role = min(wanted) if wanted else "registrar"
        for csrf in ("", "forged"):
            tried += 1
            answer = house.send(role, method, path, csrf)
            if answer.status_code != 400:
                wrong.append((method, rule, answer.status_code))
            answer.close()
    assert tried > 200
    assert wrong == []


def test_a_cookie_changes_nothing_over_rest(house):
    """A browser sends it along with a forged request."""
    clerk, wrong = house.clerk("registrar"), []
    for method, rule, path in house.calls():
        if method == "GET" or not rule.startswith("/api/") or is_public(method, rule):
            continue
        answer = clerk.client.open(path, method=method, data=json.dumps({}))
        if answer.status_code != 401:
            wrong.append((method, rule, answer.status_code))
    assert wrong == []
