"""Celery's shell of the checks."""

from celery import shared_task

from inbox.health import checking


@shared_task(time_limit=180)
def check_channels() -> None:
    """Ask platforms about the channels that are due."""
    checking.check_due()
