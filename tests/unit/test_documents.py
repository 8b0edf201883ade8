"""Files come in, gather into sets, move by the rules, and are found out when changed."""

import errno
import hashlib
import io
import json
import os
import stat
import time
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from flask import Flask
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from app import clock, database, extensions
from app.audit.models import JournalHead, JournalRow
from app.config import load
from app.database import db, reading, transaction
from app.documents import blobs, cli, keys, services, signing, store, verification
from app.documents.models import Blob, Document, DocumentState, FileSignature, StoredUpload
from app.documents.services import receiving
from app.documents.web import send
from app.errors import Conflict, Invalid, NotFound
from app.outbox.models import Promise
from app.search.models import SearchText

TABLES = [
    model.__table__
    for model in (
        *(JournalRow, JournalHead, Promise, SearchText),
        *(Blob, StoredUpload, Document, DocumentState, FileSignature),
    )
]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    app = Flask("house")
    app.extensions["settings"] = load(
        mode="demo", data_dir=tmp_path, upload_max_bytes=5 * 1024 * 1024, upload_max_files=3
    )
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'documents.db'}"
    database.init_app(app)
    extensions.babel.init_app(app)
    clock.bind(tmp_path, movable=True)
    store.init_app(app)
    cli.init_app(app)
    with app.app_context():
        db.metadata.create_all(db.engine, tables=TABLES)
        yield app
        db.session.remove()
        db.engine.dispose()
    clock.bind(tmp_path, movable=False)


def sent(content=PNG, name="фото.png", owner="site:1"):
    return services.accept_upload(io.BytesIO(content), name, owner=owner)


def attached(*ids, key="appeal:1", **more):
    with transaction() as session:
        return services.attach(session, ids, key=key, kind="appeal", actor="citizen", **more)


def a_letter(**more):
    values = {"kind": "reply", "title": "Ответ", "name": "ответ.pdf", "content": b"%PDF-1.7 x"}
    with transaction() as session:
        return services.add_document(
            session, key="appeal:1", media_type="application/pdf", actor="executor1",
            **{**values, **more},
        )  # fmt: skip


def stored_files(house):
    return sorted(store.files().names())


def test_an_upload_tells_its_size_and_hash_and_lies_under_its_hash(house):
    upload = sent()
    assert (upload.name, upload.size, upload.media_type) == ("фото.png", len(PNG), "image/png")
    assert upload.sha256 == hashlib.sha256(PNG).hexdigest()
    assert stored_files(house) == [upload.sha256]
    assert stat.S_IMODE(path_of(house, upload.sha256).stat().st_mode) == 0o440
    assert not list((house.extensions["settings"].data_dir / "incoming").iterdir())


def test_an_empty_or_too_large_file_leaves_no_trace(house):
    for content in (b"", b"x" * (5 * 1024 * 1024 + 1)):
        with pytest.raises(Invalid) as refusal:
            sent(content)
        assert refusal.value.fields["file"]
    assert stored_files(house) == []
    assert sent(b"x" * 5 * 1024 * 1024, "a.txt").size == 5 * 1024 * 1024


def test_the_same_content_is_stored_once_and_goes_with_its_last_holder(house):
    first, second = sent(), sent(name="копия.png", owner="site:2")
    assert first.id != second.id
    assert len(stored_files(house)) == 1
    services.discard_upload(first.id, owner="site:1")
    assert len(stored_files(house)) == 1
    services.discard_upload(second.id, owner="site:2")
    assert stored_files(house) == []
    again = sent()
    assert stored_files(house) == [again.sha256]


def test_a_file_swept_away_while_it_arrives_again_is_written_anew(house, monkeypatch):
    """Another sender discards the same content between our write and our row."""
    hold = blobs.hold_all

    def hold_too_late(session, files):
        for sha256 in files:
            store.files().delete(sha256)
        hold(session, files)

    monkeypatch.setattr(blobs, "hold_all", hold_too_late)
    assert store.files().has(sent().sha256)


@pytest.mark.parametrize("together", [1, 1000])
def test_files_that_come_together_are_kept_whatever_their_size(house, monkeypatch, together):
    """What is refused does not hold up the others; nothing stays beside the store."""
    monkeypatch.setattr(receiving, "_TOGETHER", together)
    files = {"один.txt": b"one", "пусто.txt": b"", "два.txt": b"two"}
    taken, refused = services.accept_uploads(
        ((io.BytesIO(content), name) for name, content in files.items()), owner="site:1"
    )
    assert [(one.name, one.size) for one in taken] == [("один.txt", 3), ("два.txt", 3)]
    assert [name for name, _refusal in refused] == ["пусто.txt"]
    ids = [one.id for one in taken]
    assert [one.id for one in services.list_uploads(ids, owner="site:1")] == ids
    assert [*(house.extensions["settings"].data_dir / "incoming").iterdir()] == []


