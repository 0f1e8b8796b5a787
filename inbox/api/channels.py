from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from channels_connectors.models import Channel
from core.api.pagination import OldestFirst
from inbox.api.serializers import ChannelSerializer, ParkedSerializer
from inbox.connections import connect_channel, disconnect_channel, update_channel
from inbox.models import InboundEnvelope
from workspaces.api.views import WorkspaceView
from workspaces.permissions import Verb


@extend_schema(tags=["channels"])
class ChannelList(WorkspaceView, generics.ListAPIView[Channel]):
    """Connected accounts."""

    reading, writing = Verb.READ_INBOX, Verb.MANAGE_CHANNELS
    serializer_class = ChannelSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> Any:
        return Channel.objects.visible_to(self.viewer)

    def post(self, request: Request) -> Response:
        """Connect an account. 422 with the platform's reason when it refuses the credentials."""
        serializer = ChannelSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        channel = connect_channel(
            kind=values["kind"],
            name=values.get("name", ""),
            credentials=values.get("credentials", {}),
            settings=values.get("settings", {}),
            by=self.viewer,
        )
        return Response(ChannelSerializer(channel).data, status=status.HTTP_201_CREATED)


class _OfChannel(WorkspaceView):
    reading, writing = Verb.READ_INBOX, Verb.MANAGE_CHANNELS

    def channel(self, pk: UUID) -> Channel:
        found: Channel = get_object_or_404(Channel.objects.visible_to(self.viewer), pk=pk)
        return found


class ChannelChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, required=False)
    settings = serializers.DictField(required=False)


@extend_schema(tags=["channels"])
class ChannelDetail(_OfChannel):
    """One connected account."""

    @extend_schema(responses=ChannelSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(ChannelSerializer(self.channel(pk)).data)

    @extend_schema(request=ChannelChangeSerializer, responses=ChannelSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change the name, or settings (`routing`, `team` and those of the kind)."""
        serializer = ChannelChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        channel = update_channel(self.channel(pk), by=self.viewer, **serializer.validated_data)
        return Response(ChannelSerializer(channel).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Disconnect the account. Its conversations stay."""
        disconnect_channel(self.channel(pk), by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["channels"])
class ParkedList(_OfChannel, generics.ListAPIView[InboundEnvelope]):
    """What the platform delivered and we could not read, with the error."""

    reading = Verb.MANAGE_CHANNELS
    serializer_class = ParkedSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> Any:
        return InboundEnvelope.objects.filter(
            channel=self.channel(self.kwargs["pk"]), state=InboundEnvelope.State.PARKED
        )

    @extend_schema(
        request=None,
        responses=inline_serializer("Replayed", {"replayed": serializers.IntegerField()}),
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Try all of them again."""
        count = InboundEnvelope.objects.filter(
            channel=self.channel(pk), state=InboundEnvelope.State.PARKED
        ).update(state=InboundEnvelope.State.NEW, attempts=0, error="")
        return Response({"replayed": count})
