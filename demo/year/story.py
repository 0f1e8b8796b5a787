"""What happened, drawn from the plan: who came whence and when, who answered, what became of it."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from demo.year import plan
from demo.year.plan import AGAIN, CAMPAIGNS, SELLERS, SERVICE, Campaign, Habit

_SEED: Final = 20_26
_OPENS, _CLOSES = time(9), time(21)
# The way through the pipeline, with the median days in each stage.
WAY: Final = (("Новый", 0.2), ("Квалификация", 1.2), ("Замер", 3.0), ("Счёт отправлен", 4.5),
              ("Предоплата", 6.0))  # fmt: skip
WON, LOST, REFUSED = "Оплачено", "Отказ", "Не лид"


@dataclass
class Sale:
    """A deal. `moves`: stage and moment, the first one its birth."""

    campaign: Campaign
    ad: str
    term: str
    title: str
    amount: int
    cost: int | None
    born: datetime
    moves: list[tuple[str, datetime]]
    seller: str
    reason: str = ""
    touches: list[tuple[datetime, Campaign, str, str]] = field(default_factory=list)
    is_refunded: bool = False

    @property
    def stage(self) -> str:
        return self.moves[-1][0]

    @property
    def accepted_at(self) -> datetime | None:
        """When it left the first stage, unless it was no lead."""
        is_taken = len(self.moves) > 1 and self.stage != REFUSED
        return self.moves[1][1] if is_taken else None


@dataclass
class Talk:
    """One turn of a chat: asked, answered, thanked, closed."""

    asked: datetime
    replied: datetime
    thanked: datetime
    closed: datetime
    question: str
    answer: str
    thanks: str
    by: str


@dataclass
class Customer:
    """Somebody who wrote. `channel` is the name of one of the demo's."""

    name: str
    channel: str
    talks: list[Talk]
    sales: list[Sale]


