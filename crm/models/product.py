from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.models.tenant import TenantForeignKey, TenantModel


class Product(TenantModel):
    """Something the company sells, to pick into a deal."""

    name = models.CharField(_("Name"), max_length=200)
    code = models.CharField(_("Article"), max_length=60, blank=True)
    price = models.DecimalField(_("Price"), max_digits=18, decimal_places=2, null=True, blank=True)
    cost = models.DecimalField(_("Cost"), max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3)
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "name"], name="product_name")]

    def __str__(self) -> str:
        return self.name


class DealItem(TenantModel):
    """A line of a deal. Name and prices are kept as they were agreed."""

    deal = TenantForeignKey("crm.Deal", related_name="items")
    product = TenantForeignKey("crm.Product", models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=12, decimal_places=3, default=1)
    price = models.DecimalField(max_digits=18, decimal_places=2)
    cost = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    position = models.CharField(max_length=80, db_collation="C")

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "deal", "position"], name="deal_item_order")]

    def __str__(self) -> str:
        return self.name
