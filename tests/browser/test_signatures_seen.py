"""Letters checked by anyone at their screen, and signed by a plug-in of the signatory's browser."""

import base64
import shutil
import subprocess
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import expect
from pypdf import PdfWriter

from tests.browser.people import Citizen, Clerk
from tests.browser.site import Served
from tests.browser.test_looks import LANGUAGES, WIDTHS, Looker
from tests.browser.words import Words
from tests.unit.certificate_kit import PEM, YEAR, Authority
from tests.unit.test_signatures import inside

#: The module of a body: it asks a plug-in, which here is the test, and hands on what it gives.
HOOK = """
export async function sign({ content, name }) {
  const bytes = new Uint8Array(content);
  let text = "";
  for (const one of bytes) text += String.fromCharCode(one);
  return await window.plugin(btoa(text), name);
}
"""
NARROWEST = "Math.min(999, ...[...document.querySelectorAll('main dt')].filter((one) => one.offsetParent).map((one) => one.offsetWidth))"
SAID = {
    "ru": {
        "valid": "Да, это наше письмо",
        "changed": "Такого письма мы не отправляли",
        "foreign": "которого нет в нашем списке доверия",
        "expired": "К моменту подписания срок сертификата истёк",
        "unsigned": "Электронной подписи в файле нет",
    },
    "en": {
        "valid": "Yes, this letter was issued by us",
        "changed": "This file is not among our letters",
        "foreign": "not in our list of trust",
        "expired": "Was no longer in force",
        "unsigned": "The file bears no electronic signature",
    },
}


@pytest.fixture(scope="module")
def site(executable, prepared, tmp_path_factory):
    """The demo with a hook for a plug-in."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(prepared, folder / "data")
    hook = folder / "hook.js"
    hook.write_text(HOOK)
    with Served(folder / "data", folder / "server.log", signing_hook=hook, rate_all=0) as served:
        yield served
    assert not served.errors(), "\n".join(served.errors())


@pytest.fixture(scope="module")
def letter(site):
    """A reply that has left: `id`, `number`, `code`, `content`."""
    from app import create_app
    from app.database import reading
    from app.documents import services as documents
    from tests.conftest import close
    from tests.unit.office import Office

    app = create_app(data_dir=site.data_dir)
    with app.app_context():
        office = Office(app)
        office.register()
        office.do("manager", "review", decision="answer", drafter="executor1")
        office.reply("executor1")
        (made,) = [one for one in office.card().letters if one.kind == "reply"]
        with reading() as session:
            content = documents.content(session, made.document_id)
    close(app)
    return SimpleNamespace(id=made.id, number=made.number, code=made.check_code, content=content)


def blank():
    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(300, 300)
    writer.write(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def files(site, letter):
    stranger, authority = Authority("Чужой удостоверяющий центр"), Authority("Известный УЦ")
    roots = site.data_dir / "trust" / "roots"
    roots.mkdir(parents=True, exist_ok=True)
    (roots / "known.cer").write_bytes(authority.der)
    old = authority.issue(since=authority.now - 2 * YEAR, until=authority.now - timedelta(days=3))
    return {
        "valid": letter.content,
        "changed": letter.content.replace(b"/Catalog", b"/Katalog"),
        "foreign": inside(blank(), stranger.issue()),
        "expired": inside(blank(), old, at=authority.now),
        "unsigned": blank(),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_anyone_checks_a_letter_by_file_by_number_and_by_its_picture(
    site, letter, files, language, open_browser
):
    citizen = Citizen(site, open_browser(language))
    page, looker = citizen.page, Looker(citizen.page, Words(), language)
    citizen.go("/documents/check")
    citizen.speak(language)

    def look(name):
        # A certificate names people and authorities in the language of their country.
        looker.look(name)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            # A long value beside it must not leave a term one letter wide.
            assert page.evaluate(NARROWEST) > 80, name

    for name, content in files.items():
        citizen.go("/documents/check")
        one = {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": content}
        page.locator("[name=file]").set_input_files(one)
        citizen.send(page.locator("form[method=post][enctype]"))
        expect(page.locator("[role=status]").first).to_contain_text(SAID[language][name])
        look(name)

    citizen.go("/documents/check")
    page.locator("[name=number]").fill(letter.number)
    page.locator("[name=code]").fill(letter.code.lower())
    citizen.send(page.locator("form:has([name=code])"))
    expect(page.locator("[role=status]").first).to_contain_text(SAID[language]["valid"])
    look("by-number")

    sheet = pypdfium2.PdfDocument(letter.content)[0].render(scale=3).to_pil()
    (found,) = {one.text for one in zxingcpp.read_barcodes(sheet)}
    citizen.go(f"/documents/check?{found.partition('?')[2]}")
    expect(page.locator("[role=status]").first).to_contain_text(SAID[language]["valid"])
    citizen.go("/documents/check?number=1&code=2")
    look("not-ours")
    looker.assert_well()


def test_a_plug_in_of_the_browser_signs_a_letter(site, letter, open_browser, tmp_path):
    """The plug-in is the test: it signs by `openssl` what the page hands it, byte for byte."""
    if not shutil.which("openssl"):
        pytest.skip("openssl: apt install openssl")
    holder = Authority("УЦ органа").issue("Вершинин Павел Андреевич")
    (tmp_path / "owner.p12").write_bytes(holder.pkcs12())
    (tmp_path / "owner.pem").write_bytes(holder.certificate.public_bytes(PEM))
    asked = []

    def plugin(content, name):
        asked.append(name)
        if len(asked) == 1:
            raise RuntimeError("Сертификат не выбран")
        (tmp_path / "letter.pdf").write_bytes(base64.b64decode(content))
        run = ("openssl", "pkcs12", "-in", "owner.p12", "-passin", "pass:", "-nodes", "-nocerts")
        key = subprocess.run(run, cwd=tmp_path, capture_output=True, check=True).stdout
        (tmp_path / "owner.key").write_bytes(key)
        run = ("openssl", "cms", "-sign", "-binary", "-in", "letter.pdf", "-signer", "owner.pem")
        run += ("-inkey", "owner.key", "-outform", "PEM", "-md", "sha256")
        return subprocess.run(run, cwd=tmp_path, capture_output=True, check=True).stdout.decode()

    clerk = Clerk(site, open_browser("ru"))
    clerk.page.expose_function("plugin", plugin)
    clerk.sign_in("signatory")
    clerk.go(f"/desk/letters/{letter.id}/signatures")
    clerk.page.locator("[data-sign]").click()
    expect(clerk.page.locator("[data-sign-error]")).to_contain_text("Сертификат не выбран")
    with clerk.page.expect_navigation():
        clerk.page.locator("[data-sign]").click()
    assert (tmp_path / "letter.pdf").read_bytes() == letter.content
    for _time in range(30):
        told = clerk.page.locator("main").inner_text()
        if "После подписания не менялся" in told and "УЦ органа" in told:
            break
        clerk.page.wait_for_timeout(1000)
        clerk.go(f"/desk/letters/{letter.id}/signatures")
    told = clerk.page.locator("main").inner_text()
    assert told.count("После подписания не менялся") >= 1
    assert "УЦ органа" in told
