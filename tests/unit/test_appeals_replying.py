"""The workbench of a reply: what is looked at before signing, versions, remarks."""

import pytest

from app.appeals import comparing, services
from app.directory import services as directory
from app.errors import Conflict, Forbidden, Invalid, NotFound
from tests.unit.office import Office

TEXT = "Уважаемая Мария Петровна!\n\nМусор вывезен.\n\nОтвет можно обжаловать."


@pytest.fixture
def office(app):
    made = Office(app)
    made.register()
    made.do("manager", "review", decision="answer", drafter="executor1")
    return made


def bench(office, by="approver", **which):
    return services.workbench(office.person(by), office.ref, **which)


def failed(office, by="signatory"):
    checks = services.reply_checks(office.person(by), office.ref)
    return {one.name: str(one.detail) for one in checks if not one.passed}


def draft(office, text=TEXT):
    office.do("executor1", "draft_reply", text=text)


def rework(office, text):
    office.do("approver", "approve_reply", decision="rework", remark="Поправьте")
    draft(office, text)


def test_nothing_is_remarked_on_a_signed_reply(office):
    draft(office)
    approver = office.person("approver")
    remark = services.add_remark(approver, office.ref, 1, "Укажите дату")
    office.do("approver", "approve_reply", decision="accept")
    assert bench(office).may_remark
    office.do("signatory", "sign_reply")
    for what in (
        lambda: services.add_remark(approver, office.ref, 1, "И ещё"),
        lambda: services.resolve_remark(approver, remark),
    ):
        with pytest.raises(Conflict):
            what()
    office.settle()
    assert not bench(office).may_remark


def test_a_good_draft_passes_everything(office):
    assert services.reply_checks(office.person("approver"), office.ref) == []
    draft(office)
    assert failed(office) == {}
    names = [one.name for one in services.reply_checks(office.person("signatory"), office.ref)]
    assert names == ["questions", "addressee", "channel", "filled", "others", "authority"]


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("Позвоните по +7 (495) 123-45-67.", "others", "123-45-67"),
        ("Напишите на sosed@example.org.", "others", "sosed@example.org"),
        ("Соседка Тихоновой Анне ответила.", "others", "Тихоновой Анне"),
        ("Сосед Петров Иван Сергеевич сказал то же.", "others", "Петров Иван Сергеевич"),
        ("Копия вручена Ильиной Анне Ильиничне.", "others", "Ильиной Анне Ильиничне"),
        ("Паспорт 45 10 123456 изъят.", "others", "45 10 123456"),
        ("Паспорт серии 4510 № 123456 изъят.", "others", "4510 № 123456"),
        ("СНИЛС 112-233-445 95 проверен.", "others", "112-233-445 95"),
        ("Работы закончат {date}, ____ числа.", "filled", "{date}"),
    ],
)
def test_what_should_not_be_in_a_letter_is_found(app, office, text, name, said):
    Office(app, applicant={"last_name": "Тихонова", "first_name": "Анна", "email": "t@ya.ru"})
    draft(office, f"{TEXT}\n\n{text}")
    assert said in failed(office)[name]


def test_the_applicants_own_data_and_the_bodys_are_no_strangers(office):
    draft(office, f"{TEXT}\n\nОтвет Ёлкиной Марии отправлен на elkina@example.org.")
    assert failed(office) == {}


def test_the_staff_and_the_applicant_may_be_named_in_full(office):
    staff = office.person("executor1").name
    draft(office, f"{TEXT}\n\nЁлкиной Марии Петровне ответил {staff}, счёт 40702810900000012345.")
    assert failed(office) == {}


def test_a_card_corrected_after_the_draft_is_noticed(office):
    draft(office)
    services.ask_for_correction(office.person("registrar"), office.ref, "Ошибка")
    office.do("registrar", "correct_card", last_name="Елкина-Смирнова", email="new@example.org")
    assert set(failed(office)) == {"addressee", "channel"}


def test_an_authority_that_is_over_is_told(office):
    draft(office)
    for one in directory.list_authorities():
        directory.revoke_authority(one.id, actor="administrator")
    assert "authority" in failed(office)
    assert "authority" not in failed(office, by="approver")


def test_versions_are_compared_word_by_word(office):
    with pytest.raises(NotFound):
        bench(office)
    draft(office)
    rework(office, TEXT.replace("вывезен", "вывезен 5 мая"))
    rework(office, TEXT.replace("вывезен", "вывезен 5 мая"))
    found = bench(office)
    assert len(found.versions) == 2
    assert [one for one in found.differences if one[0] != "same"] == [("new", " 5 мая")]
    same = bench(office, old=found.versions[0].id, new=found.versions[0].id)
    assert {what for what, _piece in same.differences} == {"same"}


def test_both_texts_can_be_read_off_their_differences():
    old, new = "Раз, два; три.\n\nЧетыре", "Раз, пять; три!\n\nЧетыре и шесть"
    found = list(comparing.differences(old, new))
    assert "".join(piece for what, piece in found if what != "new") == old
    assert "".join(piece for what, piece in found if what != "gone") == new


def test_a_remark_stays_with_its_paragraph(office):
    draft(office)
    remark = services.add_remark(office.person("approver"), office.ref, 1, "Укажите дату")
    assert bench(office).remarks[0].place == 1
    rework(office, f"Добрый день!\n\n{TEXT.replace('вывезен', 'вывезен 5 мая')}")
    assert bench(office).remarks[0].place == 2
    rework(office, "Совсем другое письмо о скамейке во дворе и качелях.")
    assert bench(office).remarks[0].place is None
    services.resolve_remark(office.person("executor1"), remark)
    services.resolve_remark(office.person("approver"), remark)
    shown = bench(office).remarks[0]
    assert shown.resolved_by == office.person("executor1").name
    with pytest.raises(Invalid):
        services.add_remark(office.person("approver"), office.ref, 0, " ")
    with pytest.raises(NotFound):
        services.add_remark(office.person("approver"), office.ref, 9, "Куда?")
    with pytest.raises(Forbidden):
        services.add_remark(office.person("dispatcher"), office.ref, 0, "Нет")
    assert "Укажите дату" not in repr(office.status())
