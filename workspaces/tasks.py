from celery import shared_task

from workspaces.housekeeping import forget_old_keys


@shared_task
def forget_old_idempotency_keys() -> None:
    """Keys are kept for a day."""
    forget_old_keys()
