"""What holds for all broadcasts of a workspace."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from channels_connectors.models import MessageTemplate
from marketing.models import MarketingSettings

PRICE = "price_"


class MarketingSettingsForm(forms.Form):
    """Quiet hours, how often, how many a day, own words, prices of templates."""

    has_quiet = forms.BooleanField(
        label=_("Quiet hours"),
        required=False,
        help_text=_("By the customer’s clock where it is known, else by the company’s."),
    )
    quiet_from = forms.TimeField(
        label=_("From"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    quiet_to = forms.TimeField(
        label=_("To"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    has_cap = forms.BooleanField(
        label=_("Nobody gets too many"),
        required=False,
        help_text=_("Holds for every broadcast. A broadcast may be stricter, not looser."),
    )
    cap_count = forms.IntegerField(
        label=pgettext_lazy("cap", "At most"), min_value=1, max_value=100, required=False
    )
    cap_days = forms.IntegerField(
        label=pgettext_lazy("cap", "broadcasts in so many days"),
        min_value=1,
        max_value=365,
        required=False,
    )
    daily_limit = forms.IntegerField(
        label=_("Messages of broadcasts a day, at most"),
        min_value=1,
        required=False,
        help_text=_("What does not fit goes the next day. Empty: as many as there are."),
    )
    stop_words = forms.CharField(
        label=_("Own words that unsubscribe"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One a line. “Stop”, “unsubscribe” and the like work without being listed, "
            "on every channel."
        ),
    )
    start_words = forms.CharField(
        label=_("Own words that subscribe again"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, stored: MarketingSettings) -> None:
        super().__init__(data, initial=_initial(stored))
        for category, label in MessageTemplate.Category.choices:
            self.fields[f"{PRICE}{category}"] = forms.CharField(
                label=label,
                required=False,
                max_length=12,
                initial=stored.template_prices.get(category, ""),
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    @property
    def price_controls(self) -> list[Any]:
        """The prices' bound fields, for the template."""
        return [self[f"{PRICE}{category}"] for category in MessageTemplate.Category.values]

    def clean(self) -> dict[str, Any]:
        """Hours and caps have both of their numbers."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("has_quiet") and not (said.get("quiet_from") and said.get("quiet_to")):
            self.add_error("has_quiet", _("Say from when to when."))
        if said.get("has_cap") and not (said.get("cap_count") and said.get("cap_days")):
            self.add_error("has_cap", _("Say how many in how many days."))
        return said

    @property
    def values(self) -> dict[str, Any]:
        """What the verb takes."""
        said = self.cleaned_data
        quiet = (
            {"from": f"{said['quiet_from']:%H:%M}", "to": f"{said['quiet_to']:%H:%M}"}
            if (said["has_quiet"])
            else None
        )
        cap = {"count": said["cap_count"], "days": said["cap_days"]} if said["has_cap"] else None
        return {
            "quiet_hours": quiet,
            "frequency_cap": cap,
            "daily_limit": said["daily_limit"],
            "stop_words": said["stop_words"].splitlines(),
            "start_words": said["start_words"].splitlines(),
            "template_prices": {
                category: said[f"{PRICE}{category}"] for category in MessageTemplate.Category.values
            },
        }

    def blame(self, refusal: Any) -> None:
        """Put what the verb says no with beside the fields."""
        places = {"quiet_hours": "has_quiet", "frequency_cap": "has_cap"}
        for name, words in refusal.message_dict.items():
            place = places.get(name, name)
            self.add_error(place if place in self.fields else None, words)


def _initial(stored: MarketingSettings) -> dict[str, Any]:
    quiet, cap = stored.quiet_hours or {}, stored.frequency_cap or {}
    return {
        "has_quiet": bool(quiet),
        "quiet_from": quiet.get("from", "21:00"),
        "quiet_to": quiet.get("to", "09:00"),
        "has_cap": bool(cap),
        "cap_count": cap.get("count", 2),
        "cap_days": cap.get("days", 7),
        "daily_limit": stored.daily_limit,
        "stop_words": "\n".join(stored.stop_words),
        "start_words": "\n".join(stored.start_words),
    }
