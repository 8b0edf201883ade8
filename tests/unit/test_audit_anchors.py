"""The end of the chain is noted outside the database; an export is checked without the product."""

import json
import re
import subprocess
import sys

import pytest
from sqlalchemy import delete, func, select, text, update

from app.audit import anchors, services
from app.audit.models import JournalHead, JournalRow
from app.database import reading, transaction
from tests.conftest import ROOT
from tests.unit.test_audit import house as house  # a fixture
from tests.unit.test_audit import sealed, write


def cut_off(lines):
    """Remove the newest lines as who may write to the database would, end of the chain and all."""
    with transaction() as session:
        last = session.scalar(select(func.max(JournalRow.seq)))
        gone = session.scalars(select(JournalRow.id).where(JournalRow.seq > last - lines)).all()
        session.execute(delete(JournalRow).where(JournalRow.seq > last - lines))
        end = session.scalars(select(JournalRow).where(JournalRow.seq == last - lines)).one()
        values = {"seq": end.seq, "hash": end.hash, "entry_id": end.id}
        session.execute(update(JournalHead).values(values))
    return gone


def test_a_tail_cut_off_with_its_end_is_found(house):
    write(5)
    sealed()
    write(3, "appeal:2")
    sealed()
    assert services.verify().noted == 8
    gone = cut_off(2)
    assert services.verify().first_bad == max(gone)
    # New lines in the place of those that went do not cover it up.
    write(4, "appeal:3")
    sealed()
    assert services.verify().first_bad == max(gone)
    refused = house.test_cli_runner().invoke(args=["audit", "verify"])
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["first_bad"] == max(gone)


def test_a_whole_chain_built_anew_is_found(house):
    write(5)
    sealed()
    with transaction() as session:
        session.execute(text("UPDATE journal SET actor = 'nobody', seq = NULL, hash = NULL"))
        session.execute(delete(JournalHead))
    anchors_before = anchors.noted()
    sealed()
    assert services.verify().first_bad is not None
    assert len(anchors_before) == 1


def test_a_backup_put_back_is_no_cut(house):
    write(5)
    sealed()
    write(3)
    sealed()
    cut_off(3)
    assert services.verify().first_bad is not None
    services.note_restored()
    assert services.verify().first_bad is None
    write(2)
    sealed()
    assert services.verify().first_bad is None
    cut_off(1)
    assert services.verify().first_bad is not None


def test_lines_that_somebody_else_wrote_into_the_notes_count_for_nothing(house, tmp_path):
    write(5)
    sealed()
    gone = cut_off(2)
    (file,) = (tmp_path / "journal").iterdir()
    forged = {"seq": 3, "entry": 3, "hash": "0" * 64, "restored": True, "mac": "0" * 64}
    with file.open("a") as notes:
        notes.write(json.dumps(forged) + "\n" + '{"seq": 9, "ha')
    assert services.verify().first_bad == max(gone)
    assert file.stat().st_mode & 0o077 == 0


def recipe():
    """The script that the document gives to who checks an export."""
    return re.search(r"```python\n(.+?)```", (ROOT / "docs" / "journal.md").read_text(), re.DOTALL)[
        1
    ]


@pytest.mark.parametrize("damage", ["", "changed", "removed", "cut"])
def test_an_export_is_checked_by_the_script_of_the_document(house, tmp_path, damage):
    write(4)
    with transaction() as session:
        services.record(session, "manager", "appeal.assigned", "appeal:9", to=["é", "б"])
    sealed()
    with transaction() as session:
        services.empty(session, "appeal:9", actor="system")
    sealed()
    file, script = tmp_path / "journal.jsonl", tmp_path / "check.py"
    done = house.test_cli_runner().invoke(args=["audit", "export", str(file)])
    assert done.exit_code == 0
    lines = file.read_text().splitlines()
    with reading() as session:
        assert len(lines) == session.scalar(select(func.count(JournalRow.id))) + 1
    if damage == "changed":
        lines[1] = lines[1].replace("registrar", "nobody")
    elif damage:
        del lines[1 if damage == "removed" else -2]
    file.write_text("\n".join(lines))
    script.write_text(recipe())
    told = subprocess.run(
        [sys.executable, script, file], capture_output=True, text=True, check=False
    )
    assert (told.returncode == 0) == (not damage), told.stderr
    if not damage:
        assert told.stdout == "whole 1\n"
