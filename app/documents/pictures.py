"""Paint a picture anew, without what stands in the file beside it; run as a program of its own.

`pictures.py FILE ENDING` writes the new file (jpg, png or tif) to standard output. Like `pages.py`
it has little memory, little time and nothing to write to. Exit 3: the file cannot be read.
"""

import io
import resource
import sys

from PIL import Image, ImageOps, ImageSequence

MEMORY = 1500 * 1024 * 1024
SECONDS = 30
MOST_PIXELS = 80_000_000
MOST_SHEETS = 200
UNREADABLE = 3


def main() -> int:
    """Do what the arguments say; the exit code."""
    file, ending = sys.argv[1], sys.argv[2]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        out = io.BytesIO()
        _paint(file, ending, out)
    except Exception as error:  # noqa: BLE001  # whatever the file did to its reader, it is unreadable
        sys.stderr.write(f"{type(error).__name__}\n")
        return UNREADABLE
    sys.stdout.buffer.write(out.getvalue())
    return 0


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


if __name__ == "__main__":
    sys.exit(main())
