"""Reads of workspaces: members and their rights."""

from typing import Any, Self

from django.utils import timezone

from workspaces.models.tenant import TenantQuerySet


class CalendarQuerySet(TenantQuerySet):
    def of(self, owner_type: str, owner_id: Any) -> Self:
        """The versions of one owner's hours, the newest first."""
        return self.filter(owner_type=owner_type, owner_id=owner_id).order_by("-valid_from")

    def newest_of(self, owner_type: str) -> Self:
        """The newest version of each owner's hours."""
        return (
            self.filter(owner_type=owner_type)
            .order_by("owner_id", "-valid_from")
            .distinct("owner_id")
        )


class InvitationQuerySet(TenantQuerySet):
    def open(self) -> Self:
        """Those that can still be accepted."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())


class MembershipQuerySet(TenantQuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True, user__is_active=True)

    def with_user(self) -> Self:
        return self.select_related("user")

    def in_team(self, team: Any) -> Self:
        return self.filter(team_memberships__team=team)
