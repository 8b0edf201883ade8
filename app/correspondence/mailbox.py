"""The demo's mailbox: the e-mails that `FileMail` wrote, read back for people and scripts."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import default
from functools import lru_cache
from pathlib import Path

from app.correspondence import mail
from app.errors import NotFound
from app.extensions import lazy_gettext as _
from app.extensions import settings

_UID = re.compile(r"[0-9a-f]{1,64}")


@dataclass(frozen=True)
class Part:
    """An attachment; `size` in bytes."""

    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class Mail:
    """One e-mail; `at` is aware, in UTC."""

    id: str
    to: str
    subject: str
    at: datetime
    text: str
    html: str
    attachments: tuple[Part, ...]


def mails(to: str = "") -> list[Mail]:
    """Newest first; with `to`, only those to that address, whatever its case."""
    found = (_read(path, path.stat().st_mtime_ns) for path in _paths())
    wanted = to.strip().casefold()
    chosen = [each for each in found if not wanted or each.to.casefold() == wanted]
    return sorted(chosen, key=lambda each: each.at, reverse=True)


def one(uid: str) -> Mail:
    path = _path(uid)
    return _read(path, path.stat().st_mtime_ns)


def forget(uids: Iterable[str]) -> None:
    """Delete the e-mails of these promises, where a file was written of them."""
    for uid in uids:
        (mail.folder(settings()) / f"{uid}.eml").unlink(missing_ok=True)


def attachment(uid: str, place: int) -> tuple[Part, bytes]:
    """An attachment by its place, counted from 0, with its content."""
    parts = list(_parsed(_path(uid)).iter_attachments())
    if not 0 <= place < len(parts):
        raise NotFound(_("There is no such file."))
    return _part(parts[place]), _content(parts[place])


def _paths() -> Iterator[Path]:
    return mail.folder(settings()).glob("*.eml")


def _path(uid: str) -> Path:
    path = mail.folder(settings()) / f"{uid}.eml"
    if not _UID.fullmatch(uid) or not path.is_file():
        raise NotFound(_("There is no such e-mail."))
    return path


@lru_cache(maxsize=2048)
def _read(path: Path, _written_at: int) -> Mail:
    message = _parsed(path)
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    return Mail(
        id=path.stem,
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        at=datetime.fromisoformat(str(message[mail.AT_HEADER])),
        text=_text(plain),
        html=_text(rich),
        attachments=tuple(_part(each) for each in message.iter_attachments()),
    )


def _text(part: MIMEPart | None) -> str:
    # Mail ends its lines with CR LF; what was written ended them with LF.
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _parsed(path: Path) -> EmailMessage:
    found = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=default)
    assert isinstance(found, EmailMessage)  # noqa: S101  # what `_class` promises, said to mypy
    return found


def _part(part: EmailMessage) -> Part:
    return Part(part.get_filename() or "file", part.get_content_type(), len(_content(part)))


def _content(part: EmailMessage) -> bytes:
    found = part.get_content()
    if isinstance(found, EmailMessage):
        return found.as_bytes()
    return found.encode() if isinstance(found, str) else bytes(found)
