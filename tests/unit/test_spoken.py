"""Templates hold their fixed words in the language they were compiled for."""

import pytest
from flask_babel import Domain
from jinja2 import DictLoader
from markupsafe import Markup, escape

from app.extensions import in_language, locale
from app.spoken import SpokenEnvironment

PAGES = {
    "fixed.html": '{{ _("Send") }}',
    "told.html": '{{ _("Appeal %(receipt)s", receipt=told) }}',
    "percent.html": '{{ _("100 %% sure") }}',
    "handed.html": '{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}{{ twice(_("<i>it</i>")) }}',
    "asked.html": "{{ _(told) }}",
    "outer.html": '{% include "fixed.html" %}',
    "which.html": "{{ locale() }}{% macro twice() %}{{ locale() }}{% endmacro %}{{ twice() }}",
    "value.html": "{{ told }}{% macro it(x) %}{{ x }}{% endmacro %}{{ it(told) }}",
    "value.txt": "{{ told }}",
    "plain.txt": '{{ _("Appeal %(receipt)s", receipt=told) }}',
}


@pytest.fixture
def shown(app):
    """A page rendered in a language by an environment that knows no `_` to call."""
    escaped = app.select_jinja_autoescape
    pages = SpokenEnvironment(app, loader=DictLoader(PAGES), autoescape=escaped)

    def render(name, language="ru", **told):
        with app.test_request_context(), in_language(language):
            return pages.get_template(name).render(**told)

    return render


def test_each_language_has_a_template_of_its_own(shown):
    for _each in range(2):
        assert [shown("fixed.html", one) for one in ("en", "ru")] == ["Send", "Отправить"]
        assert [shown("outer.html", one) for one in ("en", "ru")] == ["Send", "Отправить"]


def test_what_is_told_in_the_words_is_escaped_where_pages_are(shown):
    assert shown("told.html", told="<b>") == "Обращение &lt;b&gt;"
    assert shown("plain.txt", told="<b>") == "Обращение <b>"
    assert shown("percent.html") == "100 % sure"
    assert shown("handed.html") == "<i>it</i><i>it</i>"


def test_a_page_shows_a_value_as_the_library_escapes_it(shown):
    class Safe:
        def __html__(self):
            return "<i>"

    for value in (
        "<b>&\"'",
        "",
        Markup("<b>"),
        Markup(""),
        Safe(),
        None,
        1.5,
        ["<b>"],
        Exception("<"),
    ):
        assert shown("value.html", told=value) == f"{escape(value)}{escape(value)}"
        assert shown("value.txt", told=value) == str(value)


def test_a_template_knows_its_language_without_asking(shown):
    assert [shown("which.html", one) for one in ("en", "ru")] == ["enen", "ruru"]


def test_words_that_are_known_only_later_are_asked_for_then(shown):
    assert shown("asked.html", told="x", _=lambda word: f"asked for {word}") == "asked for x"


def test_a_page_of_the_house_asks_for_few_words(client, monkeypatch):
    """Those of its forms and of its sizes and dates; the sixty of the templates are in them."""
    asked = []
    gettext = Domain.gettext
    monkeypatch.setattr(
        Domain, "gettext", lambda *told, **more: asked.append(told[1]) or gettext(*told, **more)
    )
    client.get("/status")
    asked.clear()
    assert client.get("/status").status_code == 200
    assert len(asked) < 12, asked


def test_a_language_holds_for_a_while(make_app):
    """What was found out once of a request is not what a letter within it is written in."""
    app = make_app()
    for cookie, spoken, other in (("ru", "ru", "en"), ("en", "en", "ru")):
        with app.test_request_context(headers={"Cookie": f"language={cookie}"}):
            assert locale() == spoken
            with in_language(other):
                assert locale() == other
                with in_language(spoken):
                    assert locale() == spoken
                assert locale() == other
            assert locale() == spoken
