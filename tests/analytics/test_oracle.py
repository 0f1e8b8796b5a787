"""Random histories, counted by a naive program that reads the deals themselves.

Everything is exact, percentiles to 2 %; in zones with and without changes of the clocks, with
refunds, reopenings, corrections and merges. A rebuild from scratch gives the same numbers.
"""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from analytics.models import Rollup
from analytics.rollups import freshness
from analytics.rollups.rebuilding import rebuild_rollups
from contacts.merging import absorb
from crm.actions import update_deal
from crm.models import Deal, Payment
from events.journal import SYSTEM, record
from workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# Days around both changes of the clocks in Berlin and New York, of 23 and 25 hours.
DAYS = [date(2026, 3, 8), date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25)]
DAYS += [date(2026, 11, 1)]
SOURCES = ["", "yandex", "vk"]
TERMS = ["", "sofa", "wardrobe"]
ZONES = ["Europe/Moscow", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]


def some_moment(chance):
    """Anywhere in these days, often near midnight of some zone."""
    day = datetime.combine(chance.choice(DAYS), datetime.min.time(), UTC)
    return day + timedelta(seconds=chance.randrange(0, 86_400))


def live(shop, chance, steps):
    """A random history of deals."""
    deals, contacts = [], [shop.contact(f"Contact {n}") for n in range(5)]
    for _ in range(steps):
        if len(deals) < 4 or chance.random() < 0.35:
            contact = chance.choice(contacts)
            deal = shop.deal(
                contact,
                amount=chance.choice([None, Decimal("99.99"), Decimal(1000)]),
                cost=chance.choice([None, Decimal("10.01")]),
                source=chance.choice(SOURCES),
                term=chance.choice(TERMS),
            )
            shop.born(deal, some_moment(chance))
            deals.append(deal)
            continue
        deal = chance.choice(deals)
        what = chance.random()
        if what < 0.55:
            stage = chance.choice(["Qualified", "Offer sent", "Paid", "Paid", "Refused", "No lead"])
            shop.move(deal, stage)
            with shop.acme.scope():
                is_closed = Deal.objects.get(pk=deal.pk).closed_at is not None
            if is_closed:
                shop.closed(deal, some_moment(chance))
        elif what < 0.75:
            shop.pay(deal, chance.choice([100, -40, -7]), on=chance.choice(DAYS))
        elif what < 0.9:
            with shop.acme.scope():
                update_deal(deal, by=SYSTEM, amount=Decimal(chance.randrange(1, 500)))
        elif len(contacts) > 2:
            gone = contacts.pop(chance.randrange(len(contacts)))
            merge(shop, gone, chance.choice(contacts))
    return deals


def merge(shop, absorbed, kept):
    with shop.acme.scope():
        connection.ensure_connection()
        told = absorb(
            connection.connection, shop.acme.workspace.pk, absorbed=absorbed.pk, kept=kept.pk
        )
        for fact in told:
            record(fact.action, subject=fact.subject, by=SYSTEM, data=fact.data)


def of_source(deal):
    return deal.source or None


def of_term(deal):
    return deal.source or None, deal.term or None


def oracle(base, first, last, zone, key=of_source):
    """The numbers, from the deals themselves. Call in the scope."""

    def day(moment):
        return moment.astimezone(zone).date()

    def counts(moment):
        return moment is not None and first <= day(moment) <= last

    found = {}
    deals = list(Deal.objects.all())
    firsts = {}
    for deal in sorted(deals, key=lambda one: (one.closed_at or timezone.now(), one.pk)):
        if deal.status == "won":
            firsts.setdefault(deal.contact_id, deal.pk)
    for deal in deals:
        row = found.setdefault(key(deal), dict.fromkeys(KEYS, 0) | {"cycles": []})
        born = counts(deal.created_at)
        decided = born if base == "birth" else counts(deal.closed_at)
        accepted_at = deal.accepted_at or (deal.closed_at if deal.status == "won" else None)
        taken = born if base == "birth" else counts(accepted_at)
        row["leads"] += born
        is_accepted = accepted_at is not None and deal.status != "not_a_lead"
        row["accepted_leads"] += bool(is_accepted and taken)
        row["rejected"] += bool(deal.status == "not_a_lead" and decided)
        if deal.status == "won":
            if decided:
                row["orders"] += 1
                row["revenue"] += deal.amount or 0
                row["margin"] += (deal.amount or 0) - (deal.cost or 0)
                row["new_customers"] += firsts[deal.contact_id] == deal.pk
                row["cycles"].append(
                    max(0.0, (deal.closed_at - deal.created_at).total_seconds() / 86_400)
                )
            for payment in Payment.objects.filter(deal=deal, amount__lt=0):
                if born if base == "birth" else first <= payment.paid_on <= last:
                    row["revenue"] += payment.amount
                    row["margin"] += payment.amount
    return found


