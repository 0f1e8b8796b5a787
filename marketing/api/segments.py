from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField, FileField, Serializer

from contacts.api.serializers import ContactSerializer
from contacts.models import Contact
from core.api.pagination import NewestFirst
from crm.api.references import one
from marketing import reach
from marketing.actions import create_segment, delete_segment, list_from_file, update_segment
from marketing.actions.segments import count_segment
from marketing.api.serializers import (
    AskedSerializer,
    ReachSerializer,
    SegmentSerializer,
    UploadedSerializer,
)
from marketing.audience import contacts_in, fulfilling
from marketing.models import Segment
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb


class _OfSegments(WorkspaceView):
    reading, writing = (Verb.READ_SEGMENTS,), (Verb.WRITE_SEGMENTS,)
    serializer_class: Any = SegmentSerializer

    def get_queryset(self) -> Any:
        return Segment.objects.visible_to(self.viewer).listed()

    def segment(self, pk: UUID) -> Segment:
        """One that the viewer sees, by the address. Raises `Http404`."""
        found: Segment = get_object_or_404(Segment.objects.visible_to(self.viewer), pk=pk)
        return found

    def named(self, pk: UUID) -> Segment:
        """One that the viewer sees, by the body. Raises `Unprocessable`."""
        found: Segment = one(
            Segment.objects.visible_to(self.viewer), pk, _("There is no such segment.")
        )
        return found


@extend_schema(tags=["segments"])
class SegmentList(_OfSegments, generics.ListAPIView[Segment]):
    """Segments, newest first."""

    pagination_class = NewestFirst

    @extend_schema(responses={201: SegmentSerializer})
    def post(self, request: Request) -> Response:
        """Create a segment by conditions; `frozen`, it keeps whoever fulfils them now."""
        values = checked(SegmentSerializer, request.data)
        values.setdefault("conditions", {})
        segment = create_segment(by=self.viewer, **values)
        return Response(SegmentSerializer(segment).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["segments"])
class SegmentDetail(_OfSegments):
    """One segment."""

    @extend_schema(responses=SegmentSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """The segment, counted now."""
        segment = self.segment(pk)
        count_segment(segment)
        return Response(SegmentSerializer(segment).data)

    @extend_schema(responses=SegmentSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change what is given. A frozen one keeps its list: 422."""
        values = checked(SegmentSerializer, request.data, partial=True)
        segment = update_segment(self.segment(pk), by=self.viewer, **values)
        return Response(SegmentSerializer(segment).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete it; 422 where a broadcast goes to it."""
        delete_segment(self.segment(pk), by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["segments"])
class SegmentCount(_OfSegments):
    """Counting without keeping anything."""

    writing = (Verb.READ_SEGMENTS,)

    @extend_schema(request=AskedSerializer, responses=ReachSerializer)
    def post(self, request: Request) -> Response:
        """How many contacts fulfil conditions or are in a segment, and who of them can be written
        to on which channel."""
        asked = checked(AskedSerializer, request.data)
        if "segment" in asked:
            found = contacts_in(self.named(asked["segment"]))
        else:
            found = Contact.objects.filter(fulfilling(asked["conditions"]))
        if asked.get("exclusions"):
            found = found.filter(~fulfilling(asked["exclusions"]))
        if not asked["channels"]:
            count = found.count()
            answer = {"count": count, "estimated": False, "reachable": 0, "channels": []}
            return Response(ReachSerializer(answer).data)
        rules = reach.rules(asked["channels"], asked.get("template"))
        told = reach.reach(found, rules, asked["consent_policy"])
        return Response(ReachSerializer({**told, "count": told["contacts"]}).data)


@extend_schema(tags=["segments"])
class SegmentRecount(_OfSegments):
    """Counting one anew."""

    writing = (Verb.READ_SEGMENTS,)

    @extend_schema(operation_id="segments_recount", request=None, responses=SegmentSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Count it now."""
        segment = self.segment(pk)
        count_segment(segment)
        return Response(SegmentSerializer(segment).data)


@extend_schema(tags=["segments"])
class SegmentMembers(_OfSegments, generics.ListAPIView[Contact]):
    """The contacts of a segment, newest first."""

    reading = (Verb.READ_SEGMENTS,)
    serializer_class: Any = ContactSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Contact.objects.none()
        found = contacts_in(self.segment(self.kwargs["pk"]))
        return found.visible_to(self.viewer).prefetch_related(
            "identities", "consents", "contact_labels__label"
        )


class _UploadSerializer(Serializer[Any]):
    name = CharField(max_length=120)
    file = FileField(help_text="CSV: phones, e-mails or ids of contacts, in whatever columns.")


@extend_schema(tags=["segments"])
class SegmentUpload(_OfSegments):
    """A list from a file."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": _UploadSerializer}, responses={201: UploadedSerializer}
    )
    def post(self, request: Request) -> Response:
        """Make a frozen segment of the contacts that a CSV file names."""
        asked = checked(_UploadSerializer, request.data)
        segment, matched = list_from_file(
            name=asked["name"], content=asked["file"].read(), by=self.viewer
        )
        answer = {
            "segment": segment,
            "rows": matched.rows,
            "unmatched": matched.unmatched_count,
            "examples": matched.unmatched,
        }
        return Response(UploadedSerializer(answer).data, status=status.HTTP_201_CREATED)
