"""When a field is not there: the conditions of the schema over the answers so far."""

from collections.abc import Mapping, Sequence
from typing import Any

import engine


def holds_any(conditions: Sequence["engine.Expression"], seen: Mapping[str, Any]) -> bool:
    """Whether one of the conditions holds.

    A name without a value is null. A condition that cannot be worked out hides nothing: better a
    question too many than an answer that nobody was asked for.
    """
    for condition in conditions:
        known = {name: seen.get(name) for name in condition.names}
        try:
            if condition.evaluate(known) is True:
                return True
        except engine.ExpressionError:
            continue
    return False


def spelled(conditions: Sequence["engine.Expression"]) -> str:
    """Write the conditions as one expression, for the page's script."""
    texts = [condition.text.strip().removeprefix("=") for condition in conditions]
    return texts[0] if len(texts) == 1 else " or ".join(f"({text})" for text in texts)
