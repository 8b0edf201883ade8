"""Paint a picture anew, without what stands in the file beside it; of the workshop (`forking.py`).

`run(FILE, ENDING)` gives the new file: jpg, png or tif.
"""

import io

from PIL import Image, ImageOps, ImageSequence

MOST_PIXELS = 80_000_000
MOST_SHEETS = 200


def run(file: str, ending: str) -> bytes:
    """The picture anew."""
    out = io.BytesIO()
    _paint(file, ending, out)
    return out.getvalue()


def _paint(file: str, ending: str, out: io.BytesIO) -> None:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(file) as opened:
        if ending == "tif":
            sheets = [_bare(sheet) for sheet in ImageSequence.Iterator(opened)][:MOST_SHEETS]
            first, *rest = sheets
            first.save(out, "TIFF", save_all=True, append_images=rest, compression="tiff_lzw")
        elif ending == "png":
            _bare(opened).save(out, "PNG")
        else:
            _bare(opened).convert("RGB").save(out, "JPEG", quality=92)


def _bare(opened: Image.Image) -> Image.Image:
    """The picture upright, and nothing but its points."""
    upright = ImageOps.exif_transpose(opened)
    if upright.mode not in ("1", "L", "RGB", "RGBA"):
        upright = upright.convert("RGBA" if "transparency" in upright.info else "RGB")
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    return bare
