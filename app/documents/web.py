"""How every door hands a file to a browser: as an attachment, never as a page of ours."""

from typing import Any, BinaryIO, Protocol

from flask import Response, send_file


class Opened(Protocol):
    """A stream to close and what is known of it; `size` in bytes."""

    @property
    def stream(self) -> Any: ...
    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def size(self) -> int: ...


def send(opened: Opened) -> Response:
    """Answer with an opened file."""
    return download(opened.stream, opened.name, opened.media_type, opened.size)


def download(stream: BinaryIO, name: str, media_type: str, size: int) -> Response:
    """Answer with a file under its own name (RFC 5987), that no browser may run or sniff."""
    response = send_file(
        stream, mimetype=media_type, as_attachment=True, download_name=name, max_age=None
    )
    response.content_length = size
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
