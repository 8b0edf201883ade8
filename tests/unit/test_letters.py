"""A letter's whole way: frozen, numbered, rendered, signed, sent by mail or by post."""

import re
import shutil
import subprocess
from datetime import timedelta
from io import BytesIO

import pytest
from letters_kit import (
    BY_POST,
    CITIZEN,
    SIGNATORY,
    do,
    drafted,
    facts,
    house,
    registered,
    settle,
    signed,
    told,
)
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select, update

from app import clock
from app.correspondence import composing, jobs, mailbox, rendering, services
from app.correspondence.models import Letter
from app.correspondence.services import Addressee
from app.database import reading, transaction
from app.directory import services as directory
from app.documents import services as documents
from app.documents import signing
from app.documents.signatures import Trust, examine
from app.errors import Conflict, Invalid, NotFound
from app.outbox import services as outbox
from app.outbox.models import Promise
from app.server import ROOT
from app.workflow import versions

__all__ = ["facts", "house", "told"]


def pdf_of(letter):
    return do(documents.content, letter.document_id)


def words_of(pdf):
    return re.sub(
        r"\s+", " ", "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    )


def test_a_draft_is_changed_until_it_is_signed_and_a_change_takes_the_approval_away(house):
    letter = drafted()
    assert (letter.state, letter.audience) == ("draft", "citizen")
    approved = do(services.approve, letter.id, "approver")
    assert (approved.state, approved.approved_by) == ("approved", "approver")
    changed = do(services.revise, letter.id, "Новый текст", "executor1", subject="Новая\nтема")
    assert (changed.state, changed.approved_by, changed.subject) == ("draft", None, "Новая тема")
    with pytest.raises(Conflict):
        do(services.request_signature, letter.id, signatory=SIGNATORY)


@pytest.mark.parametrize(
    ("addressee", "field"),
    [
        (Addressee("Иванов", email="", channel="email"), "email"),
        (Addressee("Иванов", postal_address=" ", channel="post"), "postal_address"),
    ],
)
def test_a_letter_needs_the_address_of_its_channel(house, addressee, field):
    with pytest.raises(Invalid) as refusal:
        drafted(addressee)
    assert list(refusal.value.fields) == [field]


def test_a_letter_that_does_not_exist_is_not_found(house):
    with pytest.raises(NotFound):
        do(services.approve, 404, "approver")


def test_signing_gives_number_and_date_keeps_the_file_and_tells_the_instance(house, told):
    letter = signed(instance=7)
    assert letter.state == "signed"
    assert re.search(r"\d", letter.number)
    assert letter.date == clock.today("Europe/Moscow")
    assert told == [(7, "letter_signed", {"letter": letter.id}, "system")]
    (document,) = do(documents.documents, "appeal:1")
    assert document.id == letter.document_id
    assert [(step.state, step.actor) for step in document.states] == [
        ("draft", "executor1"),
        ("approved", "approver"),
        ("signed", "signatory"),
    ]
    assert document.states[0].at == letter.created_at
    assert document.name.endswith(".pdf")
    assert "/" not in document.name


def test_numbers_follow_each_other_without_gaps(house):
    first, second = (signed(), signed())
    numbers = [int(re.search(r"\d+", each.number)[0]) for each in (first, second)]
    assert numbers[1] == numbers[0] + 1


def test_the_sheet_holds_all_that_a_letter_must(house):
    letter = signed()
    seen = words_of(pdf_of(letter))
    for wanted in [
        "АДМИНИСТРАЦИЯ ГОРОДА СРЕДНЕОЗЁРСКА",
        f"{letter.date:%d.%m.%Y} № {letter.number}",
        "На № И-12-ОГ/26 от 02.11.2026",
        "Иванов Иван Петрович",
        "О рассмотрении обращения",
        "Уважаемый Иван Петрович!",
        "крыша отремонтирована",
        "Глава города Среднеозёрска",
        "П. А. Вершинин",
        "ДОКУМЕНТ ПОДПИСАН ЭЛЕКТРОННОЙ ПОДПИСЬЮ",
        f"Сертификат: {signing.certificate().number}",
        "Владелец: Демонстрационный сертификат",
        "Действителен с ",
        "Исполнитель: А. С. Петрова, тел. 8 (000) 210-00-11",
        f"https://priem.example/documents/check, номер {letter.number}, код {letter.check_code}",
    ]:
        assert wanted in seen.replace("\u00a0", " "), wanted


@pytest.mark.parametrize("size", [(300, 100), (100, 300), (1, 1)])
def test_the_emblem_of_the_body_stands_over_its_name(house, size):
    (none,) = PdfReader(BytesIO(pdf_of(signed()))).pages
    assert not none.images
    out = BytesIO()
    Image.new("RGBA", size, (18, 58, 99, 200)).save(out, "PNG")
    directory.save_emblem(out.getvalue(), actor="administrator")
    (page,) = PdfReader(BytesIO(pdf_of(signed()))).pages
    (shown,) = page.images
    assert shown.image.width / shown.image.height == pytest.approx(size[0] / size[1])
    assert page.extract_text().startswith("АДМИНИСТРАЦИЯ")


def test_the_file_is_pdf_a_and_its_signature_holds(house):
    pdf = pdf_of(signed())
    metadata = PdfReader(BytesIO(pdf)).xmp_metadata
    assert (metadata.pdfaid_part, metadata.pdfaid_conformance) == ("2", "B")
    (signature,) = examine(pdf, None, Trust(), clock.now()).verdicts
    assert signature.intact
    assert signature.fingerprint == signing.certificate().fingerprint


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="needs pdfsig: apt install poppler-utils")
def test_pdfsig_accepts_a_letter(house, tmp_path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(pdf_of(signed()))
    done = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=True)
    assert "Signature is Valid." in done.stdout
    assert "Total document signed" in done.stdout


