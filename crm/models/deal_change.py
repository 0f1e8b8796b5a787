from django.db import models

from workspaces.models.tenant import TenantForeignKey, TenantModel


class DealChange(TenantModel):
    """One change of a deal, never changed itself.

    `before` and `after` are values as the API shows them, the words beside them what they were
    called then: a stage that is renamed later keeps its old name here. `rule` names what changed it
    when no member did. `is_late`: the period it changes was closed already.
    """

    app_rights = "select, insert"

    deal = TenantForeignKey("crm.Deal", related_name="changes")
    field = models.CharField(max_length=60)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    before_words = models.CharField(max_length=200, blank=True)
    after_words = models.CharField(max_length=200, blank=True)
    author = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    rule = models.CharField(max_length=120, blank=True)
    is_late = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "deal", "at", "id"], name="deal_change_history"),
            models.Index(fields=["workspace", "field", "at"], name="deal_change_field"),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.before_words} → {self.after_words}"
