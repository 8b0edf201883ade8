"""Read the codes of barcode sheets off a scan; run as a program of its own, as `pages.py` is.

`codes.py FILE PREFIX MOST` writes a JSON list: for each page the code on it that begins with the
prefix, or null. Exit 3: the file cannot be read, or has more pages than `MOST`.
"""

import json
import resource
import sys

import pypdfium2
import zxingcpp

MEMORY = 1500 * 1024 * 1024
SECONDS = 120
#: Points to pixels: 144 dots an inch, enough for a code as large as ours.
SCALE = 2
UNREADABLE = 3


def main() -> int:
    """Do what the arguments say; the exit code."""
    file, prefix, most = sys.argv[1], sys.argv[2], int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        document = pypdfium2.PdfDocument(file)
        if len(document) > most:
            return UNREADABLE
        found = [_code(sheet, prefix) for sheet in document]
    except Exception as error:  # noqa: BLE001  # whatever the file did to its reader, it is unreadable
        sys.stderr.write(f"{type(error).__name__}\n")
        return UNREADABLE
    sys.stdout.write(json.dumps(found))
    return 0


def _code(sheet: pypdfium2.PdfPage, prefix: str) -> str | None:
    picture = sheet.render(scale=SCALE).to_pil().convert("L")
    texts = (str(one.text) for one in zxingcpp.read_barcodes(picture))
    return next((text for text in texts if text.startswith(prefix)), None)


if __name__ == "__main__":
    sys.exit(main())
