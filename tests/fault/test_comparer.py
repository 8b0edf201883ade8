"""The comparer itself: it is content with a life as it was, and sees each row that is not."""

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock, create_app
from app.access import services as access
from app.access.services import load_person
from app.appeals.services import publishing
from app.database import db
from app.outbox.cli import settle_all
from app.workflow.timers import fire_due
from tests.conftest import close
from tests.fault import audit
from tests.fault.people import LOGINS
from tests.web.life import Reception, in_process

#: What is done to the rows behind the journal's back, and the table that must be named for it.
WRONGS = {
    "UPDATE number_counter SET value = value + 1 WHERE series = 'outgoing'": "number_counter",
    "UPDATE appeal SET number = '9-ОГ/26' WHERE id = 1": "appeal",
    "UPDATE appeal SET outcome = NULL WHERE id = 1": "appeal",
    "INSERT INTO appeal_filing (key, body_hash, appeal_id, at)"
    " VALUES ('a', 'b', 1, '2026-01-01'), ('c', 'd', 1, '2026-01-01')": "appeal_filing",
    "DELETE FROM applicant WHERE appeal_id = 1": "applicant",
    "UPDATE appeal_question SET position = 3 WHERE appeal_id = 1": "appeal_question",
    "INSERT INTO resolution (appeal_id, author, at, decision, text)"
    " SELECT appeal_id, author, at, decision, text FROM resolution WHERE id = 1": "resolution",
    "UPDATE assignment SET state = 'accepted' WHERE id = 1": "assignment",
    "DELETE FROM assignment_report WHERE id = 1": "assignment_report",
    "UPDATE extension SET decision = 'refuse'": "extension",
    "UPDATE reminder SET login = 'dispatcher' WHERE login = 'executor1'": "reminder",
    "INSERT INTO reminder (login, appeal_id, due_on, at, for_digest)"
    " VALUES ('auditor', 1, '2026-01-01', '2026-01-01', 0)": "reminder",
    "DELETE FROM reminder WHERE login = 'executor1'": "reminder",
    "UPDATE publication SET taken_down_at = '2026-01-01'": "publication",
    "UPDATE publication SET id = id + 1": "publication",
    "DELETE FROM publication": "publication",
    "DELETE FROM journal WHERE action = 'answer.published'": "publication",
    "UPDATE redirection SET letter_id = 999": "redirection",
    "DELETE FROM journal WHERE action = 'reply.drafted'": "appeal_reply",
    "UPDATE survey_invitation SET answered_at = NULL": "survey_invitation",
    "UPDATE letter SET state = 'signed' WHERE kind = 'reply'": "letter",
    "UPDATE document SET state = 'draft' WHERE id = 1": "document",
    "INSERT INTO document_state (document_id, state, at, actor)"
    " SELECT document_id, state, at, actor FROM document_state WHERE id = 1": "document_state",
    "DELETE FROM file_signature WHERE id = 1": "file_signature",
    "UPDATE blob SET size = size + 1": "blob",
    "UPDATE outbox SET status = 'waiting' WHERE id = 1": "outbox",
    "DELETE FROM outbox WHERE kind = 'letter.sign'": "outbox",
    "DELETE FROM outbox WHERE kind = 'appeal.compare'": "outbox",
    "UPDATE appeal_likeness SET first_id = 2 WHERE appeal_id = 1": "appeal_likeness",
    "DELETE FROM appeal_text_band": "appeal_text_band",
    "DELETE FROM search_text WHERE kind = 'masked'": "search_text",
    "UPDATE search_text SET body = 'x' WHERE kind = 'whole'": "search_text",
    "INSERT INTO campaign (id, first_id, name, confirmed_at, confirmed_by)"
    " VALUES (7, 1, 'x', '2026-01-01', 'registrar')": "campaign",
    'INSERT INTO campaign_member (appeal_id, campaign_id, "out") VALUES (1, 7, 0)': (
        "campaign_member"
    ),
    "INSERT INTO campaign_run (id, campaign_id, element, answers, actor, language, begun_at)"
    " VALUES (7, 7, 'register', '{}', 'registrar', 'ru', '2026-01-01')": "campaign_run",
    "INSERT INTO campaign_line (run_id, appeal_id, item_id, outcome, reason)"
    " VALUES (7, 1, 1, 'done', '')": "campaign_line",
    "INSERT INTO document_request (appeal_id, asked_by, asked_at, organisation_id, organisation,"
    " documents, purpose, text, answer_documents, answer_text, answer_number)"
    " VALUES (1, 'x', '2026-01-01', 1, '', '', '', '', '[]', '', '')": "document_request",
    "INSERT INTO site_visit (appeal_id, recorded_by, recorded_at, visited_on, place, present,"
    " findings, documents) VALUES (1, 'x', '2026-01-01', '2026-01-01', '', '', '', '[]')": (
        "site_visit"
    ),
    "INSERT INTO enclosures_act (appeal_id, recorded_by, recorded_at, opened_on, named, missing,"
    " present) VALUES (1, 'x', '2026-01-01', '2026-01-01', '', '', '')": "enclosures_act",
    "INSERT INTO valuables_act (appeal_id, recorded_by, recorded_at, opened_on, found, kept,"
    " present, return_by, returned_how, returned_note) VALUES (1, 'x', '2026-01-01', '2026-01-01',"
    " '', '', '', '2026-01-31', '', '')": "valuables_act",
    "INSERT INTO file_inspection (appeal_id, recorded_by, recorded_at, asked_on, wish, term,"
    " read_at, place, ground, explanation, shown)"
    " VALUES (1, 'x', '2026-01-01', '2026-01-01', '', '{}', '', '', '', '', '')": (
        "file_inspection"
    ),
    "INSERT INTO commission_act (appeal_id, author, at, description, conclusion, members)"
    " VALUES (1, 'x', '2026-01-01', '', '', '[]')": "commission_act",
    "INSERT INTO reopening (appeal_id, author, at, ground, reason, ended)"
    " VALUES (1, 'x', '2026-01-01', '', '', '{}')": "reopening",
    "INSERT INTO appeal_particulars (appeal_id, version, letter_number, applicant_status,"
    " social_status, postcode, region, district, settlement, street, house, building, flat, fias,"
    " subtype, coordinates, control, damage, proxy, control_off_ground, benefits, marks)"
    " VALUES (1, 1, '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '[]',"
    " '[]')": "appeal_particulars",
    "INSERT INTO internal_note (appeal_id, author, at, text, earlier, search_text)"
    " VALUES (1, 'x', '2026-01-01', 'x', '[]', '')": "internal_note",
    "INSERT INTO appeal_share (appeal_id, login, since, reason, given_by, given_at, ended_by)"
    " VALUES (1, 'x', '2026-01-01', '', 'x', '2026-01-01', '')": "appeal_share",
    "UPDATE appeal SET confined = 1 WHERE id = 1": "appeal_share",
    "INSERT INTO appeal_link (appeal_id, other_id, reason, author, at, untied_for)"
    " VALUES (1, 2, 'x', 'x', '2026-01-01', '')": "appeal_link",
    "INSERT INTO paper_original (appeal_id, case_index, volume, leaves, holder)"
    " VALUES (1, '', '', '', 'x')": "paper_original",
    "INSERT INTO paper_handover (appeal_id, given_by, given_to, at, remark)"
    " VALUES (1, 'x', 'y', '2026-01-01', '')": "paper_handover",
    "INSERT INTO reply_version (appeal_id, author, at, subject, text)"
    " SELECT id, 'x', '2026-01-01', '', 'x' FROM appeal UNION ALL"
    " SELECT id, 'x', '2026-01-01', '', 'y' FROM appeal": "reply_version",
    "INSERT INTO reply_remark (appeal_id, version_id, quote, text, author, at)"
    " VALUES (1, 1, '', '', 'x', '2026-01-01')": "reply_remark",
    "INSERT INTO typed_form (appeal_id, item_id, author, opening, begun_at, saved_at, pairs)"
    " VALUES (1, 1, 'x', 'y', '2026-01-01', '2026-01-01', '[]')": "typed_form",
    "INSERT INTO preservation (appeal_id, mark, reason, by, at)"
    " VALUES (1, 'epk', '', 'x', '2026-01-01')": "preservation",
    "INSERT INTO destruction_act (number, state, proposed_by, proposed_at, remark)"
    " VALUES ('1', 'approved', 'x', '2026-01-01', '')": "destruction_act",
    "INSERT INTO destruction_line (act_id, appeal_id, kept_until, norm, state, why)"
    " VALUES (7, 1, '2026-01-01', '', 'erased', '')": "destruction_line",
    "INSERT INTO erasure (appeal_id, receipt, received_on, ended_on, outcome, kept_until, norm,"
    " files, letters, act, proposed_by, approved_by, erased_at) VALUES"
    " (1, '', '2026-01-01', '2026-01-01', '', '2026-01-01', '', 0, 0, '', '', '', '2026-01-01')": (
        "erasure"
    ),
    "UPDATE instance SET next_due_at = '2030-01-01 00:00:00' WHERE id = 1": "instance",
    "UPDATE instance SET status = 'ended' WHERE status = 'running'": "instance",
    "UPDATE work_item SET status = 'done' WHERE status = 'open'": "instance",
    "UPDATE work_item SET closed_by = 'somebody' WHERE id = 1": "work_item",
    "UPDATE work_item SET queue = '/appeal/register' WHERE id = 1": "work_item",
    "DELETE FROM step WHERE element = 'report'": "step",
    "UPDATE step SET left_at = NULL WHERE element = 'register'": "step",
    "DELETE FROM subscription": "instance",
    "UPDATE process_version SET active = 0": "process_version",
    "INSERT INTO migration (id, from_version, to_version, begun_at, actor, finished_at)"
    " VALUES ('m', 1, 1, '2026-01-01', 'analyst', '2026-01-01')": "migration",
    "INSERT INTO migration_line (migration_id, instance_id, outcome)"
    " VALUES ('m', 1, 'moved')": "migration_line",
    "UPDATE journal SET details = '{}' WHERE action = 'appeal.filed'": "journal",
    "UPDATE journal_head SET seq = seq - 1": "journal_head",
}