class Story:
    """Drawn anew each time from the same dice; nothing of it lies after `now`."""

    def __init__(
        self, now: datetime, zone: str, channels: Sequence[str], sells_until: date
    ) -> None:
        self.now, self.zone, self.channels = now, ZoneInfo(zone), channels
        # The latest weeks have deals of their own: see demo.weeks.
        self.sells_until = sells_until
        self.dice = random.Random(_SEED)
        # Keywords have dice of their own: the rest of the story does not turn on them.
        self.words = random.Random(_SEED)

    def customers(self) -> Iterator[Customer]:
        """The earliest first."""
        today = self.now.astimezone(self.zone).date()
        for back in range(plan.DAYS, 0, -1):
            day = today - timedelta(days=back)
            busy = plan.SEASON[day.month] * plan.WEEKDAYS[day.weekday()]
            growth = 0.8 + 0.4 * (plan.DAYS - back) / plan.DAYS
            for _ in range(self._times(plan.LEADS_A_DAY * busy * growth)):
                yield self._buyer(self._moment(day), day.month)
            for _ in range(self._times(plan.LEADS_A_DAY * plan.SERVICE_SHARE * busy)):
                asked = self._moment(day)
                talk = self._talk(asked, SERVICE, plan.SERVICE_QUESTIONS)
                yield self._customer([talk], [])

    def _buyer(self, asked: datetime, month: int) -> Customer:
        known = [one for one in CAMPAIGNS if month >= one.since]
        campaign = self.dice.choices(known, [one.weight for one in known])[0]
        seller = self._seller()
        talk = self._talk(asked, seller, plan.QUESTIONS)
        if asked.date() >= self.sells_until:
            return self._customer([talk], [])
        sale = self._sale(campaign, talk, seller)
        talks, sales = [talk], [sale]
        if sale.stage == WON and self.dice.random() < 0.28:
            again = sale.moves[-1][1] + timedelta(days=self.dice.uniform(20, 150))
            again = self._moment(again.astimezone(self.zone).date())
            if again.date() < self.sells_until:
                talks.append(self._talk(again, seller, plan.QUESTIONS))
                sales.append(self._sale(AGAIN, talks[-1], seller))
        return self._customer(talks, sales)

    def _customer(self, talks: list[Talk], sales: list[Sale]) -> Customer:
        name = f"{self.dice.choice(plan.FIRST_NAMES)} {self.dice.choice(plan.LAST_NAMES)}"
        return Customer(name, self.dice.choice(self.channels), talks, sales)

    def _sale(self, campaign: Campaign, talk: Talk, seller: Habit) -> Sale:
        dice = self.dice
        title, price = dice.choice(plan.PRODUCTS)
        amount = round(price * campaign.ticket * dice.uniform(0.85, 1.35), -2)
        ad = dice.choice(campaign.ads) if campaign.ads else ""
        born = talk.asked + timedelta(minutes=1)
        cost = round(amount * dice.uniform(0.52, 0.64), -2) if dice.random() < 0.9 else None
        sale = Sale(campaign, ad, self._term(campaign), title, int(amount),
                    int(cost) if cost else None, born, [(WAY[0][0], born)],
                    seller.login)  # fmt: skip
        self._touch(sale)
        self._fate(sale, talk, seller)
        sale.is_refunded = sale.stage == WON and dice.random() < 0.03
        return sale

    def _fate(self, sale: Sale, talk: Talk, seller: Habit) -> None:
        """How far it came: at the pace of the stages, until now."""
        dice = self.dice
        at = talk.replied + timedelta(minutes=dice.uniform(2, 40))
        if dice.random() > sale.campaign.accepted:
            self._end(sale, REFUSED, at, plan.REFUSED)
            return
        waited = (talk.replied - talk.asked).total_seconds() / 3600
        chance = sale.campaign.won * seller.luck * (0.6 if waited > 2 else 1.0)
        wins = dice.random() < chance
        last = len(WAY) if wins else dice.choices(range(1, len(WAY)), (5, 4, 3, 1))[0]
        for stage, days in WAY[1:last]:
            sale.moves.append((stage, at))
            at += timedelta(days=days * dice.lognormvariate(0, 0.7))
        if not wins:
            at += timedelta(days=dice.lognormvariate(0.6, 0.7))
            self._end(sale, LOST, at, plan.LOST, late=waited > 2)
            return
        sale.moves.append((WON, at))
        self._until_now(sale)

    def _end(
        self, sale: Sale, stage: str, at: datetime, reasons: Any, *, late: bool = False
    ) -> None:
        names, weights = zip(*reasons, strict=True)
        sale.reason = self.dice.choices(names, weights)[0]
        if late and self.dice.random() < 0.35:
            sale.reason = "Поздно ответили"
        sale.moves.append((stage, at))
        self._until_now(sale)

    def _until_now(self, sale: Sale) -> None:
        sale.moves = [move for move in sale.moves if move[1] < self.now]
        if sale.stage not in {LOST, REFUSED}:
            sale.reason = ""

    def _touch(self, sale: Sale) -> None:
        """What they saw before they wrote: the last advertisement, and often earlier ones."""
        if not sale.campaign.source or sale.campaign is AGAIN:
            return
        before = self.dice.choices((0, 1, 2), (55, 30, 15))[0]
        paid = [one for one in CAMPAIGNS if one.click]
        for place in range(before, 0, -1):
            other = self.dice.choice(paid)
            seen = sale.born - timedelta(days=place * self.dice.uniform(2, 9))
            ad = other.ads[0] if other.ads else ""
            sale.touches.append((seen, other, ad, self._term(other)))
        last = (sale.born - timedelta(minutes=2), sale.campaign, sale.ad, sale.term)
        sale.touches.append(last)

    def _talk(self, asked: datetime, who: Habit, questions: Sequence[str]) -> Talk:
        dice, slow = self.dice, 3.2 if asked.month == plan.HOLIDAYS else 1.0
        minutes = who.minutes * slow * dice.lognormvariate(0, 0.9)
        replied = min(self._open(asked) + timedelta(minutes=minutes), self.now)
        thanked = replied + timedelta(minutes=dice.uniform(2, 50))
        closed = thanked + timedelta(hours=dice.lognormvariate(1.2, 0.8))
        return Talk(
            asked, replied, min(thanked, self.now), min(closed, self.now),
            dice.choice(questions), dice.choice(plan.ANSWERS), dice.choice(plan.THANKS), who.login,
        )  # fmt: skip

    def _term(self, campaign: Campaign) -> str:
        if not campaign.terms:
            return ""
        return self.words.choices(campaign.terms, plan.TERM_LEADS)[0]

    def _seller(self) -> Habit:
        return self.dice.choices(SELLERS, [one.share for one in SELLERS])[0]

    def _open(self, moment: datetime) -> datetime:
        """The moment, or the next opening: at night nobody answers."""
        local = moment.astimezone(self.zone)
        if _OPENS <= local.time() < _CLOSES:
            return moment
        day = local.date() + timedelta(days=local.time() >= _CLOSES)
        return datetime.combine(day, _OPENS, self.zone)

    def _moment(self, day: Any) -> datetime:
        hour = self.dice.choices(range(24), plan.HOURS)[0]
        moment = time(hour, self.dice.randrange(60), self.dice.randrange(60))
        return datetime.combine(day, moment, self.zone)

    def _times(self, mean: float) -> int:
        """A whole number that is `mean` on average."""
        return int(mean * self.dice.uniform(0.6, 1.4) + self.dice.random())
