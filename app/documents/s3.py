"""The S3-compatible store: one object a file, named as in the local one."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import boto3
import structlog
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from app.config import Settings
from app.documents.store import MissingFile
from app.errors import Unavailable
from app.extensions import lazy_gettext as _
from app.turns import give_up

log = structlog.get_logger(__name__)
PART = 8 * 1024 * 1024
#: What a file takes of memory on its way: parts that are sent at once.
PARTS_AT_ONCE = 2
#: How often a reading that breaks off is taken up again.
TRIES = 3
_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
_WHOLE_OR_NOTHING = TransferConfig(
    multipart_threshold=PART, multipart_chunksize=PART, max_concurrency=PARTS_AT_ONCE
)


class S3Store:
    """Objects files/ab/cd/<sha256> in one bucket; by the protocol they appear whole or not at all.

    Raises `Unavailable` where the store does not answer.
    """

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @classmethod
    def connect(cls, settings: Settings) -> "S3Store":
        client = boto3.client(
            "s3",
            endpoint_url=settings.s3_endpoint or None,
            aws_access_key_id=settings.s3_access_key or None,
            aws_secret_access_key=settings.s3_secret_key or None,
            region_name=settings.s3_region,
            # Self-hosted stores answer on one host name and not on one per bucket.
            config=Config(
                s3={"addressing_style": "path"},
                connect_timeout=5,
                read_timeout=60,
                retries={"max_attempts": 3},
            ),
        )
        return cls(client, settings.s3_bucket)

    def put(self, files: Mapping[str, Path]) -> None:
        for sha256, path in files.items():
            if self.has(sha256):
                continue
            with _answering():
                self._client.upload_file(
                    str(path), self._bucket, _name(sha256), Config=_WHOLE_OR_NOTHING
                )

    def has(self, sha256: str) -> bool:
        with _answering():
            try:
                self._client.head_object(Bucket=self._bucket, Key=_name(sha256))
            except ClientError as error:
                if error.response["Error"]["Code"] in _ABSENT:
                    return False
                raise
        return True

    def open(self, sha256: str) -> BinaryIO:
        with _answering():
            try:
                found = _Object(self._client, self._bucket, _name(sha256))
            except ClientError as error:
                if error.response["Error"]["Code"] in _ABSENT:
                    raise MissingFile(sha256) from error
                raise
        return cast("BinaryIO", io.BufferedReader(found, 64 * 1024))

    def delete(self, sha256: str) -> None:
        with _answering():
            self._client.delete_object(Bucket=self._bucket, Key=_name(sha256))

    def names(self, before: datetime | None = None) -> Iterator[str]:
        for found in self._listed("list_objects_v2", "Contents"):
            if before is None or found["LastModified"] < before:
                yield str(found["Key"]).rsplit("/", 1)[-1]

    def tidy(self, before: datetime) -> int:
        removed = 0
        for half in list(self._listed("list_multipart_uploads", "Uploads")):
            if half["Initiated"] < before:
                with _answering():
                    self._client.abort_multipart_upload(
                        Bucket=self._bucket, Key=half["Key"], UploadId=half["UploadId"]
                    )
                removed += 1
        return removed

    def _listed(self, question: str, key: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator(question)
        with _answering():
            for page in pages.paginate(Bucket=self._bucket, Prefix="files/"):
                yield from page.get(key, [])


class _Object(io.RawIOBase):
    """An object that is read from anywhere: from where one stands, by a request for a range.

    A reading that breaks off goes on from the byte it had reached.
    """

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        super().__init__()
        self._client, self._where = client, {"Bucket": bucket, "Key": key}
        found = client.get_object(**self._where)
        self._size, self._at = int(found["ContentLength"]), 0
        self._body: Any = found["Body"]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset != self._at:
            self._let_go()
            self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        with _answering():
            chunk = self._chunk(wanted)
        buffer[: len(chunk)] = chunk
        self._at += len(chunk)
        return len(chunk)

    def close(self) -> None:
        self._let_go()
        super().close()

    def _chunk(self, wanted: int) -> bytes:
        for left in reversed(range(TRIES)):
            try:
                if self._body is None:
                    range_ = f"bytes={self._at}-{self._size - 1}"
                    self._body = self._client.get_object(**self._where, Range=range_)["Body"]
                if chunk := self._body.read(wanted):
                    return bytes(chunk)
            except BotoCoreError:
                if not left:
                    raise
            self._let_go()
        raise HTTPClientError(error="the object ended before its end")

    def _let_go(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None


@contextmanager
def _answering() -> Iterator[None]:
    """Name in our own words what may go wrong on the way to the store."""
    give_up()
    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError) as error:
        log.warning("store.unavailable", why=type(error).__name__)
        raise Unavailable(
            _("Files cannot be reached at this moment. Nothing is lost: try again in a minute.")
        ) from error


def _name(sha256: str) -> str:
    return f"files/{sha256[:2]}/{sha256[2:4]}/{sha256}"
