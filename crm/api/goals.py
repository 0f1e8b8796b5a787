from datetime import date
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core import money
from core.api.pagination import Pages
from core.api.problems import Unprocessable
from crm.actions import delete_goal, set_goal
from crm.api import references
from crm.api.money import DOCUMENT, GivenMoney
from crm.goals import Progress, as_document, currency_of, month_of, progress, table
from crm.models import Goal
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb


@extend_schema_field({"type": "string", "pattern": r"^\d{4}-\d{2}(-\d{2})?$"})
class Month(serializers.DateField):
    """`2026-11`, or any day of the month."""

    default_error_messages = {"invalid": _("A month like 2026-11 is needed.")}

    def to_internal_value(self, value: Any) -> date:
        text = f"{value}-01" if isinstance(value, str) and len(value) == 7 else value
        return month_of(super().to_internal_value(text))

    def to_representation(self, value: Any) -> Any:
        return value.isoformat()[:7]


class ProgressSerializer(serializers.Serializer[Any]):
    """Deals won in the month; shares are fractions, null where nothing is planned."""

    revenue = serializers.DictField()
    count = serializers.IntegerField()
    revenue_share = serializers.FloatField(allow_null=True)
    count_share = serializers.FloatField(allow_null=True)


class GoalSerializer(serializers.Serializer[Any]):
    """What a member, a team or, without both, everybody is to sell in a month, in one pipeline or,
    without one, in all."""

    id = serializers.UUIDField()
    month = Month()
    member = serializers.UUIDField(source="member_id", allow_null=True)
    team = serializers.UUIDField(source="team_id", allow_null=True)
    pipeline = serializers.UUIDField(source="pipeline_id", allow_null=True)
    revenue = serializers.SerializerMethodField()
    count = serializers.IntegerField(allow_null=True)
    progress = serializers.SerializerMethodField()

    @extend_schema_field({**DOCUMENT, "nullable": True})
    def get_revenue(self, goal: Goal) -> Any:
        return money.as_document(goal.revenue, currency_of(goal.pipeline))

    @extend_schema_field(ProgressSerializer)
    def get_progress(self, goal: Goal) -> Any:
        found = self.context.get("progress", {}).get(goal.pk) or progress(
            goal.month, member=goal.member, team=goal.team, pipeline=goal.pipeline
        )
        return as_document(found)


class GoalValuesSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    revenue = GivenMoney(required=False, allow_null=True)
    count = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=1_000_000
    )


class NewGoalSerializer(GoalValuesSerializer):
    """The same month of the same people is the same plan: it is replaced."""

    month = Month()
    member = serializers.UUIDField(required=False, allow_null=True, default=None)
    team = serializers.UUIDField(required=False, allow_null=True, default=None)
    pipeline = serializers.UUIDField(required=False, allow_null=True, default=None)


class GoalQuery(serializers.Serializer[Any]):
    """Filters of the list of plans."""

    month = Month(required=False)
    member = serializers.UUIDField(required=False)
    team = serializers.UUIDField(required=False)
    pipeline = serializers.UUIDField(required=False)

    def narrow(self, found: Any) -> Any:
        """The plans that pass; call after `is_valid`."""
        return found.filter(**self.validated_data)


class ByMonth(Pages):
    order = ("-month", "id")


class OfGoals(WorkspaceView):
    """Plans that the token may see."""

    reading, writing = (Verb.READ_DEALS,), (Verb.MANAGE_GOALS,)

    def goals(self) -> Any:
        return Goal.objects.visible_to(self.viewer).select_related("member", "team", "pipeline")

    def goal(self, pk: UUID) -> Goal:
        """One of them. Raises `Http404`."""
        found: Goal = get_object_or_404(self.goals(), pk=pk)
        return found

    def shown(self, goal: Goal, code: int = status.HTTP_200_OK) -> Response:
        return Response(GoalSerializer(self.goal(goal.pk)).data, status=code)

    def set(self, goal: Goal, given: dict[str, Any]) -> Goal:
        """The plan with what was sent laid over it. Raises `Unprocessable`."""
        revenue, count = goal.revenue, given.get("count", goal.count)
        if "revenue" in given:
            revenue, currency = given["revenue"] or (None, "")
            if currency and currency != currency_of(goal.pipeline):
                words = _("This plan is in %(currency)s.")
                raise Unprocessable(words % {"currency": currency_of(goal.pipeline)})
        if revenue is None and count is None:
            raise Unprocessable(_("A plan needs a revenue or a count."))
        kept = set_goal(
            month=goal.month,
            member=goal.member,
            team=goal.team,
            pipeline=goal.pipeline,
            revenue=revenue,
            count=count,
            by=self.viewer,
        )
        assert kept is not None
        return kept


@extend_schema(tags=["goals"])
class GoalList(OfGoals, generics.ListAPIView[Goal]):
    """Plans, the latest month first, each with its fulfilment."""

    serializer_class = GoalSerializer
    pagination_class = ByMonth

    def get_queryset(self) -> Any:
        asked = GoalQuery(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return asked.narrow(self.goals())

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """With the fulfilment of a whole page asked for at once."""
        if kwargs.get("many"):
            kwargs["context"] = {**self.get_serializer_context(), "progress": _progress(args[0])}
        return super().get_serializer(*args, **kwargs)

    @extend_schema(parameters=[GoalQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=NewGoalSerializer, responses={201: GoalSerializer})
    def post(self, request: Request) -> Response:
        """Plan a month."""
        given = checked(NewGoalSerializer, request.data)
        goal = Goal(
            month=given["month"],
            member=references.member(given["member"]),
            team=references.team(given["team"]),
            pipeline=references.pipeline(self.viewer, given["pipeline"]),
        )
        return self.shown(self.set(goal, given), status.HTTP_201_CREATED)


@extend_schema(tags=["goals"])
class GoalDetail(OfGoals):
    """One plan."""

    @extend_schema(responses=GoalSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return self.shown(self.goal(pk))

    @extend_schema(request=GoalValuesSerializer, responses=GoalSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change what is given."""
        goal = self.goal(pk)
        return self.shown(self.set(goal, checked(GoalValuesSerializer, request.data)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Take the plan back."""
        delete_goal(self.goal(pk), by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _progress(goals: list[Goal]) -> dict[UUID, Progress]:
    """Three queries for each pipeline among the plans."""
    found: dict[UUID, Progress] = {}
    for pipeline in {goal.pipeline_id: goal.pipeline for goal in goals}.values():
        mine = [goal for goal in goals if goal.pipeline == pipeline]
        rows = table([goal.month for goal in mine], pipeline=pipeline)
        found |= {goal.pk: rows[goal.month, (goal.member_id, goal.team_id)] for goal in mine}
    return found
