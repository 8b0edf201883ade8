"""How fast the text of files is read for the search: `python -m bench.extracting`.

Each file is read by a child of the workshop, as the job does it. One JSON object: files a second,
one after the other, and milliseconds of processor time of a file, by kind.
"""

import argparse
import io
import json
import tempfile
import time
import zipfile

import typst

from app import create_app
from app.documents.extracting import text_of
from bench import spent

PARAGRAPH = "Прошу принять меры: третью неделю не вывозят мусор во дворе дома 5 по Садовой улице. "
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder, create_app(data_dir=folder).app_context():
        found = {kind: _measured(kind, content, times) for kind, content in _files().items()}
    print(json.dumps(found))


def _files() -> dict[str, bytes]:
    """Three pages of each kind."""
    paragraphs = [PARAGRAPH * 8] * 12
    markup = "\n\n".join(paragraphs)
    inside = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        body = f'<w:document xmlns:w="{W}"><w:body>{inside}</w:body></w:document>'
        package.writestr("word/document.xml", body)
    return {
        "pdf": typst.compile(markup.encode(), format="pdf"),
        "docx": out.getvalue(),
        "text": markup.encode(),
    }


def _measured(kind: str, content: bytes, times: int) -> dict[str, float]:
    text_of(io.BytesIO(content), kind)  # loads the reader
    before, began = spent.cpu(), time.perf_counter()
    for _turn in range(times):
        if "мусор" not in text_of(io.BytesIO(content), kind):
            raise ValueError(f"The text of the {kind} was not read.")
    elapsed = time.perf_counter() - began
    return {
        "bytes": len(content),
        "per_second": round(times / elapsed, 2),
        "cpu_ms": round((spent.cpu() - before) * 1000 / times, 1),
    }


if __name__ == "__main__":
    main()
