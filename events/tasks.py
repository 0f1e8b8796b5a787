from uuid import UUID

from celery import shared_task
from django.db import connection

from events import letters, pokes, retention
from events.subscriptions import run_workspace, subscriptions


@shared_task
def run_subscriptions(workspace_id: str) -> None:
    """Let a workspace's prompt subscriptions catch up."""
    pokes.arrived(UUID(workspace_id))
    run_workspace(UUID(workspace_id), promptly=True)


@shared_task
def sweep_subscriptions() -> None:
    """Let the leisurely ones catch up, and pick up what lost pokes left behind."""
    for workspace_id in lagging_workspaces():
        run_workspace(workspace_id)


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
