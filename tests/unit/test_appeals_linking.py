"""Appeals tied by hand: seen only by those who may see both, and kept together."""

import pytest

from app.appeals import services
from app.appeals.models import Appeal
from app.database import reading
from app.errors import Invalid
from app.privacy import keeping
from tests.unit.office import Office


def tied_ids(office):
    with reading() as session:
        appeal = session.get_one(Appeal, office.card_id)
        return [one.id for one in keeping.tied(session, appeal)]


def test_a_link_shows_nothing_that_is_not_seen_and_keeps_both(app):
    office, other = Office(app), Office(app, text="Скамейка у подъезда давно сломана совсем.")
    office.register()
    other.register()
    office.assign("executor1")
    office.card_id = office.card().id
    before = tied_ids(office)
    link = services.tie(office.person("registrar"), office.ref, other.ref, "Один двор")
    (shown,) = office.card("registrar").links
    assert (shown.id, shown.appeal.number) == (link, other.card().number)
    assert shown.appeal.days_left is not None
    assert office.card("executor1").links == ()
    assert set(tied_ids(office)) - set(before) <= {other.card().id}
    assert other.card().id in tied_ids(office)
    services.untie(office.person("manager"), other.ref, link, "Ошиблись")
    assert office.card("registrar").links == ()
    assert tied_ids(office) == before


def test_nobody_ties_to_what_is_not_there(app):
    office = Office(app)
    for other in ("", "Щ-99", office.ref):
        with pytest.raises(Invalid) as wrong:
            services.tie(office.person("registrar"), office.ref, other, "Один двор")
        assert list(wrong.value.fields) == ["other"]
