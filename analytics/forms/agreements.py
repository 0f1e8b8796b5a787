from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from analytics.agreements.promises import AT_LEAST, OFFERS
from analytics.forms.fields import TYPED, NumberField, typed, unit_words
from analytics.ground.pacts import month_words
from analytics.metrics import metric
from analytics.models import Agreement
from analytics.rollups.building import next_month
from workspaces.zones import local_day

_MONTHS = 6


class AgreementForm(forms.Form):
    """A version of the agreement: from when on, and what each side answers for. A number that is
    left empty is not promised."""

    since = forms.ChoiceField(label=pgettext_lazy("month", "In force from"))
    accepted_lead = forms.CharField(
        label=_("What an accepted lead is"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "In words that can be checked: which region, which product, how one is reached."
        ),
    )

    def __init__(self, *args: Any, last: Agreement | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        since: Any = self.fields["since"]
        since.choices = [(one.isoformat(), month_words(one)) for one in _months()]
        known = {one.metric: one.threshold for one in last.promises.all()} if last else {}
        self.fields["accepted_lead"].initial = last.accepted_lead if last else ""
        for key, offer in OFFERS.items():
            one = metric(key)
            words = gettext("at least") if offer.condition == AT_LEAST else gettext("at most")
            self.fields[key] = NumberField(
                label=f"{one.label}, {words}{unit_words(one.unit)}",
                required=False,
                help_text=str(one.definition),
                initial=typed(known[key], one.unit) if key in known else "",
            )

    def of(self, side: str) -> Iterable[Any]:
        """The fields of a side."""
        return [self[key] for key, offer in OFFERS.items() if offer.side == side]

    @property
    def of_marketing(self) -> Iterable[Any]:
        return self.of(Agreement.Side.MARKETING)

    @property
    def of_sales(self) -> Iterable[Any]:
        return self.of(Agreement.Side.SALES)

    def values(self) -> dict[str, Any]:
        """As the verb takes them."""
        given = self.cleaned_data
        promises = {
            key: given[key] * TYPED.get(metric(key).unit, Decimal(1))
            for key in OFFERS
            if given.get(key) is not None
        }
        return {
            "since": date.fromisoformat(given["since"]),
            "accepted_lead": given["accepted_lead"],
            "promises": promises,
        }

    def refuse(self, refusal: ValidationError) -> None:
        """Say why the verb would not."""
        self.add_error(None, refusal.messages)


def _months() -> list[date]:
    found = [local_day(timezone.now()).replace(day=1)]
    while len(found) < _MONTHS:
        found.append(next_month(found[-1]))
    return found
