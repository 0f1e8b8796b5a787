from typing import Self

from workspaces.models.tenant import TenantQuerySet


class EventQuerySet(TenantQuerySet):
    def after(self, seq: int) -> Self:
        """Events past the cursor, in order."""
        return self.filter(seq__gt=seq).order_by("seq")
