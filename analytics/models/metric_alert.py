from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workspaces.models.tenant import TenantForeignKey, TenantModel


class MetricAlert(TenantModel):
    """Tells its member when a metric of today goes beyond a threshold, or is unlike the same day
    of other weeks.

    `threshold` is in the metric's unit (money in its main unit); of "unusual" it is the share by
    which the value must differ. One notification a day and alert;
    each is kept, see `AlertFiring`.
    """

    class Condition(models.TextChoices):
        ABOVE = "above", pgettext_lazy("alert", "Above")
        BELOW = "below", pgettext_lazy("alert", "Below")
        UNUSUAL = "unusual", _("Unlike the same weekday")

    membership = TenantForeignKey("workspaces.Membership", related_name="+")
    report = models.CharField(max_length=20)
    metric = models.CharField(max_length=40)
    condition = models.CharField(max_length=8, choices=Condition.choices)
    threshold = models.DecimalField(max_digits=18, decimal_places=4)
    filter = models.JSONField(default=dict, blank=True)
    by_email = models.BooleanField(default=True)
    # A chat that is told too, such as a group in Telegram that our bot is in.
    conversation = TenantForeignKey(
        "inbox.Conversation", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Silent until then.
    muted_until = models.DateTimeField(null=True)
    told_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "metric"], name="metric_alert_list")]

    def __str__(self) -> str:
        return f"{self.metric} {self.condition} {self.threshold}"
