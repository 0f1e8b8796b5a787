"""The broadcasts of the year and how they fared."""

import random
from datetime import datetime, time, timedelta
from typing import Final

from channels_connectors.models import Channel
from contacts.models import ContactIdentity
from demo.broadcasts import told
from demo.year import plan
from marketing.models import Broadcast, BroadcastRecipient, Segment
from marketing.models.recipient import State
from workspaces.models import Membership
from workspaces.zones import local_day, zone

# Name, words, how many days ago, what share of the customers of then.
_BROADCASTS: Final = (
    ("Весенняя распродажа", "До 31 марта диваны со склада дешевле на 15 %.", 250, 0.5),
    ("Новая ткань: велюр", "Мы получили велюр в двенадцати цветах. Показать?", 170, 0.4),
    ("Рассрочка на кухни", "Кухни в рассрочку на 12 месяцев без переплаты.", 95, 0.45),
    ("Осенний замер бесплатно", "Замер по городу бесплатно до конца октября.", 40, 0.5),
    ("Чёрная пятница", "Только до воскресенья: кресла «Имандра» за полцены.", 6, 0.6),
)


def send(
    identities: list[ContactIdentity], channel: Channel, by: Membership, now: datetime
) -> None:
    """Five broadcasts to who had written on the channel until then."""
    dice = random.Random(plan.DAYS)
    segment = Segment.objects.create(name="Все, кто писал", author=by)
    recipients: list[BroadcastRecipient] = []
    for name, text, days, share in _BROADCASTS:
        at = datetime.combine(local_day(now) - timedelta(days=days), time(12, 30), zone())
        broadcast = Broadcast.objects.create(
            name=name, text=text, segment=segment, channels=[str(channel.pk)], author=by,
            status=Broadcast.Status.DONE, is_frozen=True, created_at=at, launched_at=at,
            finished_at=at + timedelta(minutes=20), snapshot={},
        )  # fmt: skip
        recipients += [
            _recipient(broadcast, identity, at, dice, channel.kind)
            for identity in identities
            if identity.channel_id == channel.pk
            and identity.created_at < at
            and dice.random() < share
        ]
    BroadcastRecipient.objects.insert_new(recipients)


def _recipient(
    broadcast: Broadcast, identity: ContactIdentity, at: datetime, dice: random.Random, kind: str
) -> BroadcastRecipient:
    state = dice.choices(
        (State.READ, State.DELIVERED, State.SENT, State.FAILED, State.SKIPPED), (58, 22, 8, 3, 9)
    )[0]
    is_read = state == State.READ
    minutes = dice.randrange(4, 400)
    reason = {
        State.FAILED: "Получатель заблокировал бота",
        State.SKIPPED: "no_consent",
    }.get(state, "")
    return BroadcastRecipient(
        broadcast=broadcast, contact_id=identity.contact_id, channel_id=identity.channel_id,
        address=identity.external_id, variant="a", state=told(state, kind), reason=reason,
        created_at=at, next_at=at,
        sent_at=at if state not in {State.FAILED, State.SKIPPED} else None,
        clicked_at=at + timedelta(hours=1) if is_read and dice.random() < 0.16 else None,
        answered_at=at + timedelta(minutes=minutes) if is_read and dice.random() < 0.11 else None,
        unsubscribed_at=at + timedelta(hours=3) if is_read and dice.random() < 0.012 else None,
    )  # fmt: skip
