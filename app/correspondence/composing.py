"""What a letter says: its template, the facts of the case and the body's data put together."""

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.access import services as access
from app.correspondence import blocks, policy, texts, wordings
from app.correspondence.registry import facts_for
from app.correspondence.shapes import Addressee, Composition, LetterView
from app.directory import services as directory
from app.directory.values import Body
from app.documents import pdf, scans
from app.documents import services as documents
from app.documents.signatures.shapes import Certificate
from app.errors import NotFound
from app.extensions import settings


def compose(
    session: Session,
    template: str,
    facts: Mapping[str, Any],
    language: str,
    *,
    key: str = "",
    paper: bool = False,
    addressee: Addressee | None = None,
    changed: Mapping[str, str] | None = None,
) -> Composition:
    """Subject and text from a template; on `paper` that is kept no access code is printed.

    The words are those in force now, unless `changed` says which differ from the shipped ones.
    """
    if changed is None:
        changed = wordings.changed(session)
    known = everything(session, key, facts, language, texts.names(template, language, changed))
    audience = policy.audience(template if template in policy.TO_BODIES else "notice", template)
    if addressee is not None:
        known["salutation"] = _salutation(addressee, language, audience)
    if paper or audience != "citizen":
        known["access_code"] = ""
    known["channel"] = "post" if paper else "email"
    return texts.compose(template, known, language, changed=changed)


def mail_of(session: Session, letter: LetterView) -> tuple[Composition, str]:
    """Subject and text of the mail that carries a letter or is a notice, and its HTML part."""
    facts = {
        **letter.facts,
        "outgoing_number": letter.facts.get("outgoing_number") or letter.number or "",
        "outgoing_on": letter.facts.get("outgoing_on") or letter.date or "",
        "title": letter.subject,
        "check_code": letter.check_code or "",
    }
    found = compose(
        session,
        letter.template,
        facts,
        letter.language,
        key=letter.key,
        addressee=letter.addressee,
    )
    body = directory.body(session).said("name", letter.language)
    page = texts.html(found.subject, found.text, language=letter.language, body=body)
    return found, page


def stop_url(session: Session, letter: LetterView) -> str:
    """Where the addressee stops letters like this one; '' of those that the law demands."""
    if letter.template not in policy.INFORMATIVE:
        return ""
    known = everything(session, letter.key, letter.facts, letter.language, ("stop_url",))
    return str(known.get("stop_url") or "")


def sheet(
    session: Session, letter: LetterView, certificate: Certificate | None = None
) -> dict[str, Any]:
    """All that the printed letter shows, as JSON for its Typst template."""
    body = directory.body(session)
    wanted = ("appeal_text",) if letter.kind == "cover" else ()
    case = everything(session, letter.key, letter.facts, letter.language, wanted)
    language, notice = letter.language, letter.kind == "notice"
    text = _without_salutation(letter) if notice else letter.text
    return {
        "kind": letter.kind,
        "language": language,
        "draft": letter.number is None,
        "letterhead": _letterhead(session, body, language),
        "number": letter.number or "",
        "date": short(letter.date),
        "reference": _reference(letter, case),
        "addressee": _addressee(letter.addressee, language),
        "title": letter.subject,
        "salutation": _salutation(letter.addressee, language, letter.audience),
        "blocks": [block(one) for one in blocks.parse(text, facts=notice)],
        "enclosures": _enclosures(session, letter),
        "appendix": _appendix(case) if letter.kind == "cover" else None,
        "signatory": {
            "post": _post(letter, "" if notice else body.said("head_post", language)),
            "name": policy.initials(
                letter.signatory_name or ("" if notice else body.said("head_name", language))
            ),
        },
        "body": body.said("short_name", language) or body.said("name", language),
        "stamp": _stamp(certificate),
        "executor": _executor(session, letter, body),
        "check": _check(letter, case["check_url"]),
    }


def _check(letter: LetterView, address: str) -> dict[str, str]:
    """How the sheet can be checked: address, code, and both with the number as a picture."""
    code, number = letter.check_code or "", letter.number or ""
    if not code:
        return {"url": address, "code": "", "qr": ""}
    asked = urlencode({"number": number, "code": code})
    return {"url": address, "code": code, "qr": scans.drawn(f"{address}?{asked}")}


#: Who signs for somebody signs with their own post and name; «за» is not written before a post.
_ABSENT = {"ru": "на время отсутствия {name}", "en": "in the absence of {name}"}


def _post(letter: LetterView, of_head: str) -> str:
    post = letter.signatory_post or of_head
    if not letter.signed_for:
        return post
    absence = _ABSENT[letter.language].format(name=letter.signed_for)
    return f"{post} ({absence})" if post else absence


def blank(session: Session, language: str) -> dict[str, Any]:
    """What every sheet has before it says anything: the language and the letterhead."""
    body = directory.body(session)
    return {
        "language": language,
        "draft": False,
        "letterhead": _letterhead(session, body, language),
        "number": "",
        "reference": {"number": "", "date": ""},
        "addressee": {"name": "", "lines": []},
        "salutation": "",
        "enclosures": [],
        "body": body.said("short_name", language) or body.said("name", language),
        "stamp": None,
        "executor": {"name": "", "phone": ""},
        "check": {"url": "", "code": "", "qr": ""},
    }


