from django.db import models

from analytics.models.dimensions import Dimensions
from workspaces.models.tenant import TenantModel


class Base(models.TextChoices):
    """By which day a fact is counted."""

    EVENT = "event"  # its own
    BIRTH = "birth"  # that of the deal's birth: cohorts of leads


class Rollup(Dimensions):
    """Facts of one day, added up for each combination of the dimensions of a cube.

    A bucket (day, base, kind) is always computed whole from its facts, never counted up.
    `histogram` is a sparse log histogram of seconds, see `analytics.rollups.histogram`.
    """

    version = models.IntegerField(default=1)
    # Which dimensions were kept, see `analytics.rollups.cubes`.
    cube = models.CharField(max_length=24, default="full")
    day = models.DateField()
    base = models.CharField(max_length=5, choices=Base.choices)
    kind = models.CharField(max_length=16)
    # Of the workspace's clock; only of the cube of hours.
    hour = models.SmallIntegerField(null=True)
    n = models.BigIntegerField()
    amount = models.BigIntegerField(default=0)
    cost = models.BigIntegerField(default=0)
    # How many have an amount, a cost.
    amounts = models.BigIntegerField(default=0)
    costs = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    business_seconds = models.FloatField(default=0)
    histogram = models.JSONField(default=dict)
    business_histogram = models.JSONField(default=dict)

    class Meta(Dimensions.Meta):
        indexes = [
            models.Index(
                fields=["workspace", "version", "cube", "base", "kind", "day"], name="rollup_bucket"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.n}"


class DirtyBucket(TenantModel):
    """A bucket whose facts have changed since it was computed. `mark` grows with each change."""

    day = models.DateField()
    base = models.CharField(max_length=5, choices=Base.choices)
    kind = models.CharField(max_length=16)
    mark = models.BigIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "day", "base", "kind"], name="dirty_bucket_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"


class RollupState(TenantModel):
    """Which version of the rollups is read, and by which time zone its days were cut."""

    version = models.IntegerField(default=1)
    time_zone = models.CharField(max_length=64)
    # Which cubes they have, see `analytics.rollups.cubes.LAYOUT`.
    layout = models.SmallIntegerField(default=1, db_default=1)
    # Months before this day have histograms of their own.
    months_until = models.DateField(null=True)
    rebuilt_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace"], name="rollup_state_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.time_zone}"
