"""The script that a shop puts on its pages."""

import json
import re
from html import unescape

from livechat.snippet import snippet
from tests.livechat.conftest import connect_widget


def config_of(script):
    return json.loads(re.search(r"\}\)\((\{.*\})\)\s*$", script, re.DOTALL)[1])


def test_script_is_small_and_kept_for_a_minute(client, channel):
    answer = client.get(f"/chat/{channel.key}.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=60"
    assert len(answer.content) < 15_000
    assert "Set-Cookie" not in answer
    assert not answer.cookies


def test_script_carries_the_settings(client, acme):
    channel = connect_widget(acme, color="#ffee00", greeting="Hi", position="left", locale="ru")
    config = config_of(client.get(f"/chat/{channel.key}.js").text)
    assert (config["key"], config["color"], config["onColor"]) == (
        channel.key,
        "#ffee00",
        "#161614",
    )
    assert (config["greeting"], config["position"], config["locale"]) == ("Hi", "left", "ru")
    assert config["words"]["ru"]["open"] == "Открыть чат"
    assert config["words"]["en"]["open"] == "Open the chat"


def test_greeting_cannot_leave_its_string(client, acme):
    evil = "</script><script>alert(1)</script>\u2028'\"`${x}__CONFIG__"
    channel = connect_widget(acme, greeting=evil)
    text = client.get(f"/chat/{channel.key}.js").text
    assert "</script" not in text
    assert "\u2028" not in text
    assert config_of(text)["greeting"] == evil


def test_settings_that_were_damaged_fall_back(client, acme):
    channel = connect_widget(acme)
    with acme.scope():
        channel.settings = {"color": "red;}", "position": 7, "domains": "***", "greeting": ["x"]}
        channel.save()
    config = config_of(client.get(f"/chat/{channel.key}.js").text)
    assert (config["color"], config["position"], config["greeting"]) == ("#006274", "right", "")
    assert config["domains"] == []


def test_widget_that_is_off_or_unknown_is_silent(client, acme, channel):
    from inbox.connections import disconnect_channel

    with acme.scope():
        disconnect_channel(channel, by=acme.anna)
    for key in (channel.key, "nothing"):
        answer = client.get(f"/chat/{key}.js")
        assert answer.status_code == 200
        assert answer.text.startswith("/* This chat is switched off")


def test_telegram_channel_has_no_widget(client, acme):
    from tests.cast import make_channel

    with acme.scope():
        channel = make_channel("telegram")
    assert "switched off" in client.get(f"/chat/{channel.key}.js").text
    assert client.get(f"/chat/{channel.key}/frame/?origin=http://a.example").status_code == 404


def test_snippet_is_one_line(channel):
    assert unescape(snippet(channel)) == (
        f'<script async src="http://localhost:8000/chat/{channel.key}.js"></script>'
    )


def test_demo_shop_carries_the_widget(client, acme, channel, settings):
    settings.DEMO_WORKSPACE = "acme"
    page = client.get("/demo/?language=ru")
    assert snippet(channel) in page.text
    assert "Диван «Ладога»" in page.text
    assert "“Ladoga” sofa" in client.get("/demo/?language=en").text
    settings.DEMO_WORKSPACE = "nobody"
    assert client.get("/demo/").status_code == 404
