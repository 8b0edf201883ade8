"""What is being written is kept closed, opens by its code, and is erased once it is sent."""

import io
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from threading import Event

import pytest
from sqlalchemy import select

from app import clock
from app.appeals import services as appeals
from app.appeals.services import filing
from app.database import reading
from app.documents import services as documents
from app.errors import Conflict
from app.reception import drafts
from app.reception.models import Draft
from tests.unit.office import command
from tests.web.test_reception import WHO, hidden, kept_files, opened, pair, send

TEXT = "Во дворе не горит фонарь."


@pytest.fixture
def app(make_app):
    """Outside its context, so that each request begins with a clean `g` as on a server."""
    return make_app()


@pytest.fixture
def form(client):
    return {**opened(client), **WHO, "text": TEXT}


def keep(client, form, **more):
    return client.post("/appeals/draft/keep", data={**form, **more})


def resume(client, code):
    page = client.get("/appeals/draft").text
    data = {"csrf_token": hidden(page, "csrf_token"), "code": code}
    return client.post("/appeals/draft", data=data, follow_redirects=True)


def rows(app):
    with app.app_context(), reading() as session:
        return session.execute(select(Draft.code_hash, Draft.content)).all()


def test_a_draft_opens_on_another_device_with_all_that_was_written(app, client, form):
    more = {"co_applicants-3-last_name": "Белкин", "co_applicants-3-first_name": "Олег"}
    code = keep(client, form, **more).json["code"]
    page = resume(app.test_client(), code.lower().replace("-", " ")).text
    assert f"{TEXT}</textarea>" in page
    assert hidden(page, "token") == form["token"]
    for value in ("Ёлкина", "Белкин", "Олег", "elkina@example.org"):
        assert f'value="{value}"' in page


def test_a_draft_is_saved_by_a_button_with_its_files_and_without_a_script(app, client, form):
    file = io.BytesIO("Фонарь".encode()), "фонарь.txt"
    page = send(client, form, save_draft="1", new_files=file).text
    (code,) = re.findall(r"data-copy-value>([^<]+)<", page)
    other = app.test_client()
    resumed = resume(other, unescape(code)).text
    assert "фонарь.txt" in resumed
    again = {name: hidden(resumed, name) for name in ("csrf_token", "token")}
    answer = send(other, {**again, **WHO, "text": TEXT}, files=kept_files(resumed))
    assert answer.status_code == 303, answer.text
    assert "фонарь.txt" in other.get(answer.headers["Location"]).text


def test_files_too_large_to_go_together_are_saved_one_by_one_without_a_script(client, form):
    assert "общим объёмом до 100" in client.get("/appeals/new").text
    kept = []
    for name in ("первый.txt", "второй.txt"):
        file = io.BytesIO(name.encode()), name
        kept = kept_files(send(client, form, save_draft="1", new_files=file, files=kept).text)
    answer = send(client, form, files=kept)
    receipt = client.get(answer.headers["Location"]).text
    assert "первый.txt" in receipt
    assert "второй.txt" in receipt


def test_one_form_is_one_draft_and_the_last_text_stays(app, client, form):
    first, last = keep(client, form), keep(client, form, text="Уже два фонаря.")
    assert first.json["code"] == last.json["code"]
    assert len(rows(app)) == 1
    assert "Уже два фонаря." in resume(client, last.json["code"]).text


def test_who_has_not_seen_what_another_device_wrote_does_not_replace_it(app, client, form):
    here, there = {"writer": "here"}, {"writer": "there"}
    first = keep(client, form, **here)
    assert keep(client, form, **here, text="Уже два фонаря.").status_code == 200
    unseen = keep(client, form, **there, text="Три фонаря.", seen=first.json["saved_at"])
    assert unseen.status_code == 412
    seen = keep(client, form, **there, text="Три фонаря.", seen=unseen.json["saved_at"])
    assert seen.status_code == 200
    for wrong in ({}, {"seen": "вчера"}, {"seen": "2026-11-25T10:00:00"}, {"seen": "9" * 5000}):
        assert keep(client, form, **here, **wrong, text="Четыре.").status_code == 412
    assert "Три фонаря." in resume(client, unseen.json["code"]).text
    assert keep(client, form, **here, text="Четыре.", anyway="1").status_code == 200
    assert "Четыре." in resume(client, unseen.json["code"]).text
    assert send(client, form).status_code == 303
    assert keep(client, form, **there, text="Пять.").status_code == 409


def test_nothing_of_a_draft_can_be_read_in_the_database(app, client, form):
    code = keep(client, form).json["code"]
    (row,) = rows(app)
    for secret in (code, TEXT, "Ёлкина", "elkina@example.org", form["token"]):
        assert secret.encode() not in row.content
        assert secret not in row.code_hash
    with app.app_context():
        assert drafts.open_with(code).pairs


