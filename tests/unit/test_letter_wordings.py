"""Words of letters: tried, put in force, what they may not say and must not leave out."""

import pytest
from letters_kit import BY_POST, CITIZEN, do, facts, house, settle, told

from app.audit.services import Filter, journal
from app.correspondence import editing, grammar, layouts, mailbox, services, texts, wordings
from app.correspondence.editing import words
from app.errors import Conflict, Invalid

__all__ = ["facts", "house", "told"]

FILE = "registered.ru.txt"
WORD = "Часы приёма — вторник и четверг"


@pytest.fixture(autouse=True)
def _house(house):
    """Each test has a house of its own."""


def shipped(file=FILE):
    return wordings.shipped()[file]


def with_word(word=WORD):
    return shipped().replace("{{ salutation }}", f"{{{{ salutation }}}}\n\n{word}")


def put(text, since=0, file=FILE):
    return editing.put_in_force(file, text, note="Проба", since=since, actor="analyst")


def refused(text, file=FILE):
    with pytest.raises(editing.Faulty) as found:
        put(text, file=file)
    assert do(wordings.changed) == {}
    return found.value.faults


def lost(text, file=FILE):
    """What a letter in these words no longer tells; nothing else is wrong with it."""
    found = refused(text, file)
    assert {one.code for one in found} == {"lost"}
    return {one.message for one in found}


def notified(notice="registered", addressee=CITIZEN):
    return do(services.notify, key="appeal:1", notice=notice, addressee=addressee)


def test_every_shipped_text_may_be_put_in_force_and_shows_its_letters():
    for file in wordings.shipped():
        assert words.faults_of(file, shipped(file)) == (), file
        for kind in editing.template(file).kinds:
            trial = editing.tried(file, shipped(file), kind, "")
            assert (trial.faults, trial.lost) == ((), ()), kind
            assert "<h1" in editing.page_of(trial.said, file)
    listed = [one.file for text in editing.letters() for one in text.files.values()]
    assert sorted(listed) == sorted(wordings.shipped())


def test_a_mail_leaves_in_the_words_in_force_when_it_leaves():
    notified()
    put(with_word())
    notified()
    settle()
    assert [WORD in one.text and WORD in one.html for one in mailbox.mails()] == [True, True]
    put(shipped(), since=editing.template(FILE).at)
    notified()
    settle()
    assert [WORD in one.text for one in mailbox.mails()].count(False) == 1


def test_a_notice_on_paper_and_a_draft_keep_the_words_they_were_begun_with():
    early = notified(addressee=BY_POST)
    put(with_word())
    late = notified(addressee=BY_POST)
    settle()
    assert WORD not in do(services.letter, early).text
    assert WORD in do(services.letter, late).text
    put(f"{shipped('draft_reply.ru.txt')}\n{WORD}\n", file="draft_reply.ru.txt")
    assert WORD in do(services.compose, "reply", {}, "ru").text
    assert WORD not in do(services.compose, "reply", {}, "en").text


def test_a_shared_text_changes_all_letters_it_stands_in():
    put(f"{shipped('_body.ru.txt')}\n{WORD}\n", file="_body.ru.txt")
    for notice in ("registered", "code", "withdrawn"):
        notified(notice)
    settle()
    assert all(WORD in one.text for one in mailbox.mails())


def test_versions_are_kept_and_two_at_once_are_refused():
    first = put(with_word())
    with pytest.raises(Conflict):
        put(with_word("Иначе"))
    with pytest.raises(Invalid):
        put(with_word(), since=first.id)
    back = put(shipped(), since=first.id)
    assert back.shipped
    assert do(wordings.changed) == {}
    assert editing.text_of(FILE, first.id) == with_word()
    assert [one.id for one in editing.template(FILE).versions] == [back.id, first.id]
    lines = journal(Filter(action="layout.changed")).entries
    assert {(one.actor, one.subject) for one in lines} == {("analyst", f"layout:{FILE}")}


def test_words_and_sheets_do_not_meddle():
    put(with_word())
    assert layouts.changed() == {}
    sheet = layouts.shipped()["reply.typ"] + "\n// word\n"
    editing.put_in_force("reply.typ", sheet, note="Проба", since=0, actor="analyst")
    assert set(layouts.changed()) == {"reply.typ"}
    assert set(do(wordings.changed)) == {FILE}


