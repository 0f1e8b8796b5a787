"""Celery's shells of the inbox's own housekeeping."""

from celery import shared_task

from inbox import uploads


@shared_task
def forget_drafts() -> None:
    """Delete uploads that were never sent."""
    uploads.forget_drafts()
