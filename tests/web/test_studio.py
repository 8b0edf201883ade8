"""The studio as its people use it, and signing in, with the real forms and their CSRF tokens."""

import hashlib
import io
import json
import re
import zipfile
from html import unescape

import pytest
from flask.testing import FlaskClient
from PIL import Image, PngImagePlugin
from sqlalchemy import select

from app import clock
from app.access import services as access
from app.audit import services as audit
from app.database import reading, transaction
from app.directory import services as directory
from app.directory.emblem import MOST_BYTES, painted
from app.errors import Invalid
from app.outbox.models import Promise
from app.studio import archive
from app.workflow import versions
from app.workflow.models import IncidentRow


def password_of(app, login):
    told = json.loads((app.extensions["settings"].data_dir / "demo.json").read_text("utf-8"))
    return next(one["password"] for one in told["accounts"] if one["login"] == login)


def token_in(page):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def link_in(page):
    """The path of the one-time link that a page or a letter shows."""
    return re.search(r"/password/link/[\w-]+", page)[0]


class FreshClient(FlaskClient):
    """Gives each request an application context of its own, as a server does.

    The test itself stands in one, and what extensions keep there would leak from page to page.
    """

    def open(self, *args, **kwargs):
        with self.application.app_context():
            return super().open(*args, **kwargs)


class Visitor:
    """A browser of one person: fills in the form of a page and sends it."""

    def __init__(self, app, login=None):
        self.app, self.client = app, FreshClient(app, app.response_class, use_cookies=True)
        if login:
            answer = self.sign_in(login, password_of(app, login))
            assert answer.status_code == 303, answer.text

    def sign_in(self, login, password, **more):
        return self.send("/sign-in", login=login, password=password, **more)

    def choose_password(self, link, password):
        """Follow a one-time link and choose a password."""
        followed = self.client.get(link)
        assert followed.location == "/password/new"
        return self.send("/password/new", new=password, again=password)

    def page(self, path, status=200):
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code)
        return answer.text

    def send(self, path, *, form=None, **data):
        """POST to `path` with the token of the page `form` (the page itself when left out)."""
        token = token_in(self.client.get(form or path).text)
        return self.client.post(path, data={"csrf_token": token, **data})


@pytest.fixture
def administrator(app):
    return Visitor(app, "administrator")


@pytest.fixture
def analyst(app):
    return Visitor(app, "analyst")


@pytest.fixture
def auditor(app):
    return Visitor(app, "auditor")


def last(action):
    return audit.journal(audit.Filter(action=action)).entries[0]


# ---- signing in


def test_signing_in_leads_where_one_was_going(app):
    visitor = Visitor(app)
    asked = visitor.client.get("/studio/admin/people?q=а")
    assert asked.status_code == 302
    page = visitor.client.get(asked.location).text
    # The first is the form of the appearance, which leads back to this very page.
    back = re.findall(r'name="next"[^>]*value="([^"]+)"', page)[-1]
    right = password_of(app, "administrator")
    answer = visitor.sign_in("administrator", right, next=back.replace("&amp;", "&"))
    assert answer.location.startswith("/studio/admin/people?q=")
    assert Visitor(app).sign_in("administrator", right, next="//evil.example").location == "/desk/"
    assert visitor.client.get("/sign-in").status_code == 302


