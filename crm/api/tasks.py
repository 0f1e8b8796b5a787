from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import Pages
from crm.actions import complete_task, create_task, delete_task, reopen_task, update_task
from crm.api import references
from crm.api.task_serializers import (
    CompletionSerializer,
    NewTaskSerializer,
    TaskChangesSerializer,
    TaskQuery,
    TaskSerializer,
)
from crm.models import Deal, Task
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb


class ByDue(Pages):
    # As the index has it.
    order = ("due_at", "id")


class OfTasks(WorkspaceView):
    """Tasks that the token may see."""

    reading, writing = (Verb.READ_DEALS,), (Verb.WRITE_DEALS,)

    def task(self, pk: UUID) -> Task:
        """One of them. Raises `Http404`."""
        found: Task = get_object_or_404(Task.objects.visible_to(self.viewer), pk=pk)
        return found

    def shown(self, task: Task, code: int = status.HTTP_200_OK) -> Response:
        """A task as it is now."""
        return Response(TaskSerializer(Task.objects.get(pk=task.pk)).data, status=code)

    def written(self, given: dict[str, Any]) -> dict[str, Any]:
        """What was sent, as the actions take it: ids become rows. Raises `Unprocessable`."""
        values = dict(given)
        if "owner" in values:
            values["owner"] = references.member(values["owner"])
        if "contact" in values:
            values["contact"] = references.contact(self.viewer, values["contact"])
        if "conversation" in values:
            values["conversation"] = references.conversation(self.viewer, values["conversation"])
        if "deal" in values:
            values["deal"] = references.one(
                Deal.objects.visible_to(self.viewer), values["deal"], _("No such deal.")
            )
        return values


@extend_schema(tags=["tasks"])
class TaskList(OfTasks, generics.ListAPIView[Task]):
    """Tasks, those due first before the others."""

    serializer_class = TaskSerializer
    pagination_class = ByDue

    def get_queryset(self) -> Any:
        asked = TaskQuery(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return asked.narrow(Task.objects.visible_to(self.viewer))

    @extend_schema(parameters=[TaskQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=NewTaskSerializer, responses={201: TaskSerializer})
    def post(self, request: Request) -> Response:
        """Make a task."""
        given = self.written(checked(NewTaskSerializer, request.data))
        return self.shown(create_task(by=self.viewer, **given), status.HTTP_201_CREATED)


@extend_schema(tags=["tasks"])
class TaskDetail(OfTasks):
    """One task."""

    @extend_schema(responses=TaskSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return self.shown(self.task(pk))

    @extend_schema(request=TaskChangesSerializer, responses=TaskSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change what is given; a reminder moves along with `due_at`."""
        task = self.task(pk)
        given = self.written(checked(TaskChangesSerializer, request.data))
        return self.shown(update_task(task, by=self.viewer, **given))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete it; a series ends with it."""
        delete_task(self.task(pk), by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["tasks"])
class Completion(OfTasks):
    """Whether a task is done."""

    @extend_schema(request=CompletionSerializer, responses=TaskSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """It is done. What repeats is due again, once."""
        task = self.task(pk)
        given = checked(CompletionSerializer, request.data or {})
        return self.shown(complete_task(task, by=self.viewer, result=given["result"]))

    @extend_schema(responses={200: TaskSerializer})
    def delete(self, request: Request, pk: UUID) -> Response:
        """It was not done after all."""
        return self.shown(reopen_task(self.task(pk), by=self.viewer))
