"""Mailboxes that are entered by access tokens in the place of a password."""

import secrets

import pytest

from channels_connectors.email import errors
from channels_connectors.email.connector import EmailConnector
from channels_connectors.email.servers import smtp_server
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, OutboundMessage


def connector_of(mailbox, **oauth):
    """A connector that has no password."""
    credentials = {**mailbox.credentials, "password": "", "oauth_client_id": "app"}
    credentials |= {f"oauth_{name}": value for name, value in oauth.items()}
    settings = {"token_url": f"{mailbox.sandbox.url}/email/oauth/token"}
    return EmailConnector(ChannelConfig("email", secrets.token_hex(8), credentials, settings))


def token(kind="good"):
    return f"1//{kind}-{secrets.token_urlsafe(18)}"


async def refused(call):
    with pytest.raises(ConnectorError) as caught:
        await call
    return caught.value


def asked(mailbox, after=0):
    return [
        entry["number"]
        for entry in mailbox.sandbox.journal(method="OAUTH token")
        if entry["number"] > after
    ]


async def test_a_refresh_token_opens_both_servers_with_one_access_token(mailbox):
    before = max(asked(mailbox), default=0)
    made = connector_of(mailbox, refresh_token=token())
    assert (await made.connect(None)).external_id == mailbox.address
    message = OutboundMessage("maria@example.com", "key-1", text="Hello")
    await made.send(message)
    assert await made.check() == {"ok": True, "last_error": ""}
    assert [letter["text"].strip() for letter in mailbox.received()] == ["Hello"]
    assert len(asked(mailbox, before)) == 1


async def test_an_application_may_have_the_right_by_itself(mailbox):
    made = connector_of(mailbox, client_secret="app-secret")
    assert (await made.connect(None)).external_id == mailbox.address


async def test_a_token_that_ended_early_is_replaced(mailbox):
    made = connector_of(mailbox, refresh_token=token())
    await made.connect(None)
    mailbox.sandbox.http.delete("/email/oauth/token")
    assert await made.check() == {"ok": True, "last_error": ""}


async def test_a_refresh_token_that_is_replaced_is_handed_on_once(mailbox):
    made = connector_of(mailbox, refresh_token=token("rotates"))
    fresh = (await made.connect(None)).credentials["oauth_refresh_token"]
    assert fresh != made.config.credentials["oauth_refresh_token"]
    assert (await made.check())["credentials"] == {"oauth_refresh_token": fresh}
    kept = connector_of(mailbox, refresh_token=fresh)
    assert await kept.check() == {"ok": True, "last_error": ""}


@pytest.mark.parametrize(
    ("oauth", "words"),
    [
        ({"refresh_token": token("revoked")}, errors.NO_ACCESS),
        ({"client_id": "unknown", "refresh_token": token()}, errors.WRONG_CLIENT),
        ({}, errors.NO_PASSWORD),
    ],
    ids=["revoked", "unknown", "nothing"],
)
async def test_a_refusal_says_what_to_do(mailbox, oauth, words):
    made = connector_of(mailbox, **oauth)
    error = await refused(made.connect(None))
    assert (error.error_class, error.words) == ("channel_auth", words)
    assert not any(value and value in str(error) for value in oauth.values() if len(value) > 9)


async def test_a_mail_server_that_takes_no_token_is_told_of(mailbox):
    mailbox.fault("imap_auth", count=2)
    error = await refused(connector_of(mailbox, refresh_token=token()).connect(None))
    assert (error.error_class, error.words) == ("channel_auth", errors.TOKEN_REFUSED)
    mailbox.fault("smtp_auth", count=2)
    error = await refused(connector_of(mailbox, refresh_token=token()).connect(None))
    assert (error.error_class, error.words) == ("channel_auth", errors.TOKEN_REFUSED)


async def test_a_provider_that_nobody_knows_needs_an_address(mailbox):
    made = connector_of(mailbox, refresh_token=token())
    del made.config.settings["token_url"]
    error = await refused(made.connect(None))
    assert (error.error_class, error.words) == ("channel_auth", errors.NO_PROVIDER)


def test_microsoft_takes_letters_on_another_port():
    config = ChannelConfig("email", "key", {"address": "a@outlook.com"})
    assert smtp_server(config).port == 587
