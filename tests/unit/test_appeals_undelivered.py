"""Mail that does not reach the applicant becomes a task: refused at once, or come back later."""

import json
from email import message_from_bytes, policy

import pytest

from app import clock
from app.appeals import services
from app.correspondence import returning
from app.errors import Invalid
from app.outbox import services as outbox
from app.outbox.cli import settle_all
from app.workflow.incidents import incidents
from tests.unit.office import CITIZEN, Office

REPORT = """From: MAILER-DAEMON@mx.example
To: r@body.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; elkina@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 unknown user

--b
Content-Type: text/rfc822-headers

From: r@body.example
X-Priyomnaya-Letter: {mark}
--b--
"""


class Box:
    """The addresses that the server refuses."""

    refused = frozenset()


@pytest.fixture
def box(smtp, monkeypatch):
    made = Box()

    async def handle(_self, _server, _session, envelope, address, _options):
        if address in made.refused:
            return "550 unknown user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    monkeypatch.setattr(type(smtp), "handle_RCPT", handle, raising=False)
    return made


@pytest.fixture
def office(make_app, smtp, box):
    app = make_app(mail_server="127.0.0.1", mail_port=smtp.port, mail_sender="r@body.example")
    with app.app_context():
        made = Office(app)
        made.settle()
        yield made
        assert incidents() == []
        assert outbox.list_parked() == []


def subjects(smtp, to):
    found = [message_from_bytes(one.as_bytes(), policy=policy.default) for one in smtp.messages]
    return [one["Subject"] for one in found if one["To"] == to]


def ready(office):
    office.register()
    office.do("manager", "review", decision="answer", drafter="executor1")
    office.settle()


def letter(office, kind):
    return [one for one in office.card().letters if one.template == kind][-1]


def test_a_refused_notice_is_a_task_and_goes_to_the_right_address(office, box, smtp):
    box.refused = {CITIZEN["email"]}
    office.register()
    office.settle()
    item = office.find("registrar", "settle_undelivered")
    assert item.due_at.date() == clock.today("Europe/Moscow")
    assert letter(office, "registered").state == "returned"
    with pytest.raises(Invalid) as wrong:
        office.do("registrar", "settle_undelivered", email="nobody")
    assert list(wrong.value.fields) == ["email"]
    given = office.do("registrar", "settle_undelivered", email="right@example.org")
    assert CITIZEN["email"] in given["letter"]
    assert "550" in given["letter"]
    office.settle()
    assert subjects(smtp, "right@example.org")[-1].startswith("Обращение зарегистрировано")
    assert office.card("registrar").applicants[0].email == "right@example.org"
    # What comes next finds the new address by itself.
    office.do("manager", "review", decision="leave", reason="unclear")
    office.settle()
    assert len(subjects(smtp, "right@example.org")) == 2
    assert "settle_undelivered" not in office.open()


def test_a_reply_that_is_refused_still_ends_the_consideration_once_it_has_left(office, box, smtp):
    ready(office)
    box.refused = {CITIZEN["email"]}
    office.reply("executor1")
    assert office.open() == ["settle_undelivered"]
    assert office.card().outcome is None
    office.do("registrar", "settle_undelivered", email="right@example.org")
    office.settle()
    assert office.card().outcome == "answered"
    assert subjects(smtp, "right@example.org")[0].startswith("Ответ на обращение")
    assert letter(office, "reply").state == "sent"


def test_on_paper_it_is_posted_and_the_consideration_goes_on(office, box):
    ready(office)
    box.refused = {CITIZEN["email"]}
    office.reply("executor1")
    office.do("registrar", "settle_undelivered", decision="post", postal_address="101000, Москва")
    office.settle()
    assert office.card().outcome is None
    office.do("dispatcher", "dispatch_returned", track="80080012345678")
    office.settle()
    assert office.card().outcome == "answered"
    assert (letter(office, "reply").state, letter(office, "reply").channel) == ("sent", "post")


def test_a_notice_on_paper_is_made_anew(office, box):
    box.refused = {CITIZEN["email"]}
    office.register()
    office.settle()
    office.do("registrar", "settle_undelivered", decision="post")
    office.settle()
    office.do("dispatcher", "dispatch_notice")
    assert letter(office, "registered").channel == "post"


def test_who_was_told_otherwise_needs_a_word_of_how(office, box):
    ready(office)
    box.refused = {CITIZEN["email"]}
    office.reply("executor1")
    with pytest.raises(Invalid) as wrong:
        office.do("registrar", "settle_undelivered", decision="told")
    assert list(wrong.value.fields) == ["reason"]
    office.do("registrar", "settle_undelivered", decision="told", reason="Вручено лично")
    office.settle()
    assert office.card().outcome == "answered"


