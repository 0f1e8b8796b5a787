"""Celery's shells of the inbox's own housekeeping."""

from celery import shared_task

from inbox import retention, uploads


@shared_task
def forget_drafts() -> None:
    """Delete uploads that were never sent."""
    uploads.forget_drafts()


@shared_task
def forget_envelopes() -> None:
    """Delete what was delivered to us, once it is old and sorted."""
    retention.forget_envelopes()


@shared_task
def forget_references() -> None:
    """Delete news of messages that never came."""
    retention.forget_references()
