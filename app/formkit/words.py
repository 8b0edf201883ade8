"""What formkit itself says to a person, in both languages.

The room lies below the translation catalogues and is told the language by its caller, so its few
sentences stand here in pairs, as the labels of the forms do.
"""

from collections.abc import Mapping

LANGUAGES = ("ru", "en")

WORDS: Mapping[str, tuple[str, str]] = {
    # Russian, English
    "required": ("Заполните поле «{label}».", "Fill in “{label}”."),
    "required.choice": ("Выберите вариант: «{label}».", "Choose an answer: “{label}”."),
    "required.checkbox": ("Отметьте: «{label}».", "Tick “{label}”."),
    "required.files": ("Приложите файл: «{label}».", "Attach a file: “{label}”."),
    "required.rows": (
        "Добавьте хотя бы одну строку: «{label}».",
        "Add at least one row: “{label}”.",
    ),
    "text": ("Здесь ожидается текст.", "This must be text."),
    "text.control": (
        "В тексте есть непечатаемые знаки. Удалите их.",
        "The text holds unprintable characters. Remove them.",
    ),
    "text.line": ("Напишите в одну строку.", "Write it on one line."),
    "text.short": (
        "Слишком коротко: знаков {length}, нужно не меньше {limit}.",
        "Too short: {length} characters, at least {limit} are needed.",
    ),
    "text.long": (
        "Слишком длинно: знаков {length}, можно не больше {limit}.",
        "Too long: {length} characters, at most {limit} are allowed.",
    ),
    "text.pattern": ("Проверьте, как это записано.", "Check how this is written."),
    "text.email": (
        "Укажите адрес электронной почты, например ivanov@example.ru.",
        "Enter an e-mail address such as ivanov@example.com.",
    ),
    "text.phone": (
        "Укажите номер телефона цифрами, например +7 900 123-45-67.",
        "Enter a telephone number in digits, such as +7 900 123-45-67.",
    ),
    "number": ("Введите число.", "Enter a number."),
    "number.whole": ("Введите целое число.", "Enter a whole number."),
    "number.decimals": (
        "Знаков после запятой можно не больше {limit}.",
        "At most {limit} digits may follow the decimal point.",
    ),
    "number.small": (
        "Число должно быть не меньше {limit}.",
        "The number must be at least {limit}.",
    ),
    "number.large": (
        "Число должно быть не больше {limit}.",
        "The number must be at most {limit}.",
    ),
    "boolean": ("Ответьте «да» или «нет».", "Answer yes or no."),
    "choice": ("Выберите значение из списка.", "Choose a value from the list."),
    "list": ("Здесь ожидается список значений.", "This must be a list of values."),
    "date": (
        "Укажите существующую дату в виде ГГГГ-ММ-ДД.",
        "Enter a real date in the form YYYY-MM-DD.",
    ),
    "classifier": (
        "В классификаторе нет вопроса с кодом «{value}».",
        "The classifier has no question with the code “{value}”.",
    ),
    "person": ("Сотрудник «{value}» не найден.", "There is no employee “{value}”."),
    "organisation": (
        "В справочнике нет такой организации.",
        "The directory has no such organisation.",
    ),
    "files": (
        "Файл не найден или уже использован. Приложите его снова.",
        "The file was not found or has been used already. Attach it again.",
    ),
    "rows": ("Здесь ожидается список строк.", "This must be a list of rows."),
    "row": ("Строка {row}: {error}", "Row {row}: {error}"),
    "rows.executor": ("укажите исполнителя.", "name the executor."),
    "rows.executor.twice": (
        "исполнитель «{value}» уже указан выше.",
        "the executor “{value}” is already named above.",
    ),
    "rows.responsible": (
        "Ответственный исполнитель должен быть один.",
        "Exactly one executor must be responsible.",
    ),
    "rows.code.twice": (
        "вопрос «{value}» уже указан выше.",
        "the question “{value}” is already named above.",
    ),
    "rows.result": ("выберите результат.", "choose the result."),
    # What the macros print around the fields.
    "optional": ("необязательно", "optional"),
    "error": ("Ошибка:", "Error:"),
    "summary": ("Проверьте, пожалуйста, ответы", "Please check your answers"),
    "choose": ("Выберите", "Choose"),
    "add_row": ("Добавить строку", "Add a row"),
    "executor": ("Исполнитель", "Executor"),
    "responsible": ("Ответственный", "Responsible"),
    "task": ("Что сделать", "What to do"),
    "due_on": ("Срок", "Due on"),
    "question": ("Вопрос", "Question"),
    "result": ("Результат", "Result"),
    "measures": ("Принятые меры", "Measures taken"),
    "codes": (
        "Коды вопросов классификатора, каждый с новой строки.",
        "Codes of classifier questions, one on each line.",
    ),
    "login": ("Логин сотрудника.", "The employee’s login."),
    "drop": ("Перетащите файлы сюда или", "Drop files here, or"),
    "choose_files": ("Выбрать файлы", "Choose files"),
    "keep_file": ("Оставить файл", "Keep the file"),
    "empty_rows": ("Вопросов пока нет.", "There are no questions yet."),
}


def say(name: str, locale: str, /, **facts: object) -> str:
    """Return a sentence of the room; any language but English is answered in Russian."""
    russian, english = WORDS[name]
    return (english if locale == "en" else russian).format(**facts)
