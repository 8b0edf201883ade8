"""A large file goes through the server in pieces: what its process needs of memory stays small."""

import hashlib
import http.client
import json
import os
from pathlib import Path

import pytest

from tests.browser.site import Served

MEGABYTE = 1024 * 1024
#: What a file may cost the server's process, however large it is.
MOST = 64 * MEGABYTE
BLOCK = os.urandom(MEGABYTE)
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
END = b"\r\n--x--\r\n"


def memory(pid, name):
    """VmRSS (now) or VmHWM (at most since the mark was reset) of a process, bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) * 1024


def sent(port, megabytes):
    """Upload so many megabytes in pieces; what the server says of the file."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.putrequest("POST", "/api/v1/uploads")
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(len(HEAD) + megabytes * MEGABYTE + len(END)))
    connection.endheaders()
    connection.send(HEAD)
    for _each in range(megabytes):
        connection.send(BLOCK)
    connection.send(END)
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()
    assert answer.status == 201, told
    return told


def asked(port, path, body):
    """The status of an answer, its SHA-256 and its first megabyte; it is read in pieces."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body), headers)
    answer = connection.getresponse()
    first = answer.read(MEGABYTE)
    digest = hashlib.sha256(first)
    while piece := answer.read(MEGABYTE):
        digest.update(piece)
    connection.close()
    return answer.status, digest.hexdigest(), first


@pytest.mark.parametrize("megabytes", [128, pytest.param(1024, marks=pytest.mark.long)])
def test_a_file_is_never_held_in_memory(data_dir, tmp_path, megabytes):
    limit = {"UPLOAD_MAX_BYTES": megabytes * MEGABYTE, "RATE_ALL": "0"}
    with Served(data_dir, tmp_path / "log", **limit) as site:
        sent(site.port, 1)  # what is loaded at the first upload is no part of the second
        pid = site._server.pid
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # forget the highest mark so far
        before = memory(pid, "VmRSS")
        told = sent(site.port, megabytes)
        assert told["size"] == megabytes * MEGABYTE
        person = {"kind": "citizen", "last_name": "Ёлкина", "no_middle_name": True}
        person |= {"first_name": "Мария", "email": "e@example.org"}
        appeal = {"applicant": person, "reply_channel": "email", "text": "Не вывозят мусор."}
        status, _digest, answer = asked(
            site.port, "/api/v1/appeals", {**appeal, "files": [told["id"]]}
        )
        assert status == 201, answer
        pair = {name: json.loads(answer)[name] for name in ("receipt", "access_code")}
        assert asked(site.port, "/api/v1/status", pair)[0] == 200
        status, digest, _first = asked(site.port, "/api/v1/status/file/1", pair)
        assert (status, digest) == (200, told["sha256"])
        assert memory(pid, "VmHWM") - before <= MOST
