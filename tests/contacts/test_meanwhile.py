"""Two people correct one contact: a form writes what was edited, and says where both wrote."""

import html
import re

import pytest

from contacts.actions import update_contact
from contacts.defining import create_field
from contacts.models import Contact
from events.journal import SYSTEM
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def maria(acme):
    with acme.scope():
        create_field(entity="contact", label="City", kind="text", by=SYSTEM)
        create_field(entity="contact", label="VIP", kind="boolean", by=SYSTEM)
        return Contact.objects.create(name="Maria", phone="+79210000001", fields={"city": "Oslo"})


@pytest.fixture
def form(acme, maria, log_in):
    """The form as Boris opened it: `form(name="Mary")` sends it with these of its values."""
    boris, url = log_in(acme.boris), f"{acme.url}/contacts/{maria.pk}/about/"
    values = {
        "name": "Maria", "phones": "+79210000001", "emails": "", "company": "", "owner": "",
        "language": "", "note": "", "own_city": "Oslo",
        "seen": seen_in(boris.get(f"{url}?edit=1").text),
    }  # fmt: skip

    def send(**changed):
        values.update(changed)
        return boris.post(url, values)

    return send


def seen_in(page):
    return html.unescape(re.search(r'name="seen" value="([^"]*)"', page)[1])


def found(acme, maria):
    with acme.scope():
        return Contact.objects.get(pk=maria.pk)


def test_what_was_not_edited_is_not_written(acme, maria, form):
    with acme.scope():
        update_contact(
            contact=maria, by=acme.anna, phones=["+79210000009"], field_values={"city": "Riga"},
            owner_id=acme.vera.pk,
        )  # fmt: skip
    assert form(name="Mary", note="Calls\r\nin the evening").status_code == 303
    now = found(acme, maria)
    assert (now.name, now.note) == ("Mary", "Calls\nin the evening")
    assert (now.phone, now.fields) == ("+79210000009", {"city": "Riga"})
    assert now.owner_id == acme.vera.pk


def test_where_both_wrote_the_second_reads_the_first_and_keeps_their_text(acme, maria, form):
    with acme.scope():
        update_contact(contact=maria, by=acme.anna, name="Marie", field_values={"city": "Riga"})
    refused = form(name="Mary", own_city="Bergen")
    assert refused.status_code == 422
    for words in ("“Marie”. Save again", "“Riga”. Save again", 'value="Mary"', 'value="Bergen"'):
        assert words in refused.text
    assert found(acme, maria).name == "Marie"
    assert form(seen=seen_in(refused.text)).status_code == 303
    assert found(acme, maria).name == "Mary"
    assert found(acme, maria).fields["city"] == "Bergen"


def test_a_field_that_was_emptied_meanwhile_is_told(acme, maria, form):
    with acme.scope():
        update_contact(contact=maria, by=acme.anna, name="")
    assert "Somebody has emptied this field" in form(name="Mary").text


@pytest.mark.parametrize("seen", ["", "{", "[]", "null", '{"name": {}}', "\0", "9" * 200_000])
def test_what_a_hostile_form_says_it_has_seen_is_no_error(form, seen):
    assert form(name="Mary", seen=seen).status_code in {303, 422}


def test_the_card_beside_a_chat_does_the_same(acme, log_in):
    with acme.scope():
        talk = make_conversation(make_channel(), name="Maria", assignee=acme.boris)
    boris, url = log_in(acme.boris), f"{acme.url}/inbox/{talk.id}/card/"
    page = boris.get(f"{url}?edit=1", headers={"Turbo-Frame": "card"}).text
    sent = {"name": "Maria", "phone": "", "email": "", "note": "Loud", "seen": seen_in(page)}
    with acme.scope():
        update_contact(
            contact=talk.contact, by=acme.anna, phone="+79210000001", note="Calm", email="m@x.org"
        )
    refused = boris.post(url, sent, headers={"Turbo-Frame": "card"})
    assert refused.status_code == 422
    assert "“Calm”. Save again" in refused.text
    assert boris.post(url, {**sent, "seen": seen_in(refused.text)}).status_code == 303
    now = found(acme, talk.contact)
    assert (now.note, now.phone, now.email) == ("Loud", "+79210000001", "m@x.org")
