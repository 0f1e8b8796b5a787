from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from channels_connectors.errors import ConnectorError
from inbox.delivery.machine import deliver
from inbox.models import Attachment, Message, Reaction
from tests.api.calls import is_problem
from tests.cast import make_channel, make_conversation, make_message
from workspaces.models import Role

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SHAPE = {
    *("id", "conversation", "direction", "kind", "text", "external_id", "status", "error"),
    *("reply_to", "attachments", "author", "sent_at", "created_at", "edited_at", "deleted_at"),
    "referral",
}


@pytest.fixture
def desk(acme, platform):
    """A conversation on a platform that lives in this process."""
    platform = platform()
    with acme.scope():
        platform.conversation = make_conversation(make_channel("platform"), chat="7")
    platform.path = f"/conversations/{platform.conversation.id}/messages/"
    platform.deliver = lambda: deliver(acme.workspace.id, platform.conversation.id)
    return platform


def test_an_incoming_message_has_the_shape_of_the_contract(client, acme, desk):
    with acme.scope():
        message = make_message(
            desk.conversation,
            "A sofa?",
            kind="image",
            external_id="7:15",
            sender_name="Maria Petrova",
            sent_at=NOON,
            edited_at=NOON + timedelta(minutes=1),
            referral={"ref": "autumn"},
        )
        for position, status in ((1, "ready"), (0, "pending")):
            Attachment.objects.create(
                message=message,
                kind="image",
                name=f"{position}.jpg",
                mime="image/jpeg",
                size=5,
                position=position,
                status=status,
            )
        Reaction.objects.create(message=message, person="15", emojis="👍", at=NOON)
    shown = client.send("get", f"/messages/{message.id}/").json()
    assert set(shown) >= SHAPE
    created, attachments = shown.pop("created_at"), shown.pop("attachments")
    assert created.endswith("Z")
    assert shown == {
        "id": str(message.id),
        "conversation": str(desk.conversation.id),
        "direction": "incoming",
        "kind": "image",
        "text": "A sofa?",
        "entities": [],
        "external_id": "7:15",
        "client_id": None,
        "status": "received",
        "error": None,
        "error_class": None,
        "reply_to": None,
        "author": {
            "type": "contact",
            "id": str(desk.conversation.contact_id),
            "name": "Maria Petrova",
        },
        "sent_at": "2026-11-23T12:00:00Z",
        "edited_at": "2026-11-23T12:01:00Z",
        "deleted_at": None,
        "referral": {"ref": "autumn"},
        "payload": {},
        "reactions": [{"person": "15", "emojis": "👍"}],
        "changes": [],
        "price": None,
    }
    assert [found["name"] for found in attachments] == ["0.jpg", "1.jpg"]
    assert {name for found in attachments for name in found} == {
        *("id", "kind", "name", "size", "mime", "url", "status")
    }
    assert [bool(found["url"]) for found in attachments] == [False, True]
    assert client.rows(desk.path) == [{**shown, "created_at": created, "attachments": attachments}]


def test_messages_come_in_the_platforms_order(client, acme, desk):
    with acme.scope():
        late = make_message(desk.conversation, sent_at=NOON + timedelta(seconds=9))
        second = make_message(desk.conversation, sent_at=NOON, platform_order=2)
        first = make_message(desk.conversation, sent_at=NOON, platform_order=1)
    wanted = [str(message.id) for message in (first, second, late)]
    assert [row["id"] for row in client.rows(f"{desk.path}?limit=1")] == wanted


def test_a_message_is_sent_and_told_of(client, acme, desk):
    with acme.scope():
        question = make_message(desk.conversation, "Price?", external_id="7:1")
    answer = client.send("post", desk.path, {"text": "100 ₽", "reply_to": str(question.id)})
    assert answer.status_code == 201
    message = answer.json()
    assert set(message) >= SHAPE
    assert (message["direction"], message["kind"], message["text"]) == ("outgoing", "text", "100 ₽")
    assert (message["status"], message["external_id"]) == ("queued", None)
    assert message["reply_to"] == str(question.id)
    assert message["author"] == {"type": "other", "id": None, "name": "test"}
    desk.deliver()
    sent = client.send("get", f"/messages/{message['id']}/").json()
    assert sent["status"] == "sent"
    assert sent["external_id"].startswith("7:")
    assert desk.texts == ["100 ₽"]
    assert desk.sent[0].reply_to == "7:1"


def test_the_same_client_id_is_the_same_message(client, acme, desk):
    body = {"text": "Hello", "client_id": str(uuid4())}
    first, again = (client.send("post", desk.path, body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["client_id"] == body["client_id"]
    changed = client.send("post", desk.path, {**body, "text": "Other"})
    assert changed.json()["text"] == "Hello"
    assert len(client.rows(desk.path)) == 1


def test_a_client_id_of_another_conversation_is_refused(client, acme, desk):
    body = {"text": "Hello", "client_id": str(uuid4())}
    client.send("post", desk.path, body)
    with acme.scope():
        other = make_conversation(desk.conversation.channel)
    is_problem(client.send("post", f"/conversations/{other.id}/messages/", body), 422)


def test_a_note_stays_inside(client, desk):
    note = client.send("post", desk.path, {"text": "He is nice", "internal": True}).json()
    assert (note["direction"], note["status"]) == ("internal", "sent")
    desk.deliver()
    assert desk.sent == []


@pytest.mark.parametrize(
    "body",
    [
        {"text": {"a": 1}},
        {"text": ["a"]},
        {"text": "a\0b"},
        {"text": "x" * 20_001},
        {"text": "a", "client_id": "1"},
        {"text": "a", "client_id": 10**30},
        {"text": "a", "reply_to": "7:1"},
        {"text": "a", "attachments": "x"},
        {"text": "a", "attachments": [None]},
        {"text": "a", "attachments": [str(uuid4())] * 11},
        {"text": "a", "internal": "perhaps"},
        {"text": "a", "internal": None},
    ],
)
def test_a_body_of_the_wrong_form_is_a_400(client, desk, body):
    problem = is_problem(client.send("post", desk.path, body), 400)
    assert set(problem["errors"]) <= set(body)
    assert client.rows(desk.path) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": None},
        {"text": "  \n "},
        {"text": "x" * 1001},
        {"text": "a", "reply_to": str(uuid4())},
        {"text": "a", "attachments": [str(uuid4())]},
    ],
)
def test_what_cannot_be_sent_is_a_422_with_the_reason(client, desk, body):
    assert is_problem(client.send("post", desk.path, body), 422)["detail"]
    assert client.rows(desk.path) == []


