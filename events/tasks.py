from datetime import timedelta
from typing import Final
from uuid import UUID

from celery import shared_task
from celery.signals import worker_shutting_down
from django.db import connection
from django.utils import timezone

from core import stopping
from events import letters, pokes, retention
from events.models import Event, SubscriptionCursor, WorkspaceCounter
from events.subscriptions import run_workspace, subscriptions
from workspaces.scope import workspace_scope

# So many events within so long are a flood. What nobody waits for leaves the processor to what
# somebody does while it lasts, but for no longer than this.
FLOOD: Final = 500
AT_ONCE: Final = timedelta(seconds=1)
LONGEST_PATIENCE: Final = timedelta(seconds=4)

worker_shutting_down.connect(stopping.ask)


@shared_task
def run_subscriptions(workspace_id: str) -> None:
    """Let a workspace's prompt subscriptions catch up."""
    pokes.arrived(UUID(workspace_id))
    run_workspace(UUID(workspace_id), promptly=True)


@shared_task
def sweep_subscriptions() -> None:
    """Let the leisurely ones catch up, and pick up what lost pokes left behind."""
    for workspace_id in lagging_workspaces():
        run_workspace(workspace_id, promptly=is_better_left(workspace_id))


def is_better_left(workspace_id: UUID) -> bool:
    """Whether so much is written to the journal right now that what is done at leisure can wait,
    none of which has waited long."""
    with workspace_scope(workspace_id):
        end = WorkspaceCounter.objects.values_list("seq", flat=True).first() or 0
        now = timezone.now()
        if (
            end < FLOOD
            or not Event.objects.filter(seq=end - FLOOD + 1, at__gt=now - AT_ONCE).exists()
        ):
            return False
        names = [one.name for one in subscriptions() if not one.is_prompt]
        cursors = SubscriptionCursor.objects.filter(name__in=names, failures=0, seq__lt=end)
        start = cursors.order_by("seq").values_list("seq", flat=True).first()
        if start is None:
            return False
        first = Event.objects.filter(seq=start + 1, at__gt=now - LONGEST_PATIENCE)
        return bool(first.exists())


@shared_task
def send_letters() -> None:
    """Write to members by e-mail what is due."""
    letters.send_due_letters()


@shared_task
def forget_notifications() -> None:
    """Delete notifications that are old."""
    retention.forget_notifications()


def lagging_workspaces() -> list[UUID]:
    """Workspaces in which some subscription is behind the journal and due."""
    wanted = [(one.name, action) for one in subscriptions() for action in sorted(one.actions)]
    with connection.cursor() as cursor:
        cursor.execute(
            "select workspace_id from lagging_workspaces(%s, %s)",
            [[name for name, _ in wanted], [action for _, action in wanted]],
        )
        return [row[0] for row in cursor.fetchall()]
