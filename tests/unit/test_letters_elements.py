"""Every letter holds what it must: made by the real diagrams, read back from the PDF or the mail.

A row names a letter, how an appeal comes to it, and its obligatory elements. By post each is a
signed sheet; by e-mail a notice is the mail itself, a reply and a cover letter a sheet attached.
"""

import re
import shutil
import subprocess
from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from app.appeals import lookups, services
from app.appeals.commands import storable
from app.correspondence import texts
from app.directory.services import current_body
from app.documents.services import accept_upload
from app.workflow.incidents import incidents
from tests.unit.letters_read import a_pdf, one_line, pdf_text, said_in
from tests.unit.office import CITIZEN, QUESTION, Office

LAW = {"ru": "Федерального закона от 02.05.2006 № 59-ФЗ", "en": "Federal Law No. 59-FZ"}
EARLIER = "№ ОГ-5/25 от 01.02.2025, № ОГ-9/25 от 03.03.2025"
PAGE = "https://body.example/answers/7"


def registered(office):
    office.register()


def left(ground, **more):
    def go(office):
        office.register()
        office.do("manager", "review", decision="leave", reason=ground, **more)
        if ground == "unreadable":
            signed_by_the_commission(office)

    return go


def signed_by_the_commission(office):
    """Such an appeal is left only after the act of three members."""
    members = ("registrar", "manager", "controller")
    chosen = {f"member_{place}": login for place, login in enumerate(members, start=1)}
    office.do("registrar", "draw_up_act", description="Чернила расплылись", **chosen)
    for login in members:
        office.do(login, "sign_act")


def sent_on(office):
    office.register()
    body = lookups.organisations("", limit=1)[0]
    office.do("manager", "review", decision="redirect", organisation=str(body.id), ask_result=True)
    office.do("registrar", "prepare_redirection")
    office.do("signatory", "sign_redirection")
    office.settle()
    if "dispatch_cover" in office.open():
        office.do("dispatcher", "dispatch_cover")


def extended(office):
    office.register()
    office.assign("executor1")
    services.request_extension(office.person("executor1"), office.ref, "Ждём экспертизу", 20)
    office.do("manager", "decide_extension", decision="grant")


def answered(office):
    office.register()
    office.assign("executor1")
    office.do("executor1", "accept_assignment")
    result = {"code": QUESTION, "result": "measures", "measures": "мусор вывезен 20 ноября"}
    office.do("executor1", "report", text="Проверено на месте.", results=[result])
    office.do("manager", "accept_report", decision="accept")
    upload = accept_upload(BytesIO(a_pdf(3)), "акт осмотра.pdf", owner="executor1")
    office.do("executor1", "draft_reply", files=[upload.id])
    office.do("approver", "approve_reply", decision="accept")
    office.do("signatory", "sign_reply")


def withdrawn(office):
    office.register()
    services.withdraw(office.ref, office.receipt.access_code, "Уже не нужно")


def reopened(office):
    answered(office)
    office.settle()
    if "dispatch" in office.open():
        office.do("dispatcher", "dispatch")
    services.reopen(office.person("manager"), office.ref, "reply_wrong", "Ответ неполон")


def voided(office):
    office.register()
    office.do("manager", "review", decision="void", void_reason="Зарегистрировано дважды")


def reading_asked(**decision):
    def go(office):
        office.register()
        services.ask_to_read(office.ref, office.receipt.access_code)
        office.do("manager", "decide_inspection", **decision)

    return go


