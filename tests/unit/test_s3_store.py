"""The S3 store against moto's real HTTP server: the same promises as the local folder."""

import hashlib

import pytest
from moto.server import ThreadedMotoServer

from app.config import load
from app.documents import store
from app.documents.s3 import S3Store


@pytest.fixture(scope="module")
def server():
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def files(server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chosen = load(
        mode="demo", data_dir=tmp_path, s3_endpoint=server, s3_bucket=f"b-{tmp_path.name[-20:]}",
        s3_access_key="key", s3_secret_key="secret",
    )  # fmt: skip
    built = store.build(chosen)
    assert isinstance(built, S3Store)
    built._client.create_bucket(Bucket=chosen.s3_bucket.replace("_", "-"))
    return S3Store(built._client, chosen.s3_bucket.replace("_", "-"))


def put(files, tmp_path, content):
    path = tmp_path / "source"
    path.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    files.put(path, sha256)
    return sha256


def test_what_is_put_is_read_back_whole(files, tmp_path):
    content = bytes(range(256)) * 20_000  # 5 MB
    sha256 = put(files, tmp_path, content)
    assert files.has(sha256)
    with files.open(sha256) as stream:
        assert stream.read() == content


def test_it_can_be_read_in_pieces_as_a_web_server_does(files, tmp_path):
    sha256 = put(files, tmp_path, b"abcdef")
    with files.open(sha256) as stream:
        assert [stream.read(4), stream.read(4), stream.read(4)] == [b"abcd", b"ef", b""]


def test_putting_twice_is_harmless_and_names_lists_it_once(files, tmp_path):
    sha256 = put(files, tmp_path, b"same")
    assert put(files, tmp_path, b"same") == sha256
    assert list(files.names()) == [sha256]


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
