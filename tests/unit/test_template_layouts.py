"""Templates of letters: shipped ones, changed ones, what they may not do, going back."""

import http.server
import re
import threading
from dataclasses import replace
from datetime import timedelta

import pypdfium2
import pytest
from letters_kit import CITIZEN, SIGNATORY, do, drafted, facts, house, settle, signed, told

from app import clock
from app.audit.services import Filter, journal
from app.correspondence import editing, jobs, layouts, rendering, samples, services, typesetting
from app.correspondence.editing import sheets
from app.database import reading
from app.errors import Conflict, Invalid, NotFound

__all__ = ["facts", "house", "told"]

REPLY = "reply.typ"
WORD = "Перемена оформления"


@pytest.fixture(autouse=True)
def _house(house):
    """Each test has a house of its own."""


def shipped():
    return layouts.shipped()[REPLY]


def with_word():
    return shipped().replace("#greeting", f"#greeting\n{WORD}")


def put(text, since=0, file=REPLY):
    return editing.put_in_force(file, text, note="Проба", since=since, actor="analyst")


def text_in(pdf):
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def later(monkeypatch):
    moment = clock.now() + timedelta(minutes=5)
    monkeypatch.setattr(clock, "now", lambda: moment)


def faults(text, file=REPLY, kind="reply"):
    return editing.tried(file, text, kind, "ru").faults


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_made_up_sheet_shows_its_parts_and_obeys_no_sign(language):
    kinds = [one for one in layouts.FILES if language == "ru" or one in samples.IN_BOTH]
    with reading() as session:
        made_up = [(layouts.FILES[one], samples.sheet(session, one, language)) for one in kinds]
    made = typesetting.typeset(made_up, layouts.shipped(), moment=clock.now(), pages=1)
    for kind, (_file, sheet), one in zip(kinds, made_up, made, strict=True):
        assert (one.faults, one.warnings) == ((), ()), kind
        assert one.pages[0].startswith(b"\x89PNG")
        if samples.LITERAL in str(sheet):
            assert sheets.signs(samples.LITERAL) in sheets.signs(one.text), kind
        assert sheets.lost(sheet, one) == ()


def test_a_change_counts_for_what_is_approved_after_it(monkeypatch):
    early = drafted()
    do(services.approve, early.id, "approver")
    later(monkeypatch)
    put(with_word())
    late = drafted()
    do(services.approve, late.id, "approver")
    assert WORD not in text_in(services.preview(early.id))
    assert WORD in text_in(services.preview(late.id))
    for letter in (early, late):
        do(services.request_signature, letter.id, signatory=SIGNATORY, instance=7)
        settle()
    assert WORD not in text_in(services.preview(early.id))
    assert WORD in text_in(services.preview(late.id))
    assert do(services.letter, late.id).document_id is not None


def test_what_an_old_template_cannot_set_the_one_in_force_does(monkeypatch):
    bad = shipped() + '\n#if sheet.title == "Особая" { panic() }\n'
    first = put(bad)
    letter = drafted(subject="Особая")
    do(services.approve, letter.id, "approver")
    with pytest.raises(rendering.CannotRender):
        services.preview(letter.id)
    later(monkeypatch)
    put(with_word(), since=first.id)
    assert WORD in text_in(services.preview(letter.id))


def test_versions_are_kept_with_who_and_why_and_one_goes_back():
    first = put(with_word())
    second = put(shipped() + "\nЕщё\n", since=first.id)
    assert editing.text_of(REPLY) == shipped() + "\nЕщё\n"
    back = put(editing.text_of(REPLY, first.id), since=second.id)
    assert editing.text_of(REPLY) == with_word()
    last = put(editing.text_of(REPLY, 0), since=back.id)
    found = editing.template(REPLY)
    assert [one.id for one in found.versions] == [last.id, back.id, second.id, first.id]
    assert found.versions[0].shipped
    assert not found.changed
    assert (first.made_by, first.note) == ("analyst", "Проба")
    assert layouts.changed() == {}
    lines = journal(Filter(action="layout.changed")).entries
    assert [one.details["version"] for one in lines] == [last.id, back.id, second.id, first.id]
    assert {(one.actor, one.subject) for one in lines} == {("analyst", f"layout:{REPLY}")}


