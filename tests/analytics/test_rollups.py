"""What rollups keep: credit as each model divides it, whole months, the stages of deals."""

import json
import random
from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics.attribution.weights import MODELS, weights
from analytics.facts import writing
from analytics.facts.sources import DIRECT, WINDOW
from analytics.models import DirtyBucket, Fact, Rollup, RollupState
from analytics.reports import collecting, funnel
from analytics.rollups import freshness
from analytics.rollups.cubes import LAYOUT, MONTH, cube_for
from contacts.models import Touch
from core.postgresql.connections import connection_parameters
from crm.models import Deal
from tests.analytics.test_oracle import merge

pytestmark = pytest.mark.django_db
YEAR = {"first": "2026-01-01", "last": "2026-12-31"}
PLACES = ["yandex", "vk", "", "direct"]


def live(shop, chance, steps):
    """Customers who come by several ways, some of which we learn of late, or as two people."""
    contacts = [shop.contact(f"Contact {number}") for number in range(4)]
    for _ in range(steps):
        contact, what = chance.choice(contacts), chance.random()
        if what < 0.5:
            shop.touch(
                contact,
                chance.choice(PLACES),
                days_ago=chance.choice([0.5, 3, 20, 45, 89, 95]),
                campaign=chance.choice(["", "sofas"]),
                term=chance.choice(["", "sofa", "corner sofa"]),
            )
        elif what < 0.85:
            deal = shop.deal(contact, amount=Decimal(chance.randrange(1, 99_999)) / 100)
            shop.born(deal, timezone.now() - timedelta(days=chance.choice([1, 10, 40])))
            if what < 0.75:
                shop.win(deal)
        elif len(contacts) > 2:
            merge(shop, contacts.pop(contacts.index(contact)), chance.choice(contacts))


def credited(model):
    """Leads and revenue by source, from the deals and the touches themselves."""
    found = {}
    for deal in Deal.objects.all():
        path = [
            touch
            for touch in Touch.objects.filter(contact=deal.contact_id).order_by("at", "id")
            if deal.created_at - WINDOW < touch.at <= deal.created_at
        ]
        ages = [deal.created_at - touch.at for touch in path]
        directs = [touch.source.lower() in DIRECT for touch in path]
        shares = weights(model, ages, directs) if path else []
        pairs = list(zip(path, shares, strict=True)) if path else [(deal, 1.0)]
        for place, share in pairs:
            row = found.setdefault(place.source or None, [0.0, 0.0])
            row[0] += share
            row[1] += share * float(deal.amount) * (deal.status == "won")
    return {source: row for source, row in found.items() if any(row)}


def told(report, model, **query):
    rows = report("marketing", group="source", model=model, **YEAR, **query).rows
    return {row["source"]: [row["leads"], float(row["revenue"]["amount"])] for row in rows}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2])
def test_each_model_divides_as_its_definition_says(shop, report, monkeypatch, seed):
    chance = random.Random(seed)
    for _ in range(2):
        live(shop, chance, 14)
        monkeypatch.setattr(collecting, "_from_touches", None)
        for model in MODELS:
            with shop.acme.scope():
                expected = credited(model)
            for base in ("birth", "event"):
                have = told(report, model, base=base)
                # A kopeck goes to one of them whole.
                assert have.keys() == expected.keys()
                for source, row in expected.items():
                    assert have[source] == pytest.approx(row, abs=0.1), (model, base, source)
                assert sum(row[0] for row in have.values()) == pytest.approx(
                    sum(row[0] for row in expected.values()), abs=1e-6
                )
        with shop.acme.scope():
            freshness.close_months()


def test_what_models_keep_is_what_touches_say(shop, report, monkeypatch):
    live(shop, random.Random(9), 25)
    asked = [(model, group) for model in MODELS for group in ("day", "ad", "owner", "month")]
    kept = [report("marketing", model=model, group=group, **YEAR).rows for model, group in asked]
    monkeypatch.setattr(collecting, "known_to_models", lambda *_: False)
    assert kept == [
        report("marketing", model=model, group=group, **YEAR).rows for model, group in asked
    ]


