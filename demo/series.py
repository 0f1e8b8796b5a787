"""A series of the workshop that runs, with customers at every step of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from channels_connectors.models import Channel
from contacts.models import ContactIdentity, Label
from demo.broadcasts import told
from marketing.actions import create_series, set_steps, start_series
from marketing.models import BroadcastRecipient, Series, SeriesParticipant, SeriesStep, State
from marketing.series import reasons
from workspaces.models import Membership

NAME: Final = "После замера"
LABEL: Final = "замер"
STEPS: Final[tuple[dict[str, Any], ...]] = (
    {
        "text": "{{first_name|Здравствуйте}}, спасибо, что пустили замерщика. Расчёт пришлём за "
        "два дня. Остались вопросы — пишите прямо сюда.",
        "delay_minutes": 60,
    },
    {
        "text": "Расчёт готов. Удобно обсудить его сегодня или завтра?",
        "delay_minutes": 2 * 24 * 60,
        "requires": ["not_answered"],
    },
    {
        "text": "{{first_name|Здравствуйте}}, цена из расчёта действует ещё неделю. Закрепить её "
        "за вами?",
        "delay_minutes": 5 * 24 * 60,
        "requires": ["not_answered", "has_open_deal"],
    },
)
# Of each customer in turn: how many steps they had, and why they are out ("" for who is not).
PATHS: Final = (
    (3, reasons.FINISHED), (1, "answered"), (2, "deal_won"), (3, "answered"), (1, ""),
    (2, "answered"), (3, reasons.FINISHED), (2, reasons.UNSUBSCRIBED), (2, ""), (1, "answered"),
    (3, "deal_won"), (1, ""), (2, "answered"), (0, ""),
)  # fmt: skip


def seed_series(members: dict[str, Membership], channels: Sequence[Channel]) -> None:
    """Start it, and let customers be on their way."""
    marketer = members["marketer"]
    Label.objects.get_or_create(name=LABEL)
    places = list(dict.fromkeys(channel.pk for channel in channels))
    series = create_series(
        by=marketer,
        name=NAME,
        trigger=Series.Trigger.LABEL_ADDED,
        trigger_settings={"label": LABEL},
        goals=[{"kind": "answered"}, {"kind": "deal_won"}],
        channels=[str(pk) for pk in places],
        window={"from": "10:00", "to": "20:00"},
    )
    steps = set_steps(series, STEPS, by=marketer)
    start_series(series, by=marketer)
    began = timezone.now() - timedelta(days=24)
    Series.objects.filter(pk=series.pk).update(started_at=began, created_at=began)
    identities: dict[Any, ContactIdentity] = {}
    reached = ContactIdentity.objects.filter(channel__in=places).select_related("channel")
    for identity in reached.order_by("contact"):
        identities.setdefault(identity.contact_id, identity)
    for number, (identity, (count, reason)) in enumerate(
        zip(identities.values(), PATHS, strict=False)
    ):
        _walk(series, steps, identity, count, reason, began + timedelta(hours=9 * number))


def _walk(
    series: Series,
    steps: Sequence[SeriesStep],
    identity: ContactIdentity,
    count: int,
    reason: str,
    entered_at: datetime,
) -> None:
    if not reason:
        # Written to just now, so that what they said before is no answer.
        entered_at = timezone.now() - timedelta(minutes=12)
    at, last = entered_at, None
    for step in steps[:count]:
        at += timedelta(minutes=step.delay_minutes) if reason else timedelta(minutes=3)
        last = BroadcastRecipient.objects.create(
            broadcast_id=step.broadcast_id,
            contact_id=identity.contact_id,
            channel_id=identity.channel_id,
            address=identity.external_id,
            variant="a",
            state=told(
                State.DELIVERED if step.position == 1 and count > 2 else State.READ,
                identity.channel.kind,
            ),
            attempts=1,
            next_at=at,
            sent_at=at,
        )
    left_at = at + timedelta(hours=3) if reason else None
    if last is not None and reason == "answered":
        last.answered_at = left_at
    if last is not None and reason == reasons.UNSUBSCRIBED:
        last.unsubscribed_at = left_at
    if last is not None:
        last.save()
    states = SeriesParticipant.State
    is_end = reason == reasons.FINISHED
    SeriesParticipant.objects.create(
        series=series,
        contact_id=identity.contact_id,
        state=states.FINISHED if is_end else states.LEFT if reason else states.ACTIVE,
        step=steps[count] if count < len(steps) else None,
        # Those who are on the way wait for days to come: the demo is calm.
        due_at=timezone.now() + timedelta(days=2 + count),
        entered_at=entered_at,
        left_at=left_at,
        reason=reason,
    )
