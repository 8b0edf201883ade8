"""The classifier: the file, the quick find, the suggestions and the editions."""

import csv
import hashlib
import io
import json
import random
import re
import time
from datetime import date
from pathlib import Path

import pytest

from app.classifier import editions, services, vocabulary, words
from app.classifier.finding import Finder
from app.classifier.suggesting import Suggester
from app.errors import Invalid

DATA = Path(__file__).parents[2] / "classifier_data"
HEAT = "0005.0005.0056.1156"


@pytest.fixture(scope="module")
def nodes():
    return editions.load(editions.editions([DATA])[0])


@pytest.fixture(scope="module")
def finder(nodes):
    return Finder(nodes)


@pytest.fixture(scope="module")
def suggester(nodes):
    return Suggester(nodes, vocabulary.phrases())


@pytest.fixture
def bare_app(tmp_path):
    """The application without a database, as on a bare checkout."""
    from app import create_app

    return create_app(data_dir=tmp_path, default_language="en")


@pytest.fixture
def house(bare_app):
    with bare_app.app_context():
        yield bare_app


def codes(hits):
    return [hit.code for hit in hits]


def test_the_edition_is_whole(nodes):
    levels = [sum(node.level == level for node in nodes) for level in range(1, 6)]
    assert levels == [5, 21, 206, 1225, 651]
    assert sum(node.assignable for node in nodes) == 1876
    assert len({node.number for node in nodes if node.level == 4}) == 1217
    assert {node.number for node in nodes if node.footnote} == {
        "0016",
        "0126",
        "0127",
        "0128",
        "0130",
        "0457",
    }
    assert all(node.footnote_en for node in nodes if node.footnote)


def test_the_files_are_the_ones_the_readme_names():
    listed = re.findall(
        r"\| `([\w.]+)` \|.*`([0-9a-f]{64})`", (DATA / "README.md").read_text(encoding="utf-8")
    )
    assert len(listed) == 3
    for name, checksum in listed:
        assert hashlib.sha256((DATA / "2025-10-31" / name).read_bytes()).hexdigest() == checksum


@pytest.mark.parametrize(
    "query", ["1156", "56.1156", "5.56.1156", "5.5.56.1156", HEAT, " 1156 ", "56 1156"]
)
def test_a_question_is_found_by_its_number(finder, query):
    assert codes(finder.find(query, 5))[0] == HEAT


def test_every_assignable_node_is_found_first_by_its_full_code(finder):
    for node in finder.nodes:
        assert codes(finder.find(node.code, 1)) == [node.code]


def test_every_number_of_a_question_finds_all_questions_of_that_number_first(finder):
    by_number = {}
    for node in finder.nodes:
        if node.level == 4:
            by_number.setdefault(node.number, set()).add(node.code)
    for number, wanted in by_number.items():
        for typed in (number, number.lstrip("0")):
            assert set(codes(finder.find(typed, len(wanted)))) == wanted


def test_the_question_comes_before_its_sub_questions_and_longer_numbers(finder):
    found = [hit.number for hit in finder.find("74", 20)]
    assert found[0] == "0074"
    assert found[-1].startswith("074")
    assert [hit.number for hit in finder.find("742", 4)] == [
        "0742",
        "0742.0109",
        "0742.0110",
        "0742.0111",
    ]
    assert finder.find("742.110", 1)[0].number == "0742.0110"


def test_the_code_of_a_heading_lists_what_it_holds(finder):
    for query in ("5.5.56", "0005.0005.0056", "0005.0005.0056.0000"):
        assert {code[:14] for code in codes(finder.find(query, 5))} == {"0005.0005.0056"}


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("тверд ком", "1160"),
        ("ком твер отх", "1160"),
        ("КАП РЕМ ОБЩ", "1170"),
        ("перебои в теплосн", "1156"),
        ("снег", "0694"),
        ("пчел", "0715"),
        ("пчёл", "0715"),
        ("gxtk", "0715"),
        ("Перерасчет размеров пенсий", "0283"),
        ("снегом", "0694"),
    ],
)
def test_a_question_is_found_by_the_first_letters_of_any_words(finder, query, number):
    assert number in [hit.number for hit in finder.find(query, 3)]


