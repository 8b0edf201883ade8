"""Accounts: links to choose a password, pauses after failures, sessions of one's own."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.access import links, lockout, policy, services
from app.access.models import Attempts, Credential
from app.access.values import Origin
from app.audit import services as audit
from app.clock import real
from app.correspondence import mailbox
from app.database import db, reading, transaction
from app.errors import Conflict, Invalid, TooMany, Unauthorised
from app.outbox import services as outbox
from app.outbox.cli import settle_all
from tests.web.test_studio import Visitor, last, link_in, password_of

NEW = "seven-tall-birches"
HERE, THERE = Origin("192.0.2.1"), Origin("198.51.100.7")


def fail(login="manager", origin=HERE, times=1):
    """Try a wrong password; what was said."""
    said = []
    for _time in range(times):
        with pytest.raises((Unauthorised, TooMany)) as refusal:
            services.sign_in(login, "wrong", origin)
        said.append(type(refusal.value))
    return said


def wait_is_over():
    with transaction() as session:
        session.execute(update(Attempts).values(blocked_until=real()))


def lines(action):
    return audit.journal(audit.Filter(action=action)).entries


# ---- pauses


def test_failures_bring_a_pause_that_grows_and_ends(either_app):
    right = password_of(either_app, "manager")
    assert fail(times=6) == [Unauthorised] * 5 + [TooMany]
    with pytest.raises(TooMany) as refusal:
        services.sign_in("manager", right, HERE)
    assert 50 < refusal.value.retry_after <= 60
    wait_is_over()
    assert fail(times=2) == [Unauthorised, TooMany]
    with pytest.raises(TooMany) as refusal:
        services.sign_in("manager", right, HERE)
    assert 110 < refusal.value.retry_after <= 120
    wait_is_over()
    assert services.sign_in("manager", right, HERE)
    assert fail(times=4) == [Unauthorised] * 4
    (line,) = lines("session.blocked")[1:]
    assert line.subject == "account:manager"
    assert line.details["address"] == "192.0.2.1"


def test_a_pause_never_lasts_longer_than_an_hour():
    pauses = [policy.pause(failures, 5) for failures in range(4, 200)]
    assert pauses[:4] == [None, timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(filter(None, pauses)) == pauses[-1] == timedelta(hours=1)


def test_strangers_do_not_shut_the_owner_out(either_app):
    right = password_of(either_app, "manager")
    fail(origin=HERE, times=6)
    assert services.sign_in("manager", right, THERE)
    # Many addresses together stop strangers everywhere, but not a browser that is known.
    for number in range(60):
        fail(origin=Origin(f"203.0.113.{number}"))
    assert fail(origin=Origin("203.0.113.99")) == [TooMany]
    known = Origin("203.0.113.99", browser="mark")
    assert services.sign_in("manager", right, known)
    assert fail(origin=known, times=6)[-1] is TooMany
    assert services.sign_in("registrar", password_of(either_app, "registrar"), HERE)


def test_a_neighbour_in_the_same_network_of_version_six_counts_with_the_guesser():
    assert lockout.network("2001:db8::1") == lockout.network("2001:db8::ffff:2")
    assert lockout.network("2001:db8::1") != lockout.network("2001:db8:1::1")


def test_an_unknown_login_waits_as_a_known_one(either_app):
    assert fail("nobody-here", times=6) == fail("manager", times=6)
    with reading() as session:
        assert "nobody" not in repr([vars(one) for one in session.scalars(select(Attempts))])


def test_tries_made_at_once_are_all_counted(either_app):
    def attempt(_number):
        with either_app.app_context():
            return fail()[0]

    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(attempt, range(12)))
    assert said.count(Unauthorised) == 5


def test_the_administrator_lets_in_again(app):
    fail(times=6)
    administrator = Visitor(app, "administrator")
    card = "/studio/admin/people/manager"
    assert "Вход остановлен" in administrator.page(card)
    assert administrator.send(card + "/unlock", form=card).status_code == 303
    assert "Вход остановлен" not in administrator.page(card)
    assert last("session.unblocked").actor == "administrator"
    assert services.sign_in("manager", password_of(app, "manager"), HERE)


def test_the_page_says_how_long_to_wait_and_knows_its_browser(app):
    right = password_of(app, "manager")
    owner = Visitor(app, "manager")
    owner.send("/sign-out", form="/account")
    stranger = Visitor(app)
    for _time in range(5):
        stranger.sign_in("manager", "wrong")
    answer = stranger.sign_in("manager", right)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "через 1 минуту" in answer.text
    assert owner.sign_in("manager", right).status_code == 303
    # A cookie that somebody made up makes no browser a known one.
    name = next(one.key for one in owner.client._cookies.values() if one.key.startswith("known_"))
    stranger.client.set_cookie(name, "WyJtYW5hZ2VyIiwibWFyayJd.forged")
    assert stranger.sign_in("manager", right).status_code == 429


def test_pauses_may_be_switched_off(make_app):
    app = make_app(lockout_failures=0)
    with app.app_context():
        assert set(fail(times=8)) == {Unauthorised}


# ---- links


def chosen(app, link, password=NEW):
    return Visitor(app).choose_password(link, password)


def test_a_forgotten_password_is_chosen_anew_by_mail(app):
    administrator = Visitor(app, "administrator")
    old = Visitor(app, "manager")
    fail(times=6)
    for typed in ("manager", "nobody", "MANAGER@nowhere.example"):
        answer = Visitor(app).send("/password/forgotten", who=typed)
        assert answer.status_code == 200
        assert "Если такая учётная запись есть" in answer.text
    assert settle_all(app, 60)
    person = services.load_person("manager")
    (letter,) = mailbox.mails(person.email)
    assert old.client.get("/account").status_code == 200
    visitor = Visitor(app)
    short = visitor.choose_password(link_in(letter.text), "short")
    assert short.status_code == 422
    assert "не меньше 12 знаков" in short.text
    assert visitor.send("/password/new", new=NEW, again=NEW).location == "/sign-in"
    assert old.client.get("/account").status_code == 302
    assert visitor.sign_in("manager", NEW).status_code == 303
    assert visitor.client.get(link_in(letter.text)).location == "/password/new"
    assert "уже использована" in visitor.page("/password/new", 409)
    page = administrator.page("/studio/admin/journal?subject=account:manager")
    secret = link_in(letter.text).rsplit("/", 1)[1]
    assert "Пароль задан по ссылке" in page
    with reading() as session:
        for table in db.metadata.sorted_tables:
            assert secret not in repr(session.execute(select(table)).all()), table.name


def test_one_work_is_done_whatever_was_entered(app):
    promised = outbox.counts()["waiting"]
    for typed in ("manager", "nobody"):
        links.ask(typed, "ru")
    assert outbox.counts()["waiting"] == promised + 2
    assert len(lines("password.forgotten")) == 2


def test_who_asks_twice_gets_one_letter(app):
    links.ask("manager", "en")
    links.ask("manager", "en")
    assert settle_all(app, 60)
    (letter,) = mailbox.mails(services.load_person("manager").email)
    assert "choose a new password" in letter.subject


def test_of_two_who_use_a_link_at_once_one_does(either_app):
    link = links.make("manager", actor="administrator")

    def attempt(number):
        with either_app.app_context():
            try:
                return links.use(link.secret, f"{NEW}-{number}")
            except Conflict:
                return None

    with ThreadPoolExecutor(4) as threads:
        assert len([one for one in threads.map(attempt, range(4)) if one]) == 1


def test_a_link_grows_old_and_a_newer_one_takes_its_place(app):
    first = links.make("manager", actor="administrator")
    second = links.make("manager", actor="administrator")
    with pytest.raises(Conflict):
        links.use(first.secret, NEW)
    with pytest.raises(Invalid):
        links.use(second.secret, "password12345")
    with transaction() as session:
        session.execute(update(Credential).values(expires_at=real()))
    with pytest.raises(Conflict):
        links.use(second.secret, NEW)
    assert services.person_by_token(second.secret) is None
    assert services.person_by_session(second.secret) is None


def test_the_administrator_mails_a_link(app):
    administrator, manager = Visitor(app, "administrator"), Visitor(app, "manager")
    card = "/studio/admin/people/manager"
    answer = administrator.send(card + "/password", form=card, by="mail")
    assert answer.status_code == 303
    assert manager.client.get("/account").status_code == 302
    assert settle_all(app, 60)
    (letter,) = mailbox.mails(services.load_person("manager").email)
    assert chosen(app, link_in(letter.text)).location == "/sign-in"


def test_the_command_line_gives_a_link(app):
    runner = app.test_cli_runner()
    shown = runner.invoke(args=["access", "link", "administrator"]).stdout
    assert chosen(app, link_in(shown)).location == "/sign-in"
    assert Visitor(app).sign_in("administrator", NEW).status_code == 303
    assert runner.invoke(args=["access", "unlock", "administrator"]).exit_code == 0
    for command in ("link", "unlock"):
        refused = runner.invoke(args=["access", command, "nobody"])
        assert refused.exit_code == 1
        assert refused.stderr


# ---- sessions


def test_one_sees_and_ends_ones_own_sessions(app):
    agent = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    there = Visitor(app)
    there.client.environ_base["HTTP_USER_AGENT"] = agent
    there.sign_in("manager", password_of(app, "manager"))
    here = Visitor(app, "manager")
    token = services.issue_token("manager")
    page = here.page("/account")
    assert "Firefox, Windows" in page
    assert "127.0.0.1" in page
    assert "Токен программы" in page
    (session,) = [one for one in services.opened("manager", "") if one.client == "Firefox, Windows"]
    ended = here.send(f"/account/sessions/{session.id}/end", form="/account")
    assert ended.status_code == 303
    assert there.client.get("/account").status_code == 302
    assert here.send(f"/account/sessions/{session.id}/end", form="/account").status_code == 404
    stranger = Visitor(app, "registrar")
    own = services.opened("manager", "")[0]
    assert stranger.send(f"/account/sessions/{own.id}/end", form="/account").status_code == 404
    assert services.person_by_token(token.secret)


def test_signing_out_everywhere_ends_sessions_and_leaves_tokens(app):
    here, there = Visitor(app, "auditor"), Visitor(app, "auditor")
    token = services.issue_token("auditor")
    assert here.send("/account/sessions/end", form="/account").location == "/sign-in"
    for one in (here, there):
        assert one.client.get("/account").status_code == 302
    assert services.person_by_token(token.secret)
    assert last("session.all_ended").details == {"sessions": 2}


def test_who_was_signed_out_is_told_why_and_comes_back(app):
    manager, passer_by = Visitor(app, "manager"), Visitor(app)
    services.change_account("manager", {"roles": ["manager", "controller"]}, actor="administrator")
    asked = manager.client.get("/desk/appeals?q=1")
    assert asked.location == "/sign-in?next=/desk/appeals?q%3D1"
    assert "Сеанс завершён" in manager.page(asked.location)
    assert "Сеанс завершён" not in manager.page(asked.location)
    assert "Сеанс завершён" not in passer_by.page("/sign-in?next=/desk/")


def test_other_roles_end_sessions_and_other_names_do_not(app):
    manager, token = Visitor(app, "manager"), services.issue_token("manager")
    person = services.load_person("manager")
    services.change_account("manager", {"name": "Другое Имя"}, actor="administrator")
    assert manager.client.get("/account").status_code == 200
    roles = [*person.roles, "controller"]
    services.change_account("manager", {"roles": roles}, actor="administrator")
    assert manager.client.get("/account").status_code == 302
    assert "controller" in services.person_by_token(token.secret).roles


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit Chrome/140.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari, iOS"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("curl/8", ""),
    ],
)
def test_browsers_are_named_as_people_know_them(agent, name):
    assert policy.browser_name(agent) == name


def test_a_link_is_not_left_in_the_address(app):
    link = links.make("manager", actor="administrator")
    visitor = Visitor(app)
    answer = visitor.client.get(f"/password/link/{link.secret}")
    assert link.secret not in answer.location
    assert not re.search(link.secret, visitor.page("/password/new"))
