"""Forms on a page: what is printed, what a browser's post becomes, where errors stand."""

import json
from html.parser import HTMLParser

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict

from app import formkit
from tests.unit.test_formkit import CODE, REQUIRED, House, component, make, widget

PAGE = (
    """{% import "formkit/field.html" as f %}{{ f.summary(bound) }}{{ f.form(bound, sources) }}"""
)
SOURCES = {"classifier": "/find", "person": "/people", "files": "/uploads"}


class Page(HTMLParser):
    """Every element of a page as (tag, attributes)."""

    def __init__(self, html):
        super().__init__()
        self.html = html
        self.elements = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def all(self, tag=None, **wanted):
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [
            attrs
            for name, attrs in self.elements
            if tag in (None, name) and all(attrs.get(key) == value for key, value in wanted.items())
        ]

    def one(self, tag=None, **wanted):
        (found,) = self.all(tag, **wanted)
        return found


@pytest.fixture(scope="module")
def flask_app():
    app = Flask(__name__)
    formkit.init_app(app)
    return app


@pytest.fixture
def show(flask_app):
    def printed(bound):
        with flask_app.test_request_context():
            return Page(render_template_string(PAGE, bound=bound, sources=SOURCES))

    return printed


def bind(form, values=None, data=None, locale="ru", choices=None):
    posted = MultiDict(data) if data is not None else None
    return form.bind(values or {}, locale=locale, choices=choices or {}, data=posted)


def test_the_rules_are_mirrored_in_html(show):
    form = make(
        component(
            "textfield",
            "a",
            validate={"required": True, "maxLength": 9, "minLength": 2, "pattern": r"\d+"},
        ),
        component("number", "b", validate={"min": 1, "max": 30}, decimalDigits=2),
        component("textfield", "c", validate={"validationType": "email"}),
        component("datetime", "d"),
        component("textarea", "e", properties={"rows": "12"}),
    )
    page = show(bind(form, {"a": "1<2", "e": "</textarea>"}))
    a = page.one("input", name="a")
    assert "required" in a
    assert (a["maxlength"], a["minlength"], a["pattern"], a["value"]) == ("9", "2", r"\d+", "1<2")
    b = page.one("input", name="b")
    assert (b["type"], b["min"], b["max"], b["step"]) == ("number", "1", "30", "0.01")
    assert page.one("input", name="c")["type"] == "email"
    assert page.one("input", name="d")["type"] == "date"
    assert page.one("textarea", name="e")["rows"] == "12"
    assert "&lt;/textarea&gt;" in page.html
    assert "(необязательно)" in page.html


def test_only_what_a_person_may_leave_empty_is_called_optional(show):
    chosen = {"values": [{"label": "Да", "value": "yes"}], "defaultValue": "yes"}
    form = make(component("radio", "a", **chosen), component("textarea", "b", readonly=True))
    known = {**form.values({}), "b": "Прежний текст"}
    assert "(необязательно)" not in show(bind(form, known)).html
    unchosen = make(component("radio", "a", values=chosen["values"]))
    assert "(необязательно)" in show(bind(unchosen)).html


def test_hint_and_error_are_tied_to_the_control_and_listed_above(show):
    form = make(
        component("textfield", "a", description="Как в паспорте", **REQUIRED),
        component("radio", "b", **REQUIRED),
    )
    bound = bind(form, data={"a": ""})
    bound.show_errors({"a": ["Заполните поле «Икс»."], "b": ["Выберите"], "elsewhere": ["?"]})
    page = show(bound)
    control = page.one("input", name="a")
    assert control["aria-describedby"] == "f-a-hint f-a-error"
    assert control["aria-invalid"] == "true"
    assert page.one(id="f-a-hint")
    assert page.one(id="f-a-error")
    assert page.one(role="alert")["class"] == "f-summary"
    for link in page.all("a"):
        assert page.one("input", id=link["href"].removeprefix("#"))


def test_labels_belong_to_controls_and_ids_are_unique(show):
    form = make(*everything())
    page = show(
        bind(form, filled(), choices={"files": [("u1", "план.pdf")], "letters": [("a", "A")]})
    )
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for label in page.all("label"):
        assert label["for"] in ids


def test_there_is_no_inline_script_or_style(show):
    page = show(bind(make(*everything()), filled()))
    for tag, attrs in page.elements:
        assert tag not in ("script", "style")
        assert not [name for name in attrs if name == "style" or name.startswith("on")]


def test_english_labels(show):
    form = make(
        component(
            "radio",
            "a",
            properties={"label.en": "Ex", "description.en": "Hint"},
            description="Подсказка",
        )
    )
    html = show(bind(form, locale="en")).html
    assert "Ex" in html
    assert "Hint" in html
    assert "(optional)" in html
    assert "Подсказка" not in html


def test_what_may_be_hidden_is_not_required_by_the_browser(show):
    form = make(
        component("textfield", "a"),
        component("textfield", "b", conditional={"hide": '=a != "x"'}, **REQUIRED),
        {
            "type": "group",
            "label": "Г",
            "components": [component("textfield", "c")],
            "conditional": {"hide": "=empty a"},
        },
        {"type": "text", "text": "Раз\nДва"},
        {"type": "separator"},
    )
    page = show(bind(form))
    control = page.one("input", name="b")
    assert "required" not in control
    assert "data-required" in control
    wrapper = page.one("div", data_field="b")
    assert wrapper["data-hide"] == 'a != "x"'
    assert "data-hidden" in wrapper
    assert page.one("fieldset", data_hide="empty a")
    assert "data-hidden" not in show(bind(form, {"a": "x"})).one("div", data_field="b")
    assert json.loads(page.one(class_="f-form")["data-f-values"])["a"] is None


