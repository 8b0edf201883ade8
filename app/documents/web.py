"""How every door hands a file to a browser: as an attachment, never as a page of ours."""

from typing import Any, BinaryIO, Protocol

from flask import Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import FileWrapper


class Opened(Protocol):
    """A stream to close and what is known of it; `size` in bytes, `sha256` of what it holds."""

    @property
    def stream(self) -> Any: ...
    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def sha256(self) -> str: ...


def send(opened: Opened) -> Response:
    """Answer with an opened file."""
    return download(opened.stream, opened.name, opened.media_type, opened.size, mark=opened.sha256)


def download(
    stream: BinaryIO, name: str, media_type: str, size: int, *, mark: str = ""
) -> Response:
    """Answer with a file under its own name (RFC 5987), that no browser may run or sniff.

    With a `mark`, which is another for other bytes, a download that broke off is taken up where it
    stopped (RFC 9110, 14).
    """
    response = send_file(
        stream, mimetype=media_type, as_attachment=True, download_name=name, max_age=None
    )
    # Werkzeug's own wrapper knows how to seek; those of the web servers need not.
    response.response = FileWrapper(stream)
    response.content_length = size
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    if mark:
        response.set_etag(mark)
        try:
            response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
        except RequestedRangeNotSatisfiable:
            response.close()
            raise
    return response
