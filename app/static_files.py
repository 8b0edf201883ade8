"""Texts of app/static go out gzipped to whoever takes that.

Pages do not: they hold secrets beside words a stranger can make them repeat, and the length of a
squeezed page would tell the ones by the others.
"""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

SQUEEZED = frozenset({"text/css", "text/javascript", "image/svg+xml"})


def init_app(app: Flask) -> None:
    app.after_request(_squeeze)


def _squeeze(response: Response) -> Response:
    if request.endpoint != "static" or response.mimetype not in SQUEEZED:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False
    response.set_data(_gzipped(response.get_data()))
    response.content_encoding = "gzip"
    # Not the same bytes as the file any more, only the same meaning.
    response.set_etag(response.get_etag()[0] or "", weak=True)
    return response


@lru_cache(maxsize=64)
def _gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)
