"""Twelve weeks behind the demo: leads, what they cost, what they brought, what was decided."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from django.utils import timezone

from analytics.alerts.actions import set_alert
from analytics.digest.decisions import monday
from analytics.facts.deals import derive_deals
from analytics.models import AdSpend, AlertFiring, Decision
from contacts.models import Contact, Touch
from core import positions
from core.ids import uuid7
from crm import numbers
from crm.models import Deal, DealChange, LossReason, Payment, Pipeline, Stage
from crm.models.stage import Group
from demo.chats import Chat, waiting_chats
from demo.payments import payments_of
from demo.year.money import by_term
from demo.year.plan import LOST, SOFA_TERMS, TERM_LEADS
from marketing.actions import create_link
from marketing.models import TrackedLinkDay
from workspaces.models import Membership
from workspaces.zones import local_day, zone

WEEKS: Final = 12
DAY: Final = timedelta(days=1)
_NAMES: Final = (
    *("Алина", "Борис", "Вадим", "Галина", "Дарья", "Евгений", "Ирина", "Константин", "Лариса"),
    *("Максим", "Нина", "Олеся", "Роман", "Светлана", "Тамара", "Юрий"),
)
_FAMILIES: Final = (
    *("Авдеенко", "Бойко", "Гончар", "Демченко", "Ефименко", "Зинченко", "Игнатенко", "Коваль"),
    *("Литвин", "Мельник", "Назаренко", "Петренко", "Савченко", "Ткач", "Швец", "Юрченко"),
)


@dataclass(frozen=True)
class Origin:
    """A campaign: leads a week, their chances to be accepted and to buy, the usual ticket, what a
    week of it costs."""

    source: str
    campaign: str
    medium: str
    leads: int
    accepted: float
    wins: float
    ticket: int
    cost: int
    clicks: int
    ad: str = ""
    terms: tuple[str, ...] = ()


ORIGINS: Final = (
    Origin(
        "Директ",
        "Поиск · диваны",
        "cpc",
        7,
        0.8,
        0.3,
        74_000,
        14_200,
        310,
        "Диван за 14 дней",
        SOFA_TERMS,
    ),
    Origin("Директ", "РСЯ", "cpc", 5, 0.5, 0.12, 58_000, 9_800, 690, "Ретаргетинг"),
    Origin("VK", "Велюр, осень", "cpc", 6, 0.66, 0.2, 61_000, 8_400, 420, "Велюр −15 %"),
    Origin("VK", "Столы", "cpc", 3, 0.42, 0.06, 39_000, 7_900, 260, "Стол из дуба"),
    Origin("Telegram Ads", "Малые кв.", "cpc", 2, 0.7, 0.22, 52_000, 5_100, 95, "Студия 24 м²"),
    Origin("Без рекламы", "рекомендация", "", 2, 0.95, 0.5, 96_000, 0, 0),
    Origin("", "", "", 1, 0.6, 0.2, 60_000, 0, 0),
)
REFUSALS: Final = (
    "Спам или реклама", "Другой регион", "Контакты не работают", "Поставщик", "Ищет работу",
)  # fmt: skip
# Who waited longer than this for a first reply buys more seldom.
LATE: Final = timedelta(hours=2)


@dataclass(frozen=True)
class Made:
    """A decision of so many weeks ago."""

    weeks: int
    text: str
    detail: str
    by: str
    metric: str
    condition: str
    threshold: str
    worth: int | None = None
    before: str = ""
    after: str = ""


DECISIONS: Final = (
    Made(6, "Дежурный на вечер", "С 19 до 22 часов отвечали на каждый пятый вопрос.", "manager",
         "first_reply_median", "at_most", "900", -182_000, "2400", "760"),
    Made(4, "Спрашивать город в первом сообщении", "Треть отказов из-за другого региона.",
         "marketer", "acceptance", "at_least", "0.65", -96_000, "0.58", "0.67"),
    Made(3, "Ставка на «Поиск · диваны» выше на 15 %", "Окупается вчетверо, показов не хватает.",
         "marketer", "romi", "at_least", "3", 210_000, "2.6", "2.1"),
    Made(1, "Остановить «Столы» и сменить посадочную", "Принята половина лидов, окупаемости нет.",
         "marketer", "accepted_lead_cost", "at_most", "2100", -64_000, "2460"),
    Made(0, "Доставка в Казань в скрипте продаж", "Лиды из Казани отклоняли, а мы туда возим.",
         "manager", "overturned_share", "at_most", "0.2", -120_000, "0.5"),
)  # fmt: skip


def seed_weeks(members: dict[str, Membership]) -> None:
    """All of it, the same in each demo."""
    _Weeks(members).make()


class _Weeks:
    def __init__(self, members: dict[str, Membership]) -> None:
        self.members, self.random = members, Random(11)
        self.today = local_day(timezone.now())
        self.pipeline = Pipeline.objects.get(is_default=True)
        self.teams = {
            member.pk: member.team_memberships.values_list("team_id", flat=True).first()
            for member in members.values()
        }
        stages = list(Stage.objects.in_use().filter(pipeline=self.pipeline).in_order())
        self.way = [stage for stage in stages if stage.group in {Group.ACTIVE, Group.WON}]
        self.ends = {stage.group: stage for stage in stages if stage.group != Group.ACTIVE}
        self.reasons = {one.name: one for one in LossReason.objects.filter(parent__isnull=False)}
        self.deals: list[Deal] = []
        self.changes: list[DealChange] = []
        self.payments: list[Payment] = []
        self.contacts: list[Contact] = []
        self.touches: list[Touch] = []
        # Keywords have dice of their own: the rest does not turn on them.
        self.words = Random(11)
        self.chats = waiting_chats(members, monday(self.today) - timedelta(weeks=WEEKS))

    def make(self) -> None:
        first = monday(self.today) - timedelta(weeks=WEEKS)
        for week in range(WEEKS + 1):
            for origin in ORIGINS:
                self._week_of(origin, first + timedelta(weeks=week), 0.8 + 0.035 * week)
        self._spend(first)
        self._save()
        self._decide()
        self._watch()
        self._link()

    def _week_of(self, origin: Origin, start: date, growth: float) -> None:
        count = max(1, round(origin.leads * growth * self.random.uniform(0.7, 1.3)))
        for _ in range(count):
            if chats := self.chats.get(start):
                chat = chats.pop()
                self._lead(origin, chat.asked + timedelta(minutes=1), chat)
                continue
            day = start + DAY * self.random.randrange(7)
            moment = datetime.combine(day, time(9 + self.random.randrange(11)), zone())
            if moment < timezone.now() - timedelta(hours=30):
                self._lead(origin, moment)

    def _lead(self, origin: Origin, at: datetime, chat: Chat | None = None) -> None:
        owner = self.members[self.random.choice(("agent", "manager"))]
        if chat is None:
            name = f"{self.random.choice(_NAMES)} {self.random.choice(_FAMILIES)}"
            contact = Contact(
                id=uuid7(), name=name, phone=self._phone(), owner=owner, created_at=at
            )
            self.contacts.append(contact)
        else:
            contact, owner = chat.conversation.contact, chat.conversation.assignee
        term = self.words.choices(origin.terms, TERM_LEADS)[0] if origin.terms else ""
        deal = Deal(
            id=uuid7(), contact=contact, pipeline=self.pipeline, stage=self.way[0], owner=owner,
            team_id=self.teams[owner.pk],
            conversation=chat.conversation if chat else None,
            channel_id=chat.conversation.channel_id if chat else None,
            currency=self.pipeline.currency, source=origin.source, medium=origin.medium,
            campaign=origin.campaign, content=origin.ad, term=term, created_at=at, stage_since=at,
        )  # fmt: skip
        self.deals.append(deal)
        if origin.source:
            self.touches.append(
                Touch(
                    contact=contact, kind=Touch.Kind.AD, at=at - timedelta(minutes=3),
                    source=origin.source, medium=origin.medium, campaign=origin.campaign,
                    content=origin.ad, term=term,
                )
            )  # fmt: skip
        is_late = chat is not None and chat.replied - chat.asked > LATE
        answered = chat.replied if chat else at
        judged = answered + timedelta(minutes=self.random.randrange(15, 620))
        if self.random.random() > origin.accepted:
            reason = self.reasons.get(self.random.choice(REFUSALS))
            self._end(deal, Group.NOT_A_LEAD, judged, reason)
            return
        deal.accepted_at = judged
        wins = self.random.random() < origin.wins / origin.accepted * (0.5 if is_late else 1)
        cycle = timedelta(days=self.random.uniform(4, 21))
        deal.amount = Decimal(round(origin.ticket * self.random.uniform(0.6, 1.5), -2))
        deal.cost = (deal.amount * Decimal("0.62")).quantize(Decimal(1))
        unmoved = len(self.changes)
        depth = len(self.way) - 1 if wins else self.random.randrange(1, len(self.way) - 1)
        for place in range(1, depth if wins else depth + 1):
            self._move(deal, self.way[place], judged + cycle * (place - 1) / depth)
        if at + cycle < timezone.now() - timedelta(hours=1):
            if wins:
                self._end(deal, Group.WON, at + cycle, None)
            elif self.random.random() < 0.85:
                names, weights = zip(*LOST, strict=True)
                name = self.random.choices(names, weights)[0]
                if is_late and self.random.random() < 0.4:
                    name = "Поздно ответили"
                self._end(deal, Group.LOST, at + cycle, self.reasons.get(name))
        moved = self.changes[unmoved:]
        self.payments += payments_of(deal, {one.after_words: one.at for one in moved})

    def _phone(self) -> str:
        """Each has a number of its own."""
        return f"+7921{1_000_003 + len(self.contacts) * 7919 % 8_999_000:07}"

    def _move(self, deal: Deal, stage: Stage, at: datetime) -> None:
        if at >= timezone.now():
            return
        self.changes.append(
            DealChange(
                deal=deal, field="stage", before=str(deal.stage_id), after=str(stage.pk),
                before_words=deal.stage.name, after_words=stage.name, author=deal.owner, at=at,
            )
        )  # fmt: skip
        deal.stage, deal.stage_since = stage, at

    def _end(self, deal: Deal, group: str, at: datetime, reason: LossReason | None) -> None:
        if at >= timezone.now():
            return
        self._move(deal, self.ends[group], at)
        deal.status, deal.closed_at, deal.loss_reason = Deal.Status(group), at, reason

    def _spend(self, first: date) -> None:
        rows = []
        for number in range((self.today - first).days + 1):
            for origin in ORIGINS:
                if not origin.cost:
                    continue
                swing = self.random.uniform(0.75, 1.25) / 7
                for term, share in by_term(origin.terms):
                    rows.append(
                        AdSpend(
                            date=first + DAY * number, source=origin.source, medium=origin.medium,
                            campaign=origin.campaign, currency=self.pipeline.currency,
                            ad=origin.ad, term=term,
                            clicks=round(origin.clicks * swing * share),
                            impressions=round(origin.clicks * 77 * swing * share),
                            cost=Decimal(round(origin.cost * swing * share)), origin="manual",
                        )
                    )  # fmt: skip
        AdSpend.objects.bulk_create(rows, ignore_conflicts=True)

    def _save(self) -> None:
        number = numbers.take(len(self.deals))
        last = self.pipeline.deals.order_by("position").values_list("position", flat=True).last()
        places = positions.several(len(self.deals), before=last)
        for place, deal in enumerate(self.deals):
            deal.number, deal.position = number + place, places[place]
        Contact.objects.insert_new(self.contacts)
        Touch.objects.insert_new(self.touches)
        Deal.objects.insert_new(self.deals)
        DealChange.objects.insert_new(self.changes)
        Payment.objects.insert_new(self.payments)
        derive_deals([deal.pk for deal in self.deals], seq=0)

    def _decide(self) -> None:
        for made in DECISIONS:
            week = monday(self.today) - timedelta(weeks=made.weeks)
            state = Decision.State.OPEN
            if made.after:
                after, limit = Decimal(made.after), Decimal(made.threshold)
                held = after >= limit if made.condition == "at_least" else after <= limit
                state = Decision.State.HELD if held else Decision.State.MISSED
            due = week + timedelta(days=13)
            Decision.objects.create(
                text=made.text, detail=made.detail, owner=self.members[made.by],
                made_by=self.members["admin"], week=week, metric=made.metric, report="ground",
                condition=made.condition, threshold=Decimal(made.threshold), due_on=due,
                worth=made.worth, state=state, value_before=Decimal(made.before),
                value_after=Decimal(made.after) if made.after else None,
                measured_at=timezone.now() if made.after else None,
            )  # fmt: skip

    def _watch(self) -> None:
        waiting = set_alert(
            by=self.members["manager"], membership=self.members["manager"], metric="waiting",
            condition="above", threshold=Decimal(10), by_email=True,
        )  # fmt: skip
        cost = set_alert(
            by=self.members["marketer"], membership=self.members["marketer"],
            metric="accepted_lead_cost", condition="unusual", threshold=Decimal("0.4"),
            by_email=False,
        )  # fmt: skip
        for days, alert, value, limit in (
            (9, waiting, 14, 10), (5, cost, 3120, 1890), (2, waiting, 12, 10),
        ):  # fmt: skip
            AlertFiring.objects.create(
                alert=alert, day=self.today - DAY * days, at=timezone.now() - DAY * days,
                condition=alert.condition, value=value, limit=limit,
            )  # fmt: skip

    def _link(self) -> None:
        marketer = self.members["marketer"]
        for name, source, medium, campaign, url, clicks in (
            ("Листовка в салоне", "листовка", "offline", "Салон на Ленина",
             "https://sever-mebel.ru/divany", 14),
            ("Пост «Велюр» в VK", "vk", "social", "Велюр, осень",
             "https://sever-mebel.ru/velyur", 52),
        ):  # fmt: skip
            link = create_link(
                by=marketer, name=name, source=source, medium=medium, campaign=campaign, url=url
            )
            for days in range(7):
                TrackedLinkDay.objects.create(
                    link=link, day=self.today - DAY * days,
                    clicks=round(clicks / 7 * self.random.uniform(0.5, 1.6)),
                )  # fmt: skip
