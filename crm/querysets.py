"""Reads of sales. `visible_to` is the one rule of who sees which pipeline, deal and task."""

from collections.abc import Collection
from typing import Any, Self
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from channels_connectors.models import Channel
from workspaces.models import TeamMembership, Visibility
from workspaces.models.tenant import TenantQuerySet
from workspaces.permissions import Verb, can


def own_or_of_teams(viewer: Any) -> Q | None:
    """What a member sees of things that have an owner and a team; None means everything.

    The same scopes as of conversations: own, of own teams, all.
    """
    visibility = getattr(viewer, "visibility", Visibility.ALL)
    if visibility == Visibility.ALL:
        return None
    teams = list(viewer.team_memberships.values_list("team_id", flat=True))
    in_teams = Q(team_id__isnull=True) | Q(team_id__in=teams)
    if visibility == Visibility.OWN:
        in_teams &= Q(owner_id__isnull=True)
    return Q(owner_id=viewer.id) | in_teams


class PipelineQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """Pipelines the viewer may work in: the open ones, and those of their teams."""
        if not can(viewer, Verb.READ_DEALS):
            return self.none()
        if can(viewer, Verb.MANAGE_PIPELINES):
            return self.all()
        from crm.models.pipeline import PipelineAccess

        mine = PipelineAccess.objects.filter(pipeline=OuterRef("pk"), team__in=_teams_of(viewer))
        return self.filter(Q(is_restricted=False) | Exists(mine))

    def in_use(self) -> Self:
        return self.filter(archived_at=None)

    def in_order(self) -> Self:
        return self.order_by("position", "id")


class StageQuerySet(TenantQuerySet):
    def in_use(self) -> Self:
        return self.filter(archived_at=None)

    def in_order(self) -> Self:
        return self.order_by("position", "id")


class DealQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """Deals that the viewer may see; its twin is `events.audience.Audience`."""
        if not can(viewer, Verb.READ_DEALS):
            return self.none()
        found = self.all()
        if not can(viewer, Verb.MANAGE_PIPELINES):
            from crm.models.pipeline import Pipeline

            closed = list(
                Pipeline.objects.filter(is_restricted=True)
                .exclude(pk__in=Pipeline.objects.visible_to(viewer).values("pk"))
                .values_list("pk", flat=True)
            )
            if closed:
                found = found.exclude(pipeline_id__in=closed)
            hidden = list(Channel.objects.hidden_from(viewer).values_list("pk", flat=True))
            if hidden:
                found = found.exclude(channel_id__in=hidden)
        mine = own_or_of_teams(viewer)
        return found if mine is None else found.filter(mine)

    def of_conversations(self, viewer: Any, ids: Collection[UUID]) -> Self:
        """Deals that the viewer may see of conversations that they see, all in one query: the
        channel is theirs to see as the conversation is."""
        if not ids or not can(viewer, Verb.READ_DEALS):
            return self.none()
        from crm.models.pipeline import PipelineAccess

        found = self.filter(conversation_id__in=ids)
        if not can(viewer, Verb.MANAGE_PIPELINES):
            mine = PipelineAccess.objects.filter(
                pipeline=OuterRef("pipeline_id"), team__in=_teams_of(viewer)
            )
            found = found.filter(Q(pipeline__is_restricted=False) | Exists(mine))
        visibility = getattr(viewer, "visibility", Visibility.ALL)
        if visibility == Visibility.ALL:
            return found
        in_teams = Q(team_id__isnull=True) | Q(team_id__in=_teams_of(viewer))
        if visibility == Visibility.OWN:
            in_teams &= Q(owner_id__isnull=True)
        return found.filter(Q(owner_id=viewer.id) | in_teams)

    def open(self) -> Self:
        return self.filter(status="open")

    def in_column_order(self) -> Self:
        return self.order_by("position", "id")


class TaskQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """Own tasks, those one has given, and colleagues' as far as one sees their work; its twin
        is `crm.task_facts.audience_of`."""
        if not can(viewer, Verb.READ_DEALS):
            return self.none()
        visibility = getattr(viewer, "visibility", Visibility.ALL)
        if visibility == Visibility.ALL:
            return self.all()
        mine = Q(owner_id=viewer.id) | Q(author_id=viewer.id)
        if visibility == Visibility.TEAM:
            mine |= Q(owner_id__in=teammates_of(viewer))
        return self.filter(mine)

    def to_do(self) -> Self:
        return self.filter(done_at=None)

    def done(self) -> Self:
        return self.filter(done_at__isnull=False)

    def overdue(self) -> Self:
        return self.to_do().filter(due_at__lt=timezone.now())

    def by_due(self) -> Self:
        return self.order_by("due_at", "id")

    def latest_done(self) -> Self:
        return self.order_by("-done_at", "-id")

    def for_list(self) -> Self:
        """With what a row shows."""
        return self.select_related("contact", "deal", "owner__user")


class LeadRefusalQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """Refusals of the leads that the viewer may see."""
        from crm.models.deal import Deal

        seen = Deal.objects.visible_to(viewer)
        return self.filter(deal__in=seen.values("pk"))

    def open(self) -> Self:
        return self.filter(state__in=["waiting", "contested"])

    def newest_first(self) -> Self:
        return self.order_by("-refused_at", "id")

    def for_list(self) -> Self:
        """With what a row shows."""
        return self.select_related(
            "deal__contact", "deal__channel", "deal__owner__user", "reason", "evidence",
            "refused_by__user", "answered_by__user", "decided_by__user",
        )  # fmt: skip


class GoalQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """All plans for who sees all deals, else one's own and those of one's teams."""
        if not can(viewer, Verb.READ_DEALS):
            return self.none()
        if getattr(viewer, "visibility", Visibility.ALL) == Visibility.ALL:
            return self.all()
        return self.filter(Q(member_id=viewer.id) | Q(team__in=_teams_of(viewer)))


def teammates_of(viewer: Any) -> QuerySet[Any]:
    """Ids of the members who share a team with the viewer."""
    found: QuerySet[Any] = TeamMembership.objects.filter(team__in=_teams_of(viewer))
    return found.values("membership_id")


def _teams_of(viewer: Any) -> QuerySet[Any] | list[Any]:
    teams = getattr(viewer, "team_memberships", None)
    return teams.values("team_id") if teams is not None else []
