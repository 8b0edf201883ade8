"""The post office for e-mail: a folder in the demo, an SMTP server otherwise."""

import smtplib
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

import flask_mail

from app.config import Settings
from app.correspondence.shapes import Message
from app.extensions import mail as smtp_mail
from app.extensions import settings

AT_HEADER = "X-Priyomnaya-At"
LETTER_HEADER = "X-Priyomnaya-Letter"


class _Spaced(EmailPolicy):
    """Folds a long subject without losing a space.

    Up to Python 3.12 the library's own folding writes the space between two encoded words outside
    them, where RFC 2047 (6.2) has the reader drop it.
    """

    def fold(self, name: str, value: str) -> str:
        subject = str(self.header_fetch_parse(name, value)) if name.lower() == "subject" else ""
        if subject.isascii():
            folded: str = super().fold(name, value)
            return folded
        words = Header(subject, "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {words}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


WIRE = _Spaced(linesep="\r\n")


class _Posted(flask_mail.Message):
    """What Flask-Mail hands to the server."""

    def as_bytes(self) -> bytes:
        return self._message().as_bytes(policy=WIRE)


class Refused(Exception):
    """The server will never take this message: trying again is useless. `code` is its answer."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Mail(Protocol):
    """Sends a message, or raises: `Refused` for good, anything else to be tried again."""

    def send(self, message: Message) -> None: ...


class FileMail:
    """Writes `<uid>.eml` into a folder; a repeated job rewrites the same file."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, message: Message) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = self._folder / f".{message.uid}.new"
        temporary.write_bytes(_spelt(message, self._sender).as_bytes(policy=WIRE))
        temporary.replace(self._folder / f"{message.uid}.eml")


class SmtpMail:
    """Sends through Flask-Mail, by the MAIL_ settings."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    def send(self, message: Message) -> None:
        made = _Posted(
            subject=message.subject,
            recipients=[message.to],
            body=message.text,
            html=message.html,
            sender=self._sender,
            date=message.at.timestamp(),
            extra_headers=_marks(message),
        )
        made.msgId = message_id(message.uid, self._sender)
        for each in message.attachments:
            made.attach(each.name, each.media_type, each.content)
        try:
            smtp_mail.send(made)
        except smtplib.SMTPRecipientsRefused as error:
            codes = sorted({code for code, _reason in error.recipients.values()})
            # 4xx is "not now" (a full box, greylisting); the address itself stays out of the log.
            if all(code >= 500 for code in codes):
                code = str(codes[0])
                raise Refused(f"The mail server refused the address ({code}).", code) from error
            raise
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            if error.smtp_code >= 500:
                code = str(error.smtp_code)
                raise Refused(f"The mail server refused the message ({code}).", code) from error
            raise


def office() -> Mail:
    """The mail of the running application."""
    chosen = settings()
    if chosen.mail_server:
        return SmtpMail(chosen.mail_sender)
    return FileMail(folder(chosen), chosen.mail_sender)


def folder(chosen: Settings) -> Path:
    return chosen.data_dir / "mail"


def message_id(uid: str, sender: str) -> str:
    return f"<{uid}@{sender.rpartition('@')[2].rstrip('>') or 'localhost'}>"


def _marks(message: Message) -> dict[str, str]:
    # Auto-Submitted keeps holiday answers of robots from coming back (RFC 3834).
    marks = {"Auto-Submitted": "auto-generated", "Content-Language": message.language}
    if message.letter:
        marks[LETTER_HEADER] = message.letter
    if message.stop_url:
        marks["List-Unsubscribe"] = f"<{message.stop_url}>"
        marks["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return marks


def _spelt(message: Message, sender: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = sender
    made["To"] = Address(addr_spec=message.to)
    made["Subject"] = message.subject
    made["Date"] = format_datetime(message.at)
    made["Message-ID"] = message_id(message.uid, sender)
    made[AT_HEADER] = message.at.isoformat()
    made.set_content(message.text)
    made.add_alternative(message.html, subtype="html")
    for each in message.attachments:
        main, _slash, sub = each.media_type.partition("/")
        made.add_attachment(
            each.content, maintype=main, subtype=sub or "octet-stream", filename=each.name
        )
    # After the parts: whatever begins with Content- would have gone into the first of them.
    for name, value in _marks(message).items():
        made[name] = value
    return made
