"""Mailboxes kept open between polls: a log-in takes a second, and servers count them."""

from __future__ import annotations

import hashlib
import time
from typing import Final, NamedTuple

import orjson

from channels_connectors.types import ChannelConfig

from .mailbox import Mailbox, open_mailbox

# A mailbox that nobody asked for so long (seconds) belongs to a channel that is read no more.
KEPT_SECONDS: Final = 120.0


class _Kept(NamedTuple):
    mailbox: Mailbox
    until: float


_free: dict[tuple[str, str], _Kept] = {}


async def take(config: ChannelConfig) -> Mailbox:
    """A mailbox for this task alone: the kept one of the channel or a new one.

    Raises ConnectorError. Give it back with `keep`, or `drop` it after an error.
    """
    _forget_old()
    kept = _free.pop(_key(config), None)
    return kept.mailbox if kept else await open_mailbox(config)


def keep(config: ChannelConfig, mailbox: Mailbox) -> None:
    """Keep it for the channel's next poll."""
    if before := _free.pop(_key(config), None):
        before.mailbox.drop()
    _free[_key(config)] = _Kept(mailbox, time.monotonic() + KEPT_SECONDS)


def drop_all() -> None:
    """Close what is kept."""
    while _free:
        _free.popitem()[1].mailbox.drop()


def _forget_old() -> None:
    now = time.monotonic()
    for key in [key for key, kept in _free.items() if kept.until < now]:
        _free.pop(key).mailbox.drop()


def _key(config: ChannelConfig) -> tuple[str, str]:
    """Other credentials or another way to the server make another connection."""
    names = ("proxy", "imap_tls")
    facts = [config.credentials, {name: config.settings.get(name) for name in names}]
    dumped = orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)
    return config.key, hashlib.sha256(dumped).hexdigest()
