"""Connecting a mailbox: logging in, and refusals that say what to do."""

import pytest

from channels_connectors.addresses import PRIVATE_ADDRESS
from channels_connectors.email import errors
from channels_connectors.email.servers import imap_server, keeps_copies, smtp_server
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig


def config(settings=None, **credentials):
    given = {"address": "shop@example.org", "password": "x", **credentials}
    return ChannelConfig("email", "key", given, settings or {})


async def refused(call):
    with pytest.raises(ConnectorError) as caught:
        await call
    return caught.value


async def test_a_mailbox_is_connected_with_its_sent_folder(mailbox):
    found = await mailbox.connector(sender_name="Sofa shop").connect(None)
    assert (found.external_id, found.name) == (mailbox.address, "Sofa shop")
    assert found.settings == {"sent_folder": "Отправленные"}
    assert found.credentials["imap_port"] == mailbox.credentials["imap_port"]
    assert found.notes == ()
    assert mailbox.commands("IMAP EXAMINE") == ["EXAMINE INBOX"]


async def test_a_refused_password_says_what_to_do(mailbox):
    mailbox.fault("imap_auth")
    error = await refused(mailbox.connector().connect(None))
    assert (error.error_class, error.words) == ("channel_auth", errors.LOGIN_REFUSED)
    mailbox.fault("smtp_auth", count=None)
    error = await refused(mailbox.connector().connect(None))
    assert (error.error_class, error.words) == ("channel_auth", errors.SENDING_LOGIN_REFUSED)


async def test_too_many_connections_is_no_wrong_password(mailbox):
    mailbox.fault("imap_busy")
    error = await refused(mailbox.connector().connect(None))
    assert (error.error_class, error.words) == ("transient", errors.BUSY)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("imap.gmail.com", errors.LOGIN_GMAIL),
        ("imap.yandex.ru", errors.LOGIN_YANDEX),
        ("imap.mail.ru", errors.LOGIN_MAILRU),
        ("outlook.office365.com", errors.LOGIN_MICROSOFT),
        ("mail.example.com", errors.LOGIN_REFUSED),
    ],
)
def test_each_provider_has_its_own_advice(host, words):
    error = errors.login_refused(host, "NO [AUTHENTICATIONFAILED] Invalid credentials")
    assert (error.error_class, error.words) == ("channel_auth", words)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "localhost", "::1"])
async def test_a_private_server_is_not_called(host, settings):
    settings.MAIL_TRUSTED_HOSTS = frozenset()
    from channels_connectors.email.connector import EmailConnector

    made = EmailConnector(config(imap_host=host, imap_port="993", smtp_host=host, smtp_port="465"))
    error = await refused(made.connect(None))
    assert error.error_class == "channel_auth"
    assert error.words in {PRIVATE_ADDRESS, errors.WRONG_SERVER}


async def test_nobody_listens(mailbox):
    mailbox.credentials["imap_port"] = "9"
    error = await refused(mailbox.connector().connect(None))
    assert (error.error_class, error.words) == ("transient", errors.NO_ANSWER)


async def test_encryption_is_insisted_on_where_the_admin_wants_it(mailbox):
    error = await refused(mailbox.connector(imap_tls="starttls").connect(None))
    assert (error.error_class, error.words) == ("channel_auth", errors.NO_TLS)
    error = await refused(mailbox.connector(imap_tls="implicit").connect(None))
    assert error.words == errors.NO_TLS
    error = await refused(mailbox.connector(smtp_tls="starttls").connect(None))
    assert error.words == errors.NO_TLS


def test_the_port_tells_how_a_connection_is_encrypted():
    assert imap_server(config(imap_host="imap.example.org")).tls == "implicit"
    assert imap_server(config(imap_host="imap.example.org", imap_port="143")).tls == "starttls"
    assert smtp_server(config(smtp_host="smtp.example.org", smtp_port="465")).tls == "implicit"
    assert smtp_server(config(smtp_host="smtp.example.org", smtp_port="587")).tls == "starttls"


def test_the_servers_of_known_providers_need_not_be_typed():
    known = config(address="Shop@Yandex.ru")
    assert (imap_server(known).host, imap_server(known).port) == ("imap.yandex.ru", 993)
    assert (smtp_server(known).host, smtp_server(known).port) == ("smtp.yandex.ru", 465)
    with pytest.raises(ConnectorError):
        imap_server(config(address="shop@shop.example"))


@pytest.mark.parametrize(
    "credentials",
    [
        {"imap_host": "http://imap.example.org"},
        {"imap_host": "imap.example.org:993"},
        {"imap_host": "a b"},
        {"imap_host": "imap.example.org", "imap_port": "x"},
        {"imap_host": "imap.example.org", "imap_port": "70000"},
    ],
)
def test_a_server_that_is_none_is_refused(credentials):
    with pytest.raises(ConnectorError) as caught:
        imap_server(config(**credentials))
    assert caught.value.words is errors.WRONG_SERVER


def test_who_keeps_copies_by_itself():
    gmail = {"address": "shop@gmail.com"}
    assert keeps_copies(config(**gmail))
    assert not keeps_copies(config({"copy_to_sent": "always"}, **gmail))
    assert not keeps_copies(config(smtp_host="smtp.example.org"))
    assert keeps_copies(config({"copy_to_sent": "never"}, smtp_host="smtp.example.org"))


def test_settings_are_cleaned(mailbox):
    made = mailbox.connector(
        sender_name=" Sofa\r\nBcc: x ", signature=" Shop\nPhone ", import_days=3
    )
    assert made.clean_settings() == {
        "sender_name": "Sofa Bcc: x",
        "signature": "Shop\nPhone",
        "import_days": 3,
    }
    for wrong in ({"import_days": -1}, {"import_days": "x"}, {"smtp_tls": "none"}):
        with pytest.raises(ConnectorError):
            mailbox.connector(**wrong).clean_settings()


async def test_the_health_is_told(mailbox):
    assert await mailbox.connector().check() == {"ok": True, "last_error": ""}
    mailbox.fault("imap_auth")
    told = await mailbox.connector().check()
    assert (told["ok"], told["last_error"]) == (False, str(errors.LOGIN_REFUSED))
