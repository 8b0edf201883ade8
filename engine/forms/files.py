"""The one door through which forms come in: form-js JSON, small, flat, and JSON to the letter."""

import json
import math
from typing import Any

from engine.errors import refuse
from engine.misreadings import misread
from engine.sentences import sentence
from engine.xml import DEEPEST_ELEMENT, LARGEST_FILE


def read_form(data: bytes, file: str) -> dict[str, Any]:
    """Parse a form-js schema, or raise `Refused` naming `file`.

    What passes can be written again as JSON that any reader takes: no NaN, no number beyond a
    double, no half of a surrogate pair.
    """
    if len(data) > LARGEST_FILE:
        limit = LARGEST_FILE // (1024 * 1024)
        raise refuse(
            file,
            None,
            "form.malformed",
            sentence("the form is larger than {limit} MB; split it", limit=limit),
        )
    try:
        form = json.loads(data, parse_constant=_no_number, parse_float=_finite)
        json.dumps(form, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise refuse(
            file,
            None,
            "form.malformed",
            sentence("this is not JSON: {error}", error=misread(error)),
        ) from error
    if _too_deep(form):
        raise refuse(
            file,
            None,
            "form.malformed",
            sentence(
                "the form is nested deeper than {most} levels; flatten it",
                most=DEEPEST_ELEMENT,
            ),
        )
    if not isinstance(form, dict) or not isinstance(form.get("components"), list):
        raise refuse(
            file,
            None,
            "form.malformed",
            sentence(
                "this is not a form-js form (there is no list `components`); draw it in the editor"
            ),
        )
    return form


def _no_number(word: str) -> float:
    raise ValueError(sentence("{word} is not a number of JSON", word=word))


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(sentence("a number is too large"))
    return number


def _too_deep(form: Any) -> bool:
    level = [form]
    for _ in range(DEEPEST_ELEMENT):
        level = [
            inside
            for item in level
            if isinstance(item, dict | list)
            for inside in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True
