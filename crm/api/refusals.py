from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import Pages
from core.api.problems import Conflict as Meanwhile
from crm.actions import Conflict, answer_refusal, decide_refusal, set_refusal_rule
from crm.actions.refusing import LONGEST, LONGEST_ANSWER
from crm.models import LeadRefusal
from crm.refusals import rule
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb

# Named for the OpenAPI document.
REFUSAL_STATES = LeadRefusal.State.values


class LeadRefusalSerializer(serializers.Serializer[Any]):
    """Sales' word that a lead was none, and what was said to it."""

    id = serializers.UUIDField()
    deal = serializers.UUIDField(source="deal_id")
    state = serializers.ChoiceField(choices=REFUSAL_STATES)
    reason = serializers.UUIDField(source="reason_id", allow_null=True)
    reason_name = serializers.CharField(source="reason.name", default="")
    comment = serializers.CharField()
    evidence = serializers.UUIDField(source="evidence_id", allow_null=True)
    refused_by = serializers.UUIDField(source="refused_by_id", allow_null=True)
    refused_at = serializers.DateTimeField()
    answer_due_at = serializers.DateTimeField()
    answered_by = serializers.UUIDField(source="answered_by_id", allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField()
    decided_by = serializers.UUIDField(source="decided_by_id", allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    verdict = serializers.CharField()


class LeadRefusalQuery(serializers.Serializer[Any]):
    """Filters of the list."""

    state = serializers.ChoiceField(choices=REFUSAL_STATES, required=False)
    deal = serializers.UUIDField(required=False)
    reason = serializers.UUIDField(required=False)


class AnswerSerializer(serializers.Serializer[Any]):
    """Marketing's word; `note` says why it is a lead where it does not agree."""

    agrees = serializers.BooleanField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST)


class VerdictSerializer(serializers.Serializer[Any]):
    """A head's word, which ends the dispute."""

    upholds = serializers.BooleanField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST)


class RefusalRuleSerializer(serializers.Serializer[Any]):
    """`answer_days`: after them silence agrees. `requires_evidence`: whether a refusal takes a
    reason and the message that shows it."""

    answer_days = serializers.IntegerField(min_value=1, max_value=LONGEST_ANSWER, required=False)
    requires_evidence = serializers.BooleanField(required=False)


class NewestRefusalsFirst(Pages):
    order = ("-refused_at", "id")


class _OfRefusals(WorkspaceView):
    reading = (Verb.READ_DEALS,)

    def refusals(self) -> Any:
        return LeadRefusal.objects.visible_to(self.viewer).select_related("reason")

    def refusal(self, pk: UUID) -> LeadRefusal:
        """One of them. Raises `Http404`."""
        found: LeadRefusal = get_object_or_404(self.refusals(), pk=pk)
        return found

    def shown(self, pk: UUID) -> Response:
        return Response(LeadRefusalSerializer(self.refusals().get(pk=pk)).data)


@extend_schema(tags=["lead refusals"])
class LeadRefusalList(_OfRefusals, generics.ListAPIView[LeadRefusal]):
    """Leads that sales refused, the latest first. A deal is refused by moving it to a stage of the
    group `not_a_lead`."""

    serializer_class = LeadRefusalSerializer
    pagination_class = NewestRefusalsFirst

    def get_queryset(self) -> Any:
        asked = LeadRefusalQuery(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return self.refusals().filter(**asked.validated_data)

    @extend_schema(parameters=[LeadRefusalQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


@extend_schema(tags=["lead refusals"])
class LeadRefusalDetail(_OfRefusals):
    """One refusal."""

    @extend_schema(responses=LeadRefusalSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return self.shown(self.refusal(pk).pk)


@extend_schema(tags=["lead refusals"])
class LeadRefusalAnswer(_OfRefusals):
    """What marketing says to it."""

    reading = (Verb.ANSWER_REFUSALS,)

    @extend_schema(request=AnswerSerializer, responses=LeadRefusalSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Agree or contest. 409 when it was answered otherwise, or its time is over."""
        refusal = self.refusal(pk)
        given = checked(AnswerSerializer, request.data)
        try:
            answer_refusal(refusal, by=self.viewer, **given)
        except Conflict as conflict:
            raise Meanwhile(" ".join(conflict.messages)) from None
        return self.shown(pk)


@extend_schema(tags=["lead refusals"])
class LeadRefusalVerdict(_OfRefusals):
    """What a head says to it."""

    reading = (Verb.SETTLE_REFUSALS,)

    @extend_schema(request=VerdictSerializer, responses=LeadRefusalSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Uphold it, or take the lead back to work. 409 when nothing is contested."""
        refusal = self.refusal(pk)
        given = checked(VerdictSerializer, request.data)
        try:
            decide_refusal(refusal, by=self.viewer, **given)
        except Conflict as conflict:
            raise Meanwhile(" ".join(conflict.messages)) from None
        return self.shown(pk)


@extend_schema(tags=["lead refusals"])
class RefusalRuleDetail(WorkspaceView):
    """How leads are refused."""

    reading, writing = (Verb.READ_DEALS,), (Verb.MANAGE_PIPELINES,)

    @extend_schema(responses=RefusalRuleSerializer)
    def get(self, request: Request) -> Response:
        return Response(RefusalRuleSerializer(rule()).data)

    @extend_schema(request=RefusalRuleSerializer, responses=RefusalRuleSerializer)
    def patch(self, request: Request) -> Response:
        """Change what is given."""
        given = checked(RefusalRuleSerializer, request.data)
        changed = set_refusal_rule(by=self.viewer, **given)
        return Response(RefusalRuleSerializer(changed).data)
