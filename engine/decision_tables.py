"""Decision tables: what DMN's hit policies mean, and what goes wrong with them, in words."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from engine.errors import EngineError
from engine.expressions import Expression, ExpressionError
from engine.expressions.meter import A_CELL, metered, spend
from engine.expressions.values import NUMBER, STRING, kind_of, same, total
from engine.feel import UnaryTests
from engine.sentences import Datum, Fact, Sentence, listed, sentence, together

SINGLE_HIT = frozenset({"UNIQUE", "FIRST", "ANY", "PRIORITY"})
MANY_HITS = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER"})
AGGREGATIONS = frozenset({"SUM", "MIN", "MAX", "COUNT"})
_LONGEST_SHOWN = 80

Row = dict[str, Any]


class DecisionError(EngineError):
    """A decision gave no answer. The message names the table and what it was asked."""

    def __init__(self, decision: str, reason: Sentence) -> None:
        super().__init__(
            sentence('decision "{decision}": {reason}', decision=decision, reason=reason)
        )
        self.decision = decision
        self.reason = reason


@dataclass(frozen=True, slots=True)
class InputColumn:
    """A question of the table; `label` is what people call it."""

    label: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """An answer of the table; `values` order PRIORITY and OUTPUT ORDER, best first."""

    name: str
    values: tuple[Any, ...]
    default: Expression | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: `tests` match the inputs, `answers` give the outputs, column by column."""

    number: int
    tests: tuple[UnaryTests, ...]
    answers: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision table, or a literal expression as a table of one row without questions.

    `inputs` are the texts of the input expressions, `outputs` the names of the results. `names`
    are the variables that have to be there before the decision is asked.
    """

    id: str
    name: str
    file: str
    hit_policy: str
    aggregation: str | None
    input_columns: tuple[InputColumn, ...]
    output_columns: tuple[OutputColumn, ...]
    rules: tuple[Rule, ...]
    variable: str
    requires: tuple["Decision", ...]
    names: frozenset[str]
    name_en: str | None = None

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(column.expression.text for column in self.input_columns)

    @property
    def outputs(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.output_columns)

    def evaluate(
        self, variables: Mapping[str, Any], *, now: datetime | None = None
    ) -> Row | list[Row]:
        """Answer with `{output: value}`, or with a list of them under a many-hit policy.

        An aggregated COLLECT answers with one mapping. Raises `DecisionError`.
        """
        with metered():
            return _answer(self, dict(variables), now, {})

    def as_variables(self, result: Row | list[Row]) -> Row:
        """Lay a result out as variables for the decisions that require this one."""
        if isinstance(result, dict):
            whole: Any = result[self.outputs[0]] if len(self.outputs) == 1 else result
            return {**result, self.variable: whole}
        lists = {name: [row[name] for row in result] for name in self.outputs}
        whole = lists[self.outputs[0]] if len(self.outputs) == 1 else result
        return {**lists, self.variable: whole}


def names_read(
    inputs: Sequence[InputColumn],
    outputs: Sequence[OutputColumn],
    rules: Sequence[Rule],
    requires: Sequence[Decision],
) -> frozenset[str]:
    """Collect the variables a decision reads, less those its required decisions bring."""
    read: set[str] = set()
    read.update(*(column.expression.names for column in inputs))
    read.update(*(column.default.names for column in outputs if column.default))
    for rule in rules:
        read.update(*(test.names for test in rule.tests))
        read.update(*(answer.names for answer in rule.answers))
    for required in requires:
        read -= {required.variable, *required.outputs}
    read.update(*(required.names for required in requires))
    return frozenset(read)


def _answer(
    decision: Decision, variables: Row, now: datetime | None, known: dict[str, Row]
) -> Row | list[Row]:
    # A decision that several others require is asked once, however the graph branches.
    data = dict(variables)
    for required in decision.requires:
        if required.id not in known:
            known[required.id] = required.as_variables(_answer(required, variables, now, known))
        data.update(known[required.id])
    return _Question(decision, data, now).answer()


class _Question:
    """One evaluation of one decision over given data."""

    def __init__(self, decision: Decision, data: Row, now: datetime | None) -> None:
        self.decision = decision
        self.data = data
        self.now = now
        self.asked: list[Any] = []

    def answer(self) -> Row | list[Row]:
        self.asked = [
            self._work_out(column.expression, "input {name}", name=column.label)
            for column in self.decision.input_columns
        ]
        hits = self._hits()
        if self.decision.hit_policy in MANY_HITS:
            return self._many(hits)
        if not hits:
            return self._default()
        return self._single(hits)

    def _hits(self) -> list[Rule]:
        hits: list[Rule] = []
        spend(A_CELL * len(self.decision.rules) * (1 + len(self.asked)))
        for rule in self.decision.rules:
            if self._matches(rule):
                hits.append(rule)
                if self.decision.hit_policy == "FIRST":
                    break
        return hits

    def _matches(self, rule: Rule) -> bool:
        try:
            return all(
                test.matches(value, self.data)
                for test, value in zip(rule.tests, self.asked, strict=True)
            )
        except ExpressionError as error:
            raise self._failed(
                sentence("row {number}: {message}", number=rule.number, message=error.message)
            ) from error

    def _single(self, hits: Sequence[Rule]) -> Row:
        policy = self.decision.hit_policy
        if policy == "UNIQUE" and len(hits) > 1:
            rows = together(str(rule.number) for rule in hits)
            raise self._failed(sentence("it is UNIQUE, but rows {rows} match at once", rows=rows))
        rows_found = [self._row(rule) for rule in hits]
        if policy == "ANY":
            for rule, row in zip(hits[1:], rows_found[1:], strict=True):
                if not same(row, rows_found[0]):
                    raise self._failed(
                        sentence(
                            "it is ANY, but rows {first} and {second} match with different results",
                            first=hits[0].number,
                            second=rule.number,
                        )
                    )
        return min(rows_found, key=self._rank) if policy == "PRIORITY" else rows_found[0]

    def _many(self, hits: Sequence[Rule]) -> Row | list[Row]:
        rows = [self._row(rule) for rule in hits]
        if self.decision.hit_policy == "OUTPUT ORDER":
            rows.sort(key=self._rank)
        if self.decision.aggregation:
            name = self.decision.outputs[0]
            return {name: self._aggregate([row[name] for row in rows])}
        return rows

    def _aggregate(self, values: list[Any]) -> Any:
        how = self.decision.aggregation
        if how == "COUNT":
            return len(values)
        if not values:
            return None
        choose = min if how == "MIN" else max
        try:
            kinds = {kind_of(value) for value in values}
            if kinds == {NUMBER}:
                return total(values) if how == "SUM" else choose(values)
        except ExpressionError as error:
            raise self._failed(error.message) from error
        if how == "SUM":
            raise self._failed(sentence("SUM needs a number in every matching row"))
        if kinds != {STRING}:
            raise self._failed(
                sentence("{how} needs numbers alone or texts alone in the matching rows", how=how)
            )
        return choose(values, key=_order_of(values))

    def _default(self) -> Row:
        columns = self.decision.output_columns
        if not any(column.default for column in columns):
            raise self._failed(sentence("no row matches and there is no default output"))
        return {
            column.name: self._work_out(column.default, "default of {name}", name=column.name)
            if column.default
            else None
            for column in columns
        }

    def _row(self, rule: Rule) -> Row:
        return {
            column.name: self._work_out(
                answer, "row {number}, output {name}", number=rule.number, name=column.name
            )
            for column, answer in zip(self.decision.output_columns, rule.answers, strict=True)
        }

    def _rank(self, row: Row) -> tuple[int, ...]:
        """Order rows by the listed values of the outputs, the first output weighing most."""
        ranks: list[int] = []
        for column in self.decision.output_columns:
            if column.values:
                places = [
                    place
                    for place, value in enumerate(column.values)
                    if same(value, row[column.name])
                ]
                if not places:
                    raise self._failed(
                        sentence(
                            "the value of {name} is not in the list of its possible values",
                            name=column.name,
                        )
                    )
                ranks.append(places[0])
        return tuple(ranks)

    def _work_out(self, expression: Expression, place: str, **facts: Fact) -> Any:
        """Evaluate; the place is only put into words when that fails, which is seldom."""
        try:
            return expression.evaluate(self.data, now=self.now)
        except ExpressionError as error:
            raise self._failed(
                sentence("{place}: {message}", place=Sentence(place, facts), message=error.message)
            ) from error

    def _failed(self, reason: Sentence) -> DecisionError:
        columns = self.decision.input_columns
        asked = [
            sentence("{label} = {value}", label=column.label, value=_shown(value))
            for column, value in zip(columns, self.asked, strict=False)
        ]
        return DecisionError(
            self.decision.id,
            sentence(
                "{reason}; inputs: {asked}",
                reason=reason,
                asked=listed(asked) if asked else sentence("none"),
            ),
        )


def _order_of(texts: list[str]) -> Callable[[str], Any]:
    """Order dates and times by the moments they mean, other texts by their letters."""
    try:
        for text in texts:
            _moment(text)
    except ValueError:
        return str
    return _moment


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _shown(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    text = json.dumps(value, ensure_ascii=False)
    shown = text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
    # A number or a yes tells of nobody.
    return Datum(shown) if isinstance(value, str | list | dict) else shown
