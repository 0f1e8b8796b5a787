"""The hub misses nothing, whatever becomes of Redis."""

import asyncio
from itertools import pairwise
from uuid import uuid4

import msgpack
import pytest
from channels.layers import get_channel_layer

from core.redis import async_client
from events import pokes, types
from live import hub as hubs
from live.fragments import Fragment, register_renderer
from live.hub import hub
from live.topics import conversation, of_conversation
from tests.live.conftest import eventually
from tests.live.facts import happen, say_in

pytestmark = pytest.mark.usefixtures("registries")


class Ear:
    """A subscriber that writes down."""

    def __init__(self, language="en", topics=()):
        self.language, self.topics = language, set(topics)
        self.batches, self.beats = [], []

    def offer(self, batch):
        self.batches.append(batch)

    def whisper(self, whisper):
        pass

    def beat(self, seq):
        self.beats.append(seq)

    @property
    def seqs(self):
        return [event.seq for batch in self.batches for event in batch.events]


@pytest.fixture
async def join(acme):
    joined = []

    async def make(**values):
        ear = Ear(**values)
        joined.append(ear)
        ear.since = await hub().join(acme.workspace.id, ear)
        return ear

    yield make
    for ear in joined:
        await hub().leave(acme.workspace.id, ear)


def room():
    return next(hub().rooms())


async def test_many_writers_give_one_order_without_gaps(acme, join):
    ears = [await join() for _ in range(3)]

    async def write():
        for _ in range(20):
            await happen(acme.workspace, count=2)

    await asyncio.gather(*(write() for _ in range(4)))
    await eventually(lambda: len(ears[0].seqs) == 160)
    assert ears[0].seqs == ears[1].seqs == ears[2].seqs == list(range(1, 161))
    assert all(one.seq == other.after for one, other in pairwise(ears[0].batches))
    assert ears[0].batches[0] is ears[1].batches[0]


async def test_whoever_joins_late_begins_at_the_end(acme, join):
    await happen(acme.workspace, count=2)
    first = await join()
    await happen(acme.workspace)
    await eventually(lambda: first.seqs == [3])
    late = await join()
    assert (first.since, late.since) == (2, 3)


async def test_pokes_in_a_row_are_read_together(acme, join):
    ear = await join()
    await eventually(lambda: room().is_heard)
    for _ in range(40):
        await happen(acme.workspace)
    await eventually(lambda: len(ear.seqs) == 40)
    assert len(ear.batches) < 30


async def test_a_lost_poke_heals_with_the_heartbeat(acme, join, monkeypatch):
    monkeypatch.setattr(hubs, "HEARTBEAT", 0.5)
    ear = await join()
    await eventually(lambda: room().is_heard)
    with_no_poke = pytest.MonkeyPatch()
    with_no_poke.setattr(pokes, "publish", lambda *_: None)
    await happen(acme.workspace)
    with_no_poke.undo()
    await eventually(lambda: ear.seqs == [1])
    await eventually(lambda: 1 in ear.beats)


async def test_a_killed_connection_is_made_again(acme, join):
    ear = await join()
    await eventually(lambda: room().is_heard)
    await async_client().execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    await eventually(lambda: not room().is_heard)
    await happen(acme.workspace)
    await eventually(lambda: ear.seqs == [1])
    await eventually(lambda: room().is_heard)
    await happen(acme.workspace)
    await eventually(lambda: ear.seqs == [1, 2], timeout=0.9)


async def test_without_redis_the_journal_is_polled(acme, join, settings):
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    ear = await join()
    await happen(acme.workspace)
    await eventually(lambda: ear.seqs == [1], timeout=3)
    assert not room().is_heard


async def test_a_flushed_redis_changes_nothing(acme, join):
    ear = await join()
    await eventually(lambda: room().is_heard)
    await async_client().flushall()
    await happen(acme.workspace)
    await eventually(lambda: ear.seqs == [1], timeout=0.9)


async def test_an_idle_hub_keeps_listening(acme, join):
    """redis-py 8 ended every read after five seconds, and with it every idle socket."""
    ear = await join()
    await eventually(lambda: room().is_heard)
    deaf = []
    hub()._ear._deaf = lambda: deaf.append(True)
    await asyncio.sleep(6.5)
    assert not deaf
    await happen(acme.workspace)
    await eventually(lambda: ear.seqs == [1], timeout=0.9)


