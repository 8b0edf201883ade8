"""The suggestion learns from what this body's clerks chose at registration."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.access import services as access
from app.appeals import lookups
from app.classifier import learning, services
from app.classifier.models import LearnedWord
from app.database import db, reading, transaction
from app.outbox.cli import settle_all
from bench.classifier.measure import HERE, texts
from tests.web.desk import Clerk
from tests.web.life import Reception, in_process
from tests.web.statements import counted

ROADS = "0003.0009.0099.0742"
LIGHT = "0003.0009.0097.0690"
#: What is written of a quarry that everybody here calls so, and what no vocabulary can know.
MATTERS = (
    "Пыль с Торбинки ложится на огороды",
    "Грузовики едут с Торбинки всю ночь",
    "Торбинка гремит, стёкла дрожат",
    "Когда Торбинка перестанет шуметь по ночам",
    "Просим закрыть Торбинку в выходные",
)


@pytest.fixture
def door(app):
    found = Reception(in_process(app))
    found.tokens["registrar"] = access.issue_token("registrar").secret
    return found


def decide(times, code=ROADS, day=None, texts_=MATTERS, weight=1.0):
    with transaction() as session:
        for turn in range(times):
            text = texts_[turn % len(texts_)]
            learning.learn(session, text, [code], day or date(2026, 5, 5), weight=weight)


def suggested(text, day=date(2026, 5, 6)):
    with reading() as session:
        chosen = learning.chosen(session, text, day)
        return services.current().suggester.suggest(text, 10, chosen)


def test_twenty_decisions_move_the_suggestion(either_app):
    text = "Опять эта Торбинка, ночью от грузовиков нет покоя"
    assert suggested(text)[0].code != ROADS
    decide(20)
    best = suggested(text)[0]
    assert best.code == ROADS
    assert best.times == 20
    assert "торбинка" in best.words


def test_what_is_registered_is_learned_once_and_shown_with_its_reason(app, door):
    for text in MATTERS:
        receipt = door.file(text=f"{text}. Пишет Аркадий Семёнович.")
        settle_all(app, 120)
        door.do(receipt, "register", "registrar", questions=[ROADS])
        settle_all(app, 120)
    with reading() as session:
        rows = select(LearnedWord.code, LearnedWord.times).where(LearnedWord.word == learning.ANY)
        assert session.execute(rows).all() == [(ROADS, len(MATTERS))]
    receipt = door.file(text="Снова Торбинка не даёт спать.")
    settle_all(app, 120)
    item = door.open(receipt, "registrar")["register"]
    page = Clerk(app, "registrar").get(f"/desk/items/{item['id']}").text
    said = re.search(r'class="suggested".*?</ol>', page, re.DOTALL)[0]
    assert "0742" in said
    assert "так решали 5 раз" in said
    # Nothing is given to the appeal by itself.
    assert door.call("GET", f"/appeals/{receipt['receipt']}", by="registrar")["questions"] == []


def test_a_campaign_says_less_with_every_letter(either_app):
    text = "Просим осветить Торбинку"
    decide(10, LIGHT)
    fair = suggested(text)[0].code
    with transaction() as session:
        for turn in range(1, 501):
            learning.learn(session, MATTERS[0], [ROADS], date(2026, 5, 5), weight=1 / turn)
    assert fair == suggested(text)[0].code == LIGHT


def test_what_was_chosen_long_ago_says_less_and_is_forgotten(either_app):
    decide(6, LIGHT, date(2024, 1, 9))
    decide(2, ROADS, date(2026, 5, 5))
    with reading() as session:
        found = learning.chosen(session, "Что такое с Торбинкой", date(2026, 5, 6))
    assert found[ROADS].share > 2 * found[LIGHT].share
    decide(1, ROADS, date(2026, 5, 5) + timedelta(days=6 * learning.HALF_LIFE))
    with reading() as session:
        kept = set(session.scalars(select(LearnedWord.word).where(LearnedWord.code == LIGHT)))
    assert kept
    assert not kept & {learning.ANY, *learning._numbers(MATTERS[0])}


def test_names_and_words_are_not_kept(either_app):
    with transaction() as session:
        names = ["Аркадий Забелин"]
        learning.learn(session, "Забелин просит свет", [LIGHT], date(2026, 5, 5), names=names)
    with reading() as session:
        rows = session.execute(select(LearnedWord.word, LearnedWord.code)).all()
    kept = learning._numbers("свет просит")
    assert set(rows) == {(word, LIGHT) for word in (learning.ANY, *kept)}
    columns = {column.name: column.type.python_type for column in LearnedWord.__table__.columns}
    assert columns == {"word": int, "code": str, "weight": float, "times": int}


def test_what_was_learned_elsewhere_does_not_spoil_texts_kept_aside(app):
    suggester = services.current().suggester
    by_number = {node.number: node.code for node in suggester.nodes}
    aside = [one for path in ("aside.tsv", "held.tsv") for one in texts(HERE / path)]
    with transaction() as session:
        for right, text in texts(HERE / "texts.tsv"):
            learning.learn(session, text, [by_number[min(right)]], date(2026, 5, 5))
    before = after = 0
    with reading() as session:
        for right, text in aside:
            chosen = learning.chosen(session, text, date(2026, 5, 6))
            before += suggester.suggest(text, 1)[0].number in right
            after += suggester.suggest(text, 1, chosen)[0].number in right
    # One text in two hundred either way is chance.
    assert after >= before - len(aside) // 200


def test_the_desk_asks_what_was_learned_in_one_statement(app):
    decide(5)
    lookups.suggested(MATTERS[0])
    with counted(db.engine) as asked:
        (best, *_) = lookups.suggested(MATTERS[0])
    assert best.code == ROADS
    assert [one for one in asked.statements if "classifier_learned" in one] == asked.statements[-1:]
    assert len(asked.statements) <= 2  # SQLite counts its BEGIN
