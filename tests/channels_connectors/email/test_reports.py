"""What other servers tell of letters that we sent."""

import pytest

from channels_connectors.email import errors
from channels_connectors.types import InboundMessage, InboundNotice, InboundStatus

OURS = "<0198f1c0-7c1b-7f0a-9a55-0f9f3c1d2b7a.tandem@example.org>"


@pytest.mark.parametrize(
    ("name", "error_class", "words"),
    [
        ("bounce_no_mailbox", "recipient_gone", errors.NO_RECIPIENT),
        ("bounce_full", "bad_content", errors.MAILBOX_FULL),
        ("bounce_spam", "bad_content", errors.NOT_DELIVERED),
        ("bounce_expired", "transient", errors.NOT_DELIVERED),
    ],
)
def test_a_bounce_fails_the_letter_that_it_is_about(letter, name, error_class, words):
    found = letter(name)
    assert isinstance(found, InboundStatus)
    assert (found.external_id, found.status) == (OURS, "failed")
    assert (found.error_class, found.error) == (error_class, str(words))


def test_a_delay_is_no_failure(letter):
    found = letter("bounce_delayed")
    assert isinstance(found, InboundNotice)
    assert found.data["message"] == OURS


def test_delivery_and_reading_are_told(letter):
    delivered, read = letter("report_delivered"), letter("read_receipt")
    assert (delivered.external_id, delivered.status) == (OURS, "delivered")
    assert (read.external_id, read.status) == (OURS, "read")


def test_a_bounce_of_nothing_known_is_shown(letter):
    assert isinstance(letter("bounce_of_nothing"), InboundMessage)
