"""Signatures on the pages: anyone checks a file, a clerk sees a citizen's, letters take one more."""

import asyncio
import io
import re
from pathlib import Path

import pytest
import typst
from sqlalchemy import select

from app.audit import services as audit
from app.database import db, reading, transaction
from app.directory import services as directory
from app.documents import beside as beside_room
from app.documents import services as documents
from app.documents import trusting
from app.outbox import services as outbox
from app.outbox.cli import settle_all
from app.outbox.models import Promise
from tests.unit.certificate_kit import Authority
from tests.unit.office import Office
from tests.unit.test_signatures import inside
from tests.web.desk import Clerk, words_of
from tests.web.statements import counted
from tests.web.test_reception import hidden


@pytest.fixture
def app(make_app):
    """Outside its context, so that each request begins with a clean `g` as on a server."""
    return make_app()


@pytest.fixture(scope="module")
def root():
    return Authority()


@pytest.fixture(scope="module")
def holder(root):
    return root.issue("Ёлкина Мария Петровна")


def beside(content, holder):
    made = holder.signer().async_sign_general_data(content, "sha256", detached=True, use_cades=True)
    return asyncio.run(made).dump()


def trusted(app, root):
    with app.app_context():
        trusting.add("root.cer", root.der, actor="administrator")


def answered(app):
    with app.app_context():
        office = Office(app)
        office.register()
        office.do("manager", "review", decision="answer", drafter="executor1")
        office.reply("executor1")
    return office


def work(app):
    with app.app_context():
        settle_all(app, 60)


def journal(subject):
    with reading() as session:
        return audit.history(session, subject)


def letter_of(office):
    with office.app.app_context():
        (letter,) = [one for one in office.card().letters if one.kind == "reply"]
        with reading() as session:
            return letter, documents.content(session, letter.document_id)


def test_a_letter_that_could_not_be_signed_says_so_on_its_card(app, tmp_path):
    chosen = app.extensions["settings"]
    wrong = {"signing_pkcs12": tmp_path / "absent.p12"}
    app.extensions["settings"] = chosen.model_copy(update=wrong)
    with app.app_context():
        office = Office(app)
        office.register()
        office.do("manager", "review", decision="answer", drafter="executor1")
        office.do("executor1", "draft_reply")
        office.do("approver", "approve_reply", decision="accept")
        office.do("signatory", "sign_reply")
    work(app)
    with app.app_context():
        page = f"/desk/appeals/{office.card().id}?tab=letters"
        (parked,) = outbox.list_parked()
        assert outbox.counts()["parked"] == 1
        assert office.card().documents == ()
        engine = db.engine
    assert parked.reason == "The file SIGNING_PKCS12 names is not there."
    clerk = Clerk(app, "signatory")
    clerk.get("/language/ru", 303)
    assert "не подписано" in clerk.page(page)
    assert "Письмо не изменилось и не ушло." in clerk.page(page)
    with counted(engine) as asked:
        register = words_of(clerk.page("/desk/letters?state=signing"))
    assert "не подписано" in register
    assert "не изменились и не ушли" in register
    assert len([one for one in asked.statements if "FROM outbox" in one]) == 1
    assert "не подписано" in clerk.send("/desk/letters", "book", 200, format="csv").text
    clerk.get("/language/en", 303)
    assert "The letter is unchanged and has not left." in clerk.page(page)
    app.extensions["settings"] = chosen
    with app.app_context():
        outbox.retry(parked.uid, actor="administrator")
    work(app)
    assert "has not left" not in clerk.page(page)
    with counted(engine) as asked:
        register = words_of(clerk.page("/desk/letters"))
    assert "have not left" not in register
    assert not [one for one in asked.statements if "FROM outbox" in one]


def check(client, content, name="letter.pdf", **more):
    return client.post(
        "/documents/check",
        data={"file": (io.BytesIO(content), name), **more},
        content_type="multipart/form-data",
    )


def test_anyone_checks_a_file_and_nothing_of_it_is_kept(app, client):
    office = answered(app)
    letter, content = letter_of(office)
    client.get("/language/en")
    folder = Path(app.extensions["settings"].data_dir)
    before = {one for one in folder.rglob("*") if one.is_file()}
    told = check(client, content)
    assert told.status_code == 200
    for sentence in (
        "Yes, this letter was issued by us",
        letter.number,
        "Not changed since it was signed.",
        "Issued by its owner",
        "Not checked: there is no list of revoked certificates",
        "The file was not kept.",
    ):
        assert sentence in told.text, sentence
    assert "Ёлкина" not in told.text
    assert {one for one in folder.rglob("*") if one.is_file()} - before == set()


