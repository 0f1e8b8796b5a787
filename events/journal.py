"""Writing facts. Whoever changes something records it; nobody calls the screens or the workers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.utils import timezone

from core.ids import uuid7
from core.postgresql import prepared
from events import bulk, pokes, types
from events.audience import Audience
from events.bulk import Fact
from events.models import Event
from workspaces.models import ApiToken, Membership
from workspaces.scope import Scope, current_scope

NEXT_SEQ = """
    insert into events_workspacecounter (id, workspace_id, seq, created_at)
    values (%s, %s, %s, now())
    on conflict (workspace_id) do update set seq = events_workspacecounter.seq + excluded.seq
    returning seq
"""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it."""

    type: str
    id: UUID | None = None


SYSTEM = Actor("system")


def actor_of(by: Membership | ApiToken | Actor | None) -> Actor | None:
    """The actor behind the `by=` of an action."""
    if by is None or isinstance(by, Actor):
        return by
    return Actor("member" if isinstance(by, Membership) else "api_token", by.id)


def record(
    action: str,
    *,
    subject: models.Model | tuple[str, UUID],
    by: Membership | ApiToken | Actor | None = None,
    data: dict[str, Any] | None = None,
    audience: Audience | None = None,
    conversation_id: UUID | None = None,
    at: datetime | None = None,
) -> None:
    """Put a fact into the journal of the workspace in scope.

    The row is written when the scope ends, in the same transaction, because the counter must be
    taken last. `audience` None means every member.
    """
    if action not in types.ALL:
        raise ValueError(f"{action} is not listed in events.types.")
    scope = current_scope()
    actor = actor_of(by)
    subject_type, subject_id = (
        subject if isinstance(subject, tuple) else (subject._meta.model_name or "", subject.pk)
    )
    scope.pending.append(
        Event(
            id=uuid7(),
            workspace_id=scope.workspace_id,
            action=action,
            actor_type=actor.type if actor else "",
            actor_id=actor.id if actor else None,
            subject_type=subject_type,
            subject_id=subject_id,
            conversation_id=conversation_id,
            audience=audience.as_json() if audience else None,
            data=data or {},
            at=at or timezone.now(),
        )
    )
    scope.before_commit("events", _write)


def record_many(facts: Iterable[Fact]) -> None:
    """Put many facts of one kind of work into the journal, at once and past the ORM.

    Like `record`, when the scope ends. Nobody is woken by them (see `events.pokes.wake`).
    """
    scope = current_scope()
    scope.pending += facts
    scope.before_commit("facts", _write_many)


def _write_many(scope: Scope) -> None:
    facts: list[Fact] = [item for item in scope.pending if isinstance(item, Fact)]
    scope.pending[:] = [item for item in scope.pending if not isinstance(item, Fact)]
    if not facts:
        return
    last: int = prepared.run(bulk.WRITE, bulk.parameters(scope.workspace_id, facts))[0][0]
    transaction.on_commit(
        lambda: pokes.publish(scope.workspace_id, last, {fact.action for fact in facts}),
        robust=True,
    )


def _write(scope: Scope) -> None:
    events: list[Event] = [item for item in scope.pending if isinstance(item, Event)]
    scope.pending[:] = [item for item in scope.pending if not isinstance(item, Event)]
    if not events:
        return
    with connection.cursor() as cursor:
        cursor.execute(NEXT_SEQ, [uuid7(), scope.workspace_id, len(events)])
        last: int = cursor.fetchone()[0]
    for seq, event in enumerate(events, start=last - len(events) + 1):
        event.seq = seq
    Event.objects.bulk_create(events)
    transaction.on_commit(
        lambda: pokes.publish(scope.workspace_id, last, {event.action for event in events}),
        robust=True,
    )
    transaction.on_commit(lambda: pokes.call_wakers(events), robust=True)


def last_seq() -> int:
    """The newest `seq` of the workspace in scope; 0 when nothing has happened."""
    return Event.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
