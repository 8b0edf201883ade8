"""Who may see, try and change the templates of letters."""

import html
import io

import pypdfium2
import pytest

from app.correspondence import layouts, wordings
from tests.web.test_studio import Visitor, token_in

PATH = "/studio/layouts/reply.typ"
WORD = "Новая строка"


def sent(visitor, path, **more):
    data = {
        "text": f"{layouts.shipped()['reply.typ']}\n{WORD}",
        "kind": "interim",
        "language": "en",
    }
    token = token_in(visitor.client.get("/account").text)
    if path.endswith("txt"):
        del data["language"]
    answer = visitor.client.post(path, data={"csrf_token": token, **data, **more})
    return answer.status_code, answer


@pytest.mark.parametrize(
    ("login", "sees", "changes"),
    [("analyst", 200, 303), ("administrator", 200, 403), ("auditor", 200, 403), ("registrar", 403, 403)],
)  # fmt: skip
def test_only_an_analyst_changes_a_template(app, login, sees, changes):
    visitor = Visitor(app, login)
    assert visitor.client.get("/studio/layouts").status_code == sees
    assert visitor.client.get(PATH).status_code == sees
    status, answer = sent(visitor, f"{PATH}/sheet.pdf")
    assert status == sees
    if sees == 200:
        (page,) = pypdfium2.PdfDocument(io.BytesIO(answer.data))
        assert WORD in page.get_textpage().get_text_range()
    assert sent(visitor, PATH, note="Проба", since="0")[0] == changes
    assert (layouts.changed() != {}) == (changes == 303)


def test_a_part_of_the_page_is_not_the_page_and_needs_the_token(app):
    visitor = Visitor(app, "analyst")
    part = visitor.client.post(
        f"{PATH}/try",
        data={"csrf_token": token_in(visitor.client.get(PATH).text), "text": "<b>#x"},
        headers={"X-Part": "trial"},
    ).text
    assert "<html" not in part
    assert "&lt;b&gt;#x" in part
    assert visitor.client.post(f"{PATH}/try", data={"text": "x"}).status_code == 400
    assert visitor.client.get("/studio/layouts/none.typ").status_code == 404


def test_without_a_word_on_what_changed_nothing_is_kept(app):
    visitor = Visitor(app, "analyst")
    status, answer = sent(visitor, PATH, note=" ", since="0")
    assert status == 422
    assert WORD in answer.text
    assert layouts.changed() == {}


LETTER = "/studio/layouts/registered.ru.txt"


def test_words_are_seen_and_changed_by_the_same_people(app):
    words = wordings.shipped()["registered.ru.txt"]
    given = {"text": f"{words}\n{WORD} <b>", "kind": "registered:paper", "since": "0"}
    for login, changes in (("auditor", 403), ("analyst", 303)):
        visitor = Visitor(app, login)
        assert WORD not in visitor.client.get(LETTER).text
        status, answer = sent(visitor, f"{LETTER}/letter.html", **given)
        assert status == 200
        assert f"{WORD} &lt;b&gt;" in answer.text
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert sent(visitor, LETTER, note="Проба", **given)[0] == changes
    assert "Проба" in visitor.client.get("/studio/layouts").text


def test_a_change_that_drops_what_the_law_demands_names_it(app):
    visitor = Visitor(app, "analyst")
    words = wordings.shipped()["registered.ru.txt"].replace("{{ day(due_on) }}", "скоро")
    given = {"text": words, "kind": "registered:mail", "since": "0", "note": "Проба"}
    status, answer = sent(visitor, LETTER, **given)
    assert status == 422
    assert "В письме обязательно указывается: срок ответа." in html.unescape(answer.text)
    assert sent(visitor, f"{LETTER}/letter.html", **given | {"text": "{{ x }}"})[0] == 422