# letter: (template, how, elements in Russian, elements in English)
ROWS = {
    "registration": (
        "registered",
        registered,
        ["{number}", "{registered}", "не позднее {due}", "/status", "статья 5 " + LAW["ru"],
         "представить дополнительные документы", "просить о прекращении"],
        ["{number}", "{due}", "/status", LAW["en"]],
    ),
    "redirection": (
        "redirected",
        sent_on,
        ["Куда направлено: {body}", "№ {cover}", "{cover_on}", "{question}",
         "части 3 статьи 8 " + LAW["ru"], "Ответ Вам даст указанный орган"],
        ["{body}", "{cover}", "{question}", "part 3", LAW["en"]],
    ),
    "cover": (
        "cover",
        sent_on,
        ["{body}", "направляем по компетенции", "Ёлкиной Марии Петровны", "№ {number} от",
         "{address}", "{question}", "ответ заявителю в установленный законом срок",
         "О результатах рассмотрения просим сообщить", "частью 3 статьи 8 " + LAW["ru"],
         "Приложение: 1. текст обращения, на 1 л. в 1 экз. 2. жалоба.pdf, на 2 л. в 1 экз.",
         "Обращение № {number} от", "Третью неделю не вывозят мусор", "Исполнитель"],
        ["{body}", "{number}", "{address}", "{question}", "part 3", LAW["en"]],
    ),
    "extension": (
        "extended",
        extended,
        ["части 2 статьи 12 " + LAW["ru"], "Новый срок: {due}", "Причина: Ждём экспертизу",
         "Что уже сделано: обращение рассматривают: Отдел содержания жилищного фонда"],
        ["part 2", LAW["en"], "{due}", "Ждём экспертизу", "Done so far: the appeal is considered"],
    ),
    "reply": (
        "reply",
        answered,
        ["{question}", "поддержано, меры приняты", "мусор вывезен 20 ноября",
         "обжаловать его в вышестоящий орган или в суд", "статья 5 " + LAW["ru"],
         "Приложение: 1. акт осмотра.pdf, на 3 л. в 1 экз.", "Исполнитель: Лебедев Н. П."],
        ["{question}", "measures were taken", LAW["en"], "акт осмотра.pdf, 3 sheets"],
    ),
    "return of a court decision": (
        "left",
        left("court"),
        ["части 2 статьи 11", LAW["ru"], "в вышестоящий суд", "в самом решении",
         "возвращаются приложенные к нему материалы", "жалоба.pdf"],
        ["article 11 part 2", LAW["en"], "higher court", "жалоба.pdf"],
    ),
    "return of a complaint": (
        "left",
        left("no_addressee"),
        ["часть 6 статьи 8", "части 7 той же статьи", "невозможно", "в суд", "жалоба.pdf"],
        ["article 8 part 6", "part 7", "in court", "жалоба.pdf"],
    ),
    "unreadable": (
        "left",
        left("unreadable"),
        ["не поддаётся прочтению", "части 4 статьи 11", LAW["ru"], "вновь направить обращение"],
        ["cannot be read", "article 11 part 4", LAW["en"]],
    ),
    "unclear": (
        "left",
        left("unclear"),
        ["части 4.1 статьи 11", LAW["ru"], "Из текста неясно", "изложите, пожалуйста, его суть",
         "вновь направить обращение"],
        ["article 11 part 4.1", "set out its substance", "send the appeal again"],
    ),
    "misuse of the right": (
        "left",
        left("abuse"),
        ["части 3 статьи 11", LAW["ru"], "о недопустимости злоупотребления правом"],
        ["article 11 part 3", "Misuse of the right"],
    ),
    "end of correspondence": (
        "left",
        left("ended", earlier_replies=EARLIER),
        ["части 5 статьи 11", LAW["ru"], "по вопросам: — {question}", EARLIER,
         "новых доводов или обстоятельств обращение не содержит",
         "Решение принял: Заместитель главы города Е. В. Громова", "Дата решения: {registered}",
         "обжаловано в вышестоящий орган или в суд"],
        ["article 11 part 5", "{question}", EARLIER, "no new arguments", "Decided by:", "court"],
    ),
    "published answer": (
        "left",
        left("published", answer_url=PAGE),
        ["части 5.1 статьи 11", PAGE, "Если Вам нужен письменный ответ"],
        ["article 11 part 5.1", PAGE, "written reply"],
    ),
    "secret": (
        "left",
        left("secret"),
        ["части 6 статьи 11", "без разглашения сведений"],
        ["article 11 part 6", "without disclosing"],
    ),
    "withdrawal": (
        "withdrawn",
        withdrawn,
        ["по Вашему заявлению от {registered}", "прекращено {registered}",
         "пункт 5 статьи 5 " + LAW["ru"]],
        ["as you asked on {registered}", LAW["en"]],
    ),
    "reopening": (
        "reopened",
        reopened,
        ["возобновлено", "{number}", "Ответ неполон"],
        ["{number}", "Ответ неполон"],
    ),
    "day of reading the file": (
        "inspection_offered",
        reading_asked(
            decision="allow", read_on=str(date.today() + timedelta(days=30)), read_at="10:30",
            place="ул. Озёрная, д. 1, каб. 12",
        ),
        ["Дата:", "Время: 10:30", "Место: ул. Озёрная, д. 1, каб. 12", "пункт 2 статьи 5 " + LAW["ru"],
         "документ, удостоверяющий личность"],
        ["Time: 10:30", "каб. 12", "article 5, point 2", LAW["en"], "identity document"],
    ),
    "refusal to show the file": (
        "inspection_refused",
        reading_asked(decision="refuse", ground="others", explanation="В деле адреса соседей."),
        ["затрагивают права, свободы и законные интересы других лиц", "пунктом 2 статьи 5 " + LAW["ru"],
         "В деле адреса соседей.", "Решение принял: Заместитель главы города Е. В. Громова",
         "Дата решения: {registered}", "в вышестоящий орган или в суд"],
        ["rights, freedoms and lawful interests of other persons", "Article 5, point 2", LAW["en"],
         "Decided by:", "go to court"],
    ),
    "voided registration": (
        "voided",
        voided,
        ["аннулирована", "Зарегистрировано дважды"],
        ["Зарегистрировано дважды"],
    ),
}  # fmt: skip


