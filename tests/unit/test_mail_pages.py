"""The demo's mailbox as people see it, in the whole application."""

from datetime import UTC, datetime

import pytest

from app.correspondence import mail
from app.correspondence.shapes import Attachment, Message


@pytest.fixture
def kept(app):
    page = "<!doctype html><html><head></head><body>Ответ приложен</body></html>"
    files = (Attachment("ответ.pdf", "application/pdf", b"%PDF-1.7"),)
    at = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
    subject = "Ответ <на> обращение"
    mail.office().send(
        Message("ab12", "ivanov@example.com", subject, "Ответ приложен\n", page, "ru", at, files)
    )


@pytest.mark.parametrize(("language", "heading"), [("ru", "Почтовый ящик"), ("en", "Demo mailbox")])
def test_the_list_shows_mails_in_the_language_of_the_reader(client, kept, language, heading):
    client.set_cookie("language", language)
    page = client.get("/demo/mail").text
    assert heading in page
    assert "Ответ &lt;на&gt; обращение" in page
    assert "ivanov@example.com" in page
    assert "24" in page  # it is past midnight at the body already


def test_a_search_for_another_address_finds_nothing(client, kept):
    assert "Писем пока нет" in client.get("/demo/mail?to=petrova@example.com").text


def test_a_mail_is_shown_in_a_frame_with_its_files(client, kept):
    page = client.get("/demo/mail/ab12").text
    assert 'src="/demo/mail/ab12/html"' in page
    assert "/demo/mail/ab12/attachments/0" in page
    assert 'sandbox="allow-popups' in page
    assert client.get("/demo/mail/ab12/attachments/0").data == b"%PDF-1.7"


def test_what_is_not_there_is_not_found(client, kept):
    assert client.get("/demo/mail/ffff").status_code == 404
    assert client.get("/demo/mail/ab12/attachments/7").status_code == 404
