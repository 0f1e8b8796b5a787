"""Wakes the workers for a conversation. Losing a poke costs a second: the sweep finds the rest."""

import logging
from typing import Final
from uuid import UUID

import redis
from kombu.exceptions import OperationalError

from core.redis import client, workspace_key
from events.models import Event

logger = logging.getLogger(__name__)

# A poke that is on its way makes others for the conversation needless for so long (milliseconds).
ON_ITS_WAY: Final = 5000
# A longer wait is left to the sweep.
LONGEST_COUNTDOWN: Final = 5.0
EXPIRES_SECONDS: Final = 60
# So long a reader's look at several messages is told as one (seconds).
READING_AFTER: Final = 1.0
TYPING_EVERY: Final = 2800  # milliseconds; live asks every 3 s, for each open page

_AWAY: Final = (redis.RedisError, OperationalError, OSError)


def deliver(workspace_id: UUID, conversation_id: UUID) -> None:
    """Have a worker look at the conversation at once."""
    from inbox.delivery.tasks import deliver as task

    try:
        if client().set(_key(workspace_id, conversation_id), 1, nx=True, px=ON_ITS_WAY):
            task.apply_async([str(workspace_id), str(conversation_id)], expires=EXPIRES_SECONDS)
    except _AWAY as error:
        logger.warning("A poke was lost, the sweep will do its work: %s", error)


def deliver_later(workspace_id: UUID, conversation_id: UUID, seconds: float) -> None:
    """Have a worker look at the conversation after a short wait."""
    from inbox.delivery.tasks import deliver as task

    if seconds > LONGEST_COUNTDOWN:
        return
    try:
        task.apply_async(
            [str(workspace_id), str(conversation_id)], countdown=seconds, expires=EXPIRES_SECONDS
        )
    except _AWAY as error:
        logger.warning("A poke was lost, the sweep will do its work: %s", error)


def arrived(workspace_id: UUID, conversation_id: UUID) -> None:
    """The worker looks now: what is queued from here on needs a poke of its own."""
    try:
        client().delete(_key(workspace_id, conversation_id))
    except redis.RedisError as error:
        logger.debug("Redis is away: %s", error)


def queued(events: list[Event]) -> None:
    """The journal's fast path: messages were queued in a transaction that has just committed."""
    for workspace_id, conversation_id in dict.fromkeys(
        (event.workspace_id, event.conversation_id) for event in events
    ):
        if conversation_id is not None:
            deliver(workspace_id, conversation_id)


def changed(events: list[Event]) -> None:
    """The same for what we want changed on a platform."""
    queued([event for event in events if "change" in event.data])


def connected(events: list[Event]) -> None:
    """Channels came, or came back."""
    from inbox.delivery.tasks import finish_connecting as task

    for event in events:
        is_new = "credentials" in event.data.get("changed", ["credentials"])
        if event.data.get("after", "active") != "active" or not is_new:
            continue
        try:
            task.apply_async(
                [str(event.workspace_id), str(event.subject_id)], expires=EXPIRES_SECONDS
            )
        except _AWAY as error:
            logger.warning("A platform is not told that a channel's address answers: %s", error)


def show_typing(workspace_id: UUID, conversation_id: UUID) -> None:
    """An agent types: tell the platform, at most every few seconds. Call it at every key."""
    from inbox.delivery.tasks import show_typing as task

    try:
        key = workspace_key(workspace_id, "typing-out", conversation_id.hex)
        if client().set(key, 1, nx=True, px=TYPING_EVERY):
            task.apply_async([str(workspace_id), str(conversation_id)], expires=TYPING_EVERY / 1000)
    except _AWAY as error:
        logger.debug("Redis is away: %s", error)


def read(events: list[Event]) -> None:
    """Agents have read: tell the platforms, once for however many messages a moment brings."""
    from inbox.delivery.tasks import mark_read as task

    for event in events:
        if event.conversation_id is None:
            continue
        ids = (event.workspace_id, event.conversation_id)
        try:
            if client().set(_reading_key(*ids), 1, nx=True, px=ON_ITS_WAY):
                task.apply_async(
                    [str(pk) for pk in ids], countdown=READING_AFTER, expires=EXPIRES_SECONDS
                )
        except _AWAY as error:
            logger.debug("Redis is away: %s", error)


def reading_told(workspace_id: UUID, conversation_id: UUID) -> None:
    """What is read from here on needs a word of its own."""
    try:
        client().delete(_reading_key(workspace_id, conversation_id))
    except redis.RedisError as error:
        logger.debug("Redis is away: %s", error)


def _reading_key(workspace_id: UUID, conversation_id: UUID) -> str:
    return workspace_key(workspace_id, "read-out", conversation_id.hex)


def _key(workspace_id: UUID, conversation_id: UUID) -> str:
    return workspace_key(workspace_id, "deliver", conversation_id.hex)
