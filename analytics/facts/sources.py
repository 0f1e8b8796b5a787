"""Where a contact came from: the touch that counts."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from analytics.models import Fact
from contacts.models import Touch
from crm.models import Deal

# How long a touch counts as what brought a deal.
WINDOW: Final = timedelta(days=90)
# What a visit without an origin is called.
DIRECT: Final = frozenset({"", "direct", "(direct)", "(none)"})


def touches_of(contact_ids: Iterable[UUID | None]) -> dict[UUID, list[Touch]]:
    """The touches of contacts, the earliest first."""
    found: dict[UUID, list[Touch]] = {}
    wanted = {contact_id for contact_id in contact_ids if contact_id}
    if wanted:
        for touch in Touch.objects.filter(contact_id__in=wanted).order_by("at", "id"):
            found.setdefault(touch.contact_id, []).append(touch)
    return found


def in_window(touches: list[Touch], until: datetime) -> list[Touch]:
    """Those that count for what began at a moment."""
    return [touch for touch in touches if until - WINDOW < touch.at <= until]


def last_non_direct(touches: list[Touch]) -> Touch | None:
    """The last one with an origin, else the last one."""
    named = [touch for touch in touches if touch.source.lower() not in DIRECT]
    return (named or touches or [None])[-1]


def name_source(fact: Fact, touch: Touch | None) -> None:
    """Let a fact carry where its contact came from."""
    if touch is not None:
        fact.source, fact.medium = touch.source, touch.medium
        fact.campaign, fact.ad, fact.term = touch.campaign, touch.content, touch.term


def source_of_deal(deal: Deal, touches: list[Touch]) -> tuple[str, str, str, str, str]:
    """Source, medium, campaign, advertisement and keyword that a deal counts for.

    What somebody wrote into the deal counts as it is; else the last touch with an origin before
    its birth, also one that we learned of later.
    """
    own = (deal.source, deal.medium, deal.campaign, deal.content, deal.term)
    by_touch = next((touch for touch in touches if touch.pk == deal.touch_id), None)
    if deal.source and (by_touch is None or by_touch.source != deal.source):
        return own
    touch = last_non_direct(in_window(touches, deal.created_at))
    if touch is None:
        return own
    return touch.source, touch.medium, touch.campaign, touch.content, touch.term
