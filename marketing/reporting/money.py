"""What a broadcast brought: deals and orders of those who got it, within some days after it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, Sum

from channels_connectors.models import Channel, MessageTemplate
from crm.models import Deal
from marketing import limits
from marketing.models import Broadcast
from workspaces.scope import current_workspace_id

WINDOWS: Final = (1, 3, 7, 14, 30)
USUAL: Final = 7

_REVENUE: Final = """
    with ends as (
        select min(sent_at) as first, max(sent_at) as last from marketing_broadcastrecipient
        where workspace_id = %(workspace)s and broadcast_id = any(%(broadcasts)s)
    ), orders as materialized (
        select d.id, d.contact_id, d.closed_at, d.amount from crm_deal d, ends
        where d.workspace_id = %(workspace)s and d.status = 'won' and d.currency = %(currency)s
            and d.closed_at >= ends.first and d.closed_at < ends.last + %(window)s
    )
    select broadcast_id, sum(amount) from (
        select distinct r.broadcast_id, o.id, o.amount from orders o
        join marketing_broadcastrecipient r on r.workspace_id = %(workspace)s
            and r.contact_id = o.contact_id and r.sent_at is not null
            and r.sent_at <= o.closed_at and r.sent_at > o.closed_at - %(window)s
        where r.broadcast_id = any(%(broadcasts)s)
    ) counted group by broadcast_id
"""


@dataclass(frozen=True, slots=True)
class Money:
    """Of `days` after the message: deals that were opened, orders that were won. Amounts are in the
    currency that most of them have; `others` counts deals in other ones."""

    days: int
    deals: int = 0
    open_amount: Decimal = Decimal(0)
    orders: int = 0
    revenue: Decimal = Decimal(0)
    currency: str = ""
    others: int = 0


def window_of(asked: Any) -> int:
    """The number of days that an address asks for; the usual one for anything else."""
    text = str(asked or "")
    return int(text) if text.isdecimal() and int(text) in WINDOWS else USUAL


def deals_after(recipients: Any, days: int, moment: str) -> Any:
    """The deals whose `moment` (`created_at`, `closed_at`) lies within the days after a message of
    the recipients came to their contact."""
    ends = recipients.order_by().aggregate(first=Min("sent_at"), last=Max("sent_at"))
    if ends["first"] is None:
        return Deal.objects.none()
    window = timedelta(days=days)
    got_it = recipients.order_by().filter(
        contact=OuterRef("contact"),
        sent_at__lte=OuterRef(moment),
        sent_at__gt=OuterRef(moment) - window,
    )
    return Deal.objects.filter(
        Q(Exists(got_it)),
        # So that an index of deals by time is enough to find the few.
        **{f"{moment}__gte": ends["first"], f"{moment}__lt": ends["last"] + window},
    )


def opened(recipients: Any, days: int) -> Any:
    """Deals that were opened in the window."""
    return deals_after(recipients, days, "created_at")


def won(recipients: Any, days: int) -> Any:
    """Deals that were won in the window."""
    return deals_after(recipients, days, "closed_at").filter(status=Deal.Status.WON)


def cost_of(broadcast: Broadcast, sent: Mapping[Channel, int]) -> Decimal | None:
    """What platforms charged for what was sent on each channel, by the prices that the workspace
    has told; None where nothing is charged or no price is known."""
    if not broadcast.template:
        return None
    name, language = broadcast.template.get("name"), broadcast.template.get("language")
    total: Decimal | None = None
    categories = dict(
        MessageTemplate.objects.filter(
            channel__in=[channel.pk for channel in sent], name=name, language=language
        ).values_list("channel", "category")
    )
    for channel, count in sent.items():
        price = limits.price_of(str(categories.get(channel.pk, "")))
        if price is not None:
            total = (total or Decimal(0)) + price * count
    return total


def revenue_of(broadcasts: Collection[UUID], days: int, currency: str) -> dict[UUID, Decimal]:
    """What orders within the days after each broadcast brought, each order once for each of them.
    A broadcast without any is not named."""
    if not broadcasts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _REVENUE,
            {
                "workspace": current_workspace_id(),
                "broadcasts": list(broadcasts),
                "window": timedelta(days=days),
                "currency": currency,
            },
        )
        return dict(cursor.fetchall())


def money_of(recipients: Any, days: int, currency: str) -> Money:
    """Counted from the deals as they are now. Amounts are those in `currency`."""
    ours = Q(currency=currency)
    new = opened(recipients, days).aggregate(
        count=Count("pk"), amount=Sum("amount", filter=ours & Q(status=Deal.Status.OPEN))
    )
    orders = won(recipients, days).aggregate(
        count=Count("pk"),
        amount=Sum("amount", filter=ours),
        others=Count("pk", filter=~ours),
    )
    return Money(
        days=days,
        deals=new["count"],
        open_amount=new["amount"] or Decimal(0),
        orders=orders["count"],
        revenue=orders["amount"] or Decimal(0),
        currency=currency,
        others=orders["others"],
    )
