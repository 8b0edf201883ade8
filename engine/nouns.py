"""What the kinds of things are called in sentences."""

from engine.sentences import sentence

#: What events and tasks refer to, by the name of its element.
REFERRED = {
    "message": sentence("message"),
    "signal": sentence("signal"),
    "error": sentence("error"),
    "escalation": sentence("escalation"),
}
#: The kinds of values in expressions, with their article.
VALUES = {
    "number": sentence("a number"),
    "string": sentence("a string"),
    "boolean": sentence("a boolean"),
    "list": sentence("a list"),
    "map": sentence("a map"),
    "null": sentence("null"),
}
