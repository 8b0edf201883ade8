"""Texts that many keys share: what their words are is worked out once, however often they come.

For whoever keeps very many texts at a time that differ in a few words only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, text

from app.search.services import tidy
from app.search.words import plain, stemmed

_WORDS = text("SELECT to_tsvector('russian', one)::text FROM unnest(CAST(:plain AS text[])) one")
_THERE = text("SELECT to_regclass('pg_temp.' || :name) IS NOT NULL")
# Who holds this connection next may want the same stock: the name says what is in it.
_TABLE = "CREATE TEMPORARY TABLE {} (id bigint PRIMARY KEY, body text, words tsvector)"
_STOCKED = (
    "INSERT INTO {} SELECT number - 1, body, words::tsvector "
    "FROM unnest(string_to_array(:bodies, chr(10)), string_to_array(:words, chr(10))) "
    "WITH ORDINALITY AS one(body, words, number)"
)
# One text of lines is made and read ten times as fast as an array of texts. What comes after the
# last line is a row too, which leads to no shared text.
_KEPT = (
    "INSERT INTO search_text (key, kind, source, body, words) "
    "SELECT key, kind, source, concat_ws(' ', a.body, nullif(rest, '')), "
    "a.words || CAST(more AS tsvector) || to_tsvector('russian', plain) "
    "FROM unnest({lines}) AS one({columns}) "
    "JOIN {table} a ON a.id = CAST(nullif(first, '') AS int)"
)
_COLUMNS = ("key", "kind", "source", "first", "rest", "more", "plain")
_LINES = ", ".join(f"string_to_array(CAST(:{name} AS text), chr(10))" for name in _COLUMNS)
_LAST = text("SELECT coalesce(max(id), 0) FROM search_text")
_TEXT = "INSERT INTO search_text (id, key, kind, source, body) VALUES (?, ?, ?, ?, ?)"
_STEMS = "INSERT INTO search_stems (rowid, stems) VALUES (?, ?)"


@dataclass(frozen=True)
class Said:
    """A text to keep: the shared one with number `first`, then the person `second`, the rest."""

    key: str
    kind: str
    first: int
    second: int | None = None
    rest: str = ""
    source: str = ""


class Stock:
    """Texts by their number, with their words: those that are shared by many, and people.

    Shared ones are laid beside the tables. There are as many people as keys, nearly: to lay them
    on each connection costs more than to give what is said of them with each key.
    """

    def __init__(
        self, connection: Connection, shared: Sequence[str], people: Sequence[str]
    ) -> None:
        self._shared, self._people = [*map(tidy, shared)], [*map(tidy, people)]
        self._there = connection.dialect.name == "postgresql"
        self._words = self._worked_out(connection, self._shared)
        self._people_words = self._worked_out(connection, self._people)
        contents = sha256("\0".join(self._shared).encode()).hexdigest()
        self._table = f"search_stock_{contents[:16]}"

    def _worked_out(self, connection: Connection, bodies: Sequence[str]) -> list[str]:
        if self._there:
            plainly = {"plain": [plain(body) for body in bodies]}
            return list(connection.execute(_WORDS, plainly).scalars())
        return [stemmed(body) for body in bodies]

    def lay(self, connection: Connection) -> None:
        """Have the shared texts at hand on this connection."""
        if self._there and not connection.execute(_THERE, {"name": self._table}).scalar():
            connection.execute(text(_TABLE.format(self._table)))
            stocked = text(_STOCKED.format(self._table))
            known = {"bodies": "\n".join(self._shared), "words": "\n".join(self._words)}
            connection.execute(stocked, known)

    def keep(self, connection: Connection, texts: Sequence[Said]) -> None:
        """Keep texts of which none was kept before."""
        if self._there:
            self._keep_together(connection, texts)
        else:
            self._keep_each(connection, texts)

    def _keep_together(self, connection: Connection, texts: Sequence[Said]) -> None:
        columns: dict[str, list[Any]] = {
            "key": [one.key for one in texts],
            "kind": [one.kind for one in texts],
            "source": [one.source for one in texts],
            "first": [one.first for one in texts],
            "rest": [_joined(self._of(self._people, one), one.rest) for one in texts],
            "more": [self._of(self._people_words, one) for one in texts],
            "plain": [plain(one.rest) for one in texts],
        }
        lines = {name: "".join([f"{each}\n" for each in said]) for name, said in columns.items()}
        kept = _KEPT.format(lines=_LINES, columns=", ".join(_COLUMNS), table=self._table)
        connection.execute(text(kept), lines)

    def _keep_each(self, connection: Connection, texts: Sequence[Said]) -> None:
        last = int(connection.execute(_LAST).scalar_one())
        rows, stems = [], []
        for number, one in enumerate(texts, last + 1):
            body = _joined(self._shared[one.first], self._of(self._people, one), one.rest)
            rows.append((number, one.key, one.kind, one.source, body))
            known = self._words[one.first], self._of(self._people_words, one)
            stems.append((number, _joined(*known, stemmed(one.rest))))
        connection.exec_driver_sql(_TEXT, rows)
        connection.exec_driver_sql(_STEMS, stems)

    @staticmethod
    def _of(people: Sequence[str], said: Said) -> str:
        return "" if said.second is None else people[said.second]


def _joined(*parts: str) -> str:
    return " ".join(filter(None, parts))
