from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import ByActivity, InPlatformOrder
from core.api.problems import Unprocessable
from inbox.actions import send_message
from inbox.api.filters import ConversationFilters
from inbox.api.serializers import (
    ConversationChangeSerializer,
    ConversationSerializer,
    MessageSerializer,
    NewMessageSerializer,
)
from inbox.models import Attachment, Conversation, Message
from workspaces.api.views import WorkspaceView
from workspaces.models import Membership, Team
from workspaces.permissions import Verb


@extend_schema(tags=["conversations"], parameters=[ConversationFilters])
class ConversationList(WorkspaceView, generics.ListAPIView[Conversation]):
    """Conversations, the last active first."""

    reading = Verb.READ_INBOX
    serializer_class = ConversationSerializer
    pagination_class = ByActivity

    def get_queryset(self) -> Any:
        filters = ConversationFilters(data=self.request.query_params)
        filters.is_valid(raise_exception=True)
        return filters.narrow(Conversation.objects.visible_to(self.viewer))


class _OfConversation(WorkspaceView):
    reading, writing = Verb.READ_INBOX, Verb.WRITE_INBOX

    def conversation(self, pk: UUID) -> Conversation:
        found: Conversation = get_object_or_404(
            Conversation.objects.visible_to(self.viewer).select_related("contact", "channel"),
            pk=pk,
        )
        return found


@extend_schema(tags=["conversations"])
class ConversationDetail(_OfConversation):
    """One conversation."""

    @extend_schema(responses=ConversationSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(ConversationSerializer(self.conversation(pk)).data)

    @extend_schema(request=ConversationChangeSerializer, responses=ConversationSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Assign (`assignee`, `team`; null gives back to New), close or reopen (`status`)."""
        serializer = ConversationChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        change, conversation = serializer.validated_data, self.conversation(pk)
        if "assignee" in change or "team" in change:
            self._assign(conversation, change)
        if change.get("status") == Conversation.Status.CLOSED:
            conversation.close(by=self.viewer)
        elif "status" in change:
            conversation.reopen(by=self.viewer)
            if change["status"] == Conversation.Status.NEW:
                conversation.assign(to=None, by=self.viewer)
            elif conversation.status == Conversation.Status.NEW:
                raise Unprocessable("An accepted conversation needs an assignee.")
        return Response(ConversationSerializer(self.conversation(pk)).data)

    def _assign(self, conversation: Conversation, change: dict[str, Any]) -> None:
        member_id = change.get("assignee", conversation.assignee_id)
        member = team = None
        if member_id:
            member = Membership.objects.active().filter(pk=member_id).first()
            if member is None:
                raise Unprocessable("No such member.")
        if change.get("team"):
            team = Team.objects.filter(pk=change["team"]).first()
            if team is None:
                raise Unprocessable("No such team.")
        conversation.assign(to=member, team=team, by=self.viewer)


@extend_schema(tags=["messages"])
class MessageList(_OfConversation, generics.ListAPIView[Message]):
    """Messages of a conversation in the platform's order, oldest first."""

    serializer_class = MessageSerializer
    pagination_class = InPlatformOrder

    def get_queryset(self) -> Any:
        conversation = self.conversation(self.kwargs["pk"])
        return conversation.messages.for_thread().select_related("conversation__contact")

    @extend_schema(request=NewMessageSerializer, responses=MessageSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Send a message, or with `internal` leave a note to colleagues."""
        serializer = NewMessageSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values, conversation = serializer.validated_data, self.conversation(pk)
        reply_to = None
        if values["reply_to"]:
            reply_to = conversation.messages.filter(pk=values["reply_to"]).first()
            if reply_to is None:
                raise Unprocessable("reply_to is not a message of this conversation.")
        message = send_message(
            conversation=conversation,
            text=values["text"],
            by=self.viewer,
            client_id=values["client_id"],
            attachments=self._drafts(values["attachments"]),
            reply_to=reply_to,
            internal=values["internal"],
        )
        return Response(shown(self.viewer, message.pk), status=status.HTTP_201_CREATED)

    def _drafts(self, ids: list[UUID]) -> list[Attachment]:
        found = {draft.pk: draft for draft in Attachment.objects.filter(pk__in=ids)}
        missing = [str(pk) for pk in ids if pk not in found]
        if missing:
            raise Unprocessable(f"No such attachments: {', '.join(missing)}.")
        return [found[pk] for pk in ids]


@extend_schema(tags=["messages"])
class MessageDetail(WorkspaceView):
    """One message."""

    reading = Verb.READ_INBOX

    @extend_schema(responses=MessageSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(shown(self.viewer, pk))


def shown(viewer: Any, pk: UUID) -> Any:
    """A message as the API shows it, if the viewer may see it; else 404."""
    message = get_object_or_404(
        Message.objects.visible_to(viewer).for_thread().select_related("conversation__contact"),
        pk=pk,
    )
    return MessageSerializer(message).data
