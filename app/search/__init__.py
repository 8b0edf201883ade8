"""Full text: what is written in cards and files, found by any form of its words.

A text is kept under the business key of what it belongs to and under a kind, by which the caller
says what may be searched. SQLite keeps stems beside it (FTS5), PostgreSQL its own `russian` words;
what people see of a hit is cut from the text itself (docs/adr/0024).
"""