def test_a_sent_draft_is_erased_and_takes_nothing_late(app, client, form):
    code = keep(client, form).json["code"]
    assert send(client, form).status_code == 303
    assert [row.content for row in rows(app)] == [None]
    assert resume(app.test_client(), code).status_code == 422
    late = keep(client, form, text="Опоздавшее изменение")
    assert late.status_code == 409
    assert [row.content for row in rows(app)] == [None]


def test_what_comes_late_of_a_form_without_a_draft_is_refused(app, client, form):
    assert send(client, form).status_code == 303
    assert keep(client, form, text="Опоздавшее изменение").status_code == 409
    assert rows(app) == []


def test_a_refused_form_keeps_its_draft(app, client, form):
    code = keep(client, form).json["code"]
    assert send(client, form, files=["0" * 32]).status_code == 422
    assert TEXT in resume(app.test_client(), code).text


def test_a_form_sent_twice_from_two_devices_is_one_appeal(app, client, form):
    code = keep(client, form).json["code"]
    other = app.test_client()
    resumed = resume(other, code).text
    again = {name: hidden(resumed, name) for name in ("csrf_token", "token")}
    receipts = set()
    for device, fields in ((client, form), (other, {**form, **again})):
        answer = send(device, fields)
        receipts.add(pair(device.get(answer.headers["Location"]).text)[0])
    assert len(receipts) == 1


def test_a_new_form_knows_nothing_of_an_old_one(client, form):
    file = io.BytesIO("Старое".encode()), "старый.txt"
    assert "старый.txt" in send(client, form, save_draft="1", new_files=file).text
    fresh = client.get("/appeals/new").text
    assert hidden(fresh, "token") != form["token"]
    assert kept_files(fresh) == []
    assert TEXT not in fresh


def test_another_code_opens_nothing_and_guessing_is_bounded(data_dir, make_app):
    client = make_app(rate_all="", rate_codes="3/hour").test_client()
    code = keep(client, {**opened(client), "text": TEXT}).json["code"]
    answers = [resume(client, "7K2M-9QXA-4TRC-0WEB").status_code for _guess in range(4)]
    assert answers == [422, 422, 422, 429]
    assert code


def test_a_session_that_ended_does_not_stop_the_saving(app, form):
    stranger = app.test_client()
    kept = keep(stranger, {**form, "csrf_token": "устарел"})
    assert kept.status_code == 200
    assert TEXT in resume(stranger, kept.json["code"]).text


def test_who_cannot_name_the_form_keeps_nothing(app, client):
    assert keep(client, {"text": TEXT}).status_code == 422
    assert keep(client, {"text": TEXT, "token": "short"}).status_code == 422
    assert rows(app) == []


def test_an_old_draft_goes_with_its_files_and_a_young_one_keeps_them(app, client, form):
    file = io.BytesIO("Фонарь".encode()), "фонарь.txt"
    page = send(client, form, save_draft="1", new_files=file).text
    (upload,) = kept_files(page)
    with app.app_context():
        clock.move_to(clock.now() + timedelta(days=6))
        documents.sweep_uploads()
        assert documents.upload_waits(upload)
        assert drafts.sweep() == 0
        clock.move_to(clock.now() + timedelta(days=2))
        documents.sweep_uploads()
        assert not documents.upload_waits(upload)
        assert drafts.sweep() == 1
        assert rows(app) == []


def test_what_was_not_wanted_is_forgotten(app, client, form):
    keep(client, form)
    assert client.post("/appeals/draft/discard", data={"token": form["token"]}).status_code == 204
    assert rows(app) == []


def test_a_draft_leaves_no_trace_in_the_log(app, client, form, capfd):
    code = keep(client, form).json["code"]
    resume(client, code)
    said = "".join(capfd.readouterr())
    assert code not in said
    assert TEXT not in said


def test_a_draft_first_saved_while_its_form_is_filed_is_erased(either_app, monkeypatch):
    mark, file, claimed = "a mark of a form", filing.file, Event()

    def slowly(*what, **how):
        claimed.set()
        time.sleep(1)  # whoever saves now does so before this is kept
        return file(*what, **how)

    def submit():
        with either_app.app_context():
            key, closing = drafts.key_of(mark), drafts.closing(mark)
            return appeals.submit(command(), idempotency_key=key, errand=closing)

    monkeypatch.setattr(filing, "file", slowly)
    with ThreadPoolExecutor(1) as threads:
        made = threads.submit(submit)
        assert claimed.wait(30)
        with pytest.raises(Conflict):
            drafts.save(mark, [("text", TEXT)], owner=mark, files=[])
        assert made.result().receipt
    with reading() as session:
        assert session.scalars(select(Draft.content)).all() == []


def test_a_draft_is_saved_while_nobody_files_its_form(either_app):
    del either_app
    for text in (TEXT, f"{TEXT} И второй."):
        saved = drafts.save("a mark", [("text", text)], owner="a mark", files=[])
        assert drafts.open_with(saved.code).pairs == [("text", text)]
    assert appeals.submit(command(), idempotency_key=drafts.key_of("a mark")).receipt
