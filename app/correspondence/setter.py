"""Set sheets in type by templates that people changed; run as a program of its own.

`setter.py FOLDER` reads JSON from standard input, `{"sheets": [{"file", "sheet"}], "standards",
"timestamp", "pages", "memory", "seconds"}`, and writes `{"made": […]}`, for each sheet either
`{"pdf", "warnings", "pages", "count", "text"}`, the PDF and the pictures of its first `pages` pages
(PNG) in base64, or `{"faults"}`; both kinds of trouble as Typst tells them, `[{"message",
"diagnostic"}]`.

A template may be made to run for ever or to fetch what it likes. What does so here is this process,
which has little memory and time, FOLDER alone to read, nothing to write to and no way to the net:
whoever starts it leaves it an environment without one. It imports nothing of the house, and the
house nothing of it.
"""

import base64
import io
import json
import resource
import sys
from typing import Any

import typst

LARGEST = 40 * 1024 * 1024  # of a PDF, bytes
SHARPNESS = 100  # of a picture, dots to the inch


def main() -> None:
    """Do what standard input says."""
    folder, asked = sys.argv[1], json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (asked["memory"], asked["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (asked["seconds"], asked["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    made = [_made(folder, one, asked) for one in asked["sheets"]]
    sys.stdout.write(json.dumps({"made": made}))


def _made(folder: str, one: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    try:
        pdf, warnings = typst.compile_with_warnings(
            f"{folder}/{one['file']}",
            root=folder,
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
    # A letter that leaves needs no pictures, and is set in half the time without their maker.
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(pdf)
    shown = []
    for page in list(document)[:most]:
        out = io.BytesIO()
        page.render(scale=SHARPNESS / 72).to_pil().save(out, "PNG")
        shown.append(base64.b64encode(out.getvalue()).decode("ascii"))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    return {"pages": shown, "count": len(document), "text": text}


if __name__ == "__main__":
    main()
