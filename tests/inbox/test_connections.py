"""Connecting accounts: what is checked, kept, refused, and how one leaves."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from channels_connectors.models import Channel
from channels_connectors.registry import connector_class
from events.models import Event
from inbox.connections import (
    connect_channel,
    default_transport,
    disconnect_channel,
    update_channel,
    webhook_url,
)
from inbox.models import InboundEnvelope
from inbox.parked import replay_parked
from tests.cast import make_conversation


def connect_bot(bot, by, **settings):
    return connect_channel(
        kind="telegram", credentials={"token": bot.token}, settings=settings, by=by
    )


def actions():
    """In a scope of its own: the journal is written when a scope ends."""
    return list(Event.objects.order_by("seq").values_list("action", flat=True))


def test_bot_is_checked_and_pointed_at_us(acme, telegram_bot):
    with acme.scope():
        channel = connect_bot(telegram_bot, acme.anna, team=acme.sales, routing="round_robin")
        assert channel.status == "active"
        assert channel.name.startswith("@")
        assert channel.credentials["secret_token"]
        assert (channel.team, channel.routing) == (acme.sales, "round_robin")
        assert channel.transport == "webhook"
        assert webhook_url(channel).endswith(f"/hooks/telegram/{channel.key}/")
    calls = telegram_bot.sandbox.journal(bot=telegram_bot.id, method="setWebhook")
    assert len(calls) == 1
    with acme.scope():
        assert actions()[-1] == "channel.created"
        data = Event.objects.order_by("seq").last().data
        assert telegram_bot.token not in str(data)


def test_wrong_token_is_refused_in_the_platforms_words(acme, telegram_bot):
    with acme.scope(), pytest.raises(ValidationError) as refusal:
        connect_channel(kind="telegram", credentials={"token": "1:" + "A" * 35}, by=acme.anna)
    assert refusal.value.code == "channel_auth"
    with acme.scope():
        assert not Channel.objects.exists()


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://[::1]/", "http://10.0.0.4"])
def test_address_inside_our_network_is_refused(acme, telegram_bot, address):
    with acme.scope(), pytest.raises(ValidationError) as refusal:
        connect_bot(telegram_bot, acme.anna, api_url=address)
    assert "private" in str(refusal.value)


def test_same_bot_is_not_connected_twice(acme, rival, telegram_bot):
    with acme.scope():
        connect_bot(telegram_bot, acme.anna)
    for mine, by in ((acme, acme.anna), (rival, rival.rita)):
        with mine.scope(), pytest.raises(ValidationError) as refusal:
            connect_bot(telegram_bot, by)
        assert refusal.value.code == "connected"
    calls = telegram_bot.sandbox.journal(bot=telegram_bot.id, method="setWebhook")
    assert len(calls) == 1


def test_bot_that_comes_back_has_its_conversations(acme, telegram_bot):
    with acme.scope():
        channel = connect_bot(telegram_bot, acme.anna)
        conversation = make_conversation(channel)
        disconnect_channel(channel, by=acme.anna)
        channel.refresh_from_db()
        assert (channel.status, channel.credentials) == ("disconnected", {})
        again = connect_bot(telegram_bot, acme.anna)
        assert (again.pk, again.key, again.status) == (channel.pk, channel.key, "active")
        conversation.refresh_from_db()
        assert conversation.channel_id == again.pk
    with acme.scope():
        assert actions().count("channel.status_changed") == 2


def test_bot_that_left_may_go_to_another_company(acme, rival, telegram_bot):
    with acme.scope():
        disconnect_channel(connect_bot(telegram_bot, acme.anna), by=acme.anna)
    with rival.scope():
        assert connect_bot(telegram_bot, rival.rita).status == "active"


def test_website_comes_back_under_its_old_key(acme):
    with acme.scope():
        channel = connect_channel(kind="livechat", name="Site", by=acme.anna)
        disconnect_channel(channel, by=acme.anna)
        again = connect_channel(kind="livechat", again=channel, by=acme.anna)
        assert (again.pk, again.key, again.name) == (channel.pk, channel.key, "Site")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "pigeon"}, None),
        ({"kind": "telegram"}, "token"),
        ({"kind": "telegram", "credentials": {"token": " "}}, "token"),
        ({"kind": "livechat", "credentials": {"token": "x"}}, "token"),
        ({"kind": "livechat", "settings": {"routing": "dice"}}, "routing"),
        ({"kind": "livechat", "settings": {"transport": "pigeon"}}, "transport"),
        ({"kind": "livechat", "settings": {"team": "not a uuid"}}, "team"),
        ({"kind": "livechat", "settings": {"color": "red"}}, None),
    ],
)
def test_nonsense_is_refused_beside_its_field(acme, values, field):
    with acme.scope(), pytest.raises(ValidationError) as refusal:
        connect_channel(by=acme.anna, **values)
    if field:
        assert field in refusal.value.message_dict


def test_team_of_another_company_is_not_found(acme, rival):
    with acme.scope(), pytest.raises(ValidationError):
        connect_channel(kind="livechat", settings={"team": str(rival.workspace.id)}, by=acme.anna)


def test_agent_connects_nothing(acme):
    with acme.scope(), pytest.raises(PermissionDenied):
        connect_channel(kind="livechat", by=acme.boris)


def test_change_is_told_without_values(acme):
    with acme.scope():
        channel = connect_channel(kind="livechat", name="Site", by=acme.anna)
        update_channel(channel, by=acme.anna, settings={"color": "#112233", "team": acme.sales})
        channel.refresh_from_db()
        assert (channel.settings["color"], channel.team) == ("#112233", acme.sales)
    with acme.scope():
        told = Event.objects.get(action="channel.updated")
        assert told.data == {"changed": ["color", "team"]}
        update_channel(channel, by=acme.anna, settings={"color": "#112233"})
    with acme.scope():
        assert actions().count("channel.updated") == 1


def test_platform_is_polled_where_it_cannot_reach_us(settings):
    telegram = connector_class("telegram")
    config = type("Config", (), {"credentials": {}, "settings": {}, "kind": "telegram", "key": ""})
    settings.TELEGRAM_API_URL, settings.PUBLIC_URL = None, "http://localhost:8000"
    assert default_transport(type(telegram(config))) == "polling"
    settings.PUBLIC_URL = "https://tandem.example"
    assert default_transport(type(telegram(config))) == "webhook"
    settings.PUBLIC_URL, settings.TELEGRAM_API_URL = "http://localhost:8000", "http://127.0.0.1:1"
    assert default_transport(type(telegram(config))) == "webhook"


def test_parked_envelopes_are_read_again(acme):
    with acme.scope():
        channel = connect_channel(kind="livechat", name="Site", by=acme.anna)
        for number, state in enumerate(["parked", "parked", "done"]):
            InboundEnvelope.objects.create(
                channel=channel, dedup_key=str(number), raw=b"x", state=state, error="?"
            )
        assert replay_parked(channel, by=acme.anna) == 2
        assert InboundEnvelope.objects.filter(state="new", error="").count() == 2
