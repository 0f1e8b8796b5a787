"""A message's text as HTML."""

import pytest

from inbox.rich_text import render
from tests.inbox.hostile import HOSTILE, assert_harmless


def entity(kind, offset, length, **values):
    return {"type": kind, "offset": offset, "length": length, **values}


@pytest.mark.parametrize(
    ("text", "entities", "expected"),
    [
        ("plain", [], "plain"),
        ("a < b & c", [], "a &lt; b &amp; c"),
        ("bold", [entity("bold", 0, 4)], "<strong>bold</strong>"),
        # Offsets count UTF-16 units: the emoji takes two.
        ("🙂 bold", [entity("bold", 3, 4)], "🙂 <strong>bold</strong>"),
        (
            "both",
            [entity("bold", 0, 4), entity("italic", 2, 2)],
            "<strong>bo</strong><strong><em>th</em></strong>",
        ),
        ("short", [entity("bold", 3, 99)], "short"),
        ("odd", [{"type": "bold"}, {"offset": "x"}, entity("unknown", 0, 1)], "odd"),
    ],
)
def test_formats_and_escapes(text, entities, expected):
    assert render(text, entities) == expected


def test_links_lead_outside_without_telling_from_where():
    html = render("see", [entity("text_link", 0, 3, url="https://example.com/?a=1&b=2")])
    assert 'href="https://example.com/?a=1&amp;b=2"' in html
    assert 'rel="noopener noreferrer nofollow"' in html


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "http://["]
)
def test_only_harmless_addresses_become_links(url):
    assert "<a " not in render("see", [entity("text_link", 0, 3, url=url)])


def test_web_addresses_in_plain_text_become_links():
    html = render("Go to https://example.com/a?b=1, please.")
    assert '<a href="https://example.com/a?b=1"' in html
    assert html.endswith(", please.")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text):
    assert_harmless(render(text))
    everything = [entity("bold", 0, len(text)), entity("text_link", 0, 3, url=text)]
    assert_harmless(render(text, everything))
