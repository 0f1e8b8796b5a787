"""Celery's shells of what sales do by the clock."""

from celery import shared_task

from crm import reminders


@shared_task
def sweep_reminders() -> None:
    """Remind of tasks whose moment has come."""
    reminders.remind_due()
