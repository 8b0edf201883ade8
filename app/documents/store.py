"""Where the bytes lie: a folder of this host, or an S3-compatible store for many hosts."""

import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from flask import Flask

from app.config import Settings
from app.extensions import application


class MissingFile(Exception):
    """The database knows a file that the store does not have."""


class Store(Protocol):
    """Content addressed by SHA-256 in hex; writing the same content twice is harmless."""

    def put(self, files: Mapping[str, Path]) -> None:
        """Keep files that nobody writes any more, by their SHA-256.

        Each appears whole or not at all; when this returns, all are there to stay.
        """

    def has(self, sha256: str) -> bool: ...

    def open(self, sha256: str) -> BinaryIO:
        """A stream to read from anywhere and to close; raises `MissingFile`."""

    def delete(self, sha256: str) -> None:
        """Forget the file; absent is fine."""

    def names(self, before: datetime | None = None) -> Iterator[str]:
        """The SHA-256 of everything stored, or of what was written before a moment."""

    def tidy(self, before: datetime) -> int:
        """Remove halves of files whose writing broke off before a moment; how many."""


class LocalStore:
    """Files under `root`/ab/cd/<sha256>, read-only, each written once."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, files: Mapping[str, Path]) -> None:
        # A reader must never see half a file, nor may one be left by a power cut: the content
        # reaches the disk under another name first, then takes its own in one step. The disk is
        # waited for when all are there: what it writes for the first is written for the others.
        halves: dict[Path, Path] = {}
        try:
            for sha256, path in files.items():
                target = self._place(sha256)
                if not target.exists():
                    halves[target] = target.with_name(f".{sha256[:8]}-{uuid.uuid4().hex}")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    _double(path, halves[target])
            for half in halves.values():
                _sync(half)
                half.chmod(0o440)
            for target, half in halves.items():
                half.replace(target)
        finally:
            for half in halves.values():
                half.unlink(missing_ok=True)
        for folder in {target.parent for target in halves}:
            _sync(folder)

    def has(self, sha256: str) -> bool:
        return self._place(sha256).is_file()

    def open(self, sha256: str) -> BinaryIO:
        try:
            return self._place(sha256).open("rb")
        except FileNotFoundError as error:
            raise MissingFile(sha256) from error

    def delete(self, sha256: str) -> None:
        self._place(sha256).unlink(missing_ok=True)

    def names(self, before: datetime | None = None) -> Iterator[str]:
        for path in self._root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            if len(path.name) == 64 and (before is None or _older(path, before)):
                yield path.name

    def tidy(self, before: datetime) -> int:
        halves = [
            path
            for path in self._root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/.*")
            if _older(path, before)
        ]
        for path in halves:
            path.unlink(missing_ok=True)
        return len(halves)

    def _place(self, sha256: str) -> Path:
        if len(sha256) != 64 or not sha256.isalnum():
            raise MissingFile(sha256)
        return self._root.joinpath(sha256[:2], sha256[2:4], sha256)


def _older(path: Path, before: datetime) -> bool:
    """Whether a file was written before a moment; one that is gone by now was not."""
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


def _double(path: Path, other: Path) -> None:
    """Give the bytes of a file a second name, or a copy of them where the disk is another one."""
    try:
        os.link(path, other)
    except OSError:
        shutil.copyfile(path, other)


def _sync(path: Path) -> None:
    """Have a file or a folder reach the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def build(settings: Settings) -> Store:
    """The store the settings ask for: S3 when a bucket is named, else `DATA_DIR/files`."""
    if settings.s3_bucket:
        # Importing boto3 takes half a second that only installations with S3 should pay.
        from app.documents.s3 import S3Store  # noqa: PLC0415

        return S3Store.connect(settings)
    return LocalStore(settings.data_dir / "files")


def files() -> Store:
    """The store of the running application."""
    return cast("Store", application().extensions["files"])


def init_app(app: Flask) -> None:
    app.extensions["files"] = build(app.extensions["settings"])
