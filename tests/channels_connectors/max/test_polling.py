"""Long poll, against the sandbox."""

import asyncio
import json
import time

import pytest

from channels_connectors.errors import ConnectorError, ParkedPayload
from tests.sandbox_max import MARIA


@pytest.fixture
def polled(make_connector):
    """A connector whose polls return at once."""
    return make_connector(poll_seconds=0)


def poll(connector, cursor=""):
    result = asyncio.run(connector.poll(cursor))
    return [json.loads(raw) for _key, raw in result.envelopes], result.cursor


def test_updates_come_whole_and_once(polled, max_bot):
    max_bot.start("ad_7")
    max_bot.say("Привет")
    result = asyncio.run(polled.poll(""))
    keys = [key for key, _raw in result.envelopes]
    assert [key.partition(":")[0] for key in keys] == ["bot_started", "message_created"]
    message = polled.parse(result.envelopes[1][1])[0]
    assert (message.text, message.sender.name) == ("Привет", "Мария Петрова")
    assert poll(polled, result.cursor) == ([], result.cursor)


def test_what_was_not_confirmed_comes_again(polled, max_bot):
    max_bot.say("раз")
    first, cursor = poll(polled)
    again, _cursor = poll(polled)
    assert first == again
    max_bot.say("два")
    updates, _cursor = poll(polled, cursor)
    assert [update["message"]["body"]["text"] for update in updates] == ["два"]


def test_a_poll_waits_for_news(make_connector, max_bot):
    connector = make_connector(poll_seconds=20)

    async def both():
        asking = asyncio.create_task(connector.poll(""))
        await asyncio.sleep(0.2)
        await asyncio.to_thread(max_bot.say, "Есть кто?")
        return await asking

    began = time.monotonic()
    assert len(asyncio.run(both()).envelopes) == 1
    assert time.monotonic() - began < 10


def test_many_updates_come_in_several_polls(polled, max_bot):
    updates = [{"update_type": "comment_removed", "comment_id": str(n)} for n in range(130)]
    max_bot.control("updates", updates=updates)
    first, cursor = poll(polled)
    second, cursor = poll(polled, cursor)
    assert [len(first), len(second), len(poll(polled, cursor)[0])] == [100, 30, 0]
    assert [update["comment_id"] for update in first + second] == [str(n) for n in range(130)]


def test_only_what_we_can_read_is_asked_for(polled, max_bot):
    max_bot.inject("bot_dreamed", dream="sheep")
    max_bot.say("раз", person=MARIA)
    updates, _cursor = poll(polled)
    assert [update["update_type"] for update in updates] == ["message_created"]


def test_what_cannot_be_understood_does_not_hold_up_the_rest(polled, monkeypatch):
    told = {"updates": [{"dream": "sheep"}, None, {"update_type": "bot_stopped"}], "marker": 4}

    async def call(*arguments, **facts):
        return told

    monkeypatch.setattr("channels_connectors.max.api.Api.call", call)
    result = asyncio.run(polled.poll("1"))
    assert (len({key for key, _raw in result.envelopes}), result.cursor) == (3, "4")
    for _key, raw in result.envelopes:
        with pytest.raises(ParkedPayload):
            polled.parse(raw)


@pytest.mark.parametrize(
    ("fault", "error_class"), [("auth", "channel_auth"), ("rate", "rate"), ("gateway", "transient")]
)
def test_troubles_are_classed(polled, max_bot, fault, error_class):
    max_bot.fault(fault, methods="getUpdates")
    with pytest.raises(ConnectorError) as caught:
        asyncio.run(polled.poll("5"))
    assert caught.value.error_class == error_class
