"""Asking the platforms: which channels are due, all at once, each kind for itself."""

import asyncio
import logging
import random
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import redis
from django.db import Error, connection
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from channels_connectors.registry import connector_for, kinds
from core.redis import client
from events.journal import SYSTEM
from inbox.health.verdicts import CHECK_EVERY, Verdict, judge
from workspaces.scope import workspace_scope

logger = logging.getLogger(__name__)

Place = tuple[UUID, UUID]
Answer = dict[str, Any] | ConnectorError

MOST: Final = 120
ANSWER_SECONDS: Final = 12.0
# So many questions to one platform at once: one that hangs holds up nobody but itself.
AT_ONCE: Final = 40
# While a run is on its way no other begins; one that dies is forgotten after so many seconds.
RUNNING: Final = "tandem:checking-channels"
RUN_SECONDS: Final = 120
NO_ANSWER: Final = gettext_noop("The platform does not answer.")


def check_due() -> int:
    """Ask about the channels that are due, the longest unasked first; returns how many.

    At most MOST at a time, in a bounded time, and one run at a time: platforms that hang may not
    take a worker's other threads. Two at once would do no harm.
    """
    if not _begin():
        return 0
    try:
        claimed = [channel for place in _due().items() for channel in _claim(*place)]
        _check_all(claimed)
        return len(claimed)
    finally:
        _end()


def check_now(channel: Channel) -> Channel:
    """Ask about one channel at once and return it as it is then. Run outside of a scope."""
    _check_all([channel])
    with workspace_scope(channel.workspace_id):
        found: Channel = Channel.objects.get(pk=channel.pk)
        return found


def _check_all(channels: list[Channel]) -> None:
    for channel, answer in asyncio.run(ask_all(channels)):
        try:
            _write(channel, answer)
        except Error:
            logger.exception("The health of channel %s could not be kept.", channel.pk)


async def ask_all(channels: Iterable[Channel]) -> list[tuple[Channel, Answer]]:
    """What each platform says. Never raises for one of them."""
    slots: dict[str, asyncio.Semaphore] = {}

    async def ask(channel: Channel) -> tuple[Channel, Answer]:
        async with slots.setdefault(channel.kind, asyncio.Semaphore(AT_ONCE)):
            return channel, await _ask(channel)

    known = [channel for channel in channels if channel.kind in kinds()]
    return list(await asyncio.gather(*(ask(channel) for channel in known)))


async def _ask(channel: Channel) -> Answer:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return dict(await connector_for(channel).check())
    except ConnectorError as error:
        return error
    except TimeoutError:
        return ConnectorError("transient", NO_ANSWER)
    except Exception as error:
        logger.exception("The connector of channel %s broke its contract.", channel.pk)
        return ConnectorError("transient", NO_ANSWER, detail=type(error).__name__)


def _begin() -> bool:
    try:
        return bool(client().set(RUNNING, 1, nx=True, ex=RUN_SECONDS))
    except (redis.RedisError, OSError):
        return True


def _end() -> None:
    try:
        client().delete(RUNNING)
    except (redis.RedisError, OSError) as error:
        logger.debug("Redis is away: %s", error)


def _due() -> dict[UUID, list[UUID]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select workspace_id, channel_id from channels_due_for_check("
            "make_interval(secs => %s), %s)",
            [CHECK_EVERY.total_seconds(), MOST],
        )
        found: dict[UUID, list[UUID]] = {}
        for workspace_id, channel_id in cursor.fetchall():
            found.setdefault(workspace_id, []).append(channel_id)
        return found


def _claim(workspace_id: UUID, channel_ids: list[UUID]) -> list[Channel]:
    """Those that nobody else is asking about. Their next turns are spread a little."""
    with workspace_scope(workspace_id):
        free = (
            Channel.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(pk__in=channel_ids)
            .filter(Q(checked_at=None) | Q(checked_at__lt=Now() - CHECK_EVERY))
        )
        claimed = list(free)
        for channel in claimed:
            earlier = timedelta(seconds=random.uniform(0, CHECK_EVERY.total_seconds() / 10))
            Channel.objects.filter(pk=channel.pk).update(checked_at=Now() - earlier)
        return claimed


def _write(asked: Channel, answer: Answer) -> None:
    with workspace_scope(asked.workspace_id):
        channel = Channel.objects.select_for_update(no_key=True).filter(pk=asked.pk).first()
        # An admin has changed something meanwhile: the answer is about what was before.
        if channel is None or channel.credentials != asked.credentials:
            return
        if channel.status == Channel.Status.DISCONNECTED or channel.status != asked.status:
            return
        if isinstance(answer, dict) and (renewed := answer.pop("credentials", None)):
            channel.credentials = {**channel.credentials, **renewed}
            channel.save(update_fields=["credentials"])
        apply(channel, judge(channel, answer, timezone.now()))


def apply(channel: Channel, verdict: Verdict) -> None:
    """Write a verdict down, and tell the journal what it changes. The channel is locked."""
    before = str((channel.health.get("check") or {}).get("warning") or "")
    channel.health = verdict.health
    Channel.objects.filter(pk=channel.pk).update(health=verdict.health)
    if verdict.warning != before:
        channel.notice("health", level=verdict.level, words=verdict.warning, by=SYSTEM)
    if verdict.status is not None:
        channel.change_status(verdict.status, reason=verdict.reason, by=SYSTEM)
