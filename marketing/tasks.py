"""Celery's shells of what marketing does by the clock."""

from celery import shared_task

from marketing.series import sweeping


@shared_task
def sweep_series() -> None:
    """Take people further whose moment in a series has come."""
    sweeping.sweep()
