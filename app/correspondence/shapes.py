"""What the room takes and hands out: frozen values, no rows."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Addressee:
    """To whom a letter goes: `channel` is "email" or "post"; `language` "ru", "en" or "" = ours.

    `name` is spelt family name first for a person, in full for an organisation; `to` is how the
    sheet addresses a person («Иванову Ивану Петровичу»), '' = by the name. `salutation` replaces
    the one made from the name ("Уважаемый Иван Петрович!").
    """

    name: str
    email: str = ""
    postal_address: str = ""
    channel: str = "email"
    language: str = ""
    salutation: str = ""
    to: str = ""


@dataclass(frozen=True)
class LetterView:
    """A letter or a notice; `date` is that of its number, moments are aware, in UTC.

    `kind`: reply, interim, cover, request, notice; `audience`: citizen, organisation, staff. A
    notice sent by e-mail has neither number nor document. `remark` is why the letter came back to
    be reworked.
    """

    id: int
    key: str
    kind: str
    template: str
    audience: str
    state: str
    channel: str
    language: str
    subject: str
    text: str
    addressee: Addressee
    facts: Mapping[str, Any]
    number: str | None
    date: dt.date | None
    check_code: str | None
    document_id: int | None
    attachments: tuple[int, ...]
    created_by: str
    created_at: dt.datetime
    approved_by: str | None = None
    approved_at: dt.datetime | None = None
    signatory: str | None = None
    signatory_name: str | None = None
    signatory_post: str | None = None
    signed_for: str | None = None
    signed_at: dt.datetime | None = None
    sent_at: dt.datetime | None = None
    track: str | None = None
    posted_on: dt.date | None = None
    delivered_at: dt.datetime | None = None
    remark: str = ""
    instance_id: int | None = None


@dataclass(frozen=True)
class Composition:
    """A text made from a template, ready to be edited or sent."""

    subject: str
    text: str


@dataclass(frozen=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Message:
    """An e-mail ready to leave; `uid` becomes its Message-ID, so a repeat is recognisable.

    `stop_url` takes a POST that stops letters of this kind (RFC 8058); '' where none is offered.
    `letter` is the mark by which a message that comes back is known (`returning.mark`).
    """

    uid: str
    to: str
    subject: str
    text: str
    html: str
    language: str
    at: dt.datetime
    attachments: tuple[Attachment, ...] = ()
    stop_url: str = ""
    letter: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a template; `line` counts from 1 (0 = of no line), `column` from 0.

    `message` is what Typst or Jinja says, in English, unless `code` names a fault of our own: then
    it is what the fault is about, or ''.
    """

    message: str
    file: str = ""
    line: int = 0
    column: int | None = None
    code: str = ""
