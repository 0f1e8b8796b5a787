from typing import Any, Self

from django.db.models import Q
from django.db.models.functions import Now

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
        """Broadcasts that the viewer may see: all but the steps of series, or none."""
        from workspaces.permissions import Verb, can

        return self.filter(is_rolling=False) if can(viewer, Verb.READ_BROADCASTS) else self.none()


class SeriesQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """Series that the viewer may see: all of them, or none."""
        from workspaces.permissions import Verb, can

        return self.all() if can(viewer, Verb.READ_BROADCASTS) else self.none()

    def due_for_a_look(self) -> Self:
        """Those whose segment is to be looked at now."""
        return self.filter(Q(looks_at=None) | Q(looks_at__lte=Now()))


class SeriesStepQuerySet(TenantQuerySet):
    def in_order(self) -> Self:
        """Those that are still in their series, as they follow each other."""
        return self.filter(removed_at=None).order_by("position", "id")


class ParticipantQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """People in the series that the viewer sees."""
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
