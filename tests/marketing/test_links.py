"""Links of ours: counted for each recipient, leading where the author wanted and nowhere else."""

import re

import pytest
from django.conf import settings
from django.test import Client

from contacts.models import Consent, Contact, Touch
from marketing import links
from marketing.models import BroadcastClick, BroadcastLink
from tests.cast import make_channel

PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"}


@pytest.fixture
def sent(stage):
    """A broadcast with a link, and the path of the first recipient's own."""
    broadcast = stage.send(name="Sale", text="Look: https://shop.example/sale?a=1.")
    text = stage.platform.sent[0].text
    found = re.fullmatch(rf"Look: {re.escape(settings.PUBLIC_URL)}(/r/[\w-]+)\.", text)
    assert found, text
    return broadcast, found[1]


def test_a_click_leads_on_and_is_counted_for_its_recipient(stage, sent):
    broadcast, path = sent
    for _ in range(2):
        answer = Client(headers=PHONE).get(path)
        assert (answer.status_code, answer["Location"]) == (302, "https://shop.example/sale?a=1")
    assert stage.totals(broadcast)["clicked"] == 1
    with stage.acme.scope():
        assert BroadcastClick.objects.get().count == 2
        touch = Touch.objects.get()
    assert (touch.kind, touch.medium, touch.campaign) == ("deep_link", "broadcast", "Sale")
    assert len(stage.events("touch.recorded")) == 1


def test_machines_that_look_before_people_are_not_counted(stage, sent):
    broadcast, path = sent
    assert Client(headers=PHONE).head(path).status_code == 302
    assert Client(headers={"User-Agent": "TelegramBot (like TwitterBot)"}).get(path)
    assert "clicked" not in stage.totals(broadcast)


def test_a_token_that_is_not_ours_leads_nowhere(stage, sent):
    _, path = sent
    token = path.removeprefix("/r/")
    [recipient, *_] = stage.recipients(sent[0])
    forged = [
        "", "x", "A" * 32, token[:-1] + ("A" if token[-1] != "A" else "B"),
        token[:-4], links.token_of(recipient.pk, 9), links.token_of(recipient.pk, 0),
        "https://evil.example", "ё" * 32,
    ]  # fmt: skip
    for one in forged:
        assert Client(headers=PHONE).get(f"/r/{one}").status_code == 404


def test_only_web_addresses_are_stored_and_led_to(stage, sent):
    _, path = sent
    with stage.acme.scope():
        BroadcastLink.objects.update(url="javascript:alert(1)")
    assert Client(headers=PHONE).get(path).status_code == 404
    assert links.urls_in("javascript:x ftp://a.b http:// https://a.b/c, (https://d.e)") == [
        "https://a.b/c",
        "https://d.e",
    ]


def test_links_stay_as_they_are_where_nobody_counts(stage):
    stage.send(text="https://shop.example", tracks_links=False)
    assert stage.platform.texts == ["https://shop.example"] * 3


@pytest.fixture
def letter(stage, monkeypatch):
    """The path by which a recipient of a letter gets no more."""
    with stage.acme.scope():
        channel = make_channel("email")
        contact = Contact.objects.create(name="Lena", email="lena@example.com")
    broadcast = stage.launch(channels=[str(channel.pk)], subject="Sale")
    with stage.acme.scope():
        from marketing.engine.freezing import freeze_chunk

        freeze_chunk(broadcast.pk)
    [recipient] = stage.recipients(broadcast, contact=contact)
    return contact, links.address(recipient.pk, 0).removeprefix(settings.PUBLIC_URL)


def test_opening_the_address_asks_and_the_button_unsubscribes(stage, letter):
    contact, path = letter
    answer = Client().get(path)
    assert answer.status_code == 200
    assert "Acme" in answer.content.decode()
    with stage.acme.scope():
        assert not Consent.objects.exists()
    # As a mail program does it: no page and no cookie before.
    client = Client(enforce_csrf_checks=True)
    for _ in range(2):
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    with stage.acme.scope():
        consent = Consent.objects.get()
    assert (consent.contact_id, consent.is_granted, consent.origin) == (
        contact.pk,
        False,
        "customer",
    )
    assert len(stage.events("contact.consent_changed")) == 1


def test_a_link_is_no_button_to_unsubscribe(stage, letter):
    _, path = letter
    assert Client().post(path.replace("/stop", "")).status_code == 405
    token = path.removeprefix("/r/").removesuffix("/stop")
    assert Client().post(f"/r/{'A' * len(token)}/stop").status_code == 404
