"""Connecting a community, hearing from it, fetching what it was sent."""

import asyncio
import io
import json

import pytest
from PIL import Image

from channels_connectors.errors import BadPayload, ConnectorError, Unauthorized
from channels_connectors.types import WebhookRequest
from channels_connectors.vk import account, words
from channels_connectors.vk.payloads import EVENTS
from tests.sandbox_server import wait_for
from tests.sandbox_vk import MARIA

HOOK = "http://127.0.0.1:9/hooks/vk/channel-key/"


def refused(call):
    with pytest.raises(ConnectorError) as caught:
        asyncio.run(call)
    return caught.value


def test_connecting_sets_up_a_callback_server(connector, vk_community):
    result = asyncio.run(connector.connect(HOOK))
    assert result.external_id == str(vk_community.id)
    assert result.name == f"Sandbox {vk_community.id}"
    assert result.credentials["confirmation_code"] == vk_community.state()["code"]
    assert len(result.credentials["secret"]) == 40
    (server,) = vk_community.state()["servers"]
    assert server["url"] == HOOK
    assert result.settings == {"webhook_url": HOOK, "server_id": server["id"]}
    (call,) = vk_community.journal("groups.setCallbackSettings")
    assert {name for name, value in call["parameters"].items() if value == "1"} >= EVENTS
    assert call["parameters"]["api_version"] == "5.199"


def test_connecting_again_takes_the_same_server(connector, vk_community):
    first = asyncio.run(connector.connect(HOOK))
    assert asyncio.run(connector.connect(HOOK)).settings == first.settings
    assert len(vk_community.state()["servers"]) == 1


def test_a_secret_of_the_admins_is_kept(make_connector):
    result = asyncio.run(make_connector({"secret": "mine"}).connect(HOOK))
    assert result.credentials["secret"] == "mine"


def test_what_was_set_up_by_hand_is_left_alone(make_connector, vk_community):
    vk_community.control("settings", rights=["messages", "photos", "docs"])
    by_hand = {"secret": "mine", "confirmation_code": "a1b2"}
    result = asyncio.run(make_connector(by_hand).connect(HOOK))
    assert result.settings["server_id"] is None
    assert vk_community.state()["servers"] == []


@pytest.mark.parametrize(
    "written", ["{id}", "club{id}", "https://vk.com/public{id}", "vk.com/sandbox_{id}", "-{id}"]
)
def test_a_community_may_be_named_as_people_do(make_connector, vk_community, written):
    connector = make_connector({"group_id": written.format(id=vk_community.id)})
    result = asyncio.run(connector.connect(None))
    assert result.credentials["group_id"] == str(vk_community.id)


@pytest.mark.parametrize("written", ["1", "vk.com/somebody_else", "club1"])
def test_a_key_of_another_community_is_refused(make_connector, written):
    error = refused(make_connector({"group_id": written}).connect(HOOK))
    assert error.error_class == "channel_auth"
    assert "another community" in error.msgid


def test_a_key_without_rights_is_refused_with_their_names(connector, vk_community):
    vk_community.control("settings", rights=["messages", "photos"])
    error = refused(connector.connect(HOOK))
    assert (error.error_class, error.words, error.detail) == (
        "channel_auth",
        words.NO_RIGHTS,
        "docs, manage",
    )


def test_the_eleventh_server_is_refused_in_words(connector, vk_community):
    for number in range(10):
        facts = {"group_id": vk_community.id, "url": f"{HOOK}{number}", "title": "Other"}
        assert "response" in vk_community.call("groups.addCallbackServer", **facts)
    assert refused(connector.connect(HOOK)).words == words.SERVERS_FULL


def test_disconnecting_leaves_others_servers_alone(make_connector, vk_community):
    found = asyncio.run(make_connector().connect(HOOK))
    connector = make_connector(found.credentials, **found.settings)
    server = {"group_id": vk_community.id, "server_id": found.settings["server_id"], "title": "X"}
    vk_community.call("groups.editCallbackServer", url="http://other.example/", **server)
    asyncio.run(connector.disconnect())
    assert len(vk_community.state()["servers"]) == 1
    vk_community.call("groups.editCallbackServer", url=HOOK, **server)
    asyncio.run(connector.disconnect())
    assert vk_community.state()["servers"] == []