def everything():
    return [
        component("textfield", "a"), component("textarea", "b"), component("number", "c"), component("checkbox", "d"),
        component("radio", "e"), component("select", "f", values=[], valuesKey="letters"), component("checklist", "g"),
        component("datetime", "h"), widget("classifier", key="i"), widget("person", key="j"), widget("organisation", key="k"),
        widget("files", key="l"), widget("resolution-list", key="m"),
        component("radio", "n", values=[{"value": "supported", "label": "поддержано"}], properties={"widget": "question-results"}),
    ]  # fmt: skip


def filled():
    return {
        "a": "Иванов", "b": "раз\nдва", "c": 5, "d": True, "e": 5, "f": "b", "g": ["a", 5], "h": "2026-03-02",
        "i": [CODE], "j": "executor1", "k": 7, "l": ["u1", "u2"],
        "m": [
            {"executor": "executor1", "responsible": False, "text": "собрать", "due_on": "2026-03-10"},
            {"executor": "executor2", "responsible": True, "text": "", "due_on": None},
        ],
        "n": [{"code": CODE, "result": "supported", "measures": "меры"}],
    }  # fmt: skip


def successful_controls(page):
    """What a browser without scripts would post of a page that nobody touched."""
    posted, select, area = MultiDict(), None, None

    class Poster(HTMLParser):
        def handle_starttag(self, tag, attrs):
            nonlocal select, area
            a = dict(attrs)
            if tag == "input" and a.get("type") not in ("file", "submit"):
                if a.get("type") not in ("radio", "checkbox") or "checked" in a:
                    posted.add(a["name"], a.get("value", "on"))
            elif tag == "select":
                select = a["name"]
            elif tag == "option" and select and "selected" in a:
                posted.add(select, a["value"])
            elif tag == "textarea":
                area = a["name"]
                posted.add(area, "")

        def handle_endtag(self, tag):
            nonlocal select, area
            if tag == "select":
                select = None
            if tag == "textarea":
                # The parser drops the line break that browsers drop after the tag.
                posted[area] = (
                    posted[area].removeprefix("\r\n").removeprefix("\n").replace("\n", "\r\n")
                )
                area = None

        def handle_data(self, data):
            if area:
                posted[area] = posted[area] + data

    Poster().feed(page.html)
    return posted


def test_a_page_posted_without_a_script_gives_back_what_it_showed(show):
    form = make(*everything())
    choices = {
        "letters": [("a", "A"), ("b", "B")],
        "organisation": [("7", "Комитет"), ("8", "Другой")],
    }
    page = show(bind(form, filled(), choices=choices))
    again = bind(form, data=successful_controls(page), choices=choices)
    assert form.validate(again.answers, locale="ru", resolve=House()) == filled()


def test_an_emptied_page_gives_empty_answers():
    form = make(*everything())
    posted = dict.fromkeys("abchj", "") | {"i": "", "m-0-executor": ""}
    clean = form.validate(bind(form, filled(), data=posted).answers, locale="ru", resolve=House())
    assert clean["a"] is None
    assert clean["d"] is False
    assert (clean["g"], clean["i"], clean["l"], clean["m"], clean["n"]) == ([], [], [], [], [])


def test_codes_may_be_typed_as_numbers_in_any_layout():
    form = make(widget("classifier"))
    bound = bind(form, data={"x": f"1156, {CODE};\r\n 1156"})
    assert form.validate(bound.answers, locale="ru", resolve=House()) == {"x": [CODE]}


def test_add_row_grows_the_table_and_keeps_what_was_typed(show):
    form = make(widget("resolution-list"), component("textfield", "note"))
    bound = bind(
        form,
        data={"x-0-executor": "executor1", "x-0-text": "проверить", "note": "н", "_add_row": "x"},
    )
    assert bound.adding_row == "x"
    page = show(bound)
    assert page.one("input", name="x-0-executor")["value"] == "executor1"
    assert page.one("input", name="x-1-executor")["value"] == ""
    assert page.one("input", name="note")["value"] == "н"
    assert page.one("button", name="_add_row")["value"] == "x"
    assert bind(form, data={"_add_row": "note"}).adding_row is None


def test_widgets_are_told_where_to_look(show):
    page = show(
        bind(make(*everything()), filled(), choices={"classifier": [(CODE, "Вывоз мусора")]})
    )
    assert page.one(data_widget="classifier")["data-source"] == "/find"
    assert page.one(data_widget="files")["data-source"] == "/uploads"
    assert page.one("div", class_="drop", data_drop=None)
    assert page.one(data_widget="resolution-list")["data-person-source"] == "/people"
    assert page.one("li", data_value=CODE)["data-label"] == "Вывоз мусора"
    assert len(page.all("input", name="l", type="checkbox")) == 2
    assert "multiple" in page.one("input", name="l", type="file")
    assert bind(make(*everything())).file_fields == ["l"]


def test_a_drop_down_begins_with_choose_and_shows_the_choice(show):
    form = make(component("select", "f", values=[], valuesKey="letters"))
    page = show(bind(form, {"f": "b"}, choices={"letters": [("a", "A"), ("b", "B")]}))
    assert [option["value"] for option in page.all("option")] == ["", "a", "b"]
    assert [option["value"] for option in page.all("option") if "selected" in option] == ["b"]
