"""What was sent can be saved as a PDF by the one who sent it, and by nobody else."""

import io
import re

import pytest
from pypdf import PdfReader

from tests.web.test_reception import a_file, file_one, pair


@pytest.fixture
def app(make_app):
    """Outside its context, so that each request begins with a clean `g` as on a server."""
    return make_app()


def saved(client, page):
    (address,) = re.findall(r'href="(/status/\w+/text\.pdf)"', page)
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_text_as_it_was_sent_with_its_files(client):
    more = {
        "text": "Первая строка <b>не жирная</b> #let x.\n\nВторая строка " + "длинная" * 30,
        "addressee": "Главе города",
        "co_applicants-0-last_name": "Белкин",
        "co_applicants-0-first_name": "Олег",
        "new_files": a_file("фонарь.txt"),
    }
    page = client.get(file_one(client, **more)).text
    text = saved(client, page)
    for words in (
        "Первая строка <b>не жирная</b> #let x.",
        "Вторая строка",
        "Главе города",
        "Белкин Олег",
        "elkina@example.org",
        "фонарь.txt",
        pair(page)[0],
    ):
        assert words in text, text
    digest = re.search(r"SHA-256: ([0-9a-f]{64})", page)[1]
    assert digest in text.replace(" ", "")
    # The access code opens the page; the sheet may be shown to others.
    assert pair(page)[1] not in text


def test_in_english_and_from_the_page_of_status(client):
    client.get("/language/en")
    receipt = client.get(file_one(client)).text
    status = client.get(re.search(r'href="(/status/\w+)"', receipt)[1]).text
    assert "Text of the appeal Не вывозят мусор." in saved(client, status)


@pytest.mark.parametrize(
    "more", [{"text": "Горит мусор 🔥 во дворе."}, {"last_name": "王𠀀\u0378"}]
)
def test_signs_that_no_font_has_are_printed_as_boxes(client, more):
    text = saved(client, client.get(file_one(client, **more)).text)
    assert ("мусор □ во дворе" if "text" in more else "□□□ ") in text
    assert "Знаком □ отмечены" in text


def test_nobody_else_gets_it(app, client):
    page = client.get(file_one(client)).text
    address = re.search(r'href="(/status/\w+/text\.pdf)"', page)[1]
    assert app.test_client().get(address).status_code == 404
