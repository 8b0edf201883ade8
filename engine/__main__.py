"""The command line of the engine: check, simulate, bench. No Flask, no database."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from engine import xml
from engine.bench import command as bench_command
from engine.check import command as check_command
from engine.check.command import read_file
from engine.dialect import describe_processes
from engine.errors import Refused
from engine.library import VersionSet
from engine.simulate import (
    FAILED,
    USAGE,
    Ambiguous,
    choose_process,
    known_element,
    print_line,
    simulate,
)

_READ = (".bpmn", ".dmn", ".form")


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    code: int = options.run(options)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine", description=__doc__)
    commands = parser.add_subparsers(required=True)
    check = commands.add_parser("check", help="say what is wrong with diagrams, tables, forms")
    check.add_argument("paths", nargs="+", metavar="PATH")
    check.add_argument("--strict", action="store_true", help="exit 1 on warnings too")
    check.add_argument("--portable", action="store_true", help="note what Camunda would not read")
    check.add_argument("--lang", choices=("en", "ru"), default="en", help="language of messages")
    check.set_defaults(run=_check)
    walk = commands.add_parser("simulate", help="walk a diagram without the application")
    walk.add_argument("path", metavar="PATH")
    walk.add_argument("--process", metavar="ID")
    walk.add_argument("--answers", metavar="FILE.json")
    walk.add_argument("--until", metavar="ELEMENT")
    walk.set_defaults(run=_simulate)
    speed = commands.add_parser("bench", help="measure the engine beside plain SpiffWorkflow")
    speed.add_argument("path", nargs="?", default="processes", metavar="PATH")
    speed.add_argument("--json", action="store_true")
    speed.set_defaults(run=_bench)
    return parser


def _check(options: argparse.Namespace) -> int:
    return check_command(options.paths, options.strict, options.portable, options.lang)


def _simulate(options: argparse.Namespace) -> int:
    try:
        files = _files(Path(options.path))
        answers = _answers(options.answers)
    except (OSError, RecursionError, ValueError, Ambiguous) as error:
        print(error, file=sys.stderr)
        return USAGE
    try:
        vset = VersionSet.load(files)
        process = choose_process(vset, options.process)
        known_element(vset, options.until)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return FAILED
    except Ambiguous as error:
        print(error, file=sys.stderr)
        return USAGE
    try:
        return simulate(vset, process, answers, print_line, options.until)
    except Ambiguous as error:
        print(error, file=sys.stderr)
        return USAGE


def _bench(options: argparse.Namespace) -> int:
    return bench_command(options.path, as_json=options.json)


def _answers(path: str | None) -> dict[str, Any]:
    if path is None:
        return {}
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise Ambiguous(f"{path}: the answers are one JSON object")
    return content


def _files(path: Path) -> dict[str, bytes]:
    """Read a folder, or a file with the neighbours it refers to."""
    if path.is_dir():
        found = [each for each in sorted(path.rglob("*")) if each.suffix in _READ]
        if not found:
            raise ValueError(f"{path}: there is no diagram in this folder")
        return {each.relative_to(path).as_posix(): read_file(each) for each in found}
    files = {path.name: read_file(path)}
    _add_neighbours(path, files)
    return files


def _add_neighbours(path: Path, files: dict[str, bytes]) -> None:
    """Add from the folders beside the file what defines a process or decision it refers to."""
    beside = sorted(
        each
        for pattern in ("*.bpmn", "*.dmn", "../*/*.bpmn", "../*/*.dmn")
        for each in path.parent.glob(pattern)
        if each.resolve() != path.resolve()
    )
    missing = True
    while missing:
        defined, wanted = _names(files)
        missing = False
        for each in beside:
            data = read_file(each)
            if each.as_posix() not in files and _defines(each, data) & (wanted - defined):
                files[each.as_posix()] = data
                missing = True
                break


def _names(files: dict[str, bytes]) -> tuple[set[str], set[str]]:
    defined: set[str] = set()
    wanted: set[str] = set()
    for name, data in files.items():
        defined |= _defines(Path(name), data)
        wanted |= _wants(Path(name), data)
    return defined, wanted


def _defines(path: Path, data: bytes) -> set[str]:
    try:
        root = xml.read(data, path.name)
    except Refused:
        return set()
    if path.suffix == ".dmn":
        return {node.get("id", "") for node in root if xml.name_of(node) == "decision"}
    return {process.id for process in describe_processes(root, path.name)}


def _wants(path: Path, data: bytes) -> set[str]:
    if path.suffix != ".bpmn":
        return set()
    try:
        root = xml.read(data, path.name)
    except Refused:
        return set()
    tables = root.iter(f"{{{xml.BPMN}}}businessRuleTask")
    decisions = {node.get(f"{{{xml.CAMUNDA}}}decisionRef", "") for node in tables}
    return decisions.union(*(process.calls for process in describe_processes(root, path.name)))


if __name__ == "__main__":
    sys.exit(main())
