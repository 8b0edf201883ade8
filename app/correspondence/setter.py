"""Set sheets in type by templates that people changed; a program of the workshop.

`run(FOLDER, ASKED)` takes JSON, `{"sheets": [{"file", "sheet"}], "standards", "timestamp",
"pages"}`, and gives `{"made": […]}`, for each sheet either `{"pdf", "warnings", "pages", "count",
"text"}`, the PDF and the pictures of its first `pages` pages (PNG) in base64, or `{"faults"}`; both
kinds of trouble as Typst tells them, `[{"message", "diagnostic"}]`.

A template may be made to run for ever or to fetch what it likes. What does so here is a child of
the workshop (`documents/forking.py`), which has little memory and time, FOLDER alone to read,
nothing to write to and no way to the net.
"""

import base64
import io
import json
from typing import Any

import pypdfium2
import typst

LARGEST = 40 * 1024 * 1024  # of a PDF, bytes
SHARPNESS = 100  # of a picture, dots to the inch
FONTS = typst.Fonts(include_system_fonts=False)


def run(folder: str, said: str) -> bytes:
    """All sheets, or what is wrong with each."""
    asked = json.loads(said)
    made = [_made(folder, one, asked) for one in asked["sheets"]]
    return json.dumps({"made": made}).encode()


def _made(folder: str, one: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    try:
        pdf, warnings = typst.compile_with_warnings(
            f"{folder}/{one['file']}",
            root=folder,
            font_paths=FONTS,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"sheet": json.dumps(one["sheet"], ensure_ascii=False)},
            pdf_standards=asked["standards"],
            timestamp=asked["timestamp"],
            package_path=f"{folder}/none",
            package_cache_path=f"{folder}/none",
        )
    except typst.TypstError as error:
        return {"faults": [_told(error)]}
    if len(pdf) > LARGEST:
        return {"faults": [{"message": "the sheet is too large", "diagnostic": ""}]}
    looks = _looks(pdf, asked["pages"]) if asked["pages"] else {}
    said = base64.b64encode(pdf).decode("ascii")
    return {"pdf": said, "warnings": [_told(each) for each in warnings], **looks}


def _told(found: Any) -> dict[str, str]:
    return {"message": str(found.message), "diagnostic": str(found.diagnostic)}


def _looks(pdf: bytes, most: int) -> dict[str, Any]:
    """The first pages as pictures, the text of all of them, and how many there are."""
    document = pypdfium2.PdfDocument(pdf)
    shown = []
    for page in list(document)[:most]:
        out = io.BytesIO()
        page.render(scale=SHARPNESS / 72).to_pil().save(out, "PNG")
        shown.append(base64.b64encode(out.getvalue()).decode("ascii"))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    return {"pages": shown, "count": len(document), "text": text}
