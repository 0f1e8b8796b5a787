"""Editing, deleting and reacting by program; messages that carry more than words."""

import pytest

from channels_connectors.models import MessageTemplate
from inbox.delivery.machine import deliver
from inbox.models import Message
from tests.api.calls import is_problem
from tests.cast import make_channel, make_conversation, make_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(acme, platform):
    platform = platform(buttons=frozenset({"reply"}), templates=True)
    with acme.scope():
        platform.channel = make_channel("platform")
        platform.conversation = make_conversation(platform.channel, chat="7")
    platform.path = f"/conversations/{platform.conversation.id}/messages/"
    platform.deliver = lambda: deliver(acme.workspace.id, platform.conversation.id)
    return platform


@pytest.fixture
def message(client, desk):
    """The address of a message that the platform has."""
    sent = client.send("post", desk.path, {"text": "Ye"}).json()
    desk.deliver()
    return f"/messages/{sent['id']}/"


def test_a_message_is_edited(client, desk, message):
    shown = client.send("patch", message, {"text": "Yes"}).json()
    assert (shown["text"], bool(shown["edited_at"])) == ("Yes", True)
    assert [(c["kind"], c["status"]) for c in shown["changes"]] == [("edit", "queued")]
    desk.deliver()
    assert client.send("get", message).json()["changes"] == []
    assert desk.changes[0][2] == "Yes"


def test_a_message_is_deleted_and_again(client, desk, message):
    for _ in range(2):
        response = client.send("delete", message)
        assert response.status_code == 200
        assert response.json()["deleted_at"]
    desk.deliver()
    assert [change[0] for change in desk.changes] == ["delete"]


def test_a_reaction_is_put_and_taken_back(client, acme, desk):
    with acme.scope():
        theirs = make_message(desk.conversation, external_id="7:5")
    path = f"/messages/{theirs.id}/reaction/"
    shown = client.send("post", path, {"emoji": "👍"}).json()
    assert shown["reactions"] == [{"person": "company", "emojis": "👍"}]
    desk.deliver()
    assert client.send("delete", path).json()["reactions"] == []
    desk.deliver()
    assert [change[-1] for change in desk.changes] == ["👍", ""]


def test_a_refusal_says_why(client, acme, desk, message):
    with acme.scope():
        theirs = make_message(desk.conversation)
    for method, path, body in (
        ("patch", f"/messages/{theirs.id}/", {"text": "No"}),
        ("delete", f"/messages/{theirs.id}/", None),
        ("patch", message, {"text": ""}),
        ("post", f"{message}reaction/", {"emoji": "a b"}),
    ):
        assert is_problem(client.send(method, path, body), 422)["detail"]
    is_problem(client.send("patch", message, {}), 400)
    is_problem(client.send("post", f"{message}reaction/", {"emoji": ""}), 400)


def test_a_program_changes_its_own_only(program, acme, message):
    agent = program(role="agent")
    assert agent.send("patch", message, {"text": "Yes"}).status_code == 200
    with acme.scope():
        Message.objects.update(sender_name="Another program")
    is_problem(agent.send("patch", message, {"text": "No"}), 403)
    is_problem(agent.send("delete", message), 403)


def test_who_reads_only_may_not_change(program, message):
    reader = program(role="quality")
    is_problem(reader.send("patch", message, {"text": "No"}), 403)
    is_problem(reader.send("delete", message), 403)
    is_problem(reader.send("post", f"{message}reaction/", {"emoji": "👍"}), 403)


def test_a_stranger_finds_nothing(stranger, message):
    is_problem(stranger.send("patch", message, {"text": "No"}), 404)
    is_problem(stranger.send("delete", message), 404)
    is_problem(stranger.send("post", f"{message}reaction/", {"emoji": "👍"}), 404)


def test_messages_carry_buttons_places_and_contacts(client, desk):
    bodies = [
        {"text": "Well?", "buttons": [[{"label": "Yes"}]]},
        {"location": {"latitude": 59.9, "longitude": 30.3}},
        {"contact": {"name": "Boris", "phone": "+79213842016"}},
    ]
    kinds = []
    for body in bodies:
        response = client.send("post", desk.path, body)
        assert response.status_code == 201, response.content
        kinds.append(response.json()["kind"])
    assert kinds == ["text", "location", "contact"]
    is_problem(client.send("post", desk.path, {"location": {"latitude": 100}}), 422)


def test_a_template_is_sent_once_however_often_it_is_asked_for(client, acme, desk):
    with acme.scope():
        MessageTemplate.objects.create(
            channel=desk.channel,
            name="hello",
            language="en",
            category="utility",
            status="approved",
            components=[{"type": "BODY", "text": "Dear {{1}}"}],
        )
    body = {"template": {"name": "hello", "language": "en", "body": ["Maria"]}}
    body["client_id"] = "6f1c1f0e-7c1b-4f0a-9a55-0f9f3c1d2b7a"
    codes = [client.send("post", desk.path, body).status_code for _ in range(2)]
    assert codes == [201, 200]
    desk.deliver()
    assert desk.texts == ["Dear Maria"]
