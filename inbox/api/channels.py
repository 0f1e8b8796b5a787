from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from channels_connectors.models import Channel
from core.api.pagination import OldestFirst
from inbox.api.channel_serializers import (
    ChannelChangeSerializer,
    ChannelSerializer,
    ConnectedChannelSerializer,
    NewChannelSerializer,
    without_password,
)
from inbox.connections import connect_channel, disconnect_channel, update_channel
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb, can


class OfChannels(WorkspaceView):
    """Channels that the token may see."""

    reading, writing = (Verb.READ_INBOX, Verb.MANAGE_CHANNELS), (Verb.MANAGE_CHANNELS,)
    serializer_class: Any = ChannelSerializer

    def channel(self, pk: UUID) -> Channel:
        """One of them. Raises `Http404`."""
        found: Channel = get_object_or_404(Channel.objects.visible_to(self.viewer), pk=pk)
        return found

    def get_serializer_context(self) -> dict[str, Any]:
        """Addresses and keys are for who manages channels."""
        return {"manages": can(self.viewer, Verb.MANAGE_CHANNELS)}

    def shown(self, channel: Channel) -> Any:
        """A channel as the API shows it to this token."""
        return ChannelSerializer(channel, context=self.get_serializer_context()).data


@extend_schema(tags=["channels"])
class ChannelList(OfChannels, generics.ListAPIView[Channel]):
    """Connected accounts, disconnected ones too."""

    pagination_class = OldestFirst

    def get_queryset(self) -> Any:
        return Channel.objects.visible_to(self.viewer)

    @extend_schema(request=NewChannelSerializer, responses={201: ConnectedChannelSerializer})
    def post(self, request: Request) -> Response:
        """Connect an account. 422 with the platform's reason when it refuses the credentials."""
        channel = connect_channel(**checked(NewChannelSerializer, request.data), by=self.viewer)
        context = self.get_serializer_context()
        shown = ConnectedChannelSerializer(channel, context=context).data
        answer = Response(shown, status=status.HTTP_201_CREATED)
        # A repetition of the request is told the rest.
        answer.shown_once = ("shown_once",)  # type: ignore[attr-defined]
        return answer


@extend_schema(tags=["channels"])
class ChannelDetail(OfChannels):
    """One connected account."""

    @extend_schema(responses=ChannelSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(self.shown(self.channel(pk)))

    @extend_schema(request=ChannelChangeSerializer, responses=ChannelSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change the name, or settings: `routing`, `team` and those of the kind."""
        channel = self.channel(pk)
        changes = checked(ChannelChangeSerializer, request.data)
        settings = changes.get("settings", {})
        if settings.get("proxy") == without_password(channel.settings.get("proxy")):
            # Sent back as it was shown, without the password.
            settings.pop("proxy", None)
        return Response(self.shown(update_channel(channel, by=self.viewer, **changes)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Disconnect the account. Its conversations stay."""
        disconnect_channel(self.channel(pk), by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)