def test_a_wrong_pair_says_the_same_whatever_was_wrong(app):
    answers = [
        Visitor(app).sign_in(login, password)
        for login, password in (("manager", "wrong"), ("nobody", "wrong"))
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    texts = [re.sub(r'value="[^"]*"', "", answer.text) for answer in answers]
    assert texts[0] == texts[1]
    assert "Неверный логин или пароль" in texts[0]
    assert 'value="manager"' in answers[0].text
    assert Visitor(app).sign_in("", "").status_code == 422


def test_a_session_begins_anew_and_ends_for_good(app):
    visitor = Visitor(app)
    with visitor.client.session_transaction() as session:
        session["language"] = "en"
        session["planted"] = "by somebody"
        session["_user_id"] = "guessed"
    visitor.sign_in("manager", password_of(app, "manager"))
    with visitor.client.session_transaction() as session:
        kept = dict(session)
    assert kept["language"] == "en"
    assert "planted" not in kept
    assert kept["_user_id"] != "guessed"
    assert visitor.client.get("/password").status_code == 200
    out = visitor.send("/sign-out", form="/password")
    assert out.location == "/sign-in"
    with visitor.client.session_transaction() as session:
        session.update(kept)
    assert visitor.client.get("/password").status_code == 302
    assert last("session.").action == "session.closed"


def test_without_its_token_no_form_is_taken(app):
    client = Visitor(app).client
    right = {"login": "manager", "password": password_of(app, "manager")}
    assert client.post("/sign-in", data=right).status_code == 400


def test_guessing_is_slowed_down_but_signing_in_is_not(make_app):
    app = make_app(rate_all="", rate_sign_in="3/minute")
    with app.app_context():
        right = password_of(app, "manager")
        for _ in range(6):
            assert Visitor(app).sign_in("manager", right).status_code == 303
        guesses = [Visitor(app).sign_in("manager", "wrong").status_code for _ in range(4)]
        assert guesses == [401, 401, 401, 429]
        refused = Visitor(app).sign_in("manager", right)
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0


def test_only_the_demonstration_shows_its_people(app, make_app):
    right = password_of(app, "manager")
    assert right in Visitor(app).client.get("/sign-in").text
    real = make_app(
        mode="production",
        secret_key="s" * 40,
        database_url=app.config["SQLALCHEMY_DATABASE_URI"],
        public_url="https://reception.example",
        mail_server="127.0.0.1",
        mail_sender="a@b.example",
    )
    page = Visitor(real).page("/sign-in")
    assert right not in page
    assert 'name="password"' in page


def test_ones_own_password_is_changed(app, auditor):
    old = password_of(app, "auditor")
    short = auditor.send("/password", old=old, new="short", again="short")
    assert short.status_code == 422
    assert "не меньше 12 знаков" in short.text
    differ = auditor.send("/password", old=old, new="another-long-1", again="another-long-2")
    assert differ.status_code == 422
    done = auditor.send("/password", old=old, new="another-long-1", again="another-long-1")
    assert done.status_code == 303
    assert auditor.client.get("/password").status_code == 200
    assert Visitor(app).sign_in("auditor", old).status_code == 401
    assert Visitor(app).sign_in("auditor", "another-long-1").status_code == 303


def test_the_shipped_set_is_named_in_the_language_of_the_reader(analyst):
    for language, said in (("ru", "Комплект, поставленный"), ("en", "The set that came")):
        analyst.client.get(f"/language/{language}")
        for path in ("/studio/", "/studio/versions/1"):
            page = analyst.page(path)
            assert said in page
            assert versions.SHIPPED not in page


# ---- who sees what

ADMINISTRATORS_PAGES = [
    "/studio/admin/people",
    "/studio/admin/people/new",
    "/studio/admin/people/manager",
    "/studio/admin/roles",
    "/studio/admin/structure",
    "/studio/admin/units/new",
    "/studio/admin/units/2",
    "/studio/admin/posts/new",
    "/studio/admin/posts/2",
    "/studio/admin/signing",
    "/studio/admin/signing/new",
    "/studio/admin/organisations",
    "/studio/admin/organisations?q=жилищная&retired=1",
    "/studio/admin/organisations/1",
    "/studio/admin/organisations/new",
    "/studio/admin/body",
    "/studio/admin/body/emblem",
    "/studio/admin/settings",
    "/studio/admin/deliveries",
    "/studio/admin/journal",
    "/studio/admin/journal/seals",
]
SHARED_PAGES = ["/studio/", "/studio/versions/1", "/studio/admin/incidents"]


def test_each_page_opens_to_its_people_only(app, administrator, analyst, auditor):
    registrar = Visitor(app, "registrar")
    for path in ADMINISTRATORS_PAGES:
        administrator.page(path)
        auditor.page(path)
        analyst.page(path, 403)
        registrar.page(path, 403)
    for path in SHARED_PAGES:
        administrator.page(path)
        auditor.page(path)
        analyst.page(path)
        registrar.page(path, 403)
    analyst.page("/studio/upload")
    administrator.page("/studio/upload", 403)


def test_pages_speak_english_too(administrator):
    with administrator.client.session_transaction() as session:
        session["language"] = "en"
    for path in [*ADMINISTRATORS_PAGES, *SHARED_PAGES]:
        text = re.sub(r"<[^>]+>", " ", administrator.page(path).split("<main")[1])
        assert "Сохранить" not in text, path
    assert "Deputy Mayor" in administrator.page("/studio/admin/people")


def test_the_auditor_sees_no_button_and_may_not_press_one(app, auditor):
    page = auditor.page("/studio/admin/people/manager")
    assert "Сохранить" not in page
    assert "<fieldset disabled" in page
    for path, data in (
        ("/studio/admin/people/manager", {"name": "Х"}),
        ("/studio/admin/people/manager/password", {}),
        ("/studio/admin/units/new", {"name": "Х"}),
        ("/studio/admin/body", {"name": "Х"}),
        ("/studio/upload", {}),
        ("/studio/versions/1/activate", {}),
    ):
        assert auditor.send(path, form="/password", **data).status_code == 403, path
    assert directory.current_body().name != "Х"


# ---- people


def test_a_person_is_taken_on_changed_and_let_go(app, administrator):
    made = administrator.send(
        "/studio/admin/people/new",
        login="i.petrova",
        name="Петрова Инна Львовна",
        roles=["registrar", "controller"],
        unit_id="3",
        post_id="",
    )
    assert made.status_code == 200
    assert "i.petrova" in made.text
    petrova = Visitor(app)
    first = petrova.choose_password(link_in(made.text), "corn-flower-blue-7")
    assert first.location == "/sign-in"
    assert petrova.sign_in("i.petrova", "corn-flower-blue-7").status_code == 303
    assert access.load_person("i.petrova").roles == {"registrar", "controller"}

    card = "/studio/admin/people/i.petrova"
    assert "Петрова Инна Львовна" in administrator.page(card)
    changed = administrator.send(
        card, name="Петрова-Ильина Инна Львовна", roles=["registrar"], active="y"
    )
    assert changed.status_code == 303
    line = last("account.changed")
    assert (line.actor, line.details["after"]["roles"]) == ("administrator", ["registrar"])
    assert line.details["before"]["roles"] == ["controller", "registrar"]
    assert "Петрова-Ильина" in administrator.page(card)
    assert petrova.client.get("/password").status_code == 302
    assert petrova.sign_in("i.petrova", "corn-flower-blue-7").status_code == 303

    fresh = administrator.send(card + "/password", form=card)
    assert petrova.client.get("/password").status_code == 302
    assert petrova.sign_in("i.petrova", "corn-flower-blue-7").status_code == 401
    again = "seven-tall-birches"
    assert petrova.choose_password(link_in(fresh.text), again).status_code == 303
    assert petrova.sign_in("i.petrova", again).status_code == 303
    administrator.send(card + "/revoke", form=card)
    assert petrova.client.get("/password").status_code == 302

    administrator.send(card, name="Петрова-Ильина Инна Львовна", roles=["registrar"])
    assert petrova.sign_in("i.petrova", again).status_code == 401
    assert "i.petrova" not in administrator.page("/studio/admin/people")
    assert "i.petrova" in administrator.page("/studio/admin/people?left=1&role=registrar&q=ильина")


def test_what_was_typed_about_a_person_is_kept(administrator):
    page = administrator.send(
        "/studio/admin/people/new",
        login="novy",
        name="Новый Человек",
        email="здесь нет собаки",
        roles=["executor"],
        unit_id="2",
        post_id="",
    )
    assert page.status_code == 422
    assert 'value="Новый Человек"' in page.text
    assert "Это не адрес электронной почты" in page.text
    assert re.search(r'value="executor"[^>]*checked|checked[^>]*value="executor"', page.text)
    page = administrator.send(
        "/studio/admin/people/new", login="manager", name="Новый", unit_id="", post_id=""
    )
    assert "Этот логин уже занят" in page.text


def test_the_last_administrator_stays(administrator):
    page = administrator.send(
        "/studio/admin/people/administrator", name="Савельева", roles=["registrar"], active="y"
    )
    assert page.status_code == 422
    assert "последний администратор" in page.text
    administrator.page("/studio/admin/people")


# ---- structure, organisations, the body


def test_units_and_posts(administrator):
    administrator.send("/studio/admin/units/new", name="Архив", parent_id="1", active="y")
    unit = next(one for one in directory.list_units() if one.name == "Архив")
    assert unit.parent_id == 1
    circle = administrator.send(
        "/studio/admin/units/1", name="Всё", parent_id=str(unit.id), active="y"
    )
    assert circle.status_code == 422
    assert "само в себя" in circle.text
    assert 'value="Всё"' in circle.text
    administrator.send(f"/studio/admin/units/{unit.id}", name="Архив", parent_id="")
    assert "не используется" in administrator.page("/studio/admin/structure")
    administrator.send("/studio/admin/posts/new", name="Архивариус", active="y")
    assert "Архивариус" in administrator.page("/studio/admin/structure")
    administrator.page("/studio/admin/units/999", 404)
    assert last("post.added").details["after"]["name"] == "Архивариус"


def test_the_right_to_sign_is_given_and_ended(administrator):
    wrong = administrator.send(
        "/studio/admin/signing/new",
        login="signatory",
        basis="Приказ",
        since="2026-02-02",
        until="2026-02-01",
    )
    assert wrong.status_code == 422
    assert "Последний день раньше первого" in wrong.text
    administrator.send(
        "/studio/admin/signing/new", login="signatory", basis="Приказ № 7", since="2026-02-02"
    )
    given = directory.list_authorities()[0]
    assert given.basis == "Приказ № 7"
    administrator.send(f"/studio/admin/signing/{given.id}/revoke", form="/studio/admin/signing")
    assert directory.list_authorities()[0].until is not None
    assert "Приказ № 7" in administrator.page("/studio/admin/signing")


def test_organisations(administrator):
    wrong = administrator.send("/studio/admin/organisations/new", name="Комитет", active="y")
    assert wrong.status_code == 422
    assert "по которому можно написать" in wrong.text
    administrator.send(
        "/studio/admin/organisations/new", name="Комитет по тишине", email="k@t.example", active="y"
    )
    assert "Комитет по тишине" in administrator.page("/studio/admin/organisations?q=тишине")
    kept = directory.list_organisations("тишине")[0]
    administrator.send(
        f"/studio/admin/organisations/{kept.id}", name="Комитет по тишине", email="k@t.example"
    )
    assert "Комитет по тишине" not in administrator.page("/studio/admin/organisations?q=тишине")
    assert "Ничего не найдено" in administrator.page("/studio/admin/organisations?q=абракадабра")


def test_the_body_and_its_history(administrator):
    present = directory.current_body()
    fields = {name: getattr(present, name) for name in present.__dataclass_fields__}
    wrong = administrator.send("/studio/admin/body", **{**fields, "zone": "Луна", "phone": "112"})
    assert wrong.status_code == 422
    assert "Такого часового пояса нет" in wrong.text
    assert 'value="112"' in wrong.text
    assert directory.current_body() == present
    administrator.send("/studio/admin/body", **{**fields, "phone": "112"})
    assert directory.current_body().phone == "112"
    assert "8 (000) 210-00-10" in administrator.page("/studio/admin/body")
    line = last("setting.changed")
    assert line.subject == "setting:body.phone"
    assert "112" in Visitor(administrator.app).client.get("/sign-in").text


def picture(kind, size=(300, 200), color=(20, 60, 120, 255), **more):
    drawn = Image.new("RGBA", size, (0, 0, 0, 0))
    drawn.paste(color, (50, 50, size[0] - 50, size[1] - 50))
    out = io.BytesIO()
    drawn.convert("RGB" if kind == "JPEG" else "RGBA").save(out, kind, **more)
    return out.getvalue()


def send_picture(administrator, content, status=303):
    """Choose a picture as the emblem; the page that answers."""
    sent = (io.BytesIO(content), "Герб.png")
    answer = administrator.send("/studio/admin/body/emblem", emblem=sent)
    assert answer.status_code == status
    return answer.text


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_emblem_stands_above_every_page(administrator, kind):
    assert "/emblem/" not in administrator.page("/")
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "55.7558, 37.6173")
    more = {"pnginfo": notes} if kind == "PNG" else {}
    send_picture(administrator, picture(kind, **more))
    for page in ("/", "/appeals/new", "/desk/", "/studio/admin/body/emblem"):
        (address,) = set(re.findall(r'src="(/emblem/[0-9a-f]{64}\.png)"', administrator.page(page)))
    answer = Visitor(administrator.app).client.get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers
    assert b"55.7558" not in answer.data
    with Image.open(io.BytesIO(answer.data)) as shown:
        # A JPEG has no transparent margins to cut off.
        assert shown.size == ((120, 80) if kind == "JPEG" else (120, 60))
    assert last("setting.changed").subject == "setting:body.emblem"
    fields = {**directory.current_body().__dict__, "phone": "113"}
    administrator.send("/studio/admin/body", **fields)
    assert directory.current_body().emblem
    administrator.send("/studio/admin/body/emblem/remove", form="/studio/admin/body/emblem")
    assert "/emblem/" not in administrator.page("/")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "не читается"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "не читается"),
        (picture("PNG")[:120], "не читается"),
        (picture("GIF"), "не читается"),
        (picture("PNG", color=(0, 0, 0, 0)), "ничего не видно"),
        (picture("PNG", size=(5000, 4001)), "больше 20 миллионов"),
    ],
    ids=["empty", "svg", "cut off", "another kind", "nothing to see", "many points"],
)
def test_what_cannot_be_the_emblem_is_refused(administrator, content, said):
    assert said in send_picture(administrator, content, 422)
    assert not directory.current_body().emblem
    assert Visitor(administrator.app).client.get(f"/emblem/{'0' * 64}.png").status_code == 404


