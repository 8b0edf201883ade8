"""The texts by which suggestions are measured stay apart from what suggests."""

from pathlib import Path

from app.classifier import vocabulary, words
from bench.classifier.measure import texts

ROOT = Path(__file__).parents[2]
TEXTS = sorted((ROOT / "bench" / "classifier").glob("*.tsv"))
LONGEST_SHARED = 5  # words that anybody would say in that order


def test_nothing_but_the_bench_reads_them():
    built = [
        path
        for folder in ("app", "engine", "scripts", "classifier_data")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".md", ".json", ".mjs", ".tsv"}
    ]
    assert TEXTS
    assert built
    names = [path.name for path in TEXTS] + ["bench/classifier", "bench.classifier"]
    readers = [
        str(path.relative_to(ROOT))
        for path in built
        if any(name in path.read_text(encoding="utf-8") for name in names)
    ]
    assert readers == []


def test_no_phrase_of_the_vocabulary_was_taken_from_a_text():
    said = [" ".join(words.split(text)) for path in TEXTS for _right, text in texts(path)]
    taken = [
        phrase
        for phrases in vocabulary.phrases().values()
        for phrase in phrases
        if len(words.split(phrase)) >= LONGEST_SHARED
        and any(" ".join(words.split(phrase)) in text for text in said)
    ]
    assert taken == []
