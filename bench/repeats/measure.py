"""How well and how fast texts that nearly repeat are found: `python -m bench.repeats.measure`.

A line of `aside.tsv` is the name of a campaign (`-`: none), a tab, a text; the texts were written
before the method was tried and changed nothing of it. They are put side by side in the order of a
file and in fifty shuffled ones; of pairs put together `precision` are of one campaign, of pairs of
one campaign `recall` were put together. Then the same code places the letters of a hundred
thousand appeals made up of words drawn by chance, a tenth of them in campaigns, and `place_ms` is
the CPU time of one more (on SQLite that of the database is in it; an address of PostgreSQL may be
given). Prints JSON.
"""

import json
import random
import statistics
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path

from app import clock, create_app
from app.appeals import kin, likeness
from app.appeals.models import Appeal, Applicant, Likeness, TextBand
from app.database import db, transaction
from app.server import prepare

HERE = Path(__file__).parent
APPEALS = 100_000
MEMBERS = 100  # of each campaign of the made-up appeals
TRIED = 200
AT_ONCE = 2_000
SHUFFLES = 50


def aside() -> list[tuple[str, str]]:
    lines = (HERE / "aside.tsv").read_text(encoding="utf-8").splitlines()
    return [(name, text) for name, _tab, text in (line.partition("\t") for line in lines)]


def grouped(texts: list[tuple[str, str]]) -> dict[str, int]:
    """Right, wrong and missed pairs when the texts come in this order."""
    firsts: list[tuple[likeness.Pairs, set[int]]] = []
    place = []
    for _name, text in texts:
        own = likeness.pairs(text)
        bands = set(likeness.bands(own))
        shares = [
            (likeness.likeness(own, other), -number)
            for number, (other, others) in enumerate(firsts)
            if bands & others
        ]
        share, number = max(shares, default=(0.0, 0))
        if share < likeness.LIKE:
            firsts.append((own, bands))
            number = 1 - len(firsts)
        place.append(-number)
    found = {"right": 0, "wrong": 0, "missed": 0}
    for (one, here), (other, there) in combinations(
        zip((name for name, _text in texts), place, strict=True), 2
    ):
        same = one == other != "-"
        if here == there:
            found["right" if same else "wrong"] += 1
        elif same:
            found["missed"] += 1
    return found


def quality() -> dict[str, object]:
    texts = aside()
    chance = random.Random(7)
    orders = [texts, *(chance.sample(texts, len(texts)) for _round in range(SHUFFLES))]
    rounds = [grouped(one) for one in orders]
    total = {name: sum(one[name] for one in rounds) for name in rounds[0]}
    return {
        "texts": len(texts),
        "campaigns": len({name for name, _text in texts} - {"-"}),
        "precision": round(total["right"] / (total["right"] + total["wrong"]), 3),
        "recall": round(total["right"] / (total["right"] + total["missed"]), 3),
        "worst": min(one["right"] - one["wrong"] - one["missed"] for one in rounds),
    }


class Maker:
    """Letters of words drawn as in living speech: few are frequent, most are rare."""

    def __init__(self) -> None:
        self.chance = random.Random(11)
        letters = "абвгдежзиклмнопрстуфхцчшщыэюя"
        self.words = ["".join(self.chance.choices(letters, k=6)) for _ in range(20_000)]
        self.weights = [1 / (rank + 10) for rank in range(len(self.words))]

    def letter(self) -> str:
        length = self.chance.randint(20, 200)
        return " ".join(self.chance.choices(self.words, self.weights, k=length))

    def near(self, letter: str) -> str:
        """The letter with a word in ten of the writer's own."""
        own = iter(self.chance.choices(self.words, self.weights, k=len(letter)))
        return " ".join(
            next(own) if self.chance.random() < 0.1 else word for word in letter.split()
        )


def fill(maker: Maker) -> list[str]:
    """Appeals placed as the job places them, written many at once; the texts of the campaigns."""
    campaigns = [maker.letter() for _ in range(APPEALS // 10 // MEMBERS)]
    texts = [maker.near(one) for one in campaigns for _ in range(MEMBERS)]
    texts += [maker.letter() for _ in range(APPEALS - len(texts))]
    now = clock.now()
    for start in range(0, APPEALS, AT_ONCE):
        with transaction() as session:
            for number, text in enumerate(texts[start : start + AT_ONCE], start=start + 1):
                session.add(appeal_of(number, text, now))
    firsts: dict[str, int] = {}
    for start in range(0, APPEALS, AT_ONCE):
        with transaction() as session:
            for number, text in enumerate(texts[start : start + AT_ONCE], start=start + 1):
                member = number <= len(campaigns) * MEMBERS
                campaign = campaigns[(number - 1) // MEMBERS] if member else text
                first = firsts.setdefault(campaign, number)
                session.add(Likeness(appeal_id=number, first_id=first, percent=100))
                if first == number:
                    bands = set(likeness.bands(likeness.pairs(text)))
                    session.add_all(TextBand(band=one, appeal_id=number) for one in bands)
    return campaigns


def appeal_of(number: int, text: str, now: object) -> Appeal:
    return Appeal(
        id=number, key=f"appeal:{number}", receipt=f"П-{number}", receipt_key=f"п-{number}",
        channel="site", reply_channel="email", text=text, received_at=now,
        register_by=now.date(), terms=[], about_migration=False, code_generation=1,
        applicants=[Applicant(position=0, kind="citizen", last_name="Ёлкина")],
    )  # fmt: skip


def speed() -> dict[str, object]:
    maker = Maker()
    campaigns = fill(maker)
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    spent, joined = [], 0
    for number in range(APPEALS + 1, APPEALS + TRIED + 1):
        member = number % 2 == 0
        text = maker.near(maker.chance.choice(campaigns)) if member else maker.letter()
        with transaction() as session:
            session.add(appeal_of(number, text, clock.now()))
        began = time.process_time()
        with transaction() as session:
            kin.place(session, session.get_one(Appeal, number))
        spent.append(1000 * (time.process_time() - began))
        with transaction() as session:
            joined += session.get_one(Likeness, number).first_id != number
    return {
        "appeals": APPEALS,
        "database": db.engine.dialect.name,
        "place_ms": round(statistics.median(spent), 2),
        "place_ms_95": round(sorted(spent)[int(0.95 * len(spent))], 2),
        "joined": f"{joined} of {TRIED // 2}",
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        where = {"database_url": sys.argv[1]} if sys.argv[1:] else {}
        app = create_app(data_dir=Path(folder), **where)
        prepare(app)
        with app.app_context():
            print(json.dumps({"quality": quality(), "speed": speed()}, ensure_ascii=False))


if __name__ == "__main__":
    main()
