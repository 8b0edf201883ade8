"""`.dmn` files into decisions; everything that is wrong in a file is listed at once."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from engine.decision_tables import (
    AGGREGATIONS,
    MANY_HITS,
    SINGLE_HIT,
    Decision,
    DecisionError,
    InputColumn,
    OutputColumn,
    Rule,
    names_read,
)
from engine.errors import Refused
from engine.expressions import Expression, ExpressionError, parse
from engine.feel import UnaryTests, unary_tests
from engine.model import Finding
from engine.sentences import Sentence, sentence
from engine.xml import DMN, name_of, namespace_of, read

__all__ = ["Decision", "DecisionError", "load_decisions", "read_decisions"]

T = TypeVar("T")

_LANGUAGES = re.compile(r"feel|juel|https?://www\.omg\.org/spec/.*FEEL/?.*", re.IGNORECASE)
_DATE = re.compile(r'\s*date\s*\(\s*"([^"]*)"\s*\)\s*')
_MOMENT = re.compile(r'\s*date\s+and\s+time\s*\(\s*"([^"]*)"\s*\)\s*')
# DMN has no place for a second name, and its editors keep no properties: a line of the description.
_ENGLISH_NAME = re.compile(r"^\s*name\.en:[ \t]*(\S.*?)\s*$", re.MULTILINE)
_LONGEST_CHAIN = 30
_NOTHING = parse("null")
_ANYTHING = unary_tests("-")
# DMN 1.1 and 1.2 say the same things about tables as 1.3 does.
_NAMESPACES = frozenset(
    {
        DMN,
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    }
)


def load_decisions(xml: bytes, file: str) -> tuple[Decision, ...]:
    """Read a file of decisions, or raise `Refused` with all that is wrong in it."""
    decisions, findings = read_decisions(xml, file)
    errors = tuple(finding for finding in findings if finding.severity == "error")
    if errors:
        raise Refused(errors)
    return decisions


def read_decisions(xml: bytes, file: str) -> tuple[tuple[Decision, ...], tuple[Finding, ...]]:
    """Read what can be read of a file, with findings about the rest of it."""
    root = read(xml, file)
    report = _Report(file)
    if name_of(root) != "definitions" or namespace_of(root) not in _NAMESPACES:
        report.error(None, "dmn.format", sentence("this is not DMN 1.3; save it as DMN 1.3"))
        return (), tuple(report.findings)
    drawn = {item.get("id", ""): item for item in root if name_of(item) == "decision"}
    if not drawn:
        report.error(
            None, "dmn.empty", sentence("there is no decision in the file; add a decision table")
        )
    for item in root:
        if name_of(item) in ("businessKnowledgeModel", "decisionService"):
            _unsupported(report, item.get("id"), name_of(item))
    graph = _Graph(drawn, report)
    decisions = tuple(filter(None, (graph.decision(identity) for identity in drawn)))
    return decisions, tuple(report.findings)


class _Report:
    """Collects findings of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def error(self, element: str | None, rule: str, message: Sentence) -> None:
        self.findings.append(Finding(self.file, element, rule, "error", message))


class _Graph:
    """Builds decisions in the order in which they require one another, each once."""

    def __init__(self, drawn: dict[str, Any], report: _Report) -> None:
        self._drawn = drawn
        self._report = report
        self._built: dict[str, Decision | None] = {}
        self._building: list[str] = []

    def decision(self, identity: str) -> Decision | None:
        if identity in self._building:
            circle = " → ".join([*self._building[self._building.index(identity) :], identity])
            self._report.error(
                identity,
                "dmn.requirement",
                sentence("the decisions require one another: {circle}", circle=circle),
            )
            return None
        if len(self._building) > _LONGEST_CHAIN:
            self._report.error(
                identity,
                "dmn.requirement",
                sentence(
                    "a chain of decisions is longer than {most}; join some of them",
                    most=_LONGEST_CHAIN,
                ),
            )
            return None
        if identity not in self._built:
            self._building.append(identity)
            self._built[identity] = self._build(identity)
            self._building.pop()
        return self._built[identity]

    def _build(self, identity: str) -> Decision | None:
        element = self._drawn[identity]
        requires: list[Decision] = []
        for reference in self._references(element):
            if reference in self._drawn:
                required = self.decision(reference)
                if required:
                    requires.append(required)
            else:
                self._report.error(
                    identity,
                    "dmn.requirement",
                    sentence(
                        "it requires the decision {reference!r}, which is not in this file; add it",
                        reference=reference,
                    ),
                )
        return _Builder(element, self._report).build(tuple(requires))

    def _references(self, element: Any) -> Iterable[str]:
        for requirement in _children(element, "informationRequirement"):
            for required in _children(requirement, "requiredDecision"):
                yield required.get("href", "").removeprefix("#")
        if _child(element, "knowledgeRequirement") is not None:
            _unsupported(self._report, element.get("id"), "knowledgeRequirement")


