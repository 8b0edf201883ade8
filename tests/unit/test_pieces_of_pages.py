"""Parts of the frame that are the same for everybody are made once, and can hold nobody's own."""

from pathlib import Path

import pytest
from jinja2 import meta

from app.directory import services as directory

FOLDER = Path("app/templates/shell/pieces")
PIECES = sorted(FOLDER.glob("*.html"))
#: What a piece knows by itself, and what one or another is told.
KNOWN, TOLD = {"appearances", "body", "icon", "static", "url_for"}, {"chosen", "section"}
#: What a piece is told as a mark that gives way to it afterwards.
PLACES = {"here", "back"}


@pytest.mark.parametrize("path", PIECES, ids=lambda path: path.stem)
def test_a_piece_names_nothing_of_the_request(app, path):
    named = meta.find_undeclared_variables(app.jinja_env.parse(path.read_text(encoding="utf-8")))
    assert named - {"_", "locale"} <= KNOWN | TOLD | PLACES


def test_a_piece_is_made_once_for_whoever_asks(make_app):
    app = make_app()
    made = app.extensions["pieces"]
    first = app.test_client().get("/status")
    before = made.cache_info().misses
    assert before >= len(PIECES)
    other = app.test_client().get("/status")
    assert made.cache_info().misses == before
    assert frame(other.text) == frame(first.text)


def test_a_piece_that_leads_back_says_where_to_of_each_page(make_app):
    app = make_app()
    client, made = app.test_client(), app.extensions["pieces"]
    client.get("/status")
    before = made.cache_info().misses
    for query, here, back in (
        ("", "", ""),
        ("?number=%(here)s%25", "?number=%(here)s%25", "?number%3D%25%28here%29s%2525"),
        ("?number=<b>&x=1", "?number=&lt;b&gt;&amp;x=1", "?number%3D%3Cb%3E%26x%3D1"),
    ):
        page = client.get(f"/status{query}").text
        assert f'name="next" value="/status{here}"' in page
        assert page.count(f'/en?next=/status{back}"') == 1
        assert page.count(f'/ru?next=/status{back}"') == 1
    assert made.cache_info().misses == before


def test_a_piece_follows_language_looks_section_and_body(make_app):
    app = make_app()
    client = app.test_client()
    assert "Подать обращение" in client.get("/status").text
    client.get("/language/en")
    page = client.get("/status").text
    assert "File an appeal" in page
    assert 'href="/status" aria-current="page"' in page
    assert 'id="appearance-size-100" name="size" value="100" checked' in page
    client.get("/appearance?size=150")
    page = client.get("/statistics").text
    assert 'href="/statistics" aria-current="page"' in page
    assert 'id="appearance-size-150" name="size" value="150" checked' in page
    with app.app_context():
        directory.save_body({"name": "Другой", "name_en": "Another <body>"}, actor="administrator")
    assert frame(client.get("/status").text).count("Another &lt;body&gt;") == 2


def frame(page):
    """The page without what stands between head and foot."""
    return page.partition("<header>")[2].partition("<main")[0] + page.partition("</main>")[2]
