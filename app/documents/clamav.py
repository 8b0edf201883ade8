"""Talk to clamd, ClamAV's daemon, over its socket: its version, a stream to look through."""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

_CHUNK = 256 * 1024
_PATIENCE = 120.0  # seconds for one answer: a large archive takes its time
_CONNECTING = 5.0
_LONGEST_ANSWER = 4096


class Down(Exception):
    """There is no scanner at the address, or it broke off."""


class TooLarge(Exception):
    """The scanner's own settings do not let it look at so much."""


class Scanner:
    """The scanner at `address`, "/run/clamav/clamd.ctl" or "host:3310"."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._version = ""
        self._asked_at = 0.0

    def version(self, *, at_most: float = 0) -> str:
        """Program and signatures, e.g. "ClamAV 1.4.6/27451/Thu Nov 26 10:00:00 2026".

        It may be as old as `at_most` seconds. Raises `Down`.
        """
        if not self._version or time.monotonic() - self._asked_at > at_most:
            with self._connected() as link:
                link.sendall(b"zVERSION\0")
                self._version = _answer(link)[:100]
            self._asked_at = time.monotonic()
        return self._version

    def scan(self, stream: IO[bytes]) -> str:
        """The name of what was found in the rest of the stream, '' of nothing.

        Raises `Down` and `TooLarge`.
        """
        with self._connected() as link:
            link.sendall(b"zINSTREAM\0")
            _send(link, stream)
            said = _answer(link)
        if said.endswith(" FOUND"):
            return said.removeprefix("stream: ").removesuffix(" FOUND")[:200]
        if said == "stream: OK":
            return ""
        if "size limit exceeded" in said:
            raise TooLarge
        raise Down(said)

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        try:
            with self._connection() as link:
                link.settimeout(_PATIENCE)
                yield link
        except OSError as error:
            raise Down(type(error).__name__) from error

    def _connection(self) -> socket.socket:
        if self._address.startswith("/"):
            link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            link.settimeout(_CONNECTING)
            try:
                link.connect(self._address)
            except OSError:
                link.close()
                raise
            return link
        host, _colon, port = self._address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=_CONNECTING)


def _send(link: socket.socket, stream: IO[bytes]) -> None:
    while chunk := stream.read(_CHUNK):
        try:
            link.sendall(struct.pack("!I", len(chunk)) + chunk)
        except ConnectionError:
            return  # it stopped listening, and may have said why
    link.sendall(struct.pack("!I", 0))


def _answer(link: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < _LONGEST_ANSWER:
        piece = link.recv(1024)
        if not piece:
            break
        said += piece
    if not said:
        raise Down("no answer")
    return said.rstrip(b"\0\n").decode("utf-8", "replace")
