from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events.journal import last_seq
from events.models import Event
from workspaces.api.views import WorkspaceView
from workspaces.permissions import Verb


class PageParameters(serializers.Serializer[Any]):
    after = serializers.IntegerField(min_value=0, max_value=2**63 - 1, default=0)
    limit = serializers.IntegerField(min_value=1, max_value=200, default=50)


class EventSerializer(serializers.Serializer[Any]):
    seq = serializers.IntegerField()
    action = serializers.CharField()
    at = serializers.DateTimeField()
    actor = serializers.DictField(allow_null=True)
    subject = serializers.DictField()
    data = serializers.DictField()  # type: ignore[assignment]


@extend_schema(tags=["events"])
class EventList(WorkspaceView):
    """The journal, in order, past a cursor. `seq` has no gaps: `after=<last seq>` misses nothing."""

    reading = Verb.READ_EVENTS

    @extend_schema(
        parameters=[
            OpenApiParameter("after", OpenApiTypes.INT, description="The last seq you have"),
            OpenApiParameter("limit", OpenApiTypes.INT, description="Up to 200"),
        ],
        responses=inline_serializer(
            "EventPage",
            {
                "next": serializers.URLField(allow_null=True),
                "previous": serializers.URLField(allow_null=True),
                "results": EventSerializer(many=True),
                "last_seq": serializers.IntegerField(),
            },
        ),
    )
    def get(self, request: Request) -> Response:
        parameters = PageParameters(data=request.query_params)
        parameters.is_valid(raise_exception=True)
        after, limit = parameters.validated_data["after"], parameters.validated_data["limit"]
        events = list(Event.objects.after(after)[:limit])
        newest = last_seq()
        more = bool(events) and events[-1].seq < newest
        return Response(
            {
                "next": request.build_absolute_uri(f"?after={events[-1].seq}&limit={limit}")
                if more
                else None,
                "previous": None,
                "results": [event.as_public() for event in events],
                "last_seq": newest,
            }
        )
