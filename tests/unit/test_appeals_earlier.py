"""Other appeals of the same person, however the person spells name, address and e-mail."""

from types import SimpleNamespace

import pytest

from app.appeals import earlier, services
from app.appeals.earlier import email_key, how, person_key, same_address
from app.appeals.models import Applicant
from tests.unit.office import CITIZEN, Office


def writer(**said):
    texts = {"last_name": "", "first_name": "", "middle_name": "", "email": "", "name": ""}
    one = Applicant(**{**texts, "postal_address": "", **said})
    one.name_key, one.email_key = person_key(one), email_key(one.email)
    return one


MARIA = {"last_name": "Ёлкина", "first_name": "Мария", "middle_name": "Петровна"}
IVAN = {"last_name": "Петров", "first_name": "Иван", "middle_name": "Иванович"}
HOME = "101000, г. Москва, ул. Садовая, д. 5, кв. 7"


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        ({**MARIA, "email": "Elkina@Mail.ru"}, {"email": "elkina@mail.ru"}, "email"),
        (MARIA, {"last_name": "ЕЛКИНА", "first_name": "М.", "middle_name": "П."}, "name"),
        (MARIA, {"last_name": "елкина", "first_name": "Мария"}, "name"),
        (
            {**MARIA, "postal_address": HOME},
            {**MARIA, "postal_address": "Москва, Садовая улица, дом 5, квартира 7"},
            "address",
        ),
        ({**MARIA, "postal_address": HOME}, {**MARIA, "postal_address": "Тула, Мира, 1"}, "name"),
        (MARIA, {**MARIA, "middle_name": "Ивановна"}, ""),
        (MARIA, {**MARIA, "first_name": "Анна"}, ""),
        ({}, {}, ""),
        ({"name": "ООО «Ёлка»"}, {"name": 'ооо "елка"'}, "name"),
        # «Петров И. И.» typed into one field is «Петров Иван Иванович», and not Петров П. И.
        (IVAN, {"last_name": "Петров И. И."}, "name"),
        (IVAN, {"last_name": "ПЕТРОВ", "first_name": "И.И."}, "name"),
        (IVAN, {"last_name": "И. И. Петров"}, "name"),
        (IVAN, {"last_name": "Петров Иван Иванович"}, "name"),
        (IVAN, {"last_name": "Петров", "first_name": "И."}, "name"),
        (IVAN, {"last_name": "Петров П. И."}, ""),
        (IVAN, {"last_name": "Петров И. А."}, ""),
        (IVAN, {"last_name": "Петров-Водкин", "first_name": "Иван"}, ""),
        ({"email": "elkina+dom@ya.ru"}, {"email": "Elkina@yandex.ru"}, "email"),
    ],
)
def test_how_a_person_is_known_again(one, other, match):
    assert how(writer(**one), writer(**other)) == match


def test_an_address_may_lack_what_is_around_the_house_and_not_the_house():
    assert same_address(HOME, "Садовая 5, кв. 7")
    assert not same_address(HOME, "Садовая 5, кв. 8")
    assert not same_address("д. 5", HOME)
    assert not same_address("", "")


@pytest.mark.parametrize(
    "other",
    [
        "г. Москва, улица Садовая, дом 5, квартира 7",
        "МОСКВА Г., САДОВАЯ УЛ., Д.5, КВ.7",
        "101000, Москва, Садовая, 5-7",
        "мск, ул.Садовая д.5 кв.7",
    ],
)
def test_one_address_in_many_spellings(other):
    assert same_address(HOME, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Москва, Садовая, д. 5, кв. 7", "Москва, Садовая, д. 7, кв. 5"),
        ("Москва, Садовая, д. 5", "Москва, Садовая, д. 5а"),
        ("Москва, Садовая, д. 5", "Москва, Лесная, д. 5"),
    ],
)
def test_neighbours_have_addresses_of_their_own(one, other):
    assert not same_address(one, other)


def test_a_house_with_a_letter_is_one_however_it_is_spelt():
    assert same_address("Тула, пр-т Мира, д. 5а", "Тула, проспект Мира, 5 А")


def test_of_many_namesakes_no_more_are_looked_at_than_are_shown(monkeypatch):
    """Of an appeal of two the surer match counts, of the last that is shown as well."""
    spelt, spellings = earlier._spelt, []
    monkeypatch.setattr(earlier, "_spelt", lambda *name: spellings.append(name) or spelt(*name))
    rest = iter(
        [writer(**MARIA, appeal_id=number) for number in range(100, 100 - earlier.MOST, -1)]
        + [writer(**MARIA, appeal_id=81, email="m@ya.ru")]
        + [writer(**MARIA, appeal_id=number) for number in range(80, 0, -1)]
    )
    session = SimpleNamespace(execute=lambda _query: rest)
    own = SimpleNamespace(id=101, applicants=[writer(**MARIA, email="m@yandex.ru")])
    spellings.clear()
    found = earlier._matches(session, own)
    assert list(found.items()) == [*((one, "name") for one in range(100, 81, -1)), (81, "email")]
    assert next(rest).appeal_id == 79
    assert len(spellings) == 1


def test_the_registrar_sees_what_the_person_wrote_before(app):
    first = Office(app, text="Не вывозят мусор.")
    first.register()
    ended = {"earlier_replies": "№ 1 и № 2"}
    first.do("manager", "review", decision="leave", reason="ended", **ended)
    again = Office(app, applicant={"last_name": "ЕЛКИНА", "email": "ELKINA@example.org"})
    Office(app, applicant={**CITIZEN, "last_name": "Белов", "email": "belov@example.org"})
    (item,) = again.items()
    view = services.work_item(again.person("registrar"), item.id)
    (found,) = view.card.others
    assert (found.number, found.match, found.ended) == (first.card().number, "email", True)
    assert found.summary == "Не вывозят мусор."


def test_a_correction_of_the_name_finds_the_person(app):
    first = Office(app)
    other = Office(app, applicant={"last_name": "Елкна", "email": "e2@example.org"})
    assert other.card().others == ()
    other.register(last_name="Ёлкина")
    assert [one.number for one in other.card().others] == [first.receipt.receipt]


def test_an_executor_is_not_told_of_other_appeals(app):
    Office(app)
    again = Office(app)
    again.register()
    again.assign("executor1")
    assert again.card().others
    assert again.card("executor1").others == ()
