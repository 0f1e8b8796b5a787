"""Rollups and facts from scratch."""

from collections.abc import Callable
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from analytics.facts.deals import derive_deals
from analytics.facts.subscription import NAME
from analytics.models import ConversationClock, DirtyBucket, Fact, Kind, Rollup, RollupState
from analytics.rollups import state
from analytics.rollups.building import bases_of, build_all
from analytics.rollups.cubes import LAYOUT
from crm.models import Deal
from events.models import SubscriptionCursor
from events.subscriptions import catch_up, subscriptions
from workspaces.scope import workspace_scope
from workspaces.zones import workspace_in_scope

# What is being done, how far it is, and of how much; zero of zero is over at once.
Progress = Callable[[str, int, int], None]
_CHUNK: Final = 2000


def _in_silence(what: str, done: int, of: int) -> None:
    """Tell nobody."""


def rebuild_rollups(progress: Progress = _in_silence) -> None:
    """A new version of all rollups, by the company's time zone and the cubes of now; readers have
    the old one until it is there. Facts stay."""
    state.change_version()
    current = state.current()
    RollupState.objects.select_for_update().get(pk=current.pk)
    zone, version = workspace_in_scope().time_zone, current.version + 1
    with connection.cursor() as cursor:
        # Millions of rows are grouped in a dozen ways at once.
        cursor.execute("set local work_mem = '64MB'")
    months_until = timezone.now().astimezone(ZoneInfo(zone)).date().replace(day=1)
    for place, kind in enumerate(Kind.values, 1):
        for base in bases_of(kind):
            build_all(base, kind, version, zone, months_until)
        progress("kinds added up", place, len(Kind.values))
    RollupState.objects.filter(pk=current.pk).update(
        version=version,
        time_zone=zone,
        layout=LAYOUT,
        months_until=months_until,
        rebuilt_at=timezone.now(),
    )
    Rollup.objects.exclude(version=version).delete()
    DirtyBucket.objects.all().delete()
    state.forget()


def rebuild_workspace(workspace_id: UUID, progress: Progress = _in_silence) -> None:
    """Everything from the journal and the deals: facts first, then rollups."""
    with workspace_scope(workspace_id):
        list(SubscriptionCursor.objects.filter(name=NAME).select_for_update())
        Fact.objects.all().delete()
        ConversationClock.objects.all().delete()
        SubscriptionCursor.objects.filter(name=NAME).update(
            seq=0, failures=0, retry_at=None, error=""
        )
    progress("facts deleted", 0, 0)

    def tell(seq: int, end: int) -> None:
        progress("events read", seq, end)

    for subscription in subscriptions():
        if subscription.name == NAME:
            catch_up(workspace_id, subscription, tell=tell)
    with workspace_scope(workspace_id):
        deals = list(Deal.objects.order_by("id").values_list("pk", flat=True))
    for start in range(0, len(deals), _CHUNK):
        with workspace_scope(workspace_id):
            # Deals that came without the journal, such as imported ones.
            derive_deals(deals[start : start + _CHUNK], seq=0)
        progress("deals read", min(start + _CHUNK, len(deals)), len(deals))
    with workspace_scope(workspace_id):
        rebuild_rollups(progress)
