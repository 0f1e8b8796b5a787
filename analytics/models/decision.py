from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from workspaces.models.tenant import TenantForeignKey, TenantModel


class Decision(TenantModel):
    """What the two departments decided to do, and which number is to tell whether it helped.

    On `due_on` the registry's metric of the seven days before is compared with `threshold` (in the
    metric's unit, money in its main unit), and the decision is held or missed: nobody has to say
    so. `value_before` is the same of the seven days before it was decided.
    """

    class Condition(models.TextChoices):
        AT_LEAST = "at_least", pgettext_lazy("decision", "at least")
        AT_MOST = "at_most", pgettext_lazy("decision", "at most")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("decision", "Under way")
        HELD = "held", pgettext_lazy("decision", "Held")
        MISSED = "missed", pgettext_lazy("decision", "Missed")
        DROPPED = "dropped", pgettext_lazy("decision", "Dropped")

    text = models.CharField(max_length=200)
    detail = models.CharField(max_length=500, blank=True)
    owner = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True, related_name="+")
    made_by = TenantForeignKey(
        "workspaces.Membership", models.SET_NULL, null=True, related_name="+"
    )
    # The Monday of the week that it was decided upon.
    week = models.DateField()
    metric = models.CharField(max_length=40)
    report = models.CharField(max_length=20)
    filter = models.JSONField(default=dict, blank=True)
    condition = models.CharField(max_length=8, choices=Condition.choices)
    threshold = models.DecimalField(max_digits=18, decimal_places=4)
    due_on = models.DateField()
    # What it is about, in the workspace's currency; below zero is money lost.
    worth = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    value_before = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    value_after = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    measured_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "-week", "-id"], name="decision_list"),
            models.Index(fields=["due_on"], name="decision_due", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.text
