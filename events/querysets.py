from typing import Any, Self

from workspaces.models.tenant import TenantQuerySet


class EventQuerySet(TenantQuerySet):
    def after(self, seq: int) -> Self:
        """Events past the cursor, in order."""
        return self.filter(seq__gt=seq).order_by("seq")


class NotificationQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """A member's own."""
        return self.filter(membership_id=viewer.id)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-at", "-id")
