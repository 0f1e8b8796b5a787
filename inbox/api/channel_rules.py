"""Rules of the workspace, of which a channel may have its own, in the public contract."""

from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from channels_connectors.models import Channel
from workspaces.api.views import WorkspaceView, checked


class ChannelRuleSerializer(serializers.Serializer[Any]):
    """Of the workspace's own rule `channel` is null. A rule that is not `own` is the workspace's,
    or the usual one."""

    channel = serializers.UUIDField(source="for_channel", allow_null=True)
    own = serializers.BooleanField(source="is_own")


class ChannelRulesView(WorkspaceView):
    """What the addresses of such rules do; a subclass says which rules, and documents them."""

    serializer: ClassVar[type[ChannelRuleSerializer]]
    changes: ClassVar[type[serializers.Serializer[Any]]]

    def rules(self) -> dict[UUID | None, Any]:
        """The rules by channel; under None the workspace's, or the usual one."""
        raise NotImplementedError

    def store(self, channel: Channel | None, given: dict[str, Any]) -> None:
        """Give the channel, or without one the workspace, what was given."""
        raise NotImplementedError

    def remove(self, channel: Channel) -> None:
        """Let the workspace's rule apply to the channel again."""
        raise NotImplementedError

    def told(self, channel: UUID | None) -> Response:
        """The rule that applies there."""
        return Response(self._written(self._seen(channel), self.rules()))

    def told_all(self) -> Response:
        """The workspace's rule, and those of the channels that have their own."""
        known = self.rules()
        channels = Channel.objects.visible_to(self.viewer).filter(pk__in=known.keys() - {None})
        places = [None, *channels.order_by("created_at", "id")]
        results = [self._written(place, known) for place in places]
        return Response({"next": None, "previous": None, "results": results})

    def changed(self, channel: UUID | None, request: Request) -> Response:
        """The rule that applies there after what was sent. Raises `ValidationError`."""
        found = self._seen(channel)
        self.store(found, checked(self.changes, request.data))
        return Response(self._written(found, self.rules()))

    def removed(self, channel: UUID) -> Response:
        """Nothing, once the channel's own rule is gone."""
        self.remove(get_object_or_404(Channel.objects.visible_to(self.viewer), pk=channel))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _seen(self, channel: UUID | None) -> Channel | None:
        if channel is None:
            return None
        found: Channel = get_object_or_404(Channel.objects.visible_to(self.viewer), pk=channel)
        return found

    def _written(self, channel: Channel | None, known: dict[UUID | None, Any]) -> dict[str, Any]:
        pk = channel.pk if channel else None
        rule = known.get(pk) or known[None]
        rule.for_channel, rule.is_own = pk, rule.channel_id == pk and not rule._state.adding
        found: dict[str, Any] = self.serializer(rule).data
        return found