def test_what_people_write_is_text_and_never_markup(house):
    nasty = '#panic() *звёзды* $x$ <tag> \\ @ref `code` #include "/etc/passwd"\n\n= Заголовок'
    letter = signed(text=nasty, subject="#set page(fill: red)")
    seen = words_of(pdf_of(letter))
    assert "#panic() *звёзды* $x$ <tag> \\ @ref `code`" in seen
    assert "= Заголовок" in seen
    assert "#set page(fill: red)" in seen


def test_a_long_letter_takes_several_numbered_sheets_and_keeps_its_signature_whole(house):
    letter = signed(
        text="\n\n".join(f"Абзац {number}. " + "Текст ответа. " * 40 for number in range(30))
    )
    pages = PdfReader(BytesIO(pdf_of(letter))).pages
    assert len(pages) > 3
    assert pages[1].extract_text().strip().startswith("2")
    last = [page.extract_text() for page in pages if "ЭЛЕКТРОННОЙ ПОДПИСЬЮ" in page.extract_text()]
    assert len(last) == 1
    assert "Вершинин" in last[0]


def test_post_mark_and_name_are_never_torn_apart_by_the_end_of_a_page(house):
    """However much text there is, so that in some letter the page ends just there."""
    letter, torn = signed(), 0
    with reading() as session:
        sheet = composing.sheet(session, letter, signing.certificate())
    for count in range(20, 34):
        sheet["blocks"] = [{"kind": "text", "lines": [f"Строка {count}"] * count, "rows": []}]
        pages = PdfReader(BytesIO(rendering.render(sheet, moment=clock.now()))).pages
        last = next(text for page in pages if "ПОДПИСЬЮ" in (text := page.extract_text()))
        assert "Действителен" in last
        assert "Вершинин" in last
        torn += len(pages) == 2
    assert 0 < torn < 14


def test_a_letter_changed_behind_the_approval_is_parked_and_not_signed(house, told):
    letter = drafted()
    do(services.approve, letter.id, "approver")
    do(services.request_signature, letter.id, signatory=SIGNATORY, instance=7)
    with transaction() as session:
        session.execute(update(Letter).values(text="Подменённый текст"))
    settle()
    with reading() as session:
        (parked,) = outbox.parked(session)
    assert "changed after it had been approved" in parked.reason
    assert do(services.letter, letter.id).state == "signing"
    assert told == []


