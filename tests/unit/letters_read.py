"""Letters read back as their addressee reads them: from the PDF or from the mail."""

import re
from functools import cache
from io import BytesIO

import typst
from pypdf import PdfReader

from app.appeals import services
from tests.unit.office import Office

#: What every sheet to the applicant bears, and every notice by mail.
ON_PAPER = {
    "ru": ["{letterhead}", "{dated} № {outgoing}", "На № {number} от {registered_short}",
           "Ёлкиной Марии Петровне", "Уважаемая Мария Петровна!", "{where}",
           "ДОКУМЕНТ ПОДПИСАН ЭЛЕКТРОННОЙ ПОДПИСЬЮ", "{phone}"],
    "en": ["{dated} No. {outgoing}", "Ref. No. {number} of", "Ёлкина Мария Петровна",
           "Dear Мария Петровна,", "DOCUMENT SIGNED ELECTRONICALLY", "{phone}"],
}  # fmt: skip
BY_MAIL = {
    "ru": ["Уважаемая Мария Петровна!", "С уважением, {body_name}", "{phone}", "{number}"],
    "en": ["Dear Мария Петровна,", "{body_name}", "{phone}", "{number}"],
}


def one_line(text):
    """Without what a printed page divides: lines, words at their ends, names and their values."""
    return re.sub(r"\s+", " ", re.sub(r"[-\u00ad]\n", "", text).replace("-", "").replace(":", ""))


def pdf_text(letter):
    opened = services.letter_pdf(Office.person("dispatcher"), letter.id)
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(opened.stream.read())).pages)


@cache
def a_pdf(pages):
    """With words on it: pages without any are taken for a scan, which is a third of a second."""
    return typst.compile("#pagebreak()".join(["Акт осмотра."] * pages).encode())


def said_in(office, letter, channel):
    """(what is read, what all such letters bear)"""
    if letter.kind != "notice" or channel == "post":
        return pdf_text(letter), ON_PAPER[letter.language]
    mail = next(one for one in office.mail() if one.subject == letter.subject)
    return mail.text, BY_MAIL[letter.language]
