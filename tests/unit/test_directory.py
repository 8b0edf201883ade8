"""The directory: numbers without gaps and twins, settings with history, the tree, finding."""

import threading
from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app import database
from app.audit import services as audit
from app.config import Settings
from app.database import db, reading, transaction
from app.directory import demo, policy, services
from app.errors import Invalid, NotFound
from app.extensions import babel


@pytest.fixture
def house(tmp_path):
    app = Flask("house")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'directory.db'}"
    app.extensions["settings"] = Settings(_env_file=None, default_zone="Asia/Omsk")
    database.init_app(app)
    babel.init_app(app)
    with app.app_context():
        db.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


def take(series, on):
    with transaction() as session:
        return services.next_number(session, series, on)


# ---- numbers


def test_numbers_of_each_series_and_year(house):
    day = date(2026, 11, 23)
    assert take("receipt", day) == "П-2026-000001"
    assert take("receipt", day) == "П-2026-000002"
    assert take("appeal", day) == "И-1-ОГ/26"
    assert take("outgoing", day) == "ОГ-1/26"
    assert take("act", day) == "А-1/26"
    assert take("receipt", date(2027, 1, 1)) == "П-2027-000001"
    assert take("receipt", day) == "П-2026-000003"
    with pytest.raises(LookupError):
        take("nothing", day)


def test_a_failed_use_case_gives_its_number_back(house):
    def fail():
        with transaction() as session:
            assert services.next_number(session, "appeal", date(2026, 5, 5)) == "И-1-ОГ/26"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert take("appeal", date(2026, 5, 6)) == "И-1-ОГ/26"


