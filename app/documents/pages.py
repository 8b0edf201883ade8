"""Draw one page of a PDF or a picture; a program of the workshop (`forking.py`).

`run(FILE, KIND, PAGE, WIDTH)` gives a line of JSON, `{"pages", "page", "text"}`, and after it the
page as JPEG.
"""

import io
import json
from typing import Any

import pypdfium2
from PIL import Image, ImageOps

MOST_PIXELS = 80_000_000
MOST_TEXT = 20_000


def run(file: str, kind: str, page: str, width: str) -> bytes:
    """The page that was asked for, the last one of a shorter file."""
    told, picture = (_pdf if kind == "pdf" else _picture)(file, int(page), int(width))
    out = io.BytesIO()
    out.write(json.dumps(told).encode() + b"\n")
    picture.convert("RGB").save(out, "JPEG", quality=82)
    return out.getvalue()


def _pdf(file: str, page: int, width: int) -> tuple[dict[str, Any], Image.Image]:
    document = pypdfium2.PdfDocument(file)
    shown = min(max(page, 1), len(document))
    sheet = document[shown - 1]
    wide, high = sheet.get_size()
    scale = min(width / max(wide, 1), (4 * width) / max(high, 1))
    picture = sheet.render(scale=scale).to_pil()
    text = sheet.get_textpage().get_text_range()[:MOST_TEXT]
    return {"pages": len(document), "page": shown, "text": text}, picture


def _picture(file: str, page: int, width: int) -> tuple[dict[str, Any], Image.Image]:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    opened = Image.open(file)
    pages = getattr(opened, "n_frames", 1) if opened.format == "TIFF" else 1
    shown = min(max(page, 1), pages)
    opened.seek(shown - 1)
    picture: Image.Image = ImageOps.exif_transpose(opened)
    if picture.mode in ("RGBA", "LA", "P"):
        picture = picture.convert("RGBA")
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture)
    picture.thumbnail((width, 4 * width))
    return {"pages": pages, "page": shown, "text": ""}, picture
