"""What goes out gzipped to whoever takes that: the texts of app/static and a visitor's first page.

Other pages do not: they hold secrets beside words a stranger can make them repeat, and the length
of a squeezed page would tell the ones by the others. Who brings no cookie has no secrets yet.
"""

import gzip
from collections.abc import Callable
from functools import lru_cache

from flask import Flask, Response, request

SQUEEZED = frozenset({"text/css", "text/javascript", "image/svg+xml"})


def init_app(app: Flask) -> None:
    app.after_request(_squeeze)


def _squeeze(response: Response) -> Response:
    if request.endpoint == "static" and response.mimetype in SQUEEZED:
        return _squeezed(response, _gzipped_once)
    if response.mimetype == "text/html" and _is_first_visit():
        return _squeezed(response, _gzipped)
    return response


def _is_first_visit() -> bool:
    return request.method == "GET" and not request.cookies and not request.authorization


def _squeezed(response: Response, gzipped: Callable[[bytes], bytes]) -> Response:
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False
    response.set_data(gzipped(response.get_data()))
    response.content_encoding = "gzip"
    if etag := response.get_etag()[0]:
        # Not the same bytes as the file any more, only the same meaning.
        response.set_etag(etag, weak=True)
    return response


def _gzipped(data: bytes) -> bytes:
    return gzip.compress(data, compresslevel=6, mtime=0)


_gzipped_once = lru_cache(maxsize=64)(_gzipped)
