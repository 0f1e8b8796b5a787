"""What holds for all broadcasts of a workspace: quiet hours, how often, how many a day."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils import timezone

from marketing.models import Broadcast, BroadcastRecipient, MarketingSettings, State
from marketing.schedules import Window
from workspaces.scope import current_scope
from workspaces.zones import zone

MEMORY = "marketing_settings"


def settings_in_scope() -> MarketingSettings:
    """The workspace's settings, read once in each scope; the usual ones where none were set."""
    memory = current_scope().memory
    if MEMORY not in memory:
        memory[MEMORY] = MarketingSettings.objects.first() or MarketingSettings()
    return cast(MarketingSettings, memory[MEMORY])


def next_open(broadcast: Broadcast, moment: datetime, theirs: ZoneInfo) -> datetime:
    """The moment itself when one may be written to then, else when that will be: in the broadcast's
    hours and outside of the quiet ones."""
    windows = [Window.of(broadcast.window), loud_hours()]
    for _ in range(16):  # each may push the other on, a day at most
        before = moment
        for window in windows:
            if window is not None:
                moment = window.next_open(moment, theirs)
        if moment == before:
            break
    return moment


def loud_hours() -> Window | None:
    """The hours that are not quiet; None where all are loud."""
    quiet = settings_in_scope().quiet_hours
    if not quiet:
        return None
    return Window.of({"from": quiet["to"], "to": quiet["from"]})


def caps_of(broadcast: Broadcast) -> list[dict[str, int]]:
    """How often somebody may be written to: the broadcast's own rule and the workspace's."""
    caps = [broadcast.frequency_cap, settings_in_scope().frequency_cap]
    return [cap for cap in caps if cap]


def tired(broadcast: Broadcast, people: Iterable[UUID]) -> set[UUID]:
    """Who of these people had as many broadcasts as a cap allows."""
    ids = list(people)
    found: set[UUID] = set()
    for cap in caps_of(broadcast):
        found |= set(_tired_by(broadcast, cap).filter(contact_id__in=ids))
    return found


def rested(broadcast: Broadcast) -> Q:
    """The same as a filter of contacts: who has not had enough."""
    found = Q()
    for cap in caps_of(broadcast):
        found &= ~Q(pk__in=_tired_by(broadcast, cap))
    return found


def _tired_by(broadcast: Broadcast, cap: dict[str, int]) -> Any:
    since = timezone.now() - timedelta(days=int(cap["days"]))
    sent = BroadcastRecipient.objects.filter(sent_at__gte=since).exclude(broadcast=broadcast.pk)
    counted = sent.order_by().values("contact_id").annotate(count=Count("id"))
    return counted.filter(count__gte=int(cap["count"])).values_list("contact_id", flat=True)


def room_today() -> int | None:
    """How many more messages of broadcasts may go today; None where no limit is set."""
    limit = settings_in_scope().daily_limit
    if limit is None:
        return None
    begins = datetime.combine(timezone.now().astimezone(zone()).date(), time.min, zone())
    gone = Q(sent_at__gte=begins) | Q(state__in=[State.LEASED, State.SENDING])
    return max(0, limit - BroadcastRecipient.objects.filter(gone).count())


def price_of(category: str) -> Decimal | None:
    """What a template's message costs in the workspace's currency; None where nobody has said."""
    told = settings_in_scope().template_prices.get(category)
    try:
        return Decimal(told) if told else None
    except InvalidOperation:
        return None
