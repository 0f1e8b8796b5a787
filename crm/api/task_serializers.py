"""Shapes of tasks in the public contract, and the filters of their list."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.conditions import Conditions, holding
from core.api.fields import Words
from crm.models import Task
from crm.repeats import at_days_end
from crm.task_vocabulary import TASKS
from inbox.api.filters import NONE, UUIDOrNone
from workspaces.zones import moments, zone

# Named for the OpenAPI document.
TASK_KINDS = Task.Kind.values
TASK_REPEATS = Task.Repeat.values
LINKS = ("contact", "deal", "conversation")


class TaskSerializer(serializers.Serializer[Any]):
    """Something to do. Without a time (`has_time` false) it is due by the end of its day in the
    workspace's zone; `repeat` is empty for what is due once."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=TASK_KINDS)
    text = serializers.CharField()
    due_at = serializers.DateTimeField()
    has_time = serializers.BooleanField()
    is_overdue = serializers.BooleanField()
    owner = serializers.UUIDField(source="owner_id", allow_null=True)
    author = serializers.UUIDField(source="author_id", allow_null=True)
    contact = serializers.UUIDField(source="contact_id", allow_null=True)
    deal = serializers.UUIDField(source="deal_id", allow_null=True)
    conversation = serializers.UUIDField(source="conversation_id", allow_null=True)
    remind_at = serializers.DateTimeField(allow_null=True)
    repeat = serializers.ChoiceField(choices=TASK_REPEATS)
    done = serializers.BooleanField(source="is_done")
    done_at = serializers.DateTimeField(allow_null=True)
    done_by = serializers.UUIDField(source="done_by_id", allow_null=True)
    result = serializers.CharField()
    created_at = serializers.DateTimeField()


@extend_schema_field(
    {
        "anyOf": [
            {"type": "string", "format": "date-time"},
            {"type": "string", "format": "date"},
        ]
    }
)
class MomentOrDay(serializers.Field[Any, Any, Any, Any]):
    """A moment, or a day by whose end something is due."""

    def to_internal_value(self, data: Any) -> Any:
        """A datetime or a date."""
        if isinstance(data, str) and len(data) == 10:
            return serializers.DateField().run_validation(data)
        return serializers.DateTimeField().run_validation(data)

    def to_representation(self, value: Any) -> Any:
        """Never answered: see `TaskSerializer`."""
        raise NotImplementedError


class TaskChangesSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    kind = serializers.ChoiceField(choices=TASK_KINDS, required=False)
    text = serializers.CharField(max_length=500, required=False)
    due_at = MomentOrDay(required=False, help_text="A day alone is due by its end.")
    has_time = serializers.BooleanField(required=False)
    owner = serializers.UUIDField(required=False, allow_null=True)
    contact = serializers.UUIDField(required=False, allow_null=True)
    deal = serializers.UUIDField(required=False, allow_null=True)
    conversation = serializers.UUIDField(required=False, allow_null=True)
    remind_at = serializers.DateTimeField(required=False, allow_null=True)
    repeat = serializers.ChoiceField(choices=TASK_REPEATS, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        due = attrs.get("due_at")
        if isinstance(due, date) and not hasattr(due, "hour"):
            attrs["due_at"], attrs["has_time"] = at_days_end(due, zone()), False
        elif due is not None:
            attrs.setdefault("has_time", True)
        return attrs


class NewTaskSerializer(TaskChangesSerializer):
    """The contact of a deal or of a conversation is the task's."""

    text = serializers.CharField(max_length=500)
    due_at = MomentOrDay(help_text="A day alone is due by its end.")


class CompletionSerializer(serializers.Serializer[Any]):
    """What came of it."""

    result = serializers.CharField(max_length=500, allow_blank=True, required=False, default=None)


class TaskQuery(serializers.Serializer[Any]):
    """Filters of the list of tasks; together they narrow it."""

    owner = UUIDOrNone(required=False, help_text="A member's id, or `none`.")
    author = serializers.UUIDField(required=False)
    contact = serializers.UUIDField(required=False)
    deal = serializers.UUIDField(required=False)
    conversation = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(choices=TASK_KINDS, required=False)
    done = serializers.BooleanField(required=False, default=None, allow_null=True)
    overdue = serializers.BooleanField(required=False, default=None, allow_null=True)
    due_after = serializers.DateTimeField(required=False, help_text="Included.")
    due_before = serializers.DateTimeField(required=False, help_text="Not included.")
    q = Words(help_text="Part of the text.")
    filter = Conditions(TASKS, help_text="A JSON document of conditions: see the page on the API.")

    def narrow(self, found: QuerySet[Task]) -> QuerySet[Task]:
        """The tasks that pass; call after `is_valid`."""
        asked = {name: value for name, value in self.validated_data.items() if value is not None}
        columns = {f"{name}_id": asked[name] for name in (*LINKS, "author") if name in asked}
        if "owner" in asked:
            columns["owner_id"] = None if asked["owner"] == NONE else asked["owner"]
        if "kind" in asked:
            columns["kind"] = asked["kind"]
        if "done" in asked:
            columns["done_at__isnull"] = not asked["done"]
        if "due_after" in asked:
            columns["due_at__gte"] = asked["due_after"]
        if "due_before" in asked:
            columns["due_at__lt"] = asked["due_before"]
        found = found.filter(**columns)
        if "overdue" in asked:
            late = {"done_at__isnull": True, "due_at__lt": timezone.now()}
            found = found.filter(**late) if asked["overdue"] else found.exclude(**late)
        if asked.get("q"):
            found = found.filter(text__icontains=asked["q"])
        return found.filter(holding(asked.get("filter"), moments()))
