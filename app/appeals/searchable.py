"""The columns that the search reads, kept in step with the card."""

from app.appeals import earlier, policy
from app.appeals.masking import KINDS, Mask
from app.appeals.models import Appeal


def refresh(appeal: Appeal) -> None:
    """Write the search columns anew from the card."""
    appeal.receipt_key = policy.number_key(appeal.receipt)
    appeal.number_key = policy.number_key(appeal.number) if appeal.number else None
    appeal.search_people = policy.folded(
        " ".join(f"{one.full_name} {one.represented}" for one in appeal.applicants)
    )
    appeal.search_contacts = policy.folded(
        " ".join(f"{one.email} {one.phone} {one.postal_address}" for one in appeal.applicants)
    )
    appeal.search_text = policy.folded(_words(appeal))
    appeal.search_masked = masked(appeal)
    for one in appeal.applicants:
        one.name_key = earlier.person_key(one)
        one.email_key = earlier.email_key(one.email)


def masked(appeal: Appeal) -> str | None:
    """The words as those see them who are not shown the applicant; None where they are the same."""
    words = _words(appeal)
    seen = Mask(appeal, KINDS).text(words)
    return None if seen == words else policy.folded(seen)


def _words(appeal: Appeal) -> str:
    return f"{appeal.summary} {appeal.text} {appeal.place} {appeal.addressee}"
