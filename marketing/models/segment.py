from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketing.querysets import SegmentQuerySet
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel


class Segment(TenantModel):
    """A part of the contacts: whoever fulfils its conditions or, frozen, those on its list.

    `count` is what `counted_at` found; a frozen segment's is its list's. One for the occasion
    (`is_ad_hoc`) is the audience of one broadcast and stands in no list.
    """

    name = models.CharField(_("Name"), max_length=120)
    conditions = models.JSONField(default=dict)
    is_frozen = models.BooleanField(default=False)
    is_ad_hoc = models.BooleanField(default=False, db_default=False)
    count = models.BigIntegerField(null=True)
    counted_at = models.DateTimeField(null=True)
    author = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(SegmentQuerySet)()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "-created_at"], name="segment_newest")]

    def __str__(self) -> str:
        return self.name

    def remember(self, count: int) -> None:
        """Keep a count with the moment that it is of."""
        self.count, self.counted_at = count, timezone.now()
        self.save(update_fields=["count", "counted_at"])


class SegmentMember(TenantModel):
    """A contact on the list of a frozen segment."""

    segment = TenantForeignKey(Segment, related_name="members")
    contact = TenantForeignKey("contacts.Contact", related_name="segment_memberships")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "segment", "contact"], name="segment_member_unique"
            )
        ]
        indexes = [models.Index(fields=["workspace", "contact"], name="segment_member_contact")]