def test_whoever_polls_from_now_on_is_not_called_as_well(make_connector, vk_community):
    found = asyncio.run(make_connector().connect(HOOK))
    before = make_connector(found.credentials, **found.settings)
    found = asyncio.run(before.connect(None))
    assert vk_community.state()["servers"] == []
    assert (found.settings["webhook_url"], found.settings["server_id"]) == ("", None)
    # And whoever is called again is set up anew.
    found = asyncio.run(make_connector(found.credentials, **found.settings).connect(HOOK))
    assert [server["url"] for server in vk_community.state()["servers"]] == [HOOK]
    assert found.credentials["secret"]


def test_a_server_that_was_removed_in_vk_is_set_up_again(make_connector, vk_community):
    found = asyncio.run(make_connector().connect(HOOK))
    server = {"group_id": vk_community.id, "server_id": found.settings["server_id"]}
    vk_community.call("groups.deleteCallbackServer", **server)
    again = asyncio.run(make_connector(found.credentials, **found.settings).connect(HOOK))
    assert [one["id"] for one in vk_community.state()["servers"]] == [again.settings["server_id"]]
    assert again.credentials["secret"] == found.credentials["secret"]


def test_health_tells_of_an_address_that_vk_cannot_reach(make_connector, vk_community, monkeypatch):
    vk_community.control("settings", retry_base=0.02)
    found = asyncio.run(make_connector().connect(HOOK))
    connector = make_connector(found.credentials, **found.settings)
    wait_for(lambda: vk_community.state()["servers"][0]["status"] == "failed")
    health = asyncio.run(connector.check())
    assert (health["ok"], health["status"]) == (False, "failed")
    assert "has stopped sending events" in health["last_error"]
    monkeypatch.setattr(account, "CONFIRM_PAUSES", (0,))
    asyncio.run(connector.after_connect())
    assert len(vk_community.journal("groups.editCallbackServer")) == 1


def test_health_tells_of_a_server_that_waits_and_of_one_that_is_gone(make_connector, vk_community):
    found = asyncio.run(make_connector().connect(HOOK))
    connector = make_connector(found.credentials, **found.settings)
    health = asyncio.run(connector.check())
    assert (health["ok"], health["status"]) == (False, "wait")
    assert "has not confirmed" in health["last_error"]
    server = {"group_id": vk_community.id, "server_id": found.settings["server_id"]}
    facts = {"url": "http://other.example/", "title": "X"}
    vk_community.call("groups.editCallbackServer", **server, **facts)
    assert "removed or changed" in asyncio.run(connector.check())["last_error"]
    vk_community.call("groups.deleteCallbackServer", **server)
    health = asyncio.run(connector.check())
    assert (health["ok"], health["status"]) == (False, "")
    assert "removed or changed" in health["last_error"]


def test_health_is_one_call(make_connector, vk_community):
    found = asyncio.run(make_connector().connect(HOOK))
    asyncio.run(make_connector(found.credentials, **found.settings).check())
    assert len(vk_community.journal("execute")) == 1


def test_health_of_a_polled_channel_is_its_rights(connector, vk_community):
    assert asyncio.run(connector.check()) == {"ok": True, "status": "", "last_error": ""}
    vk_community.control("settings", rights=["manage"])
    assert asyncio.run(connector.check())["ok"] is False


@pytest.fixture
def accept(make_connector, vk_community):
    """`accept(type=..., secret=...)`: the connector's answer to an event."""
    connector = make_connector({"secret": "s" * 40, "confirmation_code": "c0de"})

    def run(method="POST", **facts):
        event = {"type": "message_deny", "group_id": vk_community.id, "secret": "s" * 40}
        event |= {"event_id": "e1", "v": "5.199", "object": {"user_id": 1}, **facts}
        event = {name: value for name, value in event.items() if value is not ...}
        return connector.accept(WebhookRequest(method, {}, body=json.dumps(event).encode()))

    return run


def test_an_event_is_answered_with_ok(accept):
    receipt = accept()
    assert receipt.dedup_key == "e1"
    assert (receipt.reply.status, receipt.reply.body) == (200, b"ok")


def test_a_confirmation_is_answered_with_the_code(accept):
    for secret in (..., "s" * 40):
        receipt = accept(type="confirmation", secret=secret)
        assert receipt.dedup_key is None
        assert receipt.reply.body == b"c0de"


