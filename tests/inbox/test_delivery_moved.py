"""The platform says, as the answer to a message of ours, that the chat is elsewhere now."""

import pytest

from channels_connectors.types import SendReceipt
from contacts.models import ContactIdentity
from events import types
from inbox.models import Conversation, PendingReference
from inbox.sorter import batch
from inbox.sorter.loop import connect
from tests.cast import make_conversation, make_message
from tests.inbox.delivering import plain_desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(acme, platform):
    made = plain_desk(acme)
    made.platform = platform()
    return made


def test_a_chat_that_moved_is_written_to_at_its_new_place(desk):
    desk.platform.answers.append(lambda _: SendReceipt("9:1", chat_id="9"))
    desk.send("0")
    desk.send("1")
    desk.deliver()
    assert [outbound.chat_id for outbound in desk.platform.sent] == ["7", "9"]
    with desk.acme.scope():
        identity = ContactIdentity.objects.get()
        assert (identity.external_id, identity.aliases) == ("9", ["7"])
    assert desk.actions().count(types.IDENTITY_MOVED) == 1


def test_a_chat_that_moved_to_where_it_is_known_already_becomes_one_with_it(desk):
    with desk.acme.scope():
        other = make_conversation(desk.channel, chat="9", name="")
        make_message(other, "I am here now")
    desk.platform.answers.append(lambda _: SendReceipt("9:1", chat_id="9"))
    desk.send("0")
    desk.deliver()
    with connect() as connection:
        place = (desk.acme.workspace.id, desk.channel.id)
        swept = "select workspace_id, channel_id from channels_with_landed_references()"
        assert connection.execute(swept).fetchall() == [place]
        assert batch.sort(connection, *place) is not None
    with desk.acme.scope():
        identity = ContactIdentity.objects.get()
        assert (identity.external_id, identity.aliases) == ("9", ["7"])
        talk = Conversation.objects.get()
        assert talk.pk == desk.conversation.pk
        assert set(talk.messages.values_list("text", flat=True)) == {"0", "I am here now"}
        assert not PendingReference.objects.exists()
