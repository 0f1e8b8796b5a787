"""Money in bodies and answers: `{amount: "1234.50", currency: "RUB"}`."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core import money

DOCUMENT = {
    "type": "object",
    "required": ["amount", "currency"],
    "properties": {
        "amount": {"type": "string", "pattern": r"^-?\d+\.\d{2}$"},
        "currency": {"type": "string", "minLength": 3, "maxLength": 3},
    },
}
PLAIN = {"type": "string", "pattern": r"^-?\d{1,15}(\.\d{1,2})?$"}


@extend_schema_field(
    {
        "anyOf": [
            {
                "type": "object",
                "required": ["amount"],
                "properties": {"amount": PLAIN, "currency": DOCUMENT["properties"]["currency"]},  # type: ignore[index]
            },
            PLAIN,
        ]
    }
)
class GivenMoney(serializers.Field[Any, Any, Any, Any]):
    """Money that is sent: a document, or a plain amount in the deal's own currency."""

    default_error_messages = {
        "amount": _("An amount like “1234.50” is needed."),
        "currency": _("There is no such currency."),
    }

    def to_internal_value(self, data: Any) -> tuple[Decimal, str]:
        """The amount, and the currency or ""."""
        currency = ""
        if isinstance(data, dict):
            currency, data = data.get("currency", ""), data.get("amount")
            if not isinstance(currency, str) or (currency and currency not in money.currencies()):
                self.fail("currency")
        if isinstance(data, bool) or not isinstance(data, str | int | float):
            self.fail("amount")
        amount = serializers.DecimalField(max_digits=18, decimal_places=2).run_validation(data)
        assert isinstance(amount, Decimal)
        return amount, currency

    def to_representation(self, value: Any) -> Any:
        """Never answered: see `ShownMoney`."""
        raise NotImplementedError


@extend_schema_field(DOCUMENT)
class ShownMoney(serializers.Field[Any, Any, Any, Any]):
    """Money that is answered: the amount is a column, the currency that of `currency_of`."""

    def __init__(self, currency_of: str = "currency", **kwargs: Any) -> None:
        self.currency_of = currency_of
        super().__init__(read_only=True, source="*", **kwargs)

    def to_representation(self, value: Any) -> Any:
        assert self.field_name
        currency = value
        for name in self.currency_of.split("."):
            currency = getattr(currency, name)
        return money.as_document(getattr(value, self.field_name), str(currency))


def amounts(values: dict[str, Any], *names: str) -> dict[str, Any]:
    """`GivenMoney` among the values as plain amounts and one `currency`.

    Raises `ValidationError` (400) when two of them are in different currencies.
    """
    found = dict(values)
    currencies = set()
    for name in names:
        if found.get(name) is not None:
            found[name], currency = found[name]
            currencies |= {currency} - {""}
    if len(currencies) > 1:
        raise serializers.ValidationError({names[0]: _("One currency is needed for all amounts.")})
    if currencies:
        found["currency"] = currencies.pop()
    return found
