"""Filters of the conversation list. An unknown value is a 400, never an empty surprise."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.conditions import Conditions, holding
from core.api.fields import Words
from inbox.models import Conversation
from inbox.search import matching_conversations
from inbox.vocabulary_of_conversations import CONVERSATIONS
from workspaces.zones import moments

NONE = "none"
Status = Conversation.Status
STATUSES = {status: [status] for status in Status.values} | {"open": [Status.NEW, Status.ACCEPTED]}


@extend_schema_field(
    {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "string", "enum": [NONE]}]}
)
class UUIDOrNone(serializers.UUIDField):
    """A UUID, or the word `none` for "has none"."""

    def to_internal_value(self, data: Any) -> Any:
        return NONE if data == NONE else super().to_internal_value(data)


class ConversationQuery(serializers.Serializer[Any]):
    """Filters of the list of conversations; together they narrow it."""

    status = serializers.ChoiceField(
        choices=sorted(STATUSES), required=False, help_text="`open` is new and accepted."
    )
    assignee = UUIDOrNone(required=False, help_text="A member's id, or `none`.")
    team = UUIDOrNone(required=False, help_text="A team's id, or `none`.")
    channel = serializers.UUIDField(required=False)
    contact = serializers.UUIDField(required=False)
    unanswered = serializers.BooleanField(
        required=False, default=None, allow_null=True, help_text="The customer waits for a reply."
    )
    unread = serializers.BooleanField(required=False, default=None, allow_null=True)
    q = Words(help_text="Part of the contact's name, phone or e-mail, or of what was said last.")
    saved_view = serializers.UUIDField(
        required=False, help_text="What a saved view asks for, narrowed by the others."
    )
    filter = Conditions(
        CONVERSATIONS, help_text="A JSON document of conditions: see the page on the API."
    )

    def narrow(self, found: QuerySet[Conversation]) -> list[QuerySet[Conversation]]:
        """The conversations that pass, in parts that each walk one index; call after `is_valid`.

        One status a part: ordered by activity, `status in (...)` would read them all.
        """
        asked = self.validated_data
        for name in ("assignee", "team"):
            if name in asked:
                value = None if asked[name] == NONE else asked[name]
                found = found.filter(**{f"{name}_id": value})
        for name in ("channel", "contact"):
            if name in asked:
                found = found.filter(**{f"{name}_id": asked[name]})
        if asked.get("unanswered") is not None:
            found = found.filter(waiting_since__isnull=not asked["unanswered"])
        if asked.get("unread") is not None:
            found = (
                found.filter(unread_count__gt=0)
                if asked["unread"]
                else found.filter(unread_count=0)
            )
        if asked.get("q"):
            found = found.filter(pk__in=matching_conversations(asked["q"]))
        found = found.filter(holding(asked.get("filter"), moments()))
        wanted = STATUSES.get(asked.get("status"), Status.values)
        if "contact" in asked or asked.get("q"):
            return [found.filter(status__in=wanted)]
        return [found.filter(status=status) for status in wanted]
