"""A deal's changes in words: what it was, what it became, and, after a dot, who did it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from contacts import custom_fields
from core import money
from crm.models import DealChange, LeadRefusal

LABELS: Final = {
    "stage": gettext_lazy("Stage"),
    "pipeline": gettext_lazy("Pipeline"),
    "amount": gettext_lazy("Amount"),
    "cost": gettext_lazy("Cost of goods"),
    "currency": gettext_lazy("Currency"),
    "paid": pgettext_lazy("deal", "Paid"),
    "owner": gettext_lazy("Owner"),
    "team": gettext_lazy("Team"),
    "company": gettext_lazy("Company"),
    "title": pgettext_lazy("deal", "Title"),
    "source": gettext_lazy("Source"),
    "medium": gettext_lazy("Medium"),
    "campaign": gettext_lazy("Campaign"),
    "content": gettext_lazy("Content"),
    "term": gettext_lazy("Search term"),
    "expected_on": gettext_lazy("Expected"),
    "loss_reason": gettext_lazy("Reason"),
    "loss_comment": gettext_lazy("Comment on the reason"),
    "evidence": gettext_lazy("Evidence"),
    "contact": gettext_lazy("Customer"),
    "conversation": gettext_lazy("Conversation"),
    "refusal": gettext_lazy("Refusal of the lead"),
    "items": gettext_lazy("Goods"),
}
# They follow from the stage, which is told.
SILENT: Final = {"status", "closed_at"}
AMOUNTS: Final = {"amount", "cost", "paid"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history; `is_late`: the books of its period were closed already."""

    at: datetime
    words: str
    who: str
    is_late: bool


def lines(changes: Iterable[DealChange], currency: str) -> list[Line]:
    """The changes of a deal, in the order they are given; amounts in its currency."""
    return [
        Line(
            change.at,
            _sentence(change, currency),
            change.author_name or change.rule,
            change.is_late,
        )
        for change in changes
        if change.field not in SILENT
    ]


def label_of(name: str) -> str:
    """What a field of a deal is called, by the name that changes carry."""
    if name in LABELS:
        return str(LABELS[name])
    key = name.removeprefix("fields.")
    field = custom_fields.definition("deal", key)
    return field.label if field else key


def _sentence(change: DealChange, currency: str) -> str:
    if change.field == "accepted_at":
        return _("The lead is taken on")
    label = label_of(change.field)
    if change.field == "evidence":
        return str(label)
    if change.field == "stage":
        words = _("From “%(before)s” to “%(after)s”")
        return words % {"before": change.before_words, "after": change.after_words}
    before, after = change.before_words, change.after_words
    if change.field in AMOUNTS:
        before, after = _money(change.before, currency), _money(change.after, currency)
    elif change.field == "expected_on":
        before, after = _day(change.before), _day(change.after)
    elif change.field == "refusal":
        before, after = _state(change.before, before), _state(change.after, after)
    elif change.field.startswith("fields."):
        before, after = _own(change, change.before), _own(change, change.after)
    if not before:
        return f"{label}: {after}"
    return f"{label}: {before} → {after or '—'}"


def _state(value: Any, words: str) -> str:
    """In the language of whoever reads, not of whoever decided; what they said of it stays."""
    if value not in LeadRefusal.State.values:
        return words
    _said, colon, note = words.partition(": ")
    return f"{LeadRefusal.State(value).label}{colon}{note}"


def _day(value: Any) -> str:
    return formats.date_format(date.fromisoformat(value), "j E Y") if value else ""


def _own(change: DealChange, value: Any) -> str:
    """As the field reads now: its kind may have been another then."""
    field = custom_fields.definition("deal", change.field.removeprefix("fields."))
    if field is None:
        return "" if value is None else str(value)
    try:
        return custom_fields.words(field, value)
    except (ArithmeticError, ValueError):
        return str(value)


def _money(value: Any, currency: str) -> str:
    return money.words(Decimal(value), currency) if value is not None else ""
