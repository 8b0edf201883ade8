"""What a person chose for the look of the pages, and how the texts of app/static travel."""

import gzip
import re

import pytest

from app import appearance


@pytest.fixture
def app(make_app):
    return make_app()


def html_tag(client, path="/"):
    return re.search(r"<html[^>]*>", client.get(path).text)[0]


def media(client, sheet):
    return re.search(rf'css/{sheet}\.css" media="([^"]*)"', client.get("/").text)[1]


def test_pages_follow_the_device_until_a_person_chooses(client):
    assert "data-size" not in html_tag(client)
    assert media(client, "dark") == "screen and (prefers-color-scheme: dark)"
    assert media(client, "contrast") == "(prefers-contrast: more)"


def test_a_choice_is_kept_in_a_cookie_and_leads_back(client):
    back = "/answers?q=двор"
    asked = {"size": "150", "colours": "white-on-black", "spacing": "wide", "next": back}
    answer = client.get("/appearance", query_string=asked)
    assert answer.status_code == 303
    assert answer.location.startswith("/answers?q=")
    kept = client.get_cookie(appearance.COOKIE)
    assert kept.value == "150.white-on-black.wide"
    assert kept.http_only
    assert 'data-size="150" data-spacing="wide"' in html_tag(client, "/sign-in")
    assert (media(client, "dark"), media(client, "contrast")) == ("screen", "all")
    page = client.get("/").text
    assert re.search(r'value="white-on-black" checked', page)
    assert re.search(r'value="150" checked', page)


def test_light_colours_hold_against_a_dark_device(client):
    client.get("/appearance?colours=light")
    assert (media(client, "dark"), media(client, "contrast")) == ("not all", "not all")
    client.get("/appearance?colours=black-on-white")
    assert (media(client, "dark"), media(client, "contrast")) == ("not all", "all")


@pytest.mark.parametrize("told", ["", "900.dark", '150"><script>.dark.wide', "....", "125.mauve"])
def test_a_cookie_of_another_make_changes_nothing_it_does_not_name(client, told):
    client.set_cookie(appearance.COOKIE, told)
    page = client.get("/").text
    assert "<script>." not in page
    assert ('data-size="125"' in page) == told.startswith("125")
    assert media(client, "dark") in {"screen", "screen and (prefers-color-scheme: dark)"}


def test_one_is_not_led_elsewhere(client):
    answer = client.get("/appearance?size=125&next=https://elsewhere.example/")
    assert answer.location == "/"


def fetch(client, path, **headers):
    with client.get(
        path, headers={name.replace("_", "-"): one for name, one in headers.items()}
    ) as answer:
        answer.get_data()
        return answer


def test_sheets_and_scripts_go_out_gzipped(client):
    sheet = "/static/css/components.css"
    plain = fetch(client, sheet)
    assert plain.content_encoding is None
    assert "Accept-Encoding" in plain.vary
    squeezed = fetch(client, sheet, Accept_Encoding="gzip")
    assert squeezed.content_encoding == "gzip"
    assert gzip.decompress(squeezed.data) == plain.data
    assert len(squeezed.data) < len(plain.data) / 3
    again = fetch(client, sheet, Accept_Encoding="gzip", If_None_Match=squeezed.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert (
        fetch(client, "/static/img/chevron.svg", Accept_Encoding="gzip").content_encoding == "gzip"
    )


def test_only_a_visitors_first_page_is_gzipped(client):
    first = fetch(client, "/appeals/new", Accept_Encoding="gzip")
    assert first.content_encoding == "gzip"
    assert {"cookie", "accept-encoding"} <= {one.lower() for one in first.vary}
    assert len(first.data) < 10_000
    assert "<h1" in gzip.decompress(first.data).decode()
    # Now it holds a token of the visitor's beside words a stranger can put into its address.
    assert client.get_cookie("priyomnaya")
    assert fetch(client, "/answers?q=x", Accept_Encoding="gzip").content_encoding is None
    client.delete_cookie("priyomnaya")
    signed_in = {"Accept_Encoding": "gzip", "Authorization": "Bearer x"}
    assert fetch(client, "/answers?q=x", **signed_in).content_encoding is None
    assert fetch(client, "/answers?q=x").content_encoding is None
