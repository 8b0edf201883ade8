"""Rules without I/O: safe names, what a file is, what is refused, how a document may move."""

import mimetypes
import re
import secrets
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

import puremagic
from flask_babel import lazy_pgettext as _in

from app.errors import Invalid
from app.extensions import lazy_gettext as _

NAME_LENGTH = 150
HEAD_LENGTH = 8192  # bytes of a file that are enough to tell what it is

# What came from outside is only received and registered; what the body writes takes the long way.
# A letter on paper may be registered unsigned, since a hand signs the printed sheet; what the
# post returned may be sent again.
STEPS: Mapping[str, frozenset[str]] = {
    "received": frozenset({"registered", "filed"}),
    "draft": frozenset({"approved", "filed"}),
    "approved": frozenset({"draft", "signed", "registered"}),
    "signed": frozenset({"registered", "recalled"}),
    "registered": frozenset({"sent", "filed", "recalled"}),
    "sent": frozenset({"delivered", "returned", "filed"}),
    "delivered": frozenset({"filed"}),
    "returned": frozenset({"sent", "filed"}),
    "recalled": frozenset(),
    "filed": frozenset(),
}

STATE_NAMES: Mapping[str, Any] = {
    "received": _in("state of a document", "received"),
    "draft": _in("state of a document", "draft"),
    "approved": _in("state of a document", "approved"),
    "signed": _in("state of a document", "signed"),
    "registered": _in("state of a document", "registered"),
    "sent": _in("state of a document", "sent"),
    "delivered": _in("state of a document", "delivered"),
    "returned": _in("state of a document", "returned"),
    "recalled": _in("state of a document", "recalled"),
    "filed": _in("state of a document", "filed"),
}

# What a scanner said of a file; the body's own are not asked about.
OWN, UNCHECKED, WAITING, CLEAN, FOUND = "own", "unchecked", "waiting", "clean", "found"

# Programs and what an office computer starts by a double click. Nobody proves anything to a body
# with these, while a clerk who opens one by mistake loses the whole network.
_REFUSED = (
    "exe dll com scr pif bat cmd msi msp cpl hta lnk reg inf vbs vbe js jse wsf wsh ps1 psm1 jar "
    "app apk deb rpm dmg chm url scf"
)
REFUSED_ENDINGS = frozenset(_REFUSED.split())
_PROGRAMS = (
    *(b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!"),
    b"X5O!P%@AP[4\\PZX54(P^)",  # the program in letters that tries out scanners (EICAR)
)

# Families whose members look the same from inside: there the ending tells the kind.
_CONTAINERS = {
    b"PK\x03\x04": "zip docx xlsx pptx odt ods odp odg epub docm xlsm",
    b"\xd0\xcf\x11\xe0": "doc xls ppt msg vsd pub",
    b"\x00\x00\x00": "mp4 m4a m4v mov heic heif avif 3gp",
}
# What nearly everybody sends: where name and first bytes agree, no other kind is asked for.
_AT_ONCE = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
}
_KNOWN_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "rtf": "application/rtf",
    "heic": "image/heic",
    "p7s": "application/pkcs7-signature",
    "sig": "application/pkcs7-signature",
    "zip": "application/zip",
}
#: Files beside a document that sign it.
SIGNATURES = frozenset({"p7s", "sig"})
# A browser could run these in our name, so they are served as plain bytes.
_ACTIVE = frozenset(
    {"text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml"}
)

_CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LOOKALIKES = str.maketrans("АВЕКМНОРСТХУ", "ABEKMHOPCTXY")


def safe_name(name: str) -> str:
    """A file name fit to store and to show: no path, no control or direction marks, not too long.

    U+202E and its kin make "exe.pdf" out of "fdp.exe" on the screen; all of the Unicode
    categories C and the line separators go.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(
        char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " "
    )
    shown = re.sub(r'[<>:"|?*]', "_", shown)
    shown = re.sub(r"\s+", " ", shown).strip(" .")
    return _shortened(shown) or "file"


def _shortened(name: str) -> str:
    # File systems count bytes and a Cyrillic letter takes two, so 150 letters stay under 255.
    # Encoding drops what is no character at all, half a surrogate pair for instance.
    name = name.encode("utf-8", "ignore").decode("utf-8")
    while len(name) > NAME_LENGTH or len(name.encode()) > 240:
        path = PurePosixPath(name)
        name = f"{path.stem[:-1]}{path.suffix}" if len(path.suffix) < 20 else name[:-1]
    return name


def ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower().lstrip(".")


def check_content(name: str, head: bytes) -> None:
    """Refuse an empty file and a program, whatever its name says; raises `Invalid`."""
    if not head:
        raise Invalid(
            _("The file is empty."),
            fields={"file": [_("The file “%(name)s” is empty. Choose another one.", name=name)]},
        )
    if ending(name) in REFUSED_ENDINGS or head.startswith(_PROGRAMS):
        message = _(
            "“%(name)s” is a program, and programs are not accepted. Send a document, "
            "a picture, a recording or an archive.",
            name=name,
        )
        raise Invalid(message, fields={"file": [message]})


def media_type(name: str, head: bytes) -> str:
    """What the file is by its first bytes; its ending decides where the bytes cannot."""
    kind = ending(name)
    by_name = _KNOWN_TYPES.get(kind) or mimetypes.guess_type(f"x.{kind}")[0]
    if by_name in _AT_ONCE and head.startswith(_AT_ONCE[by_name]):
        return by_name
    for magic, family in _CONTAINERS.items():
        if head.startswith(magic) and kind in family.split() and by_name:
            return by_name
    found = _by_content(head, by_name)
    return "application/octet-stream" if found in _ACTIVE else found


def _by_content(head: bytes, by_name: str | None) -> str:
    try:
        matches = [match.mime_type for match in puremagic.magic_string(head) if match.mime_type]
    except puremagic.PureError:
        matches = []
    if matches:
        return by_name if by_name and by_name in matches else str(matches[0])
    if by_name and by_name.startswith("text/") and b"\0" not in head:
        return by_name
    return "text/plain" if _is_text(head) else "application/octet-stream"


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # The head may end in the middle of a letter.
        return error.reason == "unexpected end of data"
    return True


#: Kinds that staff bring and may bring anew; what an applicant sent stays as it was sent.
RENEWED = frozenset({"scan", "report", "enclosure", "answer", "visit"})


def renewable(kind: str, state: str, *, numbered: bool) -> bool:
    """Whether a newer version may take the place of a document: nothing signed, nothing issued."""
    return kind in RENEWED and state in ("received", "registered") and not numbered


def may_move(state: str, to: str) -> bool:
    return to in STEPS.get(state, frozenset())


def new_check_code(choice: Callable[[str], str] = secrets.choice) -> str:
    """Twelve letters (60 bits) that a person can copy off paper: no 0/O, no 1/I."""
    letters = [choice(_CODE_LETTERS) for _place in range(12)]
    return "-".join("".join(letters[at : at + 4]) for at in (0, 4, 8))


def plain_code(code: str) -> str:
    """The code as typed by a person, without dashes, spaces and Cyrillic look-alikes."""
    upper = unicodedata.normalize("NFKC", code).upper().translate(_LOOKALIKES)
    return "".join(char for char in upper if char.isalnum())
