"""What the rules of `check` say."""

TEXTS = {
    "`roles` must be a list of names": "`roles` должно быть списком названий",
    "nobody can have the role {role!r}, so the task lies in no inbox; use one of {roles}": (
        "роли «{role}» ни у кого быть не может, и задачу никто не увидит; возьмите одну из: {roles}"
    ),
    "it refers to the {kind} {reference!r}, which is not in the file; choose or create one": (
        "в файле нет того, на что ссылается элемент ({kind} «{reference}»); выберите имеющееся "
        "или создайте"
    ),
    "it refers to no {kind}; choose or create one": (
        "у элемента не выбрано, на что он ссылается ({kind}); выберите имеющееся или создайте"
    ),
    "it says neither over what nor how many times; set its collection or cardinality": (
        "не указано, по чему или сколько раз повторять; задайте коллекцию или число повторов"
    ),
    "it does not say what it waits for; choose a message, a timer or another kind": (
        "не указано, чего ждёт событие; выберите сообщение, таймер или другой вид"
    ),
    "it is not attached to a task or sub-process; put it on the border of one": (
        "событие не прикреплено к задаче или подпроцессу; поставьте его на границу"
    ),
    "the due date {due!r} is not a date, P3D or an expression ${{…}}": (
        "срок «{due}» не является датой, длительностью вида P3D или выражением ${{…}}"
    ),
    "it does not say how long to repeat; set a condition or a maximum": (
        "не указано, до каких пор повторять; задайте условие или наибольшее число повторов"
    ),
    "nothing catches the link {name!r}; add the other half": (
        "у ссылки «{name}» нет принимающей половины; добавьте её"
    ),
    "the event has no condition; write one, ${…}": "у события нет условия; напишите его: ${…}",
    "the {kind} {reference!r} has no name; name it, it is known by that": (
        "не названо то, на что ссылается элемент ({kind} «{reference}»); дайте ему имя — по "
        "имени его и узнают"
    ),
    "nothing leads to the link {name!r}; add the other half": (
        "у ссылки «{name}» нет отправляющей половины; добавьте её"
    ),
    "the link {name!r} is caught twice; rename one": (
        "у ссылки «{name}» две принимающие половины; переименуйте одну"
    ),
    "it does not say when; write a date, P3D or R3/PT24H": (
        "не указано, когда сработает таймер; напишите дату, P3D или R3/PT24H"
    ),
    "{time!r} is not a date, P3D, R3/PT24H or an expression ${{…}}": (
        "«{time}» не является датой, длительностью P3D, повтором R3/PT24H или выражением ${{…}}"
    ),
    "this is not BPMN 2.0; save it as BPMN 2.0 from the modeler": (
        "это не BPMN 2.0; сохраните файл из редактора как BPMN 2.0"
    ),
    "there is no process in it; draw one": "в файле нет ни одного процесса; нарисуйте его",
    "{other} has a decision with the id {id!r} too; rename one of them": (
        "решение с идентификатором «{id}» есть и в файле {other}; переименуйте одно из них"
    ),
    "its text has no English twin; add the property {name}": (
        "у текста нет английской пары; добавьте свойство {name}"
    ),
    "labelEn of the value {value!r}": "labelEn у значения «{value}»",
    "two fields have the key {name!r}; rename one": (
        "у двух полей один ключ «{name}»; переименуйте одно из них"
    ),
    "the operation {operation!r} takes only {known} here; offer these as radio or select, "
    "or give the question another key": (
        "операция «{operation}» принимает здесь только {known}; предложите их на выбор "
        "(radio или select) или дайте вопросу другой ключ"
    ),
    "the operation {operation!r} does not take {foreign} here, only {known}; remove them, "
    "or give the question another key": (
        "операция «{operation}» принимает здесь только {known}, но не {foreign}; уберите лишнее "
        "или дайте вопросу другой ключ"
    ),
    "{what}: {message}": "{what}: {message}",
    "did you mean {name}?": "возможно, имелось в виду {name}",
    "correct it, or list it in `variables`": (
        "исправьте его или перечислите в свойстве `variables`"
    ),
    "nothing sets the name {name}; {hint}": "имя {name} нигде не задаётся; {hint}",
    "nobody will get it; put it into a lane or set candidate groups": (
        "задачу никто не получит; поместите её на дорожку или задайте группы кандидатов"
    ),
    "it does not tell the person what to do; fill in its documentation": (
        "исполнителю не сказано, что делать; заполните описание задачи"
    ),
    "{shown} and {more} more": "{shown} и ещё {more}",
    "not on the drawing: {shown}; open and save the file in the modeler": (
        "нет на чертеже: {shown}; откройте файл в редакторе и сохраните"
    ),
    "a brace in its stage text is not a {fact}; write it as {due_on}": (
        "фигурная скобка в тексте стадии не обозначает {сведение}; пишите так: {due_on}"
    ),
    "the two stage texts name different {facts}; name the same ones in both": (
        "в русском и английском тексте стадии названы разные {сведения}; назовите в обоих одни "
        "и те же"
    ),
    "its name has no English twin; add a line “name.en: …” to the description of the decision": (
        "у названия нет английской пары; добавьте в описание решения строку «name.en: …»"
    ),
    "its text has no English twin; add the property {name}.en": (
        "у текста нет английской пары; добавьте свойство {name}.en"
    ),
    "collection": "коллекция",
    "assignee": "исполнитель (assignee)",
    "candidateGroups": "группы кандидатов (candidateGroups)",
    "candidateUsers": "кандидаты (candidateUsers)",
    "dueDate": "срок (dueDate)",
    "priority": "приоритет (priority)",
    "decisionRef": "решение (decisionRef)",
    "timeDate": "дата таймера",
    "timeDuration": "длительность таймера",
    "timeCycle": "повтор таймера",
    "conditionExpression": "условие потока",
    "condition": "условие",
    "completionCondition": "условие завершения повторов",
    "loopCondition": "условие повтора",
    "loopCardinality": "число повторов",
    "camunda:in": "передача в вызов (camunda:in)",
    "camunda:out": "передача из вызова (camunda:out)",
    "output {name}": "выход {name}",
    "output": "выход",
    "input {name}": "вход {name}",
    "input": "вход",
    "called element": "вызываемый элемент",
    "script": "сценарий",
    "name of the {kind}": "имя ({kind})",
    "choose a message, or {remedy}": "выберите сообщение либо {remedy}",
    "it does not say what to do; {remedy}": "не указано, что делать; {remedy}",
    "forms": "форм",
    "the manifest operations.json": "описи operations.json",
    "there is no sign of {lacking} beside the diagrams, so the rules about them were "
    "skipped; check the whole folder": (
        "рядом со схемами нет {lacking}, поэтому правила о них пропущены; проверьте всю папку"
    ),
    "there is no form {key!r}; add forms/{key}.form or correct the form key": (
        "формы «{key}» нет; добавьте forms/{key}.form или исправьте ключ формы"
    ),
    "it does not say which process it calls; set its called element": (
        "не указано, какой процесс вызывается; задайте вызываемый элемент"
    ),
    "the decision {decision!r} is not in the set; add its .dmn or correct the id": (
        "решения «{decision}» в наборе нет; добавьте его файл .dmn или исправьте идентификатор"
    ),
    "set camunda:decisionRef": "задайте camunda:decisionRef",
    "set camunda:type=external and a topic": "задайте camunda:type=external и тему",
    "a task has one complete listener; let one operation do it all": (
        "у задачи может быть один слушатель завершения; поручите всё одной операции"
    ),
    "there is no operation {name!r}; choose one of the manifest operations.json": (
        "операции «{name}» нет; выберите имеющуюся в описи operations.json"
    ),
    "a service task": "сервисной задачи",
    "a complete listener of a user task": "слушателя завершения пользовательской задачи",
    "the operation {name!r} is made for {place}; use another": (
        "операция «{name}» предназначена для {place}; выберите другую"
    ),
    "the operation {name!r} does not know the input {foreign!r}; remove or rename it": (
        "у операции «{name}» нет входа «{foreign}»; удалите его или переименуйте"
    ),
    "the process {called!r} is not in the set; add its file or correct the id": (
        "процесса «{called}» в наборе нет; добавьте его файл или исправьте идентификатор"
    ),
    "the operation {name!r} requires the input {missing!r}; add it": (
        "операции «{name}» обязательно нужен вход «{missing}»; добавьте его"
    ),
    "the engine cannot read the set ({error}); save the files from the modeler again": (
        "движок не может прочитать набор ({error}); сохраните файлы из редактора заново"
    ),
    "a flow leads into it, but it is where a path begins; let the flow end elsewhere": (
        "в элемент входит поток, а с него путь только начинается; направьте поток в другое место"
    ),
    "the flow from {source!r} to {target!r} does not join two elements of one process or "
    "sub-process; draw it again": (
        "поток от «{source}» к «{target}» не соединяет два элемента одного процесса или "
        "подпроцесса; проведите его заново"
    ),
    "nothing leads on from here; draw a flow to the next element or to an end event": (
        "отсюда никуда нельзя пойти; проведите поток к следующему элементу или к конечному событию"
    ),
    "a flow leaves it, but it is where a path ends; use an intermediate event": (
        "из элемента выходит поток, а путь на нём заканчивается; возьмите промежуточное событие"
    ),
    "the default flow {default!r} does not leave it; mark one that does": (
        "поток по умолчанию «{default}» не выходит из этого элемента; отметьте выходящий"
    ),
    "its condition is never asked; remove the condition": (
        "условие потока никогда не проверяется; удалите условие"
    ),
    "the flow {names} has no condition and is not the default; give it one or mark it": (
        "у потока {names} нет условия, и он не отмечен как поток по умолчанию; задайте условие "
        "или отметьте поток"
    ),
    "line {line}: a {name} has no id; give it one": (
        "строка {line}: у элемента {name} нет идентификатора; задайте его"
    ),
    "there is no start event; add one and draw a flow from it": (
        "нет начального события; добавьте его и проведите от него поток"
    ),
    "no token can ever come here; draw a flow to it or remove it": (
        "сюда нельзя дойти; проведите к элементу поток или удалите его"
    ),
    "if no condition holds, the case would break here; mark one flow as the default": (
        "если ни одно условие не выполнится, дело здесь остановится; отметьте один поток как "
        "поток по умолчанию"
    ),
    "{id} stands after it, but only catching events and receive tasks without a loop may": (
        "после шлюза стоит {id}, а могут стоять только ожидающие события и задачи приёма без "
        "повторов"
    ),
    "{file} has a process with the id {identity!r} too; rename one": (
        "процесс с идентификатором «{identity}» есть и в файле {file}; переименуйте один из них"
    ),
    "the process is not executable and will not run; tick Executable": (
        "процесс не исполняемый и запускаться не будет; поставьте отметку «Executable»"
    ),
    "use camunda:type=external with a topic": "задайте camunda:type=external и тему",
    "use camunda:type=external with a topic, or a script task": (
        "задайте camunda:type=external и тему или возьмите задачу-сценарий"
    ),
    "write the script into the diagram": "напишите сценарий в самой схеме",
    "name the form by its key, camunda:formKey": "назовите форму её ключом, camunda:formKey",
    "use camunda:in and camunda:out": "используйте camunda:in и camunda:out",
    "call a process": "вызовите процесс",
    "draw the form under forms/ and name it by camunda:formKey": (
        "нарисуйте форму в папке forms/ и назовите её в camunda:formKey"
    ),
    "use camunda:inputParameter": "используйте camunda:inputParameter",
    "write the name before the =, as in total = a + b": (
        "напишите имя перед знаком =, например total = a + b"
    ),
    "the language {language}": "язык {language}",
    "write ${…}": "пишите ${…}",
    "{what} has no effect here; {remedy}": "настройка здесь не действует ({what}); {remedy}",
    "camunda:{what} is not read; remove it": "настройка camunda:{what} не читается; удалите её",
    "'in'": "in",
    "'and' and 'or'; write && and ||": "and и or (пишите && и ||)",
    "'not'; write !": "not (пишите !)",
    "functions": "функции",
    "lists in brackets": "списки в скобках",
    "'+' on strings": "+ для строк",
    "True, False and None; write true, false, null": (
        "True, False и None (пишите true, false, null)"
    ),
    "{what}: Camunda does not understand {lacking}": "{what}: Camunda не понимает {lacking}",
    "the application begins the process {name!r} by itself, and it is not in the set; add its "
    "file": "система сама начинает процесс «{name}», а в наборе его нет; добавьте его файл",
    "the application asks it by {asked}: {problem}": (
        "система спрашивает это решение при {asked}: {problem}"
    ),
    "nothing asks this decision, and the application would go on by the shipped {gone}; give it "
    "back its id or remove it": (
        "это решение никто не спрашивает, и система работала бы по исходным таблицам: {gone}; "
        "верните решению прежний идентификатор или удалите его"
    ),
    "nothing asks this decision; name it in a task or remove it": (
        "это решение никто не спрашивает; назовите его в задаче или удалите"
    ),
    "line {line}: {ids} go round without end: no way leads out, and nothing there waits; draw a "
    "way out": (
        "строка {line}: элементы ходят по кругу без конца ({ids}): выхода из круга нет, и ждать "
        "в нём нечего; проведите выход"
    ),
    "line {line}: {what}: no form offers {value!r} for {name}, only {offered}; correct one of "
    "them": (
        "строка {line}, {what}: значения «{value}» для {name} ни одна форма не предлагает, есть "
        "только {offered}; исправьте одно из двух"
    ),
    "no row fits; add one": "подходящей строки нет; добавьте её",
    "the answer lacks {name!r}; fill it in": "в ответе нет «{name}»; заполните",
    "{name!r} is {given!r}, but it must be {wanted}": (
        "«{name}» — это «{given}», а нужно: {wanted}"
    ),
    "one of {values}": "одно из {values}",
    "a day like 2026-01-31": "день вида 2026-01-31",
    "a whole number, not less than zero": "целое число не меньше нуля",
    "{one}, {more}": "{one}, {more}",
    "{one} and {more}": "{one} и {more}",
    "{text}": "{text}",
}
