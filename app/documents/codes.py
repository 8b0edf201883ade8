"""Read the codes of barcode sheets off a scan; a program of the workshop (`forking.py`).

`run(FILE, PREFIX, MOST)` gives a JSON list: for each page the code on it that begins with the
prefix, or null. Raises ValueError for a file that has more pages than `MOST`.
"""

import json

import pypdfium2
import zxingcpp

#: Points to pixels: 144 dots an inch, enough for a code as large as ours.
SCALE = 2


def run(file: str, prefix: str, most: str) -> bytes:
    """The code of each page."""
    document = pypdfium2.PdfDocument(file)
    if len(document) > int(most):
        raise ValueError(len(document))
    return json.dumps([_code(sheet, prefix) for sheet in document]).encode()


def _code(sheet: pypdfium2.PdfPage, prefix: str) -> str | None:
    picture = sheet.render(scale=SCALE).to_pil().convert("L")
    texts = (str(one.text) for one in zxingcpp.read_barcodes(picture))
    return next((text for text in texts if text.startswith(prefix)), None)
