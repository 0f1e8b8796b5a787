"""What the journal tells of tasks, and to whom."""

from typing import Any
from uuid import UUID

from crm.history import By
from crm.models import Task
from events.audience import Audience
from events.journal import record
from workspaces.models import TeamMembership


def record_task(
    action: str, task: Task, *, by: By, before: Audience | None = None, **data: Any
) -> None:
    """Put a fact about a task into the journal, for those who may see it or could before."""
    now = audience_of(task)
    if before is not None:
        now |= before
    record(
        action,
        subject=task,
        by=by,
        data={**task_facts(task), **data},
        audience=now,
        conversation_id=task.conversation_id,
    )


def audience_of(task: Task) -> Audience:
    """Its owner, its author and the owner's teams: the twin of `TaskQuerySet.visible_to`."""
    teams: frozenset[UUID] = frozenset()
    if task.owner_id:
        teams = frozenset(
            TeamMembership.objects.filter(membership_id=task.owner_id).values_list(
                "team_id", flat=True
            )
        )
    members = frozenset({task.owner_id, task.author_id} - {None})
    return Audience(None, teams, members)


def task_facts(task: Task) -> dict[str, Any]:
    """What a reader of the journal needs to know of a task without loading it."""
    return {
        "kind": task.kind,
        "text": task.text,
        "due_at": task.due_at.isoformat(),
        "has_time": task.has_time,
        "owner": _id(task.owner_id),
        "contact": _id(task.contact_id),
        "deal": _id(task.deal_id),
        "conversation": _id(task.conversation_id),
    }


def _id(key: UUID | None) -> str | None:
    return str(key) if key else None