def test_a_change_behind_the_approval_is_noticed_before_a_number_is_spent(house):
    letter = drafted()
    do(services.approve, letter.id, "approver")
    with transaction() as session:
        session.execute(update(Letter).values(subject="Другая тема"))
    with pytest.raises(Conflict):
        do(services.request_signature, letter.id, signatory=SIGNATORY)


def test_without_a_key_the_promise_is_parked_with_the_setting_to_set(house, tmp_path):
    chosen = house.extensions["settings"]
    house.extensions["settings"] = chosen.model_copy(update={"signing_pkcs12": tmp_path / "no.p12"})
    signed()
    with reading() as session:
        assert "SIGNING_PKCS12" in outbox.parked(session)[0].reason
    house.extensions["settings"] = chosen
    outbox.retry(outbox.list_parked()[0].uid, actor="administrator")
    settle()
    with reading() as session:
        assert services.letters(session, "appeal:1")[0].state == "signed"


def again(kind):
    """Keep the same promise once more, as after a crash between the deed and the note."""
    with reading() as session:
        row = session.scalar(select(Promise).where(Promise.kind == kind))
        job = outbox.Job(row.uid, row.kind, row.payload, row.key, row.instance, row.element, 2)
    outbox.handler_of(kind)(job)


def test_signing_again_makes_no_second_file(house, told):
    letter = signed()
    again("letter.sign")
    assert len(do(documents.documents, "appeal:1")) == 1
    assert do(services.letter, letter.id).document_id == letter.document_id
    assert len(told) == 1  # the promise was kept together with the telling


def test_an_emailed_letter_leaves_once_with_its_file_and_tells_the_instance(house, told):
    letter = registered()
    assert do(services.send, letter.id, instance=7).state == "sending"
    assert do(services.send, letter.id, instance=7).state == "sending"
    settle()
    (mail,) = mailbox.mails()
    assert mail.to == "ivanov@example.com"
    assert [part.name for part in mail.attachments] == [
        do(documents.document, letter.document_id).name
    ]
    _part, content = mailbox.attachment(mail.id, 0)
    assert content == pdf_of(letter)
    assert do(services.letter, letter.id).state == "sent"
    assert do(documents.document, letter.document_id).state == "sent"
    assert told[-1] == (7, "letter_sent", {"letter": letter.id}, "system")


def test_a_repeated_sending_sends_nothing(house):
    letter = registered()
    do(services.send, letter.id, instance=7)
    settle()
    (mail,) = mailbox.mails()
    clock.move_to(clock.now() + timedelta(hours=1))
    again("letter.send")
    assert mailbox.mails() == [mail]


def test_a_process_that_stumbles_makes_no_letter_leave_twice(house, monkeypatch):
    letter = registered()
    do(services.send, letter.id, instance=7)

    def fail(*_args, **_kwargs):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(jobs.workflow, "deliver", fail)
        settle()
    (mail,) = mailbox.mails()
    assert do(services.letter, letter.id).state == "sent"
    clock.move_to(clock.now() + timedelta(hours=1))
    settle()  # tried again: only the telling
    assert mailbox.mails() == [mail]
    with reading() as session:
        assert outbox.parked(session) == []


def test_the_mail_of_a_reply_says_number_code_and_how_to_check(house):
    letter = registered()
    do(services.send, letter.id)
    settle()
    text = mailbox.mails()[0].text
    assert "Номер: И-12-ОГ/26\n" in text
    assert "Код доступа: CODE-CODE-CODE-CODE\n" in text
    assert letter.number in text
    assert letter.check_code in text
    assert "https://priem.example/documents/check" in text


def test_the_access_code_lies_in_no_row_and_in_no_file_of_the_set(house):
    letter = registered(facts={"access_code": "CODE-CODE-CODE-CODE", "executor": "Петрова А. С."})
    do(services.send, letter.id)
    settle()
    with reading() as session:
        row = session.scalar(select(Letter))
        kept = [str(getattr(row, column.key)) for column in Letter.__table__.columns]
    assert "CODE-CODE" not in " ".join(kept)
    assert "CODE-CODE" not in words_of(pdf_of(letter))