@pytest.fixture(scope="module")
def lived(prepared, tmp_path_factory):
    """A DATA_DIR in which one appeal was answered, one redirected, and one is being worked on."""
    folder = tmp_path_factory.mktemp("lived") / "data"
    shutil.copytree(prepared, folder)
    app = create_app(data_dir=folder)
    with app.app_context():
        reception = Reception(in_process(app))
        reception.tokens = {login: access.issue_token(login).secret for login in LOGINS}
        live(reception, lambda: settle_all(app, 120))
        clock.move_to(clock.now() + timedelta(days=24))
        fire_due()
        settle_all(app, 120)
    close(app)
    return folder


def live(reception, settle):
    question = reception.call("GET", "/classifier?q=1156", by="registrar")["items"][0]["code"]
    part = {"executor": "executor1", "responsible": True, "text": "Ответить"}
    answered, redirected, going_on = (reception.file() for _each in range(3))
    for receipt in (answered, redirected, going_on):
        reception.do(receipt, "register", "registrar", questions=[question])
    body = reception.call("GET", "/organisations?q=", by="manager")["items"][0]["id"]
    reception.do(redirected, "review", "manager", decision="redirect", organisation=body)
    reception.do(redirected, "prepare_redirection", "registrar")
    for receipt in (answered, going_on):
        reception.do(receipt, "review", "manager", decision="assign", resolutions=[part])
        reception.do(receipt, "accept_assignment", "executor1")
    wanted = {"reason": "Ждём документы", "days": 15}
    address = f"/appeals/{answered['receipt']}/extension-requests"
    reception.call("POST", address, by="executor1", json=wanted)
    reception.do(answered, "decide_extension", "manager", decision="grant", reason="Ждём")
    reception.do(answered, "report", "executor1", text="Вывезен.")
    reception.do(answered, "accept_report", "manager", decision="accept")
    reception.do(answered, "draft_reply", "executor1", text="Мусор вывезен.")
    reception.do(answered, "approve_reply", "approver", decision="accept")
    reception.do(answered, "sign_reply", "signatory")
    settle()
    pair = {name: answered[name] for name in ("receipt", "access_code")}
    reception.call("POST", "/status/survey", json={**pair, "answers": {"quality": 5}})
    settle()
    texts = {"title": "Вывоз мусора", "question": "Когда вывезут?", "answer": "Вывезено."}
    publishing.publish(load_person("manager"), answered["receipt"], texts, confirmed=True)


