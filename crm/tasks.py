"""Celery's shells of what sales do by the clock."""

from celery import shared_task

from crm import reminders
from crm.actions import refusing


@shared_task
def sweep_reminders() -> None:
    """Remind of tasks whose moment has come."""
    reminders.remind_due()


@shared_task
def lapse_refusals() -> None:
    """Let refusals that marketing left unanswered count as agreed."""
    refusing.lapse_all_due()
