"""Closed periods in the public contract: what is changed of them later is flagged."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import Pages
from core.api.problems import Conflict
from crm.actions import close_books, reopen_books
from crm.actions.books import closed_until
from crm.models import ClosedPeriod
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb


class ClosedPeriodSerializer(serializers.Serializer[Any]):
    """The books are closed through a day, which is included."""

    id = serializers.UUIDField()
    until = serializers.DateField()
    by = serializers.UUIDField(source="by_id", allow_null=True)
    created_at = serializers.DateTimeField()


class NewClosedPeriodSerializer(serializers.Serializer[Any]):
    until = serializers.DateField(help_text="A day that is over, later than the last closed one.")


class LatestFirst(Pages):
    order = ("-until", "id")


class _OfBooks(WorkspaceView):
    reading, writing = (Verb.READ_DEALS,), (Verb.MANAGE_PIPELINES,)


@extend_schema(tags=["closed periods"])
class ClosedPeriodList(_OfBooks, generics.ListAPIView[ClosedPeriod]):
    """Closed periods, the latest first."""

    serializer_class = ClosedPeriodSerializer
    pagination_class = LatestFirst

    def get_queryset(self) -> Any:
        return ClosedPeriod.objects.all()

    @extend_schema(request=NewClosedPeriodSerializer, responses={201: ClosedPeriodSerializer})
    def post(self, request: Request) -> Response:
        """Close the books through a day."""
        until = checked(NewClosedPeriodSerializer, request.data)["until"]
        period = close_books(until=until, by=self.viewer)
        return Response(ClosedPeriodSerializer(period).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["closed periods"])
class ClosedPeriodDetail(_OfBooks):
    """One of them."""

    @extend_schema(responses=ClosedPeriodSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        found = get_object_or_404(ClosedPeriod, pk=pk)
        return Response(ClosedPeriodSerializer(found).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Open the books again: the latest closing is taken back first."""
        found = get_object_or_404(ClosedPeriod, pk=pk)
        if found.until != closed_until():
            raise Conflict(_("Later books are closed too: open those first."))
        reopen_books(by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)
