from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import pgettext_lazy

from workspaces.models.tenant import TenantForeignKey, TenantModel


class Duplicate(TenantModel):
    """Two contacts that may be one person, and what speaks for it. `first` has the smaller id.

    Dismissed pairs stay, so that nobody is asked again.
    """

    class Reason(models.TextChoices):
        PHONE = "phone", pgettext_lazy("duplicate", "same phone")
        EMAIL = "email", pgettext_lazy("duplicate", "same e-mail")
        USERNAME = "username", pgettext_lazy("duplicate", "same username")
        NAME = "name", pgettext_lazy("duplicate", "nearly the same name")

    # Of what is surest; a page shows those pairs first.
    STRENGTH: ClassVar[dict[str, int]] = {"phone": 8, "email": 4, "username": 2, "name": 1}

    first = TenantForeignKey("contacts.Contact", related_name="+")
    second = TenantForeignKey("contacts.Contact", related_name="+")
    reasons = ArrayField(models.CharField(max_length=10), default=list)
    strength = models.SmallIntegerField(default=0)
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = TenantForeignKey(
        "workspaces.Membership", models.SET_NULL, null=True, related_name="+"
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "first", "second"], name="duplicate_pair_unique"
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "second"], name="duplicate_second"),
            models.Index(
                fields=["workspace", "-strength", "-id"],
                name="duplicate_open",
                condition=models.Q(dismissed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"

    @property
    def words(self) -> list[str]:
        """What speaks for it, the surest first."""
        ordered = sorted(self.reasons, key=lambda reason: -self.STRENGTH.get(reason, 0))
        return [str(self.Reason(reason).label) for reason in ordered]