def test_what_led_to_a_node_is_said(finder):
    (first, *_) = finder.find("ком тверд", 1)
    assert first.words == ("коммунальными", "твердыми")
    assert first.score > 0


def beginnings(rng, name):
    """What impatient people type of a name: its first words, and some of its words in any order."""
    named = [word for word in words.split(name) if not word.isdigit()]
    for length in range(1, min(len(named), 3) + 1):
        yield [word[: rng.randint(3, 6)] for word in named[:length]]
    for _ in range(3 if named else 0):
        some = rng.sample(named, min(len(named), rng.randint(1, 4)))
        yield [word[: rng.randint(2, 5)] for word in some]


def test_any_unambiguous_beginning_finds_its_question_among_the_first_three(finder):
    """Every question, by what only its own name or that of its sub-questions begins with.

    What up to three questions begin with finds one of them.
    """
    rng = random.Random(59)
    names = [sorted(set(words.split(node.name))) for node in finder.nodes]
    numbers = [node.number.partition(".")[0] for node in finder.nodes]
    held, missed, answered, took = {}, [], set(), []
    for node in finder.nodes:
        for typed in beginnings(rng, node.name) if node.level == 4 else ():
            meant = set.intersection(*(holders(held, names, word) for word in typed))
            wanted = {numbers[at] for at in meant}
            if len(wanted) > 3:
                continue
            answered.add(node.code)
            began = time.process_time()
            found = finder.find(" ".join(typed), 20)
            took.append(time.process_time() - began)
            if not wanted & {hit.number.partition(".")[0] for hit in found[:3]}:
                missed.append((typed, node.name))
    assert missed == []
    assert len(took) > 4000
    assert len(answered) > 0.95 * sum(node.level == 4 for node in finder.nodes)
    took.sort()
    assert took[len(took) * 99 // 100] < 0.005


def holders(held, names, beginning):
    """Which names have a word that begins so."""
    if beginning not in held:
        held[beginning] = {
            at for at, name in enumerate(names) if any(one.startswith(beginning) for one in name)
        }
    return held[beginning]


def test_what_begins_as_typed_comes_before_what_holds_the_words_somewhere(finder):
    for node in finder.nodes[::7]:
        typed = words.split(node.name)[:2]
        assert words.split(finder.find(" ".join(typed), 1)[0].name)[: len(typed)] == typed


def test_every_question_is_first_by_its_own_name(finder):
    for node in finder.nodes:
        if node.level == 4:
            best = finder.find(node.name, 3)
            assert words.split(best[0].name) == words.split(node.name)


def test_finding_takes_less_than_five_milliseconds(finder):
    queries = [
        "1",
        "0",
        "115",
        "56.1156",
        HEAT,
        "п",
        "о п",
        "с",
        "тверд ком",
        "кап рем общ",
        "в н п",
        "ремонт дорог двор",
    ]
    for query in queries:
        finder.find(query, 20)
    fastest = []
    for query in queries:
        took = []
        for _ in range(25):
            began = time.process_time()
            finder.find(query, 20)
            took.append(time.process_time() - began)
        fastest.append(min(took))
    assert max(fastest) < 0.005


@pytest.mark.parametrize("query", ["", "   ", "?!"])
def test_nothing_typed_lists_the_classifier_from_its_beginning(finder, query):
    assert codes(finder.find(query, 2)) == ["0001.0001.0001.0001", "0001.0001.0001.0002"]


@pytest.mark.parametrize(
    "query", ["9999", "0000", "56.9999", "1.2.3.4.5.6.7", "ъъъ", "zzz", "1" * 5000, "а" * 100_000]
)
def test_what_means_nothing_finds_nothing(finder, query):
    assert finder.find(query, 20) == []


def test_a_suggestion_names_the_words_that_led_to_it(suggester):
    best = suggester.suggest("Уважаемый Президент! Во дворе не убирают снег и листья.", 10)
    assert best[0].number == "0694"
    assert "снег" in best[0].words
    assert best[0].path.endswith(best[0].name)
    assert [hit.score for hit in best] == sorted((hit.score for hit in best), reverse=True)


def test_only_assignable_nodes_are_suggested(suggester, nodes):
    assignable = {node.code for node in nodes if node.assignable}
    assert set(codes(suggester.suggest("ремонт дороги, пенсия, школа, больница", 50))) <= assignable


def test_greeting_and_addressee_do_not_drive_the_suggestion(suggester):
    body = "Прошу пересчитать пенсию по старости."
    addressed = f"Уважаемый господин Президент Российской Федерации! {body}"
    assert codes(suggester.suggest(addressed, 10)) == codes(suggester.suggest(body, 10))


def test_the_procedural_theme_is_no_fallback(suggester):
    found = suggester.suggest("Обращение без подписи автора о ремонте крыши дома, адрес указан", 3)
    assert "0027" not in {hit.code.split(".")[2] for hit in found}


@pytest.mark.parametrize("text", ["", "Здравствуйте!", "12345", "?" * 10_000])
def test_a_text_that_says_nothing_suggests_nothing(suggester, text):
    assert suggester.suggest(text, 10) == []


def test_a_long_text_is_suggested_for_quickly(suggester):
    text = "Прошу отремонтировать дорогу и пересчитать плату за отопление. " * 300
    suggester.suggest(text, 10)
    began = time.process_time()
    suggester.suggest(text, 10)
    assert time.process_time() - began < 0.05


def test_a_node_is_known_by_code_and_by_an_unambiguous_number(house):
    assert services.node(HEAT).name == "Перебои в теплоснабжении"
    assert services.node("1156").code == HEAT
    assert services.node(" 56.1156 ").code == HEAT
    assert services.node("0037") is None
    assert services.node("9999") is None
    assert services.node("тепло") is None
    assert not services.node("0005.0005.0056.0000").assignable


def edition_of(rows):
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\n")
    table.writerow(editions.COLUMNS)
    table.writerows(rows)
    return text.getvalue().encode()


TOP = ("0001.0000.0000.0000", 1, "section", 0, 0, "Раздел", "", "Раздел")
NEW = (
    "0001.0001.0001.1300",
    4,
    "question",
    1,
    1,
    "Новый вопрос",
    "0001.0000.0000.0000",
    "Раздел / Новый вопрос",
)


def test_a_new_edition_takes_over_on_its_day_and_old_codes_keep_their_names(house, tmp_path):
    file = tmp_path / "new.csv"
    file.write_bytes(edition_of([TOP, NEW]))
    taken, count = services.import_edition(file, "2026-05-01", date(2020, 1, 1))
    assert (taken.name, count) == ("2026-05-01", 2)
    assert services.node("1156").assignable
    services.import_edition(file, "9000-01-01", date(9000, 1, 1))
    assert services.node("1156").assignable
    services.import_edition(file, "2025-11-01", date(2025, 11, 1))
    assert services.find("нов")[0].name == "Новый вопрос"
    assert services.node(HEAT).name == "Перебои в теплоснабжении"
    assert not services.node(HEAT).assignable


def test_an_edition_ends_on_the_eve_of_the_next(house, tmp_path):
    file = tmp_path / "new.csv"
    file.write_bytes(edition_of([TOP, NEW]))
    services.import_edition(file, "late", date(2026, 9, 1))
    taken, _count = services.import_edition(file, "between", date(2026, 5, 1), date(2026, 6, 30))
    assert taken.valid_to == date(2026, 6, 30), "what it says itself, when that is earlier"
    services.import_edition(file, "too-long", date(2026, 7, 1), date(2027, 1, 1))
    found = {one.name: (one.valid_from, one.valid_to) for one in services.known_editions()}
    assert found == {
        "late": (date(2026, 9, 1), None),
        "too-long": (date(2026, 7, 1), date(2026, 8, 31)),
        "between": (date(2026, 5, 1), date(2026, 6, 30)),
        "2025-10-31": (date(2025, 10, 31), date(2026, 4, 30)),
    }
    with pytest.raises(Invalid):
        services.import_edition(file, "backwards", date(2026, 5, 1), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("content", "words_"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"a;b\n1;2\n", "columns"),
        (b"", "columns"),
        (edition_of([TOP, ("5", *NEW[1:])]), "Line 3"),
        (edition_of([TOP, NEW, NEW]), "twice"),
        (edition_of([NEW]), "parent"),
        (edition_of([TOP]), "no question"),
    ],
)
def test_a_broken_edition_is_refused_and_leaves_nothing(house, tmp_path, content, words_):
    file = tmp_path / "new.csv"
    file.write_bytes(content)
    with pytest.raises(Invalid) as caught:
        services.import_edition(file, "2026-05-01", date(2026, 5, 1))
    assert words_ in str(caught.value)
    assert len(services.known_editions()) == 1