DROPPED = [
    (FILE, "Ответ будет дан не позднее", {"due_on", "registered_on"}),
    (FILE, '{% include "_access.ru.txt" %}', {"number", "access_code", "status_url"}),
    (FILE, "Пока обращение рассматривается", {"law"}),
    ("extended.en.txt", "New date", {"due_on"}),
    ("redirected.ru.txt", "Куда направлено", {"organisation"}),
    ("left.ru.txt", "Адрес страницы:", {"answer_url"}),
    ("receipt.en.txt", "SHA-256", {"files"}),
    ("_access.ru.txt", "{{ access_code }}", {"access_code"}),
    ("_body.en.txt", "{{ body_name }}", {"body_name"}),
    ("reply.ru.txt", "{{ check_url }}", {"check_url"}),
    ("draft_request.ru.txt", "(days ~", {"days"}),
]  # fmt: skip


def test_what_a_letter_has_to_tell_cannot_be_dropped():
    for file, line, gone in DROPPED:
        text = "\n".join(one for one in shipped(file).split("\n") if line not in one)
        if file == FILE:  # the number stands in the subject as well
            text = text.replace(' № " ~ number', '"')
        assert gone <= lost(text, file), (file, line)


def test_told_only_where_no_letter_gets_to_is_not_told():
    text = shipped().replace("{% if due_on %}", "{% if due_on and migration %}")
    assert lost(text) == {"due_on"}


def test_told_otherwise_is_told():
    assert put(shipped().replace("day(due_on)", "due_on"))


FORBIDDEN = [
    ("{{ numbr }}", "name"),
    ("{{ self }}", "name"),
    ("{{ number.__class__ }}", "part"),
    ("{{ ''.__class__.__mro__ }}", "part"),
    ("{% for one in files %}{{ one.__init__ }}{% endfor %}", "part"),
    ("{{ number | attr('__class__') }}", "filter"),
    ("{{ number | center(99999999) }}", "filter"),
    ("{% for one in range(10) %}{% endfor %}", "loop"),
    ("{% for one in number %}{% endfor %}", "loop"),
    ("{% for one in files %}{% for two in files %}{% endfor %}{% endfor %}", "loop"),
    ("{{ number * 99999999 }}", "construct"),
    ("{{ 9 ** 99999999 }}", "construct"),
    ("{{ '%09999999d' % 1 }}", "construct"),
    ("{{ '{:>99999999}'.format(1) }}", "construct"),
    ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "construct"),
    ("{% set number = 'Н-1' %}", "construct"),
    ("{% include 'frame.html' %}", "include"),
    ("{% include '/etc/passwd' %}", "include"),
    ("{% include '_body.en.txt' %}", "include"),
    ("{% extends 'receipt.ru.txt' %}", "construct"),
    ("{% import '_body.ru.txt' as body %}", "construct"),
    ("{{ days_left | abs ~ lines | abs }}", ""),
    ("{% if %}", ""),
    ("{{ 'open", ""),
]


def test_what_may_not_be_said_is_told_at_its_line():
    for said, code in FORBIDDEN:
        text = f"{shipped()}\n{said}\n"
        line = text.count("\n", 0, text.index(said)) + 1
        found = refused(text)
        assert (found[0].code, found[0].line, found[0].file) == (code, line, FILE), said
        assert editing.tried(FILE, text, "registered:mail", "").faults[0] == found[0]


GROWING = [
    "{% set a = number ~ number %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
    "{% set a = number ~ number %}" + "{% set a = [a, a] | join(a) %}" * 9 + "{{ a }}",
    "{{ " + "(" * 4000 + "number" + ")" * 4000 + " }}",
    "{{ number" + " ~ (number" * 60 + ")" * 60 + " }}",
    "х" * grammar.LONGEST,
]


def test_what_would_grow_without_a_bound_is_refused_before_it_is_tried():
    for said in GROWING:
        assert refused(f"{shipped()}\n{said}")[0].code == "long", said[:60]


def test_a_text_without_a_subject_is_refused():
    named = "{% if due_on %}" + shipped().replace("%}", "%}{% endif %}", 1)
    for text in (shipped().partition("\n")[2], named):
        assert {one.code for one in refused(text)} == {"subject"}


def test_neither_words_nor_facts_become_markup(facts):
    facts["number"] = "<b>{{ 7 * 7 }}</b>"
    put(with_word("<script>alert(1)</script>"))
    notified()
    settle()
    (sent,) = mailbox.mails()
    assert "<b>{{ 7 * 7 }}</b>" in sent.text
    assert "<script>alert(1)</script>" in sent.text
    assert "<script>" not in sent.html
    assert "<b>" not in sent.html


def test_the_sandbox_holds_where_the_grammar_would_not():
    """Two walls: what is put together knows nothing of Python even if a text was never looked at."""
    changed = {FILE: "{% set subject = 1 %}{{ ''.__class__.__mro__ }}"}
    with pytest.raises(Exception, match="unsafe"):
        texts.compose("registered", {}, "ru", changed=changed)
    for name in ("range", "dict", "lipsum", "cycler", "namespace"):
        assert name not in texts.environment().globals
