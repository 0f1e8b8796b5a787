"""What a row behind a number is, in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.models import Kind

_WORDS: Final[dict[str, str | Promise]] = {
    Kind.INQUIRY: _("Inquiry"),
    Kind.TAKEN: pgettext_lazy("metric", "Taken on"),
    Kind.FIRST_REPLY: _("First reply"),
    Kind.REPLY: _("Reply"),
    Kind.RESOLUTION: _("Resolved"),
    Kind.MESSAGE_IN: _("Message received"),
    Kind.MESSAGE_OUT: _("Message sent"),
    Kind.RATING_ASKED: _("Asked for a rating"),
    Kind.RATED: pgettext_lazy("fact", "Rating"),
    Kind.LEAD: _("Lead"),
    Kind.ACCEPTED: _("Accepted lead"),
    Kind.JUDGED: _("Judged for the first time"),
    Kind.ANSWERED: _("Refusal answered"),
    Kind.SETTLED: _("Verdict"),
    Kind.STAGE: _("Entered the stage"),
    Kind.WON: _("Deal won"),
    Kind.LOST: _("Deal lost"),
    Kind.REJECTED: _("Not a lead"),
    Kind.REOPENED: _("Deal reopened"),
    Kind.PAYMENT: _("Payment"),
    Kind.REFUND: _("Refund"),
    Kind.NEW_CUSTOMER: _("New customer"),
    "open": _("Open deal"),
    "waiting": _("Waits for a reply"),
    "recipient": _("Recipient"),
    "spend": _("Spend of the day"),
}


def kind_words(kind: str) -> str:
    """What a kind of rows is called."""
    return str(_WORDS[kind])
