"""What refers to one row is made to refer to another, and doubles give way."""

import pytest
from django.utils import timezone

from contacts.models import Consent, Contact, ContactIdentity, ContactLabel, Label
from inbox.models import Conversation, Message, MessageChange
from inbox.sorter.loop import connect
from tests.cast import make_channel, make_conversation, make_message
from workspaces.repointing import references, repoint

pytestmark = pytest.mark.django_db(transaction=True)


def move(acme, model, absorbed, kept):
    with connect() as connection, connection.transaction():
        connection.execute(
            "select set_config('app.workspace_id', %s, true)", (str(acme.workspace.id),)
        )
        repoint(connection, model, acme.workspace.id, absorbed=absorbed.pk, kept=kept.pk)


def test_references_are_found_in_packages_further_up():
    found = {(field.model, field.name) for field in references(Contact)}
    assert {
        (ContactIdentity, "contact"),
        (ContactLabel, "contact"),
        (Conversation, "contact"),
    } <= found
    assert (MessageChange, "message") in {(f.model, f.name) for f in references(Message)}


def test_all_that_refers_to_a_row_moves_over(acme):
    with acme.scope():
        channel = make_channel()
        absorbed, kept = make_conversation(channel), make_conversation(channel)
        messages = [make_message(absorbed), make_message(kept)]
    move(acme, Conversation, absorbed, kept)
    with acme.scope():
        assert {m.conversation_id for m in Message.objects.all()} == {kept.pk}
        assert Message.objects.count() == len(messages)


def test_a_double_gives_way_to_what_is_there(acme):
    with acme.scope():
        absorbed, kept = Contact.objects.create(name="A"), Contact.objects.create(name="B")
        sofa, chair = Label.objects.create(name="sofa"), Label.objects.create(name="chair")
        ContactLabel.objects.create(contact=absorbed, label=chair)
        ContactLabel.objects.create(contact=absorbed, label=sofa)
        there = ContactLabel.objects.create(contact=kept, label=sofa)
    move(acme, Contact, absorbed, kept)
    with acme.scope():
        assert {link.label for link in ContactLabel.objects.filter(contact=kept)} == {sofa, chair}
        assert ContactLabel.objects.get(label=sofa) == there
        assert ContactLabel.objects.count() == 2


def test_a_rule_with_a_condition_makes_doubles_only_where_it_holds(acme):
    with acme.scope():
        absorbed, kept = Contact.objects.create(name="A"), Contact.objects.create(name="B")
        one, other = make_channel(), make_channel()
        for contact, channels in [(absorbed, [None, one]), (kept, [None, other])]:
            for channel in channels:
                Consent.objects.create(
                    contact=contact, channel=channel, purpose="marketing", is_granted=True,
                    origin="agent", at=timezone.now(), detail=contact.name,
                )  # fmt: skip
    move(acme, Contact, absorbed, kept)
    with acme.scope():
        found = set(Consent.objects.filter(contact=kept).values_list("channel_id", "detail"))
        assert found == {(None, "B"), (one.pk, "A"), (other.pk, "B")}
        assert Consent.objects.count() == 3


def test_rows_of_other_workspaces_are_out_of_reach(acme, rival):
    with rival.scope():
        theirs = make_conversation(make_channel())
        message = make_message(theirs)
    with acme.scope():
        ours = make_conversation(make_channel())
    move(acme, Conversation, theirs, ours)
    with rival.scope():
        message.refresh_from_db()
        assert message.conversation_id == theirs.pk
