"""Connecting a bot, hearing from it, fetching what it was sent."""

import asyncio
import io
import json

import pytest
from PIL import Image

from channels_connectors.errors import BadPayload, ConnectorError, Unauthorized
from channels_connectors.max import account, errors
from channels_connectors.max.payloads import UPDATE_TYPES
from channels_connectors.types import WebhookRequest
from tests.sandbox_max import MARIA

HOOK = "http://127.0.0.1:9/hooks/max/channel-key/"
SECRET = b"s" * 32


def refused(call):
    with pytest.raises(ConnectorError) as caught:
        asyncio.run(call)
    return caught.value


def subscribed(max_bot):
    return [found["url"] for found in max_bot.state()["subscriptions"]]


def test_connecting_subscribes_with_a_secret_of_its_own(connector, max_bot):
    result = asyncio.run(connector.connect(HOOK))
    assert result.external_id == str(max_bot.id)
    assert result.name == f"@sandbox_{max_bot.id}_bot"
    assert len(result.credentials["secret_token"]) >= 32
    assert result.settings == {"webhook_url": HOOK, "bot_id": str(max_bot.id)}
    assert result.notes == ()
    (subscription,) = max_bot.state()["subscriptions"]
    assert (subscription["url"], set(subscription["update_types"])) == (HOOK, set(UPDATE_TYPES))


def test_connecting_again_changes_the_secret_and_subscribes_once(connector, max_bot):
    first = asyncio.run(connector.connect(HOOK))
    second = asyncio.run(connector.connect(HOOK))
    assert first.credentials != second.credentials
    assert subscribed(max_bot) == [HOOK]


@pytest.mark.parametrize(
    "stale",
    [
        "https://old.example/hooks/max/channel-key/",
        "http://127.0.0.1:9/hooks/max/an-earlier-channel/",
        "https://earlier.example/x",
    ],
)
def test_earlier_addresses_of_ours_are_removed(make_connector, max_bot, stale):
    max_bot.call("POST", "subscriptions", {"url": stale})
    connector = make_connector(webhook_url="https://earlier.example/x")
    result = asyncio.run(connector.connect(HOOK))
    assert (subscribed(max_bot), result.notes) == ([HOOK], ())


def test_others_keep_their_subscriptions_and_are_told_of(connector, max_bot):
    other = "https://other.example/hooks/max/their-key/"
    max_bot.call("POST", "subscriptions", {"url": other})
    assert asyncio.run(connector.connect(HOOK)).notes == (account.OTHERS_LISTEN,)
    assert subscribed(max_bot) == [other, HOOK]


def test_polling_needs_that_nobody_is_subscribed(connector, max_bot):
    max_bot.call("POST", "subscriptions", {"url": "https://other.example/x"})
    result = asyncio.run(connector.connect(None))
    assert (result.settings["webhook_url"], result.credentials) == ("", {})
    assert result.notes == (account.OTHERS_CUT_OFF,)
    assert subscribed(max_bot) == []


def test_an_address_that_max_does_not_take_is_said(connector):
    error = refused(connector.connect("http://tandem.example/hooks/max/channel-key/"))
    assert (error.error_class, error.words) == ("channel_auth", errors.ADDRESS_REFUSED)


def test_a_refused_token_is_said(make_connector):
    error = refused(make_connector({"token": "revokedrevokedrevoked"}).connect(HOOK))
    assert (error.error_class, error.words) == ("channel_auth", errors.TOKEN_REFUSED)
    assert "revoked" not in str(error)


def test_disconnecting_takes_back_only_what_is_ours(make_connector, max_bot):
    found = asyncio.run(make_connector().connect(HOOK))
    max_bot.call("POST", "subscriptions", {"url": "https://other.example/x"})
    connector = make_connector(found.credentials, **found.settings)
    asyncio.run(connector.disconnect())
    assert subscribed(max_bot) == ["https://other.example/x"]
    asyncio.run(connector.disconnect())
    asyncio.run(make_connector(webhook_url="").disconnect())
    assert len(max_bot.journal("unsubscribe")) == 1


