"""What the reader of forms says."""

TEXTS = {
    "the key is used twice; rename one of them": "ключ повторяется; переименуйте одно из полей",
    "this is not a form-js schema (there is no list `components`)": (
        "это не схема form-js (нет списка `components`)"
    ),
    "forms of the type {type!r} are not supported": "формы вида «{type}» не поддерживаются",
    "groups are nested deeper than {most} levels; flatten them": (
        "вложенность групп глубже {most}; упростите форму"
    ),
    "`components` must be a list": "`components` должно быть списком",
    "a component must be an object": "составляющая формы должна быть объектом",
    "the type {kind!r} is not supported; use one of {kinds}": (
        "составляющая вида «{kind}» не поддерживается; возьмите одну из: {kinds}"
    ),
    "`path` is not supported; remove it, answers are not nested": (
        "`path` не поддерживается; уберите его, ответы не вкладываются друг в друга"
    ),
    "the key must begin with a letter and hold Latin letters, digits and _ only": (
        "ключ должен начинаться с буквы и состоять из латинских букв, цифр и знака _"
    ),
    "there is nothing to choose from; give `values` or `valuesKey`": (
        "не из чего выбирать; задайте `values` или `valuesKey`"
    ),
    "`validate` must be an object": "`validate` должно быть объектом",
    "only dates are supported; set the subtype `date`": (
        "поддерживаются только даты; задайте подвид `date`"
    ),
    "`properties` must be an object": "`properties` должно быть объектом",
    "`conditional` must be an object": "`conditional` должно быть объектом",
    "there is no widget {widget!r}; use one of {known}": (
        "виджета «{widget}» нет; возьмите один из: {known}"
    ),
    "`values` must be a list": "`values` должно быть списком",
    "two of its `values` are equal": "два значения в `values` одинаковы",
    "each of its `values` needs a `value` and a `label`": (
        "у каждого значения в `values` должны быть `value` и `label`"
    ),
    "its pattern is not a regular expression: {error}": (
        "образец не является регулярным выражением: {error}"
    ),
    "its pattern repeats a repetition or is too long; simplify it": (
        "в образце повторяется повторение, или он слишком длинный; упростите его"
    ),
    "the validation type {kind!r} is not supported; use email or phone": (
        "проверка вида «{kind}» не поддерживается; возьмите email или phone"
    ),
    "`{name}` must be text": "`{name}` должно быть текстом",
    "`{name}` is an expression; only plain text is supported": (
        "в `{name}` стоит выражение; поддерживается только простой текст"
    ),
    "`{name}` must be true or false; use conditional.hide instead": (
        "`{name}` может быть только true или false; для условия есть conditional.hide"
    ),
    "`properties.{name}` must be true or false": (
        "`properties.{name}` может быть только true или false"
    ),
    "`{name}` must be a whole number, not below 0": (
        "`{name}` должно быть целым числом, не меньше 0"
    ),
    "`{name}` must be a number": "`{name}` должно быть числом",
    "`{name}` is not supported; remove it": "`{name}` не поддерживается; уберите его",
}
