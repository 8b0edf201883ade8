"""Full text on both databases: forms of words, phrases, beginnings, and where a text says it."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.database import db, reading, transaction
from app.search import services as search
from app.search.words import fragment, terms

TEXTS = {
    "appeal:1": "Батареи еле тёплые, а МУСОР у подъезда не вывозят третью неделю.",
    "appeal:2": "Вывоз мусора и водоснабжение. Номер И-81-ОГ/26, почта ivanov@example.org",
    "appeal:3": "Мусорный контейнер: подъезд № 5; жалобами завалили",
}


@pytest.fixture
def kept(either_app):
    del either_app
    with transaction() as session:
        search.add(session, [search.Said(key, "whole", body) for key, body in TEXTS.items()])
        search.add(session, [search.Said("appeal:1", "file", "Акт о протечке крыши", source="7")])


def found(query, kinds=("whole", "file")):
    with reading() as session:
        matching = search.keys(session, query, kinds)
        return sorted(set(session.scalars(matching))) if matching is not None else None


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("мусора", [1, 2]),
        ("теплый", [1]),
        ("ТЁПЛАЯ батареи", [1]),
        ("жалоба", [3]),
        ("мусор подъезды", [1]),
        ('"вывоз мусора"', [2]),
        ('"мусор вывоз"', []),
        ("«вывоз мусора» водоснабжение", [2]),
        ("«мусор вывоз»", []),
        ("“вывоз мусора”", [2]),
        ("водоснаб*", [2]),
        ("водоснаб", []),
        ("мусорный*", [3]),
        ("И-81-ОГ/26", [2]),
        ("81-ог", [2]),
        ("ivanov@example.org", [2]),
        ("протечка", [1]),
        ("протечка мусор", []),
        ("паровоз", []),
        ("мусор' OR 1=1 --", []),
        ('мусор" (', [1, 2]),
        ("мусор & ! | <->", [1, 2]),
        ("AND OR NEAR", []),
    ],
)
def test_words_are_found_in_every_form(kept, query, numbers):
    assert found(query) == [f"appeal:{number}" for number in numbers]


@pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)
def test_what_many_texts_say_is_in_few_blocks(kept):
    """PostgreSQL keeps long and short texts beside rows that are no wider than their keys."""
    texts = ["Мусор", "Мусор. " + "Прошу вывезти. " * 20, "Мусор. " + "Прошу вывезти его. " * 400]
    with transaction() as session:
        search.add(
            session,
            [
                search.Said(f"appeal:{100 + number}", kind, texts[number % 3])
                for number in range(600)
                for kind in ("whole", "named", "masked")
            ],
        )
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE search_text")
        size = "SELECT pg_relation_size('search_text_of_named') / 8192"
        assert connection.exec_driver_sql(size).scalar() <= 600 / 55
    with reading() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        matching = search.keys(session, "мусор", ("named",))
        assert len(session.scalars(matching).all()) == 600
        sql = matching.compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = "\n".join(session.scalars(text(f"EXPLAIN {sql}")))
    assert "ix_search_text_named" in plan
    assert "_of_whole" not in plan


def test_only_the_kinds_that_may_be_searched(kept):
    assert found("протечка", ("whole",)) == []
    assert found("мусор", ("file",)) == []


@pytest.mark.parametrize("query", ["", "   ", "!!! ???", '""', "—"])
def test_a_query_without_a_word_asks_nothing(kept, query):
    assert found(query) is None


def test_what_is_put_takes_the_place_of_what_was(kept):
    with transaction() as session:
        search.put(session, search.Said("appeal:1", "whole", "Теперь о дорогах"))
    assert found("мусор") == ["appeal:2"]
    assert found("дорога") == ["appeal:1"]
    assert found("протечка") == ["appeal:1"]
    with transaction() as session:
        search.forget(session, "appeal:1")
    assert found("дорога протечка") == []
    assert found("протечка") == []


def test_a_very_long_text_is_kept_up_to_its_bound(kept):
    with transaction() as session:
        words = " ".join(f"слово{number}" for number in range(60_000))
        search.put(session, search.Said("appeal:9", "file", words + "\x00", source="1"))
    assert found("слово15") == ["appeal:9"]


def test_fragments_say_where(kept):
    with reading() as session:
        pieces = search.fragments(
            session, "мусором", ("whole", "file"), ["appeal:1", "appeal:2", "appeal:3"]
        )
    assert set(pieces) == {"appeal:1", "appeal:2"}
    source, piece = pieces["appeal:1"]
    assert source == ""
    assert [words for words, marked in piece if marked] == ["МУСОР"]
    assert "".join(words for words, _marked in piece) == TEXTS["appeal:1"]


def test_a_fragment_is_cut_where_most_is_said():
    text = "Вступление. " * 60 + "В подъезде течёт крыша, мусор не вывозят. " + "Конец. " * 60
    piece = fragment(text, terms("крыша мусор"))
    assert [words for words, marked in piece if marked] == ["крыша", "мусор"]
    whole = "".join(words for words, _marked in piece)
    assert whole.startswith("… ")
    assert whole.endswith(" …")
    assert len(whole) < 260
    nothing = fragment(text, terms("паровоз"))
    assert nothing[0][0].startswith("Вступление.")


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("И-81", ["И-81"]),
        ("и-81-ог/26", ["И-81-ОГ/26"]),
        ("81-ОГ и", ["и", "И", "81-ОГ"]),
        ('"вывоза мусора"', ["Вывоз мусора"]),
        ("ivanov@example.org", ["ivanov@example.org"]),
        ("водо* мусор", ["мусора", "водоснабжение"]),
    ],
)
def test_words_sought_side_by_side_are_marked_where_they_stand_so(query, marked):
    piece = fragment(TEXTS["appeal:2"], terms(query))
    assert [words for words, hit in piece if hit] == marked


def test_a_long_text_is_cut_between_words(either_app):
    del either_app
    body = "слово " * (search.LONGEST // 6) + "разрезано"
    assert len(body) > search.LONGEST
    with transaction() as session:
        search.add(session, [search.Said("appeal:9", "whole", body)])
    assert found("слово") == ["appeal:9"]
    assert found("ра*") == []


def test_words_are_found_whoever_writes_the_text(either_app, monkeypatch):
    del either_app
    monkeypatch.setattr(type(db.session()), "flush", Session.flush)
    with transaction() as session:
        search.add(session, [search.Said("appeal:9", "whole", "Не вывозили мусор")])
    assert found("вывозят мусора") == ["appeal:9"]
