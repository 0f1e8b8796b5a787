"""Forms that connect and change a channel."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from channels_connectors.base import Connector
from channels_connectors.models import Channel
from channels_connectors.passwords import ADDRESSES, opened, without_password
from channels_connectors.registry import connector_class, kinds
from inbox.address_fields import AddressField
from inbox.connections import default_transport, has_both_transports
from workspaces.models import Membership, Team

LONGEST: Final = 4000  # of a credential


class ConnectForm(forms.Form):
    """The credentials that a kind asks for, which are never shown again.

    For an account that is connected, what is left empty stays as it is stored. `typed` are the
    secrets of a try that was refused: they need not be typed again.
    """

    def __init__(
        self,
        connector: type[Connector],
        *args: Any,
        channel: Channel | None = None,
        typed: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        if channel is not None:
            kwargs["initial"] = _open_values(connector, channel)
        super().__init__(*args, **kwargs)
        self.connector = connector
        self.try_name = ""  # under which the secrets of this form are kept
        self.kept: frozenset[str] = frozenset()
        self._typed = typed or {}
        is_stored = channel is not None and bool(channel.credentials)
        for field in connector.credential_fields:
            widget = forms.PasswordInput if field.secret else forms.TextInput
            self.fields[field.name] = forms.CharField(
                label=field.label,
                help_text=field.help,
                required=field.required
                and not (field.secret and (is_stored or field.name in self._typed)),
                max_length=LONGEST,
                widget=widget(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )
        self.has_network = bool(connector.credential_fields)
        self._own = add_settings(self, connector, channel, connects=True)
        if channel is None:
            self.fields["name"] = forms.CharField(
                label=_("Name"),
                max_length=120,
                required=False,
                help_text=_("Empty: as the platform calls the account.")
                if self.has_network
                else _("For example the site’s address."),
            )
        if self.has_network and has_both_transports(connector):
            self.fields["transport"] = forms.ChoiceField(
                label=_("How new messages come"),
                required=False,
                choices=[
                    (Channel.Transport.WEBHOOK, _("The platform calls this server")),
                    (Channel.Transport.POLLING, _("We fetch them ourselves")),
                ],
                help_text=_("Fetching also works where the platform cannot reach this server."),
            )
            self.initial["transport"] = (
                channel.transport if channel else default_transport(connector)
            )
        if self.has_network:
            self.fields["proxy"] = AddressField(
                label=_("Proxy"),
                known=self._known("proxy", channel),
                required=False,
                max_length=300,
                help_text=_(
                    "Where the platform cannot be reached directly: socks5://proxy.example.com:1080"
                ),
            )
        if self.has_network and connector.has_own_servers:
            self.fields["api_url"] = AddressField(
                label=_("Address of the platform’s server"),
                known=self._known("api_url", channel),
                required=False,
                max_length=300,
                help_text=_("Only for a server of your own in the place of the platform’s."),
            )
        self._groups = _groups(connector, self.fields)

    @property
    def main(self) -> list[forms.BoundField]:
        """What everybody fills in."""
        return [self[name] for name, group in self._groups.items() if not group]

    @property
    def folds(self) -> list[tuple[str, list[forms.BoundField], bool]]:
        """What few need: a title, the fields under it, and whether they stand open: one is wrong,
        or was filled in before the platform refused, and may be the reason."""
        titles = dict.fromkeys(filter(None, self._groups.values()))
        by_title = {
            title: [self[name] for name, group in self._groups.items() if group == title]
            for title in titles
        }
        return [
            (title, bound, any(field.errors or self._is_filled_in(field) for field in bound))
            for title, bound in by_title.items()
        ]

    def point_at_wrong(self) -> None:
        """Let the browser go to the first field that is wrong: on a phone it may lie below."""
        shown = [*self.main, *(bound for _title, fold, _open in self.folds for bound in fold)]
        if wrong := next((bound for bound in shown if bound.errors), None):
            wrong.field.widget.attrs["autofocus"] = True

    def _is_filled_in(self, bound: forms.BoundField) -> bool:
        return self.is_bound and bound.field.has_changed(bound.initial, bound.data)

    def credentials(self) -> dict[str, str]:
        """What was filled in, by the connector's names."""
        names = [field.name for field in self.connector.credential_fields]
        told = {name: self.cleaned_data[name] or self._typed.get(name) for name in names}
        return {name: value for name, value in told.items() if value}

    def secrets(self) -> dict[str, str]:
        """The secret ones among them, typed now or before, also of a form that is not valid. And
        addresses with a password."""
        names = [field.name for field in self.connector.credential_fields if field.secret]
        told = {name: self.data.get(name, "").strip() or self._typed.get(name) for name in names}
        for name, field in self._addresses().items():
            address = field.to_python(self.data.get(name, ""))
            told[name] = address if address != without_password(address) else ""
        return {name: value for name, value in told.items() if value and len(value) <= LONGEST}

    def keep(self, name: str, secrets: Iterable[str]) -> None:
        """Say that these need not be typed again: they are kept under `name`."""
        self.try_name, self.kept = name, frozenset(secrets)
        for secret in self.kept:
            self.fields[secret].required = False
            self[secret].help_text = (
                _("The password is kept as you typed it.")
                if secret in self._addresses()
                else _("Kept as you typed it. Type here to replace it.")
            )

    def _addresses(self) -> dict[str, AddressField]:
        return {name: it for name, it in self.fields.items() if isinstance(it, AddressField)}

    def _known(self, name: str, channel: Channel | None) -> list[str]:
        """Typed before, or stored."""
        stored = opened(channel.settings, channel.credentials).get(name) if channel else None
        return [self._typed.get(name, ""), str(stored or "")]

    def settings(self) -> dict[str, Any]:
        """How the platform is reached. An emptied field takes the setting back."""
        transport = self.cleaned_data.get("transport")
        reached = {
            name: self.cleaned_data[name]
            for name in ("proxy", "api_url", *self._own)
            if self.cleaned_data.get(name) or self.initial.get(name)
        }
        return {**reached, "transport": transport} if transport else reached


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
        self._own = (
            add_settings(self, connector_class(channel.kind), channel, connects=False)
            if channel.kind in kinds()
            else []
        )
        self.fields["members"].queryset = (  # type: ignore[attr-defined]
            Membership.objects.active().with_user().order_by("user__name")
        )

    @property
    def of_kind(self) -> list[forms.BoundField]:
        """The kind's own settings."""
        return [self[name] for name in self._own]

    def settings(self) -> dict[str, Any]:
        """Team, routing and the kind's own in the form that `inbox.connections` takes."""
        own = {
            name: self.cleaned_data[name]
            for name in self._own
            if self.cleaned_data[name] or self.initial.get(name)
        }
        return {"team": self.cleaned_data["team"], "routing": self.cleaned_data["routing"], **own}

    def access(self) -> list[Membership] | None:
        """Who may use the channel; None = everybody."""
        return list(self.cleaned_data["members"]) if self.cleaned_data["is_restricted"] else None


