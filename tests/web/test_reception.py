"""The citizen's pages, used as a browser without scripts would use them."""

import io
import re
from html import unescape

import pytest
from flask import g

from tests.unit.office import Office

PAGES = (
    "/",
    "/appeals/new",
    "/status",
    "/status/code",
    "/documents/check",
    "/statistics",
    "/privacy",
    "/survey/unknown",
)
WHO = {
    "kind": "citizen",
    "last_name": "Ёлкина",
    "first_name": "Мария",
    "reply_channel": "email",
    "email": "elkina@example.org",
}


@pytest.fixture
def app(make_app):
    """Outside its context, so that each request begins with a clean `g` as on a server."""
    return make_app()


def hidden(page, name):
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, f"no field {name}"
    return unescape(found[1])


def kept_files(page):
    return re.findall(r'<input type="hidden" name="files" value="([^"]+)"', page)


def opened(client):
    """The tokens of a fresh form."""
    page = client.get("/appeals/new").text
    return {name: hidden(page, name) for name in ("csrf_token", "token")}


def send(client, form, **more):
    return client.post("/appeals/new", data={**form, **more}, content_type="multipart/form-data")


def a_file(name):
    return io.BytesIO(f"Содержание: {name}".encode()), name


def uploaded(client, token, name):
    """The id of a file that a script sent for the form."""
    headers = {"X-CSRFToken": hidden(client.get("/appeals/new").text, "csrf_token")}
    data = {"owner": token, "file": a_file(name)}
    made = client.post("/uploads", data=data, headers=headers, content_type="multipart/form-data")
    assert made.status_code == 201, made.text
    return made.json["id"]


def file_one(client, **more):
    answer = send(client, {**opened(client), **WHO, "text": "Не вывозят мусор.", **more})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_who_is_sent_on_gets_no_token_and_who_stays_does(client):
    form = {**opened(client), **WHO}
    with client:
        assert send(client, form, text="Не вывозят мусор.").status_code == 303
        assert "csrf_token" not in g
    again = send(client, {**opened(client), **WHO}, text="")
    assert again.status_code == 422
    form = {name: hidden(again.text, name) for name in ("csrf_token", "token")}
    assert send(client, {**form, **WHO}, text="Не вывозят мусор.").status_code == 303


def pair(page):
    """Receipt number and access code off the receipt page."""
    return re.findall(r"data-copy-value>([^<]+)<", page)


def log_in(client, number, code):
    token = hidden(client.get("/status").text, "csrf_token")
    return client.post("/status", data={"csrf_token": token, "number": number, "access_code": code})


def test_every_page_speaks_both_languages_without_inline_code(client):
    for language in ("ru", "en"):
        client.get(f"/language/{language}")
        for path in PAGES:
            answer = client.get(path)
            assert answer.status_code == 200, path
            page = answer.text
            assert f'<html lang="{language}"' in page
            assert not re.search(r"<script(?![^>]*\bsrc=)", page), path
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page), path
            main = page.partition("<main")[2].partition(">")[2].partition("</main>")[0]
            said = re.sub(r"<[^>]+>|[\w.]+@[\w.]+", " ", main)  # an address is in no language
            words = set(re.findall(r"[A-Za-z]{4,}", said))
            assert language == "en" or words <= {"cookie"}, (path, words)


def test_the_language_switch_leads_back_and_never_elsewhere(client):
    assert client.get("/language/en?next=/status").headers["Location"] == "/status"
    assert client.get("/language/en?next=//evil.example/").headers["Location"] == "/"
    assert client.get("/language/de").status_code == 404


def test_an_appeal_is_filed_with_files_and_without_scripts(client):
    files = {"new_files": [(io.BytesIO(b"one"), "первый.txt"), (io.BytesIO(b"two"), "second.txt")]}
    page = client.get(file_one(client, place="Садовая, 5", **files)).text
    number, code = pair(page)
    assert "первый.txt" in page
    # SHA-256 of "two"
    assert "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3" in page
    assert log_in(client, number, code.lower().replace("-", " ")).status_code == 303


def test_a_refused_file_does_not_disguise_its_name(client):
    disguised = (io.BytesIO(b"MZ"), "акт\u202efdp.exe")
    page = send(client, opened(client), new_files=disguised).text
    assert "актfdp.exe: " in page
    assert "\u202e" not in page


def test_errors_keep_everything_that_was_typed_and_sent(client):
    form = opened(client)
    answer = send(
        client,
        {**form, "kind": "citizen", "text": "Мой <b>текст</b>", "first_name": "Мария"},
        new_files=(io.BytesIO(b"scan"), "скан.pdf"),
        place="Двор",
    )
    page = answer.text
    assert answer.status_code == 422
    assert 'href="#last_name"' in page
    assert 'href="#email"' in page
    assert "Мой &lt;b&gt;текст&lt;/b&gt;" in page
    assert 'value="Мария"' in page
    assert "скан.pdf" in page
    assert hidden(page, "token") == form["token"]
    # The same file goes with the corrected form.
    again = send(client, {**form, **WHO, "text": "Текст"}, files=kept_files(page))
    assert again.status_code == 303
    assert "скан.pdf" in client.get(again.headers["Location"]).text