async def test_a_database_that_was_away_is_caught_up_with(acme, join, monkeypatch):
    ear = await join()
    read, failures = hubs.read_after, []

    async def broken(*arguments):
        if len(failures) < 2:
            failures.append(True)
            raise hubs.psycopg.OperationalError("away")
        return await read(*arguments)

    monkeypatch.setattr(hubs, "read_after", broken)
    monkeypatch.setattr(hubs, "POLL", 0.1)
    await happen(acme.workspace)
    await eventually(lambda: ear.seqs == [1])
    assert len(failures) == 2


async def test_the_poke_is_what_the_channel_layer_sends(acme, join):
    """Both write channels_redis' private format: a changed library shows here."""
    layer = get_channel_layer()
    mine = await layer.new_channel()
    group = pokes.group(acme.workspace.id)
    await layer.group_add(group, mine)
    await happen(acme.workspace)
    assert await asyncio.wait_for(layer.receive(mine), 5) == {"type": "poke", "seq": 1}

    await join()
    await eventually(lambda: room().is_heard)
    heard = []
    room().poke = lambda: heard.append(True)
    await layer.group_send(group, {"type": "poke", "seq": 1})
    await eventually(lambda: heard)
    await layer.flush()


@pytest.mark.parametrize(
    "body", [b"\xc1", b"", msgpack.packb(7), msgpack.packb({"type": "ephemeral"})]
)
async def test_nonsense_on_the_channel_does_no_harm(acme, join, body):
    ear = await join()
    await eventually(lambda: room().is_heard)
    await async_client().publish(pokes.channel_of(acme.workspace.id), body)
    await happen(acme.workspace)
    await eventually(lambda: ear.seqs == [1], timeout=0.9)


async def test_a_batch_is_rendered_once_for_each_language_and_for_nobody_never(acme, join):
    one, other = uuid4(), uuid4()
    calls = []

    def render(events):
        from django.utils.translation import get_language

        calls.append((get_language(), [event.data["text"] for event in events]))
        return [Fragment(of_conversation(e), e.data["text"], e.seq) for e in events]

    register_renderer([types.MESSAGE_RECEIVED], render)
    ears = [
        await join(topics=[conversation(one)]),
        await join(topics=[conversation(one)]),
        await join(language="ru", topics=[conversation(one)]),
        await join(language="fr"),
    ]
    await say_in(acme.workspace, one, "followed")
    await say_in(acme.workspace, other, "not followed")
    await eventually(lambda: len(ears[0].seqs) == 2)
    for ear in ears:
        for batch in ear.batches:
            for fragment in await batch.fragments(ear.language, ear.topics):
                assert fragment.stream == "followed"
    assert sorted(calls) == [("en", ["followed"]), ("ru", ["followed"])]


async def test_a_topic_followed_later_is_rendered_then(acme, join):
    one, other = uuid4(), uuid4()
    register_renderer(
        [types.MESSAGE_RECEIVED],
        lambda events: [Fragment(of_conversation(e), e.data["text"], e.seq) for e in events],
    )
    ear = await join(topics=[conversation(one)])
    await say_in(acme.workspace, one, "one")
    await say_in(acme.workspace, other, "other")
    await eventually(lambda: len(ear.seqs) == 2)
    both = {conversation(one), conversation(other)}
    streams = []
    for batch in ear.batches:
        await batch.fragments("en", {conversation(one)})
        streams += [fragment.stream for fragment in await batch.fragments("en", both)]
    assert streams == ["one", "other"]


async def test_a_broken_renderer_spoils_only_its_own(acme, join):
    one = uuid4()
    register_renderer([types.MESSAGE_RECEIVED], lambda events: [1 / 0])
    register_renderer(
        [types.MESSAGE_RECEIVED],
        lambda events: [Fragment(of_conversation(e), "fine", e.seq) for e in events],
    )
    ear = await join(topics=[conversation(one)])
    await say_in(acme.workspace, one, "Hello")
    await eventually(lambda: ear.batches)
    (fragment,) = await ear.batches[0].fragments("en", ear.topics)
    assert fragment.stream == "fine"
