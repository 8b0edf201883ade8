"""The post office: a folder read at /demo/mail, and a real SMTP server."""

import smtplib
from datetime import UTC, datetime
from email.policy import default as modern

import pytest
from letters_kit import CITIZEN, do, facts, make, opened, registered, settle, told
from sqlalchemy import select

from app import clock
from app.correspondence import mail, mailbox, services
from app.correspondence.shapes import Attachment, Message
from app.database import reading
from app.errors import NotFound
from app.outbox import services as outbox
from app.outbox.models import Promise

__all__ = ["facts", "told"]


@pytest.fixture
def house(tmp_path, monkeypatch, facts, told):
    monkeypatch.chdir(tmp_path)
    with opened(make(tmp_path)) as app:
        yield app
    clock.bind(tmp_path, movable=False)


def a_message(uid="ab12", to="ivanov@example.com", subject="Ответ на обращение", hour=10, **more):
    given = {
        "text": "Здравствуйте!\n",
        "html": "<!doctype html><html><head><title>x</title></head><body><p>Здравствуйте!</p></body></html>",
        "language": "ru",
        "at": datetime(2026, 11, 23, hour, tzinfo=UTC),
    }
    return Message(uid=uid, to=to, subject=subject, **{**given, **more})


PDF = Attachment("Ответ № 15-ОГ.pdf", "application/pdf", b"%PDF-1.7 \x00\xff")


def test_a_kept_mail_reads_back_as_it_was_sent(house):
    mail.office().send(a_message(attachments=(PDF,)))
    (seen,) = mailbox.mails()
    assert (seen.id, seen.to, seen.subject) == ("ab12", "ivanov@example.com", "Ответ на обращение")
    assert seen.text == "Здравствуйте!\n"
    assert "<p>Здравствуйте!</p>" in seen.html
    assert seen.at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert [(part.name, part.size) for part in seen.attachments] == [("Ответ № 15-ОГ.pdf", 11)]
    assert mailbox.attachment("ab12", 0)[1] == PDF.content


LONG = "Поручение по обращению № И-9-ОГ/26, срок 25 декабря 2026 г. " * 3


@pytest.mark.parametrize("length", range(20, len(LONG), 7))
def test_a_long_subject_keeps_every_space(house, length):
    mail.office().send(a_message(subject=LONG[:length].strip()))
    assert mailbox.mails()[0].subject == LONG[:length].strip()


def test_the_same_uid_sent_again_is_one_mail(house):
    for _each in range(2):
        mail.office().send(a_message())
    assert len(mailbox.mails()) == 1


def test_json_lists_newest_first_and_filters_by_address_whatever_its_case(house):
    for number, to in enumerate(["a@example.com", "B@example.com", "a@example.com"]):
        mail.office().send(a_message(uid=f"{number}", to=to, hour=number, subject=f"{number}"))
    client = house.test_client()
    everything = client.get("/demo/mail.json").json["items"]
    assert [each["subject"] for each in everything] == ["2", "1", "0"]
    assert everything[0]["at"] == "2026-11-23T02:00:00+00:00"
    chosen = client.get("/demo/mail.json?to=b@EXAMPLE.com").json["items"]
    assert [each["to"] for each in chosen] == ["B@example.com"]
    assert set(chosen[0]) == {"id", "to", "subject", "at", "text", "html", "attachments"}
    assert client.get("/demo/mail.json?to=nobody@example.com").json == {"items": []}


