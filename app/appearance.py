"""How a person wants the pages to look: size of the text, colours, spacing; kept in a cookie.

Nothing is decided for the person: without a choice the pages follow the device's own settings
(`prefers-color-scheme`, `prefers-contrast`), and every page is the same page in any look.
"""

from dataclasses import dataclass, fields

from app import extensions
from app.extensions import lazy_gettext as _

COOKIE = "appearance"

SIZES = {"100": "100 %", "125": "125 %", "150": "150 %", "200": "200 %"}
COLOURS = {
    "device": _("As on the device"),
    "light": _("Light"),
    "dark": _("Dark"),
    "black-on-white": _("Black on white"),
    "white-on-black": _("White on black"),
}
SPACINGS = {"usual": _("Usual"), "wide": _("Wide")}


@dataclass(frozen=True)
class Appearance:
    """A choice of each kind, by its name; the media for which the sheets of colours hold."""

    size: str = "100"
    colours: str = "device"
    spacing: str = "usual"

    @property
    def dark(self) -> str:
        """The media of the dark colours; "not all" is nowhere. Paper stays white."""
        if self.colours == "device":
            return "screen and (prefers-color-scheme: dark)"
        return "screen" if self.colours in {"dark", "white-on-black"} else "not all"

    @property
    def contrast(self) -> str:
        """The media of the strongest contrast."""
        if self.colours == "device":
            return "(prefers-contrast: more)"
        return "all" if self.colours in {"black-on-white", "white-on-black"} else "not all"

    def __str__(self) -> str:
        return ".".join(getattr(self, one.name) for one in fields(self))


_USUAL = Appearance()
KINDS = {"size": SIZES, "colours": COLOURS, "spacing": SPACINGS}


def chosen() -> Appearance:
    """What this browser asked for; a cookie that says something else is as good as none."""
    cookie = extensions.asked().cookies.get(COOKIE)
    return asked(dict(zip(KINDS, cookie.split("."), strict=False))) if cookie else _USUAL


def asked(given: dict[str, str]) -> Appearance:
    """The choices among `given` that there are; the usual for the others."""
    return Appearance(**{kind: given[kind] for kind in KINDS if given.get(kind) in KINDS[kind]})
