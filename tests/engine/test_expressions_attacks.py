"""Attempts to reach Python, or to eat the machine, through an expression: each one is refused."""

import time

import pytest

from engine.expressions import ExpressionError, parse, parse_script, template

REFUSED_WHEN_READ = {
    # The nineteen of the reference collection.
    "import os": "__import__('os').getpid()",
    "subclasses": "().__class__.__base__.__subclasses__()",
    "open": "open('/etc/passwd').read()",
    "format": "'{0.__class__.__init__.__globals__}'.format(x)",
    "format_map": "'{a.__class__}'.format_map({'a':x})",
    "comprehension": "[g for g in (i for i in [1])]",
    "generator frame": "(i for i in [1]).gi_frame.f_back",
    "percent memory": "'%1000000000d' % 1",
    "string repetition": "'a'*10**8",
    "power": "9**9**5",
    "int of a long string": "int('9'*5000)",
    "list repetition": "[0]*10**7",
    "dict comprehension": "{i:i for i in range(10**6)}",
    "walrus": "(y:=1)",
    "lambda": "(lambda: 1)()",
    "getattr": "getattr(x,'__class__')",
    "type": "type(x)",
    "method of a host object": "x.danger()",
    "eval": "eval('1')",
    # Other roads to Python.
    "exec": "exec('import os')",
    "compile": "compile('1', 'x', 'eval')",
    "import statement": "import os",
    "builtins": "__builtins__",
    "builtins by key": "__builtins__['eval']('1')",
    "globals": "globals()",
    "locals": "locals()['x']",
    "vars": "vars(x)",
    "dir": "dir(x)",
    "setattr": "setattr(x, 'a', 1)",
    "delattr": "delattr(x, 'a')",
    "hasattr": "hasattr(x, 'a')",
    "object": "object()",
    "super": "super()",
    "breakpoint": "breakpoint()",
    "exit": "exit()",
    "input": "input()",
    "print": "print(1)",
    "range": "range(10)",
    "bytes": "bytes(10)",
    "bytearray": "bytearray(10)",
    "memoryview": "memoryview('a')",
    "chr": "chr(65)",
    "map": "map(str, [1])",
    "sorted": "sorted([1])",
    "list": "list('abc')",
    "dict": "dict()",
    "hex": "hex(1)",
    "float nan": "float('nan')",
    "pow function": "pow(9, 9)",
    "divmod": "divmod(9, 9)",
    "help": "help()",
    "attribute": "x.secret",
    "dunder attribute": "x.__class__",
    "attribute of a string": "'a'.upper()",
    "attribute of a number": "(1).real",
    "attribute of a list": "[1].append(2)",
    "attribute after an index": "x['a'].b",
    "attribute after a call": "str(1).join",
    "call of a variable": "x['f']()",
    "call of a result": "len('a')(1)",
    "call of a list": "[1](0)",
    "call of parentheses": "(x)(1)",
    "call of a string": "'len'('a')",
    "keyword argument": "str(object=1)",
    "star argument": "max(*[1, 2])",
    "double star argument": "str(**x)",
    "private name": "_x",
    "dunder name": "__name__",
    "f-string": "f'{x}'",
    "raw string": "r'\\d'",
    "bytes literal": "b'a'",
    "triple quotes": "'''a'''",
    "set": "{1, 2}",
    "map literal": "{'a': 1}",
    "slice": "x[1:2]",
    "slice with step": "x[::-1]",
    "ellipsis": "x[...]",
    "await": "await x",
    "yield": "(yield 1)",
    "assignment": "x = 1",
    "augmented assignment": "x += 1",
    "increment": "x++",
    "several statements": "1; 2",
    "two lines": "1\n2",
    "comment": "1 # + x",
    "floor division": "7 // 2",
    "matrix product": "x @ x",
    "bit and": "1 & 2",
    "bit or": "1 | 2",
    "bit xor": "1 ^ 2",
    "bit not": "~1",
    "shift": "1 << 1000",
    "is": "x is None",
    "python choice": "1 if x else 2",
    "assert": "assert x",
    "del": "del x",
    "backslash": "1 + \\\n 2",
    "backtick": "`id`",
    "shell": "$(id)",
    "nested juel": "${${x}}",
    "deferred juel": "#{x}",
    "juel method": "${''.getClass().forName('java.lang.Runtime')}",
    "juel execution": "${execution.getVariable('x')}",
    "juel static": "${T(java.lang.Runtime).getRuntime().exec('id')}",
    "jinja": "{{ x }}",
    "jinja statement": "{% if x %}",
    "template literal": "`${x}`",
    "javascript arrow": "x => 1",
    "sql": "1; DROP TABLE appeal",
    "xpath": "//user[@name='x']",
    "fullwidth brackets": "len\uff08x\uff09",
    "fullwidth function": "\uff45val('1')",
    "null byte": "x\x00",
    "zero width": "len\u200b(x)",
    "right to left": "x\u202e",
    "exponent": "1e308",
    "hexadecimal": "0xff",
    "underscored number": "1_000_000",
    "complex": "1j",
    "octal escape": "'\\101'",
    "unicode escape": "'\\u0041'",
    "name escape": "'\\N{BULLET}'",
    "long number": "9" * 19,
    "long fraction": "0." + "9" * 19,
    "long text": "1 + " * 300 + "1",
    "long string": "'" + "a" * 1000 + "'",
    "deep parentheses": "(" * 41 + "1" + ")" * 41,
    "deep lists": "[" * 41 + "]" * 41,
    "deep negation": "!" * 41 + "x",
    "deep minus": "-" * 41 + "1",
    "deep not": "not " * 41 + "x",
    "deep empty": "empty " * 41 + "x",
    "deep index": "x[" * 41 + "0" + "]" * 41,
    "deep calls": "len(" * 41 + "x" + ")" * 41,
    "deep choices": "x ? 1 : " * 41 + "1",
    # Operand kinds that the text itself shows to be wrong.
    "string times number": "'a' * 9",
    "number times string": "9 * 'a'",
    "string times variable": "'a' * n",
    "list times variable": "[1] * n",
    "string percent": "'%s' % x",
    "string percent list": "'%s%s' % [1, 2]",
    "string minus": "'a' - 'b'",
    "string divided": "'a' / 2",
    "string plus number": "'a' + 1",
    "number plus string": "1 + 'a'",
    "joined then number": "x + 'a' + 1",
    "list plus list": "[1] + [2]",
    "list plus variable": "[1] + x",
    "null plus": "null + 1",
    "boolean plus": "true + 1",
    "comparison plus": "(x > 1) + 1",
    "minus string": "-'a'",
    "minus list": "-[1]",
    "string below number": "'a' < 1",
    "null below number": "null < 1",
    "list below list": "[1] < [2]",
    "boolean below": "true > false",
    "in a number": "1 in 5",
    "in null": "1 in null",
    "number in a string": "1 in 'a1'",
    "index of a string": "'abc'[0]",
    "index of a number": "5[0]",
    "index of null": "null[0]",
    "index by a list": "x[[1]]",
    "index by null": "x[null]",
    "list by a string": "[1]['a']",
    "len of a number": "len(5)",
    "len of null": "len(null)",
    "sum of a string": "sum('abc')",
    "any of a number": "any(1)",
    "abs of a string": "abs('a')",
    "int of a list": "int([1])",
    "int of null": "int(null)",
    "str of a list": "str([1])",
    "kind behind parentheses": "(('a')) * 9",
    "kind behind a choice": "(x ? 'a' : 'b') * 9",
    "kind behind a function": "str(x) * 9",
}


