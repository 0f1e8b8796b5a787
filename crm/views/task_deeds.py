"""What is done to a task, wherever it is shown."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contacts.models import Contact
from core.http import turbo_stream
from crm.actions import complete_task, create_task, delete_task, reopen_task, update_task
from crm.forms.tasks import NewTaskForm, TaskForm, workers
from crm.models import Deal, Task
from crm.my_day import moved
from crm.views.task_places import back, find
from inbox.models import Conversation
from workspaces.permissions import Verb, require
from workspaces.requests import WorkspaceRequest

LINKS = {"contact": Contact, "deal": Deal, "conversation": Conversation}


def create(request: WorkspaceRequest) -> HttpResponse:
    """Make a task of one line, for what the form names."""
    require(request.membership, Verb.WRITE_DEALS)
    form = NewTaskForm(request.POST)
    if not form.is_valid():
        return _refused(request, form.errors)
    values = {**form.values(), **_links(request)}
    if owner := form.cleaned_data["owner"]:
        values["owner"] = get_object_or_404(workers(), pk=owner)
    return _done(request, lambda: create_task(by=request.membership, **values))


@require_http_methods(["POST"])
def task(request: WorkspaceRequest, slug: str, task_id: UUID) -> HttpResponse:
    """Change a task by its form."""
    found = _writable(request, task_id)
    form = TaskForm(request.POST, task=found)
    if not form.is_valid():
        return _refused(request, form.errors)
    return _done(request, lambda: update_task(found, by=request.membership, **form.values()))


@require_POST
def completion(request: WorkspaceRequest, slug: str, task_id: UUID) -> HttpResponse:
    """It is done, perhaps with a result."""
    found = _writable(request, task_id)
    result = request.POST.get("result")
    return _done(request, lambda: complete_task(found, by=request.membership, result=result))


@require_POST
def reopening(request: WorkspaceRequest, slug: str, task_id: UUID) -> HttpResponse:
    """It was not done after all."""
    found = _writable(request, task_id)
    return _done(request, lambda: reopen_task(found, by=request.membership))


@require_POST
def move(request: WorkspaceRequest, slug: str, task_id: UUID) -> HttpResponse:
    """To another day, at the same hour."""
    found = _writable(request, task_id)
    try:
        day = parse_date(request.POST.get("day", ""))
    except ValueError:
        day = None
    if day is None or not 1971 <= day.year <= 2999:
        return _refused(request, {"day": [_("Choose a day.")]})
    return _done(
        request, lambda: update_task(found, due_at=moved(found, day), by=request.membership)
    )


@require_POST
def deletion(request: WorkspaceRequest, slug: str, task_id: UUID) -> HttpResponse:
    """Take it away."""
    found = _writable(request, task_id)
    return _done(request, lambda: delete_task(found, by=request.membership))


def _writable(request: WorkspaceRequest, task_id: UUID) -> Task:
    found = find(request, task_id)
    require(request.membership, Verb.WRITE_DEALS)
    return found


def _links(request: WorkspaceRequest) -> dict[str, Any]:
    """What the task is about, among what the viewer may see. Raises `Http404`."""
    found = {}
    for name, model in LINKS.items():
        if not (asked := request.POST.get(name)):
            continue
        try:
            key = UUID(asked)
        except ValueError:
            raise Http404 from None
        found[name] = get_object_or_404(model.objects.visible_to(request.membership), pk=key)
    return found


def _done(request: WorkspaceRequest, deed: Any) -> HttpResponse:
    try:
        deed()
    except ValidationError as refusal:
        return _refused(request, {"": refusal.messages})
    return back(request)


def _refused(request: WorkspaceRequest, errors: Any) -> HttpResponse:
    """422 with the words in a toast: the list stays as it is, and so does what was typed."""
    words = " ".join(str(one) for found in errors.values() for one in found)
    return turbo_stream(request, "crm/tasks/streams/refused.html", {"words": words}, status=422)
