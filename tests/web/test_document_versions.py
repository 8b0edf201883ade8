"""The page where a newer version of a document is brought, and the card afterwards."""

import io

from tests.unit.office import Office
from tests.unit.test_documents_versions import sent
from tests.web.desk import Clerk


def test_a_newer_version_stands_on_the_card_and_the_earlier_behind_it(make_app):
    app = make_app()
    with app.app_context():
        office = Office(app)
        office.register()
        office.assign("executor1")
        office.do("executor1", "accept_assignment")
        upload = sent(b"%PDF-1.4 first", "первый.pdf", "executor1")
        office.do("executor1", "report", text="Осмотрено.", files=[upload])
        document = next(one for one in office.card().documents if one.kind == "report")
        number = office.card().id
    page, address = f"/desk/appeals/{number}?tab=documents", f"/desk/documents/{document.id}/renew"
    assert address not in Clerk(app, "manager").page(page)
    Clerk(app, "manager").get(address, 403)
    clerk = Clerk(app, "executor1")
    assert address in clerk.page(page)
    assert "Новая версия: «" in clerk.page(address)
    data = {"csrf_token": clerk.token(), "note": ""}
    refused = clerk.post(address, data, 422).text
    assert "Выберите файл." in refused
    assert "Скажите одной фразой" in refused
    data |= {"note": "Исправлена дата", "file": (io.BytesIO(b"%PDF-1.4 second"), "второй.pdf")}
    clerk.post(address, data, 303)
    shown = clerk.page(page)
    assert shown.index("второй.pdf") < shown.index("1 прежняя версия") < shown.index("первый.pdf")
    assert address not in shown