def facts(office, letter, language):
    card, body = office.card(), current_body()
    redirection = next(iter(card.redirections), None)
    known = {
        "number": card.number,
        "registered": texts.day(card.registered_on, language),
        "registered_short": f"{card.registered_on:%d.%m.%Y}",
        "due": texts.day(card.due_on, language),
        "question": card.questions[0].name,
        "address": "101000, Москва, Садовая ул., д. 5, кв. 7",
        "letterhead": body.said("name", language).upper()[:20],
        "body_name": body.said("name", language),
        "phone": body.phone,
        "where": "Садовая ул." if letter.channel == "post" else CITIZEN["email"],
        "outgoing": letter.number,
        "dated": f"{letter.date:%d.%m.%Y}" if letter.date else "",
    }
    if redirection:
        known |= {
            "body": redirection.organisation,
            "cover": redirection.number,
            "cover_on": texts.day(redirection.date, language),
        }
    return known


def prepared(app, channel, language, how):
    upload = accept_upload(BytesIO(a_pdf(2)), "жалоба.pdf", owner="test")
    office = Office(app, reply_channel=channel, language=language, files=[upload.id])
    office.settle()
    how(office)
    office.settle()
    assert incidents() == []
    return office


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("channel", ["post", "email"])
@pytest.mark.parametrize("name", ROWS)
def test_a_letter_holds_its_obligatory_elements(app, name, channel, language):
    template, how, russian, english = ROWS[name]
    office = prepared(app, channel, language, how)
    letter = next(one for one in reversed(office.card().letters) if one.template == template)
    text, common = said_in(office, letter, channel)
    found, known = one_line(text), facts(office, letter, letter.language)
    wanted = russian if letter.language == "ru" else english
    if name != "cover":
        wanted = [*wanted, *common]
    missing = [one for one in wanted if one_line(one.format(**known)) not in found]
    assert not missing, (missing, found)


