"""Texts that nearly repeat each other are put beside the first of their kind."""

import json
import threading

import pytest
from sqlalchemy import delete, func, select

from app.appeals import kin, services
from app.appeals.commands import SearchQuery
from app.appeals.models import Appeal, Likeness, TextBand
from app.database import reading, transaction
from app.search.models import SearchText
from tests.unit.office import Office, command

PARK = (
    "Мы против вырубки деревьев в парке «Берёзки» ради строительства торгового центра. Парк — "
    "единственное место отдыха для семей с детьми. Требуем отменить разрешение на строительство."
)
BUS = "Прошу вернуть автобус № 27 от посёлка Заречный до центральной районной больницы."


def person(number):
    return {"last_name": f"Жителев{'аеиоу'[number % 5]}", "email": f"citizen{number}@example.org"}


def campaign(app, size, text=PARK):
    return [
        Office(app, applicant=person(n), text=f"Здравствуйте!\n{text} Мне {20 + n} лет.")
        for n in range(size)
    ]


def kin_of():
    with reading() as session:
        rows = session.execute(select(Likeness.appeal_id, Likeness.first_id)).all()
        return {row.appeal_id: row.first_id for row in rows}


def test_a_campaign_stands_beside_its_first_letter(either_app):
    first, *others = campaign(either_app, 4)
    alone = Office(either_app, applicant=person(9), text=BUS)
    first.settle()
    ids = [one.receipt.appeal_id for one in (first, *others, alone)]
    assert kin_of() == {**dict.fromkeys(ids[:4], ids[0]), ids[4]: ids[4]}
    with reading() as session:
        # Only the first of like texts is looked up by.
        assert set(session.scalars(select(TextBand.appeal_id))) == {ids[0], ids[4]}


def test_what_was_sent_is_found_by_its_words_when_it_was_compared(either_app):
    """By its number at once, and what was entered at the desk by its words too."""
    sent, other = Office(either_app, text=BUS), Office(either_app)
    paper = command(text=PARK, channel="post", reply_channel="post")
    entered = services.intake(paper, person=Office.person("registrar"))

    def found(words):
        hits = services.search(Office.person("auditor"), SearchQuery(q=words)).items
        return [hit.appeal.receipt for hit in hits]

    assert found(sent.ref) == [sent.ref]
    assert found("автобусом") == found("мусор") == []
    assert found("вырубка парка") == [entered.receipt]
    sent.register(summary="О маршруте")  # its words are kept anew, and before it is compared
    sent.settle()
    assert found("мусор") == [other.ref]
    assert found("автобусом маршруты") == found(sent.status().number) == [sent.ref]
    assert found("вырубка парка") == [entered.receipt]
    with reading() as session:
        kept = select(func.count()).where(SearchText.kind != "file")
        assert session.scalar(kept) == 9


def test_the_card_says_how_many_wrote_so(app):
    first, second, third = campaign(app, 3)
    first.settle()
    near = second.card().near
    assert (near.first_id, near.others) == (first.receipt.appeal_id, 2)
    assert near.since == first.card().received_at
    assert near.until == third.card().received_at
    assert Office(app, text=BUS).card().near is None
    third.register()
    third.assign("executor1")
    assert third.card("executor1").near is None


def test_of_a_large_campaign_the_card_says_how_many_and_since_when(app, monkeypatch):
    first, second, third = campaign(app, 3)
    first.settle()
    monkeypatch.setattr(kin, "LARGE", 1)
    for one in (first, third):
        near = one.card().near
        assert (near.first_id, near.others, near.until) == (first.receipt.appeal_id, 2, None)
        assert near.since == first.card().received_at
    monkeypatch.setattr(kin, "LARGE", 2)
    assert second.card().near.until == third.card().received_at


def test_a_voided_registration_is_counted_no_more(app):
    first, second = campaign(app, 2)
    first.settle()
    second.register()
    second.do("manager", "review", decision="void", void_reason="Дважды")
    second.settle()
    assert first.card().near is None


@pytest.mark.parametrize("text", ["Помогите!", "!!!", "Прошу принять меры"])
def test_a_few_words_are_no_text_that_could_be_repeated(app, text):
    one, _other = Office(app, text=text), Office(app, text=text)
    one.settle()
    assert kin_of() == {}


def test_comparing_twice_changes_nothing(app):
    first, second = campaign(app, 2)
    first.settle()
    before = kin_of()
    with transaction() as session:
        for one in (first, second):
            kin.place(session, session.get_one(Appeal, one.receipt.appeal_id))
    assert kin_of() == before


def test_appeals_filed_before_are_compared_on_demand(app):
    first, second = campaign(app, 2)
    first.settle()
    with transaction() as session:
        session.execute(delete(Likeness))
        session.execute(delete(TextBand))
    runner = app.test_cli_runner()
    assert json.loads(runner.invoke(args=["appeals", "compare"]).output) == {"promised": 2}
    first.settle()
    assert kin_of()[second.receipt.appeal_id] == first.receipt.appeal_id
    assert json.loads(runner.invoke(args=["appeals", "compare"]).output) == {"promised": 0}


def test_texts_compared_at_once_see_each_other(either_app):
    offices = campaign(either_app, 6)
    meeting = threading.Barrier(6)

    def compare(appeal_id):
        with either_app.app_context(), transaction() as session:
            appeal = session.get_one(Appeal, appeal_id)
            if session.get_bind().dialect.name == "postgresql":
                meeting.wait(30)
            kin.place(session, appeal)

    threads = [threading.Thread(target=compare, args=(one.receipt.appeal_id,)) for one in offices]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    with reading() as session:
        assert session.scalar(select(func.count(Likeness.first_id.distinct()))) == 1
        assert session.scalar(select(func.count()).select_from(Likeness)) == 6


def test_the_registrar_reads_it_beside_the_form(app):
    from tests.web.desk import Clerk, words_of

    first, *_others = campaign(app, 3)
    first.settle()
    clerk = Clerk(app, "registrar")
    item = first.find("registrar", "register")
    assert "Почти тот же текст — ещё в 2 обращениях." in words_of(
        clerk.page(f"/desk/items/{item.id}")
    )


def test_a_search_for_everything_counts_everything(app):
    campaign(app, 3)
    found = services.search(Office.person("auditor"), SearchQuery(size=2))
    assert (found.total, found.pages) == (3, 2)
