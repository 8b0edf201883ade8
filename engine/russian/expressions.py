"""What is wrong with an expression or a script, and why it cannot be worked out."""

TEXTS = {
    "{kind} has no text": "у значения этого вида ({kind}) нет текста",
    "int() needs a number or its text, not {kind}": (
        "функции int() нужно число или его запись, а дано: {kind}"
    ),
    "len() needs a list, not {kind}": "функции len() нужен список, а дано: {kind}",
    "{name}() needs a list, not {kind}": "функции {name}() нужен список, а дано: {kind}",
    "round() keeps 0 to {most} decimal places": (
        "функция round() оставляет от 0 до {most} знаков после запятой"
    ),
    "the time is not known here": "текущее время здесь неизвестно",
    "int() needs the text of a whole number": "функции int() нужна запись целого числа",
    "{name}() of an empty list": "функция {name}() взята от пустого списка",
    "{name}() needs numbers only or strings only": (
        "функции {name}() нужны либо только числа, либо только строки"
    ),
    "{text} is out of place here": "«{text}» стоит здесь не на месте",
    "'+' needs two numbers or two strings": "для «+» нужны два числа или две строки",
    "'+' joins a string only with a string; str(x) makes one of a number": (
        "«+» соединяет строку только со строкой; из числа строку делает str(x)"
    ),
    "'{sign}' compares two numbers or two strings; here is {found}": (
        "«{sign}» сравнивает два числа или две строки, а здесь: {found}"
    ),
    "'in' needs a list on its right; here is {kind}": "справа от in нужен список, а стоит: {kind}",
    "'in' cannot look for {kind} in a string": (
        "в строке можно искать только строку, а здесь: {kind}"
    ),
    "{fewest} to {most}": "от {fewest} до {most}",
    "{name}() takes {wanted} arguments, here are {count}": (
        "число аргументов у функции {name}() — {wanted}, а дано: {count}"
    ),
    "{name}() cannot take {kind}": "функция {name}() такого не принимает: {kind}",
    "an expression has at most {most} characters, this {count}": (
        "в выражении может быть не больше {most} знаков, а в этом {count}"
    ),
    "the expression is empty": "выражение пустое",
    "expected {operator!r}, found {text}": "ожидается «{operator}», а стоит {text}",
    "put not(…) into parentheses of its own here": "возьмите здесь not(…) в отдельные скобки",
    "only the named functions can be called": "вызывать можно только перечисленные функции",
    "something is missing at the end of the expression": "в конце выражения чего-то не хватает",
    "an expression nests at most {most} levels": (
        "вложенность выражения может быть не больше {most}"
    ),
    "comparisons do not chain; write a < b and b < c": (
        "сравнения не выстраиваются в цепочку; пишите a < b and b < c"
    ),
    "there is no function {name}; known: {known}": "функции {name} нет; есть {known}",
    "'{sign}' needs numbers; here is {kind}": "для «{sign}» нужны числа, а здесь: {kind}",
    "there is no variable {name}": "переменной {name} нет",
    "only lists and maps have parts; this is {kind}": (
        "части есть только у списков и словарей, а это {kind}"
    ),
    "{kind} cannot be an index here": "такое значение здесь не может быть индексом: {kind}",
    "'#{…}' is not supported; write ${…}": "запись #{…} не поддерживается; пишите ${…}",
    "the closing brace of ${…} is missing": "не хватает закрывающей скобки в ${…}",
    "a text has at most {most} characters": "в тексте может быть не больше {most} знаков",
    'a condition of a form begins with =, as in =kind = "post"': (
        'условие в форме начинается со знака =, например =kind = "post"'
    ),
    "the data is nested too deeply": "данные вложены слишком глубоко",
    "the diagram computes too much in one move": "схема вычисляет слишком много за один шаг",
    "line {number}: a script holds lines name = expression and nothing else": (
        "строка {number}: в сценарии могут быть только строки вида имя = выражение"
    ),
    "line {number}: only a variable can be set, and its name begins with a letter": (
        "строка {number}: задать можно только переменную, и её имя начинается с буквы"
    ),
    "line {number}: a variable cannot be called {name!r}": (
        "строка {number}: переменную нельзя назвать «{name}»"
    ),
    "a script has at most {most} lines": "в сценарии может быть не больше {most} строк",
    "line {number}: {message}": "строка {number}: {message}",
    "the end of the expression": "конец выражения",
    "there are no attributes or methods; write the key of a map as x['key']": (
        "атрибутов и методов нет; ключ словаря пишется так: x['ключ']"
    ),
    "a name begins with a letter, not with an underscore": (
        "имя начинается с буквы, а не с подчёркивания"
    ),
    "'@' is not part of the language": "знака «@» в языке нет",
    "'`' is not part of the language": "знака «`» в языке нет",
    "'$' may stand only before the outer braces, ${…}": (
        "знак «$» стоит только перед внешними скобками: ${…}"
    ),
    "braces may only surround the whole expression, ${…}": (
        "фигурные скобки могут окружать только всё выражение: ${…}"
    ),
    "a brace is closed that was not opened here; write ${…} around the whole": (
        "закрыта скобка, которая здесь не открывалась; возьмите в ${…} всё выражение"
    ),
    "a single '=' compares nothing; write ==": (
        "одиночный знак «=» ничего не сравнивает; пишите =="
    ),
    "write && or and": "пишите && или and",
    "write || or or": "пишите || или or",
    "a string is not closed": "строка не закрыта кавычкой",
    "{shown!r} is not part of the language": "знака «{shown}» в языке нет",
    "a number has at most {digits} digits on each side of the point": (
        "в числе может быть не больше {digits} цифр с каждой стороны точки"
    ),
    "{shown!r} is not a number; write 12 or 12.5": (
        "«{shown}» не является числом; пишите 12 или 12.5"
    ),
    "powers are not part of the language": "возведения в степень в языке нет",
    "unknown escape {escape}; a string knows \\\\ \\' \\\" \\n \\t": (
        "неизвестная последовательность {escape}; в строке возможны \\\\ \\' \\\" \\n \\t"
    ),
    "'in' looks for {item} in {container}; it needs a list": (
        "in ищет в списке, а здесь ищется {item} и дано: {container}"
    ),
    "a list or map holds more than {most} items": "в списке или словаре больше {most} элементов",
    "a number is larger than 10 to the 18th": "число больше 10 в 18-й степени",
    "a string is longer than {most} characters": "строка длиннее {most} знаков",
    "{what} needs a number, not {kind}": "для {what} нужно число, а дано: {kind}",
    "'+' cannot join {left} and {right}; a string is added only to a string, str(x) makes one": (
        "«+» не соединяет то, что дано ({left} и {right}); к строке прибавляется только "
        "строка, её делает str(x)"
    ),
    "division by zero": "деление на ноль",
    "a {name} is not a plain value and cannot be used here": (
        "значение вида {name} не является простым, использовать его здесь нельзя"
    ),
    "the result is not a number": "результат не является числом",
    "'{sign}' cannot compare {left} with {right}": (
        "«{sign}» не сравнивает то, что дано: {left} и {right}"
    ),
    "an item of a list is taken by a whole number, not by {kind}": (
        "элемент списка берётся по целому номеру, а дано: {kind}"
    ),
    "the list has {count} items, not item {key}": "элемента {key} нет: в списке их {count}",
    "the map has no such key: {shown}": "в словаре нет ключа {shown}",
    "a number": "число",
    "a string": "строка",
    "a boolean": "логическое значение",
    "a list": "список",
    "a map": "словарь",
    "null": "пустое значение (null)",
    "message": "сообщение",
    "signal": "сигнал",
    "error": "ошибка",
    "escalation": "эскалация",
}
