"""Nothing lost, nothing doubled, everything in order, whatever dies meanwhile."""

import asyncio
import random
import threading
from datetime import timedelta

import pytest
import redis
from django.db.models import Count

from core import redis as core_redis
from core.postgresql import connections
from events import types
from events.models import Event, WorkspaceCounter
from inbox import letterbox
from inbox.letterbox import pokes
from inbox.models import Conversation, InboundEnvelope, Message
from tests.cast import make_channel
from tests.inbox.sorter_process import sorter_process
from tests.inbox.sorting import encoded, said
from tests.restarts import end_all_sessions
from tests.sandbox_server import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGES, CHATS, KILLS, FLUSHES = 1_200, 20, 4, 2


@pytest.fixture
def own_redis(settings):
    """Valkey as this test's worker has it: a database of its own, which may be flushed."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


def waiting(workspace) -> int:
    with workspace.scope():
        return InboundEnvelope.objects.exclude(state="done").count()


def stored(workspace) -> int:
    with workspace.scope():
        return Message.objects.count()


def updates():
    """(dedup key, body) of MESSAGES messages, each one to three times, shuffled."""
    deliveries = []
    for number in range(MESSAGES):
        person = {"id": 1000 + number % CHATS, "first_name": f"Customer {number % CHATS}"}
        document = said(f"{number}", number=number + 1, person=person, after=number // 50)
        body = encoded({"update_id": number, **document})
        deliveries += [(str(number), body)] * random.randint(1, 3)
    random.shuffle(deliveries)
    return deliveries


async def post(channel, deliveries, pause=0.0):
    gate = asyncio.Semaphore(16)

    async def one(key, body):
        async with gate:
            await letterbox.post(channel, key, body)

    for start in range(0, len(deliveries), 100):
        await asyncio.gather(*(one(*delivery) for delivery in deliveries[start : start + 100]))
        await asyncio.sleep(pause)
    await pokes.settle()
    await connections.close_async_pool()


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_while_sorters_are_killed_and_redis_forgets(acme, own_redis):
    with acme.scope():
        channel = make_channel(credentials={"token": "42:A"})
    # A child dies with the thread that started it, so the trouble is made in this one.
    poster = threading.Thread(target=lambda: asyncio.run(post(channel, updates(), 0.4)))
    with sorter_process() as process:
        poster.start()
        for number in range(KILLS):
            before = stored(acme)
            wait_for(lambda: stored(acme) >= before + 60, 60)  # noqa: B023
            process.kill()
            if number < FLUSHES:
                own_redis.flushdb()
            process.start()
        poster.join()
        wait_for(lambda: waiting(acme) == 0, 60)
        assert process.stop() == 0
    with acme.scope():
        assert Message.objects.count() == MESSAGES
        assert Conversation.objects.count() == CHATS
        for conversation in Conversation.objects.all():
            texts = [int(message.text) for message in conversation.messages.in_order()]
            assert texts == sorted(texts)
            assert conversation.last_message_text == str(texts[-1])
            assert conversation.unread_count == len(texts)
        facts = Event.objects.filter(action=types.MESSAGE_RECEIVED)
        assert facts.values("subject_id").annotate(count=Count("id")).count() == MESSAGES
        assert facts.count() == MESSAGES
        last = WorkspaceCounter.objects.get().seq
        assert list(Event.objects.order_by("seq").values_list("seq", flat=True)) == list(
            range(1, last + 1)
        )


def test_the_sorter_is_poked(acme, own_redis):
    """The sweep leaves envelopes alone that are younger than a second: who is quicker was poked."""
    with acme.scope():
        channel = make_channel(credentials={"token": "42:A"})
    quickest = timedelta.max
    with sorter_process():
        for number in range(20):
            body = encoded({"update_id": number, **said(str(number), number=number)})
            asyncio.run(post(channel, [(str(number), body)]))
            wait_for(lambda: waiting(acme) == 0, 15)
            with acme.scope():
                sorted_at = Event.objects.filter(action=types.MESSAGE_RECEIVED).latest("seq").at
                posted_at = InboundEnvelope.objects.latest("received_at").received_at
            quickest = min(quickest, sorted_at - posted_at)
            if quickest < timedelta(seconds=1):
                return
    raise AssertionError(quickest)


def test_without_redis_the_sorter_sweeps(acme, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    core_redis.client.cache_clear()
    with acme.scope():
        channel = make_channel(credentials={"token": "42:A"})
    try:
        with sorter_process() as process:
            asyncio.run(post(channel, [("1", encoded({"update_id": 1, **said("Hello")}))]))
            wait_for(lambda: waiting(acme) == 0, 15)
            assert process.stop() == 0
    finally:
        core_redis.client.cache_clear()


def test_a_restart_of_postgresql_stops_nothing(acme, own_redis):
    with acme.scope():
        channel = make_channel(credentials={"token": "42:A"})
    with sorter_process() as process:
        asyncio.run(post(channel, [("1", encoded({"update_id": 1, **said("before")}))]))
        wait_for(lambda: waiting(acme) == 0, 15)
        end_all_sessions()
        body = encoded({"update_id": 2, **said("after", number=2)})
        asyncio.run(post(channel, [("2", body)]))
        wait_for(lambda: waiting(acme) == 0, 15)
        assert process.child is not None
        assert process.child.poll() is None
