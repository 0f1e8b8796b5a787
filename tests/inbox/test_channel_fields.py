"""What a kind asks for beside the usual: folded fields, its own settings."""

import pytest

from channels_connectors.models import Channel
from inbox.connections import connect_channel

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(acme, log_in):
    return log_in(acme.anna)


def stored(acme):
    with acme.scope():
        return Channel.objects.get()


def oauth(mailbox, **changes):
    facts = {name: value for name, value in mailbox.credentials.items() if name != "password"}
    return {
        **facts,
        "oauth_client_id": "app",
        "oauth_refresh_token": "1//rotates-0123456789abcdef",
        "token_url": f"{mailbox.sandbox.url}/email/oauth/token",
        "import_days": "7",
        "smtp_tls": "",
        **changes,
    }


def test_a_mailbox_is_connected_without_a_password(acme, admin, mailbox):
    path = f"{acme.url}/channels/new/email/"
    page = admin.get(path).text
    assert page.count("<summary>") == 3
    answer = admin.post(path, oauth(mailbox))
    assert answer.status_code == 303
    channel = stored(acme)
    assert channel.credentials["oauth_refresh_token"].startswith("1//rotates-")
    assert channel.credentials["oauth_refresh_token"] != "1//rotates-0123456789abcdef"
    assert channel.settings["import_days"] == 7
    assert "smtp_tls" not in channel.settings
    again = admin.get(f"{acme.url}/channels/{channel.pk}/connection/").text
    assert 'value="7"' in again
    assert channel.credentials["oauth_refresh_token"] not in again


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"oauth_client_id": ""}, "Enter the password, or fill in the access by OAuth."),
        ({"oauth_refresh_token": "revoked-revoked-revoked"}, "gives no access to this mailbox"),
        ({"import_days": "x"}, "Days of history are a whole number"),
        ({"smtp_tls": "none"}, "Select a valid choice"),
    ],
)
def test_a_refusal_says_what_to_do(acme, admin, mailbox, changes, words):
    answer = admin.post(f"{acme.url}/channels/new/email/", oauth(mailbox, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    with acme.scope():
        assert not Channel.objects.exists()


def test_sender_and_signature_change_on_the_channels_page(acme, admin, mailbox):
    with acme.scope():
        found = connect_channel(kind="email", credentials=mailbox.credentials, by=acme.anna)
    path = f"{acme.url}/channels/{found.pk}/"
    body = {"name": "Post", "routing": "manual", "sender_name": "Sofa shop", "signature": "Maria"}
    for _ in range(2):
        assert admin.post(path, {**body, "copy_to_sent": "never"}).status_code == 303
    assert stored(acme).settings == {
        **found.settings,
        "sender_name": "Sofa shop",
        "signature": "Maria",
        "copy_to_sent": "never",
    }
    assert "Sofa shop" in admin.get(path).text
    admin.post(path, {**body, "signature": "", "copy_to_sent": ""})
    settings = stored(acme).settings
    assert (settings["sender_name"], settings["signature"]) == ("Sofa shop", "")
    assert "copy_to_sent" not in settings
    assert admin.post(path, {**body, "copy_to_sent": "often"}).status_code == 422


def test_a_kind_without_settings_of_its_own_asks_for_none(acme, admin):
    with acme.scope():
        found = connect_channel(kind="livechat", name="Site", by=acme.anna)
    assert "sender_name" not in admin.get(f"{acme.url}/channels/{found.pk}/").text
