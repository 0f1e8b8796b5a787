"""Whoever dies among deliveries, spend, rates and rollups, and wherever: nothing comes twice,
nothing is forgotten."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from analytics.exchange import set_rate
from analytics.facts import deals as facts_of_deals
from analytics.facts import subscription as facts
from analytics.models import AdSpend, Base, Kind, ReportLetter, Rollup, RollupState
from analytics.rollups import building, freshness
from analytics.saved import delivering
from analytics.saved.actions import save_report, set_delivery
from analytics.spend import actions as spending
from analytics.spend.actions import Told, put_spend
from crm.models import Deal
from events.models import Event
from events.subscriptions import catch_up, subscriptions
from inbox.models import Message
from tests.cast import make_channel, make_conversation
from tests.killing import die, is_killed

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 3, 2)


class Postman(BaseEmailBackend):
    """Takes letters for all processes."""

    path = None
    dies = False

    def send_messages(self, letters):
        with self.path.open("a") as book:
            book.writelines(f"{letter.to[0]}\n" for letter in letters)
        if self.dies:
            die()
        return len(letters)

    @classmethod
    def counts(cls):
        return Counter(cls.path.read_text().split())


@pytest.fixture
def postman(settings, tmp_path):
    settings.EMAIL_BACKEND = f"{__name__}.Postman"
    Postman.path = tmp_path / "letters"
    Postman.path.touch()
    return Postman


def in_handing_out():
    ReportLetter.objects.bulk_create = die
    delivering.deliver_due()


def after_handing_out():
    delivering.send = die
    delivering.deliver_due()


def while_it_is_written():
    delivering.letter_for = die
    delivering.deliver_due()


def while_it_is_sent():
    Postman.dies = True
    delivering.deliver_due()


def while_the_chat_is_told():
    delivering._end = die
    delivering.deliver_due()


def test_reports_come_once_to_everybody_whoever_is_killed(acme, postman):
    with acme.scope():
        chat = make_conversation(make_channel())
        one = save_report(by=acme.anna, report="sales", name="Sales", parameters={})
        people = [acme.owner, acme.anna, acme.marta]
        made = set_delivery(
            one, by=acme.anna, frequency="daily", conversation=chat,
            recipients=[person.pk for person in people],
        )  # fmt: skip
        made.next_at = timezone.now() - timedelta(minutes=1)
        made.save()

    def let_time_pass():
        with acme.scope():
            ReportLetter.objects.update(next_at=timezone.now() - timedelta(minutes=10))

    for deed in (
        in_handing_out,
        after_handing_out,
        while_it_is_written,
        while_it_is_sent,
        while_the_chat_is_told,
    ):
        assert is_killed(deed), deed
        let_time_pass()
    delivering.deliver_due()
    delivering.deliver_due()

    assert postman.counts() == {person.user.email: 1 for person in people}
    with acme.scope():
        states = dict(ReportLetter.objects.values_list("membership__user__email", "state"))
        assert Message.objects.filter(conversation=chat).count() == 1
        made.refresh_from_db()
    # One was killed with a letter on the wire: nobody sends that one again, and it is said.
    assert sorted(states.values()) == ["sent", "sent", "sent", "unknown"]
    assert states[None] == "sent"
    assert "perhaps sent" in made.error or "возможно, отправлено" in made.error
    assert made.next_at > timezone.now()


def test_spend_is_there_whole_or_not_at_all(acme):
    told = [
        Told(date=DAY + timedelta(days=place), source="yandex", cost=Decimal("10.50"))
        for place in range(20)
    ]
    restated = [Told(date=one.date, source="yandex", cost=Decimal(20)) for one in told]

    def put(rows, deadly=None):
        if deadly:
            setattr(*deadly, die)
        with acme.scope():
            put_spend(rows, by=acme.anna)

    def total():
        with acme.scope():
            news = Event.objects.filter(action="spend.changed").count()
            return sum(AdSpend.objects.values_list("cost", flat=True)), news

    assert is_killed(lambda: put(told, (spending, "_tell")))
    assert total() == (0, 0)
    put(told)
    put(told)
    assert total() == (Decimal("210.00"), 1)
    assert is_killed(lambda: put(restated, (spending, "_tell")))
    assert total() == (Decimal("210.00"), 1)
    put(restated)
    assert total() == (Decimal("400.00"), 2)


def test_a_rate_counts_once_whoever_dies_while_it_is_counted(acme, shop, report):
    deals = [shop.win(shop.deal(amount=100)) for _ in range(3)]
    with acme.scope():
        Deal.objects.update(currency="EUR")
    (mine,) = [one for one in subscriptions() if one.name == facts.NAME]

    def say(rate):
        with acme.scope():
            set_rate(currency="EUR", since=DAY.replace(year=2020), rate=Decimal(rate), by=acme.anna)

    def count(deadly=None):
        if deadly:
            setattr(*deadly, die)
        catch_up(acme.workspace.pk, mine)

    for rate, deadly in (
        (90, (facts_of_deals.writing, "replace")),
        (95, (facts_of_deals, "derive_new_customers")),
    ):
        say(rate)
        assert is_killed(lambda deadly=deadly: count(deadly))
        count()
        count()
        total = report("sales", base=Base.EVENT).total
        assert total["revenue"] == {"amount": f"{len(deals) * rate * 100}.00", "currency": "RUB"}
        assert total["won"] == len(deals)
    with acme.scope():
        won = facts_of_deals.Fact.objects.filter(kind=Kind.WON, voided_at=None)
        assert won.count() == len(deals)


def test_months_are_as_their_days_whoever_dies_while_they_are_added_up(acme, shop, report):
    long_ago = timezone.now() - timedelta(days=70)
    year = {"first": (long_ago - timedelta(days=300)).date().isoformat(), "group": "source"}

    def add_up(deadly):
        setattr(*deadly, die)
        freshness.refresh_workspace(acme.workspace.pk)

    def bring(count):
        for _ in range(count):
            shop.born(shop.deal(source="vk"), long_ago)

    def months():
        with acme.scope():
            found = Rollup.objects.filter(cube="month source", kind=Kind.LEAD, base=Base.BIRTH)
            return sum(found.values_list("n", flat=True)), RollupState.objects.get().months_until

    bring(1)
    assert report("marketing", **year).total["leads"] == 1
    assert is_killed(lambda: add_up((building, "_build")))
    assert months() == (0, None)
    freshness.refresh_workspace(acme.workspace.pk)
    assert months()[0] == 1
    bring(2)
    assert report("marketing", **year).total["leads"] == 3
    for deadly in ((building, "_build"), (freshness.DirtyBucket, "delete")):
        assert is_killed(lambda deadly=deadly: add_up(deadly))
        assert months()[0] == 1
        assert report("marketing", **year).total["leads"] == 3
    freshness.refresh_workspace(acme.workspace.pk)
    freshness.refresh_workspace(acme.workspace.pk)
    assert months()[0] == 3
    assert report("marketing", **year).row(source="vk")["leads"] == 3
