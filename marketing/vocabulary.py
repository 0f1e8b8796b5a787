"""What can be asked of contacts about segments and broadcasts."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.conditions import Field, Moments
from core.conditions.sets import Among
from crm.models import Deal
from marketing.models import Broadcast, BroadcastRecipient, Segment, State
from marketing.totals import channels_that_tell

GROUP: Final = pgettext_lazy("conditions", "Broadcasts")
# So long after a broadcast an order counts as bought by it.
BOUGHT_WITHIN: Final = timedelta(days=30)
MOST_OFFERED: Final = 200

# Whoever was reached has a time of it, by which the index on contacts knows them.
RECEIVED: Final = Q(state__in=[State.SENT, State.DELIVERED, State.READ], sent_at__isnull=False)
READ: Final = Q(state=State.READ, sent_at__isnull=False)
ANSWERED: Final = Q(answered_at__isnull=False)
CLICKED: Final = Q(clicked_at__isnull=False)


def left_unread() -> Q:
    """Got it on a channel whose platform tells who has read, and is not known to have."""
    channels = channels_that_tell()["read"]
    return Q(state__in=[State.SENT, State.DELIVERED], sent_at__isnull=False, channel__in=channels)


def bought() -> Q:
    """A deal that was won within a month after the broadcast's message."""
    won = Deal.objects.filter(
        contact=OuterRef("contact"),
        status=Deal.Status.WON,
        closed_at__gte=OuterRef("sent_at"),
        closed_at__lt=OuterRef("sent_at") + BOUGHT_WITHIN,
    )
    return Q(Exists(won), sent_at__isnull=False)


def _of_recipients(condition: Callable[[], Q]) -> Callable[[str, Any, Moments], Q]:
    def ask(operator: str, value: Any, moments: Moments) -> Q:
        if operator == "set":
            found = _any(condition(), None)
            return found if value else ~found
        if operator == "has_all":
            every = Q()
            for one in value:
                every &= _any(condition(), [one])
            return every
        return _any(condition(), value if operator == "has_any" else [value])

    return ask


def _any(condition: Q, asked: Iterable[str] | None) -> Q:
    """Got any of these broadcasts, named by id or by name."""
    recipients = BroadcastRecipient.objects.filter(condition)
    if asked is not None:
        recipients = recipients.filter(broadcast__in=_ids(Broadcast, asked))
    return Q(Among(recipients, "contact_id"))


def _segment(operator: str, value: Any, moments: Moments) -> Q:
    from marketing.audience import members_of

    if operator == "set":
        wanted = list(Segment.objects.listed())
    else:
        names = value if operator in {"has_any", "has_all"} else [value]
        wanted = list(Segment.objects.filter(pk__in=_ids(Segment, names)))
        if operator == "has_all" and len(wanted) < len(set(names)):
            return Q(pk__in=[])
    parts = [members_of(segment) for segment in wanted]
    found = Q(pk__in=[])
    for part in parts:
        # An empty Q means everybody.
        found = (found | part) if part else ~Q(pk__in=[])
        if not part:
            break
    if operator == "has_all":
        found = Q()
        for part in parts:
            found &= part
    return found if operator != "set" or value else ~found


def _ids(model: Any, asked: Iterable[str]) -> list[UUID]:
    found = Q(pk__in=[])
    for value in asked:
        found |= Q(name__iexact=value)
        try:
            found |= Q(pk=UUID(value))
        except ValueError:
            continue
    return list(model.objects.filter(found).values_list("pk", flat=True))


def _broadcasts() -> Iterable[tuple[str, str]]:
    rows = (
        Broadcast.objects.filter(is_rolling=False).exclude(launched_at=None).order_by("-created_at")
    )
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")[:MOST_OFFERED]]


def _segments() -> Iterable[tuple[str, str]]:
    rows = Segment.objects.listed().order_by("name").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows[:MOST_OFFERED]]


FIELDS: Final = (
    Field("segment", _("Segment"), "many", ask=_segment, choices=_segments, group=GROUP),
    *(
        Field(
            f"broadcast.{name}", label, "many", ask=_of_recipients(condition),
            choices=_broadcasts, group=GROUP,
        )
        for name, label, condition in (
            ("received", pgettext_lazy("conditions", "Received"), lambda: RECEIVED),
            ("read", pgettext_lazy("conditions", "Read, where the channel tells it"), lambda: READ),
            (
                "not_read",
                pgettext_lazy("conditions", "Left unread, where the channel tells it"),
                left_unread,
            ),
            ("answered", pgettext_lazy("conditions", "Answered"), lambda: ANSWERED),
            ("clicked", pgettext_lazy("conditions", "Followed a link of"), lambda: CLICKED),
            ("bought", pgettext_lazy("conditions", "Bought after"), bought),
        )
    ),
)  # fmt: skip
