"""Celery's shells. They take ids; PostgreSQL says what is to do."""

from uuid import UUID

from celery import shared_task

from inbox.media import fetching, pokes, profiles, sweeping


@shared_task
def fetch_attachment(workspace_id: str, attachment_id: str) -> None:
    """Bring a customer's file into our store."""
    pokes.arrived(UUID(workspace_id), UUID(attachment_id))
    fetching.fetch(UUID(workspace_id), UUID(attachment_id))


@shared_task
def fetch_profile(workspace_id: str, identity_id: str) -> None:
    """Ask the platform who a customer is."""
    pokes.arrived(UUID(workspace_id), UUID(identity_id))
    profiles.fetch(UUID(workspace_id), UUID(identity_id))


@shared_task
def sweep_attachments() -> None:
    """Pick up what lost pokes, dead workers and pauses left behind."""
    for workspace_id, attachment_id in sweeping.due_attachments():
        pokes.fetch_attachment(workspace_id, attachment_id)
