"""What a form has to look up, and nothing of where."""

from collections.abc import Sequence
from typing import Any, Protocol


class Resolver(Protocol):
    """What a form has to ask of the house; the door that owns the form answers.

    `classifier` may return the full code instead of True, so that a person may type the number.
    """

    def person(self, login: str) -> bool: ...

    def organisation(self, identifier: int) -> bool: ...

    def upload(self, identifier: Any) -> bool: ...

    def classifier(self, code: str) -> bool | str: ...

    def choices(self, name: str) -> Sequence[tuple[str, str]]: ...
