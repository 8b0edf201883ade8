"""Letters for the post, many at once: one file with address sheets, form 103, track numbers back."""

import io
import re
import zipfile

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.appeals import tracks
from app.outbox.cli import settle_all
from tests.unit.office import Office
from tests.web.desk import Clerk

TRACK = "1010258301{:04}"


@pytest.fixture
def app(make_app):
    """Outside its context, so that each request begins with a clean `g` as on a server."""
    return make_app()


def answered_by_post(app, count, **applicant):
    made = []
    with app.app_context():
        for number in range(count):
            office = Office(
                app,
                reply_channel="post",
                applicant={
                    "email": None,
                    "postal_address": f"10100{number}, Москва, д. {number}",
                    **applicant,
                },
            )
            office.register()
            office.do("manager", "review", decision="answer", drafter="executor1")
            office.reply("executor1")
            made.append(office)
        settle_all(app, 60)
    return made


def letters_of(app, offices):
    """What waits for the post: notices on paper and replies, oldest first."""
    with app.app_context():
        found = [one for office in offices for one in office.card().letters]
    return sorted((one for one in found if one.state == "registered"), key=lambda one: one.id)


def prepared(app, clerk):
    sent = clerk.post("/desk/mailings", {"csrf_token": clerk.token()})
    with app.app_context():
        settle_all(app, 60)
    return sent.headers["Location"]


def pages_of(clerk, address):
    document = pypdfium2.PdfDocument(clerk.get(address).data)
    return [page.get_textpage().get_text_bounded() for page in document]


def give_back(clerk, page, content, name="post.csv", expect=200, **more):
    data = {"csrf_token": clerk.token(), "file": (io.BytesIO(content), name), **more}
    return clerk.post(f"{page}/tracks", data, expect).text


def test_a_batch_is_printed_listed_and_its_track_numbers_come_back(app):
    letters = letters_of(app, answered_by_post(app, 3))
    assert len(letters) == 6
    clerk = Clerk(app, "dispatcher")
    clerk.get("/language/en", 303)
    assert "6 letters wait to be printed." in clerk.page("/desk/mailings")
    page = prepared(app, clerk)
    assert "0 letters wait to be printed." in clerk.page("/desk/mailings")

    sheets = pages_of(clerk, f"{page}/batch.pdf")
    starts = [at for at, text in enumerate(sheets) if "Москва, д." in text and "· №" in text]
    assert len(starts) == 6
    for letter, at in zip(letters, starts, strict=True):
        assert letter.number in sheets[at]
        assert letter.addressee.postal_address.split(",")[0] in sheets[at]
        assert letter.number in sheets[at + 1]

    (register,) = pages_of(clerk, f"{page}/register.pdf")
    for word in ("ф. 103", "Почтовый", "Масса", *(one.number for one in letters)):
        assert word in register
    table = clerk.get(f"{page}/register.csv").data.decode("utf-8-sig")
    rows = [line.split(";") for line in table.splitlines()]
    assert [row[1] for row in rows[1:]] == [one.number for one in letters]

    # The post fills in its column; one line is not ours, one has no number, one comes twice.
    for number, row in enumerate(rows[1:]):
        row[8] = TRACK.format(number) if number < 5 else ""
    rows += [["9", "ОГ-999/26", "", "", "", "", "", "", TRACK.format(9), ""], rows[1]]
    filled = "\n".join(";".join(row) for row in rows).encode("cp1251")
    told = give_back(clerk, page, filled)
    assert "3 lines were not matched:" in told
    give_back(clerk, page, b"\x89PNG\r\n\x1a\n\0\0", expect=422)
    for reason in (tracks.NO_LETTER, tracks.NO_TRACK, tracks.TWICE):
        assert str(reason) in told
    with app.app_context():
        settle_all(app, 60)
    shown = clerk.page(page)
    assert [number for number in range(6) if TRACK.format(number) in shown] == [0, 1, 2, 3, 4]
    assert "This letter was posted already." in give_back(clerk, page, filled)


def test_a_table_of_a_spreadsheet_is_taken_too_with_its_day(app):
    letter, *_rest = letters_of(app, answered_by_post(app, 1))
    clerk = Clerk(app, "dispatcher")
    page = prepared(app, clerk)
    told = give_back(
        clerk,
        page,
        spreadsheet([["Исх. №", "ШПИ"], [letter.number, TRACK.format(5)]]),
        "post.xlsx",
    )
    assert TRACK.format(5) not in told.split("<table")[0]
    assert TRACK.format(5) in clerk.page(page)


