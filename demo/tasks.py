from uuid import UUID

from celery import shared_task

from demo import counting


@shared_task
def count(workspace_id: str) -> None:
    """Work the demo's reports out of its history."""
    counting.count(UUID(workspace_id))