def test_only_its_owner_removes_an_upload(house):
    upload = sent()
    with pytest.raises(NotFound):
        services.discard_upload(upload.id, owner="site:2")
    assert services.upload_waits(upload.id)


def test_attached_files_keep_their_order_and_are_received(house):
    ids = [sent(name=f"{number}.txt", content=b"text %d" % number).id for number in (2, 1)]
    views = attached(*ids)
    assert [view.name for view in views] == ["2.txt", "1.txt"]
    with reading() as session:
        documents = services.documents(session, "appeal:1")
    assert [view.id for view in documents] == [view.id for view in views]
    assert [(step.state, step.actor) for step in documents[0].states] == [("received", "citizen")]
    assert not services.upload_waits(ids[0])
    assert services.list_uploads(ids) == []


def test_an_unknown_or_used_upload_is_told_beside_the_field(house):
    upload = sent()
    attached(upload.id)
    for ids in (["f" * 32], [upload.id]):
        with pytest.raises(Invalid) as refusal:
            attached(*ids)
        assert list(refusal.value.fields) == ["files"]


def test_another_owners_upload_cannot_be_attached(house):
    upload = sent(owner="site:1")
    with pytest.raises(Invalid):
        attached(upload.id, owner="site:2")
    assert attached(upload.id, owner="site:1")


def test_more_files_than_allowed_are_refused_and_kept(house):
    ids = [sent(b"text %d" % number, "a.txt").id for number in range(4)]
    with pytest.raises(Invalid):
        attached(*ids)
    assert all(services.upload_waits(name) for name in ids)


def test_a_failed_use_case_leaves_the_upload_waiting(house):
    upload = sent()

    def fail():
        with transaction() as session:
            services.attach(session, [upload.id], key="appeal:1", kind="appeal", actor="citizen")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert services.upload_waits(upload.id)
    with reading() as session:
        assert services.documents(session, "appeal:1") == []


def test_orphans_go_after_a_day_and_not_before(house):
    orphan, kept = sent(b"orphan", "a.txt"), sent(b"kept", "b.txt")
    attached(kept.id)
    assert services.sweep_uploads() == 0
    clock.move_to(clock.now() + timedelta(hours=25))
    assert services.sweep_uploads() == 1
    assert services.sweep_uploads() == 0
    assert stored_files(house) == [kept.sha256]
    with pytest.raises(NotFound):
        services.discard_upload(orphan.id, owner="site:1")


def test_a_letter_goes_the_long_way_and_each_step_has_its_hand_and_hour(house):
    letter = a_letter()
    for state, actor in [
        ("approved", "approver"), ("signed", "signatory"), ("registered", "system"),
        ("sent", "dispatcher"), ("returned", "dispatcher"), ("sent", "dispatcher"),
        ("delivered", "dispatcher"), ("filed", "registrar"),
    ]:  # fmt: skip
        with transaction() as session:
            services.move(session, letter.id, state, actor=actor)
            view = services.document(session, letter.id)
    assert view.state == "filed"
    assert [step.state for step in view.states][:4] == ["draft", "approved", "signed", "registered"]
    assert view.reached("approved").actor == "approver"
    assert all(a.at <= b.at for a, b in zip(view.states, view.states[1:], strict=False))


def test_an_unlawful_step_is_refused_and_a_repeated_one_is_not_noted_twice(house):
    letter = a_letter()
    with pytest.raises(Conflict), transaction() as session:
        services.move(session, letter.id, "sent", actor="dispatcher")
    for _each in range(2):
        with transaction() as session:
            services.move(session, letter.id, "approved", actor="approver")
            view = services.document(session, letter.id)
    assert [step.state for step in view.states] == ["draft", "approved"]


