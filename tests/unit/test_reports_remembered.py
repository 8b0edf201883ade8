"""Figures of a large house are counted once in a while; a small one counts each time."""

from datetime import timedelta

from app import clock
from app.reports import overview, remembered, services
from tests.unit.office import Office


def received():
    return services.figures().received


def overdue():
    return overview.overview(Office.person("controller")).overdue


def test_a_small_house_counts_for_each_who_looks(app):
    assert received() == 0
    Office(app)
    assert received() == 1


def test_a_large_one_counts_every_few_minutes(app, monkeypatch):
    monkeypatch.setattr(remembered, "MANY", 1)
    Office(app)
    assert received() == 1
    Office(app).register()
    found = services.figures()
    assert found.received == 2
    assert clock.now() - found.at < timedelta(minutes=1)
    Office(app)
    clock.move_to(clock.now() + timedelta(minutes=4))
    assert received() == 2
    assert services.figures(found.since, found.since).received == 0, "another period is another"
    clock.move_to(clock.now() + timedelta(minutes=2))
    assert received() == 3

    assert overdue() == 0
    clock.move_to(clock.now() + timedelta(days=40))
    assert overdue() == 1
    at = overview.overview(Office.person("manager")).at
    assert clock.now() - at < timedelta(minutes=1)


def test_no_more_is_remembered_than_has_room(app, monkeypatch):
    monkeypatch.setattr(remembered, "MANY", 0)
    monkeypatch.setattr(remembered, "MOST", 1)
    Office(app)
    day = clock.today("Europe/Moscow")
    assert services.figures(day, day).received == received() == 1
    Office(app)
    assert (services.figures(day, day).received, received()) == (1, 2)
    clock.move_to(clock.now() + timedelta(minutes=6))
    assert received() == 2
    Office(app)
    assert received() == 2, "there was room again"
