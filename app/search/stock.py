"""Texts that many keys share: what their words are is worked out once, however often they come.

For whoever keeps very many texts at a time that differ in a few words only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, text

from app.search.services import tidy
from app.search.words import plain, stemmed

_WORDS = text("SELECT to_tsvector('russian', one)::text FROM unnest(CAST(:plain AS text[])) one")
_THERE = text("SELECT to_regclass('pg_temp.' || :name) IS NOT NULL")
# Who holds this connection next may want the same stock: the name says what is in it.
_TABLE = "CREATE TEMPORARY TABLE {} (id bigint PRIMARY KEY, body text, words tsvector)"
_STOCKED = (
    "INSERT INTO {} SELECT number - 1, body, words::tsvector "
    "FROM unnest(CAST(:bodies AS text[]), CAST(:words AS text[])) "
    "WITH ORDINALITY AS one(body, words, number)"
)
_KEPT = (
    "INSERT INTO search_text (key, kind, source, body, words) "
    "SELECT key, kind, source, concat_ws(' ', a.body, b.body, nullif(rest, '')), "
    "a.words || coalesce(b.words, '') || to_tsvector('russian', plain) "
    "FROM unnest(CAST(:key AS text[]), CAST(:kind AS text[]), CAST(:source AS text[]), "
    "CAST(:first AS int[]), CAST(:second AS int[]), CAST(:rest AS text[]), CAST(:plain AS text[])) "
    "AS one(key, kind, source, first, second, rest, plain) "
    "JOIN {0} a ON a.id = first LEFT JOIN {0} b ON b.id = second"
)
_LAST = text("SELECT coalesce(max(id), 0) FROM search_text")
_TEXT = "INSERT INTO search_text (id, key, kind, source, body) VALUES (?, ?, ?, ?, ?)"
_STEMS = "INSERT INTO search_stems (rowid, stems) VALUES (?, ?)"


@dataclass(frozen=True)
class Said:
    """A text to keep: the one of the stock with number `first`, then `second`, then the rest."""

    key: str
    kind: str
    first: int
    second: int | None = None
    rest: str = ""
    source: str = ""


class Stock:
    """Texts by their number, with their words."""

    def __init__(self, connection: Connection, bodies: Sequence[str]) -> None:
        self._bodies = [tidy(body) for body in bodies]
        self._there = connection.dialect.name == "postgresql"
        if self._there:
            found = connection.execute(_WORDS, {"plain": [plain(body) for body in self._bodies]})
            self._words = list(found.scalars())
            contents = sha256("\0".join(self._bodies).encode()).hexdigest()
            self._table = f"search_stock_{contents[:16]}"
        else:
            self._words = [stemmed(body) for body in self._bodies]

    def lay(self, connection: Connection) -> None:
        """Have the stock at hand on this connection."""
        if self._there and not connection.execute(_THERE, {"name": self._table}).scalar():
            connection.execute(text(_TABLE.format(self._table)))
            stocked = text(_STOCKED.format(self._table))
            connection.execute(stocked, {"bodies": self._bodies, "words": self._words})

    def keep(self, connection: Connection, texts: Sequence[Said]) -> None:
        """Keep texts of which none was kept before."""
        if self._there:
            names = ("key", "kind", "source", "first", "second", "rest")
            columns = {name: [getattr(one, name) for one in texts] for name in names}
            columns["plain"] = [plain(one.rest) for one in texts]
            connection.execute(text(_KEPT.format(self._table)), columns)
            return
        last = int(connection.execute(_LAST).scalar_one())
        rows, stems = [], []
        for number, one in enumerate(texts, last + 1):
            rows.append((number, one.key, one.kind, one.source, self._joined(self._bodies, one)))
            stems.append((number, f"{self._joined(self._words, one, stemmed(one.rest))}"))
        connection.exec_driver_sql(_TEXT, rows)
        connection.exec_driver_sql(_STEMS, stems)

    @staticmethod
    def _joined(stock: Sequence[str], said: Said, rest: str | None = None) -> str:
        parts = [stock[said.first]]
        if said.second is not None:
            parts.append(stock[said.second])
        return " ".join(filter(None, [*parts, said.rest if rest is None else rest]))
