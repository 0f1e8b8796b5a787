"""What customers think of conversations, in the public contract."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers

from core.api.pagination import Pages
from inbox.models import Conversation, Rating
from workspaces.api.views import WorkspaceView
from workspaces.permissions import Verb, Viewer, can


class RatingSerializer(serializers.Serializer[Any]):
    """A customer's mark for a conversation that was closed, from 1 to 5, and their words to it."""

    score = serializers.IntegerField()
    comment = serializers.CharField()
    asked_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField()
    agent = serializers.UUIDField(source="agent_id", allow_null=True)
    team = serializers.UUIDField(source="team_id", allow_null=True)


class RatingOfConversationSerializer(RatingSerializer):
    """With the conversation that it is about."""

    id = serializers.UUIDField()
    conversation = serializers.UUIDField(source="conversation_id")
    contact = serializers.UUIDField(source="contact_id")
    channel = serializers.UUIDField(source="channel_id")


class RatingQuery(serializers.Serializer[Any]):
    """Which ratings."""

    conversation = serializers.UUIDField(required=False)
    contact = serializers.UUIDField(required=False)
    agent = serializers.UUIDField(required=False)
    score_to = serializers.IntegerField(
        required=False, min_value=1, max_value=5, help_text="At most this mark."
    )
    answered_after = serializers.DateTimeField(required=False)


class ByAnswer(Pages):
    order = ("-answered_at", "-id")


_ASKED = {
    "conversation": "conversation_id",
    "contact": "contact_id",
    "agent": "agent_id",
    "score_to": "score__lte",
    "answered_after": "answered_at__gt",
}


def told_to(viewer: Viewer) -> QuerySet[Rating]:
    """Ratings without the marks that the viewer may not know: see `Rating.is_told_to`."""
    found = Rating.objects.all()
    return found if can(viewer, Verb.READ_REPORTS) else found.filter(is_hidden=False)


@extend_schema(tags=["ratings"], parameters=[RatingQuery])
class RatingList(WorkspaceView, generics.ListAPIView[Rating]):
    """What customers answered, of conversations that the token may see; the latest first. Marks
    that are hidden from agents are for who reads reports."""

    reading, writing = (Verb.READ_INBOX,), ()
    serializer_class = RatingOfConversationSerializer
    pagination_class = ByAnswer

    def get_queryset(self) -> Any:
        asked = RatingQuery(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        seen = Conversation.objects.visible_to(self.viewer)
        found = told_to(self.viewer).filter(state=Rating.State.ANSWERED, conversation__in=seen)
        given = {_ASKED[name]: value for name, value in asked.validated_data.items()}
        return found.filter(**given)
