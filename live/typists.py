"""Who else wants to know that a member writes to a customer: the platforms, floors above."""

from collections.abc import Callable
from uuid import UUID

Listener = Callable[[UUID, UUID], None]
_listeners: list[Listener] = []


def on_member_typing(listener: Listener) -> None:
    """Call `listener(workspace_id, conversation_id)` every few seconds while a member types.

    In a thread, outside any scope; it must be quick and must not raise.
    """
    _listeners.append(listener)


def tell(workspace_id: UUID, conversation_id: UUID) -> None:
    """A member types a message, not a note, into the conversation."""
    for listener in _listeners:
        listener(workspace_id, conversation_id)
