from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import OldestFirst
from core.api.problems import Unprocessable
from workspaces.actions import create_team, set_team
from workspaces.api.views import WorkspaceView, checked
from workspaces.models import Membership, Team
from workspaces.permissions import Verb


class TeamSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=80)
    members = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=1000, help_text="Members' ids."
    )

    def to_representation(self, instance: Team) -> dict[str, Any]:
        return {
            "id": str(instance.id),
            "name": instance.name,
            "members": [str(link.membership_id) for link in instance.team_memberships.all()],
        }


class _OfTeams(WorkspaceView):
    reading = (Verb.READ_CONTACTS, Verb.READ_INBOX)
    writing = (Verb.MANAGE_TEAMS,)
    serializer_class: Any = TeamSerializer

    def get_queryset(self) -> Any:
        return Team.objects.prefetch_related("team_memberships")

    def shown(self, pk: UUID) -> Any:
        return TeamSerializer(self.get_queryset().get(pk=pk)).data


@extend_schema(tags=["teams"])
class TeamList(_OfTeams, generics.ListAPIView[Team]):
    """Teams of the workspace."""

    pagination_class = OldestFirst

    @extend_schema(responses={201: TeamSerializer})
    def post(self, request: Request) -> Response:
        """Create a team."""
        values = checked(TeamSerializer, request.data)
        team = create_team(
            name=values["name"], members=members_of(values.get("members", [])), by=self.viewer
        )
        return Response(self.shown(team.pk), status=status.HTTP_201_CREATED)


@extend_schema(tags=["teams"])
class TeamDetail(_OfTeams, generics.RetrieveAPIView[Team]):
    """One team."""

    @extend_schema(responses=TeamSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Rename the team, or say who is in it."""
        team = get_object_or_404(self.get_queryset().select_for_update(), pk=pk)
        values = checked(TeamSerializer, request.data, partial=True)
        ids = values.get("members", [link.membership_id for link in team.team_memberships.all()])
        set_team(
            team=team, name=values.get("name", team.name), members=members_of(ids), by=self.viewer
        )
        return Response(self.shown(pk))


def members_of(ids: list[UUID]) -> list[Membership]:
    """The members of these ids. Raises `Unprocessable` (422) when one is not there."""
    found = list(Membership.objects.filter(pk__in=ids))
    if len(found) != len(set(ids)):
        raise Unprocessable(_("No such member."))
    return found
