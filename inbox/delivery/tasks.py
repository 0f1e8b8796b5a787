"""Celery's shells. All take ids; PostgreSQL says what is to do."""

from typing import Any
from uuid import UUID

from celery import shared_task

from inbox.delivery import gestures, machine, pokes, sweeping


# Longer than the longest send; see inbox.delivery.claims.
@shared_task(time_limit=330)
def deliver(workspace_id: str, conversation_id: str) -> None:
    """Send what a conversation has queued."""
    pokes.arrived(UUID(workspace_id), UUID(conversation_id))
    machine.deliver(UUID(workspace_id), UUID(conversation_id))


@shared_task
def sweep_outbox() -> None:
    """Pick up what lost pokes, dead workers and pauses left behind."""
    for workspace_id, conversation_id in sweeping.due_conversations():
        pokes.deliver(workspace_id, conversation_id)


@shared_task
def acknowledge(workspace_id: str, channel_id: str, data: dict[str, Any]) -> None:
    """Tell the platform that a pressed button was taken."""
    gestures.acknowledge(UUID(workspace_id), UUID(channel_id), data)


@shared_task
def finish_connecting(workspace_id: str, channel_id: str) -> None:
    """Have a platform call a new channel's address."""
    gestures.finish_connecting(UUID(workspace_id), UUID(channel_id))


@shared_task
def mark_read(workspace_id: str, conversation_id: str) -> None:
    """Tell the customer that an agent has read."""
    pokes.reading_told(UUID(workspace_id), UUID(conversation_id))
    gestures.mark_read(UUID(workspace_id), UUID(conversation_id))


@shared_task
def show_typing(workspace_id: str, conversation_id: str) -> None:
    """Show the customer that an agent types."""
    gestures.show_typing(UUID(workspace_id), UUID(conversation_id))
