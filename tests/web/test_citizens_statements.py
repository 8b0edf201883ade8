"""Filing and following ask the database little, and who files next is not kept waiting."""

import io

import pytest

from app.database import db
from tests.web.desk import form_of
from tests.web.statements import counted

FIELDS = {
    "last_name": "Ёлкина",
    "first_name": "Мария",
    "email": "elkina@example.org",
    "text": "Третью неделю не вывозят мусор.",
}


# On SQLite a statement is a function call, and they are asked one by one.
pytestmark = pytest.mark.parametrize("either_app", ["postgresql"], indirect=True)


def file(client, *, draft=False):
    files = [(io.BytesIO(b"%PDF-1.7 act"), "акт.pdf"), (io.BytesIO(b"one"), "двор.txt")]
    form = form_of(client.get("/appeals/new").text, "last_name") | FIELDS
    if draft:
        assert client.post("/appeals/draft/keep", data=form).status_code == 200
    form["new_files"] = files
    with counted(db.engine) as asked:
        answer = client.post("/appeals/new", data=form, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return asked, answer.location.replace("/appeals/receipt/", "/status/")


@pytest.fixture
def asked(either_app):
    """What filing with two files asked, and what the page of the appeal did."""
    client = either_app.test_client()
    file(client)  # a process that begins reads the diagrams first
    filing, page = file(client)
    with counted(db.engine) as following:
        assert client.get(page).status_code == 200
    return filing, following


def before_the_disk(filing):
    """The statements of a submission without the word that the log ends with, which is last."""
    *before, last = filing.statements
    return before if "pg_logical_emit_message" in last else filing.statements


def test_filing_takes_four_statements_and_one_commit(asked):
    """The settings of the limits, the appeal and its files; to look for a draft takes none.

    After the commit comes the word that waits for the disk.
    """
    filing, _following = asked
    assert len(before_the_disk(filing)) <= 4, filing
    assert filing.transactions == filing.commits == 1, filing


def test_the_draft_goes_in_the_same_transaction(either_app):
    client = either_app.test_client()
    file(client)
    filing, _page = file(client, draft=True)
    assert len([sql for sql in filing.statements if "UPDATE draft" in sql]) == 1, filing
    assert filing.transactions == filing.commits == 1, filing


def test_the_counter_of_receipts_is_taken_in_the_last_statement(asked):
    """It stays locked until the use case ends: everybody who files waits there."""
    filing, _following = asked
    *before, last = before_the_disk(filing)
    assert "INTO number_counter" in last, filing
    assert not any("INTO number_counter" in sql for sql in before), filing
    assert 'INSERT INTO "appeal"' in last, filing


def test_the_page_of_an_appeal_takes_one_statement_and_begins_nothing(asked):
    _filing, following = asked
    assert len(following.statements) == 1, following
    assert following.transactions == following.commits == 0, following


def test_what_hangs_on_an_appeal_is_read_once_the_code_is_right(either_app):
    """Who guesses meets the same look whether the number exists or not."""
    client = either_app.test_client()
    _filing, page = file(client)

    def opened(forged):
        with client.session_transaction() as session:
            session["shown"] = {handle: forged(*pair) for handle, pair in session["shown"].items()}
        with counted(db.engine) as asked:
            answer = client.get(page)
        return answer.status_code, ["FROM document" in one for one in asked.statements]

    # A session that was opened before ids were remembered knows number and code only.
    assert opened(lambda ref, code, at, _id: [ref, code, at]) == (200, [False, True])
    status, read = opened(lambda ref, _code, at: [ref, "0000-0000-0000-0000", at])
    assert status == 403
    assert not any(read)
