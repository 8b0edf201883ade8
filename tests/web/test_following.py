"""The page of one appeal: who has it, what comes next, how the term was counted, its letters."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from app import clock
from app.access import services as access
from app.documents import services as documents
from app.outbox.cli import settle_all
from tests.unit.office import QUESTION
from tests.web.desk import FreshClient, words_of
from tests.web.life import Reception, in_process
from tests.web.test_reception import hidden, opened

LOGINS = "registrar manager approver signatory executor1 executor2 auditor".split()


@pytest.fixture
def reception(app):
    found = Reception(in_process(app))
    found.tokens = {login: access.issue_token(login).secret for login in LOGINS}
    return found


@pytest.fixture
def page(client):
    """The words of the page of an appeal, and the page itself."""

    def look(receipt, language="ru", client=client):
        client.get(f"/language/{language}")
        asked = opened(client)
        pair = {"number": receipt["receipt"], "access_code": receipt["access_code"]}
        answer = client.post("/status", data={"csrf_token": asked["csrf_token"], **pair})
        look.address = answer.headers["Location"]
        look.html = client.get(look.address).text
        return words_of(look.html)

    return look


def kept(name, content, owner):
    return documents.accept_upload(io.BytesIO(content), name, owner=owner).id


def photo():
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(made, "JPEG")
    return made.getvalue()


def test_the_page_says_who_has_it_and_what_comes_next(reception, page):
    receipt = reception.file()
    said = page(receipt)
    for wanted in ("У когоРегистратор", "Что дальшеОбращение получит номер и срок ответа",
                   "Как посчитан срок", "3 дня со дня поступления"):  # fmt: skip
        assert wanted in said, wanted
    reception.do(receipt, "register", "registrar", questions=[QUESTION])
    said = page(receipt)
    assert "У когоРуководитель" in said
    assert "Что дальшеРуководитель даст поручения" in said
    assert "рассмотрение обращения — 30 дней со дня регистрации" in said
    both = [
        {"executor": "executor2", "responsible": False, "text": "Дать справку"},
        {"executor": "executor1", "responsible": True, "text": "Ответить"},
    ]
    reception.do(receipt, "review", "manager", decision="assign", resolutions=both)
    units = [access.load_person(login).said("unit", "ru") for login in ("executor1", "executor2")]
    assert len(set(units)) == 2
    said = page(receipt)
    assert "У когоИсполнитель" in said
    assert f"{units[0]}; {units[1]}" in said
    told = reception.status(receipt)
    assert (told["now"]["holders"], len(told["now"]["units"])) == (["executor"], 2)
    assert [one["of"] for one in told["terms"]] == ["registration", "reply"]


def answered(app, reception):
    receipt = reception.file()
    reception.do(receipt, "register", "registrar", questions=[QUESTION])
    reception.do(receipt, "review", "manager", decision="answer", drafter="executor1")
    files = [kept("После ремонта.jpg", photo(), "executor1"),
             kept("Акт.txt", b"\xd0\x90\xd0\xba\xd1\x82", "executor1")]  # fmt: skip
    reception.do(receipt, "draft_reply", "executor1", text="Меры приняты.", files=files)
    reception.do(receipt, "approve_reply", "approver", decision="accept")
    reception.do(receipt, "sign_reply", "signatory")
    assert settle_all(app, 60)
    return receipt


def test_the_reply_comes_with_its_photos_and_a_check_of_the_signature(app, client, reception, page):
    receipt = answered(app, reception)
    said = page(receipt)
    (letter,) = (one for one in reception.status(receipt)["letters"] if one["signed_by"])
    assert f"Подписал: {letter['signed_by']}" in said
    picture, paper = letter["files"]
    address = f"{page.address}/file/{picture['id']}"
    assert f'<img src="{address}" alt="После ремонта.jpg"' in page.html
    assert f'<img src="{page.address}/file/{paper["id"]}"' not in page.html
    with client.get(address) as shown:
        assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    with client.get(f"{page.address}/file/{paper['id']}") as given:
        assert given.data.decode() == "Акт"
    link = page.html.partition('href="/documents/check?')[2].partition('"')[0]
    checked = client.get("/documents/check?" + link.replace("&amp;", "&"))
    assert "Да, это наше письмо" in words_of(checked.text)


def test_an_english_page_marks_what_is_said_in_russian(app, reception, page):
    receipt = answered(app, reception)
    page(receipt, "en", FreshClient(app, app.response_class, use_cookies=True))
    assert '<html lang="en"' in page.html
    (letter,) = (one for one in reception.status(receipt)["letters"] if one["signed_by"])
    (question,) = reception.status(receipt)["questions"]
    for russian in (letter["signed_by"], question["name"]):
        assert f'<span lang="ru">{russian}</span>' in page.html, russian


def test_no_date_of_a_reply_is_planned_where_none_is_to_come(reception, page):
    receipt = reception.file()
    reception.do(receipt, "register", "registrar", questions=[QUESTION])
    assert "Плановая дата ответа" in page(receipt)
    pair = {name: receipt[name] for name in ("receipt", "access_code")}
    reception.call("POST", "/status/withdraw", json=pair)
    assert "Плановая дата ответа" not in page(receipt)


def test_a_complaint_is_offered_by_what_became_of_the_appeal(client, reception, page):
    left = reception.file()
    reception.do(left, "register", "registrar", questions=[QUESTION])
    why = {"reason": "unclear", "explanation": "Суть не ясна."}
    reception.do(left, "review", "manager", decision="leave", **why)
    said = page(left)
    assert "Обжаловать решение" in said
    assert "Пожаловаться на ответ" not in said
    assert "Обжаловать решение</h1>" in client.get(f"{page.address}/complaint").text
    withdrawn = reception.file()
    pair = {name: withdrawn[name] for name in ("receipt", "access_code")}
    reception.call("POST", "/status/withdraw", json=pair)
    page(withdrawn)
    assert "/complaint" not in page.html


def test_what_was_not_sent_to_the_citizen_stays_closed(app, client, reception, page):
    receipt = reception.file()
    reception.do(receipt, "register", "registrar", questions=[QUESTION])
    part = [{"executor": "executor1", "responsible": True, "text": "Ответить"}]
    reception.do(receipt, "review", "manager", decision="assign", resolutions=part)
    reception.do(receipt, "accept_assignment", "executor1")
    inside = [kept("Внутренняя.jpg", photo(), "executor1")]
    reception.do(receipt, "report", "executor1", text="Сделано.", files=inside)
    card = reception.call("GET", f"/appeals/{receipt['receipt']}", by="auditor")
    (found,) = (one for one in card["documents"] if one["name"] == "Внутренняя.jpg")
    assert "Внутренняя.jpg" not in page(receipt)
    assert client.get(f"{page.address}/file/{found['id']}").status_code == 404
    assert reception.call(
        "POST", f"/status/file/{found['id']}", expect=404,
        json={name: receipt[name] for name in ("receipt", "access_code")},
    )  # fmt: skip


def test_a_page_stays_open_while_it_is_looked_at(client, page, reception, monkeypatch):
    page(reception.file())
    begun = clock.real()

    def look(minutes):
        monkeypatch.setattr(clock, "real", lambda: begun + timedelta(minutes=minutes))
        answer = client.get(page.address)
        return answer.status_code, "Set-Cookie" in answer.headers

    assert [look(at) for at in (0.5, 25, 25.5, 54)] == [
        (200, False),
        (200, True),
        (200, False),
        (200, True),
    ]
    assert look(54 + 31)[0] == 404


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/status", ["Укажите номер обращения или квитанции.", "Укажите код доступа."]),
        ("/status/code", ["Укажите номер обращения или квитанции.", "Укажите адрес электронной"]),
    ],
)
def test_an_empty_field_is_told_of_and_not_sought(client, path, said):
    client.get("/language/ru")
    answer = client.post(path, data={"csrf_token": hidden(client.get(path).text, "csrf_token")})
    assert answer.status_code == 422
    assert [one for one in said if one not in answer.text] == []
    assert "<title>Ошибка: " in answer.text
    assert "Обращения с таким номером" not in answer.text
