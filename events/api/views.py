from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.api.pagination import Limit
from events.journal import last_seq
from events.models import Event
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb

BIGGEST_SEQ = 2**63 - 1


class EventQuery(serializers.Serializer[Any]):
    after = serializers.IntegerField(
        min_value=0, max_value=BIGGEST_SEQ, default=0, help_text="The last `seq` that you have."
    )
    limit = Limit()


class ActorSerializer(serializers.Serializer[Any]):
    type = serializers.CharField()
    id = serializers.UUIDField(allow_null=True)


class SubjectSerializer(serializers.Serializer[Any]):
    type = serializers.CharField()
    id = serializers.UUIDField()


class EventSerializer(serializers.Serializer[Any]):
    """One fact. The actor is a `member`, an `api_token`, a `contact`, the `system` or null."""

    seq = serializers.IntegerField()
    action = serializers.CharField()
    at = serializers.DateTimeField()
    actor = ActorSerializer(allow_null=True)
    subject = SubjectSerializer()
    data = serializers.DictField()  # type: ignore[assignment]


class EventPageSerializer(serializers.Serializer[Any]):
    """`next` is there as long as the journal goes on past this page; ask `?after=` for news."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = EventSerializer(many=True)
    last_seq = serializers.IntegerField()


@extend_schema(tags=["events"])
class EventList(WorkspaceView):
    """The journal, in order. `seq` has no gaps: `after=<the last seq you have>` misses nothing."""

    reading = (Verb.READ_EVENTS,)

    @extend_schema(parameters=[EventQuery], responses=EventPageSerializer)
    def get(self, request: Request) -> Response:
        asked = checked(EventQuery, request.query_params)
        # Before the rows: what it promises is committed, and can be read.
        newest = last_seq()
        events = list(Event.objects.after(asked["after"])[: asked["limit"]])
        more = bool(events) and events[-1].seq < newest
        return Response(
            {
                "next": replace_query_param(
                    request.build_absolute_uri(), "after", str(events[-1].seq)
                )
                if more
                else None,
                "previous": None,
                "results": [event.as_public() for event in events],
                "last_seq": max([newest, *(event.seq for event in events)]),
            }
        )
