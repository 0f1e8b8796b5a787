"""Forms of the parts of a deal's sheet."""

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.forms.fields import AmountField
from crm.models import Product

THOUSANDTH: Final = Decimal("0.001")
MOST: Final = Decimal(10) ** 16


class ItemForm(forms.Form):
    """A line: of a product, or free with a name; without a price it is the product's."""

    product: Any = forms.ModelChoiceField(queryset=None, required=False)
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    quantity = forms.CharField(label=_("Quantity"), max_length=20, required=False)
    price = AmountField(label=_("Price"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        products = Product.objects.filter(archived_at=None)
        self.fields["product"].queryset = products  # type: ignore[attr-defined]

    def clean_quantity(self) -> Decimal | None:
        """As people type it, `1,5`; None where nothing is said."""
        plain = "".join(self.cleaned_data["quantity"].split()).replace(",", ".")
        if not plain:
            return None
        try:
            found = Decimal(plain)
        except InvalidOperation:
            found = Decimal("nan")
        if not found.is_finite() or abs(found) >= MOST:
            raise ValidationError(_("Write the quantity in digits."))
        return found.quantize(THOUSANDTH)


class PaymentForm(forms.Form):
    """Money that came or, with `refund`, went back: an amount is typed without a sign."""

    amount = AmountField(label=_("Amount"), required=True)
    paid_on = forms.DateField(label=_("Date"), required=False)
    comment = forms.CharField(label=_("Comment"), max_length=200, required=False)
    refund = forms.BooleanField(label=_("Refund"), required=False)

    def clean(self) -> dict[str, Any]:
        """With a negative amount for a refund."""
        given = super().clean() or {}
        amount = given.get("amount")
        if amount is not None and given.get("refund"):
            given["amount"] = -abs(amount)
        day = given.get("paid_on")
        if day is not None and not 1900 < day.year < 9000:
            raise ValidationError(_("Choose a day."))
        return given
