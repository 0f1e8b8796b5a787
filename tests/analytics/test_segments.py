"""Reports of a segment's members: each number is that of their facts, and opens them."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from analytics.metrics import metric
from analytics.reports.catalogue import REPORTS
from analytics.reports.measuring import measure
from contacts.models import Contact
from marketing.models import Segment, SegmentMember
from tests.analytics.conftest import roubles
from tests.analytics.test_conversations import Talk
from tests.api.calls import Program, is_problem
from tests.cast import make_channel, make_conversation
from workspaces.actions import create_api_token

pytestmark = pytest.mark.django_db
SHOWN = ("leads", "accepted_leads", "orders", "revenue", "margin", "new_customers", "rejected")
COUNTED = ("leads", "accepted_leads", "orders", "new_customers", "rejected")
ANNAS = {"field": "name", "op": "eq", "value": "Anna"}


def of(segment, op="has"):
    return json.dumps({"field": "segment", "op": op, "value": segment})


@pytest.fixture
def segments(acme):
    with acme.scope():
        for name, conditions in (("Annas", ANNAS), ("Everybody", {})):
            Segment.objects.create(name=name, conditions=conditions)
        return {"Listed": Segment.objects.create(name="Listed", is_frozen=True)}


@pytest.fixture
def history(shop, acme, segments):
    """Two Annas, of whom the first came twice, two others, and one who is not yet decided on."""
    for number, (name, source) in enumerate(
        (("Anna", "yandex"), ("Anna", "vk"), ("Boris", "yandex"), ("Boris", "vk"), ("Clara", ""))
    ):
        touch = {"source": source, "days_ago": 5} if source else {}
        contact = shop.contact(name, **touch)
        if source == "yandex":
            with acme.scope():
                SegmentMember.objects.create(segment=segments["Listed"], contact=contact)
        deal = shop.deal(contact, amount=100 * 10**number, cost=10)
        shop.move(deal, "Qualified")
        if number == 0:
            shop.touch(contact, "vk", days_ago=2)
            shop.win(shop.deal(contact, amount=7))
        if number < 3:
            shop.win(deal)
        elif number == 3:
            shop.reject(deal)
    shop.lose(shop.deal(contact, amount=3))


@pytest.fixture
def talks(acme, segments):
    """An Anna who was answered after a minute, a Boris after ten, a Clara who waits, and a Dora to
    whom we write first."""
    with acme.scope():
        ours = make_conversation(make_channel(), name="Dora")
    Talk(acme, ours, timezone.now()).take(acme.marta)
    for name, minute in (("Anna", 1), ("Boris", 10), ("Clara", None)):
        with acme.scope():
            conversation = make_conversation(make_channel(), name=name)
            if minute is None:
                conversation.waiting_since = timezone.now()
                conversation.save()
        talk = Talk(acme, conversation, timezone.now() - timedelta(hours=3))
        talk.asks(0)
        if minute:
            talk.answers(minute, by=acme.marta)


def test_a_segment_of_everybody_is_the_whole_of_each_report(history, talks, report):
    for name in (one.name for one in REPORTS.values() if one.filters):
        whole, narrowed = report(name), report(name, filter=of("Everybody"))
        for row in [*whole.rows, whole.total]:
            for unknown in {"messages_sent", "messages_received"} & set(row):
                row[unknown] = None
        assert (narrowed.rows, narrowed.total) == (whole.rows, whole.total), name
        for more in ("heat", "losses", "lost_money"):
            assert getattr(narrowed, more, None) == getattr(whole, more, None), (name, more)


def test_a_segment_and_the_others_add_up_to_the_whole(history, report):
    for query in ({"model": "first"}, {"model": "linear"}, {"base": "event"}):
        whole = report("marketing", **query)
        parts = [report("marketing", filter=of("Annas", op), **query) for op in ("has", "has_no")]
        for row in whole.rows:
            found = [one for part in parts for one in part.rows if one["source"] == row["source"]]
            for name in SHOWN:
                added = sum(plain(one[name]) for one in found)
                assert added == pytest.approx(plain(row[name])), (query, name)


def test_a_cell_of_a_segment_opens_as_many_as_it_counts(history, client, report):
    for segment, query in (("Annas", {"group": "week"}), ("Listed", {"model": "first"})):
        query["filter"] = of(segment)
        found = report("marketing", **query)
        assert found.total["orders"] == 3
        for row in found.rows:
            cell = json.dumps({key: row[key] for key in found.question["group"]})
            for name in COUNTED:
                asked = {"metric": name, "cell": cell, **query}
                page = client.get("/api/v1/reports/marketing/rows/", asked).json()
                assert page["count"] == row[name], (row, name)


def test_money_is_that_of_the_segments_deals(history, report):
    total = report("marketing", filter=of("Annas")).total
    assert (total["leads"], total["revenue"]) == (3, roubles(1107))


def test_the_funnel_is_that_of_a_segment(history, client, report):
    rows = report("funnel", filter=of("Annas")).rows
    assert rows[0]["reached"] == 3
    asked = {"metric": "reached", "cell": json.dumps({"stage": rows[0]["stage"]})}
    page = client.get("/api/v1/reports/funnel/rows/", {**asked, "filter": of("Annas")}).json()
    assert page["count"] == 3


def test_how_fast_a_segment_was_answered(talks, client, report):
    annas = report("team", filter=of("Annas")).total
    assert annas["first_reply_median"] == pytest.approx(60, rel=0.02)
    others = report("team", filter=of("Annas", "has_no")).total
    assert others["first_reply_median"] == pytest.approx(600, rel=0.02)
    assert (annas["waiting"], others["waiting"]) == (0, 1)
    assert (annas["accepted"], others["accepted"]) == (0, 1)
    asked = {"metric": "waiting", "filter": of("Annas", "has_no")}
    page = client.get("/api/v1/reports/team/rows/", asked).json()
    assert [row["title"] for row in page["results"]] == ["Clara"]


def test_whoever_joins_a_segment_brings_their_past(history, acme, segments, report):
    assert report("marketing", filter=of("Listed")).total["leads"] == 3
    with acme.scope():
        clara = Contact.objects.get(name="Clara")
        SegmentMember.objects.create(segment=segments["Listed"], contact=clara)
    assert report("marketing", filter=of("Listed")).total["leads"] == 5


def test_segments_go_with_other_conditions(history, report):
    yandex = {"field": "source", "op": "eq", "value": "Yandex"}
    both = {"all": [json.loads(of("Listed")), yandex]}
    assert report("sales", filter=json.dumps(both)).total["won"] == 1
    either = {"any": [json.loads(of("Annas")), yandex]}
    assert report("marketing", filter=json.dumps(either)).total["leads"] == 4


def test_a_strangers_segment_has_nobody(history, rival, report):
    with rival.scope():
        theirs = Segment.objects.create(name="Theirs")
    for name in ("Theirs", str(theirs.pk), str(uuid4())):
        assert report("marketing", filter=of(name)).total["leads"] == 0


def test_a_segment_that_cannot_be_read_is_refused(history, acme, client):
    gone = {"field": "fields.gone", "op": "eq", "value": "x"}
    with acme.scope():
        Segment.objects.create(name="Broken", conditions=gone)
    is_problem(client.get("/api/v1/reports/marketing/", {"filter": of("Broken")}), 400)
    is_problem(client.get("/api/v1/reports/marketing/", {"filter": of([])}), 400)
    with acme.scope():
        today = timezone.localdate()
        asked = json.loads(of("Broken"))
        assert measure(metric("leads"), "marketing", today, today, asked) is None


def test_an_agent_asks_it_of_their_own(history, shop, acme, report):
    with acme.scope():
        anna = Contact.objects.filter(name="Anna").first()
    shop.win(shop.deal(anna, owner=acme.anna, amount=5))
    with acme.scope():
        agent = Program(create_api_token(name="a", role="agent", by=acme.anna).secret)
    assert report("sales", by=agent, filter=of("Annas")).total["won"] == 1


def test_the_page_offers_segments(history, acme, log_in):
    response = log_in(acme.marta).get(f"{acme.url}/reports/marketing/", {"filter": of("Annas")})
    assert response.status_code == 200
    team = log_in(acme.marta).get(f"{acme.url}/reports/team/", {"filter": of("Annas")})
    assert "Messages are counted together" in team.content.decode()
    panel = log_in(acme.marta).get(f"{acme.url}/reports/marketing/conditions/")
    assert "Segment of contacts" in panel.content.decode()


def plain(value):
    return float(value["amount"]) if isinstance(value, dict) else value
