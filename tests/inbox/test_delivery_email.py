"""Troubles between us and a mail server, over real SMTP: what becomes of the letter, when it is
tried again, what the agent reads, and by the customer's mailbox that nothing is sent twice."""

import pytest
from django.utils import timezone

from channels_connectors.email import errors
from channels_connectors.errors import ConnectorError
from contacts.models import ContactIdentity
from core.redis import client
from tests.cast import make_channel, make_conversation
from tests.inbox.delivering import Desk
from tests.sandbox_email import MARIA

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def make_desk(acme, mailbox):
    """`make_desk(person)`: an agent's desk with somebody who has written to the mailbox."""
    with acme.scope():
        channel = make_channel("email", credentials=mailbox.credentials)

    def make(person=MARIA):
        with acme.scope():
            return Desk(acme, channel, make_conversation(channel, chat=person), mailbox)

    return make


def said(words):
    return ConnectorError("transient", words).msgid


def refusal(kind, code, text):
    return {"kind": kind, "code": code, "text": text}


FAULTS = [
    # fault, status, seconds until the next try at most, words, letters then, letters after
    (refusal("smtp_rcpt", 450, "4.2.0 Greylisted"), "queued", 2, errors.GREYLISTED, 0, 1),
    (refusal("smtp_rcpt", 450, "4.2.1 Rate limit"), "queued", 300, errors.QUOTA, 0, 1),
    (refusal("smtp_mail", 421, "4.3.2 Closing"), "queued", 2, errors.UNAVAILABLE, 0, 1),
    (refusal("smtp_data", 451, "4.3.0 Later"), "queued", 2, errors.GREYLISTED, 0, 1),
    (refusal("smtp_rcpt", 550, "5.1.1 No such"), "failed", None, errors.NO_RECIPIENT, 0, 0),
    (refusal("smtp_rcpt", 552, "5.2.2 Full"), "failed", None, errors.MAILBOX_FULL, 0, 0),
    (refusal("smtp_data", 552, "Too big"), "failed", None, errors.TOO_LARGE, 0, 0),
    (refusal("smtp_data", 554, "Spam"), "failed", None, errors.POLICY, 0, 0),
    ({"kind": "drop_before_data"}, "queued", 2, errors.UNAVAILABLE, 0, 1),
    ({"kind": "drop_after_data"}, "unknown", None, errors.MAYBE_SENT, 1, 1),
]


def test_each_trouble_has_its_own_end(make_desk, mailbox):
    for place, (fault, status, wait, words, then, after) in enumerate(FAULTS):
        client().flushdb()
        person = f"person{place}@example.com"
        desk = make_desk(person)
        mailbox.fault(**fault)
        message = desk.send("49 900")
        desk.deliver()
        stored = desk.fresh(message)
        assert (stored.status, stored.error) == (status, said(words)), fault
        if wait is None:
            assert stored.next_attempt_at is None, fault
        else:
            left = (stored.next_attempt_at - timezone.now()).total_seconds()
            assert wait / 2 - 30 < left <= wait + 1, fault
        assert len(mailbox.received(person)) == then, fault

        # All is well again, and nothing comes twice.
        for _ in range(2):
            client().flushdb()
            desk.make_due()
            desk.deliver()
        assert len(mailbox.received(person)) == after, fault


def test_a_refused_password_holds_all_letters_until_it_is_put_right(make_desk, mailbox):
    desk = make_desk()
    mailbox.fault("smtp_auth", count=None)
    first, second = desk.send("Раз"), desk.send("Два")
    for _ in range(2):
        desk.deliver()
    channel = desk.fresh(desk.channel)
    assert (channel.status, desk.fresh(first).status) == ("broken", "queued")
    assert desk.fresh(second).status == "queued"
    assert mailbox.received() == []

    mailbox.control("faults", verb="DELETE")
    with desk.acme.scope():
        type(channel).objects.filter(pk=channel.pk).update(status="active")
    for _ in range(2):
        desk.make_due()
        client().flushdb()  # the waiting times of the chat and the channel
        desk.deliver()
    assert [letter["text"].strip() for letter in mailbox.received()] == ["Раз", "Два"]


def test_an_address_that_is_gone_is_marked_out_of_reach(make_desk, mailbox):
    desk = make_desk()
    mailbox.fault("smtp_rcpt", code=550, text="5.1.1 No such user")
    desk.send()
    desk.deliver()
    with desk.acme.scope():
        assert not ContactIdentity.objects.get(external_id=MARIA).is_reachable
