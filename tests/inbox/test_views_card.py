"""The customer's card."""

import pytest

from contacts.models import Contact
from events import types
from events.models import Event
from tests.cast import make_channel, make_conversation

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