def test_a_large_file_is_no_emblem():
    with pytest.raises(Invalid) as refused:
        painted(b"0" * (MOST_BYTES + 1))
    assert "larger than 5 MB" in str(refused.value.fields["emblem"][0])


def test_the_colour_of_the_body_and_the_button_for_its_other_sites(administrator):
    present = directory.current_body()
    fields = {name: getattr(present, name) for name in present.__dataclass_fields__}
    wrong = administrator.send("/studio/admin/body", **{**fields, "color": "#ffcc00"})
    assert "не читаются" in wrong.text
    assert "--brand: " not in administrator.page("/")
    administrator.send("/studio/admin/body", **{**fields, "color": "#7A1F1F"})
    answer = Visitor(administrator.app).client.get("/")
    nonce = re.search(
        r"style-src 'self' 'nonce-([^']+)'", answer.headers["Content-Security-Policy"]
    )[1]
    assert f'<style nonce="{nonce}">:root {{ --brand: #7a1f1f;' in answer.text
    shown = re.findall(r"data-embed>([^<]+)<", administrator.page("/studio/admin/body"))
    assert len(shown) == 2
    for lines in map(unescape, shown):
        assert re.search(r'^<a href="http[^"]+/appeals/new"', lines)
    assert "background:#7a1f1f" in shown[0]


