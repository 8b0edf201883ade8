"""The columns that the search reads, kept in step with the card."""

from collections.abc import Iterable

from app.appeals import earlier, policy
from app.appeals.masking import KINDS, Mask
from app.appeals.models import Appeal, Applicant


def refresh(appeal: Appeal) -> None:
    """Write the search columns anew from the card."""
    appeal.receipt_key = policy.number_key(appeal.receipt)
    appeal.number_key = policy.number_key(appeal.number) if appeal.number else None
    appeal.search_people = people(appeal.applicants)
    appeal.search_contacts = contacts(appeal.applicants)
    appeal.search_text = text(appeal.summary, appeal.text, appeal.place, appeal.addressee)
    appeal.search_masked = masked(appeal)
    for one in appeal.applicants:
        one.name_key = earlier.person_key(one)
        one.email_key = earlier.email_key(one.email)


def people(applicants: Iterable[Applicant]) -> str:
    return policy.folded(" ".join(f"{one.full_name} {one.represented}" for one in applicants))


def contacts(applicants: Iterable[Applicant]) -> str:
    return policy.folded(
        " ".join(f"{one.email} {one.phone} {one.postal_address}" for one in applicants)
    )


def text(summary: str, text: str, place: str, addressee: str) -> str:
    return policy.folded(f"{summary} {text} {place} {addressee}")


def masked(appeal: Appeal) -> str | None:
    """The words as those see them who are not shown the applicant; None where they are the same."""
    words = _words(appeal)
    seen = Mask(appeal, KINDS).text(words)
    return None if seen == words else policy.folded(seen)


def _words(appeal: Appeal) -> str:
    return f"{appeal.summary} {appeal.text} {appeal.place} {appeal.addressee}"
