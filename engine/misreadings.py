"""Why a file is not what it should be: the place and the fault in words, then the parser's own."""

import json

from lxml.etree import ErrorTypes, XMLSyntaxError

from engine.sentences import Sentence, sentence, sentence_of

_UNREADABLE = sentence("a character that cannot be read; save the file as UTF-8")
_XML: dict[int, Sentence] = {
    ErrorTypes.ERR_DOCUMENT_EMPTY: sentence(
        "no XML begins here; the file is empty or of another kind"
    ),
    ErrorTypes.ERR_DOCUMENT_END: sentence("something stands after the end of the diagram"),
    ErrorTypes.ERR_TAG_NAME_MISMATCH: sentence("a tag is closed by the end of another one"),
    ErrorTypes.ERR_TAG_NOT_FINISHED: sentence("the file breaks off before all tags are closed"),
    ErrorTypes.ERR_GT_REQUIRED: sentence("a tag is not finished, its > is missing"),
    ErrorTypes.ERR_ATTRIBUTE_REDEFINED: sentence("one attribute is given twice"),
    ErrorTypes.ERR_ATTRIBUTE_NOT_STARTED: sentence("the value of an attribute stands in no quotes"),
    ErrorTypes.ERR_SPACE_REQUIRED: sentence("a space is missing between two attributes"),
    ErrorTypes.ERR_NAME_REQUIRED: sentence("a bare & or <; in a text write &amp; or &lt;"),
    ErrorTypes.ERR_LT_IN_ATTRIBUTE: sentence("a bare < in an attribute; write &lt;"),
    ErrorTypes.ERR_UNDECLARED_ENTITY: sentence("an unknown entity; write the character itself"),
    ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE: sentence(
        "a prefix whose xmlns is not declared in the file"
    ),
    ErrorTypes.ERR_UNSUPPORTED_ENCODING: sentence("an unknown encoding; save the file as UTF-8"),
    ErrorTypes.ERR_INVALID_ENCODING: _UNREADABLE,
    ErrorTypes.ERR_INVALID_CHAR: _UNREADABLE,
}
_JSON: dict[str, Sentence] = {
    "Expecting value": sentence("a value is missing"),
    "Expecting property name enclosed in double quotes": sentence(
        "a name in double quotes is missing, or a comma is one too many"
    ),
    "Expecting ':' delimiter": sentence("a colon is missing after a name"),
    "Expecting ',' delimiter": sentence("a comma or a closing bracket is missing"),
    "Unterminated string starting at": sentence("a text is not closed by a quote"),
    "Invalid control character at": sentence("a line break or tab inside a text"),
    "Extra data": sentence("something stands after the end of the form"),
}


def misread(error: Exception) -> Sentence:
    """Say where a parser stopped and why; of kinds not named here only its own words."""
    if isinstance(error, XMLSyntaxError):
        line, column = error.position
        said = str(error.msg).partition(f", line {line}, column {column}")[0].strip()
        return _placed(line, column, _XML.get(error.code), said)
    if isinstance(error, json.JSONDecodeError):
        return _placed(error.lineno, error.colno, _JSON.get(error.msg), error.msg)
    if isinstance(error, UnicodeDecodeError):
        return sentence("{what} ({said})", what=_UNREADABLE, said=str(error))
    return sentence_of(error)


def _placed(line: int, column: int, what: Sentence | None, said: str) -> Sentence:
    if what is None:
        return sentence("line {line}, column {column}: {said}", line=line, column=column, said=said)
    return sentence(
        "line {line}, column {column}: {what} ({said})",
        line=line,
        column=column,
        what=what,
        said=said,
    )
