from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels_connectors.models import Channel
from marketing.models import TrackedLink
from marketing.tracked_links import can_lead_to


class LinkForm(forms.Form):
    """A link with its marks; without a channel it leads to the page."""

    channel = forms.ChoiceField(label=_("Where it leads"), required=False)
    url = forms.CharField(
        label=_("Address of the page"),
        max_length=2000,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    greeting = forms.CharField(
        label=_("First words of the customer"),
        max_length=200,
        required=False,
        help_text=_(
            "For WhatsApp alone: the customer’s message is ready with them and a short code."
        ),
    )
    source = forms.CharField(label=_("Source"), max_length=100, help_text="utm_source")
    medium = forms.CharField(
        label=_("Medium"), max_length=100, required=False, help_text="utm_medium"
    )
    campaign = forms.CharField(
        label=_("Campaign"), max_length=200, required=False, help_text="utm_campaign"
    )
    content = forms.CharField(
        label=_("Content"), max_length=200, required=False, help_text="utm_content"
    )
    term = forms.CharField(
        label=_("Search term"), max_length=200, required=False, help_text="utm_term"
    )
    name = forms.CharField(
        label=_("Name in the list"),
        max_length=120,
        required=False,
        help_text=_("Without one it is called by its source and campaign."),
    )

    def __init__(
        self, *args: Any, viewer: Any, link: TrackedLink | None = None, **kwargs: Any
    ) -> None:
        if link is not None:
            names = ("url", "greeting", "source", "medium", "campaign", "content", "term", "name")
            kwargs.setdefault("initial", {name: getattr(link, name) for name in names})
        super().__init__(*args, **kwargs)
        self.link = link
        if link is not None:
            del self.fields["channel"]
            del self.fields["url" if link.channel_id else "greeting"]
            return
        found = Channel.objects.visible_to(viewer).exclude(status=Channel.Status.DISCONNECTED)
        self.channels = {str(one.pk): one for one in found.order_by("name") if can_lead_to(one)}
        channel: Any = self.fields["channel"]
        channel.choices = [
            ("", _("To a page of a website")),
            *((key, one.name) for key, one in self.channels.items()),
        ]

    def values(self) -> dict[str, Any]:
        """As the verbs take them."""
        given = dict(self.cleaned_data)
        if self.link is not None:
            return given
        given["channel"] = self.channels.get(given["channel"])
        if given["channel"] is not None:
            given["url"] = ""
        return given