def test_every_notice_to_a_citizen_is_in_the_table():
    from app.correspondence import policy

    elsewhere = {"receipt", "code", "survey", "reply", "cover", "request", "interim"}
    # Of paper only: test_appeals_enclosures.py, test_appeals_valuables.py.
    elsewhere |= {"enclosures_missing", "valuables_found"}
    elsewhere |= {"stage"}  # of mail only: test_news.py
    told = policy.NOTICES - policy.STAFF_NOTICES - elsewhere
    assert told <= {template for template, *_rest in ROWS.values()}


def test_the_receipt_says_all_that_was_filed_and_when_it_will_be_registered(app):
    upload = accept_upload(BytesIO(a_pdf(2)), "жалоба.pdf", owner="test")
    office = Office(app, files=[upload.id])
    office.settle()
    (mail,) = office.mail()
    found = one_line(mail.text)
    for wanted in [
        office.receipt.receipt,
        office.receipt.access_code,
        texts.moment(office.receipt.received_at, "ru", "Europe/Moscow"),
        f"не позднее {texts.day(office.receipt.register_by, 'ru')}",
        f"жалоба.pdf, {texts.size(upload.size, 'ru')}",
        upload.sha256,
        "/status",
    ]:
        assert one_line(wanted) in found, wanted


def test_the_cover_letter_takes_the_files_of_the_applicant_along(app):
    office = prepared(app, "email", "ru", sent_on)
    cover = next(one for one in office.card().letters if one.kind == "cover")
    names = {one.id: one.name for one in office.card().documents}
    assert [names[one] for one in cover.attachments] == ["жалоба.pdf"]


def test_what_cannot_be_counted_in_sheets_is_told_by_its_size(app):
    broken = accept_upload(BytesIO(b"%PDF-1.4 not a document"), "скан.pdf", owner="test")
    office = Office(app, files=[broken.id])
    sent_on(office)
    cover = next(one for one in office.card().letters if one.kind == "cover")
    assert "скан.pdf, 23 байт" in one_line(pdf_text(cover))
    assert incidents() == []


def test_a_long_appeal_takes_as_many_sheets_as_the_list_says(app):
    text = "\n\n".join(f"Абзац {number}. " + "Мусор не вывозят. " * 40 for number in range(20))
    office = Office(app, text=storable(text))
    sent_on(office)
    cover = next(one for one in office.card().letters if one.kind == "cover")
    opened = services.letter_pdf(Office.person("dispatcher"), cover.id)
    pages = PdfReader(BytesIO(opened.stream.read())).pages
    sheets = len(pages) - 1
    assert sheets > 2
    assert f"на {sheets} л. в 1 экз." in one_line(pages[0].extract_text())
    assert incidents() == []


def over_the_edge(pdf, path):
    """Words of a PDF that run into its right margin of 15 mm."""
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, check=True)
    words = re.findall(r'xMax="([\d.]+)"[^>]*>([^<]*)</word>', done.stdout.decode())
    assert words
    return [word for right, word in words if float(right) > (210 - 15) / 25.4 * 72 + 1]


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext: poppler-utils")
def test_nothing_long_runs_over_the_edge_of_the_sheet(app, tmp_path):
    """A word wider than its column is divided; every other is copied as it was written."""
    long = {
        "last_name": "Преображенскаявознесенскаяконстантинопольскаяблаговещенскаярождественская",
        "email": "konstantinopolskaya.preobrazhenskaya.1955@ochen-dlinnoe-imya-domena.example.org",
    }
    office = Office(app, applicant=long)
    answered(office)
    reply = next(one for one in office.card().letters if one.kind == "reply")
    opened = services.letter_pdf(Office.person("dispatcher"), reply.id)
    assert over_the_edge(opened.stream.read(), tmp_path / "reply.pdf") == []
    plain = Office(app)
    answered(plain)
    reply = next(one for one in plain.card().letters if one.kind == "reply")
    assert "elkina@example.org" in pdf_text(reply)
    assert incidents() == []
