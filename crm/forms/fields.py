"""Fields that forms of sales share."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core import money


class AmountField(forms.CharField):
    """An amount as people type it, `96 400,50 ₽`; empty is none."""

    default_error_messages = {"amount": _("Give an amount like 96 400 or 1250.50.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": 40, **kwargs})
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def clean(self, value: Any) -> Decimal | None:
        """The amount, or None."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return money.read(text)
        except ValueError:
            raise ValidationError(self.error_messages["amount"], code="amount") from None

    def prepare_value(self, value: Any) -> Any:
        """Without the noughts that a column adds."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value