def test_a_posted_letter_waits_for_the_dispatcher(house):
    letter = registered(BY_POST)
    assert do(services.send, letter.id, instance=7).channel == "post"
    settle()
    assert mailbox.mails() == []
    assert "699000, г. Среднеозёрск" in words_of(pdf_of(letter))
    today = clock.today("Europe/Moscow")
    posted = do(services.mark_posted, letter.id, " 69900012345678 ", today, "dispatcher")
    assert (posted.state, posted.track, posted.posted_on) == ("sent", "69900012345678", today)
    document = do(documents.document, letter.document_id)
    assert (document.state, document.states[-1].actor) == ("sent", "dispatcher")


def test_a_letter_is_not_posted_before_its_date_nor_twice(house):
    letter = registered(BY_POST)
    today = clock.today("Europe/Moscow")
    with pytest.raises(Invalid) as refusal:
        do(services.mark_posted, letter.id, "", today - timedelta(days=1), "dispatcher")
    assert list(refusal.value.fields) == ["posted_on"]
    do(services.mark_posted, letter.id, "", today, "dispatcher")
    with pytest.raises(Conflict):
        do(services.mark_posted, letter.id, "", today, "dispatcher")


def test_a_returned_letter_may_be_posted_again_and_delivered(house):
    # What the post brings back opens a task of the shipped processes.
    files = versions.read_folders(ROOT / "processes", ROOT / "forms")
    versions.publish(files, note="", actor="system")
    letter = registered(BY_POST)
    today = clock.today("Europe/Moscow")
    do(services.mark_posted, letter.id, "1", today, "dispatcher")
    assert do(services.mark_returned, letter.id, "dispatcher").state == "returned"
    assert do(services.mark_posted, letter.id, "2", today, "dispatcher").track == "2"
    assert do(services.mark_delivered, letter.id, "dispatcher").state == "delivered"
    assert do(documents.document, letter.document_id).state == "delivered"


def test_a_letter_cannot_be_sent_before_it_is_registered(house):
    letter = signed()
    with pytest.raises(Conflict):
        do(services.send, letter.id)
    do(services.register, letter.id)
    assert do(services.register, letter.id).state == "registered"
    assert do(documents.document, letter.document_id).state == "registered"


def test_a_notice_is_rendered_at_sending_with_the_facts_of_that_moment(house, facts):
    do(services.notify, key="appeal:1", notice="registered", addressee=CITIZEN, facts={})
    facts["due_on"] = "2027-01-11"
    settle()
    (mail,) = mailbox.mails("IVANOV@example.com")
    assert "11 января 2027 г." in mail.text
    assert "Номер: И-12-ОГ/26\n" in mail.text
    assert mail.subject == "Обращение зарегистрировано, № И-12-ОГ/26"
    assert "<table" in mail.html
    (letter,) = do(services.letters, "appeal:1")
    assert (letter.kind, letter.state, letter.number) == ("notice", "sent", None)
    assert letter.subject == mail.subject
    shown = words_of(services.preview(letter.id))
    assert "принято к рассмотрению" in shown
    assert "CODE-CODE" not in shown
    assert do(services.send, letter.id).state == "sent"  # a process may ask again in vain


def test_a_notice_speaks_the_language_of_its_addressee(house):
    english = Addressee("Smith John", email="smith@example.com", language="en")
    do(services.notify, key="appeal:1", notice="received", addressee=english)
    settle()
    (mail,) = mailbox.mails()
    assert mail.subject.startswith("Your appeal has been received")
    assert "Administration of the City of Sredneozyorsk" in mail.text


def test_staff_never_get_the_citizens_code(house):
    clerk = Addressee("Петрова Анна Сергеевна", email="clerk@example.com")
    for notice in ("assignment", "reminder", "extension_refused"):
        do(services.notify, key="appeal:1", notice=notice, addressee=clerk, facts={"days_left": 3})
    settle()
    assert len(mailbox.mails()) == 3
    assert all("CODE-CODE" not in mail.text + mail.html for mail in mailbox.mails())
    assert {each.audience for each in do(services.letters, "appeal:1")} == {"staff"}


def test_an_unknown_notice_is_a_slip_of_the_programmer_and_promises_nothing(house):
    with pytest.raises(LookupError, match="greeting"):
        do(services.notify, key="appeal:1", notice="greeting", addressee=CITIZEN)


