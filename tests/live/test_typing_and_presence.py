from uuid import uuid4

import pytest

from core.redis import async_client
from live import ephemeral, presence
from live.hub import hub
from live.threads import in_thread
from live.topics import conversation, register_topic
from tests.live.conftest import eventually
from workspaces.models import Membership
from workspaces.presence import State, is_online


@pytest.fixture(autouse=True)
def quick(registries, monkeypatch):
    register_topic("conversation", lambda membership, key: True)
    monkeypatch.setattr(presence, "GRACE", 0.2)
    monkeypatch.setattr(presence, "TELL_EVERY", 0.1)


@pytest.fixture
def open_page(open_page):
    """Whispers are lost on who does not listen to Redis yet, which nobody waits for."""

    async def make(*who, **message):
        page = await open_page(*who, **message)
        await eventually(lambda: all(room.is_heard for room in hub().rooms()))
        return page

    return make


async def typing_frame(page):
    while True:
        frame = await page.next("ephemeral")
        if frame["kind"] == "typing":
            return frame


async def test_colleagues_see_who_types(acme, open_page):
    one = uuid4()
    anna = await open_page(acme.anna, topics=[conversation(one)])
    boris = await open_page(acme.boris, topics=[conversation(one)])
    vera = await open_page(acme.vera, topics=[conversation(uuid4())])
    await anna.say(type="typing", conversation=str(one), internal=True)
    frame = await typing_frame(boris)
    who = {"type": "member", "id": str(acme.anna.id), "name": "Anna"}
    assert (frame["conversation"], frame["who"], frame["internal"]) == (str(one), who, True)
    for page in (anna, vera):
        assert await page.silent(kind="typing")


async def test_typing_is_told_once_in_three_seconds(acme, open_page):
    one = uuid4()
    anna = await open_page(acme.anna, topics=[conversation(one)])
    boris = await open_page(acme.boris, topics=[conversation(one)])
    for _ in range(5):
        await anna.say(type="typing", conversation=str(one))
    await typing_frame(boris)
    assert await boris.silent(kind="typing")


async def test_a_customer_types(acme, open_page):
    one = uuid4()
    anna = await open_page(acme.anna, topics=[conversation(one)])
    maria = ephemeral.typing("contact", uuid4(), "Maria")
    await in_thread(ephemeral.publish, acme.workspace.id, "typing", maria, one)
    assert (await typing_frame(anna))["who"]["name"] == "Maria"


async def test_who_may_not_write_is_not_seen_typing(acme, open_page):
    one = uuid4()
    marta = await open_page(acme.marta, topics=[conversation(one)])
    anna = await open_page(acme.anna, topics=[conversation(one)])
    await marta.say(type="typing", conversation=str(one))
    assert await anna.silent(kind="typing")


async def test_colleagues_see_who_comes_and_goes(acme, open_page):
    anna = await open_page(acme.anna)
    boris, key = await open_page(acme.boris), str(acme.boris.id)
    await told(anna, key, "online")
    await boris.say(type="presence", state="away")
    await told(anna, key, "away")
    await boris.close()
    await told(anna, key, "offline")
    assert await in_thread(presence.states, acme.workspace.id) == {acme.anna.id: State.ONLINE}


async def test_a_second_page_keeps_its_member_online(acme, open_page):
    first, second = await open_page(acme.anna), await open_page(acme.anna)
    await second.say(type="presence", state="away")
    await eventually(lambda: states_are(acme, {acme.anna.id: State.ONLINE}))
    await first.close()
    await eventually(lambda: states_are(acme, {acme.anna.id: State.AWAY}))


async def test_a_page_renews_the_lease_that_routing_trusts(acme, open_page):
    page = await open_page(acme.boris)
    await eventually(lambda: in_thread(leased, acme, acme.boris))
    await page.say(type="presence", state="away")
    await eventually(lambda: not_leased(acme, acme.boris))


async def test_presence_comes_back_after_redis_has_lost_everything(acme, open_page, monkeypatch):
    monkeypatch.setattr(presence, "RENEW_EVERY", 0.2)
    await open_page(acme.boris)
    await eventually(lambda: states_are(acme, {acme.boris.id: State.ONLINE}))
    await async_client().flushall()
    await eventually(lambda: states_are(acme, {acme.boris.id: State.ONLINE}))


async def told(page, membership_id, state):
    while True:
        frame = await page.next("ephemeral")
        if frame["kind"] == "presence" and frame["members"].get(membership_id) == state:
            return


async def states_are(people, expected):
    return await in_thread(presence.states, people.workspace.id) == expected


async def not_leased(people, membership):
    return not await in_thread(leased, people, membership)


def leased(people, membership):
    with people.scope():
        return is_online(Membership.objects.get(pk=membership.pk))