def test_months_keep_keywords_and_a_members_sources_of_each_model(shop, report, monkeypatch):
    live(shop, random.Random(9), 25)
    nobodys = json.dumps({"field": "owner", "op": "set", "value": False})
    searched = json.dumps({"field": "term", "op": "eq", "value": "Sofa"})
    questions = [{"group": "term"}, {"group": "source", "filter": nobodys}]
    questions += [{"group": "source", "filter": searched, "base": "event"}]

    def told():
        asked = [(model, question) for model in MODELS for question in questions]
        return [
            report("marketing", model=model, **question, **YEAR).rows for model, question in asked
        ]

    before = told()
    assert all(before[-len(questions) :])
    with shop.acme.scope():
        freshness.close_months()
    spans = []
    divide = collecting._from_touches
    monkeypatch.setattr(
        collecting,
        "_from_touches",
        lambda cells, question, kinds: (
            spans.append(question.first) or divide(cells, question, kinds)
        ),
    )
    assert told() == before
    today = timezone.now().date()
    assert spans
    assert set(spans) == {today.replace(day=1)}


def test_a_touch_that_we_learn_of_late_gets_its_credit(shop, report):
    maria = shop.contact()
    shop.touch(maria, "vk", days_ago=2)
    shop.deal(maria)
    assert told(report, "first") == {"vk": [1, 0]}
    shop.touch(maria, "yandex", days_ago=9)
    assert told(report, "first") == {"yandex": [1, 0]}
    assert told(report, "linear") == {"vk": [0.5, 0], "yandex": [0.5, 0]}


def test_a_month_that_has_changed_is_read_by_its_days_until_it_is_added_up(shop, report):
    deal = shop.deal(source="vk")
    shop.born(deal, timezone.now() - timedelta(days=70))
    assert told(report, "linear") == {"vk": [1, 0]}
    with shop.acme.scope():
        freshness.close_months()
    other = shop.deal(source="vk", amount=5)
    shop.born(shop.win(other), timezone.now() - timedelta(days=70))
    for model in MODELS:
        assert told(report, model) == {"vk": [2, 5]}
    with shop.acme.scope():
        assert DirtyBucket.objects.filter(is_month=True).exists()
        assert freshness.add_up_months() > 0
        assert not DirtyBucket.objects.exists()
        months = Rollup.objects.filter(cube="month source", kind="lead", base="birth")
        assert [row.n for row in months] == [2]
    for model in MODELS:
        assert told(report, model) == {"vk": [2, 5]}


def test_a_month_keeps_the_hours_of_its_days(shop, report):
    long_ago = timezone.now() - timedelta(days=70)
    with shop.acme.scope():
        writing.add(
            [
                Fact(kind="inquiry", natural_key=f"{n}", at=long_ago - timedelta(hours=25 * n),
                     source=PLACES[n % 2])
                for n in range(6)
            ]
        )  # fmt: skip
    asked = {"filter": '{"field": "source", "op": "eq", "value": "vk"}', **YEAR}
    by_days = report("inquiries", **asked).heat
    assert sum(one["inquiries"] for one in by_days) == 3
    with shop.acme.scope():
        freshness.close_months()
        Rollup.objects.filter(cube="source").delete()
    assert report("inquiries", **asked).heat == by_days


def test_months_wait_when_there_is_no_time_for_them(shop, report):
    shop.born(shop.deal(), timezone.now() - timedelta(days=70))
    with shop.acme.scope():
        freshness.close_months()
    shop.born(shop.deal(), timezone.now() - timedelta(days=70))
    report("marketing", **YEAR)
    with shop.acme.scope():
        before = DirtyBucket.objects.count()
        assert before
        assert freshness.add_up_months(seconds=0) == 0
        assert DirtyBucket.objects.count() == before


def test_the_funnel_keeps_what_facts_say(shop, report, monkeypatch):
    sources = ["vk", "vk", "yandex", "vk"]
    for source, moves in zip(
        sources, (["Offer sent", "Qualified"], ["Paid"], ["Qualified", "Refused"], []), strict=True
    ):
        deal = shop.deal(source=source)
        for stage in moves:
            shop.move(deal, stage)

    def told(**values):
        return {"field": next(iter(values)), "op": "eq", "value": str(next(iter(values.values())))}

    ways = [
        told(source="vk"),
        told(source="avito"),
        told(owner=shop.acme.anna.pk),
        told(stage=shop.stages["Qualified"].pk),
        told(loss_reason=shop.pipeline.pk),
        {"all": [told(pipeline=shop.pipeline.pk), told(source="vk")]},
        {"not": told(source="vk")},
        {"not": told(stage=shop.stages["Qualified"].pk)},
    ]
    asked = ["", *(json.dumps(way) for way in ways)]
    kept = [report("funnel", filter=one).rows for one in asked]
    monkeypatch.setattr(funnel, "_path", lambda _question: None)
    assert kept == [report("funnel", filter=one).rows for one in asked]
    assert [rows[0]["reached"] for rows in kept[:4]] == [4, 3, 0, 0]
    assert kept[6][0]["reached"] == 3


