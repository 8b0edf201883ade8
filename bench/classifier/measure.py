"""How well questions are suggested: `python -m bench.classifier.measure [FILE…]`.

A line of a file is the right numbers of questions divided by `|`, a tab, a text. When each file was
written, and who had seen what by then, is told in docs/performance.md. The texts are read by
nothing else: no word of them may reach the build (an architecture test). Prints JSON: the share of
texts whose first suggestion is right and whose first ten hold a right one, by section with a 95 %
Wilson interval, with slips of the pen, and the CPU time of a text.
"""

import json
import math
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from app.classifier import editions, vocabulary
from app.classifier.suggesting import Suggester

HERE = Path(__file__).parent
LETTERS = "абвгдежзийклмнопрстуфхцчшщыьэюя"
SLIP_EVERY = 6  # words


def texts(path: Path) -> list[tuple[frozenset[str], str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    parted = (line.partition("\t") for line in lines if line)
    return [(frozenset(numbers.split("|")), text) for numbers, _tab, text in parted]


def with_slips(text: str, rng: random.Random) -> str:
    """The text as typed in haste: about every sixth long word loses, gains or swaps a letter."""
    return " ".join(
        _slip(word, rng) if len(word) > 4 and rng.randrange(SLIP_EVERY) == 0 else word
        for word in text.split(" ")
    )


def _slip(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    changed = (
        word[:at] + word[at + 1 :],
        word[:at] + rng.choice(LETTERS) + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    )
    return rng.choice(changed)


def measure(
    suggester: Suggester,
    asked: Iterable[tuple[frozenset[str], str]],
    change: Callable[[str], str] = str,
) -> dict[str, object]:
    sections = {node.number: node.code[:4] for node in suggester.nodes}
    tried: defaultdict[str, list[tuple[bool, bool]]] = defaultdict(list)
    began = time.process_time()
    for right, text in asked:
        found = [hit.number for hit in suggester.suggest(change(text), 10)]
        outcome = (bool(found) and found[0] in right, bool(right & set(found)))
        tried[sections[min(right)]].append(outcome)
    spent = time.process_time() - began
    every = [outcome for some in tried.values() for outcome in some]
    return {
        "texts": len(every),
        "first": share([first for first, _ten in every]),
        "first_ten": share([ten for _first, ten in every]),
        "sections": {
            section: {
                "texts": len(some),
                "first": share([first for first, _ten in some]),
                "first_ten": share([ten for _first, ten in some]),
            }
            for section, some in sorted(tried.items())
        },
        "ms": round(1000 * spent / max(1, len(every)), 2),
    }


def share(outcomes: list[bool]) -> dict[str, float]:
    """Per cent, with the ends of the 95 % Wilson interval."""
    n, z = len(outcomes), 1.96
    part = sum(outcomes) / n
    middle = (part + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(part * (1 - part) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    ends = (max(0.0, middle - half), min(1.0, middle + half))
    return {
        "%": round(100 * part, 1),
        "from": round(100 * ends[0], 1),
        "to": round(100 * ends[1], 1),
    }


def main(paths: list[Path]) -> None:
    edition = editions.editions([editions.SHIPPED])[0]
    suggester = Suggester(editions.load(edition), vocabulary.phrases())
    for path in paths or sorted(HERE.glob("*.tsv")):
        asked = texts(path)
        # The same slips in every run.
        hasty = partial(with_slips, rng=random.Random(7))
        report = {
            "file": path.name,
            "as_written": measure(suggester, asked),
            "with_slips": measure(suggester, asked, hasty),
        }
        print(json.dumps(report, ensure_ascii=False))


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
