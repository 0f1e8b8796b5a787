from django.db import models

from workspaces.models.tenant import TenantForeignKey, TenantModel


class SavedReport(TenantModel):
    """A report as somebody looks at it, under a name; shared, everybody who may read it sees it.

    `parameters` are those of the page's address, so that "last month" moves with the calendar.
    """

    membership = TenantForeignKey("workspaces.Membership", related_name="+")
    name = models.CharField(max_length=100)
    report = models.CharField(max_length=20)
    parameters = models.JSONField(default=dict, blank=True)
    is_shared = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "membership", "report", "name"], name="saved_report_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name