def test_a_change_that_has_not_seen_the_one_before_is_refused():
    first = put(with_word())
    with pytest.raises(Conflict):
        put(shipped() + "\nМоё\n", since=0)
    with pytest.raises(Invalid):
        put(with_word(), since=first.id)
    with pytest.raises(NotFound):
        editing.text_of("cover.typ", first.id)
    with pytest.raises(NotFound):
        editing.template("../models.py")


def test_an_error_names_its_line_and_is_never_in_force():
    text = shipped() + "\n#unknown\n"
    line = text.count("\n", 0, text.index("#unknown")) + 1
    (one,) = faults(text)
    assert (one.file, one.line, one.column) == (REPLY, line, 1)
    assert one.message == "unknown variable: unknown"
    with pytest.raises(editing.Faulty) as refused:
        put(text)
    assert refused.value.faults == (one,)
    assert layouts.changed() == {}


def test_what_breaks_only_a_draft_is_found_before_it_is_in_force():
    text = shipped().replace("#greeting", "#greeting #sheet.stamp.number")
    assert not faults(text)
    with pytest.raises(editing.Faulty):
        put(text)


def test_what_letters_share_is_tried_with_all_of_them():
    text = layouts.shipped()[layouts.SHARED].replace("#let greeting", "#let salute")
    with pytest.raises(editing.Faulty) as refused:
        put(text, file=layouts.SHARED)
    assert {one.file for one in refused.value.faults} == {
        "reply.typ", "cover.typ", "request.typ", "notice.typ",
    }  # fmt: skip


@pytest.mark.parametrize(
    "attack",
    ['#eval("1")', '#std.eval("1", mode: "markup")', "#import std: *", "#sheet.blocks.map(eval)"],
)
def test_a_template_cannot_make_markup_of_words(attack):
    text = shipped() + "\n" + attack + "\n"
    assert faults(text)[0].code == "eval"
    with pytest.raises(editing.Faulty):
        put(text)


def test_words_with_eval_inside_are_no_attack():
    assert not faults(shipped() + "\n// evaluation, std-like, medieval\n")


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../../../../../etc/passwd", "../models.py", "/app/config.py"]
)
def test_no_file_but_the_templates_is_read(path):
    (one,) = faults(shipped() + f'\n#raw(read("{path}"))\n')
    assert "root" in one.message or "not found" in one.message


def test_the_net_is_out_of_reach_whatever_the_server_itself_may_reach(monkeypatch):
    met = []

    class Trap(http.server.BaseHTTPRequestHandler):
        def do_CONNECT(self):
            met.append(self.path)
            self.send_error(502)

        def log_message(self, *_said):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Trap)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_port}")
    text = shipped() + '\n#import ("@pre" + "view/example:0.1.0"): *\n'
    (one,) = faults(text)
    server.shutdown()
    server.server_close()
    assert one.code == "package"
    assert met == []


ENDLESS = """
#for a in range(9999) { for b in range(9999) { for c in range(9999) { none } } }
"""
GREEDY = "\n#let all = range(100000000).map(one => (one,) * 1000)\n#all.len()\n"


@pytest.mark.parametrize("attack", [ENDLESS, GREEDY])
def test_a_template_that_never_ends_or_takes_all_memory_is_stopped(attack, monkeypatch):
    monkeypatch.setattr(typesetting, "BOUNDS", replace(typesetting.BOUNDS, seconds=1))
    (one,) = faults(shipped() + attack)
    assert one.code == "time"


def test_a_letter_that_loses_its_head_is_told_of():
    text = shipped().replace("#show: letter", "#show: paper")
    assert set(editing.tried(REPLY, text, "reply", "ru").lost) == {"body", "date", "addressee"}


def test_a_letter_set_by_a_changed_template_is_signed_and_holds():
    put(with_word())
    letter = signed(CITIZEN)
    assert re.search(WORD, text_in(services.preview(letter.id)))
    assert jobs._look(letter.id)[0].state == "signed"


@pytest.mark.parametrize("changed", [False, True])
def test_signs_that_no_font_has_stop_no_letter(changed):
    if changed:
        put(with_word())
    letter = signed(replace(CITIZEN, name="王 Ван"), text="Фонарь 💡 заменён.")
    assert "Фонарь □ заменён" in text_in(services.preview(letter.id))
    assert jobs._look(letter.id)[0].state == "signed"


