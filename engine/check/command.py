"""`python -m engine check PATH…`: one JSON object a line, and an exit code."""

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from engine.check.run import check
from engine.errors import Refused
from engine.manifest import read_manifest
from engine.model import Finding
from engine.xml import LARGEST_FILE

KINDS = (".bpmn", ".dmn", ".form")
MANIFEST = "operations.json"
FORMS = "forms"
_UNREADABLE = frozenset({"xml.malformed", "form.malformed", "manifest.malformed"})


def command(
    paths: Iterable[str],
    strict: bool = False,
    portable: bool = False,
    language: str = "en",
    out: TextIO | None = None,
) -> int:
    """Check files and folders as one set and write the findings, in English or in Russian.

    Returns 0 when there is no error, 1 when there is one (with `strict`, any finding), 2 when a
    path or a file cannot be read at all.
    """
    out = out or sys.stdout
    try:
        files, manifest, findings = read_set([Path(path) for path in paths])
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}\n")
        return 2
    if not files:
        sys.stderr.write("there are no .bpmn, .dmn or .form files to check\n")
        return 2
    found = [*findings, *check(files, manifest, portable=portable)]
    for finding in found:
        line = {**asdict(finding), "message": finding.message.in_language(language)}
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
    if any(finding.rule in _UNREADABLE for finding in found):
        return 2
    if strict:
        return int(bool(found))
    return int(any(finding.severity == "error" for finding in found))


def read_set(
    paths: list[Path],
) -> tuple[dict[str, bytes], Mapping[str, Any] | None, tuple[Finding, ...]]:
    """Read all paths as one set: a folder with its sibling forms and its manifest, or a file.

    A missing path raises OSError; a manifest that is not one becomes a finding.
    """
    files: dict[str, bytes] = {}
    manifests: dict[str, Path] = {}
    for path in paths:
        folder = path if path.is_dir() else path.parent
        found = _inside(path) if path.is_dir() else {path.name: path}
        for beside in (folder / FORMS, folder.parent / FORMS):
            if beside.is_dir() and beside.resolve() != path.resolve():
                found |= {f"{FORMS}/{name}": file for name, file in _inside(beside).items()}
        if path.name == FORMS and path.is_dir():
            found = {f"{FORMS}/{name}": file for name, file in found.items()}
        for name, file in found.items():
            files[_free(name, file, files)] = read_file(file)
        if (folder / MANIFEST).is_file():
            manifests[MANIFEST] = folder / MANIFEST
    findings: tuple[Finding, ...] = ()
    manifest = None
    for name, path in manifests.items():
        try:
            manifest = read_manifest(read_file(path), name)
        except Refused as refused:
            findings = refused.findings
    return files, manifest, findings


def _inside(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.suffix in KINDS and path.is_file()
    }


def read_file(path: Path) -> bytes:
    """Read a file, of a huge one only the beginning: enough for the rule that refuses it."""
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def _free(name: str, path: Path, files: Mapping[str, bytes]) -> str:
    """Two PATHs may hold files of one name; the second is then shown with its whole path."""
    return name if name not in files else path.as_posix()