def test_a_lost_session_costs_one_more_press_and_nothing_else(app):
    form = opened(app.test_client())
    other = app.test_client()  # a browser whose cookies are gone
    answer = send(other, {**form, **WHO, "text": "Долго писала"})
    assert answer.status_code == 422
    assert "Долго писала" in answer.text
    fresh = {"csrf_token": hidden(answer.text, "csrf_token"), "token": form["token"]}
    assert send(other, {**fresh, **WHO, "text": "Долго писала"}).status_code == 303


def test_a_double_click_makes_one_appeal(client):
    form = {**opened(client), **WHO, "text": "Не вывозят мусор."}
    first, second = send(client, form), send(client, form)
    assert first.headers["Location"] == second.headers["Location"]
    assert pair(client.get(first.headers["Location"]).text)[0].endswith("000001")


@pytest.mark.parametrize("scripts", [False, True])
def test_a_double_click_with_files_makes_one_appeal(client, scripts):
    form = {**opened(client), **WHO, "text": "Не вывозят мусор."}

    def press():
        # A file is read to its end each time.
        plain = {} if scripts else {"new_files": [a_file("двор.txt"), a_file("дом.txt")]}
        return send(client, form, **plain)

    if scripts:
        form["files"] = [uploaded(client, form["token"], name) for name in ("двор.txt", "дом.txt")]
    first, second = press(), press()
    assert (first.status_code, second.status_code) == (303, 303), second.text
    assert first.headers["Location"] == second.headers["Location"]
    page = client.get(first.headers["Location"]).text
    assert pair(page)[0].endswith("000001")
    assert (page.count("двор.txt"), page.count("дом.txt")) == (1, 1)
    # Another file is another request, with or without scripts.
    form["files"] = [uploaded(client, form["token"], "ещё.txt")]
    assert press().status_code == 422


def test_an_appeal_is_not_filed_without_a_file_that_went_missing(client):
    form = {**opened(client), **WHO, "text": "Не вывозят мусор."}
    kept, lost = (uploaded(client, form["token"], name) for name in ("двор.txt", "дом.txt"))
    headers = {"X-CSRFToken": form["csrf_token"]}
    client.post(f"/uploads/{lost}/discard", data={"owner": form["token"]}, headers=headers)
    told = send(client, form, files=[kept, lost])
    assert told.status_code == 422
    assert "Один из файлов уже недоступен" in told.text
    assert kept_files(told.text) == [kept]
    assert send(client, form, files=kept_files(told.text)).status_code == 303


def test_the_same_form_with_another_text_is_asked_about_and_then_filed(client):
    form = {**opened(client), **WHO, "text": "Первое"}
    assert send(client, form).status_code == 303
    asked = send(client, {**form, "text": "Второе"})
    assert asked.status_code == 422
    assert "Второе" in asked.text
    assert hidden(asked.text, "token") != form["token"]
    sent = send(client, {**form, "text": "Второе", "token": hidden(asked.text, "token")})
    assert sent.status_code == 303


def test_co_authors_come_and_go_without_scripts(client):
    form = {**opened(client), **WHO, "text": "Текст"}
    page = send(client, {**form, "add_co_applicant": "1"}).text
    assert 'name="co_applicants-0-last_name"' in page
    assert "Текст" in page
    first = {"co_applicants-0-last_name": "Ель", "co_applicants-0-first_name": "Ян"}
    page = send(client, {**form, **first, "add_co_applicant": "1"}).text
    assert 'name="co_applicants-1-last_name"' in page
    page = send(
        client,
        {
            **form,
            **first,
            "co_applicants-1-last_name": "Липа",
            "drop_co_applicant": "co_applicants-0",
        },
    ).text
    assert "Липа" in page
    assert "Ель" not in page
    # An empty line of the form is nobody; one without a name is asked about.
    empty = {"co_applicants-0-last_name": "", "co_applicants-0-first_name": " "}
    assert send(client, {**form, **empty}).status_code == 303
    half = {"co_applicants-0-last_name": "Липа"}
    refused = send(client, {**form, **opened(client), **half})
    assert refused.status_code == 422
    assert 'href="#co_applicants-0-first_name"' in refused.text


def test_a_file_is_removed_on_request_without_scripts(client):
    form = {**opened(client), **WHO, "text": "Текст"}
    page = send(client, {**form, "kind": ""}, new_files=(io.BytesIO(b"scan"), "скан.pdf")).text
    (kept,) = kept_files(page)
    page = send(client, {**form, "files": kept, "remove_file": kept}).text
    assert kept_files(page) == []
    assert "Текст" in page


@pytest.mark.parametrize("pressed", ["add_co_applicant", "edit", "remove_file", "save_draft"])
def test_a_file_that_is_not_taken_is_told_of_whatever_was_pressed(client, pressed):
    form = {**opened(client), **WHO, "text": "Текст", pressed: "1"}
    page = send(client, form, new_files=(io.BytesIO(b""), "пустой.pdf")).text
    assert "пустой.pdf" in page
    assert 'href="#new_files"' in page
    assert 'aria-describedby="new_files-hint new_files-error"' in page