@pytest.mark.parametrize("text", REFUSED_WHEN_READ.values(), ids=REFUSED_WHEN_READ)
def test_refused_when_read(text):
    for attempt in (text, "${" + text + "}"):
        with pytest.raises(ExpressionError) as caught:
            parse(attempt)
        assert caught.value.rule in {
            "expression.syntax",
            "expression.unsafe",
            "expression.too-big",
            "expression.unknown-function",
        }


@pytest.mark.parametrize("text", REFUSED_WHEN_READ.values(), ids=REFUSED_WHEN_READ)
def test_refused_in_a_script_and_in_a_template(text):
    if "\n" not in text:
        with pytest.raises(ExpressionError):
            parse_script(f"fine = 1\nx = {text}")
    with pytest.raises(ExpressionError):
        template("text ${" + text + "}")


@pytest.mark.parametrize(
    "name", ["string times number", "int of a long string", "dunder attribute"]
)
def test_unsafe_is_called_unsafe(name):
    with pytest.raises(ExpressionError) as caught:
        parse(REFUSED_WHEN_READ[name])
    assert caught.value.rule == "expression.unsafe"


class Foreign:
    """Something of the host that must never be touched by a diagram."""

    def __eq__(self, _other):
        raise AssertionError("touched")

    def __bool__(self):
        raise AssertionError("touched")

    def __len__(self):
        raise AssertionError("touched")

    __hash__ = None