@pytest.mark.parametrize("name", ["../x", "", "2025-10-31", "а"])
def test_an_edition_needs_a_name_of_its_own(house, tmp_path, name):
    file = tmp_path / "new.csv"
    file.write_bytes(edition_of([TOP, NEW]))
    with pytest.raises(Invalid):
        services.import_edition(file, name, date(2026, 5, 1))


@pytest.fixture
def run(bare_app):
    runner = bare_app.test_cli_runner()
    return lambda *args, **more: runner.invoke(args=["classifier", *args], **more)


def test_find_prints_a_line_a_node(run):
    result = run("find", "1156")
    (line,) = result.stdout.splitlines()
    answer = json.loads(line)
    assert list(answer) == ["code", "number", "name", "path", "score", "words"]
    assert (answer["code"], answer["number"]) == (HEAT, "1156")
    assert run("find", "9999").stdout == ""


def test_suggest_reads_texts_from_standard_input(run):
    result = run("suggest", "-", "--limit", "2", input="Не убирают снег\n\nПересчитать пенсию\n")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["n"] for line in lines] == [1, 1, 3, 3]
    assert next(iter(lines[0])) == "n"
    assert "n" not in json.loads(run("suggest", "снег").stdout.splitlines()[0])


def test_import_says_what_it_took_in_or_one_sentence(run, tmp_path):
    file = tmp_path / "2026-05-01.csv"
    file.write_bytes(edition_of([TOP, NEW]))
    assert json.loads(run("import", str(file), "--from", "2026-05-01").stdout) == {
        "edition": "2026-05-01",
        "valid_from": "2026-05-01",
        "valid_to": None,
        "nodes": 2,
    }
    assert [json.loads(one) for one in run("editions").stdout.splitlines()] == [
        {
            "edition": "2026-05-01",
            "valid_from": "2026-05-01",
            "valid_to": None,
            "in_force": True,
        },
        {
            "edition": "2025-10-31",
            "valid_from": "2025-10-31",
            "valid_to": "2026-04-30",
            "in_force": False,
        },
    ]
    for args, code in [
        ((str(file),), 1),
        ((str(tmp_path / "no"),), 2),
        ((str(file), "--from", "soon"), 2),
        ((str(file), "--edition", "x", "--to", "soon"), 2),
        ((str(file), "--edition", "x", "--from", "2026-05-01", "--to", "2026-04-01"), 1),
    ]:
        result = run("import", *args)
        assert result.exit_code == code
        assert len(result.stderr.splitlines()) == 1
        assert result.stdout == ""


