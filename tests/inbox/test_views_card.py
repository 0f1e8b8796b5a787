"""The customer's card."""

import pytest
from django.utils import timezone

from contacts.models import Consent, Contact, Touch
from events import types
from events.models import Event
from tests.cast import make_channel, make_conversation, make_user
from workspaces.actions import add_member

pytestmark = pytest.mark.django_db

FRAME = {"Turbo-Frame": "card"}


@pytest.fixture
def talk(acme):
    with acme.scope():
        return make_conversation(make_channel(), name="Maria")


def card_url(acme, talk):
    return f"{acme.url}/inbox/{talk.id}/card/"


def test_shows_the_customer_and_a_form_on_demand(acme, talk, log_in):
    client = log_in(acme.boris)
    page = client.get(card_url(acme, talk), headers=FRAME).content.decode()
    assert "Maria" in page
    assert 'name="phone"' not in page
    form = client.get(card_url(acme, talk) + "?edit=1", headers=FRAME).content.decode()
    assert 'name="phone"' in form


@pytest.mark.parametrize(
    ("code", "words"), [("ru", "Russian"), ("en_US", "English (United States)"), ("q1", "q1")]
)
def test_names_the_language_of_the_customer(acme, talk, log_in, code, words):
    with acme.scope():
        Contact.objects.update(language=code)
    answer = log_in(acme.boris).get(card_url(acme, talk), headers=FRAME)
    assert f"<dd>{words}</dd>" in answer.content.decode()


def test_corrects_the_customer_and_tells_the_journal(acme, talk, log_in):
    values = {"name": "Maria Stuart", "phone": "8 921 384-20-16", "email": "", "note": ""}
    answer = log_in(acme.boris).post(card_url(acme, talk), values, headers=FRAME)
    assert answer.status_code == 303
    with acme.scope():
        contact = Contact.objects.get()
        assert (contact.name, contact.phone) == ("Maria Stuart", "+79213842016")
        changes = Event.objects.get(action=types.CONTACT_UPDATED).data["changes"]
        assert changes["name"] == {"before": "Maria", "after": "Maria Stuart"}


def test_a_wrong_address_comes_back_with_words(acme, talk, log_in):
    values = {"name": "Maria", "phone": "", "email": "not an address", "note": ""}
    answer = log_in(acme.boris).post(card_url(acme, talk), values, headers=FRAME)
    assert answer.status_code == 422
    assert "Enter a valid email address." in answer.content.decode()
    assert "not an address" in answer.content.decode()


def test_labels_come_and_go(acme, talk, log_in):
    client = log_in(acme.boris)
    url = f"{acme.url}/inbox/{talk.id}/labels/"
    for name in ("sofa", " sofa ", "returning"):
        assert client.post(url, {"label": name}).status_code == 303
    with acme.scope():
        assert sorted(talk.contact.labels.values_list("name", flat=True)) == ["returning", "sofa"]
    assert client.post(f"{url}removal/", {"label": "sofa"}).status_code == 303
    assert client.post(url, {"label": ""}).status_code == 303
    with acme.scope():
        assert list(talk.contact.labels.values_list("name", flat=True)) == ["returning"]


@pytest.mark.parametrize("path", ["card/", "labels/", "labels/removal/"])
def test_strangers_and_readers_change_nothing(acme, rival, talk, log_in, path):
    url = f"{acme.url}/inbox/{talk.id}/{path}"
    values = {"name": "X", "label": "x"}
    with acme.scope():
        type(acme.marta).objects.filter(pk=acme.marta.pk).update(role="quality")
    assert log_in(rival.rita).post(url, values).status_code == 404
    assert log_in(acme.marta).post(url, values).status_code == 403
    assert (
        "Edit" not in log_in(acme.marta).get(card_url(acme, talk), headers=FRAME).content.decode()
    )


def test_the_card_names_other_conversations_the_viewer_may_see(acme, talk, log_in):
    with acme.scope():
        for team, text in ((acme.sales, "seen"), (acme.support, "kept away")):
            other = make_conversation(make_channel("livechat"), team=team, last_message_text=text)
            type(other).objects.filter(pk=other.pk).update(contact=talk.contact)
    page = log_in(acme.boris).get(card_url(acme, talk), headers=FRAME).content.decode()
    assert "seen" in page
    assert "kept away" not in page


def test_an_agent_notes_what_the_customer_said_of_broadcasts(acme, talk, log_in):
    client, url = log_in(acme.boris), f"{acme.url}/inbox/{talk.id}/consent/"
    page = client.get(card_url(acme, talk), headers=FRAME).content.decode()
    assert "Not asked" in page
    assert client.post(url, {"granted": "yes"}, headers=FRAME).status_code == 303
    with acme.scope():
        consent = Consent.objects.get()
        assert (consent.is_granted, consent.origin, consent.channel) == (True, "agent", None)
        event = Event.objects.get(action=types.CONTACT_CONSENT_CHANGED)
        assert (event.actor_id, event.data["granted"]) == (acme.boris.id, True)
    assert "Agreed on" in client.get(card_url(acme, talk), headers=FRAME).content.decode()
    client.post(url, {"granted": "no"}, headers=FRAME)
    assert "Refused on" in client.get(card_url(acme, talk), headers=FRAME).content.decode()
    assert client.post(url, {"granted": "perhaps"}, headers=FRAME).status_code == 422


def test_a_refusal_on_one_channel_is_shown_with_it(acme, talk, log_in):
    with acme.scope():
        Consent.objects.create(
            contact=talk.contact, channel=talk.channel, purpose="marketing", is_granted=False,
            origin="platform", at=timezone.now(),
        )  # fmt: skip
    page = log_in(acme.boris).get(card_url(acme, talk), headers=FRAME).content.decode()
    assert "Refused on" in page
    assert f"· {talk.channel.name}" in page


def test_who_may_not_write_contacts_notes_no_consent(acme, rival, talk, log_in):
    with acme.scope():
        quality = add_member(user=make_user("Quentin"), role="quality")
    url = f"{acme.url}/inbox/{talk.id}/consent/"
    client = log_in(quality)
    assert client.post(url, {"granted": "yes"}).status_code == 403
    assert "consent_menu" not in client.get(card_url(acme, talk), headers=FRAME).content.decode()
    assert log_in(rival.rita).post(url, {"granted": "yes"}).status_code == 404


def test_the_card_tells_how_the_customer_came(acme, talk, log_in):
    page = log_in(acme.boris).get(card_url(acme, talk), headers=FRAME).content.decode()
    assert "How they came" not in page
    with acme.scope():
        for values in [
            {"kind": "deep_link", "source": "telegram", "content": "spring"},
            {"kind": "ad", "source": "yandex", "campaign": "<b>sofas</b>"},
            {"kind": "visit"},
        ]:
            Touch.objects.create(contact=talk.contact, at=timezone.now(), **values)
    page = log_in(acme.boris).get(card_url(acme, talk), headers=FRAME).content.decode()
    for words in ["Telegram · spring", "yandex · &lt;b&gt;sofas", "Direct visit to the website"]:
        assert words in page
