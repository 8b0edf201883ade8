"""Every rule of `check`: its name, how grave it is, and what it is about, in both languages."""

from dataclasses import dataclass

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """`en` and `ru` say what is wrong and what to do; a finding itself names the place."""

    severity: str
    en: str
    ru: str


RULES: dict[str, Rule] = {
    # Files
    "xml.malformed": Rule(
        ERROR,
        "The file is not well-formed XML; save it from the modeler again.",
        "Файл не является правильным XML; сохраните его из редактора заново.",
    ),
    "xml.doctype": Rule(
        ERROR,
        "DOCTYPE and entities are not allowed; remove the DOCTYPE line.",
        "DOCTYPE и сущности запрещены; удалите строку DOCTYPE.",
    ),
    "xml.too-large": Rule(
        ERROR,
        "The file is too large; split the diagram.",
        "Файл слишком велик; разделите схему.",
    ),
    "xml.too-deep": Rule(
        ERROR,
        "Elements are nested too deeply; flatten the file.",
        "Элементы вложены слишком глубоко; упростите файл.",
    ),
    "diagram.malformed": Rule(
        ERROR,
        "The diagram cannot be read as BPMN 2.0; save it from the modeler again.",
        "Схема не читается как BPMN 2.0; сохраните её из редактора заново.",
    ),
    "process.none": Rule(
        ERROR,
        "There is no process in the file; draw one.",
        "В файле нет процесса; нарисуйте его.",
    ),
    "process.missing": Rule(
        ERROR,
        "The application begins the process by itself, and it is not in the set; add its file.",
        "Система сама начинает этот процесс, а в наборе его нет; добавьте его файл.",
    ),
    "process.no-start": Rule(
        WARNING,
        "The process or sub-process has no start event and begins with whatever has no way in; "
        "add one.",
        "У процесса или подпроцесса нет начального события, он начнётся со всего, во что не ведут "
        "потоки; добавьте его.",
    ),
    "start.missing": Rule(
        ERROR,
        "Nothing begins in the process: there is no start event and everything has a way in.",
        "В процессе нечему начаться: нет начального события, и во всё ведут потоки.",
    ),
    "process.not-executable": Rule(
        WARNING,
        "The process is marked as not executable and will not run; tick Executable.",
        "Процесс помечен как неисполняемый и работать не будет; отметьте «Исполняемый».",
    ),
    "check.partial": Rule(
        WARNING,
        "Forms or the manifest of operations are not beside the diagrams, so the rules about them "
        "were skipped; check the whole folder.",
        "Рядом со схемами нет форм или описи операций, правила о них пропущены; "
        "проверьте всю папку.",
    ),
    # Identifiers and elements
    "id.missing": Rule(
        ERROR,
        "An element has no id; give it one that speaks.",
        "У элемента нет идентификатора; задайте говорящий.",
    ),
    "id.duplicate": Rule(
        ERROR,
        "Two elements, processes or decisions have one id; rename one of them.",
        "Два элемента, процесса или решения с одним идентификатором; переименуйте один.",
    ),
    "name.malformed": Rule(
        ERROR,
        "A name of a variable is empty or an expression; names are fixed: write it out.",
        "Имя переменной пустое или задано выражением; имена постоянны: напишите его целиком.",
    ),
    "unsupported": Rule(
        ERROR,
        "The engine does not do this; draw it in the way the message says.",
        "Движок этого не умеет; нарисуйте так, как сказано в сообщении.",
    ),
    "attribute.unsupported": Rule(
        ERROR,
        "The setting would have no effect; use what the message says instead.",
        "Настройка не подействует; используйте то, что указано в сообщении.",
    ),
    "attribute.ignored": Rule(
        WARNING,
        "The setting is not read; remove it, so that nobody relies on it.",
        "Настройка не читается; удалите её, чтобы на неё никто не рассчитывал.",
    ),
    # Flows, gateways and events
    "flow.dangling": Rule(
        ERROR,
        "A sequence flow does not join two elements of one process or sub-process; draw it again.",
        "Поток не соединяет два элемента одного процесса или подпроцесса; проведите его заново.",
    ),
    "flow.direction": Rule(
        ERROR,
        "A flow may not lead into a start or boundary event or out of an end event; turn it.",
        "Поток не может вести в начальное или граничное событие либо из конечного; разверните его.",
    ),
    "flow.unreachable": Rule(
        ERROR,
        "No token can ever come to the element; draw a flow to it or remove it.",
        "До элемента нельзя дойти; проведите к нему поток или удалите его.",
    ),
    "flow.dead-end": Rule(
        ERROR,
        "Nothing leads on from the element; draw a flow to the next element or to an end event. "
        "A warning where the whole process is drawn without end events.",
        "Из элемента никуда нельзя пойти; проведите поток дальше или к конечному событию. "
        "Предупреждение, если весь процесс нарисован без конечных событий.",
    ),
    "flow.endless": Rule(
        ERROR,
        "Elements go round without end: no way leads out of the circle and nothing in it waits; "
        "draw a way out.",
        "Элементы ходят по кругу без конца: из круга нет выхода, и в нём ничего не ждут; "
        "проведите выход.",
    ),
    "flow.condition-ignored": Rule(
        WARNING,
        "The condition of the flow is never asked; remove it.",
        "Условие потока никогда не проверяется; удалите его.",
    ),
    "gateway.no-default": Rule(
        ERROR,
        "If no condition holds, the case would break here; mark one flow as the default.",
        "Если ни одно условие не выполнено, дело остановится; отметьте поток по умолчанию.",
    ),
    "gateway.default": Rule(
        ERROR,
        "The default flow does not leave this element; mark another.",
        "Поток по умолчанию не выходит из этого элемента; отметьте другой.",
    ),
    "gateway.event-target": Rule(
        ERROR,
        "After an event-based gateway only catching events and receive tasks may stand.",
        "После шлюза по событиям могут стоять только ожидающие события и задачи приёма.",
    ),
    "event.missing": Rule(
        ERROR,
        "The event does not say what it waits for; choose a message, timer or other kind.",
        "У события не указано, чего оно ждёт; выберите сообщение, таймер или иной вид.",
    ),
    "condition.missing": Rule(
        ERROR,
        "A conditional event has no condition; write one, ${…}.",
        "У условного события нет условия; напишите его, ${…}.",
    ),
    "boundary.detached": Rule(
        ERROR,
        "A boundary event is not attached to a task or sub-process; put it on the border of one.",
        "Граничное событие не прикреплено к задаче или подпроцессу; поставьте его на границу.",
    ),
    "event.start": Rule(
        ERROR,
        "A sub-process has one none start event, an event sub-process one that waits.",
        "У подпроцесса одно простое начальное событие, у событийного — одно ожидающее.",
    ),
    "link.unmatched": Rule(
        ERROR,
        "A link event has no counterpart of the same name in its process; add or rename it.",
        "У события-ссылки нет пары с тем же именем в этом процессе; добавьте или переименуйте.",
    ),
    "timer.missing": Rule(
        ERROR,
        "The timer does not say when; write a date, a duration or a cycle.",
        "У таймера не указано время; напишите дату, срок или повтор.",
    ),
    "timer.malformed": Rule(
        ERROR,
        "The time is not an ISO 8601 date, duration or repetition; write P3D or ${due_at}.",
        "Время не является датой, сроком или повтором ISO 8601; напишите P3D или ${due_at}.",
    ),
    "priority.malformed": Rule(
        ERROR,
        "The priority is not a whole number; write 50 or ${urgent ? 90 : 50}.",
        "Приоритет не является целым числом; напишите 50 или ${urgent ? 90 : 50}.",
    ),
    "loop.missing": Rule(
        ERROR,
        "A loop says neither over what nor how long; set its collection, cardinality or condition.",
        "Для повтора не указано, по чему или до каких пор; задайте коллекцию, число или условие.",
    ),
    # What a diagram refers to
    "message.missing": Rule(
        ERROR,
        "The element refers to no message that has a name; choose or create one.",
        "Элемент не ссылается на сообщение с именем; выберите или создайте.",
    ),
    "signal.missing": Rule(
        ERROR,
        "The element refers to no signal that has a name; choose or create one.",
        "Элемент не ссылается на сигнал с именем; выберите или создайте.",
    ),
    "error.missing": Rule(
        ERROR,
        "The element refers to an error that is not in the file; choose another or create it.",
        "Элемент ссылается на ошибку, которой нет в файле; выберите другую или создайте.",
    ),
    "escalation.missing": Rule(
        ERROR,
        "The element refers to an escalation that is not in the file; choose another or create it.",
        "Элемент ссылается на эскалацию, которой нет в файле; выберите другую или создайте.",
    ),
    "call.missing": Rule(
        ERROR,
        "The call activity does not say which process it calls; set its called element.",
        "Не указано, какой процесс вызывается; задайте вызываемый элемент.",
    ),
    "call.unknown": Rule(
        ERROR,
        "The called process is not in the set; add its file or correct the id. A warning when a "
        "lone file is checked.",
        "Вызываемого процесса нет в наборе; добавьте файл или исправьте идентификатор. "
        "Предупреждение, если проверяется один файл.",
    ),
    "decision.unknown": Rule(
        ERROR,
        "The decision is not in the set; add its .dmn or correct the id. A warning when a lone "
        "file is checked.",
        "Решения нет в наборе; добавьте файл .dmn или исправьте идентификатор. "
        "Предупреждение, если проверяется один файл.",
    ),
    "form.unknown": Rule(
        ERROR,
        "There is no such form; add it under forms/ or correct the form key.",
        "Такой формы нет; добавьте её в forms/ или исправьте ключ формы.",
    ),
    "topic.missing": Rule(
        ERROR,
        "The task names no operation; set camunda:type=external and a topic.",
        "У задачи не указана операция; задайте camunda:type=external и тему.",
    ),
    "decision.missing": Rule(
        ERROR,
        "The business rule task names no decision; set camunda:decisionRef.",
        "У задачи правил не указано решение; задайте camunda:decisionRef.",
    ),
    "decision.mapping": Rule(
        ERROR,
        "The result of the decision is mapped in an unknown way; choose one of the four.",
        "Неизвестный способ передать результат решения; выберите один из четырёх.",
    ),
    "operation.unknown": Rule(
        ERROR,
        "There is no such operation in the manifest; choose one from operations.json.",
        "Такой операции в описи нет; выберите имеющуюся в operations.json.",
    ),
    "operation.kind": Rule(
        ERROR,
        "The operation is made for another place: a service task or a complete listener.",
        "Операция предназначена для другого места: сервисной задачи или слушателя завершения.",
    ),
    "operation.input": Rule(
        ERROR,
        "An input that the operation requires is missing, or it does not know one that is given.",
        "Не передан обязательный вход операции или передан неизвестный ей.",
    ),
    "manifest.malformed": Rule(
        ERROR,
        "operations.json is not a manifest; write it by `process manifest`.",
        "operations.json не является описью; создайте её командой `process manifest`.",
    ),
    # Expressions
    "expression.syntax": Rule(
        ERROR,
        "The text is not an expression of the small grammar.",
        "Текст не является выражением малой грамматики.",
    ),
    "expression.unsafe": Rule(
        ERROR,
        "The expression asks for what is not allowed: attributes, calls, operands of wrong kinds.",
        "Выражение требует недопустимого: атрибуты, вызовы, операнды не тех видов.",
    ),
    "expression.too-big": Rule(
        ERROR,
        "The expression is too long, too deep or its numbers are too large; split it.",
        "Выражение слишком длинное, глубокое или с огромными числами; разделите его.",
    ),
    "expression.unknown-function": Rule(
        ERROR,
        "There is no such function.",
        "Такой функции нет.",
    ),
    "variable.unknown": Rule(
        WARNING,
        "Nothing in the diagram sets the name; correct it, or list names given from outside in "
        "the property `variables` of the process or of the event that brings them.",
        "Имя нигде в схеме не задаётся; исправьте его или перечислите имена, приходящие извне, "
        "в свойстве `variables` процесса или события.",
    ),
    # Decision tables
    "value.unknown": Rule(
        WARNING,
        "A variable is compared with a value that no form offers; correct the one or the other.",
        "Переменная сравнивается со значением, которого ни одна форма не предлагает; исправьте "
        "одно из двух.",
    ),
    "dmn.format": Rule(
        ERROR, "This is not DMN 1.3; save it as DMN 1.3.", "Это не DMN 1.3; сохраните как DMN 1.3."
    ),
    "dmn.empty": Rule(ERROR, "There is no decision in the file.", "В файле нет ни одного решения."),
    "dmn.unsupported": Rule(
        ERROR,
        "Only decision tables and literal expressions are supported.",
        "Поддерживаются только таблицы решений и простые выражения.",
    ),
    "dmn.hit-policy": Rule(
        ERROR,
        "The hit policy or its aggregation is unknown or does not go with the table.",
        "Политика выбора или свёртка неизвестна либо не подходит таблице.",
    ),
    "dmn.language": Rule(
        ERROR,
        "A cell or input is written in a language that is not supported; write FEEL.",
        "Ячейка или вход на неподдерживаемом языке; пишите на FEEL.",
    ),
    "dmn.shape": Rule(
        ERROR,
        "A table lacks a column, a name or a cell.",
        "В таблице недостаёт столбца, имени или ячейки.",
    ),
    "dmn.requirement": Rule(
        ERROR,
        "A required decision is not in the file, or decisions require one another in a circle.",
        "Требуемого решения нет в файле, или решения требуют друг друга по кругу.",
    ),
    "decision.unasked": Rule(
        ERROR,
        "Nothing asks the decision, and one that the application asks by itself is missing: it was "
        "given another id. A warning where none is missing.",
        "Решение никто не спрашивает, а того, которое система спрашивает сама, в наборе нет: его "
        "переименовали. Предупреждение, если все на месте.",
    ),
    "decision.answer": Rule(
        ERROR,
        "The application asks the decision by itself and could not use its answer; correct the "
        "row that the message tells of.",
        "Система сама спрашивает это решение и не смогла бы воспользоваться ответом; исправьте "
        "строку, о которой сказано в сообщении.",
    ),
    # Forms
    "form.malformed": Rule(
        ERROR,
        "The form is not form-js JSON with a list of components; save it from the form editor.",
        "Форма не является JSON form-js со списком компонентов; сохраните её из редактора форм.",
    ),
    "form.unsupported": Rule(
        ERROR,
        "The form asks for what nobody can show; use the components and rules of forms/README.md.",
        "В форме есть то, чего показать нельзя; возьмите составляющие и правила из "
        "forms/README.md.",
    ),
    "form.duplicate-key": Rule(
        ERROR,
        "Two fields of the form have one key; rename one of them.",
        "Два поля формы с одним ключом; переименуйте одно.",
    ),
    "form.answer": Rule(
        ERROR,
        "The form offers an answer that the operation of its task does not take; offer those it "
        "takes, or give the question a key of its own.",
        "Форма предлагает ответ, которого операция её задачи не принимает; предложите "
        "принимаемые или дайте вопросу свой ключ.",
    ),
    # What people see
    "role.unknown": Rule(
        WARNING,
        "Nobody can have the role, so the task lies in no inbox; use a role of the manifest.",
        "Такой роли ни у кого быть не может, и задачу никто не увидит; возьмите роль из описи.",
    ),
    "lane.missing": Rule(
        WARNING,
        "Nobody will get the task: it has no lane, candidate groups or assignee.",
        "Задачу никто не получит: нет дорожки, групп или исполнителя.",
    ),
    "documentation.missing": Rule(
        WARNING,
        "The task does not tell the person what to do; fill in its documentation.",
        "Задача не говорит человеку, что делать; заполните её описание.",
    ),
    "di.missing": Rule(
        WARNING,
        "The element has no place on the drawing; open and save the file in the modeler.",
        "Элемента нет на чертеже; откройте и сохраните файл в редакторе.",
    ),
    "english.missing": Rule(
        WARNING,
        "A text for people has no English twin; add name.en, stage.en, documentation.en, label.en.",
        "У текста для людей нет английской пары; добавьте name.en, stage.en, documentation.en, "
        "label.en.",
    ),
    "stage.names": Rule(
        WARNING,
        "The Russian and the English stage text name different {facts}, or a brace is not closed.",
        "В русском и английском тексте стадии названы разные {сведения} или не закрыта скобка.",
    ),
    "portable.expression": Rule(
        WARNING,
        "Only with --portable: Camunda's own language does not have this construct.",
        "Только с --portable: в языке самой Camunda такой конструкции нет.",
    ),
}


def table() -> str:
    """The rules as a Markdown table, as processes/README.md shows them."""
    lines = ["| rule | severity | what, and what to do | по-русски |", "|-|-|-|-|"]
    lines += [
        f"| `{name}` | {rule.severity} | {rule.en} | {rule.ru} |" for name, rule in RULES.items()
    ]
    return "\n".join(lines) + "\n"