def test_rollups_of_an_older_form_are_built_anew(shop, report):
    shop.deal(source="vk")
    report("marketing")
    with shop.acme.scope():
        Rollup.objects.all().delete()
        RollupState.objects.update(layout=LAYOUT - 1)
    assert report("marketing").row(source="vk")["leads"] == 1
    with shop.acme.scope():
        assert RollupState.objects.get().layout == LAYOUT


def test_a_kind_is_asked_only_for_what_it_has():
    assert cube_for("first_reply", {"source", "campaign", "ad"}) == "total"
    assert cube_for("first_reply", {"agent_id", "source"}) == "agent"
    assert cube_for("lead", {"source", "loss_reason_id", "pipeline_id"}) == "source"
    assert cube_for("lead", {"agent_id", "source"}) == "full"
    assert cube_for("lead", {"agent_id", "source"}, MONTH) == "source agent"
    assert cube_for("lead", {"agent_id", "source", "channel_id"}, MONTH) is None
    assert cube_for("lead", {"agent_id", "source"}, model="linear") is None
    assert cube_for("inquiry", {"agent_id", "pipeline_id"}) == "total"
    assert cube_for("inquiry", {"campaign", "channel_id", "agent_id"}) == "channel origin"


def test_on_a_busy_day_a_reader_takes_what_beat_left_a_moment_ago(shop, report, monkeypatch):
    shop.deal(source="vk")
    with shop.acme.scope():
        # Nobody has read the journal yet: there is nothing to be a reader of.
        assert freshness.refresh(*[timezone.now().date()] * 2) == 0
    freshness.refresh_workspace(shop.acme.workspace.pk)
    monkeypatch.setattr(freshness, "BUSY", 0)
    monkeypatch.setattr(freshness, "_FEW_BEHIND", 0)
    shop.deal(source="vk")
    late = report("marketing")
    assert late.row(source="vk")["leads"] == 1
    assert late.coverage["events_behind"] > 0
    with shop.acme.scope():
        RollupState.objects.update(added_up_at=timezone.now() - freshness.LATELY)
    assert report("marketing").row(source="vk")["leads"] == 2


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_may_not_wait_leaves_it_to_who_is_adding_up(shop, report, monkeypatch):
    shop.deal(source="vk")
    freshness.refresh_workspace(shop.acme.workspace.pk)
    monkeypatch.setattr(freshness, "BUSY", 0)
    shop.deal(source="vk")
    turn = f"analytics turn {shop.acme.workspace.pk}"
    there = {**connection_parameters(), "dbname": connection.settings_dict["NAME"]}
    with psycopg.connect(**there) as other:
        other.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [turn])
        assert report("marketing").coverage["events_behind"] > 0
    with shop.acme.scope():
        RollupState.objects.update(added_up_at=timezone.now() - freshness.LATELY)
    late = report("marketing")
    assert (late.coverage["events_behind"], late.row(source="vk")["leads"]) == (0, 2)


def test_a_batch_marks_its_days_at_once_in_the_order_in_which_they_are_added_up(shop):
    for days in (1, 70, 3):
        shop.win(shop.born(shop.deal(), timezone.now() - timedelta(days=days)))
    shop.touch(shop.contact(), "vk")
    with shop.acme.scope(), CaptureQueriesContext(connection) as asked:
        freshness.count_what_is_new()
    told = [one["sql"] for one in asked if "into analytics_dirtybucket" in one["sql"]]
    assert len(told) == 1
    with shop.acme.scope(), connection.cursor() as cursor:
        cursor.execute("select day, base, kind from analytics_dirtybucket order by ctid")
        written = cursor.fetchall()
        assert len(written) > 20
        assert written == sorted(written)


def test_a_reader_who_may_not_wait_leaves_days_to_beat(shop):
    for days in (1, 40):
        shop.born(shop.deal(), timezone.now() - timedelta(days=days))
    with shop.acme.scope():
        freshness.count_what_is_new()
        before = DirtyBucket.objects.count()
        assert freshness.add_up(seconds=0) <= 1
        assert DirtyBucket.objects.count() >= before - 1
        assert freshness.add_up() + 1 >= before
        assert not DirtyBucket.objects.exists()
