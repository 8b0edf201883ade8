"""Filing, the receipt, the status page and what a citizen may do there."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO

import pytest

from app import clock
from app.appeals import services
from app.appeals.commands import InboxFilter
from app.appeals.models import Appeal, Filing
from app.audit.services import history
from app.database import reading, transaction
from app.directory.services import save_settings
from app.documents.services import accept_upload
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.outbox.cli import settle_all
from app.workflow.models import Instance
from tests.unit.office import CITIZEN, Office, command


def count(model):
    from sqlalchemy import func, select

    with reading() as session:
        return session.scalar(select(func.count()).select_from(model))


def upload(name="фото.png", content=b"\x89PNG\r\n\x1a\n picture"):
    return accept_upload(BytesIO(content), name, owner="test")


def test_a_receipt_names_everything_that_was_filed(either_app):
    sent = [upload(), upload("акт.txt", "Акт".encode())]
    office = Office(either_app, files=[one.id for one in sent], co_applicants=["Петров Пётр"])
    receipt = office.receipt
    assert [(one.name, one.size, one.sha256) for one in receipt.files] == [
        (one.name, one.size, one.sha256) for one in sent
    ]
    assert (
        timedelta()
        < receipt.register_by - clock.local(receipt.received_at, "Europe/Moscow").date()
        <= timedelta(days=3)
    )
    assert services.receipt(office.ref, receipt.access_code) == receipt
    assert len(office.card().applicants) == 2
    office.settle()
    (mail,) = office.mail()
    assert receipt.receipt in mail.text
    assert receipt.access_code in mail.text
    assert sent[0].sha256 in mail.text


def test_the_code_is_stored_nowhere(app, data_dir):
    office = Office(app)
    office.settle()
    with reading() as session:
        session.connection().exec_driver_sql("SELECT 1")
    rows = (data_dir / "priyomnaya.db").read_bytes()
    rows += (data_dir / "priyomnaya.db-wal").read_bytes()
    assert office.receipt.receipt.encode() in rows
    assert office.receipt.access_code.encode() not in rows


def test_nothing_is_kept_of_what_was_refused(either_app):
    before = (count(Appeal), count(Instance))
    with pytest.raises(Invalid) as refusal:
        services.submit(command(text="", applicant={"last_name": ""}))
    assert set(refusal.value.fields) == {"text", "last_name"}
    with pytest.raises(Invalid) as refusal:
        services.submit(command(files=["no-such-upload"]))
    assert list(refusal.value.fields) == ["files"]
    assert (count(Appeal), count(Instance)) == before
    assert services.submit(command()).receipt.endswith("1"), "a refusal gives its number back"


def test_a_repeat_is_the_same_appeal_and_another_body_is_refused(either_app):
    first = services.submit(command(), idempotency_key="k1")
    assert services.submit(command(), idempotency_key="k1") == first
    with pytest.raises(Invalid):
        services.submit(command(text="Другой текст"), idempotency_key="k1")
    assert services.submit(command(), idempotency_key="k2").receipt != first.receipt
    assert (count(Appeal), count(Filing)) == (2, 2)


def test_what_no_database_can_keep_does_no_harm(either_app):
    office = Office(either_app, text="Текст \x00 и \ud800", applicant={"last_name": "Ё\ud800"})
    with pytest.raises(Invalid):
        office.register(summary="\ud800 мусор")
    office.register()
    pair = (office.ref, office.receipt.access_code)
    services.withdraw(*pair, "Причина \x00 \ud800")
    assert "Причина" in office.card().outcome_text
    for ref in ("\ud800", "\x00", "appeal:99999999999999999999", 10**20):
        with pytest.raises(NotFound):
            services.card(Office.person("auditor"), ref)
    with pytest.raises(services.WrongPair):
        services.status("\x00\ud800", "\ud800")
    for call in (services.work_item, services.open_document, services.letter_pdf):
        with pytest.raises(NotFound):
            call(Office.person("auditor"), 10**20)
    far = InboxFilter(page=10**20, text="\x00")
    assert services.inbox(Office.person("auditor"), far).page.items == ()
    assert services.submit(command(), idempotency_key="k" * 1000).receipt


def test_a_name_turns_no_line_round(app):
    office = Office(app, applicant={"last_name": "Ёл\x01ки\u202eна"}, text="Первая\n\tвторая\u202e")
    card = office.card()
    assert card.applicants[0].last_name == "Ёлкина"
    assert card.text == "Первая\n\tвторая"


def test_a_double_click_makes_one_appeal(either_app):
    def click(_number):
        with either_app.app_context():
            return services.submit(command(), idempotency_key="click").receipt

    with ThreadPoolExecutor(4) as clicks:
        receipts = set(clicks.map(click, range(4)))
    assert len(receipts) == 1
    assert count(Appeal) == 1


def test_a_file_sent_several_times_with_one_form_is_one_upload(either_app):
    def sent(form="form", **changes):
        given = {"name": "акт.txt", "content": b"same", "owner": "me", **changes}
        stream = BytesIO(given["content"])
        return accept_upload(stream, given["name"], owner=given["owner"], form=form).id

    def click(_number):
        with either_app.app_context():
            return sent()

    with ThreadPoolExecutor(4) as clicks:
        (one,) = set(clicks.map(click, range(4)))
    others = {sent("other"), sent(name="б.txt"), sent(content=b"else"), sent(owner="you")}
    assert len({one, *others, sent(None), sent(None)}) == 7
    # An appeal has taken it: the same file, sent once more, still goes by the same name.
    receipt = services.submit(command(files=[one]), idempotency_key="form")
    assert services.submit(command(files=[sent()]), idempotency_key="form") == receipt


def test_a_repeat_whose_files_were_sent_anew_is_known_by_what_they_hold(either_app):
    def sent(content=b"same"):
        return accept_upload(BytesIO(content), "акт.txt", owner="api").id

    one, two = sent(), sent(b"other")
    receipt = services.submit(command(files=[one, two]), idempotency_key="k")
    for again in ([one, two], [sent(), sent(b"other")], [one, sent(b"other")]):
        assert services.submit(command(files=again), idempotency_key="k") == receipt
    for wrong in ([sent()], [sent(b"other"), sent()], [sent(), sent(b"third")], [one, "no-such"]):
        with pytest.raises(Invalid) as refusal:
            services.submit(command(files=wrong), idempotency_key="k")
        assert refusal.value.fields.keys() == {"Idempotency-Key"}
    assert count(Appeal) == 1


def test_appeals_filed_at_once_get_numbers_without_gaps_or_twins(either_app):
    def send(_number):
        with either_app.app_context():
            return services.submit(command()).receipt

    with ThreadPoolExecutor(4) as senders:
        receipts = list(senders.map(send, range(8)))
    numbers = sorted(int(receipt.rsplit("-", 1)[1]) for receipt in receipts)
    assert numbers == list(range(1, 9))


@pytest.mark.parametrize(
    "pair",
    [
        lambda office: (office.ref, "0000-0000-0000-0000"),
        lambda office: ("П-2026-999999", office.receipt.access_code),
        lambda office: ("", ""),
        lambda office: ("%", office.receipt.access_code),
    ],
)
def test_every_wrong_pair_gets_the_same_answer(app, pair):
    ref, code = pair(Office(app))
    answers = set()
    for call in (
        services.status,
        services.receipt,
        lambda *both: services.withdraw(*both, "x"),
        lambda *both: services.add_documents(*both, ["x"]),
        lambda *both: services.status_file(*both, 1),
        services.survey_token,
    ):
        with pytest.raises(services.WrongPair) as refusal:
            call(ref, code)
        answers.add((refusal.value.status, str(refusal.value)))
    assert len(answers) == 1


def test_the_number_may_be_typed_in_any_case_and_by_registration(app):
    office = Office(app)
    office.register()
    number = office.status().number
    code = office.receipt.access_code.lower().replace("-", " ")
    assert services.status(f" {number.lower()} ", code).receipt == office.ref
    assert services.status(office.ref.lower(), code).number == number


def test_a_raised_generation_revokes_the_code(app):
    office = Office(app)
    with transaction() as session:
        session.get(Appeal, office.receipt.appeal_id).code_generation += 1
    with pytest.raises(services.WrongPair):
        office.status()


def test_a_lost_code_goes_to_the_stored_address_only(app):
    office = Office(app, reply_channel="post")
    office.settle()
    assert office.mail() == []
    services.resend_code(office.ref, "other@example.org")
    services.resend_code("no such number", CITIZEN["email"])
    office.settle()
    assert office.mail() == office.mail("other@example.org") == []
    services.resend_code(office.ref, CITIZEN["email"].upper())
    office.settle()
    (mail,) = office.mail()
    assert office.receipt.access_code in mail.text


def test_a_citizen_opens_own_files_and_nothing_else(app):
    sent = upload("мой.txt", "Моё".encode())
    office, other = Office(app, files=[sent.id]), Office(app)
    (mine,) = office.card().documents
    pair = (office.ref, office.receipt.access_code)
    opened = services.status_file(*pair, mine.id)
    with opened.stream as stream:
        assert stream.read().decode() == "Моё"
    with pytest.raises(NotFound):
        services.status_file(other.ref, other.receipt.access_code, mine.id)
    with pytest.raises(NotFound):
        services.status_file(*pair, 999)


def test_nothing_is_added_or_withdrawn_after_the_end(app):
    office = Office(app)
    pair = (office.ref, office.receipt.access_code)
    with pytest.raises(Invalid):
        services.add_documents(*pair, [])
    services.withdraw(*pair, "Решено")
    with pytest.raises(Conflict):
        services.add_documents(*pair, [upload().id])
    office.settle()
    assert any("прекращен" in mail.subject for mail in office.mail())


def test_the_registrar_enters_what_came_on_paper(app):
    registrar = Office.person("registrar")
    scan = upload("скан.pdf", b"%PDF-1.4 scan")
    anonymous = {"last_name": "", "first_name": "", "email": "", "postal_address": ""}
    paper = command(
        channel="forwarded",
        text="",
        files=[scan.id],
        reply_channel="post",
        applicant=anonymous,
        source={
            "organisation": "Прокуратура",
            "number": "7-12",
            "date": "2026-01-15",
            "due_on": "2026-02-01",
        },
        received_on=(clock.now() - timedelta(days=2)).date().isoformat(),
    )
    with pytest.raises(Forbidden):
        services.intake(paper, person=Office.person("executor1"))
    entered = services.intake(paper, person=registrar)
    card = services.card(registrar, entered.receipt)
    assert card.source.organisation == "Прокуратура"
    assert card.source.due_on.isoformat() == "2026-02-01"
    assert [one.kind for one in card.documents] == ["scan"]
    assert (clock.now() - card.received_at).days in (1, 2)
    queue = services.inbox(registrar, InboxFilter()).page.items
    assert [item.appeal.receipt for item in queue] == [entered.receipt]
    assert settle_all(app, 60)
    with reading() as session:
        done = [(line.actor, line.action) for line in history(session, card.key)]
    assert ("registrar", "appeal.filed") in done
    assert ("system", "notice.skipped") in done


@pytest.mark.parametrize(
    ("rule", "email", "taken", "warned"),
    [
        ("any", "anna@example.org", True, False),
        ("warn", "anna@example.org", True, True),
        ("warn", "anna@почта.рф", True, False),
        ("ru_only", "anna@example.org", False, None),
        ("ru_only", "anna@MAIL.RU", True, False),
        ("ru_only", "anna@xn--80a1acny.xn--p1ai", True, False),
        ("ru_only", "anna@old.su", True, False),
    ],
)
def test_reply_addresses_outside_russia_follow_the_setting(app, rule, email, taken, warned):
    save_settings({"reply_email_zone": rule}, actor="administrator")
    asked = command(applicant={"email": email})
    if not taken:
        with pytest.raises(Invalid) as refusal:
            services.submit(asked)
        assert "email" in refusal.value.fields
        # By post the same person is answered all the same.
        by_post = command(applicant={"email": email}, reply_channel="post")
        assert services.submit(by_post).receipt
    else:
        assert services.submit(asked).email_abroad is warned
