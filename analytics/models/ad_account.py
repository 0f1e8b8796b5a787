from django.db import models

from core.crypto import EncryptedJSONField
from workspaces.models.tenant import TenantModel


class AdAccount(TenantModel):
    """An account of an advertising system, whose spend is fetched by itself.

    `source` is what its links call it in utm_source; `campaign_by` tells whether they carry a
    campaign's name or its id. Credentials are never shown again.
    """

    class Kind(models.TextChoices):
        YANDEX_DIRECT = "yandex_direct", "Yandex Direct"
        VK_ADS = "vk_ads", "VK Ads"

    class CampaignBy(models.TextChoices):
        NAME = "name"
        ID = "id"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    name = models.CharField(max_length=120)
    credentials = EncryptedJSONField(default=dict)
    source = models.CharField(max_length=120)
    medium = models.CharField(max_length=120, default="cpc")
    campaign_by = models.CharField(
        max_length=4, choices=CampaignBy.choices, default=CampaignBy.NAME
    )
    currency = models.CharField(max_length=3)
    vat_included = models.BooleanField(default=True)
    # A token of its own that an account lives by for a day, and what else it remembers.
    session = EncryptedJSONField(default=dict)
    fetched_until = models.DateField(null=True)
    next_fetch_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="ad_account_name_unique")
        ]
        indexes = [
            models.Index(
                fields=["next_fetch_at"],
                name="ad_account_due",
                condition=models.Q(next_fetch_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name
