"""Texts that are searched."""

from typing import Any

from sqlalchemy import (
    DDL,
    BindParameter,
    ColumnElement,
    Index,
    String,
    Text,
    event,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model
from app.session import FORGOTTEN
from app.statement import MADE

#: SQLite: stems beside the texts; a text that goes takes its stems along.
ON_SQLITE = (
    "CREATE VIRTUAL TABLE search_stems USING fts5(stems, tokenize='unicode61')",
    (
        "CREATE TRIGGER search_text_gone AFTER DELETE ON search_text "
        "BEGIN DELETE FROM search_stems WHERE rowid = old.id; END"
    ),
)
#: PostgreSQL's own words: the configuration that makes them of a text.
RUSSIAN = "'russian'::regconfig"
#: What kinds of texts there are; who searches asks for some of them.
KINDS = ("whole", "named", "masked", "file")


class Words(TSVECTOR):
    """The words of a text that is given."""

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        return func.to_tsvector(literal_column(RUSSIAN), bindvalue)


class SearchText(Model):
    """One text: under the key of what it belongs to, and of a kind.

    `source` tells texts of one key and kind apart (a document's id), '' where there is one only.
    `words` is PostgreSQL's own; SQLite's stems lie in a table of theirs.

    PostgreSQL has a part of the table for each kind, with an index of its words, and keeps texts
    and words beside it: what tens of thousands say is then found in a few thousand blocks. It does
    that to rows of more than 2 KB alone, so each is made so long by a column of spaces, which takes
    no room once it is compressed (schema 0070; nobody makes its tables of the models).
    """

    __tablename__ = "search_text"
    __table_args__ = (
        Index("ix_search_text_key", "key", "kind", "source", unique=True),
        {"info": {FORGOTTEN: True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(20), default="", server_default="")
    body: Mapped[str] = mapped_column(Text)
    words: Mapped[Any | None] = mapped_column(
        Words().with_variant(Text(), "sqlite"),
        info={MADE: f"to_tsvector({RUSSIAN}, {{}})"},
    )


for statement in ON_SQLITE:
    made: Any = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy's own gap
    event.listen(SearchText.__table__, "after_create", made.execute_if(dialect="sqlite"))
