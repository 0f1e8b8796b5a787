"""Passwords of addresses lie encrypted, wherever the rest of the address lies."""

import json
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection

from channels_connectors.models import Channel
from channels_connectors.passwords import is_hidden, opened, sealed
from channels_connectors.registry import connector_for
from core.crypto import encrypt
from inbox.connections import disconnect_channel
from inbox.reconnecting import reconnect_channel
from tests.cast import make_channel

PROXY = "socks5://name:parole@proxy.example.com:1080"
SHOWN = "socks5://name:***@proxy.example.com:1080"
SERVER = "https://name:parole@bot.example.com"


def stored(channel):
    """The whole row as PostgreSQL has it, with what is binary as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c::text || convert_from(credentials, 'UTF8') "
            "from channels_connectors_channel c where id = %s",
            [channel.pk],
        )
        return cursor.fetchone()[0]


def whole(channel):
    """The proxy as a connector is told it."""
    channel.refresh_from_db()
    return connector_for(channel).config.settings.get("proxy")


@pytest.mark.parametrize(
    "address",
    [PROXY, SERVER, "name:parole@proxy:1", "http://proxy.example:1", "", None, 5, ["x:y@z"]],
)
def test_what_is_sealed_opens_again(address):
    for name in ("proxy", "api_url"):
        given = {name: address, "signature": "a:parole@b"}
        settings, credentials = sealed(given, {"token": "1"})
        assert "parole" not in str(settings[name])
        assert opened(settings, credentials) == given
        assert sealed(settings, credentials) == (settings, credentials)
        assert credentials["token"] == "1"


def test_a_password_serves_no_other_address():
    settings, credentials = sealed({"proxy": PROXY}, {})
    moved = {"proxy": "socks5://name:***@other.example.com:1080"}
    assert opened(moved, credentials) == moved
    assert sealed(moved, credentials) == (moved, {})
    assert sealed({}, credentials) == ({}, {})
    assert is_hidden(settings["proxy"])
    assert not is_hidden(PROXY)
    assert not is_hidden(None)


@pytest.mark.django_db
def test_no_column_of_a_channel_has_a_proxys_password(acme):
    with acme.scope():
        channel = make_channel(
            credentials={"token": "1"}, settings={"proxy": PROXY, "api_url": SERVER}
        )
        assert "parole" not in stored(channel)
        assert channel.settings["proxy"] == SHOWN
        assert whole(channel) == PROXY
        channel.settings = {"proxy": PROXY.replace("parole", "another")}
        channel.save(update_fields=["settings"])
        assert "another" not in stored(channel)
        assert whole(channel) == PROXY.replace("parole", "another")
        assert channel.credentials["token"] == "1"


@pytest.mark.django_db
def test_what_was_stored_before_is_sealed(acme, rival):
    step = import_module("channels_connectors.migrations.0002_passwords_of_addresses_encrypted")
    old = {"proxy": PROXY, "webhook_url": "https://x"}
    found = []
    for company in (acme, rival):
        with company.scope():
            for settings in (old, {"webhook_url": "https://x"}):
                channel = make_channel(credentials={"token": "1"})
                Channel.objects.filter(pk=channel.pk).update(settings=settings)
                found.append((company, channel, settings))
    for change, is_open in ((step.seal, False), (step.seal, False), (step.open_again, True)):
        change(apps, None)
        for company, channel, settings in found:
            with company.scope():
                assert ("parole" in stored(channel)) == (is_open and settings is old)
                assert whole(channel) == settings.get("proxy")
                assert channel.credentials["token"] == "1"


@pytest.mark.django_db
def test_who_leaves_takes_the_proxys_password_along(acme):
    with acme.scope():
        channel = make_channel(kind="max", credentials={"token": "1"}, settings={"proxy": PROXY})
        Channel.objects.filter(pk=channel.pk).update(kind="pigeon")
        disconnect_channel(channel, by=acme.anna)
        Channel.objects.filter(pk=channel.pk).update(kind="max")
        assert whole(channel) == SHOWN
        with pytest.raises(ValidationError) as refusal:
            reconnect_channel(channel, credentials={"token": "1"}, by=acme.anna)
    assert list(refusal.value.error_dict) == ["proxy"]


@pytest.mark.django_db
def test_an_address_that_lies_open_can_still_be_used(acme):
    """A program of the version before may be writing yet."""
    with acme.scope():
        channel = make_channel(credentials={"token": "1"})
        with connection.cursor() as cursor:
            cursor.execute(
                "update channels_connectors_channel set settings = %s, credentials = %s",
                [json.dumps({"proxy": PROXY}), encrypt({"token": "1"})],
            )
        assert whole(channel) == PROXY