def test_settings(administrator):
    data = {key.replace(".", "__"): value for key, value in directory.all_settings().items()}
    wrong = administrator.send(
        "/studio/admin/settings", **{**data, "numbers__appeal": "без номера"}
    )
    assert wrong.status_code == 422
    assert 'value="без номера"' in wrong.text
    assert "нужен сам номер" in wrong.text
    administrator.send("/studio/admin/settings", **{**data, "numbers__appeal": "{n}/{yyyy}"})
    assert directory.all_settings()["numbers.appeal"] == "{n}/{yyyy}"
    assert "{prefix}-{n}-ОГ/{yy}" in administrator.page(
        "/studio/admin/settings"
    ) or directory.setting_history("numbers.")


# ---- deliveries, incidents, journal


def parked(uid):
    now = clock.now()
    with transaction() as session:
        session.add(
            Promise(
                uid=uid,
                kind="letter.send",
                payload={},
                key="appeal:1",
                created_at=now,
                due_at=now,
                attempts=6,
                status="parked",
                last_error="SMTPServerDisconnected: <b>no</b>",
            )
        )


def test_parked_deliveries_are_retried_or_cancelled(app, administrator):
    assert "Отложенных отправок нет" in administrator.page("/studio/admin/deliveries")
    parked("a" * 32)
    parked("b" * 32)
    page = administrator.page("/studio/admin/deliveries")
    assert "&lt;b&gt;no" in page
    administrator.send(
        f"/studio/admin/deliveries/{'a' * 32}/retry", form="/studio/admin/deliveries"
    )
    administrator.send(
        f"/studio/admin/deliveries/{'b' * 32}/cancel", form="/studio/admin/deliveries"
    )
    with reading() as session:
        states = {row.uid: row.status for row in session.scalars(select(Promise))}
    assert (states["a" * 32], states["b" * 32]) == ("waiting", "cancelled")
    again = administrator.send(
        f"/studio/admin/deliveries/{'b' * 32}/cancel", form="/studio/admin/people/new"
    )
    assert again.status_code == 409
    assert last("delivery.cancelled").actor == "administrator"


