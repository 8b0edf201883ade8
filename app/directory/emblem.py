"""The emblem of the body: one picture, painted anew, kept by its digest.

What is kept is always a PNG made here, so that nothing a file may carry beside its points (texts,
places, scripts) reaches a page, and no page grows by more than a few kilobytes.
"""

import hashlib
import io

from PIL import Image, ImageOps
from sqlalchemy.orm import Session

from app.clock import now
from app.database import reading, transaction
from app.directory.models import EmblemRow
from app.directory.settings import body, set_setting
from app.errors import Invalid, NotFound
from app.extensions import lazy_gettext as _

#: Shown 40 CSS pixels high, sharp on screens of three points a pixel, and 15 mm high on paper.
SIDE = 120
MOST_BYTES = 5 * 1024 * 1024
MOST_POINTS = 20_000_000
FORMATS = ("PNG", "JPEG", "WEBP")
SETTING = "body.emblem"


def save_emblem(content: bytes, *, actor: str) -> str:
    """Show this picture as the body's emblem from now on; its digest.

    Raises Invalid, naming `emblem`, for what is no PNG, JPEG or WebP of at most 5 MB.
    """
    picture = painted(content)
    digest = hashlib.sha256(picture).hexdigest()
    with transaction() as session:
        if session.get(EmblemRow, digest) is None:
            session.add(EmblemRow(digest=digest, content=picture, at=now()))
        set_setting(session, SETTING, digest, actor)
    return digest


def drop_emblem(*, actor: str) -> None:
    """Show the drawing of the house again; the picture stays with the history of the setting."""
    with transaction() as session:
        if body(session).emblem:
            set_setting(session, SETTING, "", actor)


def emblem(digest: str) -> bytes:
    """The PNG of an emblem, the present one or a former; raises NotFound."""
    with reading() as session:
        return emblem_in(session, digest)


def emblem_in(session: Session, digest: str) -> bytes:
    """The same within a use case."""
    row = session.get(EmblemRow, digest)
    if row is None:
        raise NotFound(_("There is no such picture."))
    return row.content


def painted(content: bytes) -> bytes:
    """The picture upright, without its margins, at most 120 points a side, as a PNG."""
    if len(content) > MOST_BYTES:
        raise Invalid(fields={"emblem": [_("The picture is larger than 5 MB.")]})
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_POINTS:
                raise Invalid(
                    fields={"emblem": [_("The picture has more than 20 million points.")]}
                )
            whole = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as unreadable:
        told = _("This is no picture that can be read: choose a PNG, JPEG or WebP file.")
        raise Invalid(fields={"emblem": [told]}) from unreadable
    seen = whole.getchannel("A").getbbox()
    if seen is None:
        raise Invalid(fields={"emblem": [_("Nothing can be seen on this picture.")]})
    small = whole.crop(seen)
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.quantize(256).save(out, "PNG", optimize=True)
    return out.getvalue()
