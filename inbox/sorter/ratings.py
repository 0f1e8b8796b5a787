"""Customers' answers to the question how a conversation was.

A bare mark, pressed or written, opens nothing and lets nobody wait. Words, also those that come
with a mark, are a message like any other; the first after a mark are kept as its comment too. A
written digit is an answer only where nothing else was said since the question: the conversation is
still in the archive.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from psycopg import Connection

from core.postgresql.arrays import uuids
from events import types
from events.bulk import Fact
from inbox.ratings import reading
from inbox.sorter.arrivals import Arrival
from inbox.sorter.channels import KnownChannel
from inbox.sorter.threads import Thread

_FIND: Final = """
    select id, conversation_id, contact_id, agent_id, team_id, asked_at, expires_at, score, comment,
        is_hidden
    from inbox_rating
    where workspace_id = %s and conversation_id = any(%s)
        and state in ('queued', 'asked', 'answered')
    order by conversation_id, closed_seq for update
"""
# Nobody may read a hidden mark in the chat, in lists, in searches or over the API.
HIDDEN: Final = "★"
_HIDE: Final = "update inbox_message set text = %s where workspace_id = %s and id = %s"
_SAVE: Final = """
    update inbox_rating set state = 'answered', score = %s, comment = %s, answered_at = %s
    where workspace_id = %s and id = %s
"""


@dataclass(slots=True)
class _Rating:
    id: UUID
    conversation_id: UUID
    contact_id: UUID
    agent_id: UUID | None
    team_id: UUID | None
    asked_at: datetime | None
    expires_at: datetime
    score: int | None
    comment: str
    is_hidden: bool


def take(
    connection: Connection[Any],
    channel: KnownChannel,
    threads: dict[str, Thread],
    fresh: list[Arrival],
) -> list[Fact]:
    """Keep the answers among fresh messages, and mark the bare ones: they ask nothing.

    Nothing is looked up unless somebody pressed such a button or wrote into the archive.
    """
    touched = {
        found.chat_id: threads[found.chat_id]
        for found in fresh
        if found.is_incoming and not found.is_past and _may_answer(found, threads[found.chat_id])
    }
    if not touched:
        return []
    ids = uuids([thread.conversation_id for thread in touched.values()])
    ratings: dict[UUID, list[_Rating]] = {}
    for row in connection.execute(_FIND, (channel.workspace_id, ids)).fetchall():
        ratings.setdefault(row[1], []).append(_Rating(*row))
    facts: list[Fact] = []
    for thread in touched.values():
        if known := ratings.get(thread.conversation_id):
            facts += _walk(connection, channel, thread, known)
    return facts


def _may_answer(arrival: Arrival, thread: Thread) -> bool:
    return thread.status == "closed" or '"rating:' in arrival.payload


def _walk(
    connection: Connection[Any], channel: KnownChannel, thread: Thread, known: list[_Rating]
) -> list[Fact]:
    facts: list[Fact] = []
    is_silent = thread.status == "closed"
    for arrival in thread.arrivals:
        if not arrival.is_incoming or arrival.is_past:
            continue
        rating, score, comment = _understood(arrival, known, is_silent)
        counts = rating is not None and arrival.received_at < rating.expires_at
        if rating is not None and counts:
            before = rating.score, rating.comment
            rating.score, rating.comment = score, comment or rating.comment
            if before != (rating.score, rating.comment):
                values = (rating.score, rating.comment, arrival.received_at)
                connection.execute(_SAVE, (*values, channel.workspace_id, rating.id))
                facts.append(_fact(channel, thread, rating, before[0]))
        if rating is not None and rating.is_hidden and (counts or arrival.is_rating):
            _hide(connection, channel, arrival)
        is_silent = is_silent and not arrival.asks
    return facts


def _understood(
    arrival: Arrival, known: list[_Rating], is_silent: bool
) -> tuple[_Rating | None, int | None, str]:
    """The rating that an arrival is about, its mark, and its words."""
    if (press := reading.pressed(_button(arrival))) is not None:
        found = next((one for one in known if one.id == press[0]), None)
        # Pressed too late it still is no question.
        arrival.is_rating = found is not None
        return found, press[1], ""
    newest = known[-1]
    if not is_silent or arrival.kind != "text" or arrival.attachments:
        return None, None, ""
    said = reading.read(arrival.text)
    if said is not None:
        arrival.is_rating = not said.comment and arrival.received_at < newest.expires_at
        return newest, said.score, said.comment
    if newest.score is None or newest.comment:
        return None, None, ""
    return newest, newest.score, arrival.text.strip()[: reading.LONGEST_COMMENT]


def _hide(connection: Connection[Any], channel: KnownChannel, arrival: Arrival) -> None:
    """Take the mark out of the message that bears it; words that came with it stay."""
    said = None if arrival.is_rating else reading.read(arrival.text)
    if said is None and not arrival.is_rating:
        return
    arrival.text = said.comment if said is not None and said.comment else HIDDEN
    connection.execute(_HIDE, (arrival.text, channel.workspace_id, arrival.id))


def _button(arrival: Arrival) -> str:
    if '"rating:' not in arrival.payload:
        return ""
    payload = orjson.loads(arrival.payload)
    return str(payload.get("button") or "") if isinstance(payload, dict) else ""


def _fact(channel: KnownChannel, thread: Thread, rating: _Rating, before: int | None) -> Fact:
    """The same words as `inbox.ratings.asking.facts_of` uses."""
    data = {
        "rating": str(rating.id),
        "contact": str(rating.contact_id),
        "channel": str(channel.id),
        "agent": str(rating.agent_id) if rating.agent_id else None,
        "team": str(rating.team_id) if rating.team_id else None,
        "asked_at": rating.asked_at.isoformat() if rating.asked_at else None,
        "score": rating.score,
        "before": before,
        "has_comment": bool(rating.comment),
        **({"is_hidden": True} if rating.is_hidden else {}),
    }
    return Fact(
        types.CONVERSATION_RATED,
        ("conversation", thread.conversation_id),
        data,
        ("contact", thread.contact_id),
        thread.conversation_id,
        thread.audience(channel.id),
    )
