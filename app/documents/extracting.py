"""Have the text of each file that comes or leaves found by the search, in the background."""

import os
import shutil
import time
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import structlog

from app.database import reading, transaction
from app.documents import blobs, previewing, store, workshop
from app.documents.models import Document
from app.outbox.services import Job, handles, keep_with
from app.search import services as search

JOB = "document.read"
#: The kind under which the search keeps the text of a file.
FILE = "file"
PROGRAM = Path(__file__).with_name("texts.py")
BOUNDS = workshop.Bounds(patience=90, seconds=60)
LARGEST = 100 * 1024 * 1024
#: Reads scans where it is installed: `apt install tesseract-ocr tesseract-ocr-rus`.
RECOGNISER = "tesseract"

log = structlog.get_logger(__name__)


@handles(JOB, patient=True)
def read(job: Job) -> None:
    """Read a document that was added; one without text, or broken, is found by its card alone."""
    document = int(job.payload["document"])
    with reading() as session:
        row = session.get(Document, document)
        known = (row.key, row.name, row.media_type, row.size, row.sha256) if row else None
    said = ""
    if known:
        key, name, media_type, size, sha256 = known
        if size <= LARGEST:
            said = text_of(store.files().open(sha256), kind_of(name, media_type))
    with transaction() as session:
        if keep_with(session, job) and known and session.get(Document, document):
            search.put(session, search.Said(key, FILE, said, source=str(document)))


def kind_of(name: str, media_type: str) -> str:
    """How the text of a file is read; '' where it holds none that we know to read."""
    kind = previewing.kind_of(name, media_type)
    return "" if kind == "picture" and not _reads_scans() else kind


def _reads_scans() -> bool:
    """Whether scans are read here: the folders of programs are searched once a minute at most."""
    return _installed(os.environ.get("PATH", ""), int(time.monotonic() // 60))


@lru_cache(maxsize=1)
def _installed(folders: str, _minute: int) -> bool:
    return shutil.which(RECOGNISER, path=folders) is not None


def text_of(stream: BinaryIO, kind: str) -> str:
    """The text of a file, '' where it cannot be read; closes the stream."""
    with stream, blobs.spool() as folder:
        if not kind:
            return ""
        path = Path(folder) / "file"
        with path.open("wb") as target:
            shutil.copyfileobj(stream, target)
        try:
            said = workshop.run(PROGRAM, str(path), kind, str(search.LONGEST), bounds=BOUNDS)
        except workshop.Broken as error:
            log.warning("document.unread", kind=kind, why=str(error))
            return ""
        except workshop.Refused as error:
            log.info("document.unread", kind=kind, why=str(error))
            return ""
        return said.decode("utf-8", "replace")
