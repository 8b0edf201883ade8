"""Files and the scanner: held until it has looked, in quarantine when it found something."""

import io
import json
import shutil
import socket
import struct
import subprocess
import threading
import time
import zipfile
from contextlib import suppress

import pytest

from app.appeals import services as appeals
from app.audit.models import JournalRow
from app.database import reading
from app.documents import checking, services
from app.documents.clamav import Down, Scanner, TooLarge
from app.errors import Held
from tests.unit.office import Office

BAD = b"a body that signatures know"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """A scanner with a mind of its own: what it finds, what it says, when it breaks off."""

    def __init__(self):
        self.version = b"ClamAV 1.4.6/1/Thu Nov 26 10:00:00 2026"
        self.known = {}
        self.largest = 10_000_000
        self.dies_after = None
        self.looked_at = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                link, _peer = self._listening.accept()
            except OSError:
                return
            with link, link.makefile("rb") as told, suppress(OSError, struct.error):
                self._answer(link, told)

    def _answer(self, link, told):
        order = b""
        while not order.endswith(b"\0"):
            order += told.read(1)
        if order == b"zVERSION\0":
            link.sendall(self.version + b"\0")
            return
        assert order == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!I", told.read(4))[0]:
            content += told.read(size)
            if self.dies_after is not None and len(content) > self.dies_after:
                return
            if len(content) > self.largest:
                link.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.looked_at += 1
        found = next((name for body, name in self.known.items() if body in content), None)
        link.sendall(b"stream: %s FOUND\0" % found if found else b"stream: OK\0")

    def stop(self):
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(timeout=10)


@pytest.fixture
def clamd():
    running = Clamd()
    yield running
    running.stop()


@pytest.fixture
def house(clamd, make_app):
    app = make_app(clamd=clamd.address)
    with app.app_context():
        yield app


def sent(content, name="файл.txt"):
    return services.accept_upload(io.BytesIO(content), name, owner="site:1")


def filed(house, content):
    return Office(house, files=[sent(content).id])


def looked(house):
    house.extensions["checks"]._not_before = 0
    return checking.go_on()


def document_of(office):
    return appeals.card(Office.person("registrar"), office.ref).documents[0]


def opened(office):
    found = appeals.open_document(Office.person("registrar"), document_of(office).id)
    with found.stream as stream:
        return stream.read()


def test_nobody_sees_a_file_before_it_was_looked_at(house):
    office = filed(house, b"good")
    assert document_of(office).check.verdict == "waiting"
    with pytest.raises(Held):
        opened(office)
    with pytest.raises(Held):
        appeals.status_file(office.ref, office.receipt.access_code, document_of(office).id)
    look = appeals.preview_document(Office.person("registrar"), document_of(office).id)
    assert "проверяется на вирусы" in str(look.shown.trouble)
    assert looked(house) == 1
    assert looked(house) == 0
    assert document_of(office).check.verdict == "clean"
    assert opened(office) == b"good"


def test_what_was_found_lies_in_quarantine_and_everybody_is_told(house, clamd):
    clamd.known = {BAD: b"Test.Bad-1"}
    office = filed(house, BAD)
    looked(house)
    check = document_of(office).check
    assert (check.verdict, check.finding) == ("found", "Test.Bad-1")
    with pytest.raises(Held, match=r"Test\.Bad-1"):
        opened(office)
    page = house.test_client()
    (line,) = appeals.status(office.ref, office.receipt.access_code).files
    assert line.check.told.startswith("на карантине: Test.Bad-1")
    assert page.get("/status").status_code == 200
    with reading() as session:
        (row,) = session.query(JournalRow).filter_by(action="document.quarantined").all()
        assert "Test.Bad-1" in row.details
    # The appeal goes its way without the file.
    office.register()


def test_the_status_page_says_what_quarantine_means(house, clamd):
    clamd.known = {BAD: b"Test.Bad-1"}
    office = filed(house, BAD)
    looked(house)
    house.config["WTF_CSRF_ENABLED"] = False
    client = house.test_client()
    pair = {"number": office.ref, "access_code": office.receipt.access_code}
    page = client.post("/status", data=pair, follow_redirects=True).text
    assert "на карантине: Test.Bad-1" in page
    assert "приложите документ ещё раз" in page


def test_the_page_of_a_document_leads_to_its_bytes_unless_it_is_held(house):
    office = filed(house, b"good")
    house.config["WTF_CSRF_ENABLED"] = False
    client = house.test_client()
    accounts = json.loads((house.extensions["settings"].data_dir / "demo.json").read_text("utf-8"))
    secret = next(one["password"] for one in accounts["accounts"] if one["login"] == "registrar")
    client.post("/sign-in", data={"login": "registrar", "password": secret})
    page, file = (f"/desk/documents/{document_of(office).id}{end}" for end in ("/look", ""))
    assert f'href="{file}"' not in client.get(page).text
    assert client.get(file).status_code == 423
    looked(house)
    assert f'href="{file}"' in client.get(page).text
    with client.get(file) as given:
        assert given.data == b"good"


def test_files_are_taken_while_the_scanner_is_down_and_looked_at_later(house, clamd):
    clamd.stop()
    office = filed(house, b"good")
    assert looked(house) == 0
    assert document_of(office).check.verdict == "waiting"
    with pytest.raises(Held):
        opened(office)
    again = Clamd()
    house.extensions["checks"].scanner = Scanner(again.address)
    assert looked(house) == 1
    assert opened(office) == b"good"
    again.stop()
    clamd._listening = socket.create_server(("127.0.0.1", 0))  # for the fixture to stop