def test_a_line_of_the_post_that_says_returned_is_a_task(app):
    letter, *_rest = letters_of(app, answered_by_post(app, 1))
    clerk = Clerk(app, "dispatcher")
    page = prepared(app, clerk)
    give_back(clerk, page, f"{letter.number};{TRACK.format(1)}".encode())
    with app.app_context():
        settle_all(app, 60)
    told = give_back(clerk, page, f"{letter.number};{TRACK.format(1)};Возврат".encode())
    assert "Вернулось 1 письмо" in told
    again = give_back(clerk, page, f"{letter.number};{TRACK.format(1)};Возврат".encode())
    assert "Вернулось" not in again
    assert "Доставить письмо иначе" in Clerk(app, "registrar").page("/desk/?scope=all")


def test_one_line_tells_that_a_letter_was_posted_and_came_back(app):
    letter, *_rest = letters_of(app, answered_by_post(app, 1))
    clerk = Clerk(app, "dispatcher")
    page = prepared(app, clerk)
    told = give_back(clerk, page, f"{letter.number};{TRACK.format(1)};Возврат".encode())
    assert "Вернулось 1 письмо" in told
    with app.app_context():
        settle_all(app, 60)
    assert "возвращено" in clerk.page(page)
    assert TRACK.format(1) in clerk.page(page)
    assert "Доставить письмо иначе" in Clerk(app, "registrar").page("/desk/?scope=all")


def spreadsheet(rows):
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for row in rows
    )
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook {main} xmlns:r="{office}"><sheets><sheet name="1" r:id="r1"/></sheets>'
            "</workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r1" Target="sheet.xml"/>'
            "</Relationships>",
        )
        archive.writestr(
            "xl/sheet.xml", f"<worksheet {main}><sheetData>{cells}</sheetData></worksheet>"
        )
    return out.getvalue()


def test_what_is_no_table_is_refused_and_a_batch_without_letters_is_not_made(app):
    clerk = Clerk(app, "dispatcher")
    clerk.get("/language/en", 303)
    clerk.post("/desk/mailings", {"csrf_token": clerk.token()})
    assert "No letter waits" in clerk.page("/desk/mailings")
    answered_by_post(app, 1)
    page = prepared(app, clerk)
    assert (
        "Choose the table." in clerk.post(f"{page}/tracks", {"csrf_token": clerk.token()}, 422).text
    )
    assert "cannot be read" in give_back(clerk, page, b"noise", "post.xlsx", 422)
    assert "no lines with track numbers" in give_back(clerk, page, b"head;of;a;table\n")


def test_the_file_is_kept_a_day_and_made_again_and_is_its_maker_s_alone(app):
    answered_by_post(app, 1)
    clerk = Clerk(app, "dispatcher")
    clerk.get("/language/en", 303)
    page = prepared(app, clerk)
    Clerk(app, "registrar").get(page, 404)
    Clerk(app, "executor1").get("/desk/mailings", 403)
    with app.app_context():
        from datetime import timedelta

        from app import clock
        from app.documents import services as documents

        clock.move_to(clock.now() + timedelta(days=2))
        while documents.sweep_uploads():
            pass
    clerk = Clerk(app, "dispatcher")
    clerk.get("/language/en", 303)
    clerk.get(f"{page}/batch.pdf", 404)
    assert "kept for a day" in clerk.page(page)
    clerk.post(f"{page}/again", {"csrf_token": clerk.token()})
    with app.app_context():
        settle_all(app, 60)
    assert pages_of(clerk, f"{page}/batch.pdf")


@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
def test_names_in_the_table_are_no_formulas(app, sign):
    name = f"{sign}HYPERLINK(1)"
    answered_by_post(app, 1, kind="organisation", name=name)
    clerk = Clerk(app, "dispatcher")
    table = clerk.get(f"{prepared(app, clerk)}/register.csv").data.decode("utf-8-sig")
    assert f";'{name};101000, Москва, д. 0;" in table


NUMBERS = ["ОГ-1/26", "ОГ-2/26", "ОГ-3/26"]
# A busy machine may take long over an example, and over making it.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@unhurried
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*NUMBERS, "№ ОГ-1/26 ", "ОГ-9/26", "", "итого"]),
            st.sampled_from(["10102583010000", "RA123456789RU", "1010 2583 0100 01", "", "12"]),
            st.sampled_from(["", "вручено", "Возврат отправителю", "возвращено"]),
        ),
        max_size=12,
    )
)
def test_every_line_of_a_table_is_taken_or_told(rows):
    letters = {number: at for at, number in enumerate(NUMBERS)}
    found, back, rest = tracks.matched(rows, letters, {0: 10, 1: 11}, {2})
    said = [row for row in rows if any(cell.strip() for cell in row)]
    heads = [row for row in rows[:1] if any(row) and _says_nothing(row, letters)]
    assert len({*found, *back}) + len(rest) == len(said) - len(heads)
    assert set(found) <= {0, 1}
    assert set(back) <= {2, *found}
    assert all(re.fullmatch(r"\d{14}|[A-Z]{2}\d{9}[A-Z]{2}", track) for track in found.values())


def _says_nothing(row, letters):
    return tracks.matched([row], letters, {}, ()) == ({}, [], [])
