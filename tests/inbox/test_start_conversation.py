"""Writing to a customer who has not written."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from contacts.models import Contact, ContactIdentity
from events.models import Event
from inbox.actions import start_conversation
from inbox.models import Conversation
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_phone(acme, platform):
    """A channel that goes by phone numbers and templates."""
    platform(templates=True, window_hours=24)
    with acme.scope():
        return make_channel("platform")


def start(acme, channel, to, *, by=None, name=""):
    with acme.scope():
        return start_conversation(channel, to, by=by or acme.boris, name=name)


def refused(acme, channel, to, by=None):
    with pytest.raises(ValidationError) as caught:
        start(acme, channel, to, by=by)
    return caught.value


def test_a_number_becomes_a_conversation_of_who_starts_it(acme, by_phone):
    started = start(acme, by_phone, "8 921 384-20-16", name=" Maria ")
    with acme.scope():
        found = Conversation.objects.select_related("contact", "identity").get()
        assert (started.is_new, started.knows_contact) == (True, False)
        assert (found.assignee, found.status) == (acme.boris, "accepted")
        assert found.identity.external_id == "79213842016"
        assert (found.contact.name, found.contact.phone) == ("Maria", "+79213842016")
        actions = Event.objects.order_by("seq").values_list("action", flat=True)
        assert [a for a in actions if a.startswith("con")] == [
            "contact.created", "conversation.created", "conversation.accepted",
        ]  # fmt: skip


def test_the_same_address_again_is_the_same_conversation(acme, by_phone):
    first = start(acme, by_phone, "+7 921 384-20-16")
    again = start(acme, by_phone, "79213842016")
    assert (again.is_new, again.conversation.pk) == (False, first.conversation.pk)


def test_another_name_of_the_address_leads_to_the_same_conversation(acme, by_phone):
    with acme.scope():
        known = make_conversation(by_phone, chat="RU.123")
        ContactIdentity.objects.update(aliases=["79213842016"])
    assert start(acme, by_phone, "+79213842016").conversation.pk == known.pk


def test_a_customer_who_is_known_by_the_number_stays_one_person(acme, by_phone):
    with acme.scope():
        maria = Contact.objects.create(name="Maria", phone="+79213842016")
    started = start(acme, by_phone, "89213842016", name="M.")
    assert (started.knows_contact, started.conversation.contact_id) == (True, maria.pk)


def test_two_customers_with_one_number_are_not_guessed_between(acme, by_phone):
    with acme.scope():
        for name in ("Maria", "Olga"):
            Contact.objects.create(name=name, phone="+79213842016")
    assert not start(acme, by_phone, "89213842016").knows_contact


def test_a_mail_address_is_checked_and_kept_in_lower_case(acme, platform):
    platform(can_write_first=True)
    with acme.scope():
        channel = make_channel("platform")
    assert refused(acme, channel, "maria@").messages
    conversation = start(acme, channel, "Maria@Example.com").conversation
    with acme.scope():
        assert Conversation.objects.get(pk=conversation.pk).identity.external_id == (
            "maria@example.com"
        )
        assert conversation.contact.email == "maria@example.com"


def test_a_platforms_id_is_taken_as_it_is(acme, platform):
    platform(can_write_first=True)
    with acme.scope():
        channel = make_channel("platform")
    assert start(acme, channel, "630000001").conversation.identity.external_id == "630000001"


@pytest.mark.parametrize("to", ["", "  ", "hello", "+1", "9" * 201])
def test_what_is_no_number_is_refused(acme, by_phone, to):
    assert refused(acme, by_phone, to).code == "address"


def test_where_customers_write_first_nobody_else_does(acme, platform):
    platform()
    with acme.scope():
        channel = make_channel("platform")
    assert refused(acme, channel, "7").code == "cannot_write_first"


def test_a_disconnected_channel_starts_nothing(acme, by_phone):
    with acme.scope():
        by_phone.change_status("disconnected")
    assert refused(acme, by_phone, "+79213842016").code == "disconnected"


def test_what_colleagues_have_out_of_sight_is_not_shown(acme, by_phone):
    with acme.scope():
        make_conversation(by_phone, chat="79213842016", team=acme.support, assignee=acme.vera)
    assert refused(acme, by_phone, "+79213842016", by=acme.boris).code == "taken"


def test_who_only_reads_starts_nothing(acme, by_phone):
    with pytest.raises(PermissionDenied):
        start(acme, by_phone, "+79213842016", by=acme.marta)
