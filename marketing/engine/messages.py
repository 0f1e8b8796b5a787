"""A broadcast's messages in the table of messages, many in one statement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import UUID

import orjson

from channels_connectors.models import Channel
from core.postgresql import prepared
from core.postgresql.arrays import integers, moments, texts, uuids
from inbox.models import Attachment
from inbox.models.message import Status
from marketing.models import Broadcast
from workspaces.scope import current_workspace_id

if TYPE_CHECKING:
    from marketing.engine.threads import Reached

# In the payload: what we say by ourselves answers nobody.
BY_ITSELF: Final = "broadcast"

_ADD: Final = """
    insert into inbox_message
        (id, workspace_id, created_at, channel_id, conversation_id, direction, kind, text, entities,
         payload, external_id, group_key, status, error_class, error, sender_name,
         reply_to_external_id, sent_at, platform_order, queued_at, attempts)
    select new.id, %(workspace)s, now(), %(channel)s, new.conversation_id, 'outgoing', new.kind,
        new.text, new.entities::jsonb, new.payload::jsonb, new.external_id, '', new.status,
        new.error_class, new.error, %(sender)s, '', new.sent_at, new.platform_order, now(), 0
    from unnest(
        %(ids)s::uuid[], %(conversations)s::uuid[], %(kinds)s::text[], %(texts)s::text[],
        %(entities)s::text[], %(payloads)s::text[], %(external_ids)s::text[], %(statuses)s::text[],
        %(error_classes)s::text[], %(errors)s::text[], %(moments)s::timestamptz[],
        %(orders)s::bigint[]
    ) new (id, conversation_id, kind, text, entities, payload, external_id, status,
        error_class, error, sent_at, platform_order)
    on conflict (workspace_id, channel_id, external_id) do nothing
    returning id
"""
_SHOW: Final = """
    update inbox_conversation c set
        last_activity_at = u.at, last_message_text = u.text, last_message_kind = u.kind,
        last_message_direction = 'outgoing', last_message_status = u.status
    from unnest(%(ids)s::uuid[], %(moments)s::timestamptz[], %(texts)s::text[],
        %(kinds)s::text[], %(statuses)s::text[]) u (id, at, text, kind, status)
    where c.workspace_id = %(workspace)s and c.id = u.id and c.last_activity_at <= u.at
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """One message, as it will stand in its thread."""

    id: UUID
    conversation_id: UUID
    kind: str
    text: str
    entities: list[dict[str, Any]]
    payload: dict[str, Any]
    external_ids: tuple[str, ...]
    status: str
    error_class: str
    error: str
    sent_at: datetime
    order: int

    @classmethod
    def of(cls, one: "Reached", conversation_id: UUID, sent_at: datetime) -> Self:
        """What a recipient got, or perhaps got."""
        outbound, receipt, error = one.prepared.outbound, one.receipt, one.error
        ids = (receipt.all_external_ids or (receipt.external_id,)) if receipt else ()
        payload = {key: value for key, value in outbound.payload.items() if key != "unsubscribe"}
        return cls(
            id=one.prepared.recipient_id,
            conversation_id=conversation_id,
            kind=one.prepared.kind,
            text=outbound.text,
            entities=outbound.entities,
            payload=payload,
            external_ids=ids,
            status=str(Status.SENT if receipt else Status.UNKNOWN),
            error_class=error.error_class if error else "",
            error=error.msgid if error else "",
            sent_at=sent_at,
            order=receipt.order if receipt else 0,
        )

    @property
    def external_id(self) -> str | None:
        """The platform's id of it, of the first where it became several."""
        return self.external_ids[0] if self.external_ids else None

    def without_external_id(self) -> Self:
        """The same, to be told apart from another with that id."""
        payload = self.payload
        if len(self.external_ids) > 1:
            payload = {**payload, "external_ids": list(self.external_ids)}
        return replace(self, external_ids=(), payload=payload)

    def stored_payload(self, broadcast: Broadcast) -> str:
        """As JSON."""
        found = {
            **self.payload,
            "auto": BY_ITSELF,
            "broadcast": {"id": str(broadcast.pk), "name": broadcast.name},
        }
        if len(self.external_ids) > 1:
            found["external_ids"] = list(self.external_ids)
        return orjson.dumps(found).decode()

    def facts(self, channel: Channel) -> dict[str, Any]:
        """The same as `inbox.journal.message_facts`."""
        found: dict[str, Any] = {
            "conversation": str(self.conversation_id),
            "channel": str(channel.pk),
            "direction": "outgoing",
            "kind": self.kind,
            "status": self.status,
            "client_id": None,
            "external_id": self.external_id,
            "sent_at": self.sent_at.isoformat().replace("+00:00", "Z"),
        }
        if self.error_class:
            found["error"] = {"class": self.error_class, "message": self.error}
        return found


def add(broadcast: Broadcast, channel: Channel, shown: Sequence[Shown]) -> set[UUID]:
    """Write messages; returns the ids of those whose external id nobody had."""
    rows = prepared.run(
        _ADD,
        {
            "workspace": current_workspace_id(),
            "channel": channel.pk,
            "sender": broadcast.name[:200],
            "ids": uuids([one.id for one in shown]),
            "conversations": uuids([one.conversation_id for one in shown]),
            "kinds": texts([one.kind for one in shown]),
            "texts": texts([one.text for one in shown]),
            "entities": texts([orjson.dumps(one.entities).decode() for one in shown]),
            "payloads": texts([one.stored_payload(broadcast) for one in shown]),
            "external_ids": texts([one.external_id for one in shown]),
            "statuses": texts([one.status for one in shown]),
            "error_classes": texts([one.error_class for one in shown]),
            "errors": texts([one.error for one in shown]),
            "moments": moments([one.sent_at for one in shown]),
            "orders": integers([one.order for one in shown]),
        },
    )
    return {row[0] for row in rows}


def add_files(broadcast: Broadcast, shown: Iterable[Shown]) -> None:
    """The broadcast's files under each of its messages."""
    if broadcast.files:
        Attachment.objects.bulk_create(
            Attachment(
                message_id=one.id, position=position, status=Attachment.Status.READY, **described
            )
            for one in shown
            if one.kind != "template"
            for position, described in enumerate(broadcast.files)
        )


def show_in_lists(shown: Sequence[Shown]) -> None:
    """Have conversations be known by these messages, unless something newer was said."""
    prepared.run(
        _SHOW,
        {
            "workspace": current_workspace_id(),
            "ids": uuids([one.conversation_id for one in shown]),
            "moments": moments([one.sent_at for one in shown]),
            "texts": texts([one.text[:200] for one in shown]),
            "kinds": texts([one.kind for one in shown]),
            "statuses": texts([one.status for one in shown]),
        },
    )
