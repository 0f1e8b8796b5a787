"""Who the person behind a chat is, as far as the platform tells: asked once in a while."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from channels_connectors.base import Connector
from channels_connectors.errors import ConnectorError
from channels_connectors.registry import connector_for
from channels_connectors.types import DownloadedFile, Profile
from contacts.models import Contact, ContactIdentity
from core import pictures
from events import types
from events.journal import SYSTEM, record
from inbox.media import storing
from workspaces.scope import workspace_scope
from workspaces.storage import absolute

logger = logging.getLogger(__name__)

AGE: Final = timedelta(days=7)
SECONDS: Final = 30.0
LARGEST_AVATAR: Final = 5 * 1024 * 1024
SIDE: Final = 192  # pixels


@dataclass(frozen=True, slots=True)
class _Found:
    profile: Profile
    picture: DownloadedFile | None


def fetch(workspace_id: UUID, identity_id: UUID) -> None:
    """Ask the platform if it was not asked in the last AGE. A failure is tried again at the next
    message."""
    with workspace_scope(workspace_id):
        claim = _claim(identity_id)
    if claim is None:
        return
    connector, chat_id = claim
    try:
        found = asyncio.run(_ask(connector, chat_id))
    except (ConnectorError, TimeoutError) as error:
        logger.info("A profile was not fetched: %s", error)
        with workspace_scope(workspace_id):
            ContactIdentity.objects.filter(pk=identity_id).update(profile_fetched_at=None)
        return
    if found is None:
        return
    with workspace_scope(workspace_id):
        path = storing.new_place()
    path = _draw(found.picture, path)
    with workspace_scope(workspace_id):
        before = _write(identity_id, found.profile, path)
    if before:
        storing.discard(before)


def _claim(identity_id: UUID) -> tuple[Connector, str] | None:
    old = Q(profile_fetched_at=None) | Q(profile_fetched_at__lt=timezone.now() - AGE)
    identity = (
        ContactIdentity.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("channel")
        .filter(old, pk=identity_id)
        .first()
    )
    if identity is None or not identity.channel.can_send:
        return None
    identity.profile_fetched_at = timezone.now()
    identity.save(update_fields=["profile_fetched_at"])
    try:
        return connector_for(identity.channel), identity.external_id
    except KeyError:
        return None


async def _ask(connector: Connector, chat_id: str) -> _Found | None:
    async with asyncio.timeout(SECONDS):
        profile = await connector.fetch_profile(chat_id)
        if profile is None:
            return None
        picture = None
        if profile.avatar:
            try:
                picture = await connector.download(profile.avatar, LARGEST_AVATAR)
            except ConnectorError as error:
                logger.info("An avatar was not fetched: %s", error)
        return _Found(profile, picture)


def _draw(picture: DownloadedFile | None, path: str) -> str:
    """The path when there is a picture to show, else ""."""
    if picture is None:
        return ""
    target: Path = absolute(path)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        pictures.thumbnail(picture.path, target, SIDE)
    except pictures.NotAPicture:
        return ""
    finally:
        picture.path.unlink(missing_ok=True)
    return path


def _write(identity_id: UUID, profile: Profile, path: str) -> str:
    """Write down what is new; returns the path of a picture that is needed no more."""
    identity = ContactIdentity.objects.filter(pk=identity_id).first()
    if identity is None:
        return path
    contact = Contact.objects.select_for_update(no_key=True).get(pk=identity.contact_id)
    changes: dict[str, dict[str, Any]] = {}
    name = profile.person.name.replace("\0", "")[:200]
    if name and contact.name in {"", identity.name} and contact.name != name:
        changes["name"] = {"before": contact.name, "after": name}
        contact.name = name
    before = ""
    if path:
        before, contact.avatar = contact.avatar, path
        changes["avatar"] = {"before": bool(before), "after": True}
    if name:
        identity.name = name
        identity.save(update_fields=["name"])
    if changes:
        contact.save(update_fields=["name", "avatar", "updated_at"])
        record(types.CONTACT_UPDATED, subject=contact, by=SYSTEM, data={"changes": changes})
    return before