def test_incidents_are_settled(administrator):
    with transaction() as session:
        session.add(
            IncidentRow(
                key="appeal:1",
                process="reply",
                element="sign_reply",
                reason="Схема не знает, куда идти",
                move={"move": "stuck"},
                created_at=clock.now(),
            )
        )
    page = administrator.page("/studio/admin/incidents")
    assert "Схема не знает, куда идти" in page
    number = re.search(r"incidents/(\d+)/cancel", page)[1]
    path = f"/studio/admin/incidents/{number}"
    assert administrator.send(path + "/retry", form="/studio/admin/incidents").status_code == 409
    administrator.send(path + "/cancel", form="/studio/admin/incidents")
    assert "Сбоев нет" in administrator.page("/studio/admin/incidents")
    assert last("incident.cancelled").details["element"] == "sign_reply"


def test_the_journal_is_read_and_checked(app, auditor):
    with transaction() as session:
        for number in range(60):
            audit.record(
                session, "registrar", "appeal.registered", f"appeal:{number}", number=number
            )
    while audit.seal():
        pass
    first = auditor.page("/studio/admin/journal?actor=registrar")
    assert "appeal:59" in first
    assert "appeal:3<" not in first
    older = re.search(r'href="(/studio/admin/journal\?[^"]*before=\d+)"', first)[1]
    assert "appeal:3<" in auditor.page(older.replace("&amp;", "&"))
    assert "appeal:7<" in auditor.page(
        "/studio/admin/journal?subject=appeal:7&action=appeal.registered"
    )
    nothing = auditor.page("/studio/admin/journal?until=2020-01-01&since=not-a-day&before=x")
    assert "не подходит ни одна запись" in nothing
    assert "Журнал цел" in auditor.page("/studio/admin/journal/seals")


