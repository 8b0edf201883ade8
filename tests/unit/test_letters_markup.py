"""Whatever people write is text: on the sheet, in the mail's plain part and in its HTML."""

import json
import re

import pypdfium2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from letters_kit import drafted, facts, house, told
from lxml import html

from app import clock
from app.correspondence import composing, rendering, samples, texts
from app.database import reading
from app.documents import signing

__all__ = ["facts", "house", "told"]

#: Signs that mean something to Typst, HTML, Jinja, JSON or a mail; letters to stand among them.
SIGNS = "#*_`$<>@\\/=-+~^&{}[]()%!?:;,.'\"|« »\n\tабвЁabc019"
TEXTS = st.text(st.sampled_from(SIGNS), min_size=1, max_size=160).map(lambda one: f"н{one}к")
ATTACKS = (
    '#panic("x")',
    '#import "letter.typ": *\n#set page(fill: red)',
    "*жирно* _курсив_ `код` $x^2$ <метка> @ссылка https://example.org",
    "= Заголовок\n== Ещё\n/ Термин: слово\n+ пункт",
    "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;&#60;",
    "{{ config }}{% for x in y %}{{ x }}{% endfor %}",
    '\\u{0} \\n \\ "]}, "kind": "notice"',
    "/* примечание */ // и ещё",
    "-- --- ... ~ -?",
)
lean = settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def sheet(house):
    letter = drafted()
    with reading() as session:
        return composing.sheet(session, letter, signing.certificate())


def read(pdf):
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_bounded() for page in document)


def bare(text):
    """The signs alone: where a line ends, and that it may end at a hyphen, is the sheet's own."""
    return re.sub(r"[\s\u00ad\u200b\ufffe\u2010\x02-]", "", text)


@lean
@given(TEXTS)
@example("".join(f"{one}\n\n" for one in ATTACKS))
def test_a_sheet_says_every_sign_of_a_text_and_obeys_none(sheet, text):
    sheet["blocks"] = [{"kind": "text", "lines": text.split("\n"), "rows": []}]
    said = bare(read(rendering.render(sheet, moment=clock.now())))
    for line in text.split("\n"):
        assert bare(line) in said, line


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("place", ["title", "salutation", "name", "executor", "enclosure", "fact"])
def test_no_field_of_a_sheet_is_markup(sheet, place, attack):
    attack = attack.replace("\n", " ")
    sheet["title"] = attack if place == "title" else "Тема"
    sheet["salutation"] = attack if place == "salutation" else "Здравствуйте!"
    sheet["addressee"] = {"name": attack if place == "name" else "Иванов", "lines": []}
    sheet["executor"] = {"name": attack if place == "executor" else "Петрова", "phone": "1"}
    sheet["enclosures"] = [attack] if place == "enclosure" else []
    if place == "fact":
        sheet["blocks"] = [{"kind": "facts", "lines": [], "rows": [["Имя", attack]]}]
    said = bare(read(rendering.render(sheet, moment=clock.now())))
    assert bare(attack) in said


@lean
@given(TEXTS)
@example("".join(ATTACKS))
def test_the_mail_in_html_shows_the_same_signs_and_holds_no_element_of_the_text(text):
    page = texts.html("Тема", text, language="ru", body="Администрация")
    root = html.fromstring(page)
    assert (
        bare(re.sub(r"^\s*[—–•*-]\s+", "", text, flags=re.MULTILINE))
        in bare(re.sub(r"^\s*[—–•*-]\s+", "", root.text_content(), flags=re.MULTILINE))
        or "facts" in page
        or "<table" in page
    )
    assert not root.xpath("//script | //img | //iframe | //form | //*[@onerror]")
    assert all(one.startswith(("http://", "https://")) for one in root.xpath("//a/@href"))


def test_what_no_font_shows_is_a_box_a_control_sign_too(sheet):
    told = "до\x01\x0b漢👨\u200d👩\u200d👧после"
    sheet |= {"title": told, "blocks": [{"kind": "text", "lines": [told], "rows": []}]}
    said = bare(read(rendering.render(sheet, moment=clock.now())))
    assert re.search("до□+после", said)
    assert "漢" not in said


RUNS = ("ж" * 900, "x" * 900, "." * 900, "е\u0301" * 400, "слово\u00a0" * 150 + "конец")
SHEETS = ["reply", "cover", "request", "notice", "signed_act"]
SHEETS += [kind for kind in samples._OTHERS if kind != "act"]  # an act tells figures only
RIGHT = {"post_register": 12, "envelopes": 20, "barcode": 25, "stamp": 3}  # mm


@pytest.mark.parametrize("run", RUNS, ids=["ж", "x", "dots", "accents", "unbreakable spaces"])
@pytest.mark.parametrize("kind", SHEETS)
def test_no_run_of_signs_is_cut_off_at_the_edge(house, kind, run):
    """Whoever writes without spaces is read to the last sign, and nothing stands in the margin."""
    with reading() as session:
        told = json.dumps(samples.sheet(session, kind, "ru"), ensure_ascii=False)
    for place in (samples.LITERAL, "Озёрная", "О рассмотрении", "акт осмотра"):
        told = told.replace(place, run)
    pdf = pypdfium2.PdfDocument(rendering.render(json.loads(told), moment=clock.now()))
    said = ""
    for page in pdf:
        text = page.get_textpage()
        said += text.get_text_range()
        edge = page.get_width() - RIGHT.get(kind, 15) / 25.4 * 72 + 2
        boxes = [text.get_charbox(at) for at in range(text.count_chars())]
        seen = [one for one in boxes if one[3] - one[1] > 1]  # a blank at the end of a line hangs
        assert [one for one in seen if one[2] > edge or one[1] < 0] == []
    assert said.count(run[0]) >= told.count(run) * run.count(run[0])
