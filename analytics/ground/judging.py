"""How leads were judged, and who waits for whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.metrics import Unit, metric
from analytics.pages.asking import Asked
from analytics.pages.words import duration, value_words
from analytics.reports.funnel import funnel
from crm.models import Deal, LeadRefusal
from inbox.models import Conversation

WIDTH: Final = 1000
# The metric of each part, and how it is drawn.
_PARTS: Final = (
    ("accepted_leads", "marketing"),
    ("agreed_refusals", "rest"),
    ("disputed_leads", "danger"),
    ("unjudged_leads", "hatched"),
)


@dataclass(frozen=True)
class Part:
    """A part of all leads; `x` and `width` are of a bar of WIDTH units."""

    label: str
    count: float
    ink: str
    x: float
    width: float
    address: str
    metric: str


@dataclass(frozen=True)
class Reason:
    name: str
    count: int
    share: str
    width: float
    address: str


@dataclass(frozen=True)
class Wait:
    """In whose hands something waits: how long it usually does, how much of it waits now and since
    when the oldest."""

    whose: str
    what: str
    usual: str
    address: str
    metric: str
    now: int = 0
    oldest: str = ""


def parts(asked: Asked, total: dict[str, Any]) -> list[Part]:
    """All leads, by what became of their judgement."""
    leads = float(total["leads"]) or 1.0
    found, x = [], 0.0
    for key, ink in _PARTS:
        count = total[key]
        width = float(count) / leads * WIDTH
        found.append(
            Part(str(metric(key).label), count, ink, round(x, 1), round(max(0.0, width - 2), 1),
                 asked.behind(key), key)
        )  # fmt: skip
        x += width
    return found


def reasons(asked: Asked, total: dict[str, Any]) -> list[Reason]:
    """Why leads were refused, the most frequent first."""
    rows = [row for row in funnel(asked.question)["losses"] if row["outcome"] == "rejected"]
    rows.sort(key=lambda row: -row["deals"])
    most = max((row["deals"] for row in rows), default=0) or 1
    whole = sum(row["deals"] for row in rows) or 1
    return [
        Reason(
            row["label"] or _("Without a reason"),
            row["deals"],
            value_words(row["deals"] / whole, Unit.RATIO),
            round(row["deals"] / most * 100, 1),
            asked.behind("rejected", {"loss_reason": row["loss_reason"]}),
        )
        for row in rows
    ]


def waits(asked: Asked, total: dict[str, Any]) -> list[Wait]:
    """From the customer's question to the last word, hand by hand."""
    chats = _now(
        Conversation.objects.filter(waiting_since__isnull=False).exclude(status="closed"),
        "waiting_since",
    )
    leads = _now(Deal.objects.open().filter(accepted_at=None), "created_at")
    waiting = LeadRefusal.objects.filter(state=LeadRefusal.State.WAITING)
    contested = LeadRefusal.objects.filter(state=LeadRefusal.State.CONTESTED)
    rows = (
        ("sales", _("First reply to the customer"), "first_reply_median", chats),
        ("sales", _("Judgement of the lead"), "judgement_median", leads),
        ("marketing", _("Answer to a refusal"), "answer_median", _now(waiting, "refused_at")),
        ("head", _("Verdict in a dispute"), "verdict_median", _now(contested, "answered_at")),
    )
    return [
        Wait(
            whose,
            what,
            value_words(total[key], Unit.SECONDS),
            asked.behind(key) if total[key] is not None else "",
            key,
            count,
            _age(oldest),
        )
        for whose, what, key, (count, oldest) in rows
    ]


def _now(found: Any, moment: str) -> tuple[int, datetime | None]:
    told = found.aggregate(count=Count("id"), oldest=Min(moment))
    return told["count"], told["oldest"]


def _age(since: datetime | None) -> str:
    if since is None:
        return ""
    return duration(max(0.0, (timezone.now() - since).total_seconds()))
