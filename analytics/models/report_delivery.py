from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.models.tenant import TenantForeignKey, TenantModel
from workspaces.zones import zone as company_zone


class ReportDelivery(TenantModel):
    """A saved report that comes by itself: to members by e-mail, and into a chat.

    `hour` is the company's time. `day` is the day of the week (1 is Monday) of weekly ones, of the
    month (1 to 28, so that every month has it) of monthly ones. `next_at` is None while paused.
    """

    class Frequency(models.TextChoices):
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")

    class Format(models.TextChoices):
        XLSX = "xlsx", _("Excel (XLSX)")
        CSV = "csv", _("CSV, UTF-8")

    saved = TenantForeignKey("analytics.SavedReport", related_name="deliveries")
    # On whose behalf: the numbers in a chat are those that they may see.
    membership = TenantForeignKey("workspaces.Membership", related_name="+")
    frequency = models.CharField(max_length=8, choices=Frequency.choices)
    day = models.SmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    hour = models.SmallIntegerField(
        default=9, validators=[MinValueValidator(0), MaxValueValidator(23)]
    )
    format = models.CharField(max_length=4, choices=Format.choices, default=Format.XLSX)
    recipients = models.ManyToManyField(
        "workspaces.Membership", through="analytics.DeliveryRecipient", related_name="+"
    )
    conversation = TenantForeignKey(
        "inbox.Conversation", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    next_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["next_at"], name="report_delivery_due")]

    def __str__(self) -> str:
        return f"{self.frequency} {self.hour}"

    def after(self, moment: datetime) -> datetime:
        """The next time, later than `moment`."""
        zone = company_zone()
        local = moment.astimezone(zone)
        day = local.date()
        while True:
            due = datetime(day.year, day.month, day.day, self.hour, tzinfo=zone)
            if due > moment and self._falls_on(due):
                return due
            day += timedelta(days=1)

    def plan(self) -> None:
        """Have it come at its next time."""
        self.next_at = self.after(timezone.now())

    def _falls_on(self, due: datetime) -> bool:
        if self.frequency == self.Frequency.WEEKLY:
            return due.isoweekday() == self.day
        return self.frequency == self.Frequency.DAILY or due.day == self.day


class DeliveryRecipient(TenantModel):
    """A member who gets a delivery."""

    delivery = TenantForeignKey(ReportDelivery, related_name="+")
    membership = TenantForeignKey("workspaces.Membership", related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "delivery", "membership"], name="delivery_recipient_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}"
