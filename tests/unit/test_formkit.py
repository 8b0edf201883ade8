"""Forms: what the compiler takes and refuses, and the one set of rules for both doors."""

import json
from datetime import date
from pathlib import Path

import pytest

from app.formkit import FormInvalid, UnsupportedForm, compile_form

CODE = "0005.0005.0056.1156"


class House:
    """A resolver that knows two people, one organisation, two uploads and one question."""

    def person(self, login):
        return login in ("executor1", "executor2")

    def organisation(self, identifier):
        if identifier >= 2**63:
            raise OverflowError("no database takes such a number")
        return identifier == 7

    def upload(self, identifier):
        return identifier in ("u1", "u2")

    def classifier(self, code):
        return {CODE: True, "1156": CODE}.get(code, False)

    def choices(self, name):
        return [("a", "A"), ("b", "B")] if name == "letters" else []


def schema(*components):
    return {"type": "default", "components": list(components)}


def test_a_schema_is_written_out_once(monkeypatch):
    known, equal = (
        schema({"type": "textfield", "key": "a"}),
        schema({"type": "textfield", "key": "a"}),
    )
    form = compile_form(known, "test/form")
    assert compile_form(equal, "test/form") is form
    monkeypatch.setattr("app.formkit.form.json", None)
    assert compile_form(known, "test/form") is form


def make(*components):
    return compile_form(schema(*components), "test/form")


def check(form, answers, locale="ru", values=None):
    return form.validate(answers, locale=locale, resolve=House(), values=values)


def errors(form, answers, locale="ru", values=None):
    with pytest.raises(FormInvalid) as caught:
        check(form, answers, locale, values)
    return caught.value.errors


def component(kind, key="x", **more):
    extra = {"values": [{"value": "a", "label": "А", "labelEn": "A"}, {"value": 5, "label": "5"}]}
    needs = extra if kind in ("radio", "select", "checklist") else {}
    return {"type": kind, "key": key, "label": "Икс", **needs, **more}


def widget(name, **more):
    return component("textarea", properties={"widget": name}, **more)


REQUIRED = {"validate": {"required": True}}


@pytest.mark.parametrize(
    ("part", "sent", "kept"),
    [
        (component("textfield"), "  Иванов ", "Иванов"),
        (component("textarea"), "раз\r\nдва\rтри", "раз\nдва\nтри"),
        (component("textfield"), "За\u0438\u0306\u00adцев\u202e", "Зайцев"),
        (
            component("textfield", validate={"validationType": "email"}),
            "a.b@demo.example",
            "a.b@demo.example",
        ),
        (
            component("textfield", validate={"validationType": "email"}),
            "иван@пример.рф",
            "иван@пример.рф",
        ),
        (
            component("textfield", validate={"validationType": "phone"}),
            "+7 (900) 123-45-67",
            "+7 (900) 123-45-67",
        ),
        (component("textfield", validate={"pattern": r"\d{6}"}), "101000", "101000"),
        (component("number"), 5, 5),
        (component("number"), "5", 5),
        (component("number", decimalDigits=2), "1 234,50", 1234.5),
        (component("checkbox"), True, True),
        (component("checkbox"), "false", False),
        (component("radio"), "a", "a"),
        (component("radio"), 5, 5),
        (component("radio"), "5", 5),
        (component("select", values=[], valuesKey="letters"), "b", "b"),
        (component("checklist"), ["a", "a", "5"], ["a", 5]),
        (component("datetime"), "2028-02-29", "2028-02-29"),
        (widget("classifier"), [CODE, "1156"], [CODE]),
        (widget("person"), "executor1", "executor1"),
        (widget("organisation"), "7", 7),
        (widget("files"), ["u2", "u1", "u2"], ["u2", "u1"]),
        (widget("document"), ["u1"], ["u1"]),
    ],
)
def test_a_good_answer_comes_back_in_its_one_form(part, sent, kept):
    assert check(make(part), {"x": sent}) == {"x": kept}


