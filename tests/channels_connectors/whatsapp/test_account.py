"""Connecting a number, its health, letting go of it."""

import asyncio
import http.server
import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from channels_connectors.errors import ConnectorError
from channels_connectors.whatsapp import account, words
from channels_connectors.whatsapp.api import Api
from tests.sandbox_whatsapp import SandboxNumber

NOWHERE = "http://127.0.0.1:9/hooks/whatsapp/channel-key/"


def refused(call):
    with pytest.raises(ConnectorError) as caught:
        asyncio.run(call)
    return caught.value


@pytest.fixture
def hook():
    """An address that returns the challenge to who knows `token`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            told = parse_qs(urlsplit(self.path).query)
            known = told["hub.verify_token"] == [self.server.token]
            self.send_response(200 if known else 401)
            self.end_headers()
            self.wfile.write(told["hub.challenge"][0].encode() if known else b"")

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.token = ""
    server.url = f"http://127.0.0.1:{server.server_port}/hooks/whatsapp/channel-key/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def connected(make_connector, hook, monkeypatch):
    """A connector whose address was confirmed."""
    monkeypatch.setattr(account, "CONFIRM_PAUSES", (0, 0))
    found = asyncio.run(make_connector().connect(hook.url))
    hook.token = found.credentials["verify_token"]
    connector = make_connector(found.credentials, **found.settings)
    asyncio.run(connector.after_connect())
    return connector


def test_connecting_checks_the_number_and_subscribes_the_app(connector, whatsapp_number):
    result = asyncio.run(connector.connect(NOWHERE))
    state = whatsapp_number.state()
    assert result.external_id == whatsapp_number.id == connector.account_id()
    assert result.name == f"{state['verified_name']} {state['display_phone_number']}"
    assert len(result.credentials["verify_token"]) >= 32
    assert result.settings["webhook_url"] == NOWHERE
    assert result.notes == ()
    assert (state["subscribed"], state["number_callback"]) == (True, "")


def test_the_address_is_confirmed_afterwards(connected, hook, whatsapp_number):
    state = whatsapp_number.state()
    assert state["number_callback"] == state["account_callback"] == hook.url
    health = asyncio.run(connected.check())
    assert health == {
        "ok": True,
        "last_error": "",
        "status": "CONNECTED",
        "quality": "GREEN",
        "name_status": "APPROVED",
        "throughput": "STANDARD",
        "messaging_limit": "TIER_2K",
        "review": "APPROVED",
    }


def test_an_address_that_does_not_answer_is_told_of(make_connector, whatsapp_number, monkeypatch):
    monkeypatch.setattr(account, "CONFIRM_PAUSES", (0, 0))
    found = asyncio.run(make_connector().connect(NOWHERE))
    connector = make_connector(found.credentials, **found.settings)
    error = refused(connector.after_connect())
    assert error.code == 2200
    assert len(whatsapp_number.journal("number", verb="POST")) == 2
    health = asyncio.run(connector.check())
    assert (health["ok"], health["last_error"]) == (False, words.NOT_CONFIRMED)


def test_an_address_that_another_number_has_set_stays(connector, whatsapp_number, hook):
    hook.token = "t"
    theirs = {"override_callback_uri": hook.url, "verify_token": "t"}
    whatsapp_number.call("POST", f"{whatsapp_number.waba_id}/subscribed_apps", json=theirs)
    asyncio.run(connector.connect(NOWHERE))
    assert whatsapp_number.state()["account_callback"] == hook.url


def test_a_verify_token_of_the_admins_is_kept(make_connector):
    result = asyncio.run(make_connector({"verify_token": "mine"}).connect(NOWHERE))
    assert result.credentials["verify_token"] == "mine"


def test_a_number_that_is_not_registered_gets_registered(connector, whatsapp_number):
    whatsapp_number.settle(platform_type="NOT_APPLICABLE", status="DISCONNECTED")
    result = asyncio.run(connector.connect(NOWHERE))
    assert whatsapp_number.state()["pin"] == result.credentials["pin"]
    assert whatsapp_number.state()["platform_type"] == "CLOUD_API"
    again = asyncio.run(connector.connect(NOWHERE))
    assert "pin" not in again.credentials
    assert len(whatsapp_number.journal("register")) == 1


def test_a_number_with_a_pin_of_somebody_elses_says_so(connector, whatsapp_number):
    whatsapp_number.settle(platform_type="NOT_APPLICABLE", pin="123456x")
    assert refused(connector.connect(NOWHERE)).words == words.PIN


@pytest.mark.parametrize(
    ("credentials", "said"),
    [
        ({"token": "EAArevokedrevokedrevoked"}, words.TOKEN_REFUSED),
        ({"token": ""}, words.TOKEN_REFUSED),
        ({"phone_number_id": "123456789012345"}, words.NO_SUCH_NUMBER),
        ({"phone_number_id": "+7 999 123-45-67"}, words.NO_SUCH_NUMBER),
        ({"waba_id": "123456789012345"}, words.WRONG_ACCOUNT),
        ({"waba_id": "../me"}, words.WRONG_ACCOUNT),
        ({"app_secret": "0" * 32}, words.WRONG_SECRET),
    ],
)
def test_wrong_credentials_are_told_apart(make_connector, credentials, said):
    error = refused(make_connector(credentials).connect(NOWHERE))
    assert (error.error_class, error.words) == ("channel_auth", said)


def test_a_number_of_another_account_is_refused(make_connector, whatsapp_number, sandbox):
    other = SandboxNumber(sandbox)
    wrong = make_connector({"phone_number_id": other.id})
    assert refused(wrong.connect(NOWHERE)).words == words.NO_SUCH_NUMBER


def test_a_name_that_was_declined_is_noted(connector, whatsapp_number):
    whatsapp_number.settle(name_status="DECLINED", code_verification_status="NOT_VERIFIED")
    assert asyncio.run(connector.connect(NOWHERE)).notes == (
        words.NOT_VERIFIED,
        words.NAME_NOT_APPROVED,
    )


def test_it_cannot_be_polled(connector):
    assert refused(connector.connect(None)).words == words.NO_POLLING


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("BANNED", words.RESTRICTED),
        ("FLAGGED", words.SPAM),
        ("DISCONNECTED", words.NOT_REGISTERED),
        ("UNVERIFIED", words.NOT_VERIFIED),
    ],
)
def test_a_number_that_sends_nothing_is_ill(connected, whatsapp_number, status, said):
    whatsapp_number.settle(status=status)
    health = asyncio.run(connected.check())
    assert (health["ok"], health["last_error"], health["status"]) == (False, said, status)


def test_disconnecting_takes_our_address_back_and_no_other(connected, whatsapp_number, hook):
    elsewhere = f"{hook.url}other/"
    there = {"override_callback_uri": elsewhere, "verify_token": hook.token}
    whatsapp_number.call("POST", whatsapp_number.id, json={"webhook_configuration": there})
    asyncio.run(connected.disconnect())
    state = whatsapp_number.state()
    assert (state["number_callback"], state["account_callback"]) == (elsewhere, "")
    assert state["subscribed"] is True
    ours = {**there, "override_callback_uri": hook.url}
    whatsapp_number.call("POST", whatsapp_number.id, json={"webhook_configuration": ours})
    asyncio.run(connected.disconnect())
    assert whatsapp_number.state()["number_callback"] == ""


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, {}),
        ({"graph_version": ""}, {}),
        ({"graph_version": "v25.0"}, {"graph_version": "v25.0"}),
    ],
)
def test_a_version_may_be_chosen(make_connector, given, kept):
    assert make_connector(**given).clean_settings() == kept


def test_what_is_no_version_is_refused(make_connector):
    for version in ("26", "v26", "v26.0/../x", 26):
        with pytest.raises(ConnectorError) as caught:
            make_connector(graph_version=version).clean_settings()
        assert caught.value.words == words.WRONG_VERSION


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8001", "http://[::1]/", "http://localhost:8001", "x"]
)
def test_an_admins_address_cannot_lead_inside(make_connector, settings, address):
    settings.WHATSAPP_API_URL = None
    assert refused(make_connector(api_url=address).check()).error_class == "channel_auth"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "http://localhost:3128", "x"])
def test_an_admins_proxy_cannot_lead_inside(make_connector, proxy):
    assert refused(make_connector(proxy=proxy).check()).error_class == "channel_auth"


def test_webhooks_at_http_are_noted_where_meta_would_refuse_them(make_connector, settings):
    settings.WHATSAPP_API_URL = None
    api = Api(make_connector().config)
    assert account._notes({}, "http://tandem.example/hooks/", api) == (words.NEEDS_HTTPS,)
    assert account._notes({}, "https://tandem.example/hooks/", api) == ()
