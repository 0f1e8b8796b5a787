"""Whatever goes wrong, the answer is application/problem+json and never a 500."""

import json
from uuid import uuid4

import pytest
from django.db import OperationalError

from contacts.api import views as contact_views
from tests.api.calls import is_problem

pytestmark = pytest.mark.django_db

RESOURCES = ["/contacts/", "/conversations/", "/channels/", "/members/", "/teams/"]


@pytest.mark.parametrize("path", ["/nothing/", "/", "/contacts/x/", "/contacts/1/", "/messages/"])
def test_an_unknown_address(client, path):
    for method in ("get", "post", "put", "patch", "delete"):
        is_problem(client.send(method, path), 404)


def test_an_address_without_its_slash_is_told_so(client):
    assert "slash" in is_problem(client.send("get", "/contacts"), 404)["detail"]
    assert "slash" in is_problem(client.send("post", "/contacts", {"name": "M"}), 404)["detail"]


@pytest.mark.parametrize("resource", RESOURCES)
def test_an_unknown_id_and_a_bad_one(client, resource):
    is_problem(client.send("get", f"{resource}{uuid4()}/"), 404)
    is_problem(client.send("get", f"{resource}not-a-uuid/"), 404)
    is_problem(client.send("get", f"{resource}%00/"), 404)


def test_a_method_that_is_not_there_names_those_that_are(client):
    answer = client.send("delete", "/contacts/")
    is_problem(answer, 405)
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", ""])
def test_another_content_type(client, kind):
    answer = client.generic("POST", "/api/v1/contacts/", b"name=Maria", content_type=kind)
    is_problem(answer, 415)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"nonsense",
        b'{"name": NaN}',
        b'{"name": 1e999}',
        b'{"name": "\\ud800"}',
        b'{"name": "\xff"}',
        b"[" * 100_000,
        b'{"a":' * 5_000,
    ],
)
def test_what_is_not_json(client, body):
    kind = "application/json"
    answer = client.generic("POST", "/api/v1/contacts/", body, content_type=kind)
    is_problem(answer, 400)


@pytest.mark.parametrize("body", [[], "text", 5, None, True, [{}]])
def test_json_that_is_no_object(client, body):
    answer = client.generic(
        "POST", "/api/v1/contacts/", json.dumps(body), content_type="application/json"
    )
    is_problem(answer, 400)


def test_a_body_that_is_too_large(client):
    body = json.dumps({"name": "x" * (3 * 1024 * 1024)})
    answer = client.generic("POST", "/api/v1/contacts/", body, content_type="application/json")
    is_problem(answer, 413)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=1e3",
        f"limit={'9' * 5000}",
        "cursor=x",
        "cursor=%00",
        "cursor=WzAsMV0",
        "cursor=WzAsIjIwMjYtMDEtMDFUMDA6MDA6MDAiLCJ4Il0",
    ],
)
def test_a_bad_query(client, query):
    for resource in RESOURCES:
        is_problem(client.send("get", f"{resource}?{query}"), 400)


def test_more_than_the_most_is_the_most(client):
    for resource in [*RESOURCES, "/events/"]:
        assert client.send("get", f"{resource}?limit=100000").status_code == 200


def test_without_a_token(nobody, acme):
    for resource in [*RESOURCES, "/events/", "/nothing/"]:
        answer = nobody.get(f"/api/v1{resource}")
        is_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_log_in_does_not_open_the_api(acme, log_in):
    is_problem(log_in(acme.owner).get("/api/v1/contacts/"), 401)


def test_a_database_that_is_away_is_a_503(client, monkeypatch):
    def away(*args):
        raise OperationalError("gone")

    monkeypatch.setattr(contact_views, "contacts_of", away)
    client.raise_request_exception = False
    answer = client.send("get", "/contacts/")
    is_problem(answer, 503)
    assert int(answer.headers["Retry-After"]) > 0


def test_a_database_that_is_away_from_the_start_is_a_503(client, monkeypatch):
    def away(*args):
        raise OperationalError("gone")

    monkeypatch.setattr("workspaces.api.middleware.find_api_token", away)
    is_problem(client.send("get", "/contacts/"), 503)


def test_an_error_of_ours_tells_nothing(client, monkeypatch):
    def broken(*args):
        raise RuntimeError("the password is 12345")

    monkeypatch.setattr(contact_views, "contacts_of", broken)
    client.raise_request_exception = False
    answer = client.send("get", "/contacts/")
    is_problem(answer, 500)
    assert "12345" not in answer.content.decode()


def test_words_come_in_the_callers_language(client):
    answer = client.send("post", "/contacts/", {"email": "bad"}, Accept_Language="ru")
    assert is_problem(answer, 400)["errors"]["email"] == [
        "Введите правильный адрес электронной почты."
    ]
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_answer_is_json_whatever_the_caller_accepts(client):
    for kinds in ("text/html", "image/png", "nonsense"):
        answer = client.send("get", "/members/", Accept=kinds)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/json"


def test_answers_are_kept_by_nobody(client):
    assert client.send("get", "/contacts/").headers["Cache-Control"] == "private, no-store"
    assert client.send("get", "/nothing/").headers["Cache-Control"] == "private, no-store"


def test_a_refused_request_leaves_nothing_behind(client, acme):
    # The labels are made before the name turns out to be too long for the database.
    is_problem(client.send("post", "/contacts/", {"labels": ["a"], "email": "bad"}), 400)
    with acme.scope():
        from contacts.models import Label

        assert not Label.objects.exists()


def test_asking_for_options_is_harmless(client):
    for resource in [*RESOURCES, "/events/", f"/contacts/{uuid4()}/", "/attachments/"]:
        assert client.send("options", resource).status_code == 200
        assert client.send("head", resource).status_code in {200, 404, 405}