def test_a_broken_sheet_quotes_no_letter_and_keeps_what_typst_says_for_the_log():
    with pytest.raises(rendering.CannotRender, match="of the kind reply cannot") as broken:
        rendering.render({"kind": "reply", "language": "ru"}, moment=clock.now())
    assert "draft" not in str(broken.value)
    assert "draft" in str(broken.value.__cause__)


def overlapping(pdf):
    """Pairs of signs that lie over each other on a page, by more than a third of the smaller."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        signs = [
            (text.get_text_range(at, 1), text.get_charbox(at)) for at in range(text.count_chars())
        ]
        boxes = sorted((box, sign) for sign, box in signs if sign.strip() and box[2] > box[0])
        for place, (one, sign) in enumerate(boxes):
            for other, beside in boxes[place + 1 :]:
                if other[0] >= one[2]:
                    break
                wide = min(one[2], other[2]) - max(one[0], other[0])
                high = min(one[3], other[3]) - max(one[1], other[1])
                least = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
                if wide > 0 and high > 0 and wide * high > least / 3:
                    found.append((sign, beside))
    return found


def in_the_frame(pdf):
    """What stands, whole or in part, within the frame of the mark: signs without spaces."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        frames = [
            (left, low, right, high)
            for left, low, right, high in (one.get_bounds() for one in page.get_objects(PATHS))
            if abs((right - left) * MM - 76) < 1 and (high - low) * MM > 10
        ]
        text = page.get_textpage()
        for left, low, right, high in frames:
            for at in range(text.count_chars()):
                box, sign = text.get_charbox(at), text.get_text_range(at, 1)
                inside = box[0] < right and box[2] > left and box[1] < high and box[3] > low
                found += [sign] if inside and box[2] > box[0] else []
    return sheets.signs("".join(found))


def with_mark(post, owner, paragraphs=9):
    with reading() as session:
        sheet = samples.sheet(session, "reply", "ru")
    sheet["blocks"] = sheet["blocks"][:1] * paragraphs * 2
    sheet["signatory"] = {"post": post, "name": "Е.-М. А. Вершинина-Заозёрская"}
    sheet["stamp"] = {**sheet["stamp"], "owner": owner, "number": "AB" * 20}
    return sheet


def own_of(sheet):
    mark = sheet["stamp"]
    said = (
        f"Документ подписан электронной подписью Сертификат: {mark['number']} "
        f"Владелец: {mark['owner']} Действителен с {mark['since']} по {mark['until']}"
    )
    return sheets.signs(said)


PATHS = (pypdfium2.raw.FPDF_PAGEOBJ_PATH,)
MM = 25.4 / 72
LONG = "Первый заместитель главы администрации города, руководитель департамента " * 3


@pytest.mark.parametrize("paragraphs", [1, 9, 12])
@pytest.mark.parametrize(("post", "owner"), [("Глава города", "Вершинин"), (LONG, LONG[:120])])
def test_the_mark_of_a_signature_never_lies_over_text(paragraphs, post, owner):
    sheet = with_mark(post, owner, paragraphs)
    pdf = rendering.render(sheet, moment=clock.now())
    assert overlapping(pdf) == []
    assert in_the_frame(pdf) == own_of(sheet)
    assert "AB" * 20 in "".join(text_in(pdf).split())


@pytest.mark.parametrize(
    ("moved", "over"),
    [("dy: -18mm", True), ("dx: -40mm", True), ("dy: -14mm", False), ("dx: 10mm", False)],
)
def test_a_mark_laid_over_text_is_found(moved, over):
    """What the test above looks with sees a mark on words, and a frame that only touches them."""
    shared = layouts.shipped()[layouts.SHARED]
    laid = shared.replace("stamp(sheet.stamp)", f"move({moved}, stamp(sheet.stamp))")
    assert laid != shared
    sheet = with_mark("Глава города", "Вершинин")
    templates = {**layouts.shipped(), layouts.SHARED: laid}
    (made,) = typesetting.typeset([(REPLY, sheet)], templates, moment=clock.now())
    assert made.faults == ()
    assert bool(overlapping(made.pdf)) is over
    assert in_the_frame(made.pdf) != own_of(sheet)
