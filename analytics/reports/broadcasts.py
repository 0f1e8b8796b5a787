"""Broadcasts that were launched in the period, and what became of them."""

from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from analytics.reports.drilldown import Behind, Opens
from analytics.reports.question import Question
from analytics.rollups import state
from marketing.models import Broadcast, BroadcastRecipient, SeriesStep
from marketing.totals import EMPTY, totals_of

# What has come further has been there.
_STATES: Final[dict[str, Q]] = {
    "broadcast_sent": Q(state__in=["sent", "delivered", "read"]),
    "broadcast_delivered": Q(state__in=["delivered", "read"]),
    "broadcast_read": Q(state="read"),
    "broadcast_clicked": Q(clicked_at__isnull=False),
    "broadcast_answered": Q(answered_at__isnull=False),
    "broadcast_failed": Q(state="failed"),
    "broadcast_skipped": Q(state="skipped"),
    "broadcast_unsubscribed": Q(unsubscribed_at__isnull=False),
}
_SHARES: Final = {
    "broadcast_read_share": ("read", "sent"),
    "broadcast_answered_share": ("answered", "sent"),
}


def broadcasts(question: Question) -> dict[str, Any]:
    """A row for each, the newest first."""
    found = list(_launched(question).order_by("-launched_at", "-id"))
    counts = totals_of([one.pk for one in found])
    steps = dict(
        SeriesStep.objects.filter(broadcast__in=found).values_list("broadcast_id", "position")
    )
    whole = dict(EMPTY)
    for one in counts.values():
        for name, count in one.items():
            whole[name] = whole.get(name, 0) + count
    rows = [
        {
            "broadcast": str(one.pk),
            "label": _named(one, steps.get(one.pk)),
            "status": one.status,
            "launched_at": one.launched_at.isoformat().replace("+00:00", "Z"),
            **_values(counts[one.pk]),
        }
        for one in found
    ]
    return {"rows": rows, "total": _values(whole)}


def _named(one: Broadcast, step: int | None) -> str:
    """A step of a series goes by the series' name: its number tells it from the others."""
    if step is None:
        return str(one.name)
    return _("%(name)s, step %(number)d") % {"name": one.name, "number": step + 1}


def _values(counts: dict[str, int]) -> dict[str, Any]:
    found: dict[str, Any] = {key: counts[key.removeprefix("broadcast_")] for key in _STATES}
    for key, (part, of) in _SHARES.items():
        found[key] = round(counts[part] / counts[of], 6) if counts[of] else None
    return found


def _launched(question: Question) -> Any:
    start, end = state.bounds(question.first, question.last)
    return Broadcast.objects.filter(launched_at__gte=start, launched_at__lt=end)


def _recipients(key: str) -> Opens:
    def behind(question: Question, cell: dict[str, Any]) -> Behind:
        found = BroadcastRecipient.objects.filter(
            _STATES[key], broadcast__in=_launched(question).values("pk")
        )
        if cell.get("broadcast"):
            found = found.filter(broadcast=_id(cell["broadcast"]))
        return Behind(found.select_related("contact", "broadcast"), ("-created_at", "-id"))

    return behind


def _id(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise ValidationError({"cell": _("An id is needed.")}) from None


OPENS: Final[dict[str, Opens]] = {key: _recipients(key) for key in _STATES}
