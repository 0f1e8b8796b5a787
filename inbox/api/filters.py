"""Filters of the conversation list. An unknown value is a 400, never an empty surprise."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from inbox.models import Conversation

OPEN = [Conversation.Status.NEW, Conversation.Status.ACCEPTED]


class UUIDOrNone(serializers.UUIDField):
    """A UUID, or the word `none` for "has none"."""

    def to_internal_value(self, data: Any) -> Any:
        return "none" if data == "none" else super().to_internal_value(data)


class ConversationFilters(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["new", "accepted", "closed", "open"], required=False)
    assignee = UUIDOrNone(required=False)
    team = UUIDOrNone(required=False)
    channel = serializers.UUIDField(required=False)
    contact = serializers.UUIDField(required=False)
    unanswered = serializers.BooleanField(required=False, default=None, allow_null=True)
    unread = serializers.BooleanField(required=False, default=None, allow_null=True)

    def narrow(self, found: QuerySet[Conversation]) -> QuerySet[Conversation]:
        """The conversations that pass; call after `is_valid`."""
        values = self.validated_data
        if "status" in values:
            wanted = values["status"]
            found = found.filter(status__in=OPEN if wanted == "open" else [wanted])
        for name in ("assignee", "team"):
            if name in values:
                value = values[name]
                found = found.filter(
                    **({f"{name}_id__isnull": True} if value == "none" else {f"{name}_id": value})
                )
        for name in ("channel", "contact"):
            if name in values:
                found = found.filter(**{f"{name}_id": values[name]})
        if values.get("unanswered") is not None:
            found = found.filter(waiting_since__isnull=not values["unanswered"])
        if values.get("unread") is not None:
            found = (
                found.filter(unread_count__gt=0)
                if values["unread"]
                else found.filter(unread_count=0)
            )
        return found
