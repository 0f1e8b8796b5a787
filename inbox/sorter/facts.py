"""What the journal is told. The same words as `inbox.journal` uses for the same facts."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from events import bulk, types
from events.bulk import Fact
from inbox.sorter.arrivals import Arrival
from inbox.sorter.channels import KnownChannel
from inbox.sorter.targets import Target
from inbox.sorter.threads import Thread

SYSTEM: Final = ("system", None)


def of_new_people(channel: KnownChannel, threads: list[Thread]) -> list[Fact]:
    """Contacts and conversations that began with this batch."""
    facts = []
    for thread in threads:
        actor = ("contact", thread.contact_id)
        if thread.has_new_contact:
            facts.append(
                Fact(
                    types.CONTACT_CREATED,
                    ("contact", thread.contact_id),
                    {"name": thread.name, "channel": str(channel.id)},
                    actor,
                )
            )
        if thread.is_new and thread.arrivals and not thread.is_past:
            facts.append(_of_thread(types.CONVERSATION_CREATED, channel, thread))
    return facts


def of_reopened(channel: KnownChannel, reopened: list[tuple[Thread, UUID | None]]) -> list[Fact]:
    """Conversations that came back from the archive, told also to who had them."""
    return [
        _of_thread(
            types.CONVERSATION_REOPENED,
            channel,
            thread,
            before,
            previous_assignee=str(before) if before else None,
        )
        for thread, before in reopened
    ]


def of_arrivals(
    channel: KnownChannel, threads: dict[str, Thread], arrivals: list[Arrival]
) -> list[Fact]:
    """Messages, each from its customer or, written outside Tandem, from the company. What was said
    before the account was connected is no news: no rule, report or notification is about it."""
    audiences = {thread.conversation_id: thread.audience(channel.id) for thread in threads.values()}
    facts = []
    for arrival in arrivals:
        if arrival.is_past:
            continue
        thread = threads[arrival.chat_id]
        facts.append(
            Fact(
                types.MESSAGE_RECEIVED if arrival.is_incoming else types.MESSAGE_SENT,
                ("message", arrival.id),
                {
                    "conversation": str(thread.conversation_id),
                    "channel": str(channel.id),
                    "direction": "incoming" if arrival.is_incoming else "outgoing",
                    "kind": arrival.kind,
                    "status": "received" if arrival.is_incoming else "sent",
                    "client_id": None,
                    "external_id": arrival.external_id,
                    "sent_at": written(arrival.sent_at),
                    **({"is_rating": True} if arrival.is_rating else {}),
                },
                ("contact", thread.contact_id) if arrival.is_incoming else SYSTEM,
                thread.conversation_id,
                audiences[thread.conversation_id],
            )
        )
    return facts


def of_target(
    action: str, channel: KnownChannel, target: Target, *, by_contact: bool = True, **data: Any
) -> Fact:
    """A change of a message that was there before."""
    return Fact(
        action,
        ("message", target.id),
        {
            "conversation": str(target.conversation_id),
            "channel": str(channel.id),
            "direction": target.direction,
            "kind": target.kind,
            "status": target.status,
            "client_id": str(target.client_id) if target.client_id else None,
            "external_id": target.external_id,
            "sent_at": written(target.sent_at),
            **data,
        },
        ("contact", target.contact_id) if by_contact else SYSTEM,
        target.conversation_id,
        target.audience(channel.id),
    )


def of_parked(channel_id: UUID, number: int) -> list[Fact]:
    """Deliveries that could not be read."""
    told = Fact(types.CHANNEL_PARKED, ("channel", channel_id), {"number": number}, SYSTEM)
    return [told] if number else []


def of_moved_chat(
    channel: KnownChannel,
    identity_id: UUID,
    conversation: tuple[UUID, UUID | None, UUID | None] | None,
    *,
    before: str,
    after: str,
) -> Fact:
    """A chat has another id now; `conversation` is its id, team and assignee, if there is one."""
    conversation_id, team_id, assignee_id = conversation or (None, None, None)
    return Fact(
        types.IDENTITY_MOVED,
        ("contactidentity", identity_id),
        {"channel": str(channel.id), "before": before, "after": after},
        SYSTEM,
        conversation_id,
        bulk.audience(channel.id, {team_id}, {assignee_id}) if conversation_id else None,
    )


def written(moment: datetime) -> str:
    """A moment as the journal and the API write it."""
    return moment.isoformat().replace("+00:00", "Z")


def _of_thread(
    action: str, channel: KnownChannel, thread: Thread, *members: UUID | None, **data: Any
) -> Fact:
    return Fact(
        action,
        ("conversation", thread.conversation_id),
        data,
        ("contact", thread.contact_id),
        thread.conversation_id,
        thread.audience(channel.id, *members),
    )
