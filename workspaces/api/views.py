"""What the API's views have in common, and those of members and teams."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from core.api.pagination import OldestFirst
from workspaces.models import ApiToken, Membership, Team
from workspaces.permissions import Verb, require


class WorkspaceView(APIView):
    """Declares the verb that reading and writing need; `viewer` is the token."""

    reading: ClassVar[Verb]
    writing: ClassVar[Verb | None] = None

    @property
    def viewer(self) -> ApiToken:
        viewer: ApiToken = self.request._request.viewer  # type: ignore[attr-defined]
        return viewer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        safe = request.method in {"GET", "HEAD", "OPTIONS"}
        require(self.viewer, self.reading if safe else self.writing or self.reading)


class MemberSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField(source="user.email")
    role = serializers.CharField()
    visibility = serializers.CharField()
    is_active = serializers.BooleanField()
    teams = serializers.SerializerMethodField()

    def get_teams(self, membership: Membership) -> list[str]:
        return [str(link.team_id) for link in membership.team_memberships.all()]


class TeamSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


@extend_schema(tags=["members"])
class MemberList(WorkspaceView, generics.ListAPIView[Membership]):
    """Members of the workspace."""

    reading = Verb.READ_CONTACTS
    serializer_class = MemberSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> Any:
        return Membership.objects.with_user().prefetch_related("team_memberships")


@extend_schema(tags=["members"])
class MemberDetail(WorkspaceView, generics.RetrieveAPIView[Membership]):
    """One member."""

    reading = Verb.READ_CONTACTS
    serializer_class = MemberSerializer

    def get_queryset(self) -> Any:
        return Membership.objects.with_user().prefetch_related("team_memberships")


@extend_schema(tags=["teams"])
class TeamList(WorkspaceView, generics.ListAPIView[Team]):
    """Teams of the workspace."""

    reading = Verb.READ_CONTACTS
    serializer_class = TeamSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> Any:
        return Team.objects.all()
