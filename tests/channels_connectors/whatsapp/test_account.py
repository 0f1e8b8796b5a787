"""Connecting a number, hearing from it, fetching what it was sent, its templates."""

import asyncio
import hashlib
import hmac
import http.server
import threading
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from channels_connectors.errors import BadPayload, ConnectorError, Unauthorized
from channels_connectors.types import Template, WebhookRequest
from channels_connectors.whatsapp import account, words
from channels_connectors.whatsapp.api import Api
from tests.sandbox_whatsapp import MARIA, SandboxNumber

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


# Calls to us.


@pytest.fixture
def accept(make_connector, whatsapp_number):
    """`accept(body, secret=...)`: the connector's answer to a signed body."""
    connector = make_connector({"verify_token": "t0ken"})

    def run(body=b'{"object": "x", "entry": []}', secret=whatsapp_number.app_secret, **headers):
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        known = {b"x-hub-signature-256": f"sha256={digest}".encode()}
        known |= {name.encode(): value for name, value in headers.items()}
        return connector.accept(WebhookRequest("POST", known, body=body))

    run.connector = connector
    return run


def test_a_signed_body_is_taken(accept):
    receipt = accept()
    assert len(receipt.dedup_key) == 64
    assert receipt.reply.status == 200


@pytest.mark.parametrize("secret", ["", "guess", "й"])
def test_a_wrong_signature_is_refused(accept, secret):
    with pytest.raises(Unauthorized):
        accept(secret=secret)


def test_a_body_that_was_changed_on_the_way_is_refused(accept, whatsapp_number):
    body = b'{"object": "x", "entry": []}'
    digest = hmac.new(whatsapp_number.app_secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {b"x-hub-signature-256": f"sha256={digest}".encode()}
    for changed in (body + b" ", body.replace(b"x", b"y")):
        with pytest.raises(Unauthorized):
            accept.connector.accept(WebhookRequest("POST", headers, body=changed))
    for header in (b"", digest.encode(), b"sha1=" + digest.encode(), b"sha256="):
        with pytest.raises(Unauthorized):
            strange = {b"x-hub-signature-256": header}
            accept.connector.accept(WebhookRequest("POST", strange, body=body))
    with pytest.raises(Unauthorized):
        accept.connector.accept(WebhookRequest("POST", {}, body=body))


def test_a_channel_without_an_app_secret_takes_nothing(make_connector):
    body = b'{"entry": []}'
    digest = hmac.new(b"", body, hashlib.sha256).hexdigest()
    headers = {b"x-hub-signature-256": f"sha256={digest}".encode()}
    with pytest.raises(Unauthorized):
        make_connector({"app_secret": ""}).accept(WebhookRequest("POST", headers, body=body))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"{}", b'{"entry": 5}', b"[" * 5000])
def test_what_is_no_webhook_is_refused(accept, body):
    with pytest.raises(BadPayload):
        accept(body)


def challenge(**facts):
    known = {"mode": "subscribe", "verify_token": "t0ken", "challenge": "1158201444"}
    query = {f"hub.{name}": value for name, value in (known | facts).items()}
    return WebhookRequest("GET", {}, query=urlencode(query).encode())


def test_a_handshake_returns_the_challenge(accept):
    receipt = accept.connector.accept(challenge())
    assert receipt.dedup_key is None
    assert (receipt.reply.status, receipt.reply.body) == (200, b"1158201444")
    assert receipt.reply.content_type == "text/plain"


@pytest.mark.parametrize(
    "facts",
    [
        {"verify_token": "guess"},
        {"verify_token": ""},
        {"verify_token": "й"},
        {"mode": "unsubscribe"},
        {"challenge": "x" * 1001},
    ],
)
def test_a_handshake_of_strangers_is_refused(accept, facts):
    with pytest.raises(Unauthorized):
        accept.connector.accept(challenge(**facts))


def test_a_handshake_with_a_channel_that_knows_no_token_is_refused(make_connector):
    for facts in ({"verify_token": ""}, {}):
        with pytest.raises(Unauthorized):
            make_connector().accept(challenge(**facts))


# Files, signs, templates.


