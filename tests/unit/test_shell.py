"""What the frame of every page writes of a person."""

import pytest

from app.shell import initials


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Громова Елена Викторовна", "ГЕ"),
        ("Elena V. Gromova", "EG"),
        ("Громова Е. В.", "ГЕ"),
        ("manager", "M"),
        ("", ""),
    ],
)
def test_the_mark_of_a_person_has_the_letters_of_first_name_and_surname(name, expected):
    assert initials(name) == expected
