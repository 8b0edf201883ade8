"""Sentences for people: English text that remembers what it is made of.

So it can be said in Russian too, at once or when it comes back from a database.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any, Self

from engine.russian import TEXTS

RUSSIAN = "ru"
Fact = str | int | float | None


class Datum(str):
    """A value out of process data, in a sentence: it may be what somebody wrote."""

    __slots__ = ()


class Sentence(str):
    """A text in English, made of a template and of the facts that stand in its braces.

    It is a `str` in every respect: logs, JSON and comparisons see the English text. A fact may be
    a sentence itself (what is wrong inside an expression, say), and is then translated with it.
    """

    __slots__ = ("facts", "template")

    template: str
    facts: Mapping[str, Fact]

    def __new__(cls, template: str, facts: Mapping[str, Fact] | None = None) -> Self:
        made = super().__new__(cls, template.format(**facts) if facts else template)
        made.template, made.facts = template, facts or {}
        return made

    def in_language(self, language: str) -> str:
        """Say it in `ru`; any other language gets the English text."""
        if language != RUSSIAN:
            return str(self)
        template = TEXTS.get(self.template)
        if template is None:
            return str(self)
        told = {name: _told(fact) for name, fact in self.facts.items()}
        return template.format(**told) if self.facts else template

    def discreet(self) -> "Sentence":
        """The same without the data in it: who keeps or logs a sentence keeps nobody's words."""
        return Sentence(self.template, {name: _hidden(fact) for name, fact in self.facts.items()})

    def stored(self) -> dict[str, Any]:
        """Lay the sentence out as JSON; `restored` makes it again."""
        facts = {
            name: fact.stored() if isinstance(fact, Sentence) else {"value": fact}
            for name, fact in self.facts.items()
        }
        return {"template": self.template, "facts": facts}


def sentence(template: str, /, **facts: Fact) -> Sentence:
    """Make a sentence; every template has a Russian twin in `engine.russian`.

    The template is a format string, unless there are no facts: then it is the text as it is.
    """
    return Sentence(template, facts)


def listed(parts: Iterable[str]) -> str:
    """Join texts by commas, each still to be said in either language."""
    return reduce(lambda one, more: sentence("{one}, {more}", one=one, more=more), parts)


def together(parts: Iterable[str]) -> str:
    """Join texts by “and”."""
    return reduce(lambda one, more: sentence("{one} and {more}", one=one, more=more), parts)


def restored(stored: Mapping[str, Any]) -> Sentence:
    """Make a sentence of what `Sentence.stored` laid out.

    One that a later version of the program says otherwise keeps the English it was stored with.
    """
    facts = {
        name: restored(fact) if "template" in fact else fact["value"]
        for name, fact in stored["facts"].items()
    }
    return Sentence(stored["template"], facts)


def sentence_of(error: BaseException) -> Sentence:
    """What an error says; the words of a foreign library are passed on as they are."""
    said = error.args[0] if error.args else None
    return said if isinstance(said, Sentence) else sentence("{text}", text=str(error))


def _hidden(fact: Fact) -> Fact:
    if isinstance(fact, Sentence):
        return fact.discreet()
    return "…" if isinstance(fact, Datum) else fact


def _told(fact: Fact) -> Fact:
    return fact.in_language(RUSSIAN) if isinstance(fact, Sentence) else fact
