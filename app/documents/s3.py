"""The S3-compatible store: one object a file, named as in the local one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from app.config import Settings
from app.documents.store import MissingFile

_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})


class S3Store:
    """Objects files/ab/cd/<sha256> in one bucket; a PUT is atomic by the protocol."""

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

    def put(self, path: Path, sha256: str) -> None:
        if not self.has(sha256):
            self._client.upload_file(str(path), self._bucket, _name(sha256))

    def has(self, sha256: str) -> bool:
        try:
            self._client.head_object(Bucket=self._bucket, Key=_name(sha256))
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return False
            raise
        return True

    def open(self, sha256: str) -> BinaryIO:
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=_name(sha256))
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                raise MissingFile(sha256) from error
            raise
        return cast("BinaryIO", found["Body"])

    def delete(self, sha256: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=_name(sha256))

    def names(self) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix="files/"):
            for found in page.get("Contents", []):
                yield str(found["Key"]).rsplit("/", 1)[-1]


def _name(sha256: str) -> str:
    return f"files/{sha256[:2]}/{sha256[2:4]}/{sha256}"