def test_a_file_is_handed_out_as_an_attachment_under_its_russian_name(house):
    letter = a_letter(name="ответ №1.pdf")
    with reading() as session:
        opened = services.open_file(session, letter.id)
    with house.test_request_context(), send(opened) as response:
        response.direct_passthrough = False
        assert response.get_data() == b"%PDF-1.7 x"
        disposition = response.headers["Content-Disposition"]
        assert disposition.startswith("attachment")
        assert "filename*=UTF-8''%D0%BE%D1%82%D0%B2%D0%B5%D1%82%20%E2%84%961.pdf" in disposition
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert response.content_length == opened.size


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=3-5", 206, b"F-1"),
        ("bytes=-3", 206, b"7 x"),
        ("bytes=8-", 206, b" x"),
        ("bytes=99-", 416, b""),
        ("nonsense", 416, b""),
    ],
)
def test_a_part_of_a_file_is_handed_out(house, asked, status, body):
    letter = a_letter()
    with reading() as session:
        opened = services.open_file(session, letter.id)
    with house.test_request_context(headers={"Range": asked}):
        if status == 416:
            with pytest.raises(RequestedRangeNotSatisfiable):
                send(opened)
            return
        with send(opened) as response:
            assert response.status_code == status
            assert b"".join(response.response) == body
            assert response.content_length == len(body)
            assert response.headers["Accept-Ranges"] == "bytes"
    # Another version of the file is never glued to what was fetched of this one.
    with reading() as session:
        opened = services.open_file(session, letter.id)
    other = {"Range": "bytes=3-5", "If-Range": '"another"'}
    with house.test_request_context(headers=other), send(opened) as response:
        assert response.status_code == 200
        assert b"".join(response.response) == b"%PDF-1.7 x"


def run_verify(house):
    result = house.test_cli_runner().invoke(args=["documents", "verify"])
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result.exit_code, json.loads(result.stdout)


def path_of(house, sha256):
    return house.extensions["settings"].data_dir / "files" / sha256[:2] / sha256


def test_verify_is_content_with_good_files(house):
    attached(sent().id)
    code, found = run_verify(house)
    assert code == 0
    assert (found["files"], found["bytes"], found["good"]) == (1, len(PNG), True)


@pytest.mark.parametrize("harm", ["missing", "changed"])
def test_verify_finds_a_lost_and_a_changed_file(house, harm):
    upload = sent()
    path = path_of(house, upload.sha256)
    if harm == "missing":
        path.unlink()
    else:
        path.chmod(0o600)
        path.write_bytes(PNG[:-1] + b"!")
    code, found = run_verify(house)
    assert code == 1
    assert found[harm] == [upload.sha256]


def test_verify_counts_strays_without_alarm(house):
    sha256 = hashlib.sha256(b"stray").hexdigest()
    source = house.extensions["settings"].data_dir / "stray"
    source.write_bytes(b"stray")
    store.files().put({sha256: source})
    assert verification.verify().strays == 1
    assert verification.verify().good


def a_stray(house, content, age):
    """A file in the store that no row knows, as a use leaves it that failed half-way."""
    sha256 = hashlib.sha256(content).hexdigest()
    source = house.extensions["settings"].data_dir / "stray"
    source.write_bytes(content)
    store.files().put({sha256: source})
    source.unlink()
    written = time.time() - age.total_seconds()
    os.utime(path_of(house, sha256), (written, written))
    return sha256


def test_a_sweep_removes_what_belongs_to_nothing_and_is_a_day_old(house):
    attached(sent().id)
    a_stray(house, b"old", timedelta(hours=25))
    young = a_stray(house, b"young", timedelta(hours=1))
    half = path_of(house, young).with_name(".half")
    half.write_bytes(b"ha")
    os.utime(half, (0, 0))
    run = house.test_cli_runner().invoke(args=["documents", "sweep"])
    assert json.loads(run.stdout) == {"uploads": 0, "strays": 1, "halves": 1}
    assert stored_files(house) == sorted([hashlib.sha256(PNG).hexdigest(), young])
    assert not half.exists()


@pytest.mark.parametrize("same_disk", [True, False])
def test_the_store_may_lie_on_another_disk(house, monkeypatch, same_disk):
    if not same_disk:
        monkeypatch.setattr(os, "link", Mock(side_effect=OSError(errno.EXDEV, "another disk")))
    sha256 = a_stray(house, b"brought", timedelta())
    assert path_of(house, sha256).read_bytes() == b"brought"
    assert path_of(house, sha256).stat().st_mode & 0o777 == 0o440
    assert store.files().tidy(clock.real() + timedelta(days=1)) == 0


def test_the_first_file_of_a_folder_waits_for_the_folder_too(house, monkeypatch):
    root, synced = house.extensions["settings"].data_dir / "files", []
    sync = os.fsync

    def seen(handle):
        synced.append(Path(f"/proc/self/fd/{handle}").readlink())
        sync(handle)

    monkeypatch.setattr(os, "fsync", seen)
    path = path_of(house, sent(b"first").sha256)
    assert synced[-2:] == [root, path.parent]