def test_a_scanner_that_is_down_is_not_asked_all_the_time(house, clamd):
    filed(house, b"good")
    clamd.dies_after = 0
    assert checking.go_on() == 0
    clamd.dies_after = None
    assert checking.go_on() == 0  # it rests
    assert looked(house) == 1


@pytest.mark.parametrize("after", [0, 300_000])
def test_a_scanner_that_dies_in_mid_stream_has_said_nothing(house, clamd, after):
    office = filed(house, b"x" * 2_000_000)
    clamd.dies_after = after
    assert looked(house) == 0
    assert document_of(office).check.verdict == "waiting"
    clamd.dies_after = None
    assert looked(house) == 1
    assert document_of(office).check.verdict == "clean"


def test_new_signatures_find_what_was_clean_and_let_out_what_was_not(house, clamd):
    clamd.known = {b"false alarm": b"Test.Wrong"}
    missed, wronged = filed(house, BAD), filed(house, b"false alarm")
    looked(house)
    assert [document_of(one).check.verdict for one in (missed, wronged)] == ["clean", "found"]
    assert looked(house) == 0
    clamd.known = {BAD: b"Test.Bad-1"}
    clamd.version = clamd.version.replace(b"/1/", b"/2/")
    house.extensions["checks"].scanner._asked_at -= 3600
    assert looked(house) == 2
    assert [document_of(one).check.verdict for one in (missed, wronged)] == ["found", "clean"]
    assert looked(house) == 0
    with reading() as session:
        events = [row.action for row in session.query(JournalRow).order_by(JournalRow.id)]
    assert [one for one in events if one in ("document.quarantined", "document.released")] == [
        "document.quarantined", "document.quarantined", "document.released",
    ]  # fmt: skip


def test_what_is_too_large_for_the_scanner_is_said_to_be_unchecked(house, clamd):
    clamd.largest = 1000
    office = filed(house, b"x" * 600_000)
    looked(house)
    assert "слишком велик" in document_of(office).check.told
    assert opened(office) == b"x" * 600_000
    assert looked(house) == 0


def test_without_a_scanner_that_is_what_is_said(app):
    office = filed(app, b"good")
    assert document_of(office).check.told == "не проверено на вирусы"
    assert opened(office) == b"good"
    run = app.test_cli_runner().invoke(args=["documents", "scan"])
    assert run.exit_code == 1


def test_what_waited_for_a_scanner_that_was_switched_off_is_unchecked(house, make_app):
    office = filed(house, b"good")
    with make_app().app_context():
        assert document_of(office).check.told == "не проверено на вирусы"
        assert opened(office) == b"good"


def test_letters_of_the_body_are_not_asked_about(house):
    office = filed(house, b"good")
    looked(house)
    office.register()
    office.settle()
    with reading() as session:
        assert {row.verdict for row in session.query(checking.Blob)} <= {"own", "clean"}


def test_the_same_file_is_looked_at_once(house, clamd):
    for _each in range(3):
        filed(house, b"the same")
    looked(house)
    assert clamd.looked_at == 1
    run = house.test_cli_runner().invoke(args=["documents", "scan"])
    assert run.exit_code == 0, run.output
    assert clamd.looked_at == 2


def test_an_answer_that_makes_no_sense_is_no_answer(clamd):
    clamd.known = {b"x": b"a FOUND\0stream: b"}
    scanner = Scanner(clamd.address)
    assert scanner.scan(io.BytesIO(b"y")) == ""
    clamd.largest = 0
    with pytest.raises(TooLarge):
        scanner.scan(io.BytesIO(b"y"))
    with pytest.raises(Down):
        Scanner("127.0.0.1:1").version()
    with pytest.raises(Down):
        Scanner("/nowhere/clamd.ctl").version()


@pytest.fixture(scope="module")
def real_clamd(tmp_path_factory):
    """ClamAV's own daemon with a database of one signature; nothing is downloaded."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
    if program is None:
        pytest.skip("ClamAV: apt install clamav-daemon")
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "db").mkdir()
    (folder / "db" / "local.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    address = folder / "clamd.ctl"
    settings = folder / "clamd.conf"
    settings.write_text(
        f"DatabaseDirectory {folder / 'db'}\nLocalSocket {address}\nForeground yes\n"
        "User root\nStreamMaxLength 10M\n"
    )
    server = subprocess.Popen([program, "-c", settings], stdout=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while not address.exists() and time.monotonic() < end and server.poll() is None:
        time.sleep(0.1)
    yield str(address)
    server.terminate()
    server.wait(timeout=30)


def test_the_real_scanner_finds_its_test_file_in_an_archive(real_clamd, make_app):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("справка.txt", EICAR)
    with make_app(clamd=real_clamd).app_context():
        bad = Office(None, files=[sent(archive.getvalue(), "архив.zip").id])
        good = Office(None, files=[sent(b"good").id])
        assert checking.go_on() == 2
        check = document_of(bad).check
        assert check.verdict == "found"
        assert check.finding.startswith("Eicar-Test")
        assert check.checked_with.startswith("ClamAV")
        assert document_of(good).check.verdict == "clean"


def test_the_real_scanner_says_what_is_too_large_for_it(real_clamd):
    with pytest.raises(TooLarge):
        Scanner(real_clamd).scan(io.BytesIO(b"x" * 11_000_000))