def test_an_upload_belongs_to_its_form(client):
    token = hidden(client.get("/appeals/new").text, "csrf_token")
    headers = {"X-CSRFToken": token}

    def post(path, **data):
        return client.post(path, data=data, headers=headers, content_type="multipart/form-data")

    made = post("/uploads", owner="mine", file=(io.BytesIO(b"scan"), "скан.pdf"))
    assert made.status_code == 201
    assert made.json["name"] == "скан.pdf"
    assert made.json["size"] == 4
    # A stranger's form neither takes it nor removes it.
    form = {**opened(client), **WHO, "text": "Текст", "files": made.json["id"]}
    assert kept_files(send(client, {**form, "kind": ""}).text) == []
    assert post(f"/uploads/{made.json['id']}/discard", owner="theirs").status_code == 204
    own = {**form, "token": "mine", "kind": ""}
    assert kept_files(send(client, own).text) == [made.json["id"]]
    assert post(f"/uploads/{made.json['id']}/discard", owner="mine").status_code == 204
    assert kept_files(send(client, own).text) == []
    empty = post("/uploads", owner="mine", file=(io.BytesIO(b""), "пусто.txt"))
    assert empty.status_code == 422
    assert empty.json["detail"]
    assert post("/uploads", owner="mine").status_code == 422
    assert client.post("/uploads", data={}).status_code == 400


def test_every_wrong_pair_gets_the_same_answer(client):
    number, code = pair(client.get(file_one(client)).text)

    def told(number, code):
        answer = log_in(client, number, code)
        page = re.sub(r'name="(csrf_token|number)"[^>]*value="[^"]*"', "", answer.text)
        return answer.status_code, re.sub(r'(value="[^"]*"\s*)?name="number"[^>]*', "", page)

    wrong = [
        told(number, "AAAA-AAAA-AAAA-AAAA"),
        told("П-2026-999999", code),
        told("П-2026-999999", "AAAA"),
    ]
    assert {status for status, _page in wrong} == {422}
    assert len({page for _status, page in wrong}) == 1


def test_only_wrong_pairs_are_counted(make_app):
    client = make_app(rate_all="", rate_status="2/minute").test_client()
    number, code = pair(client.get(file_one(client)).text)
    for _turn in range(4):
        assert log_in(client, number, code).status_code == 303
    assert log_in(client, number, "wrong").status_code == 422
    assert log_in(client, number, "wrong").status_code == 422
    refused = log_in(client, number, "wrong")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_the_page_of_an_appeal_belongs_to_the_session_that_opened_it(app, client):
    number, code = pair(client.get(file_one(client)).text)
    page = log_in(client, number, code).headers["Location"]
    assert number in client.get(page).text
    assert number not in page
    assert app.test_client().get(page).status_code == 404
    token = hidden(client.get(page).text, "csrf_token")
    client.post(f"{page}/close", data={"csrf_token": token})
    assert client.get(page).status_code == 404


def test_documents_are_added_and_the_appeal_withdrawn(client):
    number, code = pair(client.get(file_one(client)).text)
    page = log_in(client, number, code).headers["Location"]

    def post(path, **data):
        form = client.get(path).text
        names = [each for each in ("csrf_token", "token") if f'name="{each}"' in form]
        tokens = {name: hidden(form, name) for name in names}
        return client.post(path, data={**tokens, **data}, content_type="multipart/form-data")

    nothing = post(f"{page}/documents")
    assert nothing.status_code == 422
    assert 'href="#new_files"' in nothing.text
    added = post(f"{page}/documents", new_files=(io.BytesIO(b"more"), "ещё.txt"))
    assert added.status_code == 303
    assert "ещё.txt" in client.get(page).text
    assert post(f"{page}/withdraw", reason="Решилось само").status_code == 303
    after = client.get(page).text
    assert f"{page}/withdraw" not in after
    assert client.get(f"{page}/withdraw").status_code == 409
    assert client.get(f"{page}/documents").status_code == 409


def test_a_lost_code_is_sent_to_the_stored_address_alone(app, client):
    with app.app_context():
        office = Office(app)
        office.settle()

    def mails(to="elkina@example.org"):
        with app.app_context():
            office.settle()
            return office.mail(to)

    def ask(number, email):
        token = hidden(client.get("/status/code").text, "csrf_token")
        answer = client.post(
            "/status/code", data={"csrf_token": token, "number": number, "email": email}
        )
        return answer.status_code, re.sub(r'value="[^"]*"', "", answer.text)

    before = len(mails())

    wrong = ask(office.ref, "stranger@example.org")
    assert len(mails()) == before
    assert mails("stranger@example.org") == []
    assert ask("П-2026-999999", "elkina@example.org") == wrong
    assert len(mails()) == before
    assert ask(office.ref, "Elkina@Example.org ") == wrong
    assert len(mails()) == before + 1


def test_no_letter_is_vouched_for_without_number_and_code(client):
    client.get("/language/en")
    assert "We have issued no letter" in client.get("/documents/check?number=1&code=2").text
    assert "We have issued no letter" not in client.get("/documents/check?number=1").text
