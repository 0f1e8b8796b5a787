from typing import Any

from django.db import models

from workspaces.models.tenant import TenantModel


class MarketingSettings(TenantModel):
    """What holds for all broadcasts of a workspace. None yet: nothing is limited.

    `quiet_hours` is `{from, to}` of the customer's day, in which nothing is sent. `frequency_cap`
    is `{count, days}`: nobody gets more, whatever a broadcast says. `daily_limit`: so many
    messages of broadcasts a day, in the workspace's days. `stop_words` and `start_words` are the
    company's own, beside the usual ones. `template_prices` are what a platform charges for a
    message by its template's category, as decimal texts in the workspace's currency.
    """

    quiet_hours = models.JSONField(null=True, blank=True)
    frequency_cap = models.JSONField(null=True, blank=True)
    daily_limit = models.IntegerField(null=True, blank=True)
    stop_words: Any = models.JSONField(default=list, blank=True)
    start_words: Any = models.JSONField(default=list, blank=True)
    template_prices: Any = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace"], name="marketing_settings_one"),
        ]
