"""A VK community from end to end: connected, written to, answered, read, left again."""

import pytest
from django.db import connections

from config.asgi import application
from contacts.models import ContactIdentity
from events import types
from events.models import Event
from inbox.actions import send_message
from inbox.connections import connect_channel, disconnect_channel
from inbox.delivery import gestures
from inbox.delivery.machine import deliver
from inbox.media import profiles
from inbox.models import Conversation, Message
from live.threads import in_thread
from tests.inbox.sorting import sort
from tests.live.conftest import eventually
from tests.live.quiet import go_quiet
from tests.livechat.serving import Server, free_port
from tests.sandbox_vk import MARIA


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
async def channel(acme, tandem, vk_community):
    """A connected community whose address VK has confirmed."""
    vk_community.control("settings", retry_base=0.05, retry_cap=0.2)

    def connect():
        with acme.scope():
            credentials = {"token": vk_community.token, "group_id": f"club{vk_community.id}"}
            made = connect_channel(kind="vk", credentials=credentials, by=acme.anna)
        gestures.finish_connecting(acme.workspace.id, made.id)
        return made

    made = await in_thread(connect)
    await eventually(lambda: vk_community.state()["servers"][0]["status"] == "ok")
    return made


async def arrived(vk_community, events):
    """All events of VK were taken and sorted."""
    server = lambda: vk_community.state()["servers"][0]  # noqa: E731
    await eventually(lambda: server()["pending"] == 0)
    assert await in_thread(sort) == events


def exchange(acme, question, answer):
    """Anna answers; returns what the customer asked and her reply, as they are kept."""
    with acme.scope():
        conversation = Conversation.objects.get()
        asked = Message.objects.get(direction="incoming")
        assert asked.text == question
        send_message(conversation, answer, by=acme.anna, reply_to=asked)
    deliver(acme.workspace.id, conversation.id)
    with acme.scope():
        return asked, Message.objects.get(direction="outgoing")


async def test_a_message_goes_each_way_and_is_read(acme, channel, vk_community):
    assert (channel.status, channel.transport) == ("active", "webhook")
    assert channel.external_id == str(vk_community.id)
    await in_thread(vk_community.say, "Сколько стоит?", ref="ad_7", ref_source="vk_ads")
    await arrived(vk_community, 1)
    asked, reply = await in_thread(exchange, acme, "Сколько стоит?", "1 290 ₽")
    assert asked.external_id == f"{MARIA}:1"
    assert asked.referral == {"ref": "ad_7", "ref_source": "vk_ads"}
    assert (reply.status, reply.external_id) == ("sent", f"{MARIA}:2")
    assert vk_community.texts() == ["1 290 ₽"]
    assert vk_community.answers()[0]["reply_message"]["text"] == "Сколько стоит?"

    # VK reports our own message as news; it must not become a second one.
    await arrived(vk_community, 1)
    vk_community.control("reads", person=MARIA)
    vk_community.control("reactions", person=MARIA, message_id=2, reaction_id=1)
    vk_community.control("answers", person=MARIA, text="Ещё из VK")
    await arrived(vk_community, 3)

    def look():
        with acme.scope():
            sent = Message.objects.filter(direction="outgoing").order_by("platform_order")
            told = Event.objects.filter(action=types.MESSAGE_READ).count()
            reactions = [r.emojis for m in sent for r in m.reactions.all()]
            return [(m.text, m.status) for m in sent], told, reactions

    assert await in_thread(look) == ([("1 290 ₽", "read"), ("Ещё из VK", "sent")], 1, ["❤"])


async def test_the_profile_tells_the_name_that_events_lack(acme, channel, vk_community):
    await in_thread(vk_community.say, "Здравствуйте")
    await arrived(vk_community, 1)

    def names():
        with acme.scope():
            identity = ContactIdentity.objects.select_related("contact").get()
        before = identity.contact.name
        profiles.fetch(acme.workspace.id, identity.id)
        with acme.scope():
            return before, ContactIdentity.objects.select_related("contact").get().contact.name

    assert await in_thread(names) == ("", "Мария Петрова")


async def test_a_lost_answer_is_sent_again_and_arrives_once(acme, channel, vk_community):
    await in_thread(vk_community.say, "Есть кто?")
    await arrived(vk_community, 1)
    vk_community.fault("timeout_after", seconds=0.1)
    _asked, reply = await in_thread(exchange, acme, "Есть кто?", "Да!")
    assert reply.status == "queued"

    def again():
        with acme.scope():
            Message.objects.filter(pk=reply.pk).update(next_attempt_at=None)
        deliver(acme.workspace.id, reply.conversation_id)
        with acme.scope():
            return Message.objects.get(direction="outgoing")

    sent = await in_thread(again)
    assert (sent.status, sent.external_id) == ("sent", f"{MARIA}:2")
    assert vk_community.texts() == ["Да!"]


async def test_who_forbids_messages_is_not_written_to(acme, channel, vk_community):
    await in_thread(vk_community.say, "Хватит")
    vk_community.control("permissions", person=MARIA, allowed=False)
    await arrived(vk_community, 2)

    def look():
        with acme.scope():
            return Conversation.objects.select_related("identity").get().identity

    identity = await in_thread(look)
    assert (identity.is_reachable, identity.unreachable_reason) == (False, "denied")


async def test_leaving_removes_the_callback_server(acme, channel, vk_community):
    def leave():
        with acme.scope():
            disconnect_channel(channel, by=acme.anna)

    await in_thread(leave)
    assert vk_community.state()["servers"] == []
