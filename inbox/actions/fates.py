"""What an agent decides about a message that failed, or that nobody knows the fate of."""

from events import types
from inbox import outgoing
from inbox.delivery.lattice import RETRIABLE
from inbox.journal import record_message
from inbox.models import Conversation, Message
from inbox.models.conversation import By
from inbox.models.message import Direction, Status
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require


def retry_message(message: Message, *, by: By) -> Message:
    """Queue a message again that failed or whose outcome is unknown.

    A no-op for any other: a second click finds the message queued. After an unknown outcome the
    customer may get it twice; whoever offers this says so.
    """
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_INBOX)
    conversation = Conversation.objects.select_for_update(no_key=True).get(
        pk=message.conversation_id
    )
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.status not in RETRIABLE or message.direction != Direction.OUTGOING:
        return message
    if message.deleted_at is not None:
        return message
    outgoing.capabilities_of(conversation.channel)
    message.queue_again()
    conversation.show_status(message)
    if isinstance(by, Membership | ApiToken):
        conversation.stop_waiting()
    record_message(types.MESSAGE_QUEUED, message, conversation, by=by, retry=True)
    return message


def confirm_message(message: Message, *, by: By) -> Message:
    """Somebody has seen that a message of unknown outcome arrived. A no-op for any other."""
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_INBOX)
    conversation = Conversation.objects.select_for_update(no_key=True).get(
        pk=message.conversation_id
    )
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.status != Status.UNKNOWN:
        return message
    message.status, message.error_class, message.error = Status.SENT, "", ""
    # An answer to the attempt itself must not write over what a person has seen.
    message.lease_token = None
    message.save(update_fields=["status", "error_class", "error", "lease_token"])
    conversation.show_status(message)
    record_message(types.MESSAGE_SENT, message, conversation, by=by, confirmed=True)
    return message
