"""How facts about messages are put into the journal."""

from typing import Any

from events.journal import record
from inbox.models import Conversation, Message
from inbox.models.conversation import By


def record_message(
    action: str, message: Message, conversation: Conversation, *, by: By = None, **data: Any
) -> None:
    """Record a fact about a message to whoever may see its conversation."""
    record(
        action,
        subject=message,
        by=by,
        data={**message_facts(message), **data},
        audience=conversation.audience(),
        conversation_id=conversation.id,
    )


def message_facts(message: Message) -> dict[str, Any]:
    """What a reader of the journal needs to know of a message without loading it."""
    facts: dict[str, Any] = {
        "conversation": str(message.conversation_id),
        "channel": str(message.channel_id),
        "direction": message.direction,
        "kind": message.kind,
        "status": message.status,
        "client_id": str(message.client_id) if message.client_id else None,
        "external_id": message.external_id,
        "sent_at": message.sent_at.isoformat().replace("+00:00", "Z"),
    }
    if message.error_class:
        facts["error"] = {"class": message.error_class, "message": message.error}
    return facts
