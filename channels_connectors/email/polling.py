"""Asking a mailbox for news: the letters that came and those that were sent from elsewhere.

The cursor is `<UIDVALIDITY>:<last UID>` of the inbox, then of Sent, then `@<when it all began>`,
with spaces between. While letters of the past are brought, a folder also names the first UID that
was new when the mailbox was connected. A UIDVALIDITY that has changed makes all UIDs worthless:
then the last days are fetched again, and what is known is recognised by its Message-ID.
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
    """`first_new`: letters below it were there before us; 0 = all of those have come."""

    validity: int
    last_uid: int
    first_new: int = 0


class _Cursor(NamedTuple):
    """`began`: when the mailbox was first asked, in seconds since 1970; 0 = not known."""

    inbox: _Place | None
    sent: _Place | None
    began: int


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
    inbox_place, sent_place, began = _read(cursor)
    inbox = str(config.settings.get("folder") or "INBOX")
    sent = await mailbox.sent_folder()
    sent_news = _News([], sent_place or _Place(0, 0))
    if sent and sent != inbox:
        sent_news = await _news(mailbox, config, sent, "sent", sent_place, began)
    news = await _news(mailbox, config, inbox, "inbox", inbox_place, began)
    is_quiet = not (news.envelopes or sent_news.envelopes or news.is_more or sent_news.is_more)
    # The first time tells only where "now" is: it must be noted before anything else comes.
    if is_quiet and inbox_place is not None:
        await _wait(mailbox, float(config.settings.get("poll_seconds") or WAIT_SECONDS))
        news = await _news(mailbox, config, inbox, "inbox", news.place, began)
    return PollResult(
        envelopes=[*sent_news.envelopes, *news.envelopes],
        cursor=_written(_Cursor(news.place, sent_news.place if sent else None, began)),
    )


async def _news(
    mailbox: Mailbox,
    config: ChannelConfig,
    name: str,
    kind: FolderKind,
    before: _Place | None,
    began: int,
) -> _News:
    folder = await mailbox.select(name)
    first_new = 0
    if before is None:
        uids = await _imported(mailbox, config)
        first_new = folder.next_uid
    elif before.validity != folder.validity:
        uids = await mailbox.since(_day(RESYNC_DAYS))
        first_new = await _first_since(mailbox, uids, began)
    else:
        uids = await mailbox.after(before.last_uid)
        first_new = before.first_new
    if not uids:
        same = before is not None and before.validity == folder.validity
        last = before.last_uid if before and same else folder.next_uid - 1
        return _News([], _Place(folder.validity, last))
    place = _Place(folder.validity, uids[0] - 1, first_new)
    return await _fetch(mailbox, kind, place, uids)


async def _imported(mailbox: Mailbox, config: ChannelConfig) -> list[int]:
    """A mailbox begins now, or some days back where the admin wants that."""
    days = import_days(config.settings)
    return await mailbox.since(_day(days)) if days else []


async def _first_since(mailbox: Mailbox, uids: list[int], began: int) -> int:
    """The first UID after all letters that are older than the channel; only their time tells."""
    sizes = await mailbox.sizes(uids) if uids else {}
    older = [uid for uid, (_, at) in sizes.items() if at and at.timestamp() < began]
    return max(older) + 1 if older else 0


async def _fetch(mailbox: Mailbox, kind: FolderKind, place: _Place, uids: list[int]) -> _News:
    sizes = await mailbox.sizes(uids[:MOST_LETTERS])
    envelopes: list[tuple[str, bytes]] = []
    taken, last = 0, place.last_uid
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
        letter = Letter(kind, moment, size or len(raw), whole, raw, uid < place.first_new)
        envelopes.append((dedup_key(letter), pack(letter)))
    first_new = place.first_new if last + 1 < place.first_new else 0
    return _News(envelopes, _Place(place.validity, last, first_new), is_more=last != uids[-1])


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


def _read(cursor: str) -> _Cursor:
    if not cursor:
        return _Cursor(None, None, int(time.time()))
    *places, moment = cursor.split() if "@" in cursor else [*cursor.split(), "@0"]
    inbox, sent = (*(_place(text) for text in places), None, None)[:2]
    return _Cursor(inbox, sent, int(moment[1:]))


def _place(text: str) -> _Place | None:
    numbers = [int(number) for number in text.split(":") if number.isdigit()]
    return _Place(*numbers) if len(numbers) in (2, 3) else None


def _written(cursor: _Cursor) -> str:
    places = [_place_words(place) for place in (cursor.inbox, cursor.sent) if place]
    return " ".join([*places, f"@{cursor.began}"])


def _place_words(place: _Place) -> str:
    return ":".join(str(number) for number in (place if place.first_new else place[:2]))