def test_health_tells_of_a_lost_subscription(make_connector, max_bot):
    found = asyncio.run(make_connector().connect(HOOK))
    connector = make_connector(found.credentials, **found.settings)
    assert asyncio.run(connector.check()) == {"ok": True, "subscribed": True, "last_error": ""}
    max_bot.call("DELETE", "subscriptions", url=HOOK)
    health = asyncio.run(connector.check())
    assert (health["ok"], health["subscribed"]) == (False, False)
    assert health["last_error"].startswith("MAX no longer sends")


def test_health_of_a_polled_channel_tells_of_other_listeners(connector, max_bot):
    assert asyncio.run(connector.check())["ok"] is True
    max_bot.call("POST", "subscriptions", {"url": "https://other.example/x"})
    assert asyncio.run(connector.check())["last_error"].startswith("Another program")
    max_bot.fault("auth", methods="getMyInfo")
    assert refused(connector.check()).error_class == "channel_auth"


@pytest.fixture
def accept(make_connector):
    """`accept(update)`: the connector's answer to a call with the right secret."""
    connector = make_connector({"secret_token": SECRET.decode()})

    def run(update, secret=SECRET, method="POST"):
        headers = {} if secret is None else {b"x-max-bot-api-secret": secret}
        body = update if isinstance(update, bytes) else json.dumps(update).encode()
        return connector.accept(WebhookRequest(method, headers, body=body))

    return run


STOPPED = {"update_type": "bot_stopped", "timestamp": 5, "chat_id": 1, "user": {"user_id": 2}}


def test_an_update_is_taken_with_200(accept):
    receipt = accept(STOPPED)
    assert receipt.dedup_key == "bot_stopped:1:2:5"
    assert receipt.reply.status == 200


@pytest.mark.parametrize("secret", [None, b"", b"S" * 32, b"s" * 31, "й".encode() * 16])
def test_strangers_are_refused(accept, secret):
    with pytest.raises(Unauthorized):
        accept(STOPPED, secret=secret)


def test_what_is_no_update_is_refused(accept):
    with pytest.raises(BadPayload):
        accept(STOPPED, method="GET")
    for body in (b"", b"{", b"[]", b'"x"', b"{}", b'{"update_type": 7}', b"null", b"7"):
        with pytest.raises(BadPayload):
            accept(body)


def test_a_channel_without_a_secret_takes_no_updates(connector):
    with pytest.raises(Unauthorized):
        connector.accept(WebhookRequest("POST", {b"x-max-bot-api-secret": b""}, body=b"{}"))


def first_file(connector, said):
    (item,) = connector.parse(
        json.dumps({"update_type": "message_created", "timestamp": 1, "message": said}).encode()
    )
    return item.attachments[0].reference


@pytest.mark.parametrize("kind", ["image", "audio", "file", "video", "sticker"])
def test_files_are_fetched_up_to_the_limit(connector, max_bot, kind):
    said = max_bot.say(kind=kind, files={"file": ("a.bin", b"x" * 1000, "application/x")})
    reference = first_file(connector, said)
    file = asyncio.run(connector.download(reference, 1000))
    assert (file.path.read_bytes(), file.size) == (b"x" * 1000, 1000)
    file.path.unlink()
    assert refused(connector.download(reference, 999)).words == errors.FILE_TOO_LARGE


def test_a_smaller_resolution_is_taken_where_the_best_is_too_large(connector, max_bot, monkeypatch):
    large, small = (
        max_bot.say(kind="file", files={"file": ("a.bin", b"x" * size, "application/x")})
        for size in (2000, 500)
    )
    urls = [first_file(connector, said)["url"] for said in (large, small)]

    async def addresses(api, reference):
        return urls

    monkeypatch.setattr("channels_connectors.max.files._addresses", addresses)
    file = asyncio.run(connector.download({"video": "x"}, 1000))
    assert file.size == 500
    file.path.unlink()


