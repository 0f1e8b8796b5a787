"""Agreement to letters, noted by people and programs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.actions import set_consent
from contacts.models import Consent, Contact
from events import types
from events.models import Event
from tests.cast import make_channel

pytestmark = pytest.mark.django_db


@pytest.fixture
def maria(acme):
    with acme.scope():
        return Contact.objects.create(name="Maria")


def told():
    return [
        event.data["granted"]
        for event in Event.objects.filter(action=types.CONTACT_CONSENT_CHANGED).order_by("seq")
    ]


def test_the_later_word_counts_and_the_same_word_is_no_news(acme, maria):
    now = timezone.now()
    for granted, days in [(True, 0), (True, 2), (False, 1)]:
        with acme.scope():
            set_consent(
                contact=maria,
                granted=granted,
                origin="agent",
                by=acme.boris,
                at=now + timedelta(days=days),
            )
    with acme.scope():
        consent = Consent.objects.get()
        assert (consent.is_granted, consent.at) == (True, now + timedelta(days=2))
        assert told() == [True]
        set_consent(
            contact=maria, granted=False, origin="agent", by=acme.boris, at=now + timedelta(days=3)
        )
    with acme.scope():
        assert told() == [True, False]
        assert not Consent.objects.get().is_granted


def test_a_word_for_one_channel_and_one_for_all_stand_side_by_side(acme, maria):
    with acme.scope():
        channel = make_channel()
        set_consent(contact=maria, granted=True, origin="agent", by=acme.boris)
        set_consent(
            contact=maria, granted=False, origin="platform", by=acme.boris, channel_id=channel.id
        )
    with acme.scope():
        kept = set(Consent.objects.values_list("channel_id", "is_granted"))
        assert kept == {(None, True), (channel.id, False)}
