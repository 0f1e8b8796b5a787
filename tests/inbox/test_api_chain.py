"""Another system from end to end: connected, written to, answered, told of; and its troubles."""

import pytest
from django.db import connections
from django.utils import timezone

from channels_connectors.api import words
from config.asgi import application
from inbox.actions import send_message
from inbox.connections import connect_channel
from inbox.delivery.machine import deliver
from inbox.media import fetching
from inbox.models import Attachment, Conversation, Message
from live.threads import in_thread
from tests.cast import make_channel, make_conversation
from tests.inbox.delivering import Desk
from tests.inbox.sorting import sort
from tests.live.quiet import go_quiet
from tests.livechat.serving import Server, free_port
from tests.sandbox_api import MARIA
from workspaces.storage import absolute


@pytest.fixture
async def tandem(transactional_db, settings, monkeypatch):
    """The web process on a port of its own."""
    # Each request has a thread of its own, which must leave no connection behind.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    server = Server(application, free_port())
    settings.PUBLIC_URL = f"http://127.0.0.1:{server.port}"
    await server.start()
    yield server
    await server.stop()
    await go_quiet()


@pytest.fixture
async def channel(acme, tandem, other_system):
    """A connected channel whose secret the other side was told."""

    def connect():
        with acme.scope():
            credentials = {"callback_url": other_system.callback_url}
            return connect_channel(kind="api", credentials=credentials, by=acme.anna)

    made = await in_thread(connect)
    hook = f"http://127.0.0.1:{tandem.port}/hooks/api/{made.key}/"
    other_system.know(secret=made.revealed["secret"], hook=hook)
    return made


def answer(acme, text):
    with acme.scope():
        conversation = Conversation.objects.get()
        send_message(conversation, text, by=acme.anna)
    deliver(acme.workspace.id, conversation.id)
    with acme.scope():
        return Message.objects.get(direction="outgoing")


async def test_a_message_goes_each_way_and_its_news_come_back(acme, channel, other_system):
    said = await in_thread(other_system.say, "Есть 44?", name="Мария", referral={"ref": "ad_7"})
    assert (said["status"], said["answer"]) == (202, {"accepted": 1})
    # Posted again, it is one message.
    assert (await in_thread(other_system.post, said["item"]))["status"] == 202
    assert await in_thread(sort) == 1
    reply = await in_thread(answer, acme, "Да, есть")
    (shown,) = other_system.answers()
    assert (reply.status, reply.external_id) == ("sent", shown["id"])
    news = {"type": "status", "id": "s1", "message": shown["id"], "status": "delivered"}
    await in_thread(other_system.post, news)
    # By our id it is the same message.
    read = {"type": "status", "id": "s2", "message": str(reply.id), "status": "read"}
    edited = {"type": "edit", "id": "e1", "chat": MARIA, "message": said["item"]["id"]}
    await in_thread(other_system.post, read, {**edited, "text": "Есть 46?", "at": 1795858260})
    assert await in_thread(sort) == 2

    def look():
        with acme.scope():
            conversation = Conversation.objects.select_related("contact").get()
            messages = conversation.messages.order_by("sent_at")
            return conversation.contact.name, [(m.text, m.status) for m in messages]

    assert await in_thread(look) == (
        "Мария",
        [("Есть 46?", "received"), ("Да, есть", "read")],
    )


async def test_a_failure_that_is_told_later_reaches_the_agent(acme, channel, other_system):
    await in_thread(other_system.say, "Есть кто?")
    await in_thread(sort)
    reply = await in_thread(answer, acme, "Да")
    news = {"type": "status", "message": reply.external_id, "status": "failed"}
    await in_thread(other_system.post, {**news, "error": "Номер отключён."})
    await in_thread(sort)

    def look():
        with acme.scope():
            found = Message.objects.get(direction="outgoing")
            return found.status, found.error

    assert await in_thread(look) == ("failed", "Номер отключён.")


async def test_a_file_inside_of_a_message_is_kept(acme, channel, other_system):
    file = {"kind": "file", "name": "note.txt", "data": "SGVsbG8="}
    await in_thread(other_system.say, attachments=[file])
    await in_thread(sort)

    def fetch():
        with acme.scope():
            found = Attachment.objects.get()
        fetching.fetch(acme.workspace.id, found.id)
        with acme.scope():
            found.refresh_from_db()
            return found.status, found.name, absolute(found.path).read_bytes()

    assert await in_thread(fetch) == ("ready", "note.txt", b"Hello")


async def test_strangers_and_wrong_items_leave_nothing(acme, channel, other_system):
    secret = other_system.state()["secret"]
    other_system.know(secret="x" * 32)
    assert (await in_thread(other_system.say, "Чужой"))["status"] == 401
    other_system.know(secret=secret)
    refused = await in_thread(other_system.post, {"type": "message", "id": "1", "chat": "c"})
    assert refused["status"] == 400
    assert "items[0].text" in refused["answer"]["error"]
    assert await in_thread(sort) == 0


@pytest.fixture
def desk(acme, other_system):
    with acme.scope():
        credentials = {"callback_url": other_system.callback_url, "secret": other_system.secret}
        made = make_channel("api", credentials=credentials)
        return Desk(acme, made, make_conversation(made, chat=MARIA), other_system)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("fault", "status", "error_class", "said", "wait"),
    [
        ({"kind": "rate", "retry_after": 9}, "queued", "rate", words.TOO_OFTEN, (8, 9)),
        ({"kind": "rate"}, "queued", "rate", words.TOO_OFTEN, (4, 5)),
        ({"kind": "server"}, "queued", "transient", words.UNAVAILABLE, (0, 2)),
        ({"kind": "timeout_before"}, "queued", "transient", words.MAYBE_SENT, (0, 2)),
        ({"kind": "timeout_after"}, "queued", "transient", words.MAYBE_SENT, (0, 2)),
        ({"kind": "gone"}, "failed", "recipient_gone", words.GONE, None),
        ({"kind": "refused", "words": "Нет."}, "failed", "bad_content", "Нет.", None),
        ({"kind": "auth"}, "queued", "channel_auth", words.SIGNATURE_REFUSED, None),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else None,
)
def test_each_trouble_leaves_its_state_its_wait_and_its_words(
    desk, other_system, fault, status, error_class, said, wait
):
    other_system.fault(**{"seconds": 0.1, **fault})
    message = desk.send()
    desk.deliver()
    stored = desk.fresh(message)
    assert (stored.status, stored.error_class, stored.error) == (status, error_class, str(said))
    if wait is None:
        assert stored.next_attempt_at is None
    else:
        left = (stored.next_attempt_at - timezone.now()).total_seconds()
        assert wait[0] < left <= wait[1] + 0.1
    desk.deliver()
    assert len(other_system.calls("message")) == 1
    assert desk.fresh(desk.channel).can_send == (error_class != "channel_auth")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["server", "timeout_before", "timeout_after"])
def test_what_may_have_arrived_is_sent_again_and_arrives_once(desk, other_system, kind):
    other_system.fault(kind, seconds=0.1)
    message = desk.send()
    desk.deliver()
    desk.make_due()
    desk.deliver()
    assert desk.fresh(message).status == "sent"
    calls = other_system.calls("message")
    assert [call["key"] for call in calls] == [str(message.id)] * 2
    assert other_system.texts() == ["Yes"]
