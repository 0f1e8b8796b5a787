"""Connecting the company's accounts on the platforms, and letting go of them.

Run in the scope of a workspace. Refusals are `ValidationError` in words for the admin.
"""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any, Final, TypeVar

from asgiref.sync import async_to_sync
from django.conf import settings as installation
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from channels_connectors.base import Connector
from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from channels_connectors.passwords import ADDRESSES, is_hidden, opened
from channels_connectors.registry import connector_class, connector_for
from channels_connectors.types import ConnectResult
from core.ids import uuid7
from core.tokens import new_token
from events import types
from events.journal import Actor, record
from workspaces.models import ApiToken, Membership, Team
from workspaces.permissions import Verb, require
from workspaces.scope import current_workspace_id

By = Membership | ApiToken | Actor | None
Settings = dict[str, Any]
T = TypeVar("T")

# Settings that are columns of the channel.
_COLUMNS: Final = ("transport", "team", "routing")


def connect_channel(
    *,
    kind: str,
    credentials: dict[str, Any] | None = None,
    name: str = "",
    settings: Settings | None = None,
    again: Channel | None = None,
    by: By,
) -> Channel:
    """Check the credentials against the platform, point it at us, and keep the channel.

    Asks the platform over the network, before anything is written. An account that was here
    before and was disconnected gets its old channel, with its conversations; `again` names that
    channel where the account does not tell. Secrets that were made for the admin to hand on are in
    the answer's `revealed`, this once. `settings` are those of the public contract. Raises
    `ValidationError`; its code is the connector's error class where the platform said no.
    """
    authorize(by)
    given = dict(settings or {})
    channel = Channel(
        id=uuid7(),
        kind=kind,
        key=new_token(),
        credentials=clean_credentials(kind, credentials or {}),
        settings={key: value for key, value in given.items() if key not in _COLUMNS},
    )
    _set_columns(channel, given)
    connector = connector_for(channel)
    if connector.polls_only and given.get("transport") == Channel.Transport.WEBHOOK:
        raise ValidationError({"transport": [_("This kind of channel is always read by polling.")]})
    channel.settings = cleaned_settings(channel)
    channel.transport = given.get("transport") or default_transport(type(connector))
    if again is not None:
        refuse_other_account(again, connector.account_id())
    before = _earlier(kind, connector.account_id()) or again
    if before:
        channel.id, channel.key = before.id, before.key
    connector = connector_for(channel)
    found = ask(lambda: connector.connect(webhook_url(channel)))
    if again is not None:
        keep_to_account(again, channel, found)
    before = _earlier(kind, found.external_id) or before
    return _store(channel, found, name=name, before=before, by=by)


def disconnect_channel(channel: Channel, *, by: By) -> None:
    """Take our address back from the platform and forget the credentials; a no-op when done.

    The conversations stay. A platform that does not answer keeps nobody from leaving it.
    """
    authorize(by)
    channel = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    if channel.status == Channel.Status.DISCONNECTED:
        return
    reason = ""
    try:
        async_to_sync(connector_for(channel).disconnect)()
    except ConnectorError as error:
        reason = error.msgid
    except KeyError:
        pass  # a kind that this installation no longer serves
    channel.credentials = {}
    channel.save(update_fields=["credentials"])
    channel.change_status(Channel.Status.DISCONNECTED, reason=reason, by=by)


def update_channel(channel: Channel, *, by: By, **changes: Any) -> Channel:
    """Change `name`, `away_reply`, or the settings `team`, `routing` and those of the kind.
    `settings` are laid over the present ones. What reaches the platform (transport, address) needs
    a new connection."""
    authorize(by)
    channel = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    before = _told(channel)
    given = dict(changes.get("settings") or {})
    if "transport" in given and given["transport"] != channel.transport:
        raise ValidationError(_("Disconnect the channel to change how it is read."))
    channel.name = str(changes.get("name") or channel.name)[:120]
    channel.away_reply = str(changes.get("away_reply", channel.away_reply)).strip()
    _set_columns(channel, given)
    own = {key: value for key, value in given.items() if key not in _COLUMNS}
    channel.settings = {**channel.settings, **own}
    channel.settings = cleaned_settings(channel, own)
    after = _told(channel)
    if changed := sorted(key for key in after if before.get(key) != after[key]):
        channel.save(update_fields=["name", "routing", "team", "settings", "away_reply"])
        record(types.CHANNEL_UPDATED, subject=channel, by=by, data={"changed": changed})
    return channel


