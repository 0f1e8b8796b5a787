from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import NewestFirst, Pages
from marketing import actions, totals
from marketing.actions.broadcasts import add_file, remove_files
from marketing.api.serializers import (
    BROADCAST_STATUSES,
    BroadcastSerializer,
    RecipientQuery,
    RecipientSerializer,
)
from marketing.models import Broadcast, BroadcastRecipient
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb


class OfBroadcasts(WorkspaceView):
    """What resources of broadcasts have in common."""

    reading, writing = (Verb.READ_BROADCASTS,), (Verb.WRITE_BROADCASTS,)
    serializer_class: Any = BroadcastSerializer

    def get_queryset(self) -> Any:
        return Broadcast.objects.visible_to(self.viewer)

    def broadcast(self, pk: UUID) -> Broadcast:
        """One that the viewer sees. Raises `Http404`."""
        found: Broadcast = get_object_or_404(self.get_queryset(), pk=pk)
        return found

    def shown(self, broadcast: Broadcast) -> Any:
        """With its numbers."""
        context = {"totals": totals.totals_of([broadcast.pk])}
        return BroadcastSerializer(broadcast, context=context).data

    def asked(self, **options: Any) -> Any:
        """What was sent."""
        return checked(BroadcastSerializer, self.request.data, **options)


class BroadcastQuery(serializers.Serializer[Any]):
    """Filters of the list of broadcasts."""

    status = serializers.ChoiceField(choices=BROADCAST_STATUSES, required=False)
    segment = serializers.UUIDField(required=False)


@extend_schema(tags=["broadcasts"])
class BroadcastList(OfBroadcasts, generics.ListAPIView[Broadcast]):
    """Broadcasts, newest first."""

    pagination_class = NewestFirst

    @extend_schema(parameters=[BroadcastQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = BroadcastQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        page = self.paginate_queryset(self.get_queryset().filter(**asked.validated_data))
        assert page is not None
        context = {"totals": totals.totals_of([broadcast.pk for broadcast in page])}
        found = BroadcastSerializer(page, many=True, context=context)
        return self.get_paginated_response(found.data)

    @extend_schema(responses={201: BroadcastSerializer})
    def post(self, request: Request) -> Response:
        """Prepare a broadcast. Nothing is sent before `launch`."""
        broadcast = actions.create_broadcast(by=self.viewer, **self.asked())
        return Response(self.shown(broadcast), status=status.HTTP_201_CREATED)


@extend_schema(tags=["broadcasts"])
class BroadcastDetail(OfBroadcasts):
    """One broadcast."""

    @extend_schema(responses=BroadcastSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(self.shown(self.broadcast(pk)))

    @extend_schema(responses=BroadcastSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change a draft; 422 for what was launched."""
        broadcast = self.broadcast(pk)
        values = self.asked(partial=True)
        return Response(self.shown(actions.update_broadcast(broadcast, by=self.viewer, **values)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete a draft; 422 for what was launched."""
        actions.delete_broadcast(self.broadcast(pk), by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)


class _Running(OfBroadcasts):
    writing = (Verb.LAUNCH_BROADCASTS,)
    verb: ClassVar[Any]

    @extend_schema(request=None, responses=BroadcastSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        broadcast = type(self).verb(self.broadcast(pk), by=self.viewer)
        return Response(self.shown(broadcast))


@extend_schema(tags=["broadcasts"], description="Send it now, or at its time.")
class BroadcastLaunch(_Running):
    verb = staticmethod(actions.launch_broadcast)


@extend_schema(tags=["broadcasts"], description="Send nothing more until it is resumed.")
class BroadcastPause(_Running):
    verb = staticmethod(actions.pause_broadcast)


@extend_schema(tags=["broadcasts"], description="Go on where it was paused.")
class BroadcastResume(_Running):
    verb = staticmethod(actions.resume_broadcast)


@extend_schema(tags=["broadcasts"], description="Send nothing more for good.")
class BroadcastStop(_Running):
    verb = staticmethod(actions.stop_broadcast)


class InOrder(Pages):
    order = ("id",)


@extend_schema(tags=["broadcasts"])
class BroadcastRecipients(OfBroadcasts, generics.ListAPIView[BroadcastRecipient]):
    """The audience of a broadcast, in the order in which it was made."""

    serializer_class: Any = RecipientSerializer
    pagination_class = InOrder

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return BroadcastRecipient.objects.none()
        broadcast = get_object_or_404(
            Broadcast.objects.visible_to(self.viewer), pk=self.kwargs["pk"]
        )
        asked = RecipientQuery(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        wanted = dict(asked.validated_data)
        answered = wanted.pop("answered")
        found = BroadcastRecipient.objects.visible_to(self.viewer).filter(
            broadcast=broadcast, **wanted
        )
        return found if answered is None else found.filter(answered_at__isnull=not answered)

    @extend_schema(parameters=[RecipientQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class FileSerializer(serializers.Serializer[Any]):
    """A form with a file."""

    file = serializers.FileField()


@extend_schema(tags=["broadcasts"])
class BroadcastFiles(OfBroadcasts):
    """Files beside the text."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": FileSerializer}, responses={201: BroadcastSerializer}
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Add a file to a draft."""
        broadcast = self.broadcast(pk)
        asked = checked(FileSerializer, request.data)
        broadcast = add_file(broadcast, asked["file"], by=self.viewer)
        return Response(self.shown(broadcast), status=status.HTTP_201_CREATED)

    @extend_schema(responses={200: BroadcastSerializer})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Take all files off a draft."""
        return Response(self.shown(remove_files(self.broadcast(pk), by=self.viewer)))
