"""Keeping and erasure through the doors: pages of the desk, REST, what a person asks of themselves."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from app import clock
from app.access import services as access
from app.audit import services as audit
from app.outbox.cli import settle_all
from tests.web.desk import Clerk, FreshClient, words_of
from tests.web.life import Reception, in_process

LOGINS = "registrar manager approver signatory executor1 auditor administrator controller".split()


@pytest.fixture
def old(app):
    """An appeal that was answered at once and has been kept for its term; its receipt."""
    found = Reception(in_process(app))
    for login in LOGINS:
        found.tokens[login] = access.issue_token(login).secret
    receipt = found.file(applicant={"phone": "+7 911 123-45-21"})
    code = found.call("GET", "/classifier?q=1156", by="registrar")["items"][0]["code"]
    found.do(receipt, "register", "registrar", questions=[code])
    found.do(receipt, "review", "manager", decision="answer", drafter="executor1")
    found.do(receipt, "draft_reply", "executor1", text="Меры приняты.")
    found.do(receipt, "approve_reply", "approver", decision="accept")
    found.do(receipt, "sign_reply", "signatory")
    settle_all(app, 60)
    pair = {name: receipt[name] for name in ("receipt", "access_code")}
    found.call("POST", "/status/survey", json={**pair, "answers": {"quality": 5}})
    settle_all(app, 60)
    found.receipt, found.pair = receipt, pair
    return found


def later(**length):
    clock.move_to(clock.now() + timedelta(**length))
    for login in LOGINS:
        yield login, access.issue_token(login).secret


def test_an_act_goes_through_the_pages(app, old):
    old.tokens |= dict(later(days=366 * 7))
    registrar, manager = Clerk(app, "registrar"), Clerk(app, "manager")
    page = registrar.page("/desk/keeping")
    assert "можно" in words_of(page)
    number = old.call("GET", f"/appeals/{old.receipt['receipt']}", by="registrar")["number"]
    refused = {"csrf_token": registrar.token(), "number": number, "mark": "epk", "reason": ""}
    registrar.post("/desk/keeping/preserve", refused)
    assert "Укажите причину" in words_of(registrar.page("/desk/keeping"))
    registrar.post("/desk/keeping/preserve", {**refused, "reason": "Заседание"})
    assert "Ждёт решения экспертной комиссии" in words_of(registrar.page("/desk/keeping"))
    registrar.post("/desk/keeping/preserve", {**refused, "mark": "", "reason": "Решение"})
    made = registrar.send("/desk/keeping", "appeal")
    where = made.headers["Location"]
    assert "Решение по акту принимает другой" in words_of(registrar.page(where))
    registrar.post(f"{where}/decide", {"csrf_token": registrar.token()}, expect=403)
    manager.send(where, "remark", decision="refuse")
    assert "Укажите причину" in words_of(manager.page(where))
    manager.send(where, "remark", decision="approve")
    settle_all(app, 60)
    said = words_of(manager.page(where))
    for part in ("исполнен", "1 из 1", "удалено"):
        assert part in said
    assert manager.get(f"{where}.pdf").data.startswith(b"%PDF")
    assert "Реестр удаления" in words_of(Clerk(app, "auditor").page("/desk/keeping"))
    card = words_of(registrar.page("/desk/appeals/1"))
    assert number in card
    assert "Ёлкина" not in card
    Clerk(app, "controller").page("/desk/keeping", 403)


def test_an_act_goes_by_rest(app, old):
    old.tokens |= dict(later(days=366 * 7))
    (due,) = old.call("GET", "/retention/due", by="auditor")["items"]
    assert (due["held"], due["act"]) == ("", "")
    old.call("GET", "/retention/due", by="controller", expect=403)
    old.call("POST", "/retention/acts", by="manager", json={}, expect=403)
    old.call("POST", "/retention/acts", by="registrar", json={"appeals": "все"}, expect=422)
    old.call("POST", "/retention/acts", by="registrar", json={"appeals": [99]}, expect=422)
    act = old.call("POST", "/retention/acts", by="registrar", json={})
    where = f"/retention/acts/{act['id']}/decision"
    old.call("POST", where, by="manager", json={"decision": "maybe"}, expect=422)
    old.call("POST", where, by="registrar", json={"decision": "approve"}, expect=403)
    old.call("POST", where, by="manager", json={"decision": "approve"})
    old.call("POST", where, by="manager", json={"decision": "approve"}, expect=409)
    settle_all(app, 60)
    done = old.call("GET", f"/retention/acts/{act['id']}", by="auditor")
    assert (done["state"], done["done"], done["erased"]) == ("carried_out", 1, 1)
    (line,) = old.call("GET", "/retention/register", by="auditor")["items"]
    assert line["receipt"] == old.receipt["receipt"]
    old.call("POST", "/status", json=old.pair, expect=403)


def test_a_person_learns_what_is_stored(app, old):
    number = old.call("GET", f"/appeals/{old.receipt['receipt']}", by="registrar")["number"]
    other = old.file(
        text="Ещё одно.", co_applicants=[{"last_name": "Чужаков", "first_name": "Яков"}]
    )
    old.file(applicant={"last_name": "Сидоров", "email": "other@example.org"})
    asked = {"number": number, "reason": "Заявление от 1 марта, паспорт предъявлен"}
    for login in ("registrar", "manager", "auditor"):
        old.call("POST", "/subject-requests", by=login, json=asked, expect=403)
    old.call("POST", "/subject-requests", by="administrator", json={"number": number}, expect=422)
    told = old.call("POST", "/subject-requests", by="administrator", json=asked)
    assert [one["receipt"] for one in told["appeals"]] == [
        old.receipt["receipt"],
        other["receipt"],
    ]
    first, second = told["appeals"]
    assert first["applicant"][0]["phone"] == "+7 911 123-45-21"
    assert first["kept_until"] > first["received_at"][:10]
    assert second["kept_until"] is None
    assert first["letters"]
    assert first["looked_at"] > 0
    assert "Чужаков" not in json.dumps(told, ensure_ascii=False)
    lines = audit.journal(audit.Filter(action="subject.told")).entries
    assert [(one.actor, one.details["appeals"]) for one in lines] == [("administrator", 2)]
    administrator = Clerk(app, "administrator")
    answer = administrator.post(
        "/desk/keeping/subject",
        {"csrf_token": administrator.token(), "number": number, "reason": "Заявление"},
        expect=200,
    )
    assert json.loads(answer.data)["appeals"]
    sheet = administrator.post(
        "/desk/keeping/subject",
        {
            "csrf_token": administrator.token(),
            "number": number,
            "reason": "Заявление",
            "format": "pdf",
        },
        expect=200,
    )
    assert_told(sheet.data, number, other["receipt"])
    where = "/api/v1/subject-requests/sheet"
    refused = app.test_client().post(where, json=asked, headers=bearer(old, "auditor"))
    assert refused.status_code == 403
    by_rest = app.test_client().post(where, json=asked, headers=bearer(old, "administrator"))
    assert by_rest.mimetype == "application/pdf"
    assert_told(by_rest.data, number, other["receipt"])


def bearer(reception, login):
    return {"Authorization": f"Bearer {reception.tokens[login]}"}


def assert_told(sheet, *appeals):
    pages = PdfReader(BytesIO(sheet)).pages
    said = " ".join(" ".join(page.extract_text() for page in pages).split())
    for wanted in (
        "Сведения об обрабатываемых персональных данных", "рассмотрение обращений граждан",
        "152-ФЗ", "Ёлкина", "+7 911 123-45-21", "третью неделю не вывозят мусор", "дан ответ",
        "Хранится до", *appeals,
    ):  # fmt: skip
        assert wanted in said, wanted
    assert "Чужаков" not in said
    assert "Сидоров" not in said


def test_the_command_line_tells_it_too(app, old, tmp_path):
    number = old.call("GET", f"/appeals/{old.receipt['receipt']}", by="registrar")["number"]
    place = tmp_path / "told.pdf"
    asked = ["privacy", "subject", number, "--reason", "Заявление", "--pdf", str(place)]
    runner = app.test_cli_runner()
    refused = runner.invoke(args=[*asked, "--by", "manager"])
    assert (refused.exit_code, place.exists()) == (1, False)
    told = runner.invoke(args=[*asked, "--by", "administrator"])
    assert told.exit_code == 0, told.output
    (line,) = told.stdout.splitlines()
    assert [one["number"] for one in json.loads(line)["appeals"]] == [number]
    assert_told(place.read_bytes(), number)
    assert place.stat().st_mode & 0o077 == 0


def test_a_code_serves_a_year_after_the_end(app, old):
    assert old.call("POST", "/status", json=old.pair)["number"]
    dict(later(days=360))
    assert old.call("POST", "/status", json=old.pair)["number"]
    dict(later(days=10))
    refused = old.call("POST", "/status", json=old.pair, expect=403)
    assert "Срок действия кода" in refused["detail"]
    from app.directory.services import save_settings

    save_settings({"codes.years": "3"}, actor="administrator")
    assert old.call("POST", "/status", json=old.pair)["number"]


def test_the_notice_says_who_why_how_long_and_whom_to_ask(app):
    client = FreshClient(app, app.response_class, use_cookies=True)
    for language, parts in (
        (
            "ru",
            ("Кто их обрабатывает", "59-ФЗ", "Пять лет", "7 дн. после", "Роскомнадзор", "согласие"),
        ),
        ("en", ("Who uses them", "59-FZ", "Five years", "7 days after", "Roskomnadzor", "consent")),
    ):
        client.get(f"/language/{language}")
        said = words_of(client.get("/privacy").text)
        for part in parts:
            assert part in said, (language, part)
    form = client.get("/appeals/new").text
    assert 'name="consent"' not in form
    assert "/privacy" in form
