"""Connecting a bot, hearing from it, fetching what it was sent."""

import asyncio
import io
import json

import pytest
from PIL import Image

from channels_connectors.errors import BadPayload, ConnectorError, Unauthorized
from channels_connectors.telegram import account
from channels_connectors.types import WebhookRequest
from tests.sandbox_server import MARIA

HOOK = "http://127.0.0.1:9/hooks/telegram/channel-key/"


def test_connecting_sets_the_webhook_with_a_secret(connector, sandbox, telegram_bot):
    result = asyncio.run(connector.connect(HOOK))
    assert result.external_id == str(telegram_bot.id)
    assert result.name == f"@sandbox_{telegram_bot.id}_bot"
    assert len(result.credentials["secret_token"]) >= 32
    assert result.settings == {"webhook_url": HOOK}
    (call,) = sandbox.journal(bot=telegram_bot.id, method="setWebhook")
    assert "message_reaction" in call["parameters"]["allowed_updates"]
    assert telegram_bot.state()["webhook"]["url"] == HOOK


def test_taking_a_bot_over_is_said(connector):
    asyncio.run(connector.connect("http://other.example/hook"))
    assert account.TAKEN_OVER in asyncio.run(connector.connect(HOOK)).notes
    assert account.TAKEN_OVER not in asyncio.run(connector.connect(HOOK)).notes


def test_polling_removes_the_webhook(connector, telegram_bot):
    asyncio.run(connector.connect(HOOK))
    result = asyncio.run(connector.connect(None))
    assert result.credentials == {}
    assert telegram_bot.state()["webhook"]["url"] == ""


def test_disconnecting_leaves_a_strangers_webhook_alone(telegram_bot, make_connector):
    connector = make_connector(telegram_bot.token, webhook_url=HOOK)
    asyncio.run(connector.connect("http://other.example/hook"))
    asyncio.run(connector.disconnect())
    assert telegram_bot.state()["webhook"]["url"] == "http://other.example/hook"
    asyncio.run(connector.connect(HOOK))
    asyncio.run(connector.disconnect())
    assert telegram_bot.state()["webhook"]["url"] == ""


def test_health_tells_of_failed_deliveries(telegram_bot, make_connector):
    connector = make_connector(telegram_bot.token, webhook_url=HOOK)
    asyncio.run(connector.connect(HOOK))
    assert asyncio.run(connector.check())["ok"] is True
    telegram_bot.say("Есть кто?")
    health = telegram_bot.wait_for(
        lambda: not (now := asyncio.run(connector.check()))["ok"] and now
    )
    assert health["webhook_is_ours"] is True
    assert health["pending"] == 1
    assert health["last_error"]
    assert health["last_error_at"].startswith("20")
    assert "cannot deliver" in health["words"]
    asyncio.run(connector.connect("http://other.example/hook"))
    health = asyncio.run(connector.check())
    assert (health["ok"], health["webhook_is_ours"]) == (False, False)
    assert "taken this bot over" in health["words"]


def test_all_is_well_without_a_webhook_that_nobody_wants(connector, telegram_bot):
    telegram_bot.say("Есть кто?")
    health = asyncio.run(connector.check())
    assert (health["ok"], health["pending"], health["words"]) == (True, 1, "")


def test_a_webhook_of_an_older_version_is_widened(telegram_bot, sandbox, make_connector):
    secret = "s" * 40
    connector = make_connector(telegram_bot.token, secret_token=secret, webhook_url=HOOK)
    old = {"url": HOOK, "secret_token": secret, "allowed_updates": ["message"]}
    sandbox.http.post(f"/bot{telegram_bot.token}/setWebhook", json=old)
    for _twice in range(2):
        asyncio.run(connector.check())
    _by_hand, ours = telegram_bot.calls("setWebhook")
    assert "business_message" in ours["parameters"]["allowed_updates"]
    assert ours["parameters"]["url"] == HOOK


def test_business_accounts_are_mentioned_where_the_bot_may_join_them(connector, telegram_bot):
    assert account.BUSINESS_POSSIBLE not in asyncio.run(connector.connect(HOOK)).notes
    telegram_bot.control("business", owner=MARIA)
    assert account.BUSINESS_POSSIBLE in asyncio.run(connector.connect(HOOK)).notes


def test_a_bad_address_is_refused_with_words(connector):
    with pytest.raises(ConnectorError) as caught:
        asyncio.run(connector.connect("ftp://tandem.example/"))
    assert caught.value.error_class == "channel_auth"
    assert "bad webhook" in caught.value.detail


def test_webhook_calls_prove_themselves_by_the_secret(telegram_bot, make_connector):
    connector = make_connector(telegram_bot.token, secret_token="s" * 40)

    def accept(secret, body=b'{"update_id": 7, "message": {}}', method="POST"):
        headers = {b"x-telegram-bot-api-secret-token": secret}
        return connector.accept(WebhookRequest(method, headers, body=body))

    receipt = accept(b"s" * 40)
    assert (receipt.dedup_key, receipt.reply.status) == ("7", 200)
    for wrong in (b"", b"s" * 39, b"S" * 40, "й".encode()):
        with pytest.raises(Unauthorized):
            accept(wrong)
    for body in (b"", b"{", b"[]", b'{"update_id": "7"}', b'{"update_id": true}'):
        with pytest.raises(BadPayload):
            accept(b"s" * 40, body)
    with pytest.raises(BadPayload):
        accept(b"s" * 40, method="GET")


