"""Fetching one attachment: claim it, call the platform, look at what came, write it down."""

import asyncio
import logging
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from channels_connectors.base import Connector
from channels_connectors.errors import ConnectorError
from channels_connectors.registry import connector_for
from channels_connectors.types import DownloadedFile, Json
from events import types
from events.journal import SYSTEM, record
from inbox.media import storing
from inbox.media.storing import Stored
from inbox.models import Attachment, InboundEnvelope
from workspaces.scope import workspace_scope

logger = logging.getLogger(__name__)

SECONDS: Final = 100.0
# Outlives the fetch, so that only a dead worker loses it.
LEASE: Final = timedelta(seconds=130)
MOST_ATTEMPTS: Final = 8
FIRST_PAUSE: Final = 2.0
LONGEST_PAUSE: Final = 900.0

TOO_LARGE: Final = gettext_noop("The file is too large to be kept here.")
NOT_FETCHED: Final = gettext_noop("The platform did not hand out the file.")
NO_CONNECTOR: Final = gettext_noop("This installation cannot read this kind of channel.")


@dataclass(frozen=True, slots=True)
class _Claim:
    id: UUID
    attempts: int
    kind: str
    name: str
    connector: Connector
    reference: Json
    channel_id: UUID


def fetch(workspace_id: UUID, attachment_id: UUID) -> None:
    """Fetch the file if it is due. Safe to run twice, at once and at any time."""
    with workspace_scope(workspace_id):
        claim = _claim(attachment_id)
    if claim is None:
        return
    try:
        downloaded = asyncio.run(_download(claim, _delivery(workspace_id, claim)))
        with workspace_scope(workspace_id):
            place = storing.new_place()
        stored = storing.keep(downloaded, place, kind=claim.kind, name=claim.name)
    except ConnectorError as error:
        with workspace_scope(workspace_id):
            _not_fetched(claim, error)
        return
    with workspace_scope(workspace_id):
        kept = _fetched(claim, stored)
    if not kept:
        storing.discard(stored.path)


def _claim(attachment_id: UUID) -> _Claim | None:
    """Take the row under a lease; None when it is not due or another worker has it."""
    found = (
        Attachment.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("message__channel")
        .filter(
            pk=attachment_id,
            status=Attachment.Status.PENDING,
            message__isnull=False,
            next_attempt_at__lte=Now(),
        )
        .first()
    )
    if found is None:
        return None
    found.attempts += 1
    Attachment.objects.filter(pk=found.pk).update(
        attempts=found.attempts, next_attempt_at=Now() + LEASE
    )
    if found.size is not None and found.size > settings.LARGEST_DOWNLOAD:
        _fail(found, TOO_LARGE)
        return None
    try:
        connector = connector_for(found.message.channel)
    except KeyError:
        _fail(found, NO_CONNECTOR)
        return None
    return _Claim(
        found.pk,
        found.attempts,
        found.kind,
        found.name,
        connector,
        dict(found.reference),
        found.message.channel_id,
    )


def _delivery(workspace_id: UUID, claim: _Claim) -> bytes | None:
    """The stored delivery in which the file lies, where it came within one."""
    key = claim.reference.get("envelope")
    if not key:
        return None
    with workspace_scope(workspace_id):
        kept = InboundEnvelope.objects.filter(channel_id=claim.channel_id, dedup_key=key)
        raw = kept.values_list("raw", flat=True).first()
    if raw is None:
        raise ConnectorError("bad_content", NOT_FETCHED, detail="the delivery is gone")
    return bytes(raw)


async def _download(claim: _Claim, delivery: bytes | None) -> DownloadedFile:
    limit = settings.LARGEST_DOWNLOAD
    try:
        if delivery is not None:
            return await asyncio.to_thread(
                claim.connector.extract, delivery, claim.reference, limit
            )
        async with asyncio.timeout(SECONDS):
            return await claim.connector.download(claim.reference, limit)
    except TimeoutError:
        raise ConnectorError("transient", NOT_FETCHED, detail="time-out") from None
    except ConnectorError:
        raise
    except Exception as error:
        logger.exception("The connector %r broke its contract.", claim.connector)
        raise ConnectorError("transient", NOT_FETCHED, detail=type(error).__name__) from error


def _fetched(claim: _Claim, stored: Stored) -> bool:
    """Write the file down; False when the row is no longer waiting for it."""
    attachment = _still_ours(claim)
    if attachment is None:
        return False
    attachment.kind, attachment.name, attachment.mime = stored.kind, stored.name, stored.mime
    attachment.path, attachment.size = stored.path, stored.size
    attachment.width = stored.width or attachment.width
    attachment.height = stored.height or attachment.height
    attachment.status, attachment.error = Attachment.Status.READY, ""
    attachment.next_attempt_at = None
    attachment.save()
    _tell(types.ATTACHMENT_STORED, attachment, kind=attachment.kind, size=attachment.size)
    return True


def _not_fetched(claim: _Claim, error: ConnectorError) -> None:
    attachment = _still_ours(claim)
    if attachment is None:
        return
    passing = error.error_class in {"rate", "transient", "channel_auth"}
    if not passing or claim.attempts >= MOST_ATTEMPTS:
        logger.info("An attachment was given up: %s", error)
        _fail(attachment, error.msgid)
        return
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 4 ** (claim.attempts - 1))
    pause = max(error.retry_after or 0.0, random.uniform(longest / 2, longest))
    Attachment.objects.filter(pk=attachment.pk).update(
        next_attempt_at=Now() + timedelta(seconds=pause), error=error.msgid
    )


def _still_ours(claim: _Claim) -> Attachment | None:
    found: Attachment | None = (
        Attachment.objects.select_for_update(of=("self",))
        .select_related("message__conversation")
        .filter(
            pk=claim.id,
            status=Attachment.Status.PENDING,
            attempts=claim.attempts,
            message__isnull=False,
        )
        .first()
    )
    return found


def _fail(attachment: Attachment, words: str) -> None:
    attachment.status, attachment.error = Attachment.Status.FAILED, words
    attachment.next_attempt_at = None
    attachment.save(update_fields=["status", "error", "next_attempt_at"])
    _tell(types.ATTACHMENT_FAILED, attachment, error=words)


def _tell(action: str, attachment: Attachment, **data: Any) -> None:
    message = attachment.message
    record(
        action,
        subject=attachment,
        by=SYSTEM,
        data={"message": str(message.id), **data},
        audience=message.conversation.audience(),
        conversation_id=message.conversation_id,
    )