def _told(channel: Channel) -> dict[str, Any]:
    """What `update_channel` may change, by the names under which the journal tells of it."""
    return {
        **opened(channel.settings, channel.credentials),
        "name": channel.name,
        "routing": channel.routing,
        "team": str(channel.team_id) if channel.team_id else None,
        "away_reply": channel.away_reply,
    }


def has_both_transports(connector: type[Connector]) -> bool:
    """Whether an admin may choose how the kind's messages come."""
    return not connector.polls_only and connector.poll is not Connector.poll


def default_transport(connector: type[Connector]) -> str:
    """Webhook where the platform can reach us, else polling, as far as the kind can be polled."""
    if connector.polls_only:
        return str(Channel.Transport.POLLING)
    if connector.poll is Connector.poll:
        return str(Channel.Transport.WEBHOOK)
    base_by_environment = getattr(installation, f"{connector.kind.upper()}_API_URL", None)
    if installation.PUBLIC_URL.startswith("https://") or base_by_environment:
        return str(Channel.Transport.WEBHOOK)
    return str(Channel.Transport.POLLING)


def hook_address(channel: Channel) -> str:
    """Where the platform of this channel delivers, whether or not it does."""
    return f"{installation.PUBLIC_URL}/hooks/{channel.kind}/{channel.key}/"


def webhook_url(channel: Channel) -> str | None:
    """The address to tell the platform; None when we poll."""
    return hook_address(channel) if channel.transport == Channel.Transport.WEBHOOK else None


def refuse_other_account(channel: Channel, external_id: str) -> None:
    """Raise `ValidationError` where the credentials lead to an account that is not the channel's.

    "" is an account that cannot be told yet.
    """
    if external_id and channel.external_id and external_id != channel.external_id:
        raise ValidationError(
            _(
                "These are the credentials of another account. This channel belongs to %(name)s: "
                "connect the other one as a new channel."
            ),
            code="other_account",
            params={"name": channel.name},
        )


def keep_to_account(channel: Channel, candidate: Channel, found: ConnectResult) -> None:
    """Raise `ValidationError` where `connect` led to another account than the channel's, which has
    been pointed at us by then: that is taken back."""
    if not channel.external_id or found.external_id == channel.external_id:
        return
    candidate.credentials = {**candidate.credentials, **found.credentials}
    candidate.settings = {**candidate.settings, **found.settings}
    with suppress(ConnectorError):
        async_to_sync(connector_for(candidate).disconnect)()
    refuse_other_account(channel, found.external_id)


def _store(
    channel: Channel, found: ConnectResult, *, name: str, before: Channel | None, by: By
) -> Channel:
    if before is not None:
        before = Channel.objects.select_for_update(no_key=True).get(pk=before.pk)
        if before.status != Channel.Status.DISCONNECTED:
            raise ValidationError(_("This account is connected already."), code="connected")
        channel.id, channel.created_at, channel.status = before.id, before.created_at, before.status
        channel.is_restricted, channel.away_reply = before.is_restricted, before.away_reply
        if connector_class(channel.kind).polls_only:
            # What came meanwhile lies there still.
            channel.poll_cursor = before.poll_cursor
        channel._state.adding = False
    channel.credentials = {**channel.credentials, **found.credentials}
    channel.settings = {**channel.settings, **found.settings}
    channel.external_id = found.external_id
    channel.revealed = {name: str(channel.credentials[name]) for name in found.reveal}
    channel.name = (name or (before.name if before else "") or found.name)[:120] or str(
        connector_class(channel.kind).label
    )
    channel.health = beginnings(found)
    if before is None:
        channel.status = Channel.Status.ACTIVE
        channel.save(force_insert=True)
        record(
            types.CHANNEL_CREATED,
            subject=channel,
            by=by,
            data={"kind": channel.kind, "name": channel.name},
        )
    else:
        channel.save()
        channel.change_status(Channel.Status.ACTIVE, by=by)
    return channel


