"""The S3 store against moto's real HTTP server: the same promises as the local folder.

moto is a test server and keeps its objects in memory: what is shown is that we speak the protocol,
with many parts, ranges and connections that break, and not that a given product keeps its word.
"""

import hashlib
import io
import os
import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from moto.server import ThreadedMotoServer

from app.config import load
from app.documents import s3, store
from app.documents.s3 import PART, S3Store
from app.errors import Unavailable


class Wire:
    """A way to the server that may be cut: after so many bytes sent, or received, by a client.

    It stays cut until somebody mends it, or mends by itself where it is cut `once`.
    """

    def __init__(self, target):
        self.target = target
        self.sent_left = self.received_left = None
        self.once = False
        self.requests = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def mend(self):
        self.sent_left = self.received_left = None

    def _serve(self):
        while True:
            try:
                client, _address = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(self.target)
            for way in ((client, server, "sent_left"), (server, client, "received_left")):
                threading.Thread(target=self._carry, args=way, daemon=True).start()

    def _carry(self, source, target, left):
        try:
            while chunk := source.recv(65536):
                if left == "sent_left" and chunk.startswith((b"GET ", b"PUT ", b"POST ")):
                    self.requests.append(chunk)
                if (rest := getattr(self, left)) is not None:
                    setattr(self, left, rest - len(chunk))
                    if rest <= len(chunk):
                        if self.once:
                            self.mend()
                        break
                target.sendall(chunk)
        except OSError:
            pass
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def close(self):
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@pytest.fixture(scope="module")
def server():
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    yield running.get_host_and_port()
    running.stop()


@pytest.fixture
def wire(server):
    way = Wire(server)
    yield way
    way.close()


@pytest.fixture
def files(wire, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chosen = load(
        mode="demo", data_dir=tmp_path, s3_endpoint=f"http://127.0.0.1:{wire.port}",
        s3_bucket=f"b-{tmp_path.name[-20:]}", s3_access_key="key", s3_secret_key="secret",
    )  # fmt: skip
    built = store.build(chosen)
    assert isinstance(built, S3Store)
    built._client.create_bucket(Bucket=chosen.s3_bucket.replace("_", "-"))
    return S3Store(built._client, chosen.s3_bucket.replace("_", "-"))


def put(files, tmp_path, content):
    path = tmp_path / "source"
    path.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    files.put({sha256: path})
    return sha256


def halves(files):
    listed = files._client.list_multipart_uploads(Bucket=files._bucket)
    return [one["Key"] for one in listed.get("Uploads", [])]


def test_what_is_put_is_read_back_whole(files, tmp_path):
    content = bytes(range(256)) * 20_000  # 5 MB
    sha256 = put(files, tmp_path, content)
    assert files.has(sha256)
    with files.open(sha256) as stream:
        assert stream.read() == content


def test_a_large_file_goes_in_parts(files, wire, tmp_path):
    content = os.urandom(2 * PART + 100)
    sha256 = put(files, tmp_path, content)
    sent = b" ".join(one.split(b"\r\n")[0] for one in wire.requests)
    assert all(b"partNumber=%d" % number in sent for number in (1, 2, 3))
    with files.open(sha256) as stream:
        assert hashlib.sha256(stream.read()).hexdigest() == sha256


def test_it_can_be_read_in_pieces_as_a_web_server_does(files, tmp_path):
    sha256 = put(files, tmp_path, b"abcdef")
    with files.open(sha256) as stream:
        assert [stream.read(4), stream.read(4), stream.read(4)] == [b"abcd", b"ef", b""]


def test_a_part_is_read_without_what_stands_before_it(files, wire, tmp_path):
    content = os.urandom(3_000_000)
    sha256 = put(files, tmp_path, content)
    with files.open(sha256) as stream:
        assert stream.seek(-10, io.SEEK_END) == len(content) - 10
        assert stream.read() == content[-10:]
        assert stream.seek(1000) == 1000
        assert stream.read(5) == content[1000:1005]
    assert any(b"Range: bytes=2999990-2999999" in one for one in wire.requests)


def test_a_reading_that_breaks_off_goes_on_where_it_was(files, wire, tmp_path):
    content = os.urandom(4_000_000)
    sha256 = put(files, tmp_path, content)
    # Cut from its beginning: what is under way fits into the buffers of the connection.
    wire.once, wire.received_left = True, 1_000_000
    with files.open(sha256) as stream:
        received = b""
        while chunk := stream.read(65536):
            received += chunk
    assert received == content
    assert wire.received_left is None
    assert any(b"Range: bytes=" in one for one in wire.requests)


def test_a_reading_that_stays_broken_says_so(files, wire, tmp_path, monkeypatch):
    sha256 = put(files, tmp_path, os.urandom(4_000_000))
    wire.received_left = 1_000_000
    with files.open(sha256) as stream, pytest.raises(Unavailable):
        stream.read()


@pytest.mark.parametrize("size", [1_000_000, 2 * PART + 100])
def test_a_server_that_dies_in_mid_upload_has_nothing_and_takes_it_later(
    files, wire, tmp_path, size
):
    content = os.urandom(size)
    sha256 = hashlib.sha256(content).hexdigest()
    wire.sent_left = size // 2
    with pytest.raises(Unavailable):
        put(files, tmp_path, content)
    wire.mend()
    assert not files.has(sha256)
    assert list(files.names()) == []
    assert put(files, tmp_path, content) == sha256
    with files.open(sha256) as stream:
        assert stream.read() == content


def test_halves_that_a_dead_process_left_are_removed_when_they_are_old(files, tmp_path):
    key = s3._name("a" * 64)
    begun = files._client.create_multipart_upload(Bucket=files._bucket, Key=key)
    files._client.upload_part(
        Bucket=files._bucket, Key=key, UploadId=begun["UploadId"], PartNumber=1, Body=b"half"
    )
    # moto dates every half with one day of 2010, whenever it was begun.
    assert files.tidy(datetime(2010, 1, 1, tzinfo=UTC)) == 0
    assert halves(files) == [key]
    assert files.tidy(datetime.now(UTC)) == 1
    assert halves(files) == []


def test_putting_twice_is_harmless_and_names_lists_it_once(files, tmp_path):
    sha256 = put(files, tmp_path, b"same")
    assert put(files, tmp_path, b"same") == sha256
    assert list(files.names()) == [sha256]
    now = datetime.now(UTC)
    assert list(files.names(now - timedelta(hours=1))) == []
    assert list(files.names(now + timedelta(hours=1))) == [sha256]


def test_what_is_absent_is_said_to_be_absent(files):
    absent = "0" * 64
    assert not files.has(absent)
    files.delete(absent)
    with pytest.raises(store.MissingFile):
        files.open(absent)


def test_deleted_is_gone(files, tmp_path):
    sha256 = put(files, tmp_path, b"gone")
    files.delete(sha256)
    assert not files.has(sha256)
    assert list(files.names()) == []


def test_a_store_that_is_not_there_says_so(files, wire, tmp_path):
    wire.close()
    with pytest.raises(Unavailable):
        put(files, tmp_path, b"nowhere")
