"""The chat page in its frame: shown where it may be, and nowhere else."""

import re

import pytest

from tests.livechat.conftest import connect_widget

SHOP = "https://www.shop.example"


def frame(client, channel, origin=SHOP, **more):
    return client.get(f"/chat/{channel.key}/frame/", {"origin": origin, **more})


def policy(answer):
    parts = answer["Content-Security-Policy"].split("; ")
    return {name: values for name, _, values in (part.partition(" ") for part in parts)}


def test_frame_is_for_the_named_page_only(client, channel):
    answer = frame(client, channel)
    assert answer.status_code == 200
    assert policy(answer)["frame-ancestors"] == SHOP
    assert "X-Frame-Options" not in answer
    assert f'data-host-origin="{SHOP}"' in answer.text


def test_frame_runs_our_scripts_only(client, channel):
    rules = policy(frame(client, channel))
    assert rules["default-src"] == "'none'"
    assert re.fullmatch(r"'self' 'nonce-[\w+/=]+'", rules["script-src"])
    assert "unsafe" not in str(rules)
    assert rules["connect-src"] == "'self' ws://testserver"


def test_frame_sets_no_cookie(client, channel):
    assert not frame(client, channel).cookies


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "shop.example",
        "javascript://shop.example",
        "https://shop.example/path",
        "https://shop.example;script-src *",
        "https://a b",
        "https://*",
        "https://shop.example:99999",
    ],
)
def test_what_is_no_origin_is_refused(client, channel, origin):
    assert frame(client, channel, origin).status_code == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://shop.example", 200),
        ("http://www.shop.example:8080", 200),
        ("https://shop.example.evil.example", 403),
        ("https://evilshop.example", 403),
        ("http://testserver", 200),  # our own pages: the demo, a preview
    ],
)
def test_only_the_listed_domains_show_it(client, acme, origin, status):
    channel = connect_widget(acme, domains=["shop.example"])
    assert frame(client, channel, origin).status_code == status


@pytest.mark.parametrize(
    ("locale", "lang", "expected"),
    [("", "ru", "ru"), ("", "en-GB", "en"), ("", "fr", "en"), ("ru", "en", "ru")],
)
def test_language_is_the_settings_then_the_visitors(client, acme, locale, lang, expected):
    channel = connect_widget(acme, locale=locale)
    assert f'<html lang="{expected}"' in frame(client, channel, lang=lang).text


def test_colour_and_words_of_the_shop(client, acme):
    channel = connect_widget(acme, color="#aa2233", title="<b>Shop</b>", greeting="Hi & bye")
    text = frame(client, channel).text
    assert "--chat-accent: #aa2233" in text
    assert "&lt;b&gt;Shop&lt;/b&gt;" in text
    assert "Hi &amp; bye" in text
    assert "<b>Shop" not in text


def test_dark_page_gets_a_dark_chat(client, channel):
    assert 'data-theme="light"' in frame(client, channel).text
    assert 'data-theme="dark"' in frame(client, channel, theme="dark").text
    assert 'data-theme="light"' in frame(client, channel, theme='"><b>').text
