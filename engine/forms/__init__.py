"""Forms that analysts draw: form-js JSON, read and understood to the letter.

The same reader serves `check` and whoever shows the form, so both give the same verdict.
"""

from engine.forms.fields import CHOICE_KINDS, WIDGETS, Field, Group, Item, Option, Static
from engine.forms.files import read_form
from engine.forms.reader import Fault, faults_of, fields_of, read_fields

__all__ = [
    "CHOICE_KINDS",
    "WIDGETS",
    "Fault",
    "Field",
    "Group",
    "Item",
    "Option",
    "Static",
    "faults_of",
    "fields_of",
    "read_fields",
    "read_form",
]