def test_several_registrars_at_once_get_neither_gaps_nor_twins(house):
    taken = []

    def register():
        with house.app_context():
            taken.extend([take("appeal", date(2026, 5, 5)) for _ in range(10)])
            db.session.remove()

    threads = [threading.Thread(target=register) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(f"И-{n}-ОГ/26" for n in range(1, 41))


def test_a_template_can_be_changed_but_not_into_one_that_makes_twins(house):
    services.save_settings({"numbers.appeal": "{yyyy}/{n:04}-{prefix}"}, actor="administrator")
    services.save_body({"registration_prefix": "СР"}, actor="administrator")
    assert take("appeal", date(2026, 5, 5)) == "2026/0001-СР"
    for bad in (
        "{yy}",
        "{n}",
        "{n}/{yy}/{name}",
        "{n}{yy}{",
        "{n.__class__}/{yy}",
        "x" * 60 + "{n}{yy}",
    ):
        with pytest.raises(Invalid) as refusal:
            services.save_settings({"numbers.appeal": bad}, actor="administrator")
        assert list(refusal.value.fields) == ["numbers.appeal"]


@given(st.integers(1, 10**7), st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_two_numbers_of_a_century_never_look_alike(n, on):
    for template in policy.SERIES.values():
        other = policy.spell_number(template, n + 1, on, "И")
        assert policy.spell_number(template, n, on, "И") != other
        assert "{" not in other


# ---- settings and the body


def test_settings_have_defaults_and_a_history(house):
    with reading() as session:
        assert services.setting(session, "reply_email_zone") == "warn"
        assert services.setting(session, "unknown", 7) == 7
    services.save_settings({"reply_email_zone": "any"}, actor="administrator")
    services.save_settings({"reply_email_zone": "any"}, actor="administrator")
    services.save_settings({"reply_email_zone": "ru_only"}, actor="registrar")
    history = services.setting_history("reply_email_zone")
    assert [(c.actor, c.before, c.after) for c in history] == [
        ("registrar", "any", "ru_only"),
        ("administrator", None, "any"),
    ]
    assert history[0].at.tzinfo is not None
    lines = audit.journal(audit.Filter(subject="setting:reply_email_zone")).entries
    assert len(lines) == 2
    assert lines[0].details == {"before": {"value": "any"}, "after": {"value": "ru_only"}}
    with pytest.raises(Invalid):
        services.save_settings({"reply_email_zone": "all"}, actor="administrator")


def test_the_body_speaks_two_languages_and_remembers_changes(house):
    with reading() as session:
        assert services.body(session).zone == "Asia/Omsk"
    services.save_body({"name": "Администрация", "address": " ул. Мира, 1 "}, actor="administrator")
    body = services.current_body()
    assert (body.name, body.address) == ("Администрация", "ул. Мира, 1")
    assert body.said("name", "en") == "Администрация"
    services.save_body({"name_en": "Administration"}, actor="administrator")
    assert services.current_body().said("name", "en") == "Administration"
    assert services.current_body().said("name", "ru") == "Администрация"
    with pytest.raises(Invalid) as refusal:
        services.save_body({"name": " ", "zone": "Mars/Base", "email": "x"}, actor="administrator")
    assert set(refusal.value.fields) == {"name", "zone", "email"}
    assert services.current_body().name == "Администрация"
    assert [change.key for change in services.setting_history("body.")][:1] == ["body.name_en"]


@pytest.mark.parametrize("color", ["17498a", "#17498", "red", "#17498a;}", "#777777", "#ffcc00"])
def test_a_colour_that_cannot_be_read_or_is_none_is_refused(color):
    with pytest.raises(Invalid) as refusal:
        policy.checked_body({"color": color})
    assert set(refusal.value.fields) == {"color"}


def test_a_colour_that_serves_can_be_read_on_its_own_tint_too():
    def luminance(color):
        return 1.05 / policy.contrast_with_white(color) - 0.05

    for color in ("#17498a", "#7A1F1F", "#0B5D2E", "#5B2A86"):
        kept = policy.checked_body({"color": color})["color"]
        parts = [int(kept[at : at + 2], 16) for at in (1, 3, 5)]
        tint = "#" + "".join(f"{round(0.09 * part + 0.91 * 255):02x}" for part in parts)
        assert (luminance(tint) + 0.05) / (luminance(kept) + 0.05) >= 4.5
    assert policy.checked_body({"color": ""})["color"] == ""


# ---- structure


def test_units_form_a_tree_without_circles(house):
    top = services.save_unit(None, name="Администрация", actor="administrator")
    part = services.save_unit(
        None, name="Отдел", name_en="Unit", parent_id=top, actor="administrator"
    )
    leaf = services.save_unit(None, name="Сектор", parent_id=part, actor="administrator")
    other = services.save_unit(None, name="Общий отдел", parent_id=top, actor="administrator")
    tree = services.list_units()
    assert [(unit.id, unit.depth) for unit in tree] == [(top, 0), (part, 1), (leaf, 2), (other, 1)]
    assert (tree[1].said("en"), tree[1].said("ru"), tree[2].said("en")) == (
        "Unit",
        "Отдел",
        "Сектор",
    )
    for parent in (leaf, part):
        with pytest.raises(Invalid):
            services.save_unit(part, name="Отдел", parent_id=parent, actor="administrator")
    with pytest.raises(Invalid):
        services.save_unit(None, name=" ", actor="administrator")
    with pytest.raises(Invalid):
        services.save_unit(None, name="Отдел", parent_id=99, actor="administrator")
    with pytest.raises(NotFound):
        services.save_unit(99, name="Отдел", actor="administrator")


def test_a_change_is_journaled_with_before_and_after(house):
    unit = services.save_unit(None, name="Отдел", actor="administrator")
    services.save_unit(unit, name="Управление", actor="administrator")
    services.save_unit(unit, name="Управление", actor="administrator")
    with reading() as session:
        lines = audit.history(session, f"unit:{unit}")
    assert [line.action for line in lines] == ["unit.added", "unit.changed"]
    assert lines[1].details == {"before": {"name": "Отдел"}, "after": {"name": "Управление"}}


def test_posts(house):
    post = services.save_post(None, name="Глава", name_en="Mayor", actor="administrator")
    services.save_post(post, name="Глава города", active=False, actor="administrator")
    (kept,) = services.list_posts()
    assert (kept.name, kept.active, kept.said("en")) == ("Глава города", False, "Глава города")
    with pytest.raises(Invalid):
        services.save_post(None, name="", actor="administrator")
    with pytest.raises(NotFound):
        services.save_post(99, name="x", actor="administrator")


def test_signing_authority_lasts_from_day_to_day(house):
    given_id = services.give_authority(
        login="signatory",
        basis="Распоряжение № 1",
        since=date(2026, 1, 10),
        until=date(2026, 2, 10),
        actor="administrator",
    )
    with reading() as session:
        found = [
            services.may_sign(session, "signatory", day)
            for day in (date(2026, 1, 9), date(2026, 1, 10), date(2026, 2, 10), date(2026, 2, 11))
        ]
        assert [one.id if one else None for one in found] == [None, given_id, given_id, None]
        assert services.may_sign(session, "manager", date(2026, 1, 15)) is None
    with pytest.raises(Invalid) as refusal:
        services.give_authority(
            login="x",
            basis="",
            since=date(2026, 1, 2),
            until=date(2026, 1, 1),
            actor="administrator",
        )
    assert set(refusal.value.fields) == {"basis", "until"}
    open_ended = services.give_authority(
        login="manager", basis="№ 2", since=date(2020, 1, 1), actor="administrator"
    )
    services.revoke_authority(open_ended, actor="administrator")
    with reading() as session:
        assert services.may_sign(session, "manager", date(2099, 1, 1)) is None
        assert services.may_sign(session, "manager", date(2021, 1, 1)) is not None
    assert [one.id for one in services.list_authorities()] == [open_ended, given_id]
    with pytest.raises(NotFound):
        services.revoke_authority(99, actor="administrator")


# ---- organisations


def test_organisations_are_found_by_words_in_any_order_and_case(house):
    assert demo.seed_demo()
    assert not demo.seed_demo()
    with reading() as session:
        first = services.find_organisations(session, "")
        assert len(first) >= 12
        assert [one.name for one in services.find_organisations(session, "ИНСПЕКЦИЯ жилищная")] == [
            "Государственная жилищная инспекция Среднеозёрской области"
        ]
        assert services.find_organisations(session, "среднеозерской минздрав")
        assert not services.find_organisations(session, "100%_")
        assert len(services.find_organisations(session, "", 3)) == 3
        assert services.find_organisations(session, "", 3, offset=3)[0] == first[3]
        assert services.organisation(session, first[0].id) == first[0]
        with pytest.raises(NotFound):
            services.organisation(session, 999)
    assert all(one.email.endswith(".example") and one.address for one in first)


def test_an_organisation_out_of_use_is_not_offered_but_still_named(house):
    kept = services.save_organisation(
        None, {"name": "Минтруд", "email": "a@b.example"}, actor="administrator"
    )
    services.save_organisation(
        kept, {"name": "Минтруд", "email": "a@b.example", "active": False}, actor="administrator"
    )
    assert services.list_organisations("") == []
    assert [one.id for one in services.list_organisations("", retired=True)] == [kept]
    assert services.load_organisation(kept).active is False
    with pytest.raises(Invalid) as refusal:
        services.save_organisation(None, {"name": ""}, actor="administrator")
    assert set(refusal.value.fields) == {"name", "address"}
    with pytest.raises(NotFound):
        services.save_organisation(99, {"name": "x", "email": "a@b.example"}, actor="administrator")


def test_the_demo_body_is_complete(house):
    demo.seed_demo()
    body = services.current_body()
    assert all(getattr(body, name) for name in demo.BODY)
    with reading() as session:
        assert services.may_sign(session, "signatory", date(2026, 6, 1)) is not None
    assert len(services.list_posts()) == len(demo.POSTS)
    assert [unit.depth for unit in services.list_units()].count(2) == 2
