"""The plan of the house, checked: what imports cannot show, and that the checks bite."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
SOURCES = sorted(path for folder in ("app", "engine") for path in (ROOT / folder).rglob("*.py"))


def calls(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node


def test_only_the_database_room_commits():
    guilty = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        for name, _node in calls(path)
        if name in ("commit", "rollback") and path != APP / "database.py"
    }
    assert not guilty


def test_only_the_clock_reads_the_time():
    guilty = set()
    for path in SOURCES:
        if path == APP / "clock.py":
            continue
        for name, node in calls(path):
            value = getattr(node.func, "value", None)
            whose = getattr(value, "id", getattr(value, "attr", ""))
            if (name in ("now", "utcnow", "today") and whose in ("datetime", "date")) or (
                name == "time" and whose == "time"
            ):
                guilty.add(f"{path.relative_to(ROOT)}:{node.lineno}")
    # The benchmark measures its own run and stores nothing.
    assert not {one for one in guilty if not one.startswith("engine/bench")}


def test_no_eval_and_no_exec_anywhere():
    guilty = {
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("eval", "exec", "compile", "__import__")
    }
    assert not guilty


def test_data_folders_hold_data():
    found = [
        path
        for folder in ("processes", "forms", "classifier_data")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".js", ".pyc")
    ]
    assert not found


def test_every_room_says_what_it_is_for():
    for room in sorted(APP.glob("*/__init__.py")):
        assert ast.get_docstring(ast.parse(room.read_text(encoding="utf-8"))), room


def test_every_setting_is_explained():
    from app.config import Settings

    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    explained = dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", text, re.MULTILINE))
    assert explained.keys() == {name.upper() for name in Settings.model_fields}
    defaults = {name.upper(): field.default for name, field in Settings.model_fields.items()}
    # What is given there is what holds without it.
    assert {name: said for name, said in explained.items() if said} == {
        name: "false" if defaults[name] is False else str(defaults[name])
        for name, said in explained.items()
        if said
    }
    assert (defaults["UPLOAD_MAX_BYTES"], defaults["UPLOAD_MAX_FILES"]) == (100 * 1024**2, 20)


def test_no_two_test_modules_share_a_name():
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert not [name for name, count in names.items() if count > 1]


def test_no_two_decisions_share_a_number():
    numbers = Counter(path.name[:4] for path in (ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert numbers
    assert not [number for number, count in numbers.items() if count > 1]


def test_every_dependency_earns_its_place():
    wanted = {
        re.split(r"[=\[;]", line)[0].strip().lower()
        for name in ("requirements.in", "requirements-dev.in")
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", "-"))
    }
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    assert {name for name in wanted if f"| {name} |" not in text} == set()


# SQLAlchemy cannot read what an index of an expression is of: that of who holds an item.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based")
def test_migrations_have_one_head_and_match_the_models(prepared):
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from app import create_app
    from app.database import db

    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1
    app = create_app(data_dir=prepared)
    with app.app_context():
        with db.engine.connect() as connection:
            # SQLite's own tables behind the full text are no models.
            ours = {
                "include_object": lambda _one, name, *_more: not name.startswith("search_stems")
            }
            options = {"compare_type": True} | ours
            context = MigrationContext.configure(connection, opts=options)
            difference = compare_metadata(context, db.metadata)
        db.engine.dispose()
    assert difference == []


def test_every_word_has_its_russian():
    done = subprocess.run(
        [sys.executable, "scripts/words.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_operations_file_is_fresh(app):
    done = app.test_cli_runner().invoke(args=["process", "manifest", "--check"])
    assert done.exit_code == 0, f"{done.output}: run make manifest"


def test_the_procfile_starts_the_worker_of_the_queues():
    assert "outbox worker" in (ROOT / "Procfile").read_text(encoding="utf-8")


PLANTED = {
    "engine/model.py": ["import app.clock", "import flask", "import sqlalchemy"],
    "app/clock.py": ["import SpiffWorkflow", "import lxml", "import app.database"],
    "app/audit/services.py": ["import app.outbox.services", "import flask"],
    "app/workflow/bridge.py": ["import app.appeals", "import engine.runtime"],
    "app/desk/views.py": ["import app.database", "import sqlalchemy"],
}


@pytest.mark.parametrize(
    ("place", "line"), [(place, line) for place, lines in PLANTED.items() for line in lines]
)
def test_a_planted_import_is_refused(place, line, tmp_path):
    for name in ("app", "engine"):
        shutil.copytree(
            ROOT / name,
            tmp_path / name,
            ignore=shutil.ignore_patterns("static", "templates", "translations", "__pycache__"),
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = tmp_path / place
    planted.write_text(f"{line}\n{planted.read_text(encoding='utf-8')}", encoding="utf-8")
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 1, f"{line} in {place} was not refused: {done.stdout[-800:]}"
