from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.functional import SimpleLazyObject
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from channels_connectors.models import Channel
from core.api.pagination import OldestFirst
from inbox.api.channel_people import PeopleChange
from inbox.api.channel_serializers import (
    ChannelChangeSerializer,
    ChannelSerializer,
    ConnectedChannelSerializer,
    NewChannelSerializer,
)
from inbox.connections import connect_channel, disconnect_channel, update_channel
from inbox.reconnecting import reconnect_channel
from workspaces.api.views import WorkspaceView, checked
from workspaces.models import Calendar, Workspace
from workspaces.permissions import Verb, can


class OfChannels(WorkspaceView):
    """Channels that the token may see."""

    reading, writing = (Verb.READ_INBOX, Verb.MANAGE_CHANNELS), (Verb.MANAGE_CHANNELS,)
    serializer_class: Any = ChannelSerializer

    def get_queryset(self) -> Any:
        """All of them."""
        return Channel.objects.visible_to(self.viewer).prefetch_related("access_list")

    def channel(self, pk: UUID) -> Channel:
        """One of them. Raises `Http404`."""
        found: Channel = get_object_or_404(Channel.objects.visible_to(self.viewer), pk=pk)
        return found

    @property
    def workspace(self) -> Workspace:
        """The token's own."""
        return self.viewer.workspace

    def get_serializer_context(self) -> dict[str, Any]:
        """Addresses and keys are for who manages channels."""
        return {
            "manages": can(self.viewer, Verb.MANAGE_CHANNELS),
            "zone": self.workspace.time_zone,
            "calendars": SimpleLazyObject(_calendars),
        }

    def shown(self, channel: Channel) -> Any:
        """A channel as the API shows it to this token, as it is now."""
        found = self.get_queryset().get(pk=channel.pk)
        return ChannelSerializer(found, context=self.get_serializer_context()).data


def _calendars() -> dict[UUID, Calendar]:
    newest = Calendar.objects.newest_of(Calendar.Owner.CHANNEL)
    return {calendar.owner_id: calendar for calendar in newest}


@extend_schema(tags=["channels"])
class ChannelList(OfChannels, generics.ListAPIView[Channel]):
    """Connected accounts, disconnected ones too."""

    pagination_class = OldestFirst

    @extend_schema(request=NewChannelSerializer, responses={201: ConnectedChannelSerializer})
    def post(self, request: Request) -> Response:
        """Connect an account. 422 with the platform's reason when it refuses the credentials."""
        values = checked(NewChannelSerializer, request.data)
        people = PeopleChange(values)
        channel = connect_channel(**values, by=self.viewer)
        people.apply(channel, self.workspace, by=self.viewer)
        channel.refresh_from_db(fields=["is_restricted", "away_reply"])
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

    @extend_schema(request=ChannelChangeSerializer, responses=ConnectedChannelSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change the name, who sees it and when somebody is there, settings (`routing`, `team` and
        those of the kind), or enter its account again with other `credentials`. 422 with the
        platform's reason when it refuses these."""
        channel = self.channel(pk)
        changes = checked(ChannelChangeSerializer, request.data)
        people = PeopleChange(changes)
        revealed = self._enter_again(channel, changes)
        changed = update_channel(channel, by=self.viewer, **changes)
        people.apply(changed, self.workspace, by=self.viewer)
        found = self.get_queryset().get(pk=channel.pk)
        found.revealed = revealed
        context = self.get_serializer_context()
        return Response(ConnectedChannelSerializer(found, context=context).data)

    def _enter_again(self, channel: Channel, changes: dict[str, Any]) -> Mapping[str, str]:
        """With the `credentials` among the changes, if any; the secrets that were made for it."""
        given = changes.pop("credentials", None)
        if not given:
            return {}
        # How the platform is reached may have to change with them.
        settings = {
            name: value
            for name, value in changes.get("settings", {}).items()
            if name not in {"team", "routing"}
        }
        entered = reconnect_channel(channel, credentials=given, settings=settings, by=self.viewer)
        return entered.revealed

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Disconnect the account. Its conversations stay."""
        disconnect_channel(self.channel(pk), by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)