@pytest.mark.parametrize(
    ("part", "sent", "russian", "english"),
    [
        (component("textfield"), 5, "текст", "text"),
        (component("textfield"), "a\x00b", "непечатаемые", "unprintable"),
        (component("textfield"), "a\nb", "в одну строку", "one line"),
        (component("textfield", validate={"minLength": 3}), "аб", "не меньше 3", "at least 3"),
        (component("textarea", validate={"maxLength": 3}), "абвг", "не больше 3", "at most 3"),
        (component("textfield", validate={"pattern": r"\d{6}"}), "10100", "записано", "written"),
        (
            component("textfield", validate={"validationType": "email"}),
            "a@b",
            "электронной почты",
            "e-mail",
        ),
        (
            component("textfield", validate={"validationType": "email"}),
            "a@b.ru, c@d.ru",
            "электронной почты",
            "e-mail",
        ),
        (
            component("textfield", validate={"validationType": "phone"}),
            "позвоните",
            "телефона",
            "telephone",
        ),
        (component("number"), "пять", "число", "number"),
        (component("number"), True, "число", "number"),
        (component("number"), [5], "число", "number"),
        (component("number"), "1e999999999", "число", "number"),
        (component("number"), 1.5, "целое", "whole"),
        (component("number", decimalDigits=1), 1.25, "после запятой", "decimal point"),
        (component("number", validate={"min": 1, "max": 30}), 0, "не меньше 1", "at least 1"),
        (component("number", validate={"min": 1, "max": 30}), 31, "не больше 30", "at most 30"),
        (component("checkbox"), "maybe", "да", "yes"),
        (component("radio"), "z", "из списка", "from the list"),
        (component("select"), ["a"], "из списка", "from the list"),
        (component("checklist"), ["a", "z"], "из списка", "from the list"),
        (component("checklist"), "a", "список", "list"),
        (component("datetime"), "2026-02-29", "дату", "date"),
        (component("datetime"), "01.02.2026", "дату", "date"),
        (component("datetime"), "20260201", "дату", "date"),
        (widget("classifier"), ["9999"], "9999", "9999"),
        (widget("person"), "nobody", "nobody", "nobody"),
        (widget("organisation"), 8, "справочнике", "directory"),
        (widget("organisation"), "9" * 30, "справочнике", "directory"),
        (widget("files"), ["u3"], "Приложите", "Attach"),
        (widget("files"), [{"a": 1}], "Приложите", "Attach"),
        (widget("resolution-list"), ["executor1"], "строк", "rows"),
    ],
)
def test_a_wrong_answer_gets_a_sentence_in_both_languages(part, sent, russian, english):
    form = make(part)
    assert russian in " ".join(errors(form, {"x": sent}, "ru")["x"])
    assert english in " ".join(errors(form, {"x": sent}, "en")["x"])


@pytest.mark.parametrize("absent", [None, "", "  ", []])
@pytest.mark.parametrize(
    "part",
    [
        component(kind)
        for kind in ("textfield", "textarea", "number", "radio", "select", "checklist", "datetime")
    ]
    + [
        widget(name)
        for name in (
            "classifier",
            "person",
            "organisation",
            "files",
            "resolution-list",
            "question-results",
        )
    ],
)
def test_null_and_empty_count_as_absent(part, absent):
    many = part["type"] == "checklist" or part.get("properties", {}).get("widget") in (
        "classifier",
        "files",
        "resolution-list",
        "question-results",
    )
    assert check(make(part), {"x": absent}) == {"x": [] if many else None}
    assert "«Икс»" in errors(make({**part, **REQUIRED}), {"x": absent})["x"][0]


def test_a_box_that_must_be_ticked_is_not_answered_by_no():
    form = make(component("checkbox", **REQUIRED))
    assert "Отметьте" in errors(form, {"x": False})["x"][0]
    assert check(form, {"x": True}) == {"x": True}


def test_what_was_not_sent_keeps_its_value_and_what_was_emptied_is_empty():
    form = make(component("textfield", "name"), component("textfield", "note", defaultValue="д"))
    assert check(form, {}, values={"name": "Иванов"}) == {"name": "Иванов", "note": "д"}
    assert check(form, {"name": None, "note": ""}, values={"name": "Иванов"}) == {
        "name": None,
        "note": None,
    }
    assert check(form, {}) == {"note": "д"}


def test_a_value_of_the_house_is_not_judged_again_unless_it_is_sent():
    form = make(component("textfield", "phone", validate={"validationType": "phone"}))
    assert check(form, {}, values={"phone": "сосед передаст"}) == {"phone": "сосед передаст"}
    assert "phone" in errors(form, {"phone": "сосед передаст"}, values={"phone": "сосед передаст"})


def test_unknown_keys_are_dropped_and_a_read_only_field_keeps_its_value():
    form = make(component("textfield", "a"), component("textfield", "b", readonly=True))
    assert check(form, {"a": "1", "b": "x", "c": 3}, values={"b": "was"}) == {"a": "1", "b": "was"}


