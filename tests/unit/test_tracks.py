"""The table of the post: whatever program wrote it, and what it says wrongly."""

import pytest

from app.appeals import tracks

TABLE = "№;Исх. №;Адресат;ШПИ\n1;ОГ-5/26;Ёлкина Мария;80100000000001\n"
LETTERS = {"ОГ-5/26": 5, "ОГ-6/26": 6}


def told(table):
    return tracks.matched(tracks.rows_of_csv(table), LETTERS, {5: 1, 6: 2}, set())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866"])
def test_a_table_is_read_in_any_of_its_spellings(encoding):
    assert told(TABLE.encode(encoding, "replace")) == ({5: "80100000000001"}, [], [])


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, b"\xff\xfe\x00", b"a;b\rc" + b"x" * 200_000],
)
def test_what_is_no_table_is_refused_and_not_guessed_at(content):
    with pytest.raises(tracks.Unreadable):
        tracks.rows_of_csv(content)


def test_one_track_number_is_not_taken_for_two_letters():
    found, _back, (one,) = told((TABLE + "2;ОГ-6/26;Он же;80100000000001\n").encode())
    assert found == {5: "80100000000001"}
    assert (one.line, one.reason) == (3, tracks.TRACK_TWICE)
