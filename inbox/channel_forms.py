"""Forms that connect and change a channel."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels_connectors.base import Connector
from channels_connectors.models import Channel
from workspaces.models import Membership, Team


class ConnectForm(forms.Form):
    """The credentials that a kind asks for, which are never shown again.

    For an account that is connected, what is left empty stays as it is stored.
    """

    def __init__(
        self, connector: type[Connector], *args: Any, channel: Channel | None = None, **kwargs: Any
    ) -> None:
        if channel is not None:
            kwargs["initial"] = _open_values(connector, channel)
        super().__init__(*args, **kwargs)
        self.connector = connector
        is_stored = channel is not None and bool(channel.credentials)
        for field in connector.credential_fields:
            widget = forms.PasswordInput if field.secret else forms.TextInput
            self.fields[field.name] = forms.CharField(
                label=field.label,
                help_text=field.help,
                required=field.required and not (is_stored and field.secret),
                max_length=4000,
                widget=widget(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )
        self.has_network = bool(connector.credential_fields)
        if channel is None:
            self.fields["name"] = forms.CharField(
                label=_("Name"),
                max_length=120,
                required=False,
                help_text=_("Empty: as the platform calls the account.")
                if self.has_network
                else _("For example the site’s address."),
            )
        if self.has_network:
            self.fields["proxy"] = forms.CharField(
                label=_("Proxy"),
                required=False,
                max_length=300,
                help_text=_(
                    "Where the platform cannot be reached directly: socks5://proxy.example.com:1080"
                ),
            )
            self.fields["api_url"] = forms.CharField(
                label=_("Address of the platform’s server"),
                required=False,
                max_length=300,
                help_text=_("Only for a server of your own in the place of the platform’s."),
            )

    @property
    def main(self) -> list[forms.BoundField]:
        """What everybody fills in."""
        return [self[name] for name in self.fields if name not in ("proxy", "api_url")]

    @property
    def network(self) -> list[forms.BoundField]:
        """What few need."""
        return [self[name] for name in ("proxy", "api_url") if name in self.fields]

    def credentials(self) -> dict[str, str]:
        """What was filled in, by the connector's names."""
        names = [field.name for field in self.connector.credential_fields]
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}

    def settings(self) -> dict[str, Any]:
        """How the platform is reached. An emptied field takes the setting back."""
        return {
            name: self.cleaned_data[name]
            for name in ("proxy", "api_url")
            if self.cleaned_data.get(name) or self.initial.get(name)
        }


class PeopleForm(forms.Form):
    """What every channel has: a name, who gets its conversations, and who may see them."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=None, required=False, empty_label=_("Everybody")
    )
    routing = forms.ChoiceField(label=_("Distribution"), choices=Channel.Routing.choices)
    is_restricted = forms.BooleanField(
        label=_("Only for some members"),
        required=False,
        help_text=_("Others do not see this channel’s conversations. Administrators always do."),
    )
    members: "forms.ModelMultipleChoiceField[Membership]" = forms.ModelMultipleChoiceField(
        label=_("Who may see it"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    away_reply = forms.CharField(
        label=_("Reply outside of working hours"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Sent by itself, once until somebody answers. Empty: nothing is sent. It does not "
            "count as an answer."
        ),
    )

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "name": channel.name,
            "team": channel.team,
            "routing": channel.routing,
            "is_restricted": channel.is_restricted,
            "members": list(channel.access_list.values_list("membership_id", flat=True)),
            "away_reply": channel.away_reply,
        }
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.order_by("name")  # type: ignore[attr-defined]
        self.fields["members"].queryset = (  # type: ignore[attr-defined]
            Membership.objects.active().with_user().order_by("user__name")
        )

    def settings(self) -> dict[str, Any]:
        """Team and routing in the form that `inbox.connections` takes."""
        return {"team": self.cleaned_data["team"], "routing": self.cleaned_data["routing"]}

    def access(self) -> list[Membership] | None:
        """Who may use the channel; None = everybody."""
        return list(self.cleaned_data["members"]) if self.cleaned_data["is_restricted"] else None


def _open_values(connector: type[Connector], channel: Channel) -> dict[str, Any]:
    """What may be shown of what is stored: no secret, no password of a proxy."""
    values = {
        field.name: channel.credentials.get(field.name, "")
        for field in connector.credential_fields
        if not field.secret
    }
    if api_url := channel.settings.get("api_url"):
        values["api_url"] = api_url
    if proxy := channel.settings.get("proxy"):
        values["proxy"] = proxy if "@" not in proxy else ""
    return values
