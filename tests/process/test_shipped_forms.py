"""The shipped forms through the compiler: what a script may leave out, and what it may not."""

import pytest
import shipped

from app.formkit import FormInvalid, compile_form

LEAST = {
    "act/draw_up": {
        "member_1": "registrar",
        "member_2": "manager",
        "member_3": "controller",
        "description": "Чернила расплылись.",
    },
    "act/sign": {},
    "appeal/register": {"questions": ["0005.0005.0056.1156"]},
    "appeal/review": {"decision": "answer"},
    "assignment/accept": {},
    "assignment/report": {"text": "Яма засыпана."},
    "assignment/accept_report": {"decision": "accept"},
    "extension/request": {"reason": "Ждём экспертизу."},
    "extension/decide": {"decision": "grant"},
    "redirection/prepare": {"organisation": 3},
    "redirection/sign": {},
    "request/prepare": {"organisation": 3, "documents": "Выписка из реестра."},
    "correspondence/answer": {},
    "interim/draft": {"text": "Ждём заключение экспертов."},
    "visit/act": {
        "visited_on": "2026-03-04",
        "place": "ул. Садовая, 5",
        "present": "Громова Е. В.",
        "findings": "Контейнеры переполнены.",
    },
    "enclosures/act": {
        "opened_on": "2026-03-02",
        "named": "Справка",
        "missing": "Справка",
        "present": "Соколова М. И.",
    },
    "correspondence/undelivered": {"email": "new@example.org"},
    "valuables/act": {
        "opened_on": "2026-03-02",
        "found": "Купюра 1000 руб. № АА 1234567",
        "kept": "Касса, Орлова Т. С.",
        "present": "Соколова М. И.",
    },
    "valuables/return": {"how": "in_person", "returned_on": "2026-03-12", "note": "Расписка"},
    "inspection/request": {"asked_on": "2026-03-04"},
    "inspection/decide": {"read_on": "2026-03-10", "read_at": "10:30", "place": "каб. 12"},
    "inspection/hold": {"held_on": "2026-03-10", "shown": "Ответ жилищной инспекции"},
    "reply/draft": {"text": "Уважаемая Анна Ивановна!"},
    "reply/approve": {"decision": "accept"},
    "reply/sign": {},
    "correspondence/dispatch": {},
    "correspondence/recalled": {},
    "survey/rate": {"quality": 5},
}
# What else a branch asks for; None stands for "nothing".
BRANCHES = {
    "assign": {"resolutions": [{"executor": "executor1"}]},
    "redirect": {"organisation": 3},
    "answer": None,
    "leave": {"reason": "unclear"},
    "return": None,
    "void": {"void_reason": "Зарегистрировано дважды."},
}


class Anything:
    """Knows every person, organisation, file and question."""

    def person(self, login):
        return True

    def organisation(self, identifier):
        return True

    def upload(self, identifier):
        return True

    def classifier(self, code):
        return True

    def choices(self, name):
        return []


def validate(key, answers):
    form = compile_form(shipped.forms()[key], key)
    return form.validate(answers, locale="ru", resolve=Anything())


def test_every_form_is_tried():
    assert LEAST.keys() == shipped.forms().keys()


@pytest.mark.parametrize("key", LEAST)
def test_the_least_is_enough(key):
    assert validate(key, LEAST[key]).items() >= LEAST[key].items()


@pytest.mark.parametrize("key", [key for key, least in LEAST.items() if least])
def test_less_than_that_is_not(key):
    with pytest.raises(FormInvalid) as refused:
        validate(key, {})
    assert refused.value.errors.keys() >= LEAST[key].keys()


@pytest.mark.parametrize("decision", BRANCHES)
def test_a_branch_asks_for_its_own(decision):
    needed = BRANCHES[decision] or {}
    cleaned = validate("appeal/review", {"decision": decision, **needed})
    assert cleaned.keys() >= needed.keys()
    if needed:
        with pytest.raises(FormInvalid) as refused:
            validate("appeal/review", {"decision": decision})
        assert refused.value.errors.keys() == needed.keys()


@pytest.mark.parametrize("decision", BRANCHES)
def test_answers_to_other_branches_are_ignored(decision):
    everything = {name: value for one in BRANCHES.values() if one for name, value in one.items()}
    cleaned = validate("appeal/review", {"decision": decision, **everything})
    others = everything.keys() - (BRANCHES[decision] or {}).keys()
    assert not cleaned.keys() & others


def test_signing_without_a_word_signs():
    form = compile_form(shipped.forms()["reply/sign"], "reply/sign")
    assert form.variables(validate("reply/sign", {})) == {"decision": "sign"}