@pytest.mark.parametrize(
    "facts",
    [
        {"secret": "S" * 40},
        {"secret": ""},
        {"secret": ...},
        {"secret": None},
        {"secret": ["s" * 40]},
        {"secret": "й" * 40},
        {"group_id": 1},
        {"group_id": None},
        {"type": "confirmation", "group_id": 1},
        {"type": "confirmation", "secret": "wrong"},
    ],
)
def test_strangers_are_refused(accept, facts):
    with pytest.raises(Unauthorized):
        accept(**facts)


def test_what_is_no_event_is_refused(accept, connector):
    with pytest.raises(BadPayload):
        accept(method="GET")
    for body in (b"", b"{", b"[]", b'"x"', b"{}", b'{"type": "message_new"}'):
        with pytest.raises(BadPayload):
            connector.accept(WebhookRequest("POST", {}, body=body))


def test_a_channel_without_a_secret_takes_no_events(connector, vk_community):
    body = json.dumps({"type": "message_deny", "group_id": vk_community.id, "secret": ""})
    with pytest.raises(Unauthorized):
        connector.accept(WebhookRequest("POST", {}, body=body.encode()))


def test_files_are_fetched_up_to_the_limit(connector, vk_community):
    sent = vk_community.say(files={"file": ("a.pdf", b"%PDF-" + b"x" * 995, "application/pdf")})
    url = sent["attachments"][0]["doc"]["url"]
    file = asyncio.run(connector.download({"url": url}, 1000))
    assert (file.path.read_bytes()[:5], file.size) == (b"%PDF-", 1000)
    file.path.unlink()
    for limit, wrong in ((999, {"url": url}), (1000, {"url": f"{url}x"}), (1000, {})):
        assert refused(connector.download(wrong, limit)).error_class == "bad_content"


def test_files_elsewhere_must_be_public(connector):
    for url in ("http://127.0.0.2:9/x", "http://10.0.0.1/", "file:///etc/passwd", "nonsense"):
        assert refused(connector.download({"url": url}, 10)).error_class == "channel_auth"


def test_profiles_have_names_and_pictures(connector, vk_community):
    profile = asyncio.run(connector.fetch_profile(str(MARIA)))
    assert (profile.person.name, profile.person.username) == ("Мария Петрова", "maria_p")
    assert profile.avatar is None
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "plum").save(picture, "JPEG")
    vk_community.control(
        "people",
        files={"avatar": ("a.jpg", picture.getvalue(), "image/jpeg")},
        id=MARIA + 700,
        first_name="Ольга",
        city="Тула",
    )
    profile = asyncio.run(connector.fetch_profile(str(MARIA + 700)))
    assert (profile.person.name, profile.about) == ("Ольга", "Тула")
    file = asyncio.run(connector.download(profile.avatar, 10**6))
    assert file.path.read_bytes() == picture.getvalue()
    file.path.unlink()
    community = asyncio.run(connector.fetch_profile(f"-{vk_community.id}"))
    assert community.person.name == f"Sandbox {vk_community.id}"
    for nobody in ("1", "x"):
        assert asyncio.run(connector.fetch_profile(nobody)) is None


def test_buttons_are_acknowledged(connector, vk_community):
    vk_community.say("Привет")
    name = vk_community.control("presses", person=MARIA, message_id=1, payload={"n": 1})
    data = {"event_id": name, "user_id": MARIA, "peer_id": MARIA}
    asyncio.run(connector.acknowledge(data))
    assert vk_community.state()["presses"] == {name: ""}


def test_typing_is_shown(connector, vk_community):
    vk_community.say("Привет")
    asyncio.run(connector.send_typing(str(MARIA)))
    (call,) = vk_community.journal("messages.setActivity")
    assert (call["parameters"]["type"], call["error"]) == ("typing", 0)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8001", "http://[::1]/", "http://localhost:8001", "x"]
)
def test_an_admins_address_cannot_lead_inside(make_connector, settings, address):
    settings.VK_API_URL = None
    assert refused(make_connector(api_url=address).check()).error_class == "channel_auth"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "http://localhost:3128", "x"])
def test_an_admins_proxy_cannot_lead_inside(make_connector, proxy):
    assert refused(make_connector(proxy=proxy).check()).error_class == "channel_auth"
