"""Why a file is refused when a set is loaded."""

TEXTS = {
    "no link event catches “{name}” in this scope; add an intermediate catch link event of "
    "the same name": (
        "ссылку «{name}» в этом подпроцессе никто не принимает; добавьте принимающее "
        "событие-ссылку с тем же именем"
    ),
    "the event definition {name} is not in the file; define it inside the event": (
        "определения события {name} в файле нет; задайте его внутри события"
    ),
    "compensation; draw the way back as tasks after an error event": (
        "компенсация; нарисуйте обратный путь задачами после события-ошибки"
    ),
    "the engine knows only task listeners with event complete and a delegate expression "
    "${room.verb}; remove this one": (
        "движок знает только слушателей задачи с событием complete и операцией ${room.verb}; "
        "удалите этого"
    ),
    "a listener names one operation and nothing else: ${room.verb}": (
        "слушатель называет одну операцию и больше ничего: ${room.verb}"
    ),
    "only a task, a sub-process or a call can be done several times; remove the loop": (
        "несколько раз выполняются только задача, подпроцесс или вызов; удалите повтор"
    ),
    "an event sub-process is done as often as its event happens; remove the loop": (
        "событийный подпроцесс выполняется столько раз, сколько происходит его событие; "
        "удалите повтор"
    ),
    "sub-processes are nested deeper than {most} levels; call a process": (
        "подпроцессы вложены глубже {most} уровней; вынесите часть в вызываемый процесс"
    ),
    "a complex gateway; draw inclusive or parallel gateways instead": (
        "сложный шлюз; нарисуйте вместо него включающие или параллельные"
    ),
    "an ad-hoc sub-process; draw the order, or a multi-instance activity": (
        "подпроцесс с произвольным порядком; нарисуйте порядок или повтор по списку"
    ),
    "a transaction; draw a sub-process with an error boundary event": (
        "транзакция; нарисуйте подпроцесс с граничным событием-ошибкой"
    ),
    "a cancel event; use an error event on a sub-process": (
        "событие отмены; возьмите событие-ошибку на границе подпроцесса"
    ),
    "choreography; draw a process": "хореография; нарисуйте процесс",
    "an execution listener; put a service task into the flow": (
        "слушатель выполнения; поставьте в поток сервисную задачу"
    ),
    "a connector; use a service task with camunda:type external and a topic": (
        "коннектор; возьмите сервисную задачу с camunda:type=external и темой"
    ),
    "a script in a mapping; use an expression ${…} or a script task": (
        "сценарий при передаче значений; напишите выражение ${…} или возьмите задачу-сценарий"
    ),
    "an error expression; let the operation raise the error": (
        "выражение ошибки; пусть ошибку сообщает сама операция"
    ),
    "a connector; use a service task with a topic": "коннектор; возьмите сервисную задачу с темой",
    "the engine does not do {what}": "движок не выполняет: {what}",
    "two elements have the id {element_id}; rename one": (
        "у двух элементов один идентификатор {element_id}; переименуйте один из них"
    ),
    "the engine does not do token quantities; remove {attribute}": (
        "число фишек движок не учитывает; удалите {attribute}"
    ),
    "camunda:{attribute} is a fixed name, not an expression; write it out": (
        "в camunda:{attribute} стоит постоянное имя, а не выражение; напишите само имя"
    ),
    "the {attribute} of {element}": "значение {attribute} в {element}",
    "{what} is empty; write a name": "не заполнено: {what}; напишите имя",
    "{what} is “{written:.60}”; a name is fixed and no expression; write it out": (
        "{what} — «{written:.60}», а имя должно быть постоянным, не выражением; напишите его "
        "целиком"
    ),
    "{what} is empty; write the name of a variable": (
        "не заполнено: {what}; напишите имя переменной"
    ),
    "{what} is “{shown:.60}”, which is not the name of a variable; a name is fixed and no "
    "expression; write it out": (
        "{what} — «{shown:.60}», а это не имя переменной; имя должно быть постоянным, не "
        "выражением — напишите его целиком"
    ),
    "{element} passes nothing; give it a source or a source expression": (
        "{element} ничего не передаёт; задайте источник или выражение источника"
    ),
    "the source of {element} is “{source:.60}”; write the name of a variable, or a source "
    "expression ${{…}}": (
        "источник в {element} — «{source:.60}»; напишите имя переменной или выражение "
        "источника ${{…}}"
    ),
    "a {name} has no id; give it one": "у элемента {name} нет идентификатора; задайте его",
    "an event sub-process begins with a start event that says what it waits for": (
        "событийный подпроцесс начинается событием, у которого указано, чего оно ждёт"
    ),
    "the form is larger than {limit} MB; split it": "форма больше {limit} МБ; разделите её",
    "the form is nested deeper than {most} levels; flatten it": (
        "вложенность формы больше {most} уровней; упростите её"
    ),
    "this is not a form-js form (there is no list `components`); draw it in the editor": (
        "это не форма form-js (нет списка `components`); нарисуйте её в редакторе"
    ),
    "this is not JSON: {error}": "это не JSON: {error}",
    "{word} is not a number of JSON": "{word} не является числом JSON",
    "a number is too large": "число слишком велико",
    "this is not a BPMN 2.0 diagram": (
        "это не схема BPMN 2.0; сохраните файл из редактора как BPMN 2.0"
    ),
    "{file} has a process {id} already; rename one of them": (
        "процесс {id} уже есть в файле {file}; переименуйте один из них"
    ),
    "there is a decision {id} already": "решение {id} уже есть; переименуйте одно из них",
    "the called process {called} is in none of the files; correct calledElement or add the "
    "diagram": (
        "вызываемого процесса {called} нет ни в одном файле; исправьте вызываемый элемент или "
        "добавьте схему"
    ),
    "an operation is called room.verb, in small Latin letters": (
        "имя операции состоит из строчных латинских букв и точки: room.verb"
    ),
    "an operation is an object": "операция должна быть объектом",
    "`kind` is one of {kinds}": "`kind` может быть только: {kinds}",
    "`summary` holds the texts `ru` and `en`": "в `summary` должны быть тексты `ru` и `en`",
    "there is no object `operations`; write the manifest anew": (
        "нет объекта `operations`; создайте опись заново"
    ),
    "`{part}` is an object": "`{part}` должно быть объектом",
    "`{part}.{key}` holds the texts `ru` and `en`": (
        "в `{part}.{key}` должны быть тексты `ru` и `en`"
    ),
    "`{part}.{key}` holds a `type`": "в `{part}.{key}` должен быть `type`",
    "`{part}.{key}.values` is a list of texts or whole numbers": (
        "`{part}.{key}.values` — список строк или целых чисел"
    ),
    "say how often: set camunda:collection or loopCardinality": (
        "укажите, сколько раз повторять: задайте camunda:collection или loopCardinality"
    ),
    "the maximum of a loop is a whole number, such as 3": (
        "наибольшее число повторов — целое, например 3"
    ),
    "say how long: set a loop condition or a maximum": (
        "укажите, до каких пор повторять: задайте условие или наибольшее число"
    ),
    "choose what the boundary event waits for": "выберите, чего ждёт граничное событие",
    "instead of camunda:{code} name an operation by camunda:topic": (
        "вместо camunda:{code} назовите операцию в camunda:topic"
    ),
    'a send task needs camunda:type="external" and camunda:topic, or a message': (
        'задаче отправки нужны camunda:type="external" и camunda:topic либо сообщение'
    ),
    "{text!r} is not a whole number between 0 and {most} or ${{…}}": (
        "«{text}» не является целым числом от 0 до {most} или выражением ${{…}}"
    ),
    "instead of camunda:{code}": "вместо camunda:{code}",
    "with the name of an operation": "с именем операции",
    'a service task needs camunda:type="external" and camunda:topic {instead}': (
        'сервисной задаче нужны camunda:type="external" и camunda:topic {instead}'
    ),
    "{mapping!r} is not one of {listed}": "«{mapping}» не подходит; выберите одно из: {listed}",
    "say which process is called: calledElement": (
        "укажите, какой процесс вызывается: calledElement"
    ),
    "a business-rule task needs camunda:decisionRef": (
        "задаче правил нужно решение: задайте camunda:decisionRef"
    ),
    "nothing begins here; add a start event": "здесь нечему начаться; добавьте начальное событие",
    "the boundary event is attached to nothing": (
        "граничное событие ни к чему не прикреплено; поставьте его на границу задачи или "
        "подпроцесса"
    ),
    "the sequence flow does not join two elements of one scope": (
        "поток не соединяет два элемента одного процесса или подпроцесса; проведите его заново"
    ),
    "{name} stands after it, but only catching events and receive tasks without a loop may": (
        "после шлюза стоит {name}, а могут стоять только ожидающие события и задачи приёма без "
        "повторов"
    ),
    "the event definition {reference} is not in the file": (
        "определения события {reference} в файле нет; задайте его внутри события"
    ),
    "the timer has no date, duration or cycle": (
        "у таймера нет ни даты, ни длительности, ни повтора; задайте одно из них"
    ),
    "a {kind} is known by a fixed name, not by an expression; write the name out": (
        "имя должно быть постоянным, а не выражением ({kind}); напишите само имя"
    ),
    "{name} is not supported": "{name} не поддерживается",
    "the conditional event has no condition": (
        "у условного события нет условия; напишите его: ${…}"
    ),
    "choose a {kind} with a name for this element": (
        "выберите для элемента то, на что он ссылается, с именем ({kind})"
    ),
    "the {kind} {reference} is missing": (
        "в файле нет того, на что ссылается элемент ({kind} {reference})"
    ),
    "“{text}”: {error}": "«{text}»: {error}",
    "{error}; write P3D, R3/PT24H, an ISO date or ${{variable}} (cron is not supported)": (
        "{error}; пишите P3D, R3/PT24H, дату ISO или ${{переменная}} (cron не поддерживается)"
    ),
    "{text} is not an ISO 8601 repeating interval such as R3/PT24H": (
        "{text} не является повтором ISO 8601 вида R3/PT24H"
    ),
    "{duration} is not an ISO 8601 duration such as P3D": (
        "{duration} не является длительностью ISO 8601 вида P3D"
    ),
    "{duration} cannot be counted {times} times back from a date": (
        "длительность {duration} нельзя отсчитать от даты назад {times} раз"
    ),
    "{text} is not an ISO 8601 date, such as 2026-01-31T09:00Z": (
        "{text} не является датой ISO 8601 вида 2026-01-31T09:00Z"
    ),
    "a repeating timer needs an interval above zero": (
        "промежуток повторяющегося таймера должен быть больше нуля"
    ),
    "the file is larger than {limit} MB; split it": "файл больше {limit} МБ; разделите его",
    "DOCTYPE and entities are not allowed; remove the DOCTYPE": (
        "DOCTYPE и сущности не допускаются; удалите DOCTYPE"
    ),
    "elements are nested deeper than {most} levels; flatten the file": (
        "элементы вложены глубже {most} уровней; упростите файл"
    ),
    "an element has more than {most} attributes; remove some": (
        "у элемента больше {most} атрибутов; удалите лишние"
    ),
    "the file has more than {most} elements; split it": (
        "в файле больше {most} элементов; разделите его"
    ),
    "line {line}, column {column}: {said}": "строка {line}, знак {column}: {said}",
    "line {line}, column {column}: {what} ({said})": (
        "строка {line}, знак {column}: {what} ({said})"
    ),
    "{what} ({said})": "{what} ({said})",
    "a character that cannot be read; save the file as UTF-8": (
        "знак, который не читается; сохраните файл в кодировке UTF-8"
    ),
    "no XML begins here; the file is empty or of another kind": (
        "здесь нет начала XML; файл пуст или другого вида"
    ),
    "something stands after the end of the diagram": "после конца схемы стоит что-то ещё",
    "a tag is closed by the end of another one": "тег закрыт концом другого тега",
    "the file breaks off before all tags are closed": (
        "файл обрывается раньше, чем закрыты все теги"
    ),
    "a tag is not finished, its > is missing": "тег не закончен: нет знака >",
    "one attribute is given twice": "один атрибут указан дважды",
    "the value of an attribute stands in no quotes": "значение атрибута стоит без кавычек",
    "a space is missing between two attributes": "между двумя атрибутами нет пробела",
    "a bare & or <; in a text write &amp; or &lt;": (
        "отдельный знак & или <; в тексте пишите &amp; или &lt;"
    ),
    "a bare < in an attribute; write &lt;": "знак < в атрибуте; пишите &lt;",
    "an unknown entity; write the character itself": "неизвестная сущность; напишите сам знак",
    "a prefix whose xmlns is not declared in the file": (
        "приставка, для которой в файле не объявлено xmlns"
    ),
    "an unknown encoding; save the file as UTF-8": (
        "неизвестная кодировка; сохраните файл в UTF-8"
    ),
    "a value is missing": "не хватает значения",
    "a name in double quotes is missing, or a comma is one too many": (
        "не хватает имени в двойных кавычках или стоит лишняя запятая"
    ),
    "a colon is missing after a name": "после имени нет двоеточия",
    "a comma or a closing bracket is missing": "не хватает запятой или закрывающей скобки",
    "a text is not closed by a quote": "текст не закрыт кавычкой",
    "a line break or tab inside a text": "внутри текста стоит перевод строки или табуляция",
    "something stands after the end of the form": "после конца формы стоит что-то ещё",
    "this is a diagram for Camunda 8 (zeebe), and diagrams of Camunda 7 are read here; create it "
    "in the modeler as one for Camunda 7": (
        "это схема для Camunda 8 (zeebe), а здесь читаются схемы Camunda 7; создайте её в "
        "редакторе как схему для Camunda 7"
    ),
    "this is not well-formed: {error}": "это не правильно построенный XML: {error}",
    "an event sub-process starts with an event that waits; choose its kind": (
        "событийный подпроцесс начинается событием, которое чего-то ждёт; выберите его вид"
    ),
    "a sub-process starts with a plain start event; remove what it waits for": (
        "подпроцесс начинается простым событием; удалите то, чего оно ждёт"
    ),
    "a sub-process has one start event; remove the others": (
        "у подпроцесса одно начальное событие; удалите остальные"
    ),
}
