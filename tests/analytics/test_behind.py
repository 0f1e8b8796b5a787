"""Numbers that reports count themselves open as many rows as they say, too."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from analytics.facts import writing
from analytics.models import Fact, Kind
from analytics.spend.actions import Told, put_spend
from events.journal import SYSTEM
from marketing.models import Broadcast, BroadcastRecipient, Segment, Series, SeriesStep
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(acme, log_in):
    def read(path, *, by=None, **query):
        return log_in(by or acme.anna).get(f"{acme.url}/reports/{path}", query)

    return read


@pytest.fixture
def count(acme, log_in):
    """How many rows an address of a cell opens."""
    client = log_in(acme.anna)

    def read(address):
        response = client.get(address)
        assert response.status_code == 200, address
        return response.context["page"].paginator.count

    return read


def test_stages_open_the_deals_that_came_so_far(shop, page, count):
    jumped, back, new = shop.deal(), shop.deal(), shop.deal()
    shop.move(jumped, "Offer sent")
    shop.move(back, "Qualified")
    shop.move(back, "New lead")
    shop.lose(new)
    response = page("funnel/")
    (pipeline,) = response.context["pipelines"]
    reached = [(bar.label, int(bar.words), bar.address) for bar in pipeline.bars]
    assert [number for _, number, _ in reached] == [3, 2, 1, 0, 0]
    assert [count(address) for _, number, address in reached if number] == [3, 2, 1]
    for row in pipeline.table.rows:
        for cell in row.cells:
            if cell.address and cell.metric.key == "stage_now":
                assert count(cell.address) == int(cell.words)
    assert count(response.context["totals"][0][2]) == 2
    (loss,) = response.context["losses"]
    assert count(loss.address) == int(loss.deals) == 1


def test_the_funnel_narrows_what_is_there_now(shop, acme, page):
    shop.deal(owner=acme.boris)
    shop.deal()
    boris = json.dumps({"field": "owner", "op": "eq", "value": str(acme.boris.pk)})
    assert page("funnel/").context["document"]["total"]["now"] == 2
    assert page("funnel/", filter=boris).context["document"]["total"]["now"] == 1


@pytest.mark.parametrize("cell", ["{}", '{"stage":"x"}'])
def test_a_stage_that_is_none(page, cell):
    assert page("funnel/rows/", metric="reached", cell=cell).status_code == 400


def test_cohorts_open_their_customers_and_orders(shop, page, count):
    maria = shop.contact()
    shop.win(shop.deal(maria, 1000))
    shop.win(shop.deal(maria, 500))
    shop.deal()
    response = page("cohorts/")
    (cohort,) = response.context["cohorts"]
    assert count(cohort.contacts_address) == int(cohort.contacts) == 2
    assert count(cohort.orders_address) == int(cohort.orders) == 2
    assert (cohort.steps[0].words, count(cohort.steps[0].address)) == ("50%", 1)
    money = page("cohorts/", show="revenue").context["cohorts"][0]
    assert money.steps[0].words == "1,500"


@pytest.mark.parametrize("cell", ['{"cohort":"x"}', '{"age":"x"}', '{"moon":1}'])
def test_a_cohort_that_is_none(page, cell):
    assert page("cohorts/rows/", metric="cohort_contacts", cell=cell).status_code == 400


def test_broadcasts_open_their_recipients(acme, page, count):
    with acme.scope():
        channel, silent = make_channel("whatsapp"), make_channel()
        segment = Segment.objects.create(name="All")
        now = timezone.now()
        sent = Broadcast.objects.create(
            name="Sale", segment=segment, status="done", launched_at=now, channels=[]
        )
        old = now - timedelta(days=90)
        Broadcast.objects.create(name="Old", segment=segment, status="done", launched_at=old)
        for state in ("read", "delivered", "sent", "failed", "skipped"):
            contact = make_conversation(channel, name=state).contact
            BroadcastRecipient.objects.create(
                broadcast=sent, contact=contact, channel=channel, state=state, variant="a",
                answered_at=now if state == "read" else None,
            )  # fmt: skip
        quiet = Broadcast.objects.create(
            name="Quiet", segment=segment, status="done", launched_at=now - timedelta(minutes=1)
        )
        BroadcastRecipient.objects.create(
            broadcast=quiet, contact=make_conversation(silent).contact, channel=silent,
            state="sent", variant="a",
        )  # fmt: skip
    table = page("broadcasts/").context["table"]
    row, untold = table.rows
    words = {cell.metric.key: cell.words for cell in untold.cells}
    assert (words["broadcast_sent"], words["broadcast_read"], words["broadcast_read_share"]) == (
        "1", "—", "—",
    )  # fmt: skip
    total = {cell.metric.key: cell.words for cell in table.total.cells}
    assert (total["broadcast_sent"], total["broadcast_read_share"]) == ("4", "33%")
    told = {cell.metric.key: cell for cell in row.cells}
    assert (row.label, told["broadcast_sent"].words, told["broadcast_read"].words) == (
        "Sale", "3", "1",
    )  # fmt: skip
    assert told["broadcast_answered_share"].words == "33%"
    for cell in [*row.cells, *table.total.cells]:
        if cell.address:
            assert count(cell.address) == int(cell.words), cell.metric.key


def test_steps_of_a_series_are_told_apart(acme, page):
    with acme.scope():
        channel, now = make_channel(), timezone.now()
        segment = Segment.objects.create(name="All")
        series = Series.objects.create(name="After", segment=segment, channels=[str(channel.pk)])
        for place in range(2):
            step = Broadcast.objects.create(name="After", is_rolling=True, launched_at=now)
            SeriesStep.objects.create(series=series, broadcast=step, position=place)
    labels = {row.label for row in page("broadcasts/").context["table"].rows}
    assert labels == {"After, step 1", "After, step 2"}


def test_what_waits_opens_the_chats_that_wait(acme, page, count):
    with acme.scope():
        channel = make_channel()
        for assignee in (acme.boris, acme.boris, None):
            make_conversation(
                channel, assignee=assignee, waiting_since=timezone.now(), status="accepted"
            )
    table = page("team/").context["table"]
    cells = {
        row.label: cell
        for row in [*table.rows, table.total]
        for cell in row.cells
        if cell.metric.key == "waiting"
    }
    assert {label: cell.words for label, cell in cells.items()} == {
        "Boris": "2", "Nobody": "1", "": "3",
    }  # fmt: skip
    assert [count(cell.address) for cell in cells.values()] == [2, 1, 3]


def test_an_hour_of_the_map_opens_its_inquiries(acme, page, count):
    now = timezone.now()
    with acme.scope():
        writing.add(
            [
                Fact(kind=Kind.INQUIRY, natural_key=str(place), at=now - timedelta(hours=hours))
                for place, hours in enumerate((24, 24, 26))
            ]
        )
    heat = page("inquiries/").context["heat"]
    assert [len(day.hours) for day in heat.days] == [24] * 7
    told = [hour for day in heat.days for hour in day.hours if hour.count]
    assert sorted(hour.count for hour in told) == [1, 2]
    assert [count(hour.address) for hour in told] == [hour.count for hour in told]
    assert max(hour.level for hour in told) == 3


def test_spend_opens_the_days_of_its_advertisements(acme, page, count):
    today = timezone.localdate()
    with acme.scope():
        put_spend(
            [Told(date=today, source="vk", campaign=name, cost=100) for name in ("A", "B")],
            by=SYSTEM,
        )
    table = page("marketing/", columns="spend").context["table"]
    (row,) = table.rows
    assert (row.label, row.cells[0].words, count(row.cells[0].address)) == ("vk", "200", 2)
