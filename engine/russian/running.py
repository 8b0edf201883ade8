"""Why a move of a running process broke."""

TEXTS = {
    "the variables of the process are larger than 1 MB; keep documents and texts outside and "
    "their ids in the process": (
        "переменные процесса больше 1 МБ; храните документы и тексты вне процесса, а в нём — "
        "их номера"
    ),
    "the stored state does not fit this version set: {error}": (
        "сохранённое состояние не подходит к этому набору схем: {error}"
    ),
    "the variables cannot be stored: {error}": "переменные нельзя сохранить: {error}",
    "processes are nested more than {most} levels deep; one may call itself": (
        "процессы вложены глубже {most} уровней; возможно, какой-то вызывает сам себя"
    ),
    "more than {most} steps in one move; a loop in the diagram never waits": (
        "больше {most} шагов без остановки; в схеме есть круг, в котором ничего не ждут"
    ),
    "The process can never move on from here.": "Отсюда процесс больше не может сдвинуться.",
    "Processes start or answer one another without end.": (
        "Процессы без конца запускают друг друга или отвечают друг другу."
    ),
    "{kind}: {error}": "сбой движка — {kind}: {error}",
    "{operation}: {kind}: {error}": "операция {operation} не выполнена — {kind}: {error}",
    "the operation {name} cannot be called here": "операцию {name} здесь вызвать нельзя",
    "there is no process {process} in this version set": (
        "процесса {process} в этом наборе схем нет"
    ),
    "the assignee is {kind}, not the name of one person": (
        "исполнителем указано не имя одного человека, а {kind}"
    ),
    "the priority {value!s:.40} is not a whole number": (
        "приоритет {value!s:.40} не является целым числом"
    ),
    "the priority is not between 0 and {most}": "приоритет должен быть от 0 до {most}",
    "the due date cannot be read: {error}": "срок не удаётся прочитать: {error}",
    "the task {task} is not open": "задача {task} не открыта",
    "nobody waits for the {kind} {name}": "этого никто не ждёт ({kind} {name})",
    "the process {process} is not started by the {kind} {name}": (
        "процесс {process} так не начинается ({kind} {name})"
    ),
    "more than {most} moves; the walk goes round in a loop": (
        "больше {most} шагов; прогон ходит по кругу"
    ),
    "the instance can never move again": "процесс больше не может сдвинуться с места",
    "no outgoing flow has a condition that holds; give it a default flow": (
        "ни одно условие исходящих потоков не выполнено; отметьте поток по умолчанию"
    ),
    "more than {most} instances are not possible": "повторов не может быть больше {most}",
    "the collection {collection} is not a list": "коллекция {collection} не является списком",
    "the number of instances is not a whole number": "число повторов не является целым",
    "the error {code} ({raised}) is caught by nobody; attach an error boundary event to this "
    "element or to a scope around it": (
        "ошибку {code} ({raised}) никто не принимает; поставьте граничное событие-ошибку на "
        "этот элемент или на подпроцесс вокруг него"
    ),
    "the called process {process} does not exist": "вызываемого процесса {process} нет",
    "there is no decision {decision}": "решения {decision} нет",
    "the decision {decision} gave {count} rows where {mapping} wants one; use collectEntries "
    "or resultList": (
        "решение {decision} дало строк: {count}, а для {mapping} нужна одна; возьмите "
        "collectEntries или resultList"
    ),
    "the decision {decision} has {count} outputs where {mapping} wants one; use singleResult "
    "or resultList": (
        "у решения {decision} выходов: {count}, а для {mapping} нужен один; возьмите "
        "singleResult или resultList"
    ),
    "the timer cannot be set: {error}": "таймер не удаётся поставить: {error}",
    "the variable {name} holds a {kind}, which cannot be kept": (
        "в переменной {name} значение вида {kind}, которое нельзя хранить"
    ),
    "the variable {name} is nested too deeply": "переменная {name} вложена слишком глубоко",
    "the variable {name} is larger than 1 MB; keep documents and texts outside and their ids "
    "in the process": (
        "переменная {name} больше 1 МБ; храните документы и тексты вне процесса, а в нём — их "
        "номера"
    ),
    "the variable {name} holds {value}, which is not a number": (
        "в переменной {name} стоит {value}, а это не число"
    ),
    "the variable {name} holds a number that is too large": (
        "в переменной {name} слишком большое число"
    ),
    "the variable {name} has a key that is not text": (
        "в переменной {name} есть ключ, который не является текстом"
    ),
}
