"""Broadcasts that were launched in the period, and what became of them."""

from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from analytics.reports.drilldown import Behind, Opens
from analytics.reports.question import Question
from analytics.rollups import state
from marketing.models import Broadcast, BroadcastRecipient, SeriesStep
from marketing.reporting.figures import condition
from marketing.totals import Tally, tallies_of

_FIGURES: Final = {
    f"broadcast_{name}": name
    for name in (
        *("sent", "delivered", "read", "clicked", "answered", "failed", "skipped"),
        "unsubscribed",
    )
}
# Of those to whom it was sent, where the platform tells.
_SHARES: Final = {"broadcast_read_share": "read", "broadcast_answered_share": "answered"}


def broadcasts(question: Question) -> dict[str, Any]:
    """A row for each, the newest first."""
    found = list(_launched(question).order_by("-launched_at", "-id"))
    tallies = tallies_of([one.pk for one in found])
    steps = dict(
        SeriesStep.objects.filter(broadcast__in=found).values_list("broadcast_id", "position")
    )
    whole = Tally()
    for tally in tallies.values():
        whole += tally
    rows = [
        {
            "broadcast": str(one.pk),
            "label": _named(one, steps.get(one.pk)),
            "status": one.status,
            "launched_at": one.launched_at.isoformat().replace("+00:00", "Z"),
            **_values(tallies[one.pk]),
        }
        for one in found
    ]
    return {"rows": rows, "total": _values(whole)}


def _named(one: Broadcast, step: int | None) -> str:
    """A step of a series goes by the series' name: its number tells it from the others."""
    if step is None:
        return str(one.name)
    return _("%(name)s, step %(number)d") % {"name": one.name, "number": step + 1}


def _values(tally: Tally) -> dict[str, Any]:
    shown = tally.shown()
    found: dict[str, Any] = {key: shown[name] for key, name in _FIGURES.items()}
    for key, name in _SHARES.items():
        count, whole = tally.part(name)
        found[key] = round(count / whole, 6) if whole else None
    return found


def _launched(question: Question) -> Any:
    start, end = state.bounds(question.first, question.last)
    return Broadcast.objects.filter(launched_at__gte=start, launched_at__lt=end)


def _recipients(key: str) -> Opens:
    def behind(question: Question, cell: dict[str, Any]) -> Behind:
        found = BroadcastRecipient.objects.filter(
            condition(_FIGURES[key]), broadcast__in=_launched(question).values("pk")
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


OPENS: Final[dict[str, Opens]] = {key: _recipients(key) for key in _FIGURES}