@pytest.fixture(scope="module")
def house(lived, tmp_path_factory):
    """One application for all that is done to the rows; to make one takes longer than a look."""
    folder = tmp_path_factory.mktemp("house") / "data"
    shutil.copytree(lived, folder)
    app = create_app(data_dir=folder)
    yield app
    close(app)


@pytest.fixture
def copy(house, lived):
    """The application on a copy of what was lived."""
    folder = house.extensions["settings"].data_dir
    close(house)
    for file in folder.glob("priyomnaya.db*"):
        file.unlink()
    for file in lived.glob("priyomnaya.db*"):
        shutil.copy(file, folder)
    with house.app_context():
        yield house


def test_a_life_as_it_was_is_what_the_journal_promises(copy):
    assert audit.differences(sink=None) == []


def test_every_table_is_compared(copy):
    assert audit.known() >= set(db.metadata.tables)


@pytest.mark.parametrize("wrong", WRONGS)
def test_a_row_that_is_not_as_promised_is_seen(copy, wrong):
    # A connection of one's own, which asks no foreign key.
    with closing(sqlite3.connect(copy.extensions["settings"].data_dir / "priyomnaya.db")) as file:
        assert file.execute(wrong).rowcount
        file.commit()
    found = audit.differences(sink=None)
    assert any(one.startswith(f"{WRONGS[wrong]}:") for one in found), found


def test_a_mail_that_left_twice_in_one_attempt_is_seen(copy):
    with db.engine.connect() as connection:
        query = "SELECT uid FROM outbox WHERE kind IN ('mail.send', 'letter.send')"
        sink = [f"<{uid}@body.example>" for uid in connection.execute(text(query)).scalars()]
    assert audit.differences(sink=sink) == []
    assert "mail: " in "".join(audit.differences(sink=[*sink, sink[0]]))
    assert "mail: " in "".join(audit.differences(sink=sink[1:]))
