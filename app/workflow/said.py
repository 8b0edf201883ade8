"""Sentences of the engine in columns of text: kept as what they are made of.

Whoever reads one may be of either language. Any other text is kept as it is, and read as a
sentence that has no other words.
"""

import json

import engine

_MADE = '{"template": '


def kept(sentence: engine.Sentence) -> str:
    """What to keep of a sentence: nothing that somebody wrote, whatever broke on it."""
    sentence = sentence.discreet()
    return json.dumps(sentence.stored(), ensure_ascii=False) if sentence.facts else str(sentence)


def read(text: str | None) -> engine.Sentence:
    """Make the sentence again; nothing is an empty one."""
    if text and text.startswith(_MADE):
        return engine.restored(json.loads(text))
    return engine.Sentence(text or "")
