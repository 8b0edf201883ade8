"""Forms with files, taken apart as they arrive by `multipart`.

Werkzeug's own parser takes four times as long, and compiles two patterns for each form anew.
"""

from collections.abc import Callable
from typing import IO, Any

from multipart import MultipartSegment, ParserLimitReached, PushMultipartParser
from werkzeug.datastructures import FileStorage, Headers
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

#: Bytes that are taken apart at a time: a form with two pictures in one or two portions.
PORTION = 256 * 1024
#: Of one line above a part, its file's name among it, which the appeal shortens itself.
LONGEST_LINE = 64 * 1024
#: How a client of Werkzeug begins its boundaries. It leaves out the line break that ends an empty
#: part, so that only Werkzeug sees where one begins.
WERKZEUGS = "---------------WerkzeugFormPart_"
#: As Werkzeug has it: others are read as UTF-8.
_CHARSETS = frozenset({"ascii", "us-ascii", "utf-8", "iso-8859-1"})


class FormParser(FormDataParser):
    """Werkzeug's own, but for forms with files."""

    def _parse_multipart(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Any:
        boundary = options.get("boundary", "")
        if boundary.startswith(WERKZEUGS):
            return super()._parse_multipart(stream, mimetype, content_length, options)
        parts = _Parts(self, content_length)
        try:
            with PushMultipartParser(
                boundary,
                max_header_size=LONGEST_LINE,
                max_segment_count=self.max_form_parts or float("inf"),
            ) as parser:
                while not parser.closed:
                    for event in parser.parse(stream.read(PORTION)):
                        parts.take(event)
        except ParserLimitReached as refusal:
            raise RequestEntityTooLarge from refusal
        return stream, self.cls(parts.fields), self.cls(parts.files)


class _Parts:
    """The parts of a form, so far."""

    def __init__(self, parser: FormParser, form_length: int | None) -> None:
        self._parser, self._form_length = parser, form_length
        self.fields: list[tuple[str, str]] = []
        self.files: list[tuple[str, FileStorage]] = []
        self._end: Callable[[], None]
        self._write: Callable[[bytes], Any]

    def take(self, event: MultipartSegment | bytes | None) -> None:
        """Take the beginning of a part, some of it, or, with None, its end."""
        if event is None:
            self._end()
        elif isinstance(event, MultipartSegment):
            name, file_name = _named(event)
            if file_name is None:
                self._begin_field(event, name)
            else:
                self._begin_file(event, name, file_name)
        else:
            self._write(event)

    def _begin_field(self, about: MultipartSegment, name: str) -> None:
        texts: list[bytes] = []
        most = self._parser.max_form_memory_size

        def write(text: bytes) -> None:
            if most is not None and about.bytes_received > most:
                raise RequestEntityTooLarge
            texts.append(text)

        def end() -> None:
            charset = (about.charset or "").lower()
            known = charset if charset in _CHARSETS else "utf-8"
            self.fields.append((name, b"".join(texts).decode(known, "replace")))

        self._write, self._end = write, end

    def _begin_file(self, about: MultipartSegment, name: str, file_name: str) -> None:
        stream = self._parser.stream_factory(self._form_length, about.content_type, file_name)

        def end() -> None:
            stream.seek(0)
            headers = Headers(about.headerlist)
            self.files.append((name, FileStorage(stream, file_name, name, headers=headers)))

        self._write, self._end = stream.write, end


def _named(about: MultipartSegment) -> tuple[str, str | None]:
    """The names of a field and of its file, which older programs spell as RFC 2231 has it."""
    told = about["Content-Disposition"]
    if "*" not in told:
        return about.name or "", about.filename
    options = parse_options_header(told)[1]
    return options.get("name", ""), options.get("filename")