def _earlier(kind: str, external_id: str) -> Channel | None:
    """The workspace's own channel of this account. Raises when it is connected anywhere."""
    if not external_id:
        return None
    with connection.cursor() as cursor:
        # Two admins with one token: the second waits here until the first has committed.
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{kind}:{external_id}"]
        )
        cursor.execute("select workspace_id from connected_account(%s, %s)", [kind, external_id])
        found = cursor.fetchone()
    if found is not None and found[0] == current_workspace_id():
        raise ValidationError(_("This account is connected already."), code="connected")
    if found is not None:
        raise ValidationError(
            _("This account is connected to another company here. Disconnect it there first."),
            code="connected",
        )
    earlier: Channel | None = Channel.objects.filter(kind=kind, external_id=external_id).first()
    return earlier


def clean_credentials(
    kind: str, given: dict[str, Any], *, stored: dict[str, Any] | None = None
) -> dict[str, Any]:
    """What was filled in, laid over what is stored. Raises `ValidationError` by field."""
    try:
        fields = connector_class(kind).credential_fields
    except KeyError:
        raise ValidationError(_("There is no such kind of channel."), code="unknown_kind") from None
    known = {field.name: field for field in fields}
    errors = {
        field.name: [_("This field is required.")]
        for field in fields
        if field.required
        and not str(given.get(field.name) or (stored or {}).get(field.name) or "").strip()
    }
    errors |= {name: [_("There is no such field.")] for name in given if name not in known}
    if errors:
        raise ValidationError(errors)
    filled = {
        name: value.strip() if isinstance(value, str) else value for name, value in given.items()
    }
    if stored is None:
        return filled
    return {**stored, **{name: value for name, value in filled.items() if value}}


def cleaned_settings(channel: Channel, given: Iterable[str] = ADDRESSES) -> Settings:
    """The channel's settings, checked and completed by its kind, with whole addresses.

    Raises `ValidationError` where the password of one that was `given` is not known.
    """
    connector = connector_for(channel)
    known = connector.config.settings
    if hidden := [name for name in ADDRESSES if name in given and is_hidden(known.get(name))]:
        words = _("Type this address with its password.")
        raise ValidationError({name: [words] for name in hidden})
    return _asked(connector.clean_settings)


def _set_columns(channel: Channel, given: Settings) -> None:
    if routing := given.get("routing"):
        if routing not in Channel.Routing.values:
            raise ValidationError({"routing": [_("There is no such way to distribute.")]})
        channel.routing = routing
    if (transport := given.get("transport")) and transport not in Channel.Transport.values:
        raise ValidationError({"transport": [_("Choose webhook or polling.")]})
    if "team" in given:
        team = given["team"]
        pk = team.pk if isinstance(team, Team) else team
        try:
            channel.team = Team.objects.get(pk=pk) if pk else None
        except (Team.DoesNotExist, ValidationError):
            raise ValidationError({"team": [_("There is no such team.")]}) from None


def ask(call: Callable[[], Awaitable[T]]) -> T:
    """Call the platform; its refusal in the admin's words."""

    async def called() -> T:
        return await call()

    try:
        return async_to_sync(called)()
    except ConnectorError as error:
        raise Refused(error) from None


def _asked(call: Callable[[], T]) -> T:
    try:
        return call()
    except ConnectorError as error:
        raise Refused(error) from None


class Refused(ValidationError):
    """The platform said no, or could not be asked; `field` is what is to blame, if known."""

    def __init__(self, error: ConnectorError) -> None:
        words = str(error.words)
        told = f"{words} ({error.detail})" if error.detail else words
        super().__init__(told, error.error_class)
        self.field = error.field


def beginnings(found: ConnectResult) -> dict[str, Any]:
    """What the connecting has told, for the channel's `health`: see `inbox.health.verdicts`."""
    told: dict[str, Any] = {}
    if found.notes:
        told["notes"] = [_in_source(note) for note in found.notes]
    if found.reveal:
        told["secret_made_at"] = timezone.now().isoformat()
    return told


def _in_source(words: Any) -> str:
    with translation.override(None):
        return str(words)


def authorize(by: By) -> None:
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.MANAGE_CHANNELS)
