from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.models import ReportDelivery, SavedReport
from analytics.reports.catalogue import REPORTS
from analytics.saved import actions
from core.api.fields import JsonObject
from core.api.pagination import OldestFirst
from crm.api.references import one
from inbox.models import Conversation
from workspaces.api.views import WorkspaceView, checked
from workspaces.models import Membership
from workspaces.permissions import Verb


class SavedReportSerializer(serializers.Serializer[Any]):
    """A report as it is looked at, under a name. `parameters` are those of `reports/<name>/`."""

    id = serializers.UUIDField(read_only=True)
    report = serializers.ChoiceField(choices=sorted(REPORTS))
    name = serializers.CharField(max_length=100)
    parameters = JsonObject(required=False)
    is_shared = serializers.BooleanField(required=False)
    member = serializers.UUIDField(source="membership_id", read_only=True)


class ReportDeliverySerializer(serializers.Serializer[Any]):
    """A saved report that comes by itself, at `hour` of the company's time: to `recipients`, who
    are members, by e-mail, and into a `conversation`. `day` is of the week (1 is Monday) or of the
    month (1 to 28)."""

    id = serializers.UUIDField(read_only=True)
    frequency = serializers.ChoiceField(choices=ReportDelivery.Frequency.values)
    day = serializers.IntegerField(min_value=1, max_value=28, required=False)
    hour = serializers.IntegerField(min_value=0, max_value=23, required=False)
    format = serializers.ChoiceField(choices=ReportDelivery.Format.values, required=False)
    recipients = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=actions.MOST_RECIPIENTS
    )
    conversation = serializers.UUIDField(required=False, allow_null=True)
    next_at = serializers.DateTimeField(read_only=True, allow_null=True)
    last_at = serializers.DateTimeField(read_only=True, allow_null=True)
    error = serializers.CharField(read_only=True)

    def to_representation(self, delivery: ReportDelivery) -> dict[str, Any]:
        return {
            "id": str(delivery.pk),
            "frequency": delivery.frequency,
            "day": delivery.day,
            "hour": delivery.hour,
            "format": delivery.format,
            "recipients": [str(pk) for pk in delivery.recipients.values_list("pk", flat=True)],
            "conversation": str(delivery.conversation_id) if delivery.conversation_id else None,
            "next_at": serializers.DateTimeField().to_representation(delivery.next_at)
            if delivery.next_at else None,
            "last_at": serializers.DateTimeField().to_representation(delivery.last_at)
            if delivery.last_at else None,
            "error": delivery.error,
        }  # fmt: skip


class _OfSaved(WorkspaceView):
    reading = writing = (Verb.READ_REPORTS, Verb.READ_OWN_NUMBERS)

    def maker(self) -> Membership | None:
        """The member; of a program who made its token, if that is known."""
        if isinstance(self.viewer, Membership):
            return self.viewer
        members = Membership.objects.active().with_user()
        found: Membership | None = members.filter(pk=self.viewer.created_by_id).first()
        return found

    def member(self) -> Membership:
        """The same for what somebody must answer for. Raises `PermissionDenied`."""
        maker = self.maker()
        if maker is None:
            raise PermissionDenied(_("This token was made by nobody who is still here."))
        return maker

    def saved(self, pk: UUID) -> SavedReport:
        """One that the viewer sees. Raises `Http404`."""
        found: SavedReport = get_object_or_404(actions.seen_by(self.maker()), pk=pk)
        return found


@extend_schema(tags=["reports"])
class SavedReportList(_OfSaved, generics.ListAPIView[SavedReport]):
    """Saved reports: one's own, and those that are shared."""

    serializer_class = SavedReportSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> Any:
        return actions.seen_by(self.maker())

    @extend_schema(responses={201: SavedReportSerializer})
    def post(self, request: Request) -> Response:
        """Save a report; under a name that is taken, it takes its place."""
        values = checked(SavedReportSerializer, request.data)
        values.setdefault("parameters", {})
        saved = actions.save_report(by=self.member(), **values)
        return Response(SavedReportSerializer(saved).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["reports"])
class SavedReportDetail(_OfSaved):
    """One saved report."""

    @extend_schema(responses=SavedReportSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(SavedReportSerializer(self.saved(pk)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Keep it no longer; its deliveries end."""
        actions.delete_saved(self.saved(pk), by=self.member())
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["reports"])
class ReportDeliveryList(_OfSaved):
    """To whom a saved report comes by itself."""

    reading = writing = (Verb.READ_REPORTS,)

    @extend_schema(responses=ReportDeliverySerializer(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        found = self.saved(pk).deliveries.order_by("created_at")
        return Response(ReportDeliverySerializer(found, many=True).data)

    @extend_schema(request=ReportDeliverySerializer, responses={201: ReportDeliverySerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Have it come."""
        saved = self.saved(pk)
        values = checked(ReportDeliverySerializer, request.data)
        if asked := values.pop("conversation", None):
            visible = Conversation.objects.visible_to(self.viewer)
            values["conversation"] = one(visible, asked, _("There is no such conversation."))
        if "format" in values:
            values["file_format"] = values.pop("format")
        delivery = actions.set_delivery(saved, by=self.member(), **values)
        shown = ReportDeliverySerializer(delivery).data
        return Response(shown, status=status.HTTP_201_CREATED)


@extend_schema(tags=["reports"])
class ReportDeliveryDetail(_OfSaved):
    """One delivery."""

    reading = writing = (Verb.READ_REPORTS,)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID, delivery: UUID) -> Response:
        """Have it come no longer."""
        get_object_or_404(self.saved(pk).deliveries.all(), pk=delivery).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