def test_a_hidden_field_is_neither_required_nor_taken():
    hide = {"conditional": {"hide": "=decision != 'redirect'"}}
    form = make(
        component(
            "radio",
            "decision",
            values=[{"value": "redirect", "label": "р"}, {"value": "leave", "label": "л"}],
        ),
        widget("organisation", key="organisation", **hide, **REQUIRED),
    )
    assert check(form, {"decision": "leave", "organisation": "junk"}) == {"decision": "leave"}
    assert "organisation" in errors(form, {"decision": "redirect"})
    assert check(form, {"decision": "redirect", "organisation": 7})["organisation"] == 7


def test_a_condition_may_look_at_names_that_are_no_fields_and_at_hidden_ones():
    form = make(
        component("textfield", "a", conditional={"hide": "=channel == 'site'"}),
        component("textfield", "b", conditional={"hide": "=empty a"}),
    )
    assert check(form, {"a": "1", "b": "2"}, values={"channel": "site"}) == {}
    assert check(form, {"a": "1", "b": "2"}, values={"channel": "post"}) == {"a": "1", "b": "2"}


def test_a_condition_drawn_in_a_modeler_compares_with_one_sign():
    form = make(component("textfield", "a", conditional={"hide": '=channel = "site"'}))
    assert check(form, {"a": "1"}, values={"channel": "site"}) == {}
    assert check(form, {"a": "1"}, values={"channel": "post"}) == {"a": "1"}


def test_a_condition_that_cannot_be_worked_out_hides_nothing():
    form = make(
        component("number", "n"),
        component("textfield", "a", conditional={"hide": "=n > 3"}, **REQUIRED),
    )
    assert "a" in errors(form, {})


def test_a_hidden_group_hides_what_is_in_it():
    group = {
        "type": "group",
        "label": "Г",
        "components": [component("textfield", "a", **REQUIRED)],
        "conditional": {"hide": "=empty b"},
    }
    form = make(group, component("textfield", "b"))
    assert check(form, {}) == {}
    assert "a" in errors(form, {"b": "1"})


def test_resolutions_come_back_with_one_responsible_executor():
    form = make(widget("resolution-list", **REQUIRED))
    rows = [
        {"executor": "executor1"},
        {"executor": "executor2", "text": " ответить ", "due_on": "2026-04-01"},
        {},
    ]
    assert check(form, {"x": rows})["x"] == [
        {"executor": "executor1", "responsible": True, "text": "", "due_on": None},
        {"executor": "executor2", "responsible": False, "text": "ответить", "due_on": "2026-04-01"},
    ]
    marked = [{"executor": "executor1"}, {"executor": "executor2", "responsible": True}]
    assert [row["responsible"] for row in check(form, {"x": marked})["x"]] == [False, True]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"text": "сделать"}], "Строка 1: укажите исполнителя."),
        ([{"executor": "nobody"}], "Строка 1: Сотрудник «nobody» не найден."),
        (
            [{"executor": "executor1"}, {"executor": "executor1"}],
            "Строка 2: исполнитель «executor1» уже указан выше.",
        ),
        ([{"executor": "executor1", "due_on": "завтра"}], "Строка 1: Укажите существующую дату"),
        ([{"executor": "executor1", "responsible": "yes"}], "Строка 1: Ответьте"),
        (
            [
                {"executor": "executor1", "responsible": True},
                {"executor": "executor2", "responsible": True},
            ],
            "Ответственный исполнитель должен быть один.",
        ),
        ([{}], "Добавьте хотя бы одну строку"),
    ],
)
def test_a_wrong_resolution_names_its_row(rows, sentence):
    assert errors(make(widget("resolution-list", **REQUIRED)), {"x": rows})["x"][0].startswith(
        sentence
    )


def test_results_of_questions():
    part = component(
        "radio",
        values=[{"value": "supported", "label": "поддержано"}],
        properties={"widget": "question-results"},
    )
    form = make(part)
    row = {"code": "1156", "result": "supported", "measures": "отремонтировано"}
    assert check(form, {"x": [row]})["x"] == [{**row, "code": CODE}]
    assert check(form, {"x": [{"code": CODE, "result": ""}]})["x"] == [
        {"code": CODE, "result": None, "measures": ""}
    ]
    assert "уже указан" in errors(form, {"x": [row, row]})["x"][0]
    assert "из списка" in errors(form, {"x": [{**row, "result": "z"}]})["x"][0]
    assert "нет вопроса" in errors(form, {"x": [{"result": "supported"}]})["x"][0]
    strict = make({**part, **REQUIRED})
    assert "выберите результат" in errors(strict, {"x": [{"code": CODE}]})["x"][0]