class _Builder:
    """Builds one decision out of its element."""

    def __init__(self, element: Any, report: _Report) -> None:
        self.element = element
        self.identity = element.get("id", "")
        self.report = report

    def build(self, requires: tuple[Decision, ...]) -> Decision | None:
        table = _child(self.element, "decisionTable")
        literal = _child(self.element, "literalExpression")
        if table is not None:
            return self._table(table, requires)
        if literal is not None:
            return self._literal(literal, requires)
        self._error(
            "dmn.unsupported",
            sentence(
                "the decision holds neither a decision table nor a literal expression; draw a table"
            ),
        )
        return None

    def _table(self, table: Any, requires: tuple[Decision, ...]) -> Decision:
        policy, aggregation = self._policy(table)
        inputs = tuple(self._input(item) for item in _children(table, "input"))
        outputs = self._outputs(_children(table, "output"))
        if aggregation and len(outputs) > 1:
            self._error(
                "dmn.hit-policy",
                sentence(
                    "{aggregation} works on a table with one output only", aggregation=aggregation
                ),
            )
        if policy in ("PRIORITY", "OUTPUT ORDER") and not any(each.values for each in outputs):
            self._error(
                "dmn.hit-policy",
                sentence(
                    "{policy} needs the list of possible values of an output, the best first",
                    policy=policy,
                ),
            )
        rules = tuple(
            self._rule(number, rule, len(inputs), len(outputs))
            for number, rule in enumerate(_children(table, "rule"), 1)
        )
        return self._decision(policy, aggregation, inputs, outputs, rules, requires)

    def _literal(self, literal: Any, requires: tuple[Decision, ...]) -> Decision:
        answer = self._expression(literal, sentence("the literal expression"))
        output = OutputColumn(self._variable(), (), None)
        rule = Rule(1, (), (answer,))
        return self._decision("FIRST", None, (), (output,), (rule,), requires)

    def _decision(
        self,
        policy: str,
        aggregation: str | None,
        inputs: tuple[InputColumn, ...],
        outputs: tuple[OutputColumn, ...],
        rules: tuple[Rule, ...],
        requires: tuple[Decision, ...],
    ) -> Decision:
        return Decision(
            id=self.identity,
            name=self.element.get("name") or self.identity,
            file=self.report.file,
            hit_policy=policy,
            aggregation=aggregation,
            input_columns=inputs,
            output_columns=outputs,
            rules=rules,
            variable=self._variable(),
            requires=requires,
            names=names_read(inputs, outputs, rules, requires),
            name_en=_english_name(self.element),
        )

    def _variable(self) -> str:
        variable = _child(self.element, "variable")
        name = variable.get("name") if variable is not None else None
        return str(name or self.identity)

    def _policy(self, table: Any) -> tuple[str, str | None]:
        policy = (table.get("hitPolicy") or "UNIQUE").upper()
        aggregation = (table.get("aggregation") or "").upper() or None
        if policy not in SINGLE_HIT | MANY_HITS:
            self._error(
                "dmn.hit-policy",
                sentence("the hit policy {policy!r} is not one of DMN's", policy=policy),
            )
        if aggregation and (aggregation not in AGGREGATIONS or policy != "COLLECT"):
            self._error(
                "dmn.hit-policy",
                sentence(
                    "{aggregation} does not go with {policy}; "
                    "only COLLECT has SUM, MIN, MAX, COUNT",
                    aggregation=aggregation,
                    policy=policy,
                ),
            )
        return policy, aggregation if policy == "COLLECT" else None

    def _input(self, element: Any) -> InputColumn:
        source = _child(element, "inputExpression")
        label = element.get("label") or _text(source) or element.get("id", "")
        if not _text(source):
            self._error(
                "dmn.shape",
                sentence("the input {label!r} has no expression; say what it asks", label=label),
            )
            return InputColumn(label, _NOTHING)
        return InputColumn(label, self._expression(source, sentence("input {name}", name=label)))

    def _outputs(self, elements: list[Any]) -> tuple[OutputColumn, ...]:
        columns = tuple(self._output(element, only=len(elements) == 1) for element in elements)
        names = [column.name for column in columns]
        if not columns:
            self._error(
                "dmn.shape", sentence("the table has no output; add a column for the result")
            )
        if len(set(names)) < len(names):
            self._error("dmn.shape", sentence("two outputs have one name; give each its own"))
        return columns

    def _output(self, element: Any, *, only: bool) -> OutputColumn:
        name = element.get("name") or (self._variable() if only else "")
        if not name:
            self._error(
                "dmn.shape", sentence("an output has no name; name it, the process reads it so")
            )
        listed = _child(element, "outputValues")
        default = _child(element, "defaultOutputEntry")
        values = (
            self._cell(listed, sentence("values of {name}", name=name))
            if listed is not None
            else _ANYTHING
        )
        if values.names:
            self._error(
                "dmn.shape",
                sentence("the possible values of {name} are not plain values", name=name),
            )
        return OutputColumn(
            name,
            values.constants,
            self._expression(default, sentence("default of {name}", name=name))
            if _text(default)
            else None,
        )

    def _rule(self, number: int, rule: Any, inputs: int, outputs: int) -> Rule:
        tests, answers = _children(rule, "inputEntry"), _children(rule, "outputEntry")
        if len(tests) != inputs or len(answers) != outputs:
            self._error(
                "dmn.shape",
                sentence(
                    "row {number} has {tests} inputs and {answers} outputs, the table {inputs} and "
                    "{outputs}; draw the row again",
                    number=number,
                    tests=len(tests),
                    answers=len(answers),
                    inputs=inputs,
                    outputs=outputs,
                ),
            )
        return Rule(
            number,
            tuple(
                self._cell(
                    cell, sentence("row {number}, input {place}", number=number, place=place)
                )
                for place, cell in enumerate(tests, 1)
            ),
            tuple(
                self._expression(
                    cell, sentence("row {number}, output {place}", number=number, place=place)
                )
                for place, cell in enumerate(answers, 1)
            ),
        )

    def _cell(self, element: Any, place: Sentence) -> UnaryTests:
        if element.get("expressionLanguage", "feel").lower() == "juel":
            # Camunda reads such a cell as a condition over cellInput, which is not a unary test.
            self._error(
                "dmn.language",
                sentence("{place}: a cell is written in FEEL, not in JUEL", place=place),
            )
            return _ANYTHING
        return self._read(element, place, unary_tests) or _ANYTHING

    def _expression(self, element: Any, place: Sentence) -> Expression:
        if _text(element) in ("", "-"):
            return _NOTHING
        return self._read(element, place, lambda text: parse(_as_expression(text))) or _NOTHING

    def _read(self, element: Any, place: Sentence, reader: Callable[[str], T]) -> T | None:
        language = element.get("expressionLanguage")
        if language and not _LANGUAGES.fullmatch(language):
            self._error(
                "dmn.language",
                sentence(
                    "{place} is written in {language}; only FEEL is supported",
                    place=place,
                    language=language,
                ),
            )
            return None
        try:
            return reader(_text(element))
        except ExpressionError as error:
            self._error(
                error.rule, sentence("{place}: {message}", place=place, message=error.message)
            )
            return None

    def _error(self, rule: str, message: Sentence) -> None:
        self.report.error(self.identity, rule, message)


def _as_expression(text: str) -> str:
    """Let an output hold FEEL's date literals: they are ISO text in process data."""
    for pattern, kind in ((_DATE, date), (_MOMENT, datetime)):
        found = pattern.fullmatch(text)
        if found:
            try:
                return f"'{kind.fromisoformat(found.group(1)).isoformat()}'"
            except ValueError:
                raise ExpressionError(
                    "expression.syntax",
                    sentence('"{text}" is not a date; write "2026-01-31"', text=found.group(1)),
                ) from None
    return text


def _unsupported(report: _Report, element: str | None, name: str) -> None:
    report.error(
        element,
        "dmn.unsupported",
        sentence("{name} is not supported; write the logic into a table", name=name),
    )


def _english_name(element: Any) -> str | None:
    description = _child(element, "description")
    found = _ENGLISH_NAME.search((description.text or "") if description is not None else "")
    return found.group(1) if found else None


def _children(element: Any, name: str) -> list[Any]:
    return [child for child in element if name_of(child) == name]


def _child(element: Any, name: str) -> Any:
    return next((child for child in element if name_of(child) == name), None)


def _text(element: Any) -> str:
    if element is None:
        return ""
    text = _child(element, "text")
    return ((text.text or "") if text is not None else "").strip()