KEYS = ("leads", "accepted_leads", "rejected", "orders", "new_customers", "revenue", "margin")


def agrees(shop, report, zone):
    """Whether the reports say what the oracle says."""
    for base in ("birth", "event"):
        for first, last in [(DAYS[0], DAYS[-1]), (DAYS[2], DAYS[2]), (DAYS[3], DAYS[3])]:
            with shop.acme.scope():
                expected = oracle(base, first, last, zone)
            period = {"first": first.isoformat(), "last": last.isoformat(), "base": base}
            marketing = report("marketing", group="source", **period)
            says({row["source"]: row for row in marketing.rows}, expected)
            cycles = sorted(one for row in expected.values() for one in row["cycles"])
            if cycles and len(cycles) % 2:
                have = report("sales", **period).total["cycle_days"]
                assert have == pytest.approx(median(cycles), rel=0.02, abs=1e-6)


def keywords_agree(shop, report, zone):
    """The same of the finest level that reports have."""
    with shop.acme.scope():
        expected = oracle("birth", DAYS[0], DAYS[-1], zone, of_term)
    period = {"first": DAYS[0].isoformat(), "last": DAYS[-1].isoformat()}
    found = report("marketing", group="term", **period)
    says({(row["source"], row["term"]): row for row in found.rows}, expected)


def says(told, expected):
    for group, row in expected.items():
        for key in KEYS:
            have = told[group][key] if group in told else 0
            have = Decimal(have["amount"]) if isinstance(have, dict) else have
            assert have == row[key], (group, key)


@pytest.mark.parametrize("zone", ZONES)
def test_random_histories_are_counted_right(shop, report, zone):
    with shop.acme.scope():
        Workspace.objects.filter(pk=shop.acme.workspace.pk).update(time_zone=zone)
    chance = random.Random(zone)
    for _ in range(2):
        live(shop, chance, 30)
        agrees(shop, report, ZoneInfo(zone))
    keywords_agree(shop, report, ZoneInfo(zone))


def test_a_move_to_another_zone_cuts_the_days_anew(shop, report):
    live(shop, random.Random(7), 25)
    agrees(shop, report, ZoneInfo("Europe/Moscow"))
    with shop.acme.scope():
        Workspace.objects.filter(pk=shop.acme.workspace.pk).update(time_zone="America/New_York")
    agrees(shop, report, ZoneInfo("America/New_York"))


def test_a_rebuild_from_scratch_gives_the_same(shop, report, client):
    live(shop, random.Random(11), 40)
    period = {"first": DAYS[0].isoformat(), "last": DAYS[-1].isoformat()}
    names = ("marketing", "sales", "overview")
    before = {name: vars(report(name, **period))["rows"] for name in names}
    told = StringIO()
    call_command("rebuild_analytics", shop.acme.workspace.slug, stdout=told)
    assert "deals" in told.getvalue()
    assert {name: vars(report(name, **period))["rows"] for name in names} == before


def test_months_that_are_over_tell_the_same(shop, report):
    live(shop, random.Random(5), 30)
    year = {"first": "2026-01-01", "last": "2026-12-31"}
    names = (("sales", "owner"), ("sales", "source"), ("team", "owner"), ("sales", "month"))
    names += (("marketing", "term"),)

    def told():
        found = [report(name, group=group, **year).rows for name, group in names]
        return [*found, report("funnel", **year).rows]

    before = told()
    with shop.acme.scope():
        assert not Rollup.objects.filter(cube__startswith="month").exists()
        freshness.close_months()
    with shop.acme.scope():
        assert Rollup.objects.filter(cube__startswith="month").exists()
    assert told() == before
    live(shop, random.Random(6), 15)
    agrees(shop, report, ZoneInfo("Europe/Moscow"))
    after = told()
    with shop.acme.scope():
        rebuild_rollups()
    assert told() == after


def test_adding_up_twice_is_once(shop, report):
    live(shop, random.Random(3), 20)
    report("marketing", first=DAYS[0].isoformat(), last=DAYS[-1].isoformat())
    with shop.acme.scope():
        freshness.add_up()
        rows = sorted(Rollup.objects.values_list("day", "base", "kind", "n", "amount"))
        assert freshness.add_up() == 0
        assert sorted(Rollup.objects.values_list("day", "base", "kind", "n", "amount")) == rows
