"""Celery's shells of the inbox's own housekeeping."""

import logging
from typing import Final
from uuid import UUID

from celery import shared_task
from kombu.exceptions import OperationalError

from inbox import message_templates, retention, uploads
from inbox.ratings import asking

logger = logging.getLogger(__name__)

# Later the hourly look has come by.
EXPIRES_SECONDS: Final = 600


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


@shared_task
def forget_notices() -> None:
    """Keep the newest of what platforms told of their accounts, and count the others."""
    retention.forget_notices()


@shared_task
def ask_for_ratings() -> None:
    """Ask customers how it was, where their time has come."""
    asking.ask_all_due()


@shared_task
def sync_templates(workspace_id: str, channel_id: str) -> None:
    """Ask a channel's platform for its message templates."""
    message_templates.look_at(UUID(workspace_id), UUID(channel_id))


@shared_task
def sync_all_templates() -> None:
    """Ask every platform that has message templates for them."""
    for workspace_id, channel_id in message_templates.places():
        ask_for_templates(workspace_id, channel_id)


def ask_for_templates(workspace_id: UUID, channel_id: UUID) -> None:
    """Have a worker ask soon; lost when the broker is away."""
    try:
        sync_templates.apply_async([str(workspace_id), str(channel_id)], expires=EXPIRES_SECONDS)
    except (OperationalError, OSError) as error:
        logger.warning("Templates are not asked for: %s", error)
