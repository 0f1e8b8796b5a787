"""A MAX bot from end to end: connected, started, written to, answered, pressed, stopped, left."""

import pytest
from django.db import connections

from config.asgi import application
from inbox.actions import send_message
from inbox.connections import connect_channel, disconnect_channel
from inbox.delivery import gestures
from inbox.delivery.machine import deliver
from inbox.models import Conversation, Message
from live.threads import in_thread
from tests.inbox.sorting import sort
from tests.live.conftest import eventually
from tests.live.quiet import go_quiet
from tests.livechat.serving import Server, free_port
from tests.sandbox_max import MARIA


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
async def channel(acme, tandem, max_bot):
    """A connected bot."""
    max_bot.control("settings", retry_base=0.05, retry_cap=0.2)

    def connect():
        with acme.scope():
            return connect_channel(kind="max", credentials={"token": max_bot.token}, by=acme.anna)

    return await in_thread(connect)


async def arrived(max_bot, envelopes):
    """All updates of MAX were taken and sorted."""
    pending = lambda: max_bot.state()["subscriptions"][0]["pending"]  # noqa: E731
    await eventually(lambda: pending() == 0)
    assert await in_thread(sort) == envelopes


def answer(acme, text):
    """Anna answers the customer's last message; returns both as they are kept."""
    with acme.scope():
        conversation = Conversation.objects.get()
        asked = Message.objects.filter(direction="incoming").latest("sent_at")
        send_message(conversation, text, by=acme.anna, reply_to=asked)
    deliver(acme.workspace.id, conversation.id)
    with acme.scope():
        return asked, Message.objects.get(direction="outgoing")


def messages(acme):
    with acme.scope():
        found = Message.objects.order_by("sent_at", "platform_order")
        return [(one.direction, one.kind, one.text) for one in found]


async def test_a_message_goes_each_way(acme, channel, max_bot):
    assert (channel.status, channel.transport) == ("active", "webhook")
    assert (channel.external_id, channel.settings["bot_id"]) == (str(max_bot.id),) * 2
    await in_thread(max_bot.start, "ad_7")
    said = await in_thread(max_bot.say, "Сколько стоит?")
    await arrived(max_bot, 2)
    asked, reply = await in_thread(answer, acme, "1 290 ₽")
    assert (asked.text, asked.external_id) == ("Сколько стоит?", said["body"]["mid"])
    (shown,) = max_bot.answers()
    assert (reply.status, reply.external_id) == ("sent", shown["body"]["mid"])
    assert shown["link"]["message"]["text"] == "Сколько стоит?"

    def look():
        with acme.scope():
            started = Message.objects.get(text="/start ad_7")
            conversation = Conversation.objects.select_related("identity", "contact").get()
            return started.referral, conversation.contact.name, conversation.identity.external_id

    assert await in_thread(look) == ({"start": "ad_7"}, "Мария Петрова", str(max_bot.chat()))


async def test_our_own_words_that_come_back_are_no_second_message(acme, channel, max_bot):
    max_bot.control("settings", echoes=True)
    await in_thread(max_bot.say, "Есть кто?")
    await arrived(max_bot, 1)
    await in_thread(answer, acme, "Да!")
    await arrived(max_bot, 1)
    max_bot.call("POST", "messages", {"text": "Из другой программы"}, chat_id=max_bot.chat())
    await arrived(max_bot, 1)
    assert await in_thread(messages, acme) == [
        ("incoming", "text", "Есть кто?"),
        ("outgoing", "text", "Да!"),
        ("outgoing", "text", "Из другой программы"),
    ]


async def test_updates_that_come_twice_and_shuffled_make_one_thread(acme, channel, max_bot):
    max_bot.control("faults", deliver_twice=True, shuffle=True)
    for number in range(8):
        await in_thread(max_bot.say, str(number))
    await arrived(max_bot, 8)
    found = await in_thread(messages, acme)
    assert found == [("incoming", "text", str(number)) for number in range(8)]


async def test_edits_deletions_and_pressed_buttons_find_their_message(acme, channel, max_bot):
    said = await in_thread(max_bot.say, "Размер 44")
    gone = await in_thread(max_bot.say, "Ой")
    max_bot.control("edits", person=MARIA, mid=said["body"]["mid"], text="Размер 46")
    max_bot.control("removals", person=MARIA, mid=gone["body"]["mid"])
    rows = [[{"type": "callback", "text": "Беру", "payload": "buy:1"}]]
    keyboard = {"type": "inline_keyboard", "payload": {"buttons": rows}}
    body = {"text": "Берёте?", "attachments": [keyboard]}
    sent = max_bot.call("POST", "messages", body, chat_id=max_bot.chat()).json()["message"]
    name = max_bot.control("presses", person=MARIA, mid=sent["body"]["mid"], payload="buy:1")
    await arrived(max_bot, 5)

    def look():
        with acme.scope():
            edited = Message.objects.get(external_id=said["body"]["mid"])
            deleted = Message.objects.get(external_id=gone["body"]["mid"])
            pressed = Message.objects.get(payload__button="buy:1")
        gestures.acknowledge(acme.workspace.id, channel.id, {"callback_id": name})
        return edited.text, deleted.deleted_at is not None, pressed.text

    assert await in_thread(look) == ("Размер 46", True, "Беру")
    assert max_bot.state()["presses"][name] is not None


async def test_who_stops_the_bot_is_out_of_reach_until_they_start_it(acme, channel, max_bot):
    await in_thread(max_bot.say, "Хватит")
    max_bot.control("stops", person=MARIA)
    await arrived(max_bot, 2)

    def look():
        with acme.scope():
            identity = Conversation.objects.select_related("identity").get().identity
            return identity.is_reachable, identity.unreachable_reason

    assert await in_thread(look) == (False, "stopped")
    await in_thread(max_bot.start)
    await arrived(max_bot, 1)
    assert (await in_thread(look))[0] is True


async def test_leaving_takes_the_subscription_back(acme, channel, max_bot):
    def leave():
        with acme.scope():
            disconnect_channel(channel, by=acme.anna)

    assert len(max_bot.state()["subscriptions"]) == 1
    await in_thread(leave)
    assert max_bot.state()["subscriptions"] == []
