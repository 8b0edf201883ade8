"""The rows of one played appeal, with places for whatever differs from cast to cast.

Where an id stands is known by its name: a column or a JSON value called `letter`, `letter_id` or
`letters` holds ids of letters. Where names, addresses and numbers stand is found by looking for
the ones of the played appeal. What differs is given as one flat list, and a place is an index of
it: first the ids, table by table, then the words in each spelling, then what is made of these.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Column, Connection, Table, select

from app.appeals.indexing import FILE
from app.appeals.policy import one_line
from app.audit.policy import Line, sealed_part, spell
from app.correspondence.policy import CONTENT, spelt_content
from app.database import db
from app.demo.forms import (
    IN_JSON,
    PLAIN,
    TO_TWICE,
    Form,
    Marked,
    spelt,
    unquoted,
    value_at,
    word_at,
)
from app.demo.words import listed
from engine import Mould

#: What a column or a value is called, where that is not the name of the table it leads to.
CALLED = {
    "signature": "file_signature",
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
        "account account_role credential unit post organisation setting setting_change emblem "
        "signing_authority process_version process_file process_stored studio_draft blob upload "
        "letter_layout "
        "number_counter journal_head appeal_filing appeal_likeness appeal_text_band "
        "classifier_learned search_text draft"
    )
)

Row = dict[str, Any]
Values = Sequence[Any]
#: What is made of all the values before it.
Make = Callable[[Values], Any]
#: One row: a constant or a marked text for each column.
Cells = list[Any]


@dataclass
class Pattern:
    """One played appeal.

    `counts` says how many ids of each table it needs; they are the first of its values. Then come
    its `words`, each with its place; from the place `seals` on the number and the seal of each line
    of the journal, whose parts under the seal `sealed` makes, one a line of text; and what is
    `made`. `hashes` are the places of words that are the hash of what their form makes. `files` are
    the places of its documents with what the search knows of them.
    """

    counts: dict[str, int]
    words: dict[str, int]
    hashes: list[tuple[int, Form]]
    lines: list[int]
    seals: int
    sealed: Form
    made: list[Make]
    tables: dict[str, list[Cells]]
    appeal: Row
    applicant: Row
    letters: list[Row]
    files: list[tuple[int, str]]


#: What is made anew for every row: given the place of its id, the function that makes the cell.
Fresh = Mapping[tuple[str, str], Callable[[int], Make]]


class Reader:
    """Reads the played appeals out of a rehearsal's database.

    `binary` says how the other database is given bytes.
    """

    def __init__(
        self, connection: Connection, binary: Callable[[bytes], Any], fresh: Fresh
    ) -> None:
        self._binary = binary
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
        questions = owned.get("appeal_question", ())
        said = words_of(appeal, applicant, letters) | matter_of(appeal, questions)
        frozen = [row for row in owned.get("letter", ()) if row["content_hash"]]
        said |= {f"hash{place}": row["content_hash"] for place, row in enumerate(frozen)}
        lines = owned["journal"]
        maker = _Maker(ids, said, len(lines), self._binary, self._fresh)
        tables = {
            name: [maker.row(db.metadata.tables[name], row) for row in rows]
            for name, rows in owned.items()
        }
        hashes = [
            (maker.places[f"hash{place}"], maker.content(row)) for place, row in enumerate(frozen)
        ]
        sealed = Form.of("\n".join(maker.sealed(row) for row in lines), TO_TWICE)
        files = [
            (ids["document", int(row["source"])], row["body"])
            for row in self._texts
            if row["key"] == appeal["key"] and row["kind"] == FILE
        ]
        return Pattern(
            counts,
            maker.places,
            hashes,
            [ids["journal", row["id"]] for row in lines],
            maker.seals,
            sealed,
            maker.made,
            tables,
            appeal,
            applicant,
            letters,
            files,
        )

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
    # What a letter is about is called its subject too.
    for name, own in (("key", "key"), ("appeal_id", "id"), ("subject", "key")):
        if name in row:
            return bool(row[name] == appeal[own])
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
    said |= {name: appeal[name] for name in ("search_people", "search_contacts")}
    said |= {name: appeal[name] for name in ("receipt", "receipt_key")}
    said |= {"number": appeal["number"] or "", "number_key": appeal["number_key"] or ""}
    said["dative"] = next((row["addressee"]["to"] for row in letters if row["addressee"]), "")
    for place, row in enumerate(letters):
        said |= {f"letter{place}": row["number"], f"file{place}": as_file_name(row["number"])}
        said[f"check{place}"] = row["check_code"] or ""
    return said


def matter_of(appeal: Row, questions: Sequence[Row]) -> dict[str, str]:
    """What the appeal is about, in the same way: nobody works on it otherwise for that."""
    said = {name: appeal[name] for name in ("text", "place", "search_text")}
    asked = questions[0] if questions else {"code": "", "name": ""}
    return said | {
        "in_short": one_line(appeal["text"]),
        "question": asked["code"],
        "topic": asked["name"],
    }


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
        lines: int,
        binary: Callable[[bytes], Any],
        fresh: Fresh,
    ) -> None:
        self._ids = ids
        self._binary = binary
        self._fresh = fresh
        spellings = len(spelt(""))
        self.places = {name: len(ids) + spellings * at for at, name in enumerate(said)}
        self.made: list[Make] = []
        self.seals = self._seal = len(ids) + spellings * len(said)
        self._first_made = self.seals + 2 * lines
        self._whole = {said[name]: place for name, place in self.places.items() if said[name]}
        self._parts = {
            word: at
            for name, at in self.places.items()
            if (word := said[name]) and name not in _WHOLE
        }
        longest = sorted(self._parts, key=len, reverse=True)
        self._find = re.compile("|".join(map(re.escape, longest)) or r"(?!)")

    def row(self, table: Table, row: Row) -> Cells:
        cells = [self._cell(table, column, row) for column in table.columns]
        if table.name == "journal":
            for name in ("seq", "hash"):
                cells[list(table.columns.keys()).index(name)] = value_at(self._seal)
                self._seal += 1
        return cells

    def sealed(self, row: Row) -> Marked:
        """What of the line goes under its seal."""
        entry: Any = value_at(self._ids["journal", row["id"]])
        subject = row["subject"] and self._keyed(row["subject"])
        line = Line(entry, row["at"], row["actor"], row["action"], subject, self._details(row))
        return unquoted(sealed_part(line))

    def content(self, letter: Row) -> Form:
        """What of the letter its approval keeps the hash of."""
        return Form.of(
            unquoted(spelt_content({name: self._in_json(name, letter[name]) for name in CONTENT}))
        )

    def _cell(self, table: Table, column: Column[Any], row: Row) -> Any:
        """What stays as it is, or a text with marks."""
        name, value = column.name, row[column.name]
        if value is None:
            return None
        if fresh := self._fresh.get((table.name, name)):
            return self._later(fresh(self._ids[table.name, row["id"]]))
        if name == "id":
            return value_at(self._ids[table.name, value])
        if name == "state" and isinstance(value, bytes):
            mould = Mould(value, self._opening)
            return self._later(lambda values: self._binary(mould.cast(values)))
        if isinstance(column.type, JSON):
            return unquoted(json.dumps(self._in_json(name, value), ensure_ascii=False))
        if (table.name, name) == ("journal", "details"):
            return self._details(row)
        if isinstance(value, int) and not isinstance(value, bool):
            place = self._place(name, value)
            return value if place is None else value_at(place)
        return self._marked(value) if isinstance(value, str) else value

    def _later(self, make: Make) -> Marked:
        self.made.append(make)
        return value_at(self._first_made + len(self.made) - 1)

    def _details(self, row: Row) -> Marked:
        return unquoted(spell(self._in_json("details", json.loads(row["details"]))))

    def _opening(self, name: str, value: int | str) -> int | None:
        if isinstance(value, int):
            return self._place(name, value)
        place = self._whole.get(value) if value else None
        return None if place is None else place + IN_JSON

    def _place(self, name: str, value: int) -> int | None:
        noun = name.removesuffix("_id")
        return self._ids.get((CALLED.get(noun, noun), value))

    def _in_json(self, name: str, value: Any) -> Any:
        match value:
            case dict():
                return {key: self._in_json(key, each) for key, each in value.items()}
            case list():
                return [self._in_json(name, each) for each in value]
            case str():
                return self._marked(value, spelling=IN_JSON)
            case int() if not isinstance(value, bool):
                place = self._place(name, value)
                return value if place is None else value_at(place)
        return value

    def _marked(self, value: str, *, spelling: int = PLAIN) -> Marked:
        """The text with a mark at each word that differs and at the appeal's key."""
        if value in self._whole:
            return word_at(self._whole[value] + spelling)
        return self._keyed(self._find.sub(lambda m: word_at(self._parts[m[0]] + spelling), value))

    def _keyed(self, value: str) -> Marked:
        return Marked(re.sub(r"\bappeal:(\d+)\b", self._key, value))

    def _key(self, found: re.Match[str]) -> str:
        place = self._ids.get(("appeal", int(found[1])))
        return found[0] if place is None else f"appeal:{value_at(place)}"


def places(counts: Mapping[str, int], first: Mapping[str, int]) -> Iterator[int]:
    """The ids of one cast, table by table, from the first free id of each."""
    for name, number in counts.items():
        yield from range(first[name], first[name] + number)
