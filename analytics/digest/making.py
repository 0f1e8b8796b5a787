"""Puts the digest of a week together, once, when the week is over where the company is."""

import logging
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from analytics.digest.decomposition import Sales, decompose
from analytics.facts.money import major
from analytics.metrics import Cell, Metric, metric
from analytics.models import Base, Decision, Kind, WeeklyDigest
from analytics.reports.collecting import collect
from analytics.reports.grouping import DIMENSIONS, Grouping
from analytics.reports.question import Question
from analytics.reports.worth import Worth
from analytics.rollups import freshness
from core.money import as_document
from crm.models import LeadRefusal
from events import types
from events.journal import SYSTEM, record
from events.notifications import members_who_may, notify
from workspaces.permissions import Verb
from workspaces.scope import workspace_scope
from workspaces.zones import local_day, workspace_in_scope, zone

logger = logging.getLogger(__name__)

WEEK: Final = timedelta(days=7)
MOST_DISPUTES: Final = 5
MOST_SOURCES: Final = 5
# What stands beside the revenue, each with the week before.
MEASURES: Final = (
    *("leads", "accepted_leads", "acceptance", "accepted_lead_cost", "spend"),
    *("orders", "conversion", "average_ticket", "first_reply_median", "sla_share"),
    *("judgement_median", "answer_median"),
)
TOLD: Final = gettext_noop(
    "The week of %(week)s: revenue %(revenue)s, %(change)s to the week before. "
    "Leads %(volume)s, conversion %(conversion)s, average ticket %(ticket)s. "
    "In dispute: %(disputes)s."
)


def make_all_due() -> int:
    """The digests of all workspaces whose week is over and has none; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, week from weeks_without_digest()")
        due = cursor.fetchall()
    made = 0
    for workspace_id, week in due:
        try:
            made += make(workspace_id, week)
        except Exception:
            logger.exception("The digest of workspace %s was not made.", workspace_id)
    return made


def make(workspace_id: UUID, week: date) -> bool:
    """One digest with its news; false where another worker was first."""
    try:
        with workspace_scope(workspace_id):
            put_together(week)
    except IntegrityError:
        with workspace_scope(workspace_id):
            if WeeklyDigest.objects.filter(week=week).exists():
                return False
        raise
    return True


def put_together(week: date, *, tells: bool = True) -> WeeklyDigest:
    """The digest of the week that begins with this Monday. Raises `IntegrityError` when there is
    one: whoever comes second waits for the first at its unique key and goes away empty-handed."""
    freshness.refresh(week - WEEK, week + WEEK - timedelta(days=1))
    digest: WeeklyDigest = WeeklyDigest.objects.create(week=week, data=numbers(week))
    record(types.DIGEST_MADE, subject=digest, by=SYSTEM, data={"week": week.isoformat()})
    if tells:
        _tell(digest)
    return digest


def numbers(week: date) -> dict[str, Any]:
    """All that a digest tells, without words and names."""
    question = _question(week)
    sales, was = _sales(question), _sales(question.before())
    now, before = sales[None], was[None]
    sources = sorted(
        ({*sales, *was} - {None}), key=lambda name: -abs(_of(sales, name) - _of(was, name))
    )
    return {
        "currency": question.currency,
        "revenue": {"now": now.revenue, "before": before.revenue},
        "effects": decompose(before, now),
        "sources": [
            {
                "source": name,
                "change": _of(sales, name) - _of(was, name),
                "effects": decompose(was.get(name, _NOTHING), sales.get(name, _NOTHING)),
            }
            for name in sources[:MOST_SOURCES]
            if _of(sales, name) != _of(was, name)
        ],
        "measures": _measures(question),
        "disputes": _disputes(week),
        "decisions": [
            str(pk)
            for pk in Decision.objects.filter(due_on__gte=week, due_on__lt=week + WEEK)
            .order_by("due_on", "id")
            .values_list("pk", flat=True)
        ],
    }


_NOTHING: Final = Sales(0, 0, 0)


def _question(week: date, *by: str) -> Question:
    return Question(
        first=week,
        last=week + WEEK - timedelta(days=1),
        grouping=Grouping(tuple(DIMENSIONS[name] for name in by)),
        currency=workspace_in_scope().currency,
        base=Base.EVENT,
    )


def _sales(question: Question) -> dict[str | None, Sales]:
    """By source ("" is unknown), and under None all of them."""
    asked = _question(question.first, "source")
    cells = collect(asked, [metric(key) for key in ("leads", "orders", "revenue")])
    total = Cell()
    for cell in cells.values():
        total.merge(cell)
    found: dict[str | None, Sales] = {key[0] or "": _read(cell) for key, cell in cells.items()}
    found[None] = _read(total)
    return found


def _read(cell: Cell) -> Sales:
    return Sales(
        leads=int(cell.measure("leads")),
        orders=int(cell.measure("orders")),
        won=int(cell.sums.get((Kind.WON, "amount"), 0)),
        refunds=int(cell.sums.get((Kind.REFUND, "amount"), 0)),
    )


def _of(sales: dict[str | None, Sales], source: str | None) -> int:
    return sales.get(source, _NOTHING).revenue


def _measures(question: Question) -> list[dict[str, Any]]:
    metrics = [metric(key) for key in MEASURES]
    now, before = _values(question, metrics), _values(question.before(), metrics)
    return [{"metric": key, "now": now[key], "before": before[key]} for key in MEASURES]


def _values(question: Question, metrics: list[Metric]) -> dict[str, Any]:
    total = Cell()
    for cell in collect(question, metrics).values():
        total.merge(cell)
    return {one.key: one.value(total, question.currency) for one in metrics}


def _disputes(week: date) -> list[dict[str, Any]]:
    """What is contested now, or was when an earlier week was over; the most expensive first."""
    worth = Worth()
    contested = Q(state=LeadRefusal.State.CONTESTED)
    over = week + 2 * WEEK
    if over <= local_day(timezone.now()):
        until = datetime.combine(over, time(), zone())
        contested = (contested | Q(decided_at__gte=until)) & Q(answered_at__lt=until)
    open_ones = LeadRefusal.objects.filter(contested)
    by_deal = {one.deal: one for one in open_ones.select_related("deal").order_by("id")}
    found = []
    for deal in worth.most(by_deal, MOST_DISPUTES):
        amount, is_estimate = worth.of(deal)
        found.append(
            {
                "refusal": str(by_deal[deal].pk),
                "worth": str(amount),
                "is_estimate": is_estimate,
            }
        )
    return found


def _tell(digest: WeeklyDigest) -> None:
    """To whoever reads reports; by e-mail too, each in their language."""
    data, currency = digest.data, digest.data["currency"]
    money = {
        name: as_document(major(amount), currency)
        for name, amount in (
            ("revenue", data["revenue"]["now"]),
            ("change", data["revenue"]["now"] - data["revenue"]["before"]),
            *data["effects"].items(),
        )
    }
    notify(
        members_who_may(Verb.READ_REPORTS),
        kind="digest",
        topic=f"digest:{digest.week}",
        words=TOLD,
        data={**money, "week": {"day": digest.week.isoformat()}, "disputes": len(data["disputes"])},
        link=_link(digest),
        by_email=True,
    )


def _link(digest: WeeklyDigest) -> str:
    try:
        return reverse("ground:digest", args=[workspace_in_scope().slug, digest.pk])
    except NoReverseMatch:
        return ""
