"""Who writes and what, for the casts: a stock of people and a stock of texts, made once."""

import json
import random
from dataclasses import dataclass, field
from typing import Any

from app.appeals import kin, likeness, searchable
from app.appeals.models import Appeal, Applicant
from app.correspondence import names
from app.demo import words

#: A word as it is, and as JSON spells it.
Word = tuple[str, str]
Words = dict[str, Word]


@dataclass
class Writing:
    """A text of the stock; `first_id` is the appeal whose text it repeats, once it was used."""

    words: Words
    pairs: likeness.Pairs
    bands: list[int]
    first_id: int | None = None
    percent: int = 100


@dataclass
class Citizens:
    """People, by whether they want their reply by post, and texts by the number of the question."""

    people: dict[bool, list[Words]]
    writings: dict[str, list[Writing]]
    _firsts: dict[int, list[Writing]] = field(default_factory=dict)

    @classmethod
    def of(cls, chance: random.Random, people: int, texts: int) -> "Citizens":
        writings: dict[str, list[Writing]] = {number: [] for number, _texts in words.MATTERS}
        for at in range(max(texts, len(writings))):
            number = words.MATTERS[at % len(words.MATTERS)][0]
            writings[number].append(_writing(words.matter_of(chance, number)))
        by_mail = [_person(chance, f"citizen{at + 1}@example.org") for at in range(people)]
        by_post = [_person(chance, "") for _each in range(1 + people // 4)]
        return cls({False: by_mail, True: by_post}, writings)

    def note(self, writing: Writing, appeal_id: int) -> tuple[int, int, list[int]]:
        """That the appeal has this text: the first one like it, how like, and its bands if it is.

        As the house itself compares them (`appeals.kin`), among the texts of the stock.
        """
        if writing.first_id is not None:
            return writing.first_id, writing.percent, []
        first = self._most_like(writing)
        if first is not None:
            writing.first_id = first[0].first_id
            writing.percent = round(100 * first[1])
            return int(writing.first_id or appeal_id), writing.percent, []
        writing.first_id = appeal_id
        for band in set(writing.bands):
            self._firsts.setdefault(band, []).append(writing)
        return appeal_id, 100, sorted(set(writing.bands))

    def _most_like(self, writing: Writing) -> tuple[Writing, float] | None:
        common: dict[int, tuple[int, Writing]] = {}
        for band in set(writing.bands):
            for other in self._firsts.get(band, ()):
                times, _other = common.get(id(other), (0, other))
                common[id(other)] = times + 1, other
        likely = sorted(common.values(), key=lambda one: -one[0])[: kin.CANDIDATES]
        shares = [
            (other, likeness.likeness(writing.pairs, other.pairs)) for _times, other in likely
        ]
        best = max(shares, key=lambda one: one[1], default=None)
        return best if best and best[1] >= likeness.LIKE else None


def _person(chance: random.Random, email: str) -> Words:
    last, first, middle = words.name_of(chance)
    address = f"{words.place_of(chance)}, кв. {chance.randint(1, 90)}"
    row = Applicant(
        kind="citizen", last_name=last, first_name=first, middle_name=middle, name="",
        represented="", email=email, phone="", postal_address=address,
    )  # fmt: skip
    card = _card(applicants=[row])
    return {
        name: spelt(word)
        for name, word in {
            "last": last,
            "first": first,
            "middle": middle,
            "name": f"{last} {first} {middle}",
            "dative": names.declined(last, first, middle, "dative"),
            "email": email,
            "postal_address": address,
            "name_key": row.name_key,
            "email_key": row.email_key,
            "search_people": card.search_people,
            "search_contacts": card.search_contacts,
        }.items()
    }


def _writing(matter: words.Matter) -> Writing:
    card = _card(text=matter.text, place=matter.place)
    said = {"text": matter.text, "place": matter.place, "search_text": card.search_text}
    pairs = likeness.pairs(matter.text)
    return Writing({name: spelt(word) for name, word in said.items()}, pairs, likeness.bands(pairs))


def _card(**given: Any) -> Appeal:
    """A card that is never kept: what the house would write into its search columns."""
    blank = dict.fromkeys(("receipt", "summary", "text", "place", "addressee"), "")
    card = Appeal(**{**blank, "number": None, "applicants": [], **given})
    searchable.refresh(card)
    return card


def spelt(word: str) -> Word:
    return word, json.dumps(word)[1:-1]