def test_the_journal_speaks_in_words(app, auditor):
    with transaction() as session:
        audit.record(session, "manager", "appeals.searched", by=["q", "applicant"], found=7)
        audit.record(session, "manager", "appeals.searched", by=[], found=9)
    page = auditor.page("/studio/admin/journal?actor=manager")
    assert "<strong>Поиск по обращениям</strong>" in page
    assert '<option value="session.opened">Вход в систему</option>' in page
    said = re.sub(r"<[^>]+>", "", page)
    assert "искали по: слова, заявитель; найдено: 7" in said
    assert "найдено: 9" in said
    assert said.count("искали по") == 1, "what is empty is not told"


def test_the_journal_tells_days_and_moments_as_people_read_them(app, auditor):
    until = clock.datetime.fromisoformat("2027-02-24T20:42:44.237107+00:00")
    with transaction() as session:
        audit.record(session, "system", "token.issued", "account:clerk", expires_at=until)
        audit.record(session, "x", "token.issued", due_on="2027-03-01", reason="2027-99-99")
    page = re.sub(r"<[^>]+>", "", auditor.page("/studio/admin/journal?action=token.issued"))
    assert "действует до: 24.02.2027 23:42" in page
    assert "срок: 01.03.2027" in page
    assert "причина: 2027-99-99" in page


