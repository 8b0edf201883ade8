"""Draw one page of a PDF or a picture; run as a program of its own, away from the server.

`pages.py FILE KIND PAGE WIDTH` writes a line of JSON, `{"pages", "page", "text"}`, and after it the
page as JPEG. A file that somebody sent may be made to break its reader: what breaks here is this
process, which has little memory, little time, and nothing to write to. It imports nothing of the
house, and the house nothing of it. Exit 3: the file cannot be read.
"""

import json
import resource
import sys
from typing import Any

import pypdfium2
from PIL import Image, ImageOps

MEMORY = 1500 * 1024 * 1024
SECONDS = 20
MOST_PIXELS = 80_000_000
MOST_TEXT = 20_000
UNREADABLE = 3


def main() -> int:
    """Do what the arguments say; the exit code."""
    file, kind, page, width = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        told, picture = (_pdf if kind == "pdf" else _picture)(file, page, width)
    except Exception as error:  # noqa: BLE001  # whatever the file did to its reader, it is unreadable
        sys.stderr.write(f"{type(error).__name__}\n")
        return UNREADABLE
    out = sys.stdout.buffer
    out.write(json.dumps(told).encode() + b"\n")
    picture.convert("RGB").save(out, "JPEG", quality=82)
    return 0


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


if __name__ == "__main__":
    sys.exit(main())
