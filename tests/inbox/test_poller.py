"""Reading channels that cannot call us: from the sandbox, by the real process's parts."""

import asyncio
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings as installation
from django.db import connection
from django.utils import timezone

from channels_connectors.base import Connector
from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from channels_connectors.types import PollResult
from config.launch import children
from core.postgresql.connections import close_async_pool
from core.redis import client
from events import types
from events.models import Event
from inbox import letterbox
from inbox.models import InboundEnvelope
from inbox.poller import leases, loop, peers, reader
from inbox.poller.reader import Reader
from tests.cast import make_channel
from tests.inbox.scripted import ScriptedConnector
from tests.inbox.sorter_process import database_url
from tests.sandbox_server import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def poller_process(**environment):
    """`manage.py poller` on the test's database."""
    child = subprocess.Popen(
        [sys.executable, "manage.py", "poller"],
        cwd=installation.BASE_DIR,
        env={**os.environ, "DATABASE_URL": database_url(), **environment},
        preexec_fn=children.hook(),
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def stored(workspace, **wanted):
    with workspace.scope():
        return InboundEnvelope.objects.filter(**wanted).count()


@pytest.fixture
def polled(acme, scripted):
    """A scripted channel that is polled."""
    with acme.scope():
        scripted.transport = "polling"
        scripted.save()
    return scripted


@pytest.fixture
def answers(monkeypatch):
    """What `poll` answers, one after another, then nothing for ever; and with which cursors."""
    given, cursors = [], []

    async def poll(self, cursor):
        cursors.append(cursor)
        if not given:
            await asyncio.sleep(3600)
        answer = given.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(ScriptedConnector, "poll", poll)
    monkeypatch.setattr(reader, "FIRST_PAUSE", 0.01)
    return given, cursors


def read(place, until, seconds=10):
    """Run a reader until the condition holds."""

    async def run():
        task = asyncio.create_task(Reader(place).run())
        try:
            async with asyncio.timeout(seconds):
                while not await asyncio.to_thread(asked):
                    assert not task.done(), task.exception()
                    await asyncio.sleep(0.02)
        finally:
            task.cancel()
            await asyncio.wait([task])
            await close_async_pool()

    def asked():
        try:
            return until()
        finally:
            connection.close()

    asyncio.run(run())


def row(workspace, channel):
    with workspace.scope():
        return Channel.objects.get(pk=channel.pk)


def test_news_is_stored_before_the_cursor_moves(acme, polled, answers, monkeypatch):
    given, cursors = answers
    given += [PollResult([("1", b"a"), ("2", b"b")], "3"), PollResult([], "3")]
    order = []
    save, post = leases.save_cursor, letterbox.post

    async def noted_save(*arguments):
        order.append("cursor")
        return await save(*arguments)

    async def noted_post(*arguments):
        await post(*arguments)
        order.append("stored")

    monkeypatch.setattr(leases, "save_cursor", noted_save)
    monkeypatch.setattr(letterbox, "post", noted_post)
    read((acme.workspace.id, polled.id), lambda: len(cursors) == 3)
    assert order == ["stored", "stored", "cursor"]
    assert cursors == ["", "3", "3"]
    assert stored(acme) == 2
    assert row(acme, polled).poll_cursor == "3"


def test_what_could_not_be_stored_is_asked_for_again(acme, polled, answers, monkeypatch):
    given, cursors = answers
    given += [PollResult([("1", b"a")], "2"), PollResult([("1", b"a")], "2")]
    post, failed = letterbox.post, []

    async def failing(*arguments):
        if not failed:
            failed.append(True)
            raise letterbox.Unavailable
        await post(*arguments)

    monkeypatch.setattr(letterbox, "post", failing)
    read((acme.workspace.id, polled.id), lambda: len(cursors) == 3)
    assert cursors == ["", "", "2"]
    assert stored(acme) == 1


def test_only_one_poller_reads_a_channel(acme, polled, answers):
    _, cursors = answers

    async def both():
        place = (acme.workspace.id, polled.id)
        tasks = [asyncio.create_task(Reader(place).run()) for _ in range(2)]
        await asyncio.sleep(0.5)
        counted = len(cursors)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await close_async_pool()
        return counted

    assert asyncio.run(both()) == 1
    assert row(acme, polled).poll_lease_token is None


def test_a_refused_token_breaks_the_channel_with_words(acme, polled, answers):
    given, _ = answers
    given.append(ConnectorError("channel_auth", "The token is wrong."))
    read((acme.workspace.id, polled.id), lambda: row(acme, polled).status == "broken")
    channel = row(acme, polled)
    assert channel.status_reason == "The token is wrong."
    assert (acme.workspace.id, polled.id) not in asyncio.run(listed())
    with acme.scope():
        assert Event.objects.filter(action=types.CHANNEL_STATUS_CHANGED).exists()


async def listed():
    try:
        return await leases.polled()
    finally:
        await close_async_pool()


def test_a_conflict_is_told_and_gets_over_when_it_ends(acme, polled, answers):
    given, _ = answers
    given += [ConnectorError("transient", "Another program reads.")] * 4
    place = (acme.workspace.id, polled.id)
    read(place, lambda: row(acme, polled).status == "connecting")
    assert row(acme, polled).status_reason == "Another program reads."
    given[:] = [PollResult([], "")]
    read(place, lambda: row(acme, polled).status == "active")
    assert row(acme, polled).status_reason == ""


def test_a_dead_pollers_channel_is_taken_over_when_its_lease_ends(acme, polled, answers):
    _, cursors = answers
    with acme.scope():
        soon = timezone.now() + timedelta(seconds=0.3)
        Channel.objects.update(poll_lease_until=soon, poll_lease_token=polled.id)
    reader.TAKEN_SECONDS, before = 0.05, reader.TAKEN_SECONDS
    try:
        read((acme.workspace.id, polled.id), lambda: cursors)
    finally:
        reader.TAKEN_SECONDS = before
    assert timezone.now() > soon


def test_a_kind_that_cannot_be_polled_says_so(acme, polled, monkeypatch):
    monkeypatch.setattr(ScriptedConnector, "poll", Connector.poll)
    read((acme.workspace.id, polled.id), lambda: row(acme, polled).status == "broken")
    assert "polling" in row(acme, polled).status_reason


def test_the_process_reads_telegram_and_finds_new_channels(acme, telegram_bot, settings):
    def telegram(bot):
        return make_channel(credentials={"token": bot.token}, transport="polling")

    with acme.scope():
        first = telegram(telegram_bot)
    with poller_process(TELEGRAM_API_URL=telegram_bot.sandbox.url) as child:
        for number in range(3):
            telegram_bot.say(f"Hello {number}")
        wait_for(lambda: stored(acme, channel=first) == 3, 30)
        other = telegram_bot.sandbox.bot()
        with acme.scope():
            second = telegram(other)
        other.say("Me too")
        wait_for(lambda: stored(acme, channel=second) == 1)
        child.terminate()
        assert child.wait(10) == 0
    assert row(acme, first).poll_lease_token is None
    telegram_bot.say("While nobody reads")
    with poller_process(TELEGRAM_API_URL=telegram_bot.sandbox.url):
        wait_for(lambda: stored(acme, channel=first) == 4, 30)


def test_looking_survives_a_database_that_is_away(monkeypatch):
    async def away():
        raise letterbox.Unavailable

    async def look():
        monkeypatch.setattr(leases, "polled", away)
        poller = loop.Poller()
        await poller.look()
        return poller.places

    assert asyncio.run(look()) == set()


def shares(*steps):
    """Run the steps, each called with the pollers so far; `poller()` adds one."""

    async def run():
        pollers, seen = [], []
        try:
            for step in steps:
                await step(pollers)
                seen.append([len(one.places) for one in pollers])
        finally:
            for one in pollers:
                await one._end(list(one.places))
                await peers.leave(one.token)
            await close_async_pool()
        return seen

    return asyncio.run(run())


async def one_more(pollers):
    pollers.append(loop.Poller())
    await look(pollers)


async def look(pollers):
    for _ in range(2):
        for one in pollers:
            await one.look()


@pytest.fixture
def ten(acme, polled, answers):
    """Ten polled channels on which nothing happens, and no poller of an earlier test."""
    client().delete(peers.KEY)
    with acme.scope():
        for _ in range(9):
            make_channel(polled.kind, transport="polling")


def test_a_second_poller_takes_its_share(ten):
    assert shares(one_more, one_more, one_more) == [[10], [5, 5], [4, 4, 2]]


def test_what_a_dead_poller_read_is_taken_over(acme, ten):
    async def die(pollers):
        dead = pollers.pop(0)
        for task in dead._tasks.values():
            task.cancel()
        await asyncio.wait(dead._tasks.values())
        with_lease = {"poll_lease_token": dead.token, "poll_lease_until": timezone.now()}
        await asyncio.to_thread(write_leases, acme, list(dead._tasks), with_lease)
        await peers.leave(dead.token)
        await look(pollers)

    assert shares(one_more, one_more, die) == [[10], [5, 5], [10]]


def write_leases(acme, places, values):
    try:
        with acme.scope():
            Channel.objects.filter(pk__in=[place[1] for place in places]).update(**values)
    finally:
        connection.close()


def test_all_leases_are_renewed_by_one_statement(acme, ten, monkeypatch):
    taken = []

    async def age(pollers):
        await asyncio.to_thread(
            write_leases,
            acme,
            list(pollers[0].places),
            {"poll_lease_until": timezone.now() + timedelta(seconds=1)},
        )
        monkeypatch.setattr(leases, "_run", lambda *_, **__: taken.append(True))
        await pollers[0].look()
        monkeypatch.undo()

    assert shares(one_more, age)[-1] == [10]
    assert taken == []
    with acme.scope():
        # Renewed all the same, and released at the end.
        assert not Channel.objects.exclude(poll_lease_token=None).exists()


def test_a_paused_channel_is_read_on(acme, polled, answers):
    _, cursors = answers
    with acme.scope():
        Channel.objects.update(status="paused")
    read((acme.workspace.id, polled.id), lambda: cursors)
    assert row(acme, polled).status == "paused"
