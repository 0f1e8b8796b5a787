"""Forms that connect and change a channel."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels_connectors.base import Connector
from channels_connectors.models import Channel
from workspaces.models import Team


class RoutingForm(forms.Form):
    """What every channel has: a name, and who gets its conversations."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=None, required=False, empty_label=_("Everybody")
    )
    routing = forms.ChoiceField(label=_("Distribution"), choices=Channel.Routing.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.order_by("name")  # type: ignore[attr-defined]
        self.initial.setdefault("routing", Channel.Routing.MANUAL)

    def settings(self) -> dict[str, Any]:
        """Team and routing in the form that `inbox.connections` takes."""
        return {"team": self.cleaned_data["team"], "routing": self.cleaned_data["routing"]}


class ConnectForm(RoutingForm):
    """With the credentials that the kind asks for, which are never shown again."""

    field_order = ("name",)

    def __init__(self, connector: type[Connector], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connector = connector
        self.fields["name"].help_text = _("Empty: as the platform calls the account.")
        for field in connector.credential_fields:
            widget = forms.PasswordInput if field.secret else forms.TextInput
            self.fields[field.name] = forms.CharField(
                label=field.label,
                help_text=field.help,
                required=field.required,
                max_length=1000,
                widget=widget(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )
        self.has_network = bool(connector.credential_fields)
        if self.has_network:
            self.fields["proxy"] = forms.CharField(
                label=_("Proxy"),
                required=False,
                max_length=300,
                help_text=_("Where the platform cannot be reached directly."),
                widget=forms.TextInput(attrs={"placeholder": "socks5://proxy.example.com:1080"}),
            )
        self.order_fields([field.name for field in connector.credential_fields])

    def credentials(self) -> dict[str, str]:
        """What was filled in, by the connector's names."""
        names = [field.name for field in self.connector.credential_fields]
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}

    def settings(self) -> dict[str, Any]:
        proxy = self.cleaned_data.get("proxy")
        return {**super().settings(), **({"proxy": proxy} if proxy else {})}
