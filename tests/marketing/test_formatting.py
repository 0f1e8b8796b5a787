"""Formatting of broadcasts: on the wire, in threads, in previews, by links."""

from contacts.models import Contact
from marketing.actions import update_broadcast
from marketing.actions.testing import send_test
from marketing.models import BroadcastLink
from marketing.previews import preview

TEXT = "{{first_name}}, our shop"
SHOP = "https://shop.example/"
BOLD = {"type": "bold", "offset": 0, "length": 14}
LINK = {"type": "text_link", "offset": 20, "length": 4, "url": SHOP}


def shows(stage, *formats):
    """The stage's platform can show these."""
    from dataclasses import replace

    from channels_connectors.registry import _connectors

    connector = _connectors["platform"]
    connector.capabilities = replace(connector.capabilities, formats=frozenset(formats))


def test_formats_arrive_around_each_customers_own_words(stage):
    shows(stage, "bold", "text_link")
    stage.send(text=TEXT, entities=[BOLD, LINK], tracks_links=False)
    sent = stage.platform.sent[0]
    assert sent.text == "Customer, our shop"
    assert sent.entities == [
        {"type": "bold", "offset": 0, "length": 8},
        {"type": "text_link", "offset": 14, "length": 4, "url": SHOP},
    ]
    assert stage.messages()[0].entities in [one.entities for one in stage.platform.sent]


def test_links_behind_words_are_counted_like_others(stage):
    shows(stage, "text_link")
    broadcast = stage.send(text=TEXT, entities=[BOLD, LINK], buttons=[])
    [entity] = stage.platform.sent[0].entities
    assert entity["url"] != SHOP
    assert "/l/" in entity["url"] or "/r/" in entity["url"] or entity["url"].startswith("http")
    with stage.acme.scope():
        assert BroadcastLink.objects.get(broadcast=broadcast).url == SHOP


def test_where_formats_cannot_be_shown_the_words_are_plain(stage):
    stage.send(text=TEXT, entities=[BOLD, LINK], tracks_links=False)
    assert stage.platform.sent[0].text == f"Customer, our shop ({SHOP})"
    assert stage.platform.sent[0].entities == []


def test_a_variable_in_an_address_is_each_customers_own(stage):
    shows(stage, "text_link")
    own = {**LINK, "url": "https://shop.example/?who={{name}}"}
    stage.send(text=TEXT, entities=[own])
    urls = {one.entities[0]["url"] for one in stage.platform.sent}
    assert urls == {
        f"https://shop.example/?who={contact.name.replace(' ', '%20')}" for contact in stage.people
    }
    missing = {**LINK, "url": "https://shop.example/?who={{phone}}"}
    broadcast = stage.send(text=TEXT, entities=[missing])
    assert set(stage.states(broadcast).values()) == {"missing_value:phone"}


def test_a_channels_own_words_and_a_versions_have_their_own_formats(stage):
    shows(stage, "bold", "italic")
    italic = {"type": "italic", "offset": 0, "length": 3}
    key = str(stage.channel.pk)
    stage.send(text="All", entities=[BOLD | {"length": 3}], texts={key: "Own"},
               texts_entities={key: [italic]})  # fmt: skip
    assert {(one.text, one.entities[0]["type"]) for one in stage.platform.sent} == {
        ("Own", "italic")
    }
    stage.platform.sent.clear()
    stage.send(text="All", variants=[
        {"key": "a", "text": "", "weight": 1},
        {"key": "b", "text": "Two", "entities": [italic], "weight": 99},
    ])  # fmt: skip
    told = {one.text: [entity["type"] for entity in one.entities] for one in stage.platform.sent}
    assert told["Two"] == ["italic"]
    assert told.get("All", []) == []


def test_a_text_that_changes_loses_its_formats(stage):
    broadcast = stage.prepare(text="Sale now", entities=[BOLD | {"length": 8}])
    with stage.acme.scope():
        changed = update_broadcast(broadcast, by=stage.acme.marta, text="Sale")
    assert changed.entities == []


def test_previews_and_tests_show_what_customers_will_see(stage):
    shows(stage, "bold")
    broadcast = stage.prepare(text=TEXT + " <b>", entities=[BOLD, LINK], tracks_links=False)
    with stage.acme.scope():
        contact = Contact.objects.get(pk=stage.people[0].pk)
        seen = preview(broadcast, stage.channel, contact)
        assert seen.html.startswith("<strong>Customer</strong>, our shop (")
        assert "&lt;b&gt;" in seen.html
        conversation = stage.channel.conversations.get(contact=contact)
        message = send_test(broadcast, conversation, by=stage.acme.marta)
        assert [one["type"] for one in message.entities] == ["bold"]
