from typing import Any
from uuid import UUID

from django.db.models import BinaryField, F, Func, IntegerField, Value
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import OldestFirst
from inbox.api.channel_serializers import ParkedSerializer
from inbox.api.channels import OfChannels
from inbox.models import InboundEnvelope
from inbox.parked import replay_parked
from workspaces.permissions import Verb

SHOWN_BYTES = 16 * 1024


class ReplayedSerializer(serializers.Serializer[Any]):
    replayed = serializers.IntegerField()


@extend_schema(tags=["channels"])
class ParkedList(OfChannels, generics.ListAPIView[InboundEnvelope]):
    """What the platform delivered and we could not read, with the error."""

    reading = (Verb.MANAGE_CHANNELS,)
    serializer_class = ParkedSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> Any:
        channel = self.channel(self.kwargs["pk"])
        # `~done` repeats the condition of the index.
        parked = InboundEnvelope.objects.exclude(state="done").filter(
            channel=channel, state=InboundEnvelope.State.PARKED
        )
        return parked.defer("raw").annotate(
            beginning=Func(
                F("raw"),
                Value(1),
                Value(SHOWN_BYTES),
                function="substring",
                output_field=BinaryField(),
            ),
            size=Func(F("raw"), function="octet_length", output_field=IntegerField()),
        )


@extend_schema(tags=["channels"])
class Replay(OfChannels):
    """Reading again."""

    @extend_schema(request=None, responses=ReplayedSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Have all that is parked read again, after what was wrong has been mended."""
        return Response({"replayed": replay_parked(self.channel(pk), by=self.viewer)})
