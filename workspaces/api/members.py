from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers

from core.api.pagination import OldestFirst
from workspaces.api.views import WorkspaceView
from workspaces.models import Membership, Role, Visibility
from workspaces.permissions import Verb
from workspaces.presence import is_online


class MemberSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField(source="user.email")
    role = serializers.ChoiceField(choices=Role.values)
    visibility = serializers.ChoiceField(choices=Visibility.values)
    is_active = serializers.BooleanField()
    is_online = serializers.SerializerMethodField()
    takes_conversations = serializers.BooleanField()
    teams = serializers.SerializerMethodField()

    def get_is_online(self, membership: Membership) -> bool:
        return is_online(membership)

    def get_teams(self, membership: Membership) -> list[str]:
        return [str(link.team_id) for link in membership.team_memberships.all()]


class _OfMembers(WorkspaceView):
    reading = (Verb.READ_CONTACTS, Verb.READ_INBOX)
    serializer_class: Any = MemberSerializer

    def get_queryset(self) -> Any:
        return Membership.objects.with_user().prefetch_related("team_memberships")


@extend_schema(tags=["members"])
class MemberList(_OfMembers, generics.ListAPIView[Membership]):
    """Members of the workspace, former ones (`is_active` false) too."""

    pagination_class = OldestFirst


@extend_schema(tags=["members"])
class MemberDetail(_OfMembers, generics.RetrieveAPIView[Membership]):
    """One member."""
