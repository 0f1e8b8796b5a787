from django.db import models

from workspaces.models.tenant import TenantModel


class AdSpend(TenantModel):
    """What one advertisement cost on one day, or what it cost by one of its keywords.

    Platforms restate their figures for weeks, so a day, an advertisement and a keyword have one row
    and the later word replaces the earlier. `cost` is in the main unit of `currency`.
    """

    class Origin(models.TextChoices):
        MANUAL = "manual"
        API = "api"
        FILE = "file"
        YANDEX_DIRECT = "yandex_direct"
        VK_ADS = "vk_ads"

    date = models.DateField()
    source = models.CharField(max_length=120)
    medium = models.CharField(max_length=120, blank=True)
    campaign = models.CharField(max_length=200, blank=True)
    ad = models.CharField(max_length=200, blank=True)
    # Empty where the platform tells of none, or of all of them together.
    term = models.CharField(max_length=200, blank=True, default="", db_default="")
    account = models.CharField(max_length=120, blank=True)
    impressions = models.BigIntegerField(default=0)
    clicks = models.BigIntegerField(default=0)
    cost = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.CharField(max_length=3)
    vat_included = models.BooleanField(default=True)
    origin = models.CharField(max_length=16, choices=Origin.choices, default=Origin.API)
    # How often its figures were told anew, with others than before.
    restated = models.IntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            # An advertisement is one of its campaign, whatever its medium is called.
            models.UniqueConstraint(
                fields=["workspace", "date", "source", "account", "campaign", "ad", "term"],
                condition=~models.Q(ad=""),
                name="ad_spend_of_ad_unique",
            ),
            models.UniqueConstraint(
                fields=["workspace", "date", "source", "account", "medium", "campaign", "term"],
                condition=models.Q(ad=""),
                name="ad_spend_of_campaign_unique",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "date"], name="ad_spend_day")]

    def __str__(self) -> str:
        return f"{self.date} {self.source} {self.campaign} {self.cost}"
