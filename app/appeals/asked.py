"""What an appeal has to hold, as data: the server judges by it, and the form in the browser too.

A pattern is written so that Python and JavaScript (with the flags `u` and `i`) read it alike.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.extensions import lazy_gettext as _

# What the form calls a foreigner is a citizen with a status to every other door.
PEOPLE = ("citizen", "representative", "foreigner")

# Letters and digits of any script; `\w` means something else in either language.
_WORD = r"[0-9A-Za-z\u00C0-\u02AF\u0370-\u1FFF\u2C00-\uD7FF]"
_WORDS = r"[0-9A-Za-z\u00C0-\u02AF\u0370-\u1FFF\u2C00-\uD7FF-]"
# One address, no display name, at least one dot on the right; what lies behind is for the mail
# server to say. Internationalised ones (почта@домен.рф) can be.
EMAIL = (
    r"(?=.{1,254}$)(?!\.)(?!.*\.\.)(?!.*\.@)[^\s@<>(),;:\\\x22\[\]\x00-\x1f]{1,64}@"
    rf"(?:{_WORD}(?:{_WORDS}{{0,61}}{_WORD})?\.)+(?![0-9]){_WORD}{_WORDS}{{1,62}}"
)


@dataclass(frozen=True)
class Rule:
    """What a field has to be; one broken rule is one sentence beside it.

    A rule with a `pattern` is about what is given, one with `most` about its length in characters,
    one without either says that it has to be given. It holds while each field of `when` has one of
    these values.
    """

    name: str
    message: Any
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pattern: str = ""
    most: int = 0

    def broken(self, values: Mapping[str, str]) -> bool:
        value = values.get(self.name, "").strip()
        if any(values.get(name, "") not in wanted for name, wanted in self.when.items()):
            return False
        if self.pattern:
            return bool(value) and not re.fullmatch(self.pattern, value, re.IGNORECASE)
        if self.most:
            return len(value) > self.most
        return not value

    def as_json(self) -> dict[str, Any]:
        """The rule for the browser, in the language of the page."""
        told = {"say": str(self.message), "when": dict(self.when)}
        return told | {"pattern": self.pattern, "most": self.most}


#: Only what the reply cannot do without is required.
RULES = (
    Rule("text", _("Write what you are appealing about.")),
    Rule("name", _("Give the name of the organisation."), {"kind": ("organisation",)}),
    Rule("last_name", _("Give the surname."), {"kind": PEOPLE}),
    Rule("first_name", _("Give the name."), {"kind": PEOPLE}),
    Rule(
        "email",
        _("Give the e-mail address for the reply."),
        {"reply_channel": ("email",)},
    ),
    Rule(
        "email",
        _("This is not an e-mail address: it should look like name@mail.ru."),
        pattern=EMAIL,
    ),
    Rule(
        "postal_address",
        _("Give the postal address for the reply."),
        {"reply_channel": ("post",)},
    ),
)


def of_lengths(lengths: Mapping[str, int]) -> tuple[Rule, ...]:
    """The longest each field may be."""
    return tuple(
        Rule(name, _("At most %(n)s characters fit here.", n=most), most=most)
        for name, most in lengths.items()
    )


def of_zones(zones: Iterable[str]) -> Rule:
    """The zones a reply address has to be in."""
    return Rule(
        "email",
        _("Give an address in the zones .ru, .рф or .su, or choose a reply by post."),
        {"reply_channel": ("email",)},
        pattern=rf".*\.(?:{'|'.join(sorted(zones))})",
    )


def errors(rules: Iterable[Rule], values: Mapping[str, str]) -> dict[str, list[Any]]:
    """The first broken rule of each field, by the field's name."""
    found: dict[str, list[Any]] = {}
    for rule in rules:
        if rule.name not in found and rule.broken(values):
            found[rule.name] = [rule.message]
    return found
