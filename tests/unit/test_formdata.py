"""Forms with files mean the same as to Werkzeug's own parser, whoever wrote them."""

from contextlib import closing
from io import BytesIO
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.test import EnvironBuilder

from app import formdata
from app.formdata import FormParser

BOUNDARY = "----b7"
#: What looks like the beginning of a boundary, and the signs it is made of.
NEARLY = [b"\r\n--" + BOUNDARY.encode()[:-1], b"\r\n", b"\r", b"\n", b"--", b"-", b"\x00", b"x"]
contents = st.lists(st.sampled_from(NEARLY) | st.binary(max_size=50), max_size=9).map(b"".join)
names = st.text(st.characters(exclude_characters='\r\n"\\%', exclude_categories=["Cs"]), min_size=1)
parts = st.lists(st.tuples(names, st.none() | names | st.just(""), contents), max_size=8)


def in_memory(*_about: Any) -> BytesIO:
    """Where the content of a file goes that nobody is going to close."""
    return BytesIO()


def spelt(form: list[tuple[str, str | None, bytes]]) -> bytes:
    """The form as a browser sends it."""
    found = []
    for name, file_name, content in form:
        about = f'form-data; name="{name}"' + (
            "" if file_name is None else f'; filename="{file_name}"\r\nContent-Type: text/plain'
        )
        head = f"--{BOUNDARY}\r\nContent-Disposition: {about}\r\n\r\n"
        found.append(head.encode() + content + b"\r\n")
    return b"".join(found) + f"--{BOUNDARY}--\r\n".encode()


def read(parser: FormDataParser, body: bytes, boundary: str = BOUNDARY) -> Any:
    """(name, text) of each field and (name, name of the file, kind, content) of each file."""
    about = "multipart/form-data", len(body), {"boundary": boundary}
    _stream, form, files = parser.parse(BytesIO(body), *about)
    found = []
    for name, one in files.items(multi=True):
        with one.stream as stream:
            found.append((name, one.filename, one.content_type, stream.read()))
    return list(form.items(multi=True)), found


@given(parts, st.integers(1, 70))
@example([("text", None, b""), ("files", "", b""), ("text", None, b"\r\n")], 1)
def test_a_form_means_what_it_means_to_werkzeug(
    form: list[tuple[str, str | None, bytes]], portion: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(formdata, "PORTION", portion)
        assert read(FormParser(), spelt(form)) == read(FormDataParser(), spelt(form))


@pytest.mark.parametrize(
    "about",
    [
        "name=a",
        'name="a%22b"',
        'name="a"; filename="a%22b.txt"',
        'name="a"; filename="a\\"b.txt"',
        "name=a; filename=b.txt",
        "name=\"a\"; filename*=utf-8''%D1%91.txt",
        'name="a"; filename="x.txt"; filename*=utf-8\'\'%D1%91.txt',
        'name="ёж"; filename="ёж.txt"',
        'name="a"; filename="b;c=d.txt"',
        f'name="a"; filename="{"д" * 10_000}.txt"',
    ],
)
def test_names_are_those_that_werkzeug_reads(about: str) -> None:
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {about}\r\n\r\n"
    body = head.encode() + f"text\r\n--{BOUNDARY}--\r\n".encode()
    found = read(FormParser(), body)
    assert any(found)
    assert found == read(FormDataParser(), body)


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "koi8-r", "nonsense"])
def test_a_field_is_read_in_its_charset(charset: str) -> None:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n'
    kind = f"Content-Type: text/plain; charset={charset}\r\n\r\n"
    body = (head + kind).encode() + b"\xe9\xd1\x91\r\n" + f"--{BOUNDARY}--\r\n".encode()
    found = read(FormParser(), body)
    assert found[0]
    assert found == read(FormDataParser(), body)


def test_an_empty_part_of_werkzeugs_client_ends_where_it_ends() -> None:
    data = MultiDict([("a", ""), ("b", "text"), ("files", (BytesIO(b""), "ё.txt"))])
    with closing(EnvironBuilder(method="POST", data=data)) as builder:
        environ = builder.get_environ()
    boundary = environ["CONTENT_TYPE"].partition("boundary=")[2].strip('"')
    fields, files = read(FormParser(), environ["wsgi.input"].read(), boundary)
    assert fields == [("a", ""), ("b", "text")]
    assert [one[1] for one in files] == ["ё.txt"]


def test_a_form_that_breaks_off_says_nothing() -> None:
    whole = spelt([("a", None, b"text"), ("files", "a.txt", b"text")])
    assert read(FormParser(in_memory), whole[:-4]) == ([], [])


def test_too_many_parts_and_too_long_a_text_are_refused() -> None:
    body = spelt([("a", None, b"x" * 1000)] * 3)
    with pytest.raises(RequestEntityTooLarge):
        read(FormParser(max_form_parts=2), body)
    with pytest.raises(RequestEntityTooLarge):
        read(FormParser(max_form_memory_size=999), body)
    assert len(read(FormParser(max_form_memory_size=1000, max_form_parts=3), body)[0]) == 3
    file = spelt([("files", "a.txt", b"x" * 5000)])
    assert read(FormParser(max_form_memory_size=999), file)[1][0][-1] == b"x" * 5000
