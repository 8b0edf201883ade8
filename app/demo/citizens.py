"""Who writes and what, for the casts: a stock of people and a stock of texts, made once."""

import random
from dataclasses import dataclass, field
from functools import lru_cache

from app.appeals import earlier, kin, likeness, searchable
from app.appeals.models import Applicant
from app.appeals.policy import one_line
from app.classifier import services as classifier
from app.correspondence import names
from app.demo import words
from app.demo.forms import Word, spelt

Words = dict[str, Word]


@dataclass(frozen=True)
class Citizen:
    """Somebody; `named` and `whole` are the numbers of what the search knows of them."""

    words: Words
    named: int
    whole: int


@dataclass
class Writing:
    """A text of the stock; `first_id` is the appeal whose text it repeats, once it was used.

    `said` is the number of what the search knows of it.
    """

    words: Words
    said: int
    pairs: likeness.Pairs
    bands: list[int]
    first_id: int | None = None
    percent: int = 100


@dataclass
class Citizens:
    """People, by whether they want their reply by post, and texts, of each question as many.

    `said` is what the search is to know of texts, `told` what of people.
    """

    people: dict[bool, list[Citizen]] = field(default_factory=lambda: {False: [], True: []})
    writings: list[Writing] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    _firsts: dict[int, list[Writing]] = field(default_factory=dict)

    @classmethod
    def of(cls, chance: random.Random, people: int, texts: int) -> "Citizens":
        made = cls()
        shuffled = lru_cache(maxsize=None)(likeness.shuffled)
        questions = [classifier.find(number, limit=1)[0] for number, _texts in words.MATTERS]
        for at in range(max(texts, len(questions))):
            question = questions[at % len(questions)]
            matter = words.matter_of(chance, question.number)
            said = made.say(f"{matter.text} {matter.place}")
            made.writings.append(_writing(matter, question, said, shuffled))
        for at in range(people):
            made.people[False].append(made._citizen(chance, f"citizen{at + 1}@example.org"))
        for _each in range(1 + people // 4):
            made.people[True].append(made._citizen(chance, ""))
        return made

    def say(self, text: str) -> int:
        """Have the search know the text; its number."""
        self.said.append(text)
        return len(self.said) - 1

    def _citizen(self, chance: random.Random, email: str) -> Citizen:
        said = _person(chance, email)
        name, email, address = (said[part][0] for part in ("name", "email", "postal_address"))
        self.told += name, f"{name} {email} {address}"
        return Citizen(said, len(self.told) - 2, len(self.told) - 1)

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
            "name_key": earlier.person_key(row),
            "email_key": earlier.email_key(email),
            "search_people": searchable.people([row]),
            "search_contacts": searchable.contacts([row]),
        }.items()
    }


def _writing(
    matter: words.Matter, question: classifier.Hit, number: int, shuffled: likeness.Shuffled
) -> Writing:
    sought = searchable.text("", matter.text, matter.place, "")
    said = {"text": matter.text, "place": matter.place, "search_text": sought}
    said |= {"in_short": one_line(matter.text), "question": question.code, "topic": question.name}
    pairs = likeness.pairs(matter.text)
    bands = likeness.bands(pairs, shuffled)
    return Writing({name: spelt(word) for name, word in said.items()}, number, pairs, bands)
