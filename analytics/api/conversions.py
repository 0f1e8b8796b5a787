"""Conversions told back to advertising systems: counters, the queue and its log."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.conversions.sending import (
    connect_target,
    disconnect_target,
    retry,
    update_target,
)
from analytics.models import Conversion, ConversionTarget
from contacts.models import Contact
from core.api.pagination import OldestFirst, Pages
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb

# Named for the OpenAPI document.
CONVERSION_KINDS = Conversion.Kind.values
CONVERSION_STATES = Conversion.State.values


class CounterSerializer(serializers.Serializer[Any]):
    """A counter of Yandex Metrica that is told of accepted leads, orders and chats. Without a goal
    that kind is not told. The token is never shown again. `counts`: how many are in which state."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    counter = serializers.CharField(max_length=20, help_text="Its number, digits alone.")
    token = serializers.CharField(max_length=500, write_only=True, help_text="Of OAuth.")
    accepted_goal = serializers.CharField(max_length=100, required=False, allow_blank=True)
    paid_goal = serializers.CharField(max_length=100, required=False, allow_blank=True)
    tells_chats = serializers.BooleanField(required=False)
    is_paused = serializers.BooleanField(read_only=True)
    error = serializers.CharField(read_only=True)
    next_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="After trouble: when it is tried again."
    )
    counts = serializers.SerializerMethodField()

    def get_counts(self, target: ConversionTarget) -> dict[str, int]:
        found = Conversion.objects.filter(target=target).values_list("state").annotate(Count("id"))
        return {**dict.fromkeys(CONVERSION_STATES, 0), **dict(found.order_by())}


class CounterChangesSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    name = serializers.CharField(max_length=120, required=False)
    token = serializers.CharField(max_length=500, required=False)
    accepted_goal = serializers.CharField(max_length=100, required=False, allow_blank=True)
    paid_goal = serializers.CharField(max_length=100, required=False, allow_blank=True)
    tells_chats = serializers.BooleanField(required=False)
    is_paused = serializers.BooleanField(required=False)


class RetrySerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text="How many are tried again.")


class ConversionSerializer(serializers.Serializer[Any]):
    """One thing that a counter is told of, once. `subject` is the deal, or of a chat the
    conversation; a contact that the token may not see has no id."""

    id = serializers.UUIDField()
    counter = serializers.UUIDField(source="target_id")
    kind = serializers.ChoiceField(choices=CONVERSION_KINDS)
    subject = serializers.UUIDField(source="subject_id")
    contact = serializers.SerializerMethodField()
    at = serializers.DateTimeField()
    value = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    currency = serializers.CharField()
    state = serializers.ChoiceField(choices=CONVERSION_STATES)
    upload = serializers.CharField(help_text="Metrica's id of the file that it came in.")
    error = serializers.CharField()
    sent_at = serializers.DateTimeField(allow_null=True)

    def get_contact(self, one: Any) -> UUID | None:
        return one.contact_id if one.is_seen else None


class ConversionQuery(serializers.Serializer[Any]):
    """Which conversions."""

    counter = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(choices=CONVERSION_KINDS, required=False)
    state = serializers.ChoiceField(choices=CONVERSION_STATES, required=False)


class ByNumber(Pages):
    # As the index has it: ids tell their time.
    order = ("-id",)


class _OfConversions(WorkspaceView):
    reading, writing = (Verb.READ_REPORTS,), (Verb.WRITE_SPEND,)

    def target(self, pk: UUID) -> ConversionTarget:
        found: ConversionTarget = get_object_or_404(ConversionTarget.objects.all(), pk=pk)
        return found


@extend_schema(tags=["conversions"])
class CounterList(_OfConversions, generics.ListAPIView[ConversionTarget]):
    """Counters that are told what became of the clicks that they have seen."""

    serializer_class = CounterSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> Any:
        return ConversionTarget.objects.all()

    @extend_schema(responses={201: CounterSerializer})
    def post(self, request: Request) -> Response:
        """Begin to tell a counter."""
        target = connect_target(by=self.viewer, **checked(CounterSerializer, request.data))
        return Response(CounterSerializer(target).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["conversions"])
class CounterDetail(_OfConversions):
    """One counter."""

    @extend_schema(responses=CounterSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(CounterSerializer(self.target(pk)).data)

    @extend_schema(request=CounterChangesSerializer, responses=CounterSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change its goals or its token; pause it or go on. What happens during a pause is not
        told later."""
        given = checked(CounterChangesSerializer, request.data)
        return Response(
            CounterSerializer(update_target(self.target(pk), by=self.viewer, **given)).data
        )

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Tell it no more; its log goes with it."""
        disconnect_target(self.target(pk), by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["conversions"])
class CounterRetry(_OfConversions):
    """Trying again."""

    reading = (Verb.WRITE_SPEND,)

    @extend_schema(request=None, responses={202: RetrySerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Try what the counter did not take once more, within a minute."""
        count = retry(self.target(pk), by=self.viewer)
        return Response({"count": count}, status=status.HTTP_202_ACCEPTED)


@extend_schema(tags=["conversions"], parameters=[ConversionQuery])
class ConversionList(_OfConversions, generics.ListAPIView[Conversion]):
    """The queue and its log, the newest first."""

    serializer_class = ConversionSerializer
    pagination_class = ByNumber
    writing = ()

    def get_queryset(self) -> Any:
        asked = ConversionQuery(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        if "counter" in given:
            given["target_id"] = given.pop("counter")
        seen = Contact.objects.visible_to(self.viewer).filter(pk=OuterRef("contact_id"))
        return Conversion.objects.filter(**given).annotate(is_seen=Exists(seen))
