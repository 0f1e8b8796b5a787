"""What the workshop has sent to many, and what it prepares: segments and broadcasts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from channels_connectors.models import Channel
from channels_connectors.registry import kinds_that_tell
from contacts.models import ContactIdentity
from events import types
from events.journal import record
from marketing.actions import create_broadcast, create_segment, set_marketing_settings
from marketing.audience import contacts_in, snapshot_of
from marketing.models import Broadcast, BroadcastRecipient, Segment, State
from marketing.variants import slices
from workspaces.models import Membership, Team
from workspaces.zones import zone

SEGMENTS: Final[dict[str, dict[str, Any]]] = {
    "Все, кому можно писать": {},
    "Интерес: диваны": {"any": [
        {"field": "labels", "op": "has_any", "value": ["диван"]},
        {"field": "deal.status", "op": "has_any", "value": ["won"]},
    ]},
    "Кухни и шкафы": {"any": [
        {"field": "labels", "op": "has_any", "value": ["кухня", "шкаф"]},
        {"field": "touch.campaign", "op": "has_any",
         "value": ["Поиск · кухни", "Кухни, ретаргетинг"]},
    ]},
    "Писали за месяц, без оплаты": {
        "all": [{"field": "wrote_at", "op": "last_days", "value": 30}],
        "not": {"all": [{"field": "deal.status", "op": "has_any", "value": ["won"]}]},
    },
}  # fmt: skip
FAIR: Final = "Выставка, 12 ноября"

# How far the messages came, over and over in this order.
FATES: Final = (
    *(State.READ, State.READ, State.DELIVERED, State.READ, State.SENT),
    *(State.READ, State.DELIVERED, State.READ, State.FAILED, State.READ),
)


@dataclass(frozen=True)
class Sending:
    """A broadcast of the demo; `ago` days since it was sent, negative for one to come, None for a
    draft. `answered` and `clicked`: every so many-th of its readers did."""

    name: str
    segment: str
    text: str
    ago: float | None
    status: str = Broadcast.Status.DONE
    buttons: list[list[dict[str, str]]] = field(default_factory=list)
    versions: tuple[str, ...] = ()
    answered: int = 3
    clicked: int = 4
    stopped_after: int | None = None


def _reply(label: str) -> list[dict[str, str]]:
    return [{"label": label, "action": "reply", "value": label}]


SENDINGS: Final = (
    Sending(
        "Осенние цены на диваны",
        "Интерес: диваны",
        "{{first_name|Здравствуйте}}, до ноября диваны «Ладога» и «Онега» по сентябрьской цене. "
        "Подсказать по тканям?",
        41,
        answered=2,
    ),
    Sending(
        "Приглашение на выставку",
        "Все, кому можно писать",
        "12 ноября показываем новые кухни на выставке «Дом и интерьер», стенд Б-14. Придёте?",
        19,
        versions=(
            "Ждём вас 12 ноября на «Доме и интерьере»: новые кухни, кофе и скидка 5 % на замер.",
        ),
        buttons=[_reply("Приду"), _reply("Не получится")],
    ),
    Sending(
        "Скидка на кухни до 30 ноября",
        "Кухни и шкафы",
        "{{first_name|Здравствуйте}}, до 30 ноября на кухни под заказ скидка 7 %, замер даром.",
        4,
        answered=2,
    ),
    Sending(
        "Опрос о доставке",
        "Все, кому можно писать",
        "Как прошла доставка? Ответьте одним словом, нам важно.",
        9,
        status=Broadcast.Status.STOPPED,
        stopped_after=6,
    ),
    Sending(
        "График на праздники",
        "Все, кому можно писать",
        "С 31 декабря по 4 января мастерская отдыхает. Замеры и доставка — с 5 января.",
        -9,
        status=Broadcast.Status.SCHEDULED,
    ),
    Sending(
        "Образцы тканей к замеру",
        "Писали за месяц, без оплаты",
        "{{first_name}}, добрый день! Это мастерская «Север».\n\n"
        "Подготовили для вас 12 образцов ткани. Привезём бесплатно вместе с замерщиком. "
        "Какой день вам удобен?",
        None,
        status=Broadcast.Status.DRAFT,
        buttons=[_reply("Выбрать день"), _reply("Пока не нужно")],
    ),
)


def told(fate: str, kind: str) -> str:
    """How far a message came, as the platform of this kind of channel tells it."""
    if fate == State.READ and kind not in kinds_that_tell("read"):
        fate = State.DELIVERED
    if fate == State.DELIVERED and kind not in kinds_that_tell("delivered"):
        fate = State.SENT
    return fate


def seed_broadcasts(members: dict[str, Membership], channels: Sequence[Channel]) -> None:
    """Make them all, as if the marketer had."""
    marketer = members["marketer"]
    segments = {
        name: create_segment(name=name, conditions=conditions, by=marketer)
        for name, conditions in SEGMENTS.items()
    }
    segments[FAIR] = create_segment(
        name=FAIR, conditions=SEGMENTS["Кухни и шкафы"], by=marketer, is_frozen=True
    )
    set_marketing_settings(
        by=marketer,
        frequency_cap={"count": 3, "days": 7},
        stop_words=["хватит", "не пишите мне"],
    )
    places = list(dict.fromkeys(channel.pk for channel in channels))
    team = Team.objects.filter(name="Продажи").first()
    for sending in SENDINGS:
        _make(sending, segments[sending.segment], places, marketer, team)


def _make(
    sending: Sending, segment: Segment, places: Sequence[Any], by: Membership, team: Team | None
) -> None:
    variants = [{"key": "a", "text": "", "weight": 1}] if sending.versions else []
    variants += [
        {"key": key, "text": text, "weight": 1}
        for key, text in zip("bcde", sending.versions, strict=False)
    ]
    broadcast = create_broadcast(
        by=by,
        name=sending.name,
        segment=segment,
        channels=[str(pk) for pk in places],
        text=sending.text,
        buttons=sending.buttons,
        variants=variants,
        adds_stop_line=True,
        reply_team=team,
        consent_policy=Broadcast.ConsentPolicy.NOT_REFUSED,
    )
    if sending.ago is None:
        return
    at = _moment(sending.ago)
    broadcast.status = sending.status
    broadcast.snapshot = snapshot_of(segment)
    if sending.ago < 0:
        broadcast.schedule, broadcast.starts_at = Broadcast.Schedule.AT, at
        broadcast.launched_at = timezone.now()
        broadcast.save()
        return
    broadcast.launched_at, broadcast.is_frozen = at, True
    broadcast.finished_at = at + timedelta(minutes=2)
    broadcast.save()
    Broadcast.objects.filter(pk=broadcast.pk).update(
        created_at=at - timedelta(hours=1), updated_at=at
    )
    _send(sending, broadcast, at)
    data = {"name": broadcast.name}
    record(types.BROADCAST_LAUNCHED, subject=broadcast, by=by, data=data, at=at)
    ended = types.BROADCAST_STOPPED if sending.stopped_after else types.BROADCAST_FINISHED
    record(ended, subject=broadcast, by=by, data=data, at=at + timedelta(minutes=2))


def _send(sending: Sending, broadcast: Broadcast, at: datetime) -> None:
    """The recipients with what came of it: who has no chat is left out, the others by turns.

    Those who came later are none, unless nobody had come before.
    """
    parts = slices(broadcast.variants, None)
    identities = {
        identity.contact_id: identity
        for identity in ContactIdentity.objects.filter(
            channel__in=broadcast.channels
        ).select_related("channel")
    }
    people = list(contacts_in(broadcast.segment).order_by("pk"))
    before = [contact for contact in people if contact.created_at < at]
    if any(contact.pk in identities for contact in before):
        people = before
    rows, reached = [], 0
    for contact in people:
        identity = identities.get(contact.pk)
        variant = parts[reached % len(parts)].key
        row = BroadcastRecipient(broadcast=broadcast, contact=contact, variant=variant, next_at=at)
        rows.append(row)
        if identity is None:
            row.state, row.reason = State.SKIPPED, "no_identity"
            continue
        row.channel_id, row.address = identity.channel_id, identity.external_id
        if sending.stopped_after is not None and reached >= sending.stopped_after:
            row.state, row.reason = State.SKIPPED, "stopped"
            continue
        row.state, row.attempts = FATES[reached % len(FATES)], 1
        _settle(row, sending, reached, at + timedelta(seconds=3 * reached))
        row.state = told(row.state, identity.channel.kind)
        reached += 1
    BroadcastRecipient.objects.insert_new(rows)


def _settle(row: BroadcastRecipient, sending: Sending, number: int, at: datetime) -> None:
    if row.state == State.FAILED:
        row.reason, row.error_class = "Клиент запретил сообщения", "recipient_gone"
        return
    row.sent_at = at
    if row.state == State.READ and number % sending.answered == 0:
        row.answered_at = at + timedelta(minutes=7 + number)
    if row.state == State.READ and number % sending.clicked == 1:
        row.clicked_at = at + timedelta(minutes=3 + number)


def _moment(ago: float) -> datetime:
    """Noon of that day."""
    day = timezone.now().astimezone(zone()) - timedelta(days=ago)
    return day.replace(hour=12, minute=0, second=0, microsecond=0)
