"""Reminding of tasks when their moment has come: once each, whoever dies in between."""

import logging
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Final
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from crm.models import Task, TaskPreference
from crm.task_facts import record_task
from events import types
from events.journal import SYSTEM
from events.models import Notification
from events.notifications import notify
from workspaces.models import Membership
from workspaces.scope import workspace_scope
from workspaces.zones import workspace_in_scope

logger = logging.getLogger(__name__)

MOST: Final = 500
WORDS: Final = gettext_noop("Reminder: %(text)s")
LATE_WORDS: Final = gettext_noop("Overdue: %(text)s")


def remind_due() -> int:
    """Remind of all that is due; returns of how many tasks.

    A workspace that fails is left to the next sweep, so that the others are not held up.
    """
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, task_id from due_reminders(%s)", [MOST])
        due = sorted(cursor.fetchall())
    reminded = 0
    for workspace_id, rows in groupby(due, key=itemgetter(0)):
        try:
            reminded += remind(workspace_id, [task_id for _, task_id in rows])
        except Exception:
            logger.exception("Reminders of workspace %s failed.", workspace_id)
    return reminded


def remind(workspace_id: UUID, task_ids: Iterable[UUID]) -> int:
    """Remind of those of the tasks that are still due. Mark and notification are one transaction;
    what another worker holds is left to it."""
    with workspace_scope(workspace_id):
        now = timezone.now()
        tasks = list(
            Task.objects.to_do()
            .filter(pk__in=list(task_ids), reminded_at=None, remind_at__lte=now)
            .select_for_update(skip_locked=True, of=("self",), no_key=True)
        )
        Task.objects.filter(pk__in=[task.pk for task in tasks]).update(reminded_at=now)
        for task in tasks:
            _tell(task)
        return len(tasks)


def _tell(task: Task) -> None:
    """To its owner; to who gave it where it has none, or one who has left."""
    people = Membership.objects.active().in_bulk(
        [one for one in (task.owner_id, task.author_id) if one]
    )
    member = people.get(task.owner_id) or people.get(task.author_id)
    if member is not None:
        notify(
            [member],
            kind="task",
            words=LATE_WORDS if task.is_overdue else WORDS,
            data={"text": task.text, "task": str(task.pk)},
            link=_link(task),
            level=Notification.Level.WARNING if task.is_overdue else Notification.Level.INFO,
            by_email=wants_email(member),
        )
    record_task(types.TASK_REMINDED, task, by=SYSTEM)


def wants_email(member: Membership) -> bool:
    """Whether the member has not said that the app is enough."""
    return not TaskPreference.objects.filter(membership=member, reminds_by_email=False).exists()


def set_email(member: Membership, *, wanted: bool) -> None:
    """Remember whether the member wants to be reminded by e-mail as well."""
    TaskPreference.objects.update_or_create(
        membership=member, defaults={"reminds_by_email": wanted}
    )


def _link(task: Task) -> str:
    slug = workspace_in_scope().slug
    if task.conversation_id:
        return reverse("inbox:conversation", args=[slug, task.conversation_id])
    return reverse("tasks:index", args=[slug])