def everything(
    session: Session, key: str, facts: Mapping[str, Any], language: str, wanted: Collection[str]
) -> dict[str, Any]:
    """The case now, the body, then what this letter was told: the later wins unless it is empty."""
    body, address = directory.body(session), settings().address
    known: dict[str, Any] = {
        "status_url": f"{address}/status",
        "check_url": f"{address}/documents/check",
        "body_name": body.said("name", language),
        "body_phone": body.phone,
        "body_address": body.said("address", language),
        "body_site": body.site,
        "zone": body.zone,
    }
    for source in (facts_for(session, key, language, wanted) if key else {}, facts):
        known |= {name: value for name, value in source.items() if value not in ("", None)}
    return known


def _salutation(addressee: Addressee, language: str, audience: str) -> str:
    return addressee.salutation or policy.salutation(addressee.name, language, audience)


def _without_salutation(letter: LetterView) -> str:
    """The text of a notice begins with its salutation, which the sheet sets by itself."""
    first, _line, rest = letter.text.partition("\n")
    salutation = _salutation(letter.addressee, letter.language, letter.audience)
    return rest if first.strip() == salutation else letter.text


def _letterhead(session: Session, body: Body, language: str) -> dict[str, Any]:
    """Emblem (the bytes of a PNG, none without one), name and lines of address."""
    if body.letterhead.strip() and language == "ru":
        name, *lines = (line.strip() for line in body.letterhead.strip().splitlines())
    else:
        name = body.said("name", language)
        lines = [body.said("address", language), body.phone, body.email, body.site]
    picture = directory.emblem_in(session, body.emblem) if body.emblem else b""
    return {"emblem": list(picture), "name": name, "lines": [line for line in lines if line]}


def _reference(letter: LetterView, case: Mapping[str, Any]) -> dict[str, str]:
    """«На № … от …»: the number the addressee gave, else ours for the citizen's appeal."""
    number = letter.facts.get("reference_number")
    on = letter.facts.get("reference_on")
    if not number and letter.audience == "citizen":
        number, on = case.get("number"), case.get("registered_on")
    return {"number": str(number or ""), "date": short(on)}


def _addressee(addressee: Addressee, language: str) -> dict[str, Any]:
    where = addressee.postal_address if addressee.channel == "post" else addressee.email
    name = addressee.name if language == "en" else addressee.to or addressee.name
    return {"name": name, "lines": [line for line in where.splitlines() if line.strip()]}


def _enclosures(session: Session, letter: LetterView) -> list[str]:
    """What goes with the letter, each with its sheets or, where there are none, its size."""
    named = [str(one) for one in letter.facts.get("enclosures", ())]
    return [*named, *(_enclosure(session, one, letter.language) for one in letter.attachments)]


def _enclosure(session: Session, document_id: int, language: str) -> str:
    file = documents.open_file(session, document_id)
    with file.stream as stream:
        sheets = pdf.sheets(stream) if file.media_type == pdf.MEDIA_TYPE else None
    if sheets is None:
        return f"{file.name}, {texts.size(file.size, language)}"
    return f"{file.name}, {texts.sheets(sheets, language)}"


def _appendix(case: Mapping[str, Any]) -> dict[str, Any] | None:
    """The appeal in the applicant's own words; None where it came as a scan, which is a file."""
    if not str(case.get("appeal_text") or "").strip():
        return None
    told = ("name", "address", "phone", "number")
    return {
        **{one: str(case.get(one) or "") for one in told},
        "date": short(case.get("registered_on")),
        "blocks": [block(one) for one in blocks.parse(case["appeal_text"], facts=False)],
    }


def block(found: blocks.Block) -> dict[str, Any]:
    """A block of text as a sheet holds it."""
    return {
        "kind": found.kind,
        "lines": list(found.lines),
        "rows": [list(row) for row in found.rows],
    }


def _stamp(certificate: Certificate | None) -> dict[str, str] | None:
    if certificate is None:
        return None
    return {
        "number": certificate.number,
        "owner": certificate.owner,
        "since": short(certificate.valid_from),
        "until": short(certificate.valid_to),
    }


def _executor(session: Session, letter: LetterView, body: Body) -> dict[str, str]:
    """Who prepared the letter and may be asked about it; nobody for what the machine wrote."""
    name = str(letter.facts.get("executor") or "")
    if not name and letter.kind != "notice":
        try:
            name = access.person(session, letter.created_by).said("name", letter.language)
        except NotFound:
            name = ""
    return {
        "name": policy.initials(name),
        "phone": str(letter.facts.get("executor_phone") or body.phone),
    }


def short(value: Any) -> str:
    """A day in figures, as a sheet shows it."""
    found = texts.parsed(value)
    return found.strftime("%d.%m.%Y") if found else ""
