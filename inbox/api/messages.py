from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import Pages
from inbox.actions import delete_message, edit_message, react, retry_message, send_message
from inbox.api.conversations import OfConversations
from inbox.api.serializers import (
    MessageChangeSerializer,
    MessageSerializer,
    NewMessageSerializer,
    NewReactionSerializer,
)
from inbox.models import Message
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb


class InPlatformOrder(Pages):
    order = ("sent_at", "platform_order", "id")


@extend_schema(tags=["messages"])
class MessageList(OfConversations, generics.ListAPIView[Message]):
    """Messages of a conversation in the platform's order, oldest first."""

    serializer_class = MessageSerializer
    pagination_class = InPlatformOrder

    def get_queryset(self) -> Any:
        return _whole(self.conversation(self.kwargs["pk"]).messages.all())

    @extend_schema(
        request=NewMessageSerializer, responses={200: MessageSerializer, 201: MessageSerializer}
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Send a message, or with `internal` leave a note to colleagues.

        200 with the message of the first call when its `client_id` was used before.
        """
        conversation = self.conversation(pk)
        form = NewMessageSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        values = form.validated_data
        client_id = values["client_id"]
        is_repeat = client_id and Message.objects.filter(client_id=client_id).exists()
        message = send_message(
            conversation,
            values["text"] or "",
            by=self.viewer,
            client_id=client_id,
            attachments=values["attachments"],
            reply_to=values["reply_to"],
            internal=values["internal"],
            subject=values["subject"],
            cc=values["cc"],
            payload=form.payload(),
        )
        code = status.HTTP_200_OK if is_repeat else status.HTTP_201_CREATED
        return Response(shown(self.viewer, message.pk), status=code)


@extend_schema(tags=["messages"])
class MessageDetail(WorkspaceView):
    """One message."""

    reading, writing = (Verb.READ_INBOX,), (Verb.WRITE_INBOX,)

    @extend_schema(responses=MessageSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(shown(self.viewer, pk))

    @extend_schema(request=MessageChangeSerializer, responses=MessageSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Have a message of ours say something else. What the platform is still to be told is in
        `changes`; should it refuse, the old text is back."""
        text = checked(MessageChangeSerializer, request.data)["text"]
        edit_message(_visible(self.viewer, pk), text, by=self.viewer)
        return Response(shown(self.viewer, pk))

    @extend_schema(responses={200: MessageSerializer})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Take a message of ours back, from the customer too; one that is queued is never sent."""
        delete_message(_visible(self.viewer, pk), by=self.viewer)
        return Response(shown(self.viewer, pk))


@extend_schema(tags=["messages"])
class MessageReaction(WorkspaceView):
    """The company's one reaction on a message."""

    reading, writing = (Verb.READ_INBOX,), (Verb.WRITE_INBOX,)

    @extend_schema(request=NewReactionSerializer, responses=MessageSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Put it, in place of the one before."""
        message = _visible(self.viewer, pk)
        react(message, checked(NewReactionSerializer, request.data)["emoji"], by=self.viewer)
        return Response(shown(self.viewer, pk))

    @extend_schema(responses={200: MessageSerializer})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Take it back."""
        react(_visible(self.viewer, pk), "", by=self.viewer)
        return Response(shown(self.viewer, pk))


@extend_schema(tags=["messages"])
class Retry(WorkspaceView):
    """Another attempt at a message that did not go."""

    reading, writing = (Verb.READ_INBOX,), (Verb.WRITE_INBOX,)

    @extend_schema(request=None, responses=MessageSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Queue again a message that failed, or whose outcome is unknown: then the customer may
        get it twice. Any other message stays as it is."""
        retry_message(_visible(self.viewer, pk), by=self.viewer)
        return Response(shown(self.viewer, pk))


def shown(viewer: Any, pk: UUID) -> Any:
    """A message as the API shows it, if the viewer may see it; else 404."""
    return MessageSerializer(_visible(viewer, pk)).data


def _visible(viewer: Any, pk: UUID) -> Message:
    found: Message = get_object_or_404(_whole(Message.objects.visible_to(viewer)), pk=pk)
    return found


def _whole(messages: QuerySet[Message]) -> QuerySet[Message]:
    """With all that the serializer shows, in four queries however many they are."""
    return messages.select_related("author__user", "conversation__contact").prefetch_related(
        "attachments", "reactions", "changes"
    )
