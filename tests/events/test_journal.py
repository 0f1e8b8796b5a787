import asyncio
from uuid import uuid4

import msgpack
import pytest
from channels.layers import get_channel_layer

from core.redis import client
from events import pokes, types
from events.journal import last_seq, record
from events.models import Event
from tests.cast import make_channel, make_conversation


@pytest.mark.django_db
def test_facts_are_numbered_without_gaps_in_the_order_of_recording(acme):
    for _ in range(3):
        with acme.scope():
            record(types.TEAM_CHANGED, subject=acme.sales, by=acme.anna, data={"name": "x"})
            record(types.TEAM_CHANGED, subject=acme.support)
    with acme.scope():
        assert list(Event.objects.order_by("seq").values_list("seq", flat=True)) == [
            1, 2, 3, 4, 5, 6,
        ]  # fmt: skip
        assert last_seq() == 6
        event = Event.objects.get(seq=1)
        assert (event.actor_type, event.actor_id) == ("member", acme.anna.id)
        assert event.as_public()["subject"] == {"type": "team", "id": str(acme.sales.id)}


@pytest.mark.django_db
def test_a_change_that_fails_leaves_no_fact_and_no_gap(acme):
    with pytest.raises(ZeroDivisionError), acme.scope():
        record(types.TEAM_CHANGED, subject=acme.sales)
        _ = 1 / 0
    with acme.scope():
        record(types.TEAM_CHANGED, subject=acme.sales)
        with pytest.raises(ZeroDivisionError), acme.scope():
            record(types.TEAM_CHANGED, subject=acme.support)
            _ = 1 / 0
    with acme.scope():
        assert [event.seq for event in Event.objects.after(0)] == [1]


@pytest.mark.django_db
def test_an_action_that_is_not_listed_is_refused(acme):
    with acme.scope(), pytest.raises(ValueError, match="not listed"):
        record("team.exploded", subject=("team", uuid4()))


@pytest.mark.django_db
def test_workspaces_count_apart(acme, rival):
    with acme.scope():
        record(types.TEAM_CHANGED, subject=acme.sales)
    with rival.scope():
        record(types.WORKSPACE_CHANGED, subject=rival.workspace)
        assert last_seq() == 0
    with rival.scope():
        assert last_seq() == 1


@pytest.mark.django_db(transaction=True)
def test_after_the_commit_the_live_screens_are_poked(acme):
    listener = client().pubsub()
    listener.subscribe(pokes.channel_of(acme.workspace.id))
    assert listener.get_message(timeout=5)["type"] == "subscribe"
    with acme.scope():
        make_conversation(make_channel()).accept(by=acme.anna)
        assert listener.get_message(timeout=0.05) is None
    message = listener.get_message(timeout=5)
    assert msgpack.unpackb(message["data"]) == {"type": "poke", "seq": 1}


async def test_a_poke_published_by_hand_reaches_the_channel_layer():
    """channels_redis keeps its names and its form to itself; ours must stay equal to them."""
    layer, workspace_id = get_channel_layer(), uuid4()
    channel = await layer.new_channel()
    await layer.group_add(pokes.group(workspace_id), channel)
    client().publish(pokes.channel_of(workspace_id), msgpack.packb({"type": "poke", "seq": 7}))
    message = await asyncio.wait_for(layer.receive(channel), timeout=5)
    assert message == {"type": "poke", "seq": 7}
