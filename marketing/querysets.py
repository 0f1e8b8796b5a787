from typing import Any, Self

from workspaces.models.tenant import TenantQuerySet


class SegmentQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """Segments that the viewer may see: all of them, or none."""
        from workspaces.permissions import Verb, can

        return self.all() if can(viewer, Verb.READ_SEGMENTS) else self.none()

    def listed(self) -> Self:
        """Those that are there to be chosen: none that was made for one broadcast."""
        return self.filter(is_ad_hoc=False)


class BroadcastQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """Broadcasts that the viewer may see: all of them, or none."""
        from workspaces.permissions import Verb, can

        return self.all() if can(viewer, Verb.READ_BROADCASTS) else self.none()


class RecipientQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """Recipients of the broadcasts that the viewer sees."""
        from workspaces.permissions import Verb, can

        return self.all() if can(viewer, Verb.READ_BROADCASTS) else self.none()


class TrackedLinkQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """Links that the viewer may see: whoever reads reports sees all."""
        from workspaces.permissions import Verb, can

        return self.all() if can(viewer, Verb.READ_REPORTS) else self.none()

    def in_use(self) -> Self:
        return self.filter(archived_at=None)