def test_a_letter_with_one_changed_byte_is_not_ours(app, client):
    _letter, content = letter_of(answered(app))
    client.get("/language/ru")
    told = check(client, content.replace(b"/Catalog", b"/Katalog"))
    assert "Такого письма мы не отправляли" in told.text
    told = check(client, content[: len(content) // 2])
    assert "Такого письма мы не отправляли" in told.text
    assert "повреждён" in told.text or "Электронной подписи в файле нет" in told.text
    # Where no signature could be read none is promised below.
    assert "Ниже показано, какие подписи в нём есть" not in told.text


def test_a_detached_signature_is_checked_with_its_file(app, client, root, holder):
    client.get("/language/en")
    content = b"Some agreement"
    signature = beside(content, holder)
    told = check(client, content, "text.txt", beside=(io.BytesIO(signature), "text.txt.sig"))
    assert "Ёлкина Мария Петровна" in told.text
    assert "not in our list of trust" in told.text
    trusted(app, root)
    told = check(client, content, "text.txt", beside=(io.BytesIO(signature), "text.txt.sig"))
    assert "Issued by an authority that we trust." in told.text
    assert "not issued by us" in told.text
    told = check(client, content + b"!", "text.txt", beside=(io.BytesIO(signature), "t.sig"))
    assert "changed after it was signed" in told.text
    told = check(client, content, "text.txt", beside=(io.BytesIO(b"noise"), "t.sig"))
    assert "is no electronic signature" in told.text


def test_without_a_file_the_page_asks_for_one(client):
    client.get("/language/en")
    told = client.post("/documents/check", data={}, content_type="multipart/form-data")
    assert told.status_code == 422
    assert "Choose the file to check." in told.text
    assert "The file is empty." in check(client, b"").text


def test_the_picture_on_a_letter_leads_to_its_check(app, client):
    import pypdfium2
    import zxingcpp

    letter, content = letter_of(answered(app))
    page = pypdfium2.PdfDocument(content)[0].render(scale=3).to_pil()
    (code,) = {one.text for one in zxingcpp.read_barcodes(page)}
    assert code.split("?")[0].endswith("/documents/check")
    client.get("/language/en")
    told = client.get(f"/documents/check?{code.partition('?')[2]}")
    assert "Yes, this letter was issued by us" in told.text
    assert letter.number in told.text


def file_with(client, files):
    page = client.get("/appeals/new").text
    names = ("csrf_token", "token")
    sent = client.post(
        "/appeals/new",
        data={
            **{name: hidden(page, name) for name in names},
            "last_name": "Ёлкина",
            "first_name": "Мария",
            "no_middle_name": "y",
            "reply_channel": "email",
            "email": "elkina@example.ru",
            "consent": "y",
            "text": "Не вывозят мусор. План и снимок прилагаю.",
            "new_files": files,
        },
        content_type="multipart/form-data",
    )
    assert sent.status_code == 303, sent.text


def test_a_citizen_s_signature_is_recognised_and_its_verdict_shown(app, client, root, holder):
    trusted(app, root)
    content, other = b"%PDF-1.4 plan of the yard", b"photo of the yard"
    files = [
        (io.BytesIO(content), "plan.pdf"),
        (io.BytesIO(beside(content, holder)), "plan.pdf.sig"),
        (io.BytesIO(other), "photo.txt"),
        (io.BytesIO(beside(other + b"!", holder)), "photo.txt.p7s"),
    ]
    file_with(client, files)
    work(app)
    clerk = Clerk(app, "registrar")
    clerk.get("/language/en", 303)
    shown = clerk.get("/desk/appeals/1?tab=documents").text
    assert "the signature holds" in shown
    assert "the signature does not hold" in shown
    assert shown.count("Ёлкина Мария Петровна") >= 2
    with app.app_context(), reading() as session:
        found = {
            one.name: [each.report.verdicts[0].integrity for each in one.signatures]
            for one in documents.documents(session, "appeal:1")
        }
    assert found == {
        "plan.pdf": ["unchanged"],
        "plan.pdf.sig": [],
        "photo.txt": ["changed"],
        "photo.txt.p7s": [],
    }


def test_of_files_that_come_with_the_form_a_plain_one_is_not_looked_at_again(app, client, holder):
    plain = typst.compile(b"#set document(title: [x])\nText", format="pdf")
    files = {"plain.pdf": plain, "signed.pdf": inside(plain, holder), "photo.txt": b"photo"}
    files["plain.pdf.sig"] = beside(plain, holder)
    file_with(client, [(io.BytesIO(content), name) for name, content in files.items()])
    with app.app_context(), reading() as session:
        names = {one.id: one.name for one in documents.documents(session, "appeal:1")}
        kind = Promise.kind == beside_room.RECOGNISE
        promised = session.scalars(select(Promise.payload).where(kind)).all()
    assert {names[one["document"]] for one in promised} == {"signed.pdf", "plain.pdf.sig"}


def test_of_a_citizen_s_pdfs_only_one_that_tells_of_a_signature_is_judged(app, holder, monkeypatch):
    """Most bear none, and each look by a process of its own costs half a second."""
    plain = typst.compile(b"#set document(title: [x])\nText", format="pdf")
    looked_at = []

    def judged(path, signature=None):
        looked_at.append(path.read_bytes())
        return real(path, signature)

    real = beside_room.judged.judged
    monkeypatch.setattr(beside_room.judged, "judged", judged)
    # In two parts of which the word for what is covered lies across the border.
    signed = inside(plain, holder)
    monkeypatch.setattr(beside_room, "_PART", signed.index(b"/ByteRange") + 4)
    with app.app_context():
        sent = [
            documents.accept_upload(io.BytesIO(content), name, owner="o").id
            for content, name in ((plain, "plain.pdf"), (signed, "signed.pdf"))
        ]
        with transaction() as session:
            documents.attach(session, sent, key="appeal:1", kind="appeal", actor="citizen")
        settle_all(app, 60)
        with reading() as session:
            found = {
                one.name: [each.report.verdicts[0].integrity for each in one.signatures]
                for one in documents.documents(session, "appeal:1")
            }
    assert looked_at == [signed]
    assert found == {"plain.pdf": [], "signed.pdf": ["unchanged"]}


def test_a_letter_that_waits_for_a_signature_made_elsewhere_leaves_with_it(app, root, holder):
    with app.app_context():
        with transaction() as session:
            directory.set_setting(session, "letters.outside_signature", "yes", "administrator")
        office = Office(app)
        office.register()
        office.do("manager", "review", decision="answer", drafter="executor1")
        office.reply("executor1")
        before = len(office.mail())
    letter, content = letter_of(office)
    assert letter.state == "signed"
    clerk = Clerk(app, "signatory")
    clerk.get("/language/en", 303)
    address = f"/desk/letters/{letter.id}/signatures"
    assert "waits for a signature made elsewhere" in clerk.get(address).text

    def add(signed):
        token = hidden(clerk.get(address).text, "csrf_token")
        data = {"csrf_token": token, "file": (io.BytesIO(signed), "answer.sig")}
        clerk.post(address, data)
        work(app)

    add(beside(content + b"!", holder))
    assert letter_of(office)[0].state == "signed"
    assert "the signature does not hold" in clerk.get(address).text
    beside_bytes = beside(content, holder)
    add(beside_bytes)
    assert letter_of(office)[0].state == "sent"
    with app.app_context():
        assert len(office.mail()) > before
        names = [each.name for one in office.mail() for each in one.attachments]
        assert "answer.sig" in names
        office_lines = {one.action for one in journal("appeal:1")}
    assert {"signature.added", "signature.checked"} <= office_lines
    links = re.findall(r'/desk/signatures/\d+(?=")', clerk.page(address))
    # The body's own, the one that did not fit, and the one that did; each can be saved.
    assert len(set(links)) == 3
    assert clerk.get(links[-1]).data == beside_bytes


def test_the_administrator_keeps_the_list_of_trust(app, root):
    admin = Clerk(app, "administrator")
    admin.get("/language/en", 303)
    page = admin.get("/studio/admin/trust").text
    assert "We trust no authority yet" in page

    def add(content, name, status=303):
        data = {
            "csrf_token": hidden(admin.get("/studio/admin/trust").text, "csrf_token"),
            "file": (io.BytesIO(content), name),
        }
        return admin.post("/studio/admin/trust", data, status)

    add(root.der, "Корень.cer")
    add(root.crl(), "root.crl")
    assert "neither a certificate nor a list" in add(b"noise", "x.cer", 422).text
    page = admin.get("/studio/admin/trust").text
    assert "Головной удостоверяющий центр" in page
    (remove,) = re.findall(r'action="(/studio/admin/trust/roots/[^"]+)"', page)
    token = hidden(page, "csrf_token")
    admin.post(remove, {"csrf_token": token})
    assert "We trust no authority yet" in admin.get("/studio/admin/trust").text
    with app.app_context():
        said = [one.action for one in journal("trust")]
    assert sorted(said) == ["trust.added", "trust.added", "trust.removed"]


def test_what_is_put_into_the_folder_by_hand_counts_and_is_journaled(app, root):
    with app.app_context():
        folder = trusting.settings().trust / "roots"
        folder.mkdir(parents=True)
        (folder / "own.der").write_bytes(root.der)
        assert len(trusting.current().roots) == 1
        assert trusting.notice() == 1
        assert trusting.notice() == 0
        (folder / "own.der").unlink()
        assert trusting.notice() == 1
        assert sorted(one.action for one in journal("trust")) == ["trust.added", "trust.removed"]


def test_only_the_administrator_changes_what_is_trusted(app, root):
    Clerk(app, "registrar").get("/studio/admin/trust", 403)