def add_settings(
    form: forms.Form, connector: type[Connector], channel: Channel | None, *, connects: bool
) -> list[str]:
    """Ask for a kind's own settings, those that connect or the others; returns their names."""
    asked = [field for field in connector.setting_fields if field.connects == connects]
    for field in asked:
        made: forms.Field = forms.CharField(
            label=field.label,
            help_text=field.help,
            required=False,
            max_length=field.max_length,
            widget=forms.Textarea(attrs={"rows": 3}) if field.long else forms.TextInput,
        )
        if field.choices:
            made = forms.ChoiceField(
                label=field.label, help_text=field.help, required=False, choices=field.choices
            )
        form.fields[field.name] = made
        known = channel.settings.get(field.name) if channel else None
        # Booleans are written like the values of choices.
        form.initial[field.name] = str(known).lower() if isinstance(known, bool) else known or ""
    return [field.name for field in asked]


def _groups(connector: type[Connector], names: Iterable[str]) -> dict[str, Any]:
    """The title under which each field is folded; "" stands open."""
    network = _("Proxy and server") if connector.has_own_servers else _("Proxy")
    if "transport" in names:
        network = (
            _("Reception, proxy and server")
            if connector.has_own_servers
            else _("Reception and proxy")
        )
    found: dict[str, Any] = {field.name: field.group for field in connector.credential_fields}
    found |= {field.name: field.group or network for field in connector.setting_fields}
    found |= {"name": "", "transport": network, "proxy": network, "api_url": network}
    return {name: found[name] for name in names}


def _open_values(connector: type[Connector], channel: Channel) -> dict[str, Any]:
    """What may be shown of what is stored: no secret, no password of an address."""
    values = {
        field.name: channel.credentials.get(field.name, "")
        for field in connector.credential_fields
        if not field.secret
    }
    for name in ADDRESSES:
        if address := channel.settings.get(name):
            values[name] = without_password(str(address))
    return values
