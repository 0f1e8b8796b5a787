"""Saved views of conversations by the API."""

import pytest

from tests.api.calls import Program, is_problem
from tests.cast import make_channel, make_conversation
from workspaces.actions import create_api_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def maria(acme):
    """A conversation that waits, beside Ivan's, which does not."""
    with acme.scope():
        channel = make_channel()
        make_conversation(channel, name="Ivan")
        return make_conversation(
            channel, name="Maria", waiting_since="2026-01-01T00:00Z", unread_count=1
        )


def test_by_the_api(acme, stranger, maria):
    with acme.scope():
        client = Program(create_api_token(name="views", role="admin", by=acme.anna).secret)
    values = {"name": "Waiting", "parameters": {"view": "unanswered"}, "columns": ["waiting"]}
    made = client.send("post", "/conversation-views/", values).json()
    assert made["member"] == str(acme.anna.pk)
    path = f"/conversation-views/{made['id']}/"
    assert client.rows("/conversation-views/") == [made]
    asked = client.rows(f"/conversations/?saved_view={made['id']}")
    assert [row["id"] for row in asked] == [str(maria.pk)]
    shared = {"sharing": "team", "team": str(acme.sales.pk), "parameters": {"view": "all"}}
    changed = client.send("patch", path, shared).json()
    assert (changed["sharing"], changed["name"]) == ("team", "Waiting")
    assert len(client.rows(f"/conversations/?saved_view={made['id']}&unread=true")) == 1
    for body in ({"name": " "}, {"parameters": {"filter": "{"}}, {"sharing": "team", "team": None}):
        is_problem(client.send("patch", path, body), 422 if "name" not in body else 400)
    is_problem(client.send("get", "/conversations/?saved_view=" + made["id"][::-1]), 400)
    for method in ("get", "patch", "delete"):
        is_problem(stranger.send(method, path, {} if method == "patch" else None), 404)
    is_problem(stranger.send("post", "/conversation-views/", values), 403)
    assert client.send("delete", path).status_code == 204
    is_problem(client.send("get", path), 404)
