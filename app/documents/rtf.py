"""What a rich text file says. Standard library only: a program of its own loads it (texts.py)."""

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass, replace

#: A control word with its number, a hidden byte, a control symbol, a brace, or plain letters.
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|[\r\n]+"
    rb"|([^\\{}\r\n]+)"
)
#: Groups that say nothing to a reader.
_SILENT = frozenset(
    b"fonttbl colortbl stylesheet info pict object header footer headerl headerr footerl footerr "
    b"themedata colorschememapping datastore listtable listoverridetable rsidtbl generator "
    b"xmlnstbl fldinst bkmkstart bkmkend latentstyles".split()
)
_BREAKS = {b"par": "\n", b"line": "\n", b"row": "\n", b"sect": "\n", b"page": "\n"}
_SIGNS = {
    b"tab": "\t",
    b"cell": " ",
    b"emdash": "—",
    b"endash": "–",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"bullet": "•",
    **_BREAKS,
}
_SYMBOLS = {b"~": " ", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}
#: Charsets of fonts -> code pages; the others are the document's own.
_CHARSETS = {204: "cp1251", 238: "cp1250", 161: "cp1253", 162: "cp1254", 186: "cp1257", 0: "cp1252"}
_HIGH, _LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)
_DEEPEST = 1000


@dataclass(frozen=True)
class _State:
    """What holds inside a group; `skip` bytes of a fallback follow each character by number."""

    silent: bool = False
    fonts: bool = False
    page: str = "cp1252"
    skip: int = 1


def read(content: bytes) -> str:
    """The text of the file. Raises ValueError for what is not RTF."""
    if not content.lstrip().startswith(b"{\\rtf"):
        raise ValueError("not RTF")
    reader = _Reader()
    for found in _TOKEN.finditer(content):
        reader.take(*found.groups())
    return "".join(reader.said)


class _Reader:
    """Goes through the tokens of a file and keeps what a reader of the page would see."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._state = _State()
        self._outer: list[_State] = []
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._own = self._state.page
        self._left = 0  # bytes of a fallback still to be passed over
        self._high = 0  # the first half of a character beyond 65535
        self._words = {
            b"ansicpg": self._code_page,
            b"f": self._of_font,
            b"fcharset": self._charset,
            b"uc": self._fallback,
            b"u": self._by_number,
        }

    def take(
        self,
        word: bytes | None,
        number: bytes | None,
        byte: bytes | None,
        symbol: bytes | None,
        brace: bytes | None,
        plain: bytes | None,
    ) -> None:
        if brace is not None:
            self._nest(opens=brace == b"{")
        elif byte is not None:
            self._bytes(bytes.fromhex(byte.decode()))
        elif plain is not None:
            self._bytes(plain)
        elif symbol == b"*":
            self._state = replace(self._state, silent=True)
        elif symbol is not None:
            self._say(_SYMBOLS.get(symbol, ""))
        elif word is not None:
            self._word(word, None if number is None else int(number))

    def _nest(self, *, opens: bool) -> None:
        self._left = 0
        if opens and len(self._outer) < _DEEPEST:
            self._outer.append(self._state)
        elif not opens and self._outer:
            self._state = self._outer.pop()

    def _bytes(self, content: bytes) -> None:
        passed = min(self._left, len(content))
        self._left -= passed
        self._say(content[passed:].decode(self._state.page, "replace"))

    def _say(self, text: str) -> None:
        if text and not self._state.silent:
            self.said.append(text)

    def _word(self, word: bytes, value: int | None) -> None:
        if word in _SILENT:
            self._state = replace(self._state, silent=True, fonts=word == b"fonttbl")
        elif word in _SIGNS:
            self._say(_SIGNS[word])
        elif value is not None and word in self._words:
            self._words[word](value)

    def _code_page(self, value: int) -> None:
        with suppress(LookupError):
            self._own = codecs.lookup(f"cp{value}").name
            self._state = replace(self._state, page=self._own)

    def _of_font(self, value: int) -> None:
        self._font = value
        if not self._state.fonts:
            self._state = replace(self._state, page=self._fonts.get(value, self._own))

    def _charset(self, value: int) -> None:
        if self._state.fonts:
            self._fonts[self._font] = _CHARSETS.get(value, self._own)

    def _fallback(self, value: int) -> None:
        self._state = replace(self._state, skip=max(0, min(value, 100)))

    def _by_number(self, value: int) -> None:
        self._left = self._state.skip
        code = value % 0x10000
        if code in _HIGH:
            self._high = code
            return
        if code in _LOW:
            pair = 0x10000 + ((self._high - _HIGH.start) << 10) + code - _LOW.start
            code, self._high = (pair if self._high else ord("\ufffd")), 0
        self._say(chr(code))