# ---- processes


def files_of(version):
    return archive.unpack(archive.pack(versions.export(version)))


def upload(visitor, content, name="set.zip"):
    return visitor.send("/studio/upload", archive=(io.BytesIO(content), name))


def test_a_set_is_downloaded_as_it_was_published(analyst):
    listed = analyst.page("/studio/")
    assert "set.zip" in listed
    answer = analyst.client.get("/studio/versions/1/set.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as box:
        assert "processes/appeal/appeal.bpmn" in box.namelist()
    assert archive.unpack(answer.data) == versions.export(1)
    one = analyst.client.get("/studio/versions/1/files/appeal/appeal.bpmn")
    assert one.data == versions.export(1)["appeal/appeal.bpmn"]
    assert one.headers["Content-Disposition"].startswith("attachment")
    assert one.headers["X-Content-Type-Options"] == "nosniff"
    analyst.page("/studio/versions/1/files/absent.bpmn", 404)
    analyst.page("/studio/versions/99", 404)
    analyst.page("/studio/versions/1?process=reply")


def test_a_changed_set_is_checked_shown_and_published(app, analyst):
    changed = files_of(1)
    was = changed["survey/survey.bpmn"]
    changed["survey/survey.bpmn"] = was.replace("Оценить".encode(), "Поставить оценку".encode(), 1)
    assert changed["survey/survey.bpmn"] != was
    answer = upload(analyst, archive.pack(changed))
    assert answer.status_code == 303
    page = analyst.page(answer.location)
    assert "survey/survey.bpmn" in page
    assert "Ошибок не найдено" in page
    assert "ещё не опубликованный набор" in analyst.page("/studio/")
    analyst.page(f"{answer.location}/files/survey/survey.bpmn")
    analyst.page(f"{answer.location}/files/absent.bpmn", 404)
    assert [one.id for one in versions.versions() if one.active] == [1]

    digest = re.search(r'name="digest" value="(\w+)"', page)[1]
    silent = analyst.send(answer.location, note=" ", digest=digest)
    assert silent.status_code == 422
    assert "Скажите одной фразой" in silent.text
    other = analyst.send(answer.location, note="Слова опроса", digest="0" * 64)
    assert other.status_code == 409
    published = analyst.send(answer.location, note="Слова опроса", digest=digest)
    assert published.location == "/studio/versions/2"
    assert "Слова опроса" in analyst.page("/studio/versions/2")
    assert [one.id for one in versions.versions() if one.active] == [2]
    line = last("processes.published")
    assert (line.actor, line.details["note"]) == ("analyst", "Слова опроса")
    analyst.page(answer.location, 404)

    analyst.send("/studio/versions/1/activate", form="/studio/")
    assert [one.id for one in versions.versions() if one.active] == [1]
    same = upload(analyst, archive.pack(changed))
    back = analyst.send(same.location, note="Ещё раз", digest=digest)
    assert back.location == "/studio/versions/2"


def test_a_broken_set_is_shown_with_its_errors_and_never_published(analyst):
    broken = files_of(1)
    broken["appeal/appeal.bpmn"] = broken["appeal/appeal.bpmn"].replace(
        b'formKey="appeal/register"', b'formKey="appeal/no_such_form"'
    )
    answer = upload(analyst, archive.pack(broken))
    page = analyst.page(answer.location)
    assert "Этот набор опубликовать нельзя" in page
    assert "Такой формы нет" in page
    assert "формы «appeal/no_such_form» нет; добавьте forms/appeal/no_such_form.form" in page
    assert 'name="note"' not in page
    digest = hashlib.sha256(archive.pack(broken)).hexdigest()
    forced = analyst.send(answer.location, form="/studio/upload", note="Всё", digest=digest)
    assert forced.status_code == 422
    assert "Набор не опубликован" in forced.text
    assert len(versions.versions()) == 1
    analyst.send(f"{answer.location}/discard", form="/studio/upload")
    analyst.page(answer.location, 404)


def test_a_set_without_what_the_house_begins_is_never_published(analyst):
    partial = {path: content for path, content in files_of(1).items() if "appeal.bpmn" not in path}
    answer = upload(analyst, archive.pack(partial))
    page = analyst.page(answer.location)
    assert "Этот набор опубликовать нельзя" in page
    assert "система сама начинает процесс «appeal», а в наборе его нет" in page
    digest = hashlib.sha256(archive.pack(partial)).hexdigest()
    forced = analyst.send(answer.location, form="/studio/upload", note="Всё", digest=digest)
    assert forced.status_code == 422
    assert len(versions.versions()) == 1


def test_xml_that_cannot_be_read_is_a_finding_too(analyst):
    bad = {**files_of(1), "appeal/appeal.bpmn": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}
    page = analyst.page(upload(analyst, archive.pack(bad)).location)
    assert "Этот набор опубликовать нельзя" in page


def test_what_is_no_set_is_refused_beside_the_field(analyst):
    for content in (b"not a zip", archive.pack({"forms/a/b.form": b"{}"})):
        page = upload(analyst, content)
        assert page.status_code == 422
        assert 'id="archive-error"' in page.text
    assert analyst.send("/studio/upload").status_code == 422


APPEAL = {
    "applicant": {
        "kind": "citizen",
        "last_name": "Елькина",
        "first_name": "Анна",
        "no_middle_name": True,
        "email": "elkina@example.org",
    },
    "reply_channel": "email",
    "text": "Во дворе не вывозят мусор.",
}


def test_a_step_lists_what_stands_on_it(app, analyst):
    filed = app.test_client().post("/api/v1/appeals", json=APPEAL)
    receipt = filed.get_json()["receipt"]
    page = analyst.page("/studio/versions/1?process=appeal")
    assert 'data-counts="register:1 "' in page
    assert "element=register#standing" in page
    assert 'id="standing"' not in page
    page = analyst.page("/studio/versions/1?process=appeal&element=register")
    assert f">{receipt}</th>" in page
    assert 'id="standing"' not in analyst.page("/studio/versions/1?process=appeal&element=no_such")
    assert "Открытые задания на шаге" in analyst.page(
        "/studio/versions/1?process=appeal&element=review"
    )


def test_an_upload_is_its_analysts_own(app, analyst):
    location = upload(analyst, archive.pack(files_of(1))).location
    assert "не отличается от действующего" in analyst.page(location)
    access.change_account("administrator", {"roles": ("administrator", "analyst")}, actor="system")
    Visitor(app, "administrator").page(location, 404)


def test_the_auditor_alone_downloads_the_journal(app, auditor, administrator):
    audit.seal()
    assert "Скачать журнал" in auditor.page("/studio/admin/journal/seals")
    assert "Скачать журнал" not in administrator.page("/studio/admin/journal/seals")
    administrator.page("/studio/admin/journal/export", 403)
    with auditor.client.get("/studio/admin/journal/export") as file:
        lines = file.text.splitlines()
    assert json.loads(lines[0])["seq"] == 1
    assert json.loads(lines[-1])["end"]["seq"] == len(lines) - 1
    assert last("journal.exported").actor == "auditor"
