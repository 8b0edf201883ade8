"""Co-authors and the channel of a card: changed by right, journaled before and after."""

import pytest

from app.appeals import services
from app.appeals.services.authors import Author
from app.audit.services import history
from app.database import reading
from app.errors import Conflict, Forbidden, Invalid, NotFound
from tests.unit.office import Office

TWO = (
    Author("Лисицына", "Анна", "Петровна", "lisa@example.org"),
    Author("Волков", "Олег"),
)


@pytest.fixture
def office(either_app):
    return Office(either_app)


def change(office, given, channel=None, by="registrar", seen=None):
    found = services.authors_of(office.person(by), office.ref)
    return services.change_authors(
        office.person(by), office.ref, given, channel or found.channel, seen or found.seen
    )


def line(office):
    key = f"appeal:{office.card().id}"
    with reading() as session:
        lines = history(session, key)
    return [one for one in lines if one.action == "authors.changed"]


def test_co_authors_come_go_and_stand_in_the_journal(office):
    assert change(office, [*TWO, Author()])
    assert [one.full_name for one in office.card().applicants[1:]] == [
        "Лисицына Анна Петровна",
        "Волков Олег",
    ]
    assert office.card().collective
    assert services.search(office.person("registrar"), services_query("Лисицына")).total == 1
    assert change(office, [TWO[1]])
    after = line(office)[-1]
    assert after.actor == "registrar"
    assert [one["last_name"] for one in after.details["before"]["co_applicants"]] == [
        "Лисицына",
        "Волков",
    ]
    assert [one["last_name"] for one in after.details["after"]["co_applicants"]] == ["Волков"]
    assert "channel" not in after.details["after"]
    assert [one.full_name for one in office.card().applicants[1:]] == ["Волков Олег"]
    assert not change(office, [TWO[1]])
    assert len(line(office)) == 2


def services_query(word):
    from app.appeals.commands import SearchQuery

    return SearchQuery(applicant=word)


def test_names_in_the_journal_are_masked_like_the_card(office):
    change(office, TWO)
    change(office, [])
    (shown,) = services.masked_entries(office.person("analyst"), line(office)[-1:])
    assert "Лисицына" not in str(shown.details)
    assert "lisa@example.org" not in str(shown.details)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Author("Лисицына"), "0-last_name"),
        (Author("Лисицына", "Анна", "", "не адрес"), "0-email"),
        (Author("Л" * 121, "Анна"), "0-last_name"),
    ],
)
def test_a_wrong_line_is_refused_beside_its_field(office, given, field):
    with pytest.raises(Invalid) as refusal:
        change(office, [given])
    assert set(refusal.value.fields) == {field}
    assert line(office) == []


def test_the_channel_of_a_letter_is_put_right_and_that_of_the_site_is_not(office, either_app):
    with pytest.raises(Invalid) as refusal:
        change(office, [], "post")
    assert set(refusal.value.fields) == {"channel"}
    letter = Office(either_app, channel="post")
    assert change(letter, [], "in_person")
    details = line(letter)[-1].details
    assert (details["before"], details["after"]) == ({"channel": "post"}, {"channel": "in_person"})
    assert letter.card().channel == "in_person"
    with pytest.raises(Invalid):
        change(letter, [], "site")


def test_only_who_keeps_the_card_changes_it_and_only_what_they_saw(office):
    for login in ("executor1", "auditor", "analyst"):
        with pytest.raises((Forbidden, NotFound)):
            change(office, TWO, by=login)
    change(office, TWO)
    with pytest.raises(Conflict):
        change(office, [], seen="something else")
    assert len(office.card().applicants) == 3