def test_an_attachment_is_downloaded_by_the_address_json_gives(house):
    mail.office().send(a_message(attachments=(PDF,)))
    client = house.test_client()
    ((part,),) = [each["attachments"] for each in client.get("/demo/mail.json").json["items"]]
    assert (part["name"], part["size"]) == (PDF.name, len(PDF.content))
    answer = client.get(part["url"])
    assert answer.data == PDF.content
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_html_of_a_mail_stands_in_a_sandbox(house):
    mail.office().send(a_message())
    answer = house.test_client().get("/demo/mail/ab12/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy


@pytest.mark.parametrize("uid", ["zz", "..", "0" * 65, "../outside", "abcd"])
def test_an_unknown_mail_is_not_found_and_no_path_is_followed(house, tmp_path, uid):
    mail.office().send(a_message())
    (tmp_path / "mail" / "ab12.eml").rename(tmp_path / "outside.eml")
    with pytest.raises(NotFound):
        mailbox.one(uid)


def test_an_attachment_that_is_not_there_is_not_found(house):
    mail.office().send(a_message(attachments=(PDF,)))
    with pytest.raises(NotFound):
        mailbox.attachment("ab12", 1)


def test_outside_the_demo_the_mailbox_does_not_exist(house):
    mail.office().send(a_message())
    chosen = house.extensions["settings"]
    house.extensions["settings"] = chosen.model_copy(update={"mode": "production"})
    client = house.test_client()
    house.register_error_handler(NotFound, lambda _error: ("", 404))
    for address in ("/demo/mail", "/demo/mail.json", "/demo/mail/ab12", "/demo/mail/ab12/html"):
        assert client.get(address).status_code == 404


@pytest.fixture
def by_smtp(tmp_path, monkeypatch, facts, told, smtp):
    monkeypatch.chdir(tmp_path)
    settings = {"mail_server": "127.0.0.1", "mail_port": smtp.port, "mail_sender": "r@body.example"}
    with opened(make(tmp_path, **settings)) as app:
        yield app
    clock.bind(tmp_path, movable=False)


def received(smtp):
    from email import message_from_bytes

    return [message_from_bytes(each.as_bytes(), policy=modern) for each in smtp.messages]


def test_a_letter_reaches_a_real_server_with_its_file(by_smtp, smtp):
    letter = registered()
    do(services.send, letter.id)
    settle()
    (seen,) = received(smtp)
    assert seen["To"] == "ivanov@example.com"
    assert seen["From"] == "r@body.example"
    assert seen["Subject"] == "Ответ на обращение № И-12-ОГ/26"
    assert seen["Auto-Submitted"] == "auto-generated"
    assert seen["Content-Language"] == "ru"
    assert "Код доступа: CODE-CODE-CODE-CODE" in seen.get_body(("plain",)).get_content()
    assert "<table" in seen.get_body(("html",)).get_content()
    (part,) = seen.iter_attachments()
    assert part.get_content().startswith(b"%PDF-")
    assert part.get_filename() == f"Ответ на обращение № {letter.number.replace('/', '-')}.pdf"
    assert mailbox.mails() == []


def test_the_message_id_is_the_uid_of_the_promise(by_smtp, smtp):
    do(services.notify, key="appeal:1", notice="registered", addressee=CITIZEN)
    settle()
    mail.office().send(a_message(uid="c0ffee"))
    first, second = received(smtp)
    assert second["Message-ID"] == "<c0ffee@body.example>"
    assert first["Message-ID"].endswith("@body.example>")
    assert len(first["Message-ID"]) == len("<@body.example>") + 32


def test_a_long_subject_reaches_the_server_with_every_space(by_smtp, smtp):
    for length in range(20, len(LONG), 7):
        mail.office().send(a_message(subject=LONG[:length].strip()))
        assert received(smtp)[-1]["Subject"] == LONG[:length].strip()


def refusing(code):
    async def handle(_self, _server, _session, _envelope, _address, _options):
        return f"{code} no"

    return handle


@pytest.mark.parametrize(("code", "parked"), [(550, 1), (450, 0)])
def test_a_refused_address_is_parked_at_once_and_a_busy_box_is_tried_again(
    by_smtp, smtp, monkeypatch, code, parked
):
    """Of a letter that nobody sees to: of an appeal's a clerk is asked (test_appeals_undelivered)."""
    monkeypatch.setattr(type(smtp), "handle_RCPT", refusing(code), raising=False)
    do(services.notify, key="post:1", notice="registered", addressee=CITIZEN)
    settle()
    with reading() as session:
        found = outbox.parked(session)
    assert len(found) == parked
    assert all("550" in each.reason and "ivanov" not in each.reason for each in found)


def test_a_server_that_is_down_is_tried_again(by_smtp, monkeypatch):
    def down(*_args, **_kwargs):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr("app.correspondence.mail.smtp_mail.send", down)
    do(services.notify, key="appeal:1", notice="registered", addressee=CITIZEN)
    settle()
    with reading() as session:
        assert session.scalars(select(Promise.status)).all() == ["waiting"]
    assert do(services.letters, "appeal:1")[0].state == "sending"


@pytest.mark.parametrize("to", ["a@b.example\r\nBcc: all@example.com", "not an address"])
def test_an_address_cannot_smuggle_headers(house, to):
    with pytest.raises(ValueError):
        mail.office().send(a_message(to=to))
    assert mailbox.mails() == []