@pytest.mark.parametrize(
    "reference", [{}, {"url": ""}, {"video": "nobody"}, {"video": "../me"}, {"video": "a/../../me"}]
)
def test_files_that_are_gone_are_said(connector, max_bot, reference):
    error = refused(connector.download(reference, 10))
    assert (error.error_class, error.words) == ("bad_content", errors.NO_FILE)
    assert max_bot.journal("getMyInfo") == []


def test_files_elsewhere_must_be_public(connector):
    for url in ("http://127.0.0.2:9/x", "http://10.0.0.1/", "file:///etc/passwd", "nonsense"):
        assert refused(connector.download({"url": url}, 10)).error_class == "channel_auth"


def test_the_token_stays_with_the_api(connector, max_bot, sandbox):
    said = max_bot.say(kind="file", files={"file": ("a.txt", b"x", "text/plain")})
    file = asyncio.run(connector.download(first_file(connector, said), 10))
    file.path.unlink()
    assert max_bot.token not in str(sandbox.journal())


def test_profiles_have_names_and_pictures(connector, max_bot):
    max_bot.start()
    profile = asyncio.run(connector.fetch_profile(str(max_bot.chat())))
    assert (profile.person.name, profile.person.username) == ("Мария Петрова", "maria_p")
    assert profile.person.aliases == (f"user:{MARIA}",)
    assert profile.avatar is None
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "plum").save(picture, "JPEG")
    max_bot.control(
        "people",
        files={"avatar": ("a.jpg", picture.getvalue(), "image/jpeg")},
        id=MARIA + 700,
        first_name="Ольга",
        description="Тула",
    )
    chat = max_bot.start(person=MARIA + 700)
    profile = asyncio.run(connector.fetch_profile(str(chat)))
    assert (profile.person.name, profile.about) == ("Ольга", "Тула")
    file = asyncio.run(connector.download(profile.avatar, 10**6))
    assert file.path.read_bytes() == picture.getvalue()
    file.path.unlink()


def test_a_group_has_a_title_and_nobody_has_no_profile(connector, max_bot):
    max_bot.say("Всем привет", chat=-5, title="Опт")
    assert asyncio.run(connector.fetch_profile("-5")).person == max_person("-5", "Опт")
    for nobody in ("1", "x", "user:1", "-"):
        assert asyncio.run(connector.fetch_profile(nobody)) is None


def max_person(chat, name):
    from channels_connectors.types import Person

    return Person(chat, name=name)


def test_pressed_buttons_are_acknowledged(connector, max_bot):
    said = max_bot.say("Привет")
    facts = {"person": MARIA, "mid": said["body"]["mid"], "payload": "buy:1"}
    name = max_bot.control("presses", **facts)
    asyncio.run(connector.acknowledge({"callback_id": name}))
    assert max_bot.state()["presses"] == {name: {"notification": ""}}


def test_typing_and_reading_are_shown(connector, max_bot):
    chat = str(max_bot.start())
    asyncio.run(connector.send_typing(chat))
    asyncio.run(connector.mark_read(chat, "mid.1"))
    asyncio.run(connector.mark_read(f"user:{MARIA}", "mid.1"))
    calls = max_bot.journal("sendAction")
    assert [call["body"]["action"] for call in calls] == ["typing_on", "mark_seen"]
    assert {call["status"] for call in calls} == {200}


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8001", "http://[::1]/", "http://localhost:8001", "x"]
)
def test_an_admins_address_cannot_lead_inside(make_connector, settings, address):
    settings.MAX_API_URL = None
    assert refused(make_connector(api_url=address).check()).error_class == "channel_auth"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "http://localhost:3128", "x"])
def test_an_admins_proxy_cannot_lead_inside(make_connector, proxy):
    assert refused(make_connector(proxy=proxy).check()).error_class == "channel_auth"


def test_further_certificates_come_from_a_file(connector, settings, tmp_path):
    bundle = tmp_path / "max.pem"
    for content in (None, "nonsense"):
        if content:
            bundle.write_text(content)
        settings.MAX_CA_FILE = str(bundle)
        error = refused(connector.check())
        assert (error.error_class, error.words) == ("channel_auth", errors.CERTIFICATES)
    settings.MAX_CA_FILE = None
    assert asyncio.run(connector.check())["ok"] is True
