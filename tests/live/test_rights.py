"""What a member may hear follows their rights, also when these change while the page is open."""

from uuid import uuid4

import pytest

from channels_connectors.models import Channel
from channels_connectors.models.channel import ChannelAccess
from events import types
from events.audience import Audience, verb_of
from events.journal import record
from events.reading import read_counter
from live.fragments import register_changes
from live.hub import hub
from live.threads import in_thread
from live.topics import conversation, register_topic
from tests.cast import make_channel
from tests.live.conftest import eventually
from tests.live.facts import happen, say_in
from workspaces.actions import change_member
from workspaces.models import Role, Visibility
from workspaces.permissions import Verb


@pytest.fixture(autouse=True)
def changes(registries):
    register_changes([types.MESSAGE_RECEIVED], ["conversations"])
    register_changes([types.CONTACT_UPDATED], ["contacts"])


async def hears(page, people, **audience):
    """Whether the page hears of a message. A fact for all follows, to know when to stop."""
    before = await read_counter(people.workspace.id)
    await say_in(people.workspace, uuid4(), "Hello", **audience)
    await happen(people.workspace)
    last, news, heard = await read_counter(people.workspace.id), {"seq": 0}, set()
    while news["seq"] < last:
        news = await page.next("news")
        if news["seq"] > before:
            heard |= set(news["changed"])
    return "conversations" in heard


async def test_own_conversations_and_new_ones(acme, open_page):
    await in_thread(set_sight, acme, acme.boris, Visibility.OWN)
    page = await open_page(acme.boris)
    assert await hears(page, acme, members=[acme.boris.id], teams=[acme.support.id])
    assert await hears(page, acme, members=[None], teams=[acme.sales.id])
    assert not await hears(page, acme, members=[acme.vera.id], teams=[acme.sales.id])
    assert not await hears(page, acme, members=[None], teams=[acme.support.id])


async def test_conversations_of_own_teams(acme, open_page):
    page = await open_page(acme.boris)
    assert await hears(page, acme, members=[acme.vera.id], teams=[acme.sales.id])
    assert not await hears(page, acme, members=[acme.vera.id], teams=[acme.support.id])


async def test_whoever_loses_a_conversation_hears_of_it(acme, open_page):
    page = await open_page(acme.boris)
    both = [acme.boris.id, acme.vera.id]
    assert await hears(page, acme, members=both, teams=[acme.support.id])


async def test_who_may_not_read_the_inbox_hears_of_no_conversation(acme, open_page):
    await in_thread(set_sight, acme, acme.marta, Visibility.ALL, role=Role.ANALYST)
    page = await open_page(acme.marta)
    assert not await hears(page, acme)


async def test_a_closed_channel_is_silent(acme, open_page):
    def restrict():
        with acme.scope():
            channel = make_channel(is_restricted=True)
            ChannelAccess.objects.create(channel=channel, membership=acme.boris)
            return channel

    channel = await in_thread(restrict)
    boris, vera = await open_page(acme.boris), await open_page(acme.vera)
    assert await hears(boris, acme, channel=channel.id)
    assert not await hears(vera, acme, channel=channel.id)

    await in_thread(let_in, acme, channel, acme.vera)
    assert await hears(vera, acme, channel=channel.id)


async def test_new_rights_count_at_once(acme, open_page):
    page = await open_page(acme.vera)
    assert not await hears(page, acme, teams=[acme.sales.id], members=[acme.boris.id])
    await in_thread(set_sight, acme, acme.vera, Visibility.ALL)
    assert await hears(page, acme, teams=[acme.sales.id], members=[acme.boris.id])


async def test_a_topic_is_lost_with_the_conversation(acme, open_page):
    lost = uuid4()
    allowed = {lost}
    register_topic(
        "conversation",
        lambda membership, key: key in allowed,
        recheck=[types.CONVERSATION_ASSIGNED],
    )
    boris = await open_page(acme.boris, topics=[conversation(lost)])
    anna = await open_page(acme.anna, topics=[conversation(lost)])
    (room,) = hub().rooms()
    (socket,) = [each for each in room.subscribers if each.member.name == "Boris"]
    assert socket.topics == {conversation(lost)}
    allowed.clear()
    await happen(acme.workspace, types.CONVERSATION_ASSIGNED)
    await eventually(lambda: not socket.topics)
    await anna.say(type="typing", conversation=str(lost))
    assert await boris.silent(kind="typing")


def set_sight(people, membership, visibility, role=None):
    with people.scope():
        change_member(
            membership=membership,
            role=role or membership.role,
            visibility=visibility,
            takes_conversations=True,
            teams=list(membership.teams.all()),
            by=people.owner,
        )


def let_in(people, channel, membership):
    with people.scope():
        ChannelAccess.objects.create(channel=channel, membership=membership)
        record(types.CHANNEL_UPDATED, subject=Channel.objects.get(pk=channel.pk))


async def test_a_role_hears_of_what_it_may_read(acme, open_page):
    register_changes([types.DEAL_MOVED], ["deals"])
    await in_thread(set_sight, acme, acme.marta, Visibility.ALL, Role.ANALYST)
    page = await open_page(acme.marta)
    before = await read_counter(acme.workspace.id)
    audience = Audience(None, frozenset({None}), frozenset({None}))
    await happen(acme.workspace, types.MESSAGE_RECEIVED, audience=audience)
    await happen(acme.workspace, types.DEAL_MOVED, audience=audience)
    await happen(acme.workspace)
    last, news, heard = await read_counter(acme.workspace.id), {"seq": 0}, set()
    while news["seq"] < last:
        news = await page.next("news")
        if news["seq"] > before:
            heard |= set(news["changed"])
    assert "deals" in heard
    assert "conversations" not in heard


def test_every_kind_of_news_is_read_by_a_verb():
    assert verb_of(types.DEAL_MOVED) == verb_of(types.PAYMENT_RECORDED) == Verb.READ_DEALS
    assert verb_of(types.TASK_DONE) == Verb.READ_DEALS
    assert verb_of(types.MESSAGE_RECEIVED) == Verb.READ_INBOX
