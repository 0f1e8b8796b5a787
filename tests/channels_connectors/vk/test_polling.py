"""Bots Long Poll, against the sandbox."""

import asyncio
import json
import time

import pytest

from channels_connectors.errors import ConnectorError
from tests.sandbox_vk import MARIA


@pytest.fixture
def polled(make_connector):
    """A connector whose polls return at once, with long poll set up."""
    connector = make_connector(poll_seconds=0)
    asyncio.run(connector.connect(None))
    return connector


def poll(connector, cursor=""):
    result = asyncio.run(connector.poll(cursor))
    return [json.loads(raw) for _key, raw in result.envelopes], result.cursor


def test_events_come_whole_and_once(polled, vk_community):
    _none, cursor = poll(polled)
    vk_community.say("Привет", ref="ad_7")
    result = asyncio.run(polled.poll(cursor))
    ((key, raw),) = result.envelopes
    event = json.loads(raw)
    assert (key, event["type"]) == (event["event_id"], "message_new")
    (message,) = polled.parse(raw)
    assert (message.text, message.referral) == ("Привет", {"ref": "ad_7"})
    assert poll(polled, result.cursor) == ([], result.cursor)


def test_a_poll_waits_for_news(make_connector, polled, vk_community):
    connector = make_connector(poll_seconds=20)
    _none, cursor = poll(polled)

    async def both():
        asking = asyncio.create_task(connector.poll(cursor))
        await asyncio.sleep(0.2)
        await asyncio.to_thread(vk_community.say, "Есть кто?")
        return await asking

    began = time.monotonic()
    assert len(asyncio.run(both()).envelopes) == 1
    assert time.monotonic() - began < 10


def test_an_expired_key_is_replaced_without_a_loss(polled, vk_community):
    _none, cursor = poll(polled)
    vk_community.say("раз")
    vk_community.control("longpoll", new_key=True)
    events, cursor = poll(polled, cursor)
    assert events == []
    events, _cursor = poll(polled, cursor)
    assert [event["object"]["message"]["text"] for event in events] == ["раз"]


@pytest.mark.parametrize("trouble", ["forget", "restart"])
def test_forgotten_events_are_read_from_the_conversations(polled, vk_community, trouble):
    vk_community.say("до")
    _none, cursor = poll(polled)
    vk_community.say("раз")
    vk_community.control("answers", person=MARIA, text="два")
    vk_community.control("longpoll", **{trouble: True})
    events, cursor = poll(polled, cursor)
    found = [item for event in events for item in polled.parse(json.dumps(event).encode())]
    assert {(item.text, item.direction) for item in found} == {
        ("до", "incoming"),
        ("раз", "incoming"),
        ("два", "outgoing"),
    }
    assert len({item.external_id for item in found}) == 3
    vk_community.say("три")
    events, _cursor = poll(polled, cursor)
    assert [event["object"]["message"]["text"] for event in events] == ["три"]


def test_many_conversations_are_read_back_by_few_calls(polled, vk_community):
    _none, cursor = poll(polled)
    people = range(MARIA, MARIA + 30)
    for person in people:
        vk_community.say("раз", person=person)
    vk_community.fault("error", code=917, methods="messages.getHistory", peer_id=str(MARIA))
    vk_community.control("longpoll", forget=True)
    events, _cursor = poll(polled, cursor)
    # One of them is closed to us by now; the others are all there.
    assert {event["object"]["message"]["peer_id"] for event in events} == set(people[1:])
    assert len(vk_community.journal("execute")) == 2
    assert len(vk_community.journal("messages.getHistory", kind="call")) == 0


def test_a_cursor_without_a_server_asks_for_one(polled, vk_community):
    _none, cursor = poll(polled)
    vk_community.say("раз")
    events, _cursor = poll(polled, cursor.partition(" ")[0])
    assert len(events) == 1


def test_only_what_we_want_is_kept(polled, vk_community):
    _none, cursor = poll(polled)
    vk_community.inject("like_add", liker_id=MARIA, object_type="post", object_id=1)
    vk_community.control("typing", person=MARIA)
    assert [event["type"] for event in poll(polled, cursor)[0]] == ["message_typing_state"]


def test_long_poll_that_was_switched_off_is_switched_on(make_connector, vk_community):
    _none, cursor = poll(make_connector(poll_seconds=0))
    vk_community.say("Привет")
    events, _cursor = poll(make_connector(poll_seconds=0), cursor)
    assert len(events) == 1


def test_a_refused_key_breaks_the_channel(make_connector):
    with pytest.raises(ConnectorError) as caught:
        asyncio.run(make_connector({"token": "vk1.a.revokedrevokedrevoked"}).poll(""))
    assert caught.value.error_class == "channel_auth"
