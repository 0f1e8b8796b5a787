"""Where tasks are shown, and where a deed done there leads back to."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.http import see_other
from crm.forms.tasks import TaskForm
from crm.models import Task
from workspaces.permissions import Verb, can
from workspaces.requests import WorkspaceRequest
from workspaces.zones import local_day


def back(request: WorkspaceRequest) -> HttpResponse:
    """To the place that the form names, if it is one of ours; the frame there is shown again."""
    home = reverse("tasks:index", args=[request.workspace.slug])
    asked = request.POST.get("back", "")
    parts = urlsplit(asked)
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith(home)
    return see_other(asked if is_ours and "\\" not in asked else home)


def find(request: WorkspaceRequest, task_id: UUID) -> Task:
    """A task of those that the viewer may see. Raises `Http404`."""
    found: Task = get_object_or_404(Task.objects.visible_to(request.membership), pk=task_id)
    return found


def shared(request: WorkspaceRequest, place: str) -> dict[str, Any]:
    """What every list of tasks needs: its own address, and what its viewer may do."""
    return {
        "back": place,
        "can_write": can(request.membership, Verb.WRITE_DEALS),
        "tasks_url": reverse("tasks:index", args=[request.workspace.slug]),
        "days": days_offered(),
    }


def days_offered() -> list[tuple[str, str]]:
    """Days to which a task is moved with one click, and what they are called."""
    today = local_day(timezone.now())
    monday = today + timedelta(days=7 - today.weekday())
    offered = [
        (today, _("Today")),
        (today + timedelta(days=1), _("Tomorrow")),
        (monday, _("On Monday")),
        (today + timedelta(days=7), _("In a week")),
    ]
    return [(f"{day:%Y-%m-%d}", words) for day, words in offered]


def editing(request: WorkspaceRequest, tasks: list[Task]) -> dict[str, Any]:
    """The form of the task that `?edit=` names, if it is one of these."""
    asked = request.GET.get("edit", "")
    if not asked or not can(request.membership, Verb.WRITE_DEALS):
        return {}
    task = next((one for one in tasks if str(one.pk) == asked), None)
    return {"edited": task.pk, "form": TaskForm(task=task)} if task else {}
