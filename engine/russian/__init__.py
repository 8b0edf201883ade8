"""The sentences of the engine in Russian, by their English templates.

Each template of `engine.sentences.sentence` has its twin here, with the same names in braces;
tests/engine/test_sentences.py compares both with the code.
"""

from engine.russian import check, decisions, expressions, forms, loading, running

TEXTS: dict[str, str] = {
    **check.TEXTS,
    **decisions.TEXTS,
    **expressions.TEXTS,
    **forms.TEXTS,
    **loading.TEXTS,
    **running.TEXTS,
}
