"""The rows of one played appeal, with places for whatever differs from cast to cast.

Where an id stands is known by its name: a column or a JSON value called `letter`, `letter_id` or
`letters` holds ids of letters. Where names, addresses and numbers stand is found by looking for
the ones of the played appeal. What differs is given as one flat list, and a place is an index of
it: first the ids, table by table, then the words, each as it is and as JSON spells it.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, Column, Connection, Dialect, Table, select

from app.appeals.indexing import FILE
from app.audit.policy import spell
from app.database import db
from app.demo.words import listed
from engine import Mould

#: What a column or a value is called, where that is not the name of the table it leads to.
CALLED = {
    "item": "work_item",
    "documents": "document",
    "attachments": "document",
    "request": "document_request",
    "assignments": "assignment",
    "parent": "assignment",
    "earlier": "appeal",
}
#: Tables that every appeal shares, and those of the house.
ASIDE = frozenset(
    listed(
        "account account_role credential unit post organisation setting setting_change "
        "signing_authority process_version process_file process_stored studio_draft blob upload "
        "number_counter journal_head appeal_filing appeal_likeness appeal_text_band "
        "classifier_learned search_text draft"
    )
)
_MARK = re.compile("\ue000([0-9]+)\ue001")
_MARKED_NUMBER = re.compile('"\ue002([0-9]+)\ue003"')

Row = dict[str, Any]
#: What stands in a cell: a constant, the index of a value, or a text with values in it.
Cell = Any


@dataclass(frozen=True)
class Text:
    """A text with values in it: `form` is for the % operator, `places` are indices of values."""

    form: str
    places: tuple[int, ...]

    def of(self, values: Sequence[Any]) -> str:
        return self.form % tuple([values[place] for place in self.places])


@dataclass
class RowPattern:
    """One row: its constants, and by column the function that makes the cell of the values.

    `source` is the row as it was played.
    """

    source: Row
    cells: list[Cell] = field(default_factory=list)
    open: list[tuple[int, Callable[[Sequence[Any]], Any]]] = field(default_factory=list)

    def cast(self, values: Sequence[Any]) -> list[Cell]:
        row = self.cells.copy()
        for column, make in self.open:
            row[column] = make(values)
        return row


@dataclass
class Pattern:
    """One played appeal. `counts` says how many ids of each table it needs, in their order.

    `approved` are its letters whose content was frozen, each with the place of the hash of it;
    `files` the places of its documents with what the search knows of them.
    """

    counts: dict[str, int]
    words: tuple[str, ...]
    tables: dict[str, list[RowPattern]]
    appeal: Row
    applicant: Row
    letters: list[Row]
    approved: list[tuple[RowPattern, int]]
    files: list[tuple[int, str]]


#: What is made anew for every row: given the place of its id, the function that makes the cell.
Fresh = Mapping[tuple[str, str], Callable[[int], Callable[[Sequence[Any]], Any]]]


class Reader:
    """Reads the played appeals out of a rehearsal's database, for the other one's dialect."""

    def __init__(self, connection: Connection, dialect: Dialect, fresh: Fresh) -> None:
        self._dialect = dialect
        self._fresh = fresh
        self._rows: dict[str, list[Row]] = {}
        texts = select(db.metadata.tables["search_text"])
        self._texts = [dict(row) for row in connection.execute(texts).mappings()]
        for table in db.metadata.sorted_tables:
            if table.name not in ASIDE:
                query = select(table).order_by(*table.primary_key.columns)
                self._rows[table.name] = [dict(row) for row in connection.execute(query).mappings()]

    def patterns(self) -> list[Pattern]:
        """A pattern of each appeal, in the order in which they came in."""
        appeals = sorted(self._rows["appeal"], key=lambda row: row["received_at"])
        return [self._pattern(row) for row in appeals]

    def _pattern(self, appeal: Row) -> Pattern:
        owned = self._owned(appeal)
        counts = {name: len(rows) for name, rows in owned.items() if "id" in rows[0]}
        ids: dict[tuple[str, int], int] = {}
        for name in counts:
            for row in owned[name]:
                ids[name, row["id"]] = len(ids)
        applicant = owned["applicant"][0]
        letters = [row for row in owned.get("letter", ()) if row["number"]]
        said = words_of(appeal, applicant, letters)
        frozen = [row for row in owned.get("letter", ()) if row["content_hash"]]
        said |= {f"hash{place}": row["content_hash"] for place, row in enumerate(frozen)}
        maker = _Maker(ids, said, self._dialect, self._fresh)
        tables = {
            name: [maker.row(db.metadata.tables[name], row) for row in rows]
            for name, rows in owned.items()
        }
        places = {name: len(ids) + 2 * at for at, name in enumerate(said)}
        approved = [
            (pattern, places[f"hash{frozen.index(pattern.source)}"])
            for pattern in tables.get("letter", ())
            if pattern.source in frozen
        ]
        files = [
            (ids["document", int(row["source"])], row["body"])
            for row in self._texts
            if row["key"] == appeal["key"] and row["kind"] == FILE
        ]
        return Pattern(counts, tuple(said), tables, appeal, applicant, letters, approved, files)

    def _owned(self, appeal: Row) -> dict[str, list[Row]]:
        """The rows that belong to the appeal, by table; a table comes after those it leads to."""
        owned: dict[str, list[Row]] = {"appeal": [appeal]}
        known: dict[str, set[int]] = defaultdict(set, appeal={appeal["id"]})
        for table in db.metadata.sorted_tables:
            if table.name in ASIDE or table.name == "appeal":
                continue
            mine = [row for row in self._rows[table.name] if _belongs(table, row, appeal, known)]
            if mine:
                owned[table.name] = mine
                known[table.name] = {row["id"] for row in mine if "id" in row}
        return owned


#: What a cast did not teach: choices are learned of appeals that were registered by people.
_UNTAUGHT = "appeal.learn"


def _belongs(table: Table, row: Row, appeal: Row, known: Mapping[str, set[int]]) -> bool:
    if table.name == "outbox" and row["kind"] == _UNTAUGHT:
        return False
    for name in ("key", "subject"):
        if name in row:
            return bool(row[name] == appeal["key"])
    if "appeal_id" in row:
        return bool(row["appeal_id"] == appeal["id"])
    return any(
        row[column.name] in known[key.column.table.name]
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in known
    )


def words_of(appeal: Row, applicant: Row, letters: Sequence[Row]) -> dict[str, str]:
    """What is said of this appeal only: the name of each word and how it was said there.

    Whoever casts the pattern gives words of the same names.
    """
    said = {name: applicant[name] for name in ("name_key", "email_key", "email", "postal_address")}
    parts = [applicant[f"{name}_name"] for name in ("last", "first", "middle")]
    said |= {"last": parts[0], "first": parts[1], "middle": parts[2], "name": " ".join(parts)}
    said |= {name: appeal[name] for name in ("text", "place", "search_text", "search_people")}
    said |= {name: appeal[name] for name in ("search_contacts", "receipt", "receipt_key")}
    said |= {"number": appeal["number"] or "", "number_key": appeal["number_key"] or ""}
    said["dative"] = next((row["addressee"]["to"] for row in letters if row["addressee"]), "")
    for place, row in enumerate(letters):
        said |= {f"letter{place}": row["number"], f"file{place}": as_file_name(row["number"])}
        said[f"check{place}"] = row["check_code"] or ""
    return said


def as_file_name(number: str) -> str:
    return number.replace("/", "-")


#: Words so short that they are looked for only where they are the whole of a cell.
_WHOLE = frozenset(
    listed(
        "last first middle name_key email_key text search_text search_people search_contacts "
        "receipt_key number_key"
    )
)


class _Maker:
    """Makes the pattern of a row; knows which ids and words are open."""

    def __init__(
        self,
        ids: Mapping[tuple[str, int], int],
        said: Mapping[str, str],
        dialect: Dialect,
        fresh: Fresh,
    ) -> None:
        self._ids = ids
        self._dialect = dialect
        self._fresh = fresh
        # Each word has two places: as it is, and as JSON spells it.
        places = {name: len(ids) + 2 * at for at, name in enumerate(said)}
        self._whole = {said[name]: place for name, place in places.items() if said[name]}
        self._parts = {
            word: at for name, at in places.items() if (word := said[name]) and name not in _WHOLE
        }
        longest = sorted(self._parts, key=len, reverse=True)
        self._find = re.compile("|".join(map(re.escape, longest)) or r"(?!)")

    def row(self, table: Table, row: Row) -> RowPattern:
        pattern = RowPattern(row)
        for at, column in enumerate(table.columns):
            made = self._made_of(table, column, row)
            if made is None:
                process = column.type.dialect_impl(self._dialect).bind_processor(self._dialect)
                value = row[column.name]
                pattern.cells.append(process(value) if process else value)
            elif callable(made):
                pattern.open.append((at, made))
                pattern.cells.append(None)
            else:
                pattern.cells.append(made)
        return pattern

    def _made_of(self, table: Table, column: Column[Any], row: Row) -> Any:
        """How the cell is made of the values, or the text that stays; None: it is what it was."""
        name, value = column.name, row[column.name]
        fresh = self._fresh.get((table.name, name))
        if fresh and value is not None:
            return fresh(self._ids[table.name, row["id"]])
        if name == "id":
            return _nth(self._ids[table.name, value])
        if isinstance(value, bytes) and name == "state":
            return Mould(value, self._opening).cast
        if isinstance(value, bool) or value is None or value == "":
            return None
        if isinstance(column.type, JSON):
            return self._json(name, value, json.dumps)
        if (table.name, name) == ("journal", "details"):
            return self._json(name, json.loads(value), spell)
        if isinstance(value, int):
            place = self._place(name, value)
            return None if place is None else _nth(place)
        return self._string(value) if isinstance(value, str) else None

    def _opening(self, name: str, value: int | str) -> int | None:
        if isinstance(value, int):
            return self._place(name, value)
        place = self._whole.get(value) if value else None
        return None if place is None else place + 1

    def _place(self, name: str, value: int) -> int | None:
        noun = name.removesuffix("_id")
        return self._ids.get((CALLED.get(noun, noun), value))

    def _string(self, value: str) -> Any:
        if value in self._whole:
            return _nth(self._whole[value])
        return _made(self._marked(value))

    def _json(self, name: str, value: Any, dumps: Callable[[Any], str]) -> Any:
        text = dumps(self._in_json(name, value))
        for mark in "\ue000\ue001\ue002\ue003":
            text = text.replace(f"\\u{ord(mark):04x}", mark)
        return _made(_MARKED_NUMBER.sub("\ue000\\1\ue001", text))

    def _in_json(self, name: str, value: Any) -> Any:
        match value:
            case dict():
                return {key: self._in_json(key, each) for key, each in value.items()}
            case list():
                return [self._in_json(name, each) for each in value]
            case str():
                return self._marked(value, spelt=1)
            case int() if not isinstance(value, bool):
                place = self._place(name, value)
                return value if place is None else f"\ue002{place}\ue003"
        return value

    def _marked(self, value: str, *, spelt: int = 0) -> str:
        """The text with a mark at each word that differs and at the appeal's key."""
        marked = self._find.sub(lambda m: f"\ue000{self._parts[m[0]] + spelt}\ue001", value)
        return re.sub(r"\bappeal:(\d+)\b", self._key, marked)

    def _key(self, found: re.Match[str]) -> str:
        place = self._ids.get(("appeal", int(found[1])))
        return found[0] if place is None else f"appeal:\ue000{place}\ue001"


def _nth(place: int) -> Callable[[Sequence[Any]], Any]:
    return lambda values: values[place]


def _made(marked: str) -> Any:
    pieces = _MARK.split(marked)
    if len(pieces) == 1:
        return marked
    form = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
    return Text(form, tuple(map(int, pieces[1::2]))).of


def places(counts: Mapping[str, int], first: Mapping[str, int]) -> Iterator[int]:
    """The ids of one cast, table by table, from the first free id of each."""
    for name, number in counts.items():
        yield from range(first[name], first[name] + number)