def test_files_are_fetched_up_to_the_limit(connector, whatsapp_number):
    data = b"%PDF-" + b"x" * 995
    sent = whatsapp_number.say(files={"file": ("a.pdf", data, "application/pdf")})
    reference = {"media_id": sent["document"]["id"]}
    file = asyncio.run(connector.download(reference, 1000))
    assert (file.path.read_bytes(), file.size, file.mime) == (data, 1000, "application/pdf")
    file.path.unlink()
    for limit, wrong in ((999, reference), (1000, {"media_id": "1"}), (1000, {})):
        assert refused(connector.download(wrong, limit)).error_class == "bad_content"
    assert refused(connector.download({"media_id": "../me"}, 10)).words == words.NO_FILE


@pytest.mark.parametrize("url", ["http://127.0.0.2:9/x", "http://10.0.0.1/", "file:///etc/passwd"])
def test_files_elsewhere_must_be_public(connector, monkeypatch, url):
    async def get(self, path, **params):
        return {"url": url}

    monkeypatch.setattr("channels_connectors.whatsapp.api.Api.get", get)
    assert refused(connector.download({"media_id": "1"}, 10)).error_class == "channel_auth"


def test_reading_and_typing_are_one_call(connector, whatsapp_number):
    message = whatsapp_number.say("Привет")
    asyncio.run(connector.mark_read(MARIA, message["id"]))
    assert whatsapp_number.messages()[0]["read"] is True
    asyncio.run(connector.send_typing_below(MARIA, message["id"]))
    read, typing = (call["body"] for call in whatsapp_number.journal())
    assert read["message_id"] == typing["message_id"] == message["id"]
    assert "typing_indicator" not in read
    assert typing["typing_indicator"] == {"type": "text"}


def test_reactions_are_put_and_taken_back(connector, whatsapp_number):
    message = whatsapp_number.say("Спасибо!")
    for emoji in ("❤️", ""):
        asyncio.run(connector.react(MARIA, message["id"], emoji))
        assert whatsapp_number.messages()[0]["our_reaction"] == emoji
    assert refused(connector.react(MARIA, message["id"], "ok")).words == words.EMOJI
    assert refused(connector.react(MARIA, "", "❤️")).error_class == "bad_content"


def test_templates_are_listed_page_after_page(connector, whatsapp_number, monkeypatch):
    monkeypatch.setattr("channels_connectors.whatsapp.templates._PAGE", 2)
    for number in range(5):
        whatsapp_number.make_template(f"template_{number}", "Заказ {{1}}")
    whatsapp_number.make_template("named", "Заказ {{order}}", "REJECTED", named=True)
    found = asyncio.run(connector.list_templates())
    assert [one.name for one in found] == [*(f"template_{n}" for n in range(5)), "named"]
    assert len(whatsapp_number.journal("message_templates", verb="GET")) == 3
    first, last = found[0], found[-1]
    assert (first.status, first.category, first.language) == ("approved", "utility", "ru")
    assert first.components[0]["text"] == "Заказ {{1}}"
    assert (first.named, last.named, last.status) == (False, True, "rejected")
    assert first.reason == ""


def test_a_template_is_handed_in_and_deleted(connector, whatsapp_number):
    body = {"type": "BODY", "text": "Заказ {{1}}", "example": {"body_text": [["№ 5"]]}}
    template = Template("", "order_ready", "ru", "utility", "pending", [body])
    made = asyncio.run(connector.create_template(template))
    (kept,) = whatsapp_number.state()["templates"]
    assert (made.external_id, made.status, made.category) == (kept["id"], "pending", "utility")
    assert (kept["category"], kept["parameter_format"]) == ("UTILITY", "POSITIONAL")
    assert refused(connector.create_template(template)).words == words.TEMPLATE_EXISTS
    asyncio.run(connector.delete_template("order_ready"))
    assert whatsapp_number.state()["templates"] == []
    assert refused(connector.delete_template("order_ready")).error_class == "bad_content"


@pytest.mark.parametrize("name", ["Order", "заказ", "a b", "", "x" * 513])
def test_a_template_has_a_plain_name(connector, whatsapp_number, name):
    template = Template("", name, "ru", "utility", "pending", [])
    assert refused(connector.create_template(template)).words == words.TEMPLATE_NAME
    assert whatsapp_number.journal("message_templates") == []


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
