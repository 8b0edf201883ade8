"""Version sets as zip archives: laid out as in the repository, read with care."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from app.errors import Invalid
from app.extensions import lazy_gettext as _

SUFFIXES = {".bpmn", ".dmn", ".form"}
MOST_FILES = 500
MOST_BYTES = 20 * 1024 * 1024


def pack(files: Mapping[str, bytes]) -> bytes:
    """A zip with `processes/` and `forms/`, ready to be unpacked over the repository's folders."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            name = path if path.startswith("forms/") else f"processes/{path}"
            # A fixed time makes the same set the same archive.
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """The files of a version set by the paths the engine knows them by.

    Takes an archive as `pack` makes it, also inside one more folder, or of the bare process
    folders with `forms/` beside them. Raises Invalid on the field `archive`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = _read(archive)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError):
        # RuntimeError is how an archive with a password is refused.
        raise _refuse(_("This is not a zip archive that can be read.")) from None
    files = {_path(name, found): data for name, data in found.items()}
    if not any(path.endswith(".bpmn") for path in files):
        raise _refuse(_("There is no diagram (.bpmn) in this archive."))
    if len(files) < len(found):
        raise _refuse(_("Two files of the archive have the same place in the set."))
    return files


def _read(archive: zipfile.ZipFile) -> dict[str, bytes]:
    wanted = [one for one in archive.infolist() if _is_wanted(one.filename)]
    if len(wanted) > MOST_FILES or sum(one.file_size for one in wanted) > MOST_BYTES:
        raise _refuse(_("The archive is too large for a set of diagrams."))
    found: dict[str, bytes] = {}
    for one in wanted:
        with archive.open(one) as file:
            # The size in the directory of the archive is a claim, not a fact.
            data = file.read(one.file_size + 1)
        if len(data) != one.file_size or one.filename in found:
            raise _refuse(_("This is not a zip archive that can be read."))
        found[one.filename] = data
    return found


def _is_wanted(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise _refuse(_("The archive holds a path that leads outside of it."))
    return path.suffix in SUFFIXES and not hidden


def _path(name: str, found: Mapping[str, bytes]) -> str:
    parts = PurePosixPath(name).parts
    for top in ("processes", "forms"):
        if top in parts[:-1]:
            rest = parts[parts.index(top) + 1 :]
            return "/".join(rest if top == "processes" else ("forms", *rest))
    tops = {PurePosixPath(other).parts[0] for other in found}
    wrapped = len(tops) == 1 and all(len(PurePosixPath(other).parts) > 2 for other in found)
    return "/".join(parts[1:] if wrapped else parts)


def _refuse(sentence: object) -> Invalid:
    return Invalid(fields={"archive": [sentence]})
