"""Answers that belong to no app: errors, the manifest, forms with errors, the policy."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import OperationalError
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.test import Client, RequestFactory

from core.http import accepts_stream, see_other
from core.middleware import InvalidFormsAnswer422
from core.views import csrf_failure, server_error

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"), [("en", "Nothing here"), ("ru", "Здесь ничего нет")]
)
def test_a_page_that_is_not_there_says_so_in_the_readers_language(client, language, words):
    response = client.get("/nothing/", headers={"Accept-Language": language})
    assert response.status_code == 404
    assert words in response.content.decode()


def test_a_failure_is_a_page_that_needs_no_database():
    try:
        raise KeyError("x")
    except KeyError:
        response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()


def test_a_database_that_is_down_is_503_and_asks_to_come_back():
    try:
        raise OperationalError("down")
    except OperationalError:
        response = server_error(RequestFactory().get("/"))
    assert response.status_code == 503
    assert response["Retry-After"]
    assert "Back in a moment" in response.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_key_is_a_friendly_403():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {})
    assert response.status_code == 403
    assert "out of date" in response.content.decode()
    assert csrf_failure(RequestFactory().get("/")).status_code == 403


def test_the_app_can_be_installed(client):
    response = client.get("/manifest.webmanifest")
    manifest = json.loads(response.content)
    assert response["Content-Type"] == "application/manifest+json"
    assert {"name", "start_url", "display", "icons"} <= manifest.keys()
    for picture in manifest["icons"]:
        assert finders.find(picture["src"].removeprefix("/static/"))


def test_success_is_303():
    response = see_other("/x/")
    assert (response.status_code, response["Location"]) == (303, "/x/")


def test_streams_are_sent_to_whom_takes_them():
    turbo = RequestFactory().post("/", headers={"Accept": "text/vnd.turbo-stream.html, text/html"})
    assert accepts_stream(turbo)
    assert not accepts_stream(RequestFactory().post("/"))


class BoundForm:
    is_bound = True

    def __init__(self, errors):
        self.errors = errors


@pytest.mark.parametrize(
    ("method", "errors", "status"),
    [("post", {"name": "x"}, 422), ("post", {}, 200), ("get", {"name": "x"}, 200)],
)
def test_a_third_party_form_with_errors_answers_422(method, errors, status):
    request = getattr(RequestFactory(), method)("/")
    response = TemplateResponse(request, "404.html", {"form": BoundForm(errors)})
    middleware = InvalidFormsAnswer422(lambda _: HttpResponse())
    assert middleware.process_template_response(request, response).status_code == status


@pytest.mark.django_db
def test_the_policy_allows_no_inline_script_or_style(client):
    response = client.get("/accounts/login/")
    policy = dict(
        part.strip().split(" ", 1)
        for part in response["Content-Security-Policy"].split(";")
        if " " in part.strip()
    )
    for directive in ("script-src", "style-src"):
        assert "unsafe" not in policy[directive]
        assert "'nonce-" in policy[directive]
    assert policy["frame-ancestors"] == "'none'"


def test_no_template_carries_a_style_or_an_event_handler():
    """Letters and pages alike; the policy would ignore them."""
    forbidden = re.compile(
        r"""\s(style|on[a-z]+)\s*=\s*["']|javascript:|<(style|script)(?![^>]*(nonce|src)=)"""
    )
    # A whole letter is a document of its own, with a policy of its own that knows no script.
    found = {
        str(path.relative_to(TEMPLATES)): match[0]
        for path in TEMPLATES.rglob("*.html")
        if path != TEMPLATES / "inbox" / "letter.html"
        and (match := forbidden.search(path.read_text()))
    }
    assert found == {}


def test_no_script_writes_html():
    root = Path(finders.find("js/application.js")).parent
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(")
    found = [path.name for path in root.rglob("*.js") if forbidden.search(path.read_text())]
    assert found == []
