"""Two customers or two chats turn out to be one: their deals stay whole and under one roof."""

import pytest
from django.utils import timezone

from contacts.merging import absorb
from crm.actions import create_deal, move_deal
from crm.models import Deal, DealChange
from events import subscriptions, types
from events.journal import SYSTEM
from inbox.models import Conversation
from inbox.sorter.loop import connect
from tests.cast import make_channel, make_conversation
from workspaces.repointing import repoint

pytestmark = pytest.mark.django_db(transaction=True)


def merge(acme, absorbed, kept):
    """As the sorter does it: the chats become one, and with them their customers."""
    with connect() as connection, connection.transaction():
        workspace = acme.workspace.id
        connection.execute("select set_config('app.workspace_id', %s, true)", (str(workspace),))
        repoint(connection, Conversation, workspace, absorbed=absorbed.pk, kept=kept.pk)
        connection.execute(
            "delete from inbox_conversation where workspace_id = %s and id = %s",
            (workspace, absorbed.pk),
        )
        absorb(connection, workspace, absorbed=absorbed.contact_id, kept=kept.contact_id)
    with acme.scope():
        kept.record(types.CONVERSATION_MERGED, by=SYSTEM, absorbed=str(absorbed.pk))
    listen(acme)


def listen(acme):
    found = next(one for one in subscriptions.subscriptions() if one.name == "deals")
    subscriptions.catch_up(acme.workspace.id, found)


@pytest.fixture
def chats(acme):
    with acme.scope():
        channel, now = make_channel(), timezone.now()
        found = [make_conversation(channel, name=name, last_incoming_at=now) for name in ("A", "B")]
        for chat in found:
            chat.record(types.CONVERSATION_CREATED)
        return found


def test_deals_of_both_are_the_one_customers(acme, chats):
    listen(acme)
    absorbed, kept = chats
    with acme.scope():
        deal = Deal.objects.get(conversation=absorbed)
        move_deal(deal, to=deal.pipeline.stages.get(name="Qualified"), by=SYSTEM)
    merge(acme, absorbed, kept)
    with acme.scope():
        deals = list(Deal.objects.order_by("number"))
        assert [found.contact_id for found in deals] == [kept.contact_id] * 2
        assert [found.conversation_id for found in deals] == [kept.pk] * 2
        assert DealChange.objects.filter(deal=deal, field="stage").exists()


def test_news_of_a_chat_that_is_gone_make_no_deal_twice(acme, chats):
    absorbed, kept = chats
    merge(acme, absorbed, kept)
    with acme.scope():
        assert Deal.objects.get().contact_id == kept.contact_id


def test_the_one_customers_open_deal_is_enough(acme, chats):
    absorbed, kept = chats
    with acme.scope():
        create_deal(contact=absorbed.contact, conversation=absorbed, by=SYSTEM)
    merge(acme, absorbed, kept)
    with acme.scope():
        assert Deal.objects.get().conversation_id == kept.pk
