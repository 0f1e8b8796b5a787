"""What contacts agreed to and how they came, in the public contract."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from contacts.actions import record_touch, set_consent
from contacts.api.serializers import PURPOSES, ConsentSerializer
from contacts.models import Consent, Contact, Touch
from core.api.fields import JsonObject, Words
from core.api.pagination import Pages
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb

# Named for the OpenAPI document.
TOUCH_KINDS = Touch.Kind.values
LONGEST_ADDRESS = 2000


class NewConsentSerializer(serializers.Serializer[Any]):
    """A contact's word on a kind of letters; without a channel, on all."""

    granted = serializers.BooleanField()
    purpose = serializers.ChoiceField(choices=PURPOSES, default=Consent.Purpose.MARKETING)
    channel = serializers.UUIDField(
        required=False, allow_null=True, default=None, source="channel_id"
    )
    detail = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="How they said it."
    )
    at = serializers.DateTimeField(required=False, help_text="When they said it; now by default.")


class TouchSerializer(serializers.Serializer[Any]):
    """What brought a contact to us. `data` is all that the platform told."""

    id = serializers.UUIDField(read_only=True)
    contact = serializers.UUIDField(source="contact_id")
    at = serializers.DateTimeField(required=False, help_text="Now by default.")
    kind = serializers.ChoiceField(choices=TOUCH_KINDS, default=Touch.Kind.API)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=100, required=False, allow_blank=True
    )
    medium = serializers.CharField(max_length=100, required=False, allow_blank=True)
    campaign = serializers.CharField(max_length=200, required=False, allow_blank=True)
    content = serializers.CharField(max_length=200, required=False, allow_blank=True)
    term = serializers.CharField(max_length=200, required=False, allow_blank=True)
    click_ids = serializers.DictField(
        child=serializers.CharField(max_length=500), required=False, help_text="`{yclid: ...}`"
    )
    landing_page = serializers.CharField(
        max_length=LONGEST_ADDRESS, required=False, allow_blank=True
    )
    referrer = serializers.CharField(max_length=LONGEST_ADDRESS, required=False, allow_blank=True)
    data = JsonObject(required=False)  # type: ignore[assignment]
    channel = serializers.UUIDField(read_only=True, source="channel_id")

    def validate_click_ids(self, value: Any) -> Any:
        return JsonObject(largest=8 * 1024).run_validation(value)


class TouchQuery(serializers.Serializer[Any]):
    """Filters of the list of touches; together they narrow it."""

    contact = serializers.UUIDField(required=False)
    channel = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(choices=TOUCH_KINDS, required=False)
    source = Words()  # type: ignore[assignment]
    campaign = Words()

    def narrow(self, found: QuerySet[Touch]) -> QuerySet[Touch]:
        """The touches that pass; call after `is_valid`."""
        columns = {"contact": "contact_id", "channel": "channel_id"}
        asked = {columns.get(name, name): value for name, value in self.validated_data.items()}
        return found.filter(**{name: value for name, value in asked.items() if value})


class LatestFirst(Pages):
    order = ("-at", "-id")


@extend_schema(tags=["contacts"])
class ConsentList(WorkspaceView):
    """What a contact agreed to."""

    reading, writing = (Verb.READ_CONTACTS,), (Verb.WRITE_CONTACTS,)

    @extend_schema(request=NewConsentSerializer, responses=ConsentSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Note that a contact agreed or took that back. The later word counts."""
        contact = get_object_or_404(Contact.objects.visible_to(self.viewer), pk=pk)
        said = checked(NewConsentSerializer, request.data)
        channel_id = said["channel_id"]
        if channel_id and not contact.identities.filter(channel_id=channel_id).exists():
            raise serializers.ValidationError(
                {"channel": _("The contact has no address on this channel.")}
            )
        origin = Consent.Origin.API
        consent = set_consent(contact=contact, origin=origin, by=self.viewer, **said)
        return Response(ConsentSerializer(consent).data)


@extend_schema(tags=["contacts"])
class TouchList(WorkspaceView, generics.ListAPIView[Touch]):
    """What brought contacts to us, the latest first."""

    reading, writing = (Verb.READ_CONTACTS,), (Verb.WRITE_CONTACTS,)
    serializer_class = TouchSerializer
    pagination_class = LatestFirst

    def get_queryset(self) -> Any:
        asked = TouchQuery(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return asked.narrow(Touch.objects.visible_to(self.viewer))

    @extend_schema(parameters=[TouchQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=TouchSerializer, responses={201: TouchSerializer})
    def post(self, request: Request) -> Response:
        """Record a touch."""
        values = checked(TouchSerializer, request.data)
        found = Contact.objects.visible_to(self.viewer).filter(pk=values.pop("contact_id")).first()
        if found is None:
            raise serializers.ValidationError({"contact": _("No such contact.")})
        touch = record_touch(contact=found, by=self.viewer, **values)
        return Response(TouchSerializer(touch).data, status=status.HTTP_201_CREATED)
