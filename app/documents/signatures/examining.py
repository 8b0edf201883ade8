"""All signatures of a file: those inside a PDF, or those in a file beside it."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from . import certificates, containers
from .containers import NoSignature
from .judging import judge
from .shapes import Integrity, Report, Trouble, Verdict
from .trust import Trust

#: What pyHanko and the readers below it raise at a broken file, by their own account and in truth.
_BROKEN = (
    *(PdfError, SignatureValidationError, NoSignature, ValueError, TypeError, KeyError),
    *(IndexError, AttributeError, AssertionError, RecursionError, NotImplementedError),
)


def examine(
    content: bytes,
    detached: bytes | None,
    trust: Trust,
    now: datetime,
    *,
    folder: Path | None,
) -> Report:
    """What the face of the package promises."""
    if detached is not None:
        return _beside(content, detached, trust, now, folder)
    if b"%PDF-" not in content[:1024]:
        return _holding(content, trust, now, folder)
    try:
        reader = PdfFileReader(BytesIO(content))
        if reader.encrypted:
            return Report(trouble="locked")
        embedded = reader.embedded_signatures
    except _BROKEN:
        return Report(trouble="broken")
    if not embedded:
        return Report(trouble=_without(reader, content))
    verdicts = [
        verdict for one in embedded for verdict in _inside(content, one, trust, now, folder)
    ]
    return Report(tuple(verdicts))


def _beside(
    content: bytes, detached: bytes, trust: Trust, now: datetime, folder: Path | None
) -> Report:
    try:
        signers = containers.signers(containers.opened(detached), strict=True)
    except _BROKEN:
        return Report(trouble="foreign")
    return Report(tuple(judge(one, content, trust, now, folder=folder) for one in signers))


def _holding(content: bytes, trust: Trust, now: datetime, folder: Path | None) -> Report:
    """What is no PDF may be a signature file that holds its document itself."""
    try:
        signers = containers.signers(containers.opened(content), strict=True)
    except _BROKEN:
        return Report(trouble="unsigned")
    if any(one.attached is None for one in signers):
        return Report(trouble="alone")
    judged = (judge(one, one.attached or b"", trust, now, folder=folder) for one in signers)
    return Report(tuple(judged))


def _inside(
    content: bytes,
    embedded: EmbeddedPdfSignature,
    trust: Trust,
    now: datetime,
    folder: Path | None,
) -> list[Verdict]:
    try:
        ranges = [int(one) for one in embedded.byte_range]
        if len(ranges) != 4:
            return [Verdict("changed")]
        first, length, second, rest = ranges
        signed = content[first : first + length] + content[second : second + rest]
        slot = content[first + length : second]
        if first or len(signed) != length + rest or not containers.is_slot(slot):
            return [Verdict("changed")]
        signers = containers.signers(embedded.pkcs7_content, strict=False)
        # PAdES writes the moment into the dictionary beside the container.
        claimed = certificates.aware(embedded.self_reported_timestamp)
        whole = embedded.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
    except _BROKEN:
        return [Verdict("changed")]
    otherwise: Integrity = "unchanged" if whole else "continued"
    return [
        judge(one, signed, trust, now, folder=folder, sound=otherwise, claimed=claimed)
        for one in signers
    ]


def _without(reader: PdfFileReader, content: bytes) -> Trouble:
    """A file without signatures that breaks off, or whose pages cannot be found, is broken."""
    _before, end, after = content.rpartition(b"%%EOF")
    if not end or after.strip():
        return "broken"
    try:
        return "unsigned" if int(reader.root["/Pages"]["/Count"]) > 0 else "broken"
    except _BROKEN:
        return "broken"
