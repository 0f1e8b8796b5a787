"""Wakes the workers for a file or a person. Losing a poke costs seconds: a sweep finds the rest."""

import logging
from typing import Any, Final
from uuid import UUID

import redis
from kombu.exceptions import OperationalError

from core.redis import client, workspace_key

logger = logging.getLogger(__name__)

# A poke that is on its way makes others for the same thing needless for so long (milliseconds).
ON_ITS_WAY: Final = 30_000
EXPIRES_SECONDS: Final = 300


def fetch_attachment(workspace_id: UUID, attachment_id: UUID) -> None:
    """Have a worker fetch a customer's file."""
    from inbox.media.tasks import fetch_attachment as task

    _poke(task, workspace_id, attachment_id)


def fetch_profile(workspace_id: UUID, identity_id: UUID) -> None:
    """Have a worker ask the platform who a customer is."""
    from inbox.media.tasks import fetch_profile as task

    _poke(task, workspace_id, identity_id)


def arrived(workspace_id: UUID, row_id: UUID) -> None:
    """The worker looks now: what becomes due from here on needs a poke of its own."""
    try:
        client().delete(workspace_key(workspace_id, "media", row_id.hex))
    except redis.RedisError as error:
        logger.debug("Redis is away: %s", error)


def _poke(task: Any, workspace_id: UUID, row_id: UUID) -> None:
    try:
        key = workspace_key(workspace_id, "media", row_id.hex)
        if client().set(key, 1, nx=True, px=ON_ITS_WAY):
            task.apply_async([str(workspace_id), str(row_id)], expires=EXPIRES_SECONDS)
    except (redis.RedisError, OperationalError, OSError) as error:
        logger.warning("A poke was lost, the sweep will do its work: %s", error)