class LoudList(list):
    def __getitem__(self, _key):
        raise AssertionError("touched")


REFUSED_WHEN_RUN = {
    "host object": ("x", {"x": Foreign()}),
    "host object compared": ("x == 1", {"x": Foreign()}),
    "host object in a list": ("1 in x", {"x": [Foreign()]}),
    "host object taken from a list": ("x[0]", {"x": [Foreign()]}),
    "host object any": ("any(x)", {"x": [Foreign()]}),
    "host object as truth": ("x and true", {"x": Foreign()}),
    "host object negated": ("!x", {"x": Foreign()}),
    "host object as text": ("str(x)", {"x": Foreign()}),
    "host function": ("x", {"x": open}),
    "host class": ("x", {"x": dict}),
    "host module": ("x", {"x": time}),
    "list of a foreign kind": ("x[0]", {"x": LoudList([1])}),
    "bytes": ("len(x)", {"x": b"abc"}),
    "set": ("1 in x", {"x": {1}}),
    "range": ("x[5]", {"x": range(10)}),
    "complex": ("x + 1", {"x": 1j}),
    "infinity": ("x", {"x": float("inf")}),
    "not a number": ("x == x", {"x": float("nan")}),
    "large number": ("x", {"x": 10**5000}),
    "large product": ("x * x", {"x": 10**10}),
    "large sum": ("sum([x, x])", {"x": 10**18}),
    "large float product": ("x * x * x", {"x": 1e17}),
    "large text number": ("int(x)", {"x": "9" * 19}),
    "other digits": ("int(x)", {"x": "\u0661\u0662"}),
    "underscored digits": ("int(x)", {"x": "1_0"}),
    "long string": ("x", {"x": "a" * 100_001}),
    "long joined string": ("x + x", {"x": "a" * 60_000}),
    "long list": ("len(x)", {"x": [0] * 10_001}),
    "long map": ("len(x)", {"x": {str(n): n for n in range(10_001)}}),
    "repetition of a string": ("x * 1000000", {"x": "a"}),
    "repetition of a list": ("x * 1000000", {"x": [0]}),
    "formatting": ("x % 1", {"x": "%1000000000d"}),
    "expression in data": ("x + 1", {"x": "${1}"}),
    "engine type in data": ("x['typename']['a']", {"x": {"typename": "datetime"}}),
    "key of a foreign kind": ("x[y]", {"x": {"a": 1}, "y": [1]}),
    "variable like a function": ("len", {}),
}


@pytest.mark.parametrize(("text", "data"), REFUSED_WHEN_RUN.values(), ids=REFUSED_WHEN_RUN)
def test_refused_when_run(text, data):
    expression = parse(text)
    with pytest.raises(ExpressionError):
        expression.evaluate(data)


def test_data_is_never_read_as_an_expression():
    assert parse("x").evaluate({"x": "${1 + 1}"}) == "${1 + 1}"
    assert template("${x}!").evaluate({"x": "${1 + 1}"}) == "${1 + 1}!"


def test_deeply_nested_data_is_refused_in_words():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ExpressionError) as caught:
        parse("x == y").evaluate({"x": deep, "y": [deep]})
    assert caught.value.rule == "expression.too-big"
    while deep:  # taken apart by hand, so that freeing it does not nest either
        deep = deep.pop()


def test_a_doubling_script_stops_growing():
    script = parse_script("\n".join(["x = x + x"] * 64))
    with pytest.raises(ExpressionError) as caught:
        script.evaluate({"x": "ab"})
    assert caught.value.rule == "expression.too-big"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 40 + "1" + ")" * 40,
        "!" * 40 + "x",
        "1" + " + 1" * 249,
        "x" + " or x" * 199,
        "x[0]" + "[0]" * 300,
        "x ? 1 : " * 40 + "1",
        "x or x and not x==!(" * 13 + "x" + ")" * 13,
    ],
)
def test_as_large_as_allowed(text):
    assert len(text) <= 1000
    parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "'" * 1_000_000,
        "(" * 1_000_000,
        "${" * 500_000,
        " " * 1_000_000 + "1 1",
        "'" + "\\" * 999,
        "a" * 999 + ".",
        "\"'" * 499,
        "1." * 499,
    ],
)
def test_hostile_text_is_refused_at_once(text):
    began = time.thread_time()
    for read in (parse, template, parse_script):
        with pytest.raises(ExpressionError):
            read(text if read is not template else "${" + text)
    assert time.thread_time() - began < 1