def test_what_only_informs_is_no_task_once_the_reply_is_out(office, box):
    ready(office)
    office.reply("executor1")
    assert returning.take_back(letter(office, "survey").id, "5.1.1")
    assert office.open() == ["rate"]
    assert letter(office, "survey").state == "returned"


def test_an_access_code_is_not_put_on_paper(office):
    services.resend_code(office.ref, CITIZEN["email"])
    office.settle()
    assert returning.take_back(letter(office, "code").id, "5.1.1")
    with pytest.raises(Invalid) as wrong:
        office.do("registrar", "settle_undelivered", decision="post")
    assert list(wrong.value.fields) == ["decision"]
    office.do("registrar", "settle_undelivered", email="right@example.org")
    office.settle()


def came_back(office, box):
    """A reply that was posted, ended the consideration, and came back."""
    ready(office)
    box.refused = {CITIZEN["email"]}
    office.reply("executor1")
    office.do("registrar", "settle_undelivered", decision="post", postal_address="101000, Москва")
    office.settle()
    office.do("dispatcher", "dispatch_returned", track="80080012345678")
    office.settle()
    sent = letter(office, "reply")
    assert (sent.state, office.card().outcome) == ("sent", "answered")
    services.note_delivery(office.person("dispatcher"), sent.id, delivered=False)
    return sent


def test_a_letter_that_the_post_brings_back_is_a_task_once(office, box, smtp):
    sent = came_back(office, box)
    services.note_delivery(office.person("dispatcher"), sent.id, delivered=False)
    item = office.find("registrar", "settle_undelivered")
    assert office.open().count("settle_undelivered") == 1
    assert letter(office, "reply").state == "returned"
    values = services.work_item(office.person("registrar"), item.id).values
    assert "Письмо вернула почта." in values["letter"]
    assert "101000, Москва" in values["letter"]
    assert values["decision"] == "post"


def test_it_is_posted_again_to_another_address(office, box):
    came_back(office, box)
    office.do("registrar", "settle_undelivered", postal_address="102000, Тула")
    office.settle()
    office.do("dispatcher", "dispatch_returned", track="80080012345679")
    office.settle()
    reply = letter(office, "reply")
    assert (reply.state, reply.track) == ("sent", "80080012345679")
    assert reply.addressee.postal_address == "102000, Тула"
    assert office.card("registrar").applicants[0].postal_address == "102000, Тула"
    assert "settle_undelivered" not in office.open()


def test_or_goes_by_mail_or_another_way(office, box, smtp):
    came_back(office, box)
    box.refused = frozenset()
    office.do("registrar", "settle_undelivered", decision="again", email="right@example.org")
    office.settle()
    assert subjects(smtp, "right@example.org")[0].startswith("Ответ на обращение")
    assert (letter(office, "reply").state, letter(office, "reply").channel) == ("sent", "email")


def test_what_the_post_brought_back_is_settled_by_a_word_of_how(office, box):
    came_back(office, box)
    office.do("registrar", "settle_undelivered", decision="told", reason="Вручено лично")
    office.settle()
    assert letter(office, "reply").state == "returned"
    assert "settle_undelivered" not in office.open()


def report(letter_id, *, action="failed", status="5.1.1", mark=None):
    marked = returning.mark(letter_id) if mark is None else mark
    return REPORT.format(action=action, status=status, mark=marked).encode()


def test_mail_that_comes_back_later_is_a_task_too(office, app, tmp_path):
    office.register()
    office.settle()
    sent = letter(office, "registered")
    assert sent.state == "sent"
    for harmless in (
        report(sent.id, action="delayed", status="4.4.1"),
        report(sent.id, mark=f"{sent.id}-{'0' * 32}"),
        report(sent.id + 1, mark=""),
        b"Subject: hello\n\nNothing of the kind.",
        b"\xff\x00",
    ):
        assert returning.bounced(harmless) is None
    assert office.open() == ["review"]
    path = tmp_path / "report.eml"
    path.write_bytes(report(sent.id))
    told = app.test_cli_runner().invoke(args=["mail", "bounced", str(path)])
    assert json.loads(told.output) == {"letter": sent.id}
    assert returning.bounced(report(sent.id)) is None  # Servers may say it twice.
    assert office.open() == ["review", "settle_undelivered"]
    office.do("registrar", "settle_undelivered", email="right@example.org")
    office.settle()
    assert letter(office, "registered").state == "sent"


def test_what_no_diagram_knows_stays_with_the_administrator(office, box, monkeypatch):
    monkeypatch.setattr("app.correspondence.returning.see_to", lambda *_given: False)
    box.refused = {CITIZEN["email"]}
    office.register()
    assert settle_all(office.app, 60)
    (parked,) = outbox.list_parked()
    assert "550" in parked.reason
    card = office.card()
    assert card.halted == {one.id for one in card.letters if one.state == "sending"} != set()
    outbox.cancel(parked.uid, actor="administrator")
    monkeypatch.undo()
