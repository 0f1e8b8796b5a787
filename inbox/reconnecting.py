"""An account that is connected: entering it again, holding back its replies, who may use it.

Run in the scope of a workspace. Refusals are `ValidationError` in words for the admin.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from channels_connectors.models import Channel, ChannelAccess
from channels_connectors.registry import connector_for
from events import types
from events.journal import record
from inbox.connections import (
    By,
    Settings,
    ask,
    authorize,
    beginnings,
    clean_credentials,
    cleaned_settings,
    connect_channel,
    keep_to_account,
    refuse_other_account,
    webhook_url,
)
from workspaces.models import Membership


def reconnect_channel(
    channel: Channel,
    *,
    credentials: dict[str, Any] | None = None,
    settings: Settings | None = None,
    by: By,
) -> Channel:
    """Enter the same account again: with new credentials, laid over the stored ones, or with the
    stored ones alone, which sets our address up once more. Among `settings` may be the `transport`.

    The channel keeps its history. Another account is refused, and left as it was found.
    """
    authorize(by)
    given = {**(settings or {})}
    if not channel.is_connected:
        own = {"team": channel.team, "routing": channel.routing, "transport": channel.transport}
        return connect_channel(
            kind=channel.kind,
            credentials=credentials,
            name=channel.name,
            settings={**channel.settings, **own, **given},
            again=channel,
            by=by,
        )
    transport = given.pop("transport", "") or channel.transport
    if transport not in Channel.Transport.values:
        raise ValidationError({"transport": [_("Choose webhook or polling.")]})
    candidate = Channel(
        id=channel.id,
        kind=channel.kind,
        key=channel.key,
        transport=transport,
        external_id=channel.external_id,
        credentials=clean_credentials(
            channel.kind, {**(credentials or {})}, stored=channel.credentials
        ),
        settings={**channel.settings, **given},
    )
    candidate.settings = cleaned_settings(candidate)
    connector = connector_for(candidate)
    refuse_other_account(channel, connector.account_id())
    found = ask(lambda: connector.connect(webhook_url(candidate)))
    keep_to_account(channel, candidate, found)
    candidate.credentials = {**candidate.credentials, **found.credentials}
    candidate.settings = {**candidate.settings, **found.settings}
    fresh: Channel = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    if not fresh.is_connected:
        raise ValidationError(_("The channel was disconnected meanwhile."), code="disconnected")
    fresh.credentials, fresh.settings = candidate.credentials, candidate.settings
    changed = ["credentials"] if transport == fresh.transport else ["credentials", "transport"]
    fresh.transport = transport
    kept = {name: fresh.health[name] for name in ("setup",) if name in fresh.health}
    fresh.health = {**kept, **beginnings(found)}
    fresh.checked_at = None
    fresh.save(update_fields=[*changed, "settings", "health", "checked_at"])
    fresh.revealed = {name: str(fresh.credentials[name]) for name in found.reveal}
    record(types.CHANNEL_UPDATED, subject=fresh, by=by, data={"changed": changed})
    if fresh.status != Channel.Status.PAUSED:
        fresh.change_status(Channel.Status.ACTIVE, by=by)
    return fresh


def pause_channel(channel: Channel, *, by: By) -> None:
    """Hold replies back; what customers write goes on coming in."""
    authorize(by)
    fresh = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    if fresh.is_connected:
        fresh.change_status(Channel.Status.PAUSED, by=by)


def resume_channel(channel: Channel, *, by: By) -> None:
    """Let what waits go. Whether the account still works tells the next check."""
    authorize(by)
    fresh = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    if fresh.status == Channel.Status.PAUSED:
        fresh.change_status(Channel.Status.ACTIVE, by=by)


def set_access(channel: Channel, members: Iterable[Membership] | None, *, by: By) -> None:
    """Let only these members take part in the channel; None = everybody. Who manages channels
    sees all of them in any case."""
    authorize(by)
    fresh = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    wanted = {member.pk for member in members or ()}
    listed = ChannelAccess.objects.filter(channel=fresh)
    current = set(listed.values_list("membership_id", flat=True))
    listed.exclude(membership_id__in=wanted).delete()
    ChannelAccess.objects.bulk_create(
        ChannelAccess(channel=fresh, membership_id=pk) for pk in wanted - current
    )
    is_restricted = members is not None
    if wanted != current or is_restricted != fresh.is_restricted:
        fresh.is_restricted = is_restricted
        fresh.save(update_fields=["is_restricted"])
        record(types.CHANNEL_UPDATED, subject=fresh, by=by, data={"changed": ["access"]})
