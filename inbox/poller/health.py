"""Telling the admin how a polled channel is."""

import asyncio
import logging

from django.db import Error, connection

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from events.journal import SYSTEM
from inbox.letterbox.pokes import Place
from workspaces.scope import workspace_scope

logger = logging.getLogger(__name__)


async def works(place: Place) -> None:
    """The platform answers."""
    await asyncio.to_thread(_change, place, Channel.Status.ACTIVE, "")


async def is_in_trouble(place: Place, error: ConnectorError) -> None:
    """It keeps refusing, which may pass: the channel goes on being read."""
    await asyncio.to_thread(_change, place, Channel.Status.CONNECTING, error.msgid)


async def is_broken(place: Place, error: ConnectorError) -> None:
    """It will refuse until an admin acts: the channel is read no more."""
    await asyncio.to_thread(_change, place, Channel.Status.BROKEN, error.msgid)


def _change(place: Place, status: str, reason: str) -> None:
    try:
        with workspace_scope(place[0]):
            channel = (
                Channel.objects.select_for_update(no_key=True)
                .filter(pk=place[1], status__in=[Channel.Status.ACTIVE, Channel.Status.CONNECTING])
                .first()
            )
            if channel is not None:
                channel.change_status(status, reason=reason, by=SYSTEM)
    except Error:
        logger.exception("The state of a channel could not be written down.")
    finally:
        connection.close()
