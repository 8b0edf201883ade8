"""Keep texts, find them, show where they say what was sought."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from app.database import db
from app.search.models import KINDS as KINDS
from app.search.models import RUSSIAN, SearchText
from app.search.words import Fragment, Term, fragment, plain, stemmed, terms

#: What of a text is kept and searched; PostgreSQL's words of one text have room for 1 MB.
LONGEST = 200_000
#: The column with the keys of what texts belong to.
KEY = SearchText.key
_BATCH = 500
_STEMS = text("INSERT INTO search_stems (rowid, stems) VALUES (:id, :stems)")
_TABLE = db.metadata.tables["search_text"]
_RUSSIAN: ColumnElement[Any] = literal_column(RUSSIAN)
_SIMPLE: ColumnElement[Any] = literal_column("'simple'::regconfig")


@dataclass(frozen=True)
class Said:
    """A text to keep: under a key, of a kind; `source` where a key has several of a kind."""

    key: str
    kind: str
    body: str
    source: str = ""


def put(session: Session, *texts: Said) -> None:
    """Keep texts in the place of what was kept under the same keys, kinds and sources."""
    # All that goes goes first: what is added meanwhile would be written for each question apart.
    session.execute(_gone(or_(*(_same(one) for one in texts))))
    add(session, texts)


def add(session: Session, texts: Iterable[Said]) -> None:
    """Keep texts of which none was kept before."""
    rows = [
        {"key": one.key, "kind": one.kind, "source": one.source, "body": body}
        for one in texts
        if (body := tidy(one.body))
    ]
    if not rows:
        return
    if _on_postgresql(session):
        # They go with all that the use case writes, and become words there (see `MADE`).
        session.add_all(SearchText(**row, words=plain(row["body"])) for row in rows)
        return
    made = session.execute(insert(_TABLE).returning(_TABLE.c.id), rows)
    session.execute(
        _STEMS,
        [
            {"id": number, "stems": stemmed(row["body"])}
            for number, row in zip(made.scalars(), rows, strict=True)
        ],
    )


def tidy(body: str) -> str:
    """What of a text is kept: no half of a word."""
    whole = " ".join(body.replace("\x00", " ").split())
    return whole if len(whole) <= LONGEST else whole[:LONGEST].rpartition(" ")[0]


def rebuild(session: Session) -> None:
    """Work out the words of every text anew, after rows came from another database."""
    there = _on_postgresql(session)
    if not there:
        session.execute(text("DELETE FROM search_stems"))
    query = select(_TABLE.c.id, _TABLE.c.body).order_by(_TABLE.c.id)
    words = (
        update(_TABLE)
        .where(_TABLE.c.id == bindparam("of"))
        .values(words=func.to_tsvector(_RUSSIAN, bindparam("plain")))
    )
    for rows in session.execute(query).partitions(_BATCH):
        if there:
            session.execute(words, [{"of": one, "plain": plain(body)} for one, body in rows])
        else:
            session.execute(_STEMS, [{"id": one, "stems": stemmed(body)} for one, body in rows])


def forget(session: Session, key: str) -> None:
    """Forget every text of the key."""
    session.execute(_gone(SearchText.key == key))


def keys(session: Session, query: str, kinds: Collection[str]) -> Select[str] | None:
    """The keys with a text of these kinds that says it all; None when the query asks nothing."""
    sought = terms(query)
    if not sought:
        return None
    found = select(SearchText.key)
    if _on_postgresql(session):
        said = SearchText.words.op("@@")(_tsquery(sought))
        # Each kind has an index of its own: it is found where the statement names the kind.
        return found.where(or_(*(and_(_is(kind), said) for kind in sorted(kinds))))
    found = found.where(SearchText.kind.in_(kinds))
    matching = text("SELECT rowid FROM search_stems WHERE search_stems MATCH :sought").bindparams(
        bindparam("sought", _fts(sought), unique=True)
    )
    return found.where(SearchText.id.in_(matching.columns(literal_column("rowid"))))


def sources(session: Session, key: str, kind: str) -> set[str]:
    """What of a key, by the sources of one kind, has a text that is kept."""
    of_it = (SearchText.key == key, SearchText.kind == kind)
    return set(session.scalars(select(SearchText.source).where(*of_it)))


def fragments(
    session: Session, query: str, kinds: Collection[str], wanted: Iterable[str]
) -> Mapping[str, tuple[str, Fragment]]:
    """By key, the source of the text that says it and the piece that says most of it."""
    matching = keys(session, query, kinds)
    if matching is None:
        return {}
    rows = session.execute(
        matching.with_only_columns(SearchText.key, SearchText.source, SearchText.body)
        .where(SearchText.key.in_(list(wanted)))
        .order_by(SearchText.source)
    )
    found: dict[str, tuple[str, Fragment]] = {}
    for key, source, body in rows:
        found.setdefault(key, (source, fragment(body, terms(query))))
    return found


def _gone(which: ColumnElement[bool]) -> Delete:
    # No session knows a text that is kept: there is none to be told that it is gone.
    return delete(SearchText).where(which).execution_options(synchronize_session=False)


def _same(said: Said) -> ColumnElement[bool]:
    return and_(
        SearchText.key == said.key,
        SearchText.kind == said.kind,
        SearchText.source == said.source,
    )


def _is(kind: str) -> ColumnElement[bool]:
    return SearchText.kind == bindparam(None, kind, literal_execute=True)


def _on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _fts(sought: tuple[Term, ...]) -> str:
    """FTS5's language: words are quoted, so that nothing typed is an operator."""
    return " AND ".join(_fts_term(term) for term in sought)


def _fts_term(term: Term) -> str:
    if term.begins:
        word, (root,) = term.words[0], term.stems
        return f'("{word}" * OR "{root}")' if root != word else f'"{word}" *'
    return '"' + " ".join(term.stems) + '"'


def _tsquery(sought: tuple[Term, ...]) -> ColumnElement[Any]:
    made = [_ts_term(term) for term in sought]
    query = made[0]
    for each in made[1:]:
        query = query.op("&&")(each)
    return query


def _ts_term(term: Term) -> ColumnElement[Any]:
    if term.begins:
        # A word is letters and digits only, so that it is no operator here.
        word = term.words[0]
        return func.to_tsquery(_SIMPLE, f"{word}:*").op("||")(func.plainto_tsquery(_RUSSIAN, word))
    return func.phraseto_tsquery(_RUSSIAN, " ".join(term.words))
