"""Asking a mailbox for news: the letters that came and those that were sent from elsewhere.

The cursor is `<UIDVALIDITY>:<last UID>` of the inbox and, after a space, of Sent. A UIDVALIDITY
that has changed makes all UIDs worthless: then the last days are fetched again, and what is known
is recognised by its Message-ID.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, PollResult

from . import pool
from .envelopes import FolderKind, Letter, dedup_key, pack
from .errors import WRONG_DAYS
from .mailbox import Mailbox

# How long a question waits for news; servers end an IDLE after half an hour.
WAIT_SECONDS: Final = 25.0
# How often a server without IDLE is asked.
SLOW_SECONDS: Final = 15.0
RESYNC_DAYS: Final = 14
MOST_IMPORT_DAYS: Final = 365

# Of one folder at once.
MOST_LETTERS: Final = 20
MOST_BYTES: Final = 32 * 1024 * 1024
# On a slow line what has come by then is handed over, and the next poll goes on.
FETCH_SECONDS: Final = 30.0
# 25 MB of files grow by a third on their way; of larger letters only the headers are fetched.
LARGEST_LETTER: Final = 36 * 1024 * 1024


class _Place(NamedTuple):
    validity: int
    last_uid: int


class _News(NamedTuple):
    envelopes: list[tuple[str, bytes]]
    place: _Place
    is_more: bool = False


async def poll(config: ChannelConfig, cursor: str) -> PollResult:
    """Letters after the cursor. Raises ConnectorError."""
    mailbox = await pool.take(config)
    try:
        result = await _poll(mailbox, config, cursor)
    except BaseException:
        mailbox.drop()
        raise
    pool.keep(config, mailbox)
    return result


async def _poll(mailbox: Mailbox, config: ChannelConfig, cursor: str) -> PollResult:
    inbox_place, sent_place = _read(cursor)
    inbox = str(config.settings.get("folder") or "INBOX")
    sent = await mailbox.sent_folder()
    sent_news = _News([], sent_place or _Place(0, 0))
    if sent and sent != inbox:
        sent_news = await _news(mailbox, config, sent, "sent", sent_place)
    news = await _news(mailbox, config, inbox, "inbox", inbox_place)
    is_quiet = not (news.envelopes or sent_news.envelopes or news.is_more or sent_news.is_more)
    # The first time tells only where "now" is: it must be noted before anything else comes.
    if is_quiet and inbox_place is not None:
        await _wait(mailbox, float(config.settings.get("poll_seconds") or WAIT_SECONDS))
        news = await _news(mailbox, config, inbox, "inbox", news.place)
    return PollResult(
        envelopes=[*sent_news.envelopes, *news.envelopes],
        cursor=_written(news.place, sent_news.place if sent else None),
    )


async def _news(
    mailbox: Mailbox, config: ChannelConfig, name: str, kind: FolderKind, before: _Place | None
) -> _News:
    folder = await mailbox.select(name)
    if before is None:
        uids = await _imported(mailbox, config)
    elif before.validity != folder.validity:
        uids = await mailbox.since(_day(RESYNC_DAYS))
    else:
        uids = await mailbox.after(before.last_uid)
    if not uids:
        same = before is not None and before.validity == folder.validity
        last = before.last_uid if before and same else folder.next_uid - 1
        return _News([], _Place(folder.validity, last))
    return await _fetch(mailbox, kind, folder.validity, uids)


async def _imported(mailbox: Mailbox, config: ChannelConfig) -> list[int]:
    """A mailbox begins now, or some days back where the admin wants that."""
    days = import_days(config.settings)
    return await mailbox.since(_day(days)) if days else []


async def _fetch(mailbox: Mailbox, kind: FolderKind, validity: int, uids: list[int]) -> _News:
    sizes = await mailbox.sizes(uids[:MOST_LETTERS])
    envelopes: list[tuple[str, bytes]] = []
    taken, last = 0, uids[0] - 1
    ends = time.monotonic() + FETCH_SECONDS
    for uid in uids[:MOST_LETTERS]:
        size, at = sizes.get(uid, (0, None))
        whole = size <= LARGEST_LETTER
        if envelopes and (time.monotonic() > ends or (whole and taken + size > MOST_BYTES)):
            break
        raw = await mailbox.letter(uid, only_headers=not whole)
        last = uid
        if raw is None:
            continue
        taken += len(raw)
        moment = at.astimezone(UTC) if at else None
        letter = Letter(kind, moment, size or len(raw), whole, raw)
        envelopes.append((dedup_key(letter), pack(letter)))
    return _News(envelopes, _Place(validity, last), is_more=last != uids[-1])


async def _wait(mailbox: Mailbox, seconds: float) -> None:
    if mailbox.has_idle:
        await mailbox.wait(seconds)
    else:
        await asyncio.sleep(min(seconds, SLOW_SECONDS))


def import_days(settings: dict[str, Any]) -> int:
    """How many days of history a new channel brings. Raises ConnectorError."""
    value = settings.get("import_days") or 0
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_IMPORT_DAYS:
        raise ConnectorError("bad_content", WRONG_DAYS)
    return value


def _day(days: int) -> Any:
    return (datetime.now(UTC) - timedelta(days=days)).date()


def _read(cursor: str) -> tuple[_Place | None, _Place | None]:
    inbox, _, sent = cursor.partition(" ")
    return _place(inbox), _place(sent)


def _place(text: str) -> _Place | None:
    validity, _, last = text.partition(":")
    return _Place(int(validity), int(last)) if validity.isdigit() and last.isdigit() else None


def _written(inbox: _Place, sent: _Place | None) -> str:
    first = f"{inbox.validity}:{inbox.last_uid}"
    return f"{first} {sent.validity}:{sent.last_uid}" if sent else first