def test_only_marked_fields_become_process_data():
    form = make(
        component("textfield", "a", properties={"variable": "true"}),
        component("textfield", "b", properties={"variable": True}),
        component("textfield", "c"),
    )
    assert form.variables({"a": "1", "b": "2", "c": "3"}) == {"a": "1", "b": "2"}


def test_values_hold_every_field():
    form = make(
        component("textfield", "a"),
        component("textfield", "b", defaultValue="д"),
        component("checkbox", "c"),
        component("checklist", "d"),
        component("datetime", "e"),
        widget("files", key="f"),
    )
    known = form.values({"e": date(2026, 3, 2), "other": 1})
    assert known == {"a": None, "b": "д", "c": False, "d": [], "e": "2026-03-02", "f": []}


def test_the_schema_for_a_script_speaks_one_language_and_holds_all_options():
    form = make(
        component("radio", "a", properties={"label.en": "Ex"}),
        component("select", "b", values=[], valuesKey="letters"),
        {
            "type": "group",
            "label": "Г",
            "properties": {"label.en": "G"},
            "components": [component("textfield", "c")],
        },
    )
    shown = form.schema_for({"c": "знач"}, "en", {"letters": [("a", "A")]})["components"]
    assert shown[0]["label"] == "Ex"
    assert shown[0]["values"] == [{"value": "a", "label": "A"}, {"value": 5, "label": "5"}]
    assert shown[1]["values"] == [{"value": "a", "label": "A"}]
    assert shown[2]["label"] == "G"
    assert shown[2]["components"][0]["defaultValue"] == "знач"
    assert "valuesKey" in form.schema["components"][1]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"type": "button", "label": "Send"}, "type 'button'"),
        ({"type": "dynamiclist", "path": "rows", "components": []}, "type 'dynamiclist'"),
        (component("textfield", calculate="=1"), "`calculate`"),
        (component("textfield", validate={"min": 1}), "`validate.min`"),
        (component("textfield", label="=name"), "expression"),
        ({"type": "text", "text": "Hello {{name}}"}, "expression"),
        (component("textfield", "bad key"), "key must"),
        (component("textfield", ""), "key must"),
        (component("textfield", validate={"pattern": "("}), "regular expression"),
        (component("textfield", validate={"pattern": "(a+)+"}), "repeats a repetition"),
        (component("textfield", validate={"validationType": "iban"}), "iban"),
        (component("textfield", validate={"maxLength": -1}), "maxLength"),
        (component("number", validate={"min": "=a"}), "`min`"),
        (component("datetime", subtype="time"), "date"),
        (component("radio", values=[]), "choose from"),
        (component("radio", values=[{"label": "a"}]), "value"),
        (component("radio", values=[{"value": "a"}, {"value": "a"}]), "equal"),
        (component("radio", valuesExpression="=list"), "valuesExpression"),
        (component("textfield", properties={"widget": "map"}), "map"),
        (component("textfield", properties={"variable": "maybe"}), "variable"),
        (component("textfield", conditional={"hide": "a"}), "begins with ="),
        (component("textfield", conditional={"hide": "=a."}), "conditional.hide"),
        (component("textfield", conditional={"show": "=a"}), "show"),
        (component("textfield", disabled="=a"), "disabled"),
        ({"type": "group", "path": "nested", "components": []}, "path"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(part, words):
    with pytest.raises(UnsupportedForm) as caught:
        make(part)
    assert words in str(caught.value)
    assert "test/form" in str(caught.value)


@pytest.mark.parametrize(
    "broken", [[], {}, {"components": 3}, {"components": [3]}, {"type": "other", "components": []}]
)
def test_what_is_no_schema_is_refused(broken):
    with pytest.raises(UnsupportedForm):
        compile_form(broken, "test/form")


def test_two_fields_of_one_key_are_refused():
    with pytest.raises(UnsupportedForm, match="twice"):
        make(component("textfield", "a"), component("number", "a"))


SHIPPED = sorted(Path(__file__).parents[2].glob("forms/**/*.form"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_shipped_form_compiles_and_speaks_both_languages(path):
    form = compile_form(json.loads(path.read_text(encoding="utf-8")), path.stem)
    assert form.fields
    for field in form.fields:
        assert field.label != field.key
        assert field.label != field.label_en
        for option in field.options:
            assert option.label != option.label_en or str(option.label).isdigit()


def test_forms_are_shipped():
    assert SHIPPED


def test_equal_schemas_share_one_form():
    assert make(component("textfield")) is make(component("textfield"))
