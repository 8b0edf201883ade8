"""Where the bytes lie: a folder of this host, or an S3-compatible store for many hosts."""

import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
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
    """Files under `root`/ab/<sha256>, read-only, each written once.

    Earlier houses have theirs under `root`/ab/cd/: they are found there and stay. A folder costs
    the disk more than the file in it, and with two levels nearly every file of a young house began
    a folder of its own.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, files: Mapping[str, Path]) -> None:
        # A reader must never see half a file, nor may one be left by a power cut: the content
        # reaches the disk first, then takes its name in one step. The disk is waited for when all
        # are there: what it writes for the first is written for the others.
        fresh = {self._place(name): path for name, path in files.items() if not self.has(name)}
        for path in fresh.values():
            _settle(path)
        for place, path in fresh.items():
            self._name(path, place)
        for folder in {place.parent for place in fresh}:
            _sync(folder)

    def has(self, sha256: str) -> bool:
        return self._place(sha256).is_file() or self._former(sha256).is_file()

    def open(self, sha256: str) -> BinaryIO:
        for place in (self._place(sha256), self._former(sha256)):
            with suppress(FileNotFoundError):
                return place.open("rb")
        raise MissingFile(sha256)

    def delete(self, sha256: str) -> None:
        for place in (self._place(sha256), self._former(sha256)):
            place.unlink(missing_ok=True)

    def names(self, before: datetime | None = None) -> Iterator[str]:
        for path in self._every("*"):
            if len(path.name) == 64 and (before is None or _older(path, before)):
                yield path.name

    def tidy(self, before: datetime) -> int:
        halves = [path for path in self._every(".*") if _older(path, before)]
        for path in halves:
            path.unlink(missing_ok=True)
        return len(halves)

    def _every(self, name: str) -> Iterator[Path]:
        folder = "[0-9a-f][0-9a-f]"
        for each in (f"{folder}/{name}", f"{folder}/{folder}/{name}"):
            yield from self._root.glob(each)

    def _place(self, sha256: str) -> Path:
        if len(sha256) != 64 or not sha256.isalnum():
            raise MissingFile(sha256)
        return self._root.joinpath(sha256[:2], sha256)

    def _former(self, sha256: str) -> Path:
        return self._root.joinpath(sha256[:2], sha256[2:4], sha256)

    def _name(self, path: Path, place: Path) -> None:
        """Have a file appear at its place, whole, in a folder that may be made for it."""
        try:
            _link(path, place)
        except FileNotFoundError:
            place.parent.mkdir(parents=True, exist_ok=True)
            _sync(self._root)
            _link(path, place)


def _link(path: Path, place: Path) -> None:
    """Give a file another name; a twin may have put one there meanwhile."""
    try:
        os.link(path, place)
    except FileExistsError:
        return
    except FileNotFoundError:
        raise
    except OSError:
        _copy(path, place)


def _copy(path: Path, place: Path) -> None:
    """Have a file of another disk appear at its place, whole."""
    half = place.with_name(f".{place.name[:8]}-{uuid.uuid4().hex}")
    try:
        shutil.copyfile(path, half)
        _settle(half)
        half.replace(place)
    finally:
        half.unlink(missing_ok=True)


def _older(path: Path, before: datetime) -> bool:
    """Whether a file was written before a moment; one that is gone by now was not."""
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


def _settle(path: Path) -> None:
    """Have a file reach the disk and be written no more."""
    _sync(path, mode=0o440)


def _sync(path: Path, *, mode: int | None = None) -> None:
    """Have a file or a folder reach the disk, with the rights that are given."""
    handle = os.open(path, os.O_RDONLY)
    try:
        if mode is not None:
            os.fchmod(handle, mode)
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
