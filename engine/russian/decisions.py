"""What is wrong with decision tables, and what they say when they give no answer."""

TEXTS = {
    'decision "{decision}": {reason}': "решение «{decision}»: {reason}",
    "none": "нет",
    "{reason}; inputs: {asked}": "{reason}; входы: {asked}",
    "{label} = {value}": "{label} = {value}",
    "it is UNIQUE, but rows {rows} match at once": (
        "политика UNIQUE, а подходят сразу строки {rows}"
    ),
    "SUM needs a number in every matching row": "для SUM в каждой подходящей строке нужно число",
    "{how} needs numbers alone or texts alone in the matching rows": (
        "для {how} в подходящих строках нужны либо только числа, либо только тексты"
    ),
    "no row matches and there is no default output": (
        "ни одна строка не подходит, а выхода по умолчанию нет"
    ),
    "row {number}: {message}": "строка {number}: {message}",
    "{place}: {message}": "{place}: {message}",
    "it is ANY, but rows {first} and {second} match with different results": (
        "политика ANY, а строки {first} и {second} подходят с разными результатами"
    ),
    "the value of {name} is not in the list of its possible values": (
        "значения {name} нет в перечне возможных"
    ),
    "{name} is not supported; write the logic into a table": (
        "{name} не поддерживается; запишите логику таблицей"
    ),
    "this is not DMN 1.3; save it as DMN 1.3": "это не DMN 1.3; сохраните файл как DMN 1.3",
    "there is no decision in the file; add a decision table": (
        "в файле нет ни одного решения; добавьте таблицу решений"
    ),
    "the decision holds neither a decision table nor a literal expression; draw a table": (
        "в решении нет ни таблицы, ни простого выражения; нарисуйте таблицу"
    ),
    "the literal expression": "простое выражение",
    "the decisions require one another: {circle}": "решения требуют друг друга по кругу: {circle}",
    "a chain of decisions is longer than {most}; join some of them": (
        "цепочка решений длиннее {most}; объедините некоторые из них"
    ),
    "{aggregation} works on a table with one output only": (
        "свёртка {aggregation} возможна только в таблице с одним выходом"
    ),
    "{policy} needs the list of possible values of an output, the best first": (
        "для политики {policy} нужен перечень возможных значений выхода, лучшее — первым"
    ),
    "the hit policy {policy!r} is not one of DMN's": "политики выбора «{policy}» в DMN нет",
    "{aggregation} does not go with {policy}; only COLLECT has SUM, MIN, MAX, COUNT": (
        "свёртка {aggregation} не подходит к политике {policy}; SUM, MIN, MAX и COUNT есть "
        "только у COLLECT"
    ),
    "the input {label!r} has no expression; say what it asks": (
        "у входа «{label}» нет выражения; укажите, о чём он спрашивает"
    ),
    "the table has no output; add a column for the result": (
        "у таблицы нет выхода; добавьте столбец для результата"
    ),
    "two outputs have one name; give each its own": "у двух выходов одно имя; дайте каждому своё",
    "an output has no name; name it, the process reads it so": (
        "у выхода нет имени; дайте имя — по нему результат читает процесс"
    ),
    "values of {name}": "значения {name}",
    "the possible values of {name} are not plain values": (
        "возможные значения {name} заданы не простыми значениями"
    ),
    "row {number} has {tests} inputs and {answers} outputs, the table {inputs} and "
    "{outputs}; draw the row again": (
        "в строке {number} входов {tests} и выходов {answers}, а в таблице {inputs} и "
        "{outputs}; нарисуйте строку заново"
    ),
    "{place}: a cell is written in FEEL, not in JUEL": (
        "{place}: ячейка пишется на FEEL, а не на JUEL"
    ),
    "{place} is written in {language}; only FEEL is supported": (
        "{place}: язык {language} не поддерживается; пишите на FEEL"
    ),
    "it requires the decision {reference!r}, which is not in this file; add it": (
        "решению нужно решение «{reference}», которого в этом файле нет; добавьте его"
    ),
    "default of {name}": "{name} по умолчанию",
    "row {number}, input {place}": "строка {number}, вход {place}",
    "row {number}, output {place}": "строка {number}, выход {place}",
    "row {number}, output {name}": "строка {number}, выход {name}",
    '"{text}" is not a date; write "2026-01-31"': (
        '«{text}» не является датой; пишите "2026-01-31"'
    ),
    "{shown!r} is not part of a cell": "знак «{shown}» в ячейке недопустим",
    "a cell has at most {most} characters": "в ячейке может быть не больше {most} знаков",
    "{text} is out of place in a cell": "«{text}» стоит в ячейке не на месте",
    'in a cell a text stands in double quotes: "…"': (
        'текст в ячейке пишется в двойных кавычках: "…"'
    ),
    "a text in quotes is not closed": "не закрыты кавычки текста",
    'a bare value means "equals"; not(…) means "differs"': (
        "значение само по себе означает «равно», а not(…) — «не равно»"
    ),
    "a cell is written without '?': > 5, not ? > 5": (
        "в ячейке знак «?» не пишется: > 5, а не ? > 5"
    ),
    "a cell has at most {most} alternatives": "в ячейке может быть не больше {most} вариантов",
    "a range is written [1..5], (1..5) or ]1..5[": "промежуток пишется [1..5], (1..5) или ]1..5[",
    "a cell does not know the function {text}()": "функции {text}() в ячейке нет",
    'a text stands in double quotes: "{name} …"': 'текст пишется в двойных кавычках: "{name} …"',
    'a date is written date("2026-01-31")': 'дата пишется date("2026-01-31")',
    "the end of the cell": "конец ячейки",
    "expected {sign!r}, found {found}": "ожидается «{sign}», а стоит {found}",
    "something is missing at the end of the cell": "в конце ячейки чего-то не хватает",
    "there are no attributes in a cell": "обращаться к атрибутам в ячейке нельзя",
    '"{text}" is not a date and time; write "2026-01-31T10:00:00+03:00"': (
        '«{text}» не является датой и временем; пишите "2026-01-31T10:00:00+03:00"'
    ),
    "a range ends with ] or ), as in [1..5]": (
        "промежуток заканчивается скобкой ] или ), например [1..5]"
    ),
    'there is no variable {name}; if it is a text, put it in quotes: "{name}"': (
        'переменной {name} нет; если это текст, возьмите его в кавычки: "{name}"'
    ),
    "unknown escape {escape}": "неизвестная последовательность {escape}",
}
