from typing import Any
from uuid import UUID

from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from channels_connectors.models import Channel
from core.api.pagination import Pages
from core.api.problems import Unprocessable
from inbox.actions import start_conversation
from inbox.api.filters import ConversationQuery
from inbox.api.ratings import told_to
from inbox.api.saved_views import found_by
from inbox.api.serializers import (
    ConversationChangeSerializer,
    ConversationSerializer,
    NewConversationSerializer,
)
from inbox.models import Conversation
from workspaces.api.views import WorkspaceView, checked
from workspaces.models import Membership, Team
from workspaces.permissions import Verb, can, require

Status = Conversation.Status


class ByActivity(Pages):
    # As the indexes have it.
    order = ("-last_activity_at", "id")


class OfConversations(WorkspaceView):
    """Conversations that the token may see."""

    reading, writing = (Verb.READ_INBOX,), (Verb.WRITE_INBOX,)

    def conversation(self, pk: UUID) -> Conversation:
        """One of them. Raises `Http404`."""
        found: Conversation = get_object_or_404(
            Conversation.objects.visible_to(self.viewer).select_related("contact", "channel"),
            pk=pk,
        )
        return found

    def shown(self, pk: UUID) -> Response:
        """A conversation as it is now."""
        found = self.conversation(pk)
        prefetch_related_objects([found], self.ratings)
        return Response(ConversationSerializer(found).data)

    @property
    def ratings(self) -> Prefetch:
        """Those whose mark the token may know."""
        return Prefetch("ratings", told_to(self.viewer))


@extend_schema(tags=["conversations"], parameters=[ConversationQuery])
class ConversationList(OfConversations, generics.ListAPIView[Conversation]):
    """Conversations, the last active first."""

    serializer_class = ConversationSerializer
    pagination_class = ByActivity

    def get_queryset(self) -> Any:
        asked = ConversationQuery(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        visible = Conversation.objects.visible_to(self.viewer).prefetch_related(self.ratings)
        if pk := asked.validated_data.get("saved_view"):
            parts = found_by(pk, self.viewer, visible)
            return [narrowed for part in parts for narrowed in asked.narrow(part)]
        return asked.narrow(visible)

    @extend_schema(
        parameters=[],
        request=NewConversationSerializer,
        responses={200: ConversationSerializer, 201: ConversationSerializer},
    )
    def post(self, request: Request) -> Response:
        """The conversation with an address of a channel in which we may write first; made at need.

        200 when there was one already.
        """
        values = checked(NewConversationSerializer, request.data)
        channels = Channel.objects.visible_to(self.viewer)
        channel = _found(channels, values["channel"], _("No such channel."))
        started = start_conversation(channel, values["to"], name=values["name"], by=self.viewer)
        response = self.shown(started.conversation.pk)
        response.status_code = status.HTTP_201_CREATED if started.is_new else status.HTTP_200_OK
        return response


@extend_schema(tags=["conversations"])
class ConversationDetail(OfConversations):
    """One conversation."""

    @extend_schema(responses=ConversationSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return self.shown(pk)

    @extend_schema(request=ConversationChangeSerializer, responses=ConversationSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Assign (`assignee`, `team`), close, reopen or give back to New (`status`)."""
        conversation = self.conversation(pk)
        change = checked(ConversationChangeSerializer, request.data)
        if "assignee" in change or "team" in change:
            self._assign(conversation, change)
        if "status" in change:
            self._move(conversation, change["status"])
        return self.shown(pk)

    def _assign(self, conversation: Conversation, change: dict[str, Any]) -> None:
        require(self.viewer, Verb.ASSIGN_OTHERS)
        member = conversation.assignee
        if "assignee" in change:
            member = _found(Membership.objects.active(), change["assignee"], _("No such member."))
            if member is not None and not can(member, Verb.WRITE_INBOX):
                raise Unprocessable(_("This member's role does not answer customers."))
        team = _found(Team.objects.all(), change.get("team"), _("No such team."))
        no_team = "team" in change and team is None
        conversation.assign(to=member, team=team, no_team=no_team, by=self.viewer)

    def _move(self, conversation: Conversation, status: str) -> None:
        if status == Status.CLOSED:
            conversation.close(by=self.viewer)
            return
        conversation.reopen(by=self.viewer)
        if status == Status.NEW:
            conversation.assign(to=None, by=self.viewer)
        elif conversation.status == Status.NEW:
            raise Unprocessable(_("An accepted conversation needs an assignee."))


@extend_schema(tags=["conversations"], request=None, responses=ConversationSerializer)
class Gesture(OfConversations):
    """What an agent does to a conversation with one click."""

    gesture: str = ""

    def post(self, request: Request, pk: UUID) -> Response:
        getattr(self.conversation(pk), self.gesture)(by=self.viewer)
        return self.shown(pk)


@extend_schema(description="Nothing is unread any more. An unanswered question stays unanswered.")
class Reading(Gesture):
    gesture = "mark_read"


@extend_schema(description="Look unread again, to be taken up later.")
class Unreading(Gesture):
    gesture = "mark_unread"


@extend_schema(description="No reply is needed: the customer no longer counts as waiting.")
class Settling(Gesture):
    gesture = "settle"


def _found(rows: Any, pk: UUID | None, words: str) -> Any:
    if pk is None:
        return None
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Unprocessable(words)
    return row
