from django.contrib.postgres.fields import ArrayField
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
    `histogram` is a log histogram of seconds, see `analytics.rollups.histogram`; of inquiries it is
    one of the hours of the week. Where a model has divided credit, counts are in millionths.
    """

    # Counted in `flagged`, and not told apart.
    flag = None
    version = models.IntegerField(default=1)
    # Which dimensions were kept, see `analytics.rollups.cubes`.
    cube = models.CharField(max_length=40, default="full")
    day = models.DateField()
    base = models.CharField(max_length=5, choices=Base.choices)
    kind = models.CharField(max_length=16)
    n = models.BigIntegerField()
    # How many of them have the flag.
    flagged = models.BigIntegerField(default=0)
    amount = models.BigIntegerField(default=0)
    cost = models.BigIntegerField(default=0)
    # Of deals that have been in the same ones; only of the cube of paths.
    stages = ArrayField(models.UUIDField(), null=True)
    # How many have an amount, a cost.
    amounts = models.BigIntegerField(default=0)
    costs = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    business_seconds = models.FloatField(default=0)
    histogram = models.BinaryField(default=bytes)
    business_histogram = models.BinaryField(default=bytes)

    class Meta(Dimensions.Meta):
        indexes = [
            models.Index(
                fields=["workspace", "version", "cube", "base", "kind", "day"], name="rollup_bucket"
            ),
            # What a filter leaves of a large cube. Without the day: equal keys take little room.
            # Words are compared in any case, which no index of theirs helps but that of keywords,
            # from which their spellings are read first: see `analytics.reports.spellings`.
            *(
                models.Index(
                    fields=["workspace", "version", "cube", "base", column, "kind"],
                    name=f"rollup_of_{name}",
                    condition=models.Q(**{f"{column}__isnull": False}),
                )
                for name, column in (("agent", "agent_id"), ("channel", "channel_id"))
            ),
            models.Index(
                fields=["workspace", "version", "term", "cube", "base", "kind"],
                name="rollup_of_term",
                condition=~models.Q(term=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.n}"


class DirtyBucket(TenantModel):
    """A bucket whose facts have changed since it was computed. `mark` grows with each change.

    Of a whole month, whose day is its first: its days have been computed since, and are read
    instead until the month is, too.
    """

    day = models.DateField()
    base = models.CharField(max_length=5, choices=Base.choices)
    kind = models.CharField(max_length=16)
    is_month = models.BooleanField(default=False, db_default=False)
    mark = models.BigIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "day", "base", "kind", "is_month"], name="dirty_bucket_unique"
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
    # Months before this day have rows of their own.
    months_until = models.DateField(null=True)
    # When beat was last through with everything that was new.
    added_up_at = models.DateTimeField(null=True)
    rebuilt_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace"], name="rollup_state_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.time_zone}"
