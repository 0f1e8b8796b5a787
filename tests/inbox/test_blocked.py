"""What a blocked person writes is kept, and nobody is told of it."""

import pytest

from contacts.blocking import block_contact, unblock_contact
from events.subscriptions import run_workspace
from inbox.models import Conversation, Message
from tests.cast import make_channel
from tests.inbox.sorting import deliver, said, sort

pytestmark = pytest.mark.django_db(transaction=True)


def write(acme, channel, number):
    with acme.scope():
        deliver(channel, said(f"number {number}", number=number, after=number))
    sort()
    run_workspace(acme.workspace.id)


def test_a_blocked_person_waits_for_nobody_until_they_are_unblocked(acme):
    with acme.scope():
        channel = make_channel(routing="round_robin")
    write(acme, channel, 1)
    with acme.scope():
        talk = Conversation.objects.get()
        assert talk.unread_count == 1
        block_contact(contact=talk.contact, by=acme.boris, reason="Spam")
    run_workspace(acme.workspace.id)
    write(acme, channel, 2)
    with acme.scope():
        talk.refresh_from_db()
        assert Message.objects.count() == 2
        assert (talk.status, talk.unread_count, talk.waiting_since) == ("closed", 0, None)
        assert talk.last_message_text == "number 2"
        unblock_contact(contact=talk.contact, by=acme.boris)
    write(acme, channel, 3)
    with acme.scope():
        talk.refresh_from_db()
        assert (talk.status, talk.unread_count) == ("new", 1)