@pytest.mark.parametrize(
    "notice", ["registered", "extended", "redirected", "left", "withdrawn", "receipt"]
)
def test_a_notice_by_post_becomes_a_signed_sheet_without_the_access_code(house, notice):
    told_now = {"organisation": "Жилищная инспекция", "reason": "Нужен выезд"}
    number = do(services.notify, key="appeal:1", notice=notice, addressee=BY_POST, facts=told_now)
    settle()
    letter = do(services.letter, number)
    assert (letter.state, letter.channel) == ("registered", "post")
    seen = words_of(pdf_of(letter)).replace("\u00a0", " ")
    assert "Уважаемая Анна Сергеевна!" in seen
    assert seen.count("Уважаемая") == 1
    assert "И-12-ОГ/26" in seen
    assert "ДОКУМЕНТ ПОДПИСАН ЭЛЕКТРОННОЙ ПОДПИСЬЮ" in seen
    assert "CODE-CODE" not in seen
    assert documents.check(letter.number, letter.check_code).authentic
    do(services.mark_posted, number, "", clock.today("Europe/Moscow"), "dispatcher")
    assert do(documents.document, letter.document_id).state == "sent"


def test_a_sheet_still_being_signed_cannot_be_posted_yet(house):
    number = do(services.notify, key="appeal:1", notice="registered", addressee=BY_POST)
    with pytest.raises(Conflict, match="still being prepared"):
        do(services.mark_posted, number, "", clock.today("Europe/Moscow"), "dispatcher")


def test_a_cover_letter_takes_the_files_of_the_appeal_along(house):
    with transaction() as session:
        scan = documents.add_document(
            session, key="appeal:1", kind="appeal", title="Заявление", content=b"text",
            name="заявление.txt", media_type="text/plain", actor="citizen", state="received",
        )  # fmt: skip
    neighbour = Addressee("Жилищная инспекция", email="gji@example.com")
    found = do(services.compose, "cover", {"questions": [{"name": "Ремонт крыш"}]}, key="appeal:1")
    letter = registered(
        neighbour, kind="cover", template="cover", text=found.text, subject=found.subject,
        attachments=[scan.id],
    )  # fmt: skip
    do(services.send, letter.id)
    settle()
    (mail,) = mailbox.mails()
    assert [part.media_type for part in mail.attachments] == ["application/pdf", "text/plain"]
    assert "CODE-CODE" not in mail.text
    seen = words_of(pdf_of(letter)).replace("\u00a0", " ")
    assert "Уважаемые коллеги!" in seen
    assert "частью 3 статьи 8" in seen
    assert "— Ремонт крыш" in seen
    assert "На №" not in seen


def test_a_draft_reply_is_made_of_reports_and_results(house):
    found = do(
        services.compose,
        "reply",
        {
            "reports": ["Комиссия выехала."],
            "questions": [{"name": "Крыши", "result": "поддержано"}],
        },
        key="appeal:1",
    )
    assert found.subject == "О рассмотрении обращения"
    assert "№ И-12-ОГ/26 от 2 ноября 2026 г." in found.text
    assert "По вопросу «Крыши»: поддержано." in found.text
    assert "Комиссия выехала." in found.text


def test_a_preview_is_marked_as_a_draft_and_the_signed_letter_is_shown_as_it_is(house):
    letter = drafted()
    seen = words_of(services.preview(letter.id))
    assert "ПРОЕКТ" in seen
    assert "ЭЛЕКТРОННОЙ ПОДПИСЬЮ" not in seen
    done = signed()
    assert services.preview(done.id) == pdf_of(done)


def test_an_english_letter_is_english_around_its_text(house):
    letter = signed(Addressee("Smith John", email="s@example.com", language="en"), text="Dear text")
    seen = words_of(pdf_of(letter))
    for wanted in ("DOCUMENT SIGNED ELECTRONICALLY", "Check authenticity:", "Prepared by"):
        assert wanted in seen, wanted
    assert "Сертификат" not in seen


def test_a_letter_of_ours_is_known_by_number_and_code_and_another_is_not(house):
    letter = signed()
    found = documents.check(letter.number, letter.check_code.lower())
    assert found.authentic
    assert found.issued_on == letter.date
    assert documents.check(letter.number, "AAAA-AAAA-AAAA") is None