def test_files_of_a_house_from_before_are_found_and_go(house):
    """They lie a folder deeper, and new ones of the same content are not written beside them."""
    sha256 = a_stray(house, b"former", timedelta(hours=25))
    path = path_of(house, sha256)
    former = path.parent / sha256[2:4] / sha256
    former.parent.mkdir()
    path.rename(former)
    assert stored_files(house) == [sha256]
    with store.files().open(sha256) as stream:
        assert stream.read() == b"former"
    assert sent(b"former", "a.txt").sha256 == sha256
    assert not path.exists()
    half = former.with_name(".half")
    half.write_bytes(b"ha")
    os.utime(half, (0, 0))
    assert store.files().tidy(clock.real() - timedelta(hours=1)) == 1
    store.files().delete(sha256)
    assert not former.exists()
    with pytest.raises(store.MissingFile):
        store.files().open(sha256)


def test_a_store_refuses_a_name_that_is_no_hash(house):
    with pytest.raises(store.MissingFile):
        store.files().open("../" * 21 + "x")
    with pytest.raises(store.MissingFile):
        store.files().open("0" * 64)


def test_half_a_file_never_takes_the_name_of_a_whole_one(house, monkeypatch):
    def fail(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        sent()
    root = house.extensions["settings"].data_dir / "files"
    assert [path for path in root.rglob("*") if path.is_file()] == []


def test_content_reaches_the_disk_before_its_name_and_both_before_anybody_is_told(
    house, monkeypatch
):
    """Of files that come together, one known already: what may be lost is not acknowledged."""
    known, done = sent(b"known"), []
    sync, link = os.fsync, os.link
    for content in (b"one", b"two"):
        path_of(house, hashlib.sha256(content).hexdigest()).parent.mkdir(exist_ok=True)

    def synced(handle):
        path = Path(f"/proc/self/fd/{handle}").readlink()
        done.append(("folder", path) if path.is_dir() else ("content", path.read_bytes()))
        sync(handle)

    def named(path, target):
        done.append(("name", target))
        link(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "link", named)
    contents = [b"one", b"known", b"two", b"one"]
    taken, _refused = services.accept_uploads(
        ((io.BytesIO(content), "a.txt") for content in contents), owner="site:1"
    )
    paths = [path_of(house, one.sha256) for one in (taken[0], taken[2])]
    assert taken[1].sha256 == known.sha256
    assert done[:4] == [
        *(("content", content) for content in (b"one", b"two")),
        *(("name", path) for path in paths),
    ]
    assert sorted(done[4:]) == sorted(("folder", path.parent) for path in paths)


def a_signed_letter(tmp_pdf, number="15-ОГ/26", code="ABCD-EFGH-JKLM"):
    signed = signing.sign_pdf(tmp_pdf)
    facts = {"fingerprint": signing.certificate().fingerprint}
    return a_letter(content=signed, number=number, check_code=code, signature=facts)


@pytest.fixture
def pdf():
    import typst

    return typst.compile(b"#set document(title: [x])\nText", format="pdf", pdf_standards="a-2b")


def test_anyone_with_number_and_code_may_check_a_letter(house, pdf):
    letter = a_signed_letter(pdf)
    assert services.check("№ 15-ог/26", "ABCD-EFGH-JKLM").authentic
    found = services.check(" 15-ОГ/26 ", "abcd efgh jklm")
    assert found.authentic
    assert found.sha256 == letter.sha256
    assert found.report.verdicts[0].owner == keys.DEMO_OWNER
    assert services.check("15-ОГ/26", "ABCD-EFGH-JKLN") is None
    assert services.check("16-ОГ/26", "ABCD-EFGH-JKLM") is None
    assert services.check("", "") is None


def test_a_letter_without_a_code_is_never_found(house):
    a_letter(number="17-ОГ/26")
    assert services.check("17-ОГ/26", "") is None


def test_a_letter_changed_in_the_store_is_not_authentic(house, pdf):
    letter = a_signed_letter(pdf)
    path = path_of(house, letter.sha256)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"\n% added\n")
    assert not services.check("15-ОГ/26", "ABCD-EFGH-JKLM").authentic
    assert run_verify(house)[0] == 1


def test_a_letter_signed_by_a_stranger_is_not_authentic(house, pdf):
    signed = signing.sign_pdf(pdf)
    a_letter(content=signed, number="1", check_code="CODE", signature={"fingerprint": "00" * 32})
    assert not services.check("1", "CODE").authentic
    code, found = run_verify(house)
    assert code == 1
    assert len(found["bad_signatures"]) == 1
