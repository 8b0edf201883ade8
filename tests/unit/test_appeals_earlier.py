"""Other appeals of the same person, however the person spells name, address and e-mail."""

import pytest

from app.appeals import services
from app.appeals.earlier import how, person_key, same_address
from app.appeals.models import Applicant
from app.appeals.policy import folded
from tests.unit.office import CITIZEN, Office


def writer(**said):
    texts = {"last_name": "", "first_name": "", "middle_name": "", "email": "", "name": ""}
    one = Applicant(**{**texts, "postal_address": "", **said})
    one.name_key, one.email_key = person_key(one), folded(one.email)
    return one


MARIA = {"last_name": "Ёлкина", "first_name": "Мария", "middle_name": "Петровна"}
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
        ({"name": "ООО «Ёлка»"}, {"name": "ооо «елка»"}, "name"),
    ],
)
def test_how_a_person_is_known_again(one, other, match):
    assert how(writer(**one), writer(**other)) == match


def test_an_address_may_lack_what_is_around_the_house_and_not_the_house():
    assert same_address(HOME, "Садовая 5, кв. 7")
    assert not same_address(HOME, "Садовая 5, кв. 8")
    assert not same_address("д. 5", HOME)
    assert not same_address("", "")


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
