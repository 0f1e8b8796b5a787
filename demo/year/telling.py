"""The story told to the journal, in the order in which it happened.

Whoever hangs on the journal, such as routing, automatic replies and notifications, begins behind
it: what is long past must not be answered today. Only the facts of the reports are read from it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from analytics.facts.subscription import NAME
from channels_connectors.models import Channel
from core.ids import uuid7
from demo.year.rows import Rows
from events import types
from events.journal import NEXT_SEQ
from events.models import Event, SubscriptionCursor
from events.subscriptions import subscriptions
from inbox.models import Conversation, Message, Rating
from inbox.ratings.asking import facts_of
from workspaces.scope import current_workspace_id


def tell(rows: Rows, ratings: list[Rating]) -> None:
    """Write the events of all rows, in this transaction, and let the others begin after them."""
    _write([*_of_chats(rows), *_of_ratings(ratings), *_of_deals(rows)])


def tell_talks() -> None:
    """The same of what was said in the chats that the journal has not heard of yet."""
    heard = Event.objects.filter(action=types.MESSAGE_RECEIVED).values("conversation_id")
    said = Message.objects.exclude(conversation__in=heard).exclude(status="failed")
    found = said.filter(direction__in=["incoming", "outgoing"]).select_related("conversation")
    _write([_said(message, message.conversation) for message in found])


def _write(events: list[Event]) -> None:
    events.sort(key=lambda event: event.at)
    with connection.cursor() as cursor:
        cursor.execute(NEXT_SEQ, [uuid7(), current_workspace_id(), len(events)])
        last: int = cursor.fetchone()[0]
    for seq, event in enumerate(events, start=last - len(events) + 1):
        event.seq = seq
    Event.objects.insert_new(events)
    for one in subscriptions():
        if one.name != NAME:
            SubscriptionCursor.objects.update_or_create(name=one.name, defaults={"seq": last})


def _of_chats(rows: Rows) -> list[Event]:
    events = []
    talks: dict[UUID, list[Message]] = {}
    for message in rows.messages:
        talks.setdefault(message.conversation_id, []).append(message)
    for conversation in rows.conversations:
        said = talks[conversation.pk]
        for start in range(0, len(said), 3):
            asked, replied, thanked = said[start : start + 3]
            events += [
                _said(asked, conversation),
                _of(conversation, types.CONVERSATION_ACCEPTED, replied.sent_at, replied.author_id),
                _said(replied, conversation),
                _said(thanked, conversation),
            ]
            is_last = start + 3 >= len(said)
            closed_at = conversation.closed_at if is_last else thanked.sent_at
            events.append(_of(conversation, types.CONVERSATION_CLOSED, closed_at, None))
    return events


def _said(message: Message, conversation: Conversation) -> Event:
    is_ours = message.direction == "outgoing"
    return _event(
        types.MESSAGE_SENT if is_ours else types.MESSAGE_RECEIVED,
        ("message", message.pk),
        message.sent_at,
        actor=("member", message.author_id) if is_ours else ("contact", conversation.contact_id),
        conversation=conversation,
        data={
            "conversation": str(conversation.pk),
            "channel": str(message.channel_id),
            "direction": message.direction,
            "kind": message.kind,
            "status": message.status,
            "client_id": None,
            "external_id": message.external_id,
            "sent_at": message.sent_at.isoformat(),
        },
    )


def _of(conversation: Conversation, action: str, at: datetime, member: UUID | None) -> Event:
    return _event(
        action,
        ("conversation", conversation.pk),
        at,
        actor=("member", member or conversation.assignee_id),
        conversation=conversation,
        data={"assignee": str(member)} if member else {},
    )


def _of_ratings(ratings: list[Rating]) -> list[Event]:
    events = []
    for rating in ratings:
        conversation = rating.conversation
        told: list[tuple[str, datetime | None, tuple[str, UUID | None], dict[str, Any]]] = [
            (types.CONVERSATION_RATING_ASKED, rating.asked_at, ("system", None), {})
        ]
        if rating.score is not None:
            mark = {"score": rating.score, "before": None, "has_comment": bool(rating.comment)}
            actor = ("contact", conversation.contact_id)
            told.append((types.CONVERSATION_RATED, rating.answered_at, actor, mark))
        events += [
            _event(
                action,
                ("conversation", conversation.pk),
                at,
                actor=actor,
                conversation=conversation,
                data={**facts_of(rating), **more},
            )
            for action, at, actor, more in told
            if at is not None
        ]
    return events


def _of_deals(rows: Rows) -> list[Event]:
    """Its birth is enough: the facts of a deal are worked out from its row and its history."""
    return [
        _event(
            types.DEAL_CREATED,
            ("deal", deal.pk),
            deal.created_at,
            actor=("system", None),
            conversation=deal.conversation,
            data={"number": deal.number, "title": deal.title},
        )
        for deal in rows.deals
    ]


def _event(
    action: str,
    subject: tuple[str, UUID],
    at: datetime,
    *,
    actor: tuple[str, UUID | None],
    conversation: Conversation,
    data: dict[str, Any],
) -> Event:
    return Event(
        action=action,
        subject_type=subject[0],
        subject_id=subject[1],
        actor_type=actor[0],
        actor_id=actor[1],
        conversation_id=conversation.pk,
        audience=conversation.audience().as_json(),
        data=data,
        at=at,
        created_at=at,
    )


def kinds(channels: dict[str, Channel]) -> list[str]:
    """The names under which the demo has its channels, each as often as it is written to."""
    weights = {"telegram": 3, "website": 2}
    return [name for name in channels for _ in range(weights.get(name, 1))]