def test_every_question_has_words_of_its_own(nodes):
    numbers = {node.number for node in nodes if node.level == 4}
    assert set(vocabulary.phrases()) == numbers
    assert all(all(phrases) for phrases in vocabulary.phrases().values())


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("Батрея холоднная, мёрзнем всей семьёй", "1156"),
        ("Не выплачивают алиметны на детей", "0232"),
        ("Радиаторы не греют совсем", "1156"),
    ],
)
def test_slips_of_the_pen_and_kindred_words_are_understood(suggester, written, number):
    assert number in [hit.number for hit in suggester.suggest(written, 3)]


def test_who_wrote_it_counts_less_than_what_it_is_about(suggester):
    matter = "Прошу убрать стихийную свалку за гаражами."
    about_me = "Я ветеран труда, инвалид второй группы, проработала сорок лет учителем."
    assert suggester.suggest(f"{about_me} {matter}", 1)[0].number == "1161"
    assert suggester.suggest(about_me, 1)[0].number in {"0300", "0301", "0346", "0347"}


def test_a_question_of_several_themes_is_suggested_once(suggester):
    found = suggester.suggest("Кто разграничит полномочия ветвей государственной власти?", 10)
    assert found[0].number == "0040"
    assert len({hit.number for hit in found}) == len(found)