def test_a_channel_without_a_secret_takes_no_calls(connector):
    with pytest.raises(Unauthorized):
        connector.accept(
            WebhookRequest("POST", {b"x-telegram-bot-api-secret-token": b""}, body=b"{}")
        )


def test_polling_keeps_what_we_do_not_know(connector, telegram_bot):
    message = {"text": "Привет", "hologram": {"id": 1}}
    (sent,) = telegram_bot.inject({"message": message})
    result = asyncio.run(connector.poll(""))
    ((key, raw),) = result.envelopes
    assert json.loads(raw) == sent
    assert key == str(sent["update_id"])
    assert result.cursor == str(sent["update_id"] + 1)
    (item,) = connector.parse(raw)
    assert item.text == "Привет"


def test_polling_confirms_what_came_before_the_cursor(telegram_bot, make_connector):
    connector = make_connector(telegram_bot.token, poll_seconds=0)
    telegram_bot.say("раз")
    first = asyncio.run(connector.poll(""))
    assert telegram_bot.state()["pending"] == 1
    second = asyncio.run(connector.poll(first.cursor))
    assert (second.envelopes, second.cursor) == ([], first.cursor)
    assert telegram_bot.state()["pending"] == 0


def test_polling_beside_a_webhook_is_a_passing_trouble(connector):
    asyncio.run(connector.connect(HOOK))
    with pytest.raises(ConnectorError) as caught:
        asyncio.run(connector.poll(""))
    assert caught.value.error_class == "transient"


def test_files_are_fetched_up_to_the_limit(connector, telegram_bot):
    telegram_bot.say(files={"file": ("a.pdf", b"%PDF-" + b"x" * 995, "application/pdf")})
    ((_key, raw),) = asyncio.run(connector.poll("")).envelopes
    reference = connector.parse(raw)[0].attachments[0].reference
    file = asyncio.run(connector.download(reference, 1000))
    assert (file.path.read_bytes()[:5], file.size) == (b"%PDF-", 1000)
    file.path.unlink()
    for limit, wrong in ((999, reference), (1000, {"file_id": "gone"}), (1000, {})):
        with pytest.raises(ConnectorError) as caught:
            asyncio.run(connector.download(wrong, limit))
        assert caught.value.error_class == "bad_content"


def test_profiles_have_names_and_pictures(connector, telegram_bot):
    telegram_bot.say("Привет")
    assert asyncio.run(connector.fetch_profile(str(MARIA))).avatar is None
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "plum").save(picture, "JPEG")
    telegram_bot.control(
        "people",
        files={"avatar": ("a.jpg", picture.getvalue(), "image/jpeg")},
        id=MARIA,
        bio="Люблю платья",
    )
    profile = asyncio.run(connector.fetch_profile(str(MARIA)))
    assert (profile.person.name, profile.about) == ("Мария Петрова", "Люблю платья")
    file = asyncio.run(connector.download(profile.avatar, 10**6))
    assert file.path.read_bytes() == picture.getvalue()
    file.path.unlink()
    assert asyncio.run(connector.fetch_profile("1")) is None


def test_buttons_are_acknowledged(connector, sandbox, telegram_bot):
    telegram_bot.say("Привет")
    query = telegram_bot.control("presses", person=MARIA, message_id=1, data="buy")
    asyncio.run(connector.acknowledge({"callback_query_id": query}))
    assert sandbox.journal(bot=telegram_bot.id, method="answerCallbackQuery")[0]["status"] == 200


def test_typing_is_shown(connector, sandbox, telegram_bot):
    telegram_bot.say("Привет")
    asyncio.run(connector.send_typing(str(MARIA)))
    (call,) = sandbox.journal(bot=telegram_bot.id, method="sendChatAction")
    assert call["parameters"]["action"] == "typing"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8001",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254",
        "http://localhost:8001",
        "http://10.1.2.3",
        "file:///etc/passwd",
        "nonsense",
        "",
    ],
)
def test_an_admins_address_cannot_lead_inside(telegram_bot, make_connector, settings, address):
    settings.TELEGRAM_API_URL = None
    connector = make_connector(telegram_bot.token, api_url=address or "http://0.0.0.0", proxy="")
    with pytest.raises(ConnectorError) as caught:
        asyncio.run(connector.check())
    assert caught.value.error_class == "channel_auth"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "http://localhost:3128", "x"])
def test_an_admins_proxy_cannot_lead_inside(telegram_bot, make_connector, proxy):
    with pytest.raises(ConnectorError) as caught:
        asyncio.run(make_connector(telegram_bot.token, proxy=proxy).check())
    assert caught.value.error_class == "channel_auth"