def test_a_disconnected_channel_takes_no_message(client, acme, desk):
    with acme.scope():
        desk.conversation.channel.change_status("disconnected")
    answer = client.send("post", desk.path, {"text": "Hello"}, Accept_Language="ru")
    assert "отключ" in is_problem(answer, 422)["detail"].lower()


def test_a_failed_message_says_why_and_goes_again(client, acme, desk):
    desk.answers.append(ConnectorError("bad_content", "The platform refused this."))
    message = client.send("post", desk.path, {"text": "Hello"}).json()
    desk.deliver()
    path = f"/messages/{message['id']}/"
    failed = client.send("get", path).json()
    assert failed["status"] == "failed"
    assert (failed["error"], failed["error_class"]) == ("The platform refused this.", "bad_content")
    for _ in range(2):
        queued = client.send("post", f"{path}retry/")
        assert queued.status_code == 200
        assert (queued.json()["status"], queued.json()["error"]) == ("queued", None)
    desk.deliver()
    assert client.send("get", path).json()["status"] == "sent"
    assert client.send("post", f"{path}retry/").json()["status"] == "sent"
    assert desk.texts == ["Hello"]


def test_a_strangers_message_is_not_there(client, stranger, desk):
    message = client.send("post", desk.path, {"text": "Hello"}).json()
    is_problem(stranger.send("get", f"/messages/{message['id']}/"), 404)
    is_problem(stranger.send("post", f"/messages/{message['id']}/retry/"), 404)
    is_problem(stranger.send("get", desk.path), 404)
    is_problem(stranger.send("post", desk.path, {"text": "Hi"}), 404)
    is_problem(stranger.send("post", desk.path, {"text": {}}), 404)


def test_a_message_of_another_conversation_cannot_be_answered(client, acme, desk):
    with acme.scope():
        other = make_message(make_conversation(desk.conversation.channel))
    is_problem(client.send("post", desk.path, {"text": "Hi", "reply_to": str(other.id)}), 422)


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [(Role.AGENT, 200, 201), (Role.QUALITY, 200, 403), (Role.ANALYST, 403, 403)],
)
def test_the_role_decides(program, desk, role, reads, writes):
    theirs = program(role=role)
    assert theirs.send("get", desk.path).status_code == reads
    assert theirs.send("post", desk.path, {"text": "Hi"}).status_code == writes


def test_a_scope_for_reading_does_not_write(program, desk):
    theirs = program(scopes=["inbox.read"])
    assert theirs.send("get", desk.path).status_code == 200
    is_problem(theirs.send("post", desk.path, {"text": "Hi"}), 403)


def test_a_thread_costs_the_same_however_long_it_is(
    client, acme, desk, django_assert_max_num_queries
):
    with acme.scope():
        for number in range(30):
            author = {"direction": "outgoing", "author": acme.boris} if number % 2 else {}
            message = make_message(desk.conversation, **author)
            Attachment.objects.create(message=message, kind="file", status="ready")
    client.send("get", "/members/")
    with django_assert_max_num_queries(14):
        assert len(client.get(f"/api/v1{desk.path}").json()["results"]) == 30
    with acme.scope():
        assert Message.objects.count() == 30


def test_a_letter_has_a_subject_and_copies(acme, client):
    with acme.scope():
        letters = make_conversation(make_channel("email"), chat="maria@example.com")
        before = {"subject": "Sofa", "cc": [{"name": "", "address": "boss@example.net"}]}
        make_message(letters, "Price?", external_id="<a@b>", payload=before)
    path = f"/conversations/{letters.id}/messages/"
    follows = client.send("post", path, {"text": "49 900"}).json()["payload"]
    assert follows == {"subject": "Re: Sofa", "cc": ["boss@example.net"], "references": ["<a@b>"]}
    chosen = {"text": "49 900", "subject": "Offer", "cc": ["anna@example.com"]}
    assert client.send("post", path, chosen).json()["payload"]["cc"] == ["anna@example.com"]
    assert client.send("post", path, {"text": "x", "cc": []}).json()["payload"]["cc"] == []
    assert client.send("post", path, {"text": "x", "cc": ["nobody"]}).status_code == 400


def test_a_chat_has_no_subject(acme, client):
    with acme.scope():
        chat = make_conversation(make_channel("telegram"))
    answer = client.send(
        "post", f"/conversations/{chat.id}/messages/", {"text": "x", "subject": "Offer"}
    )
    assert answer.status_code == 422
