"""The deal's sheet, a deal by hand, the table, the forecast."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from contacts.defining import create_field
from contacts.models import Company, Contact
from crm.actions import move_deal, record_payment, update_deal
from crm.models import ClosedPeriod, Deal, Goal
from events.journal import SYSTEM
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


def sheet(client, sales, deal):
    return client.get(f"{sales.acme.url}/funnel/deals/{deal.pk}/")


def write(client, sales, deal, name, value):
    url = f"{sales.acme.url}/funnel/deals/{deal.pk}/fields/"
    return client.post(url, {"name": name, "value": value})


def test_the_sheet_shows_the_deal_whole(sales, log_in):
    conversation = make_conversation(make_channel())
    deal = sales.deal("Maria", amount=Decimal(96_400), conversation=conversation, title="Sofa")
    update_deal(deal, by=SYSTEM, fields={"Fabric": "velour"})
    html = sheet(log_in(sales.acme.boris), sales, deal).content.decode()
    for words in ("Maria", "₽96,400", "Sofa", "velour", "Open the conversation", "New lead"):
        assert words in html


def test_a_customer_of_whom_nothing_is_known_is_said_to_have_no_phone(sales, log_in):
    boris, words = log_in(sales.acme.boris), "There is no phone and no e-mail yet."
    deal = sales.deal()
    assert words in sheet(boris, sales, deal).content.decode()
    deal.contact.phone = "+79215550101"
    deal.contact.save()
    assert words not in sheet(boris, sales, deal).content.decode()


def test_in_the_drawer_it_is_only_its_frame(sales, log_in):
    url = f"{sales.acme.url}/funnel/deals/{sales.deal().pk}/"
    html = log_in(sales.acme.boris).get(url, headers={"Turbo-Frame": "deal"}).content.decode()
    assert html.startswith('<turbo-frame id="deal"')


def test_the_history_is_in_words_with_late_changes_flagged(sales, log_in):
    deal = move_deal(sales.deal(), to=sales.stages["Paid"], by=sales.acme.boris)
    ClosedPeriod.objects.create(until=timezone.now().date() + timedelta(days=1))
    update_deal(deal, by=sales.acme.anna, amount=5)
    html = sheet(log_in(sales.acme.anna), sales, deal).content.decode()
    assert "From “New lead” to “Paid” · Boris" in html
    assert "Amount: ₽1,000 → ₽5 · Anna" in html
    assert html.count("after the books were closed") == 1


def test_the_history_calls_days_and_own_fields_as_people_do(sales, log_in):
    create_field(entity="deal", label="Fabric", kind="list", choices=["Velour"], by=SYSTEM)
    create_field(entity="deal", label="Lift", kind="boolean", by=SYSTEM)
    deal = sales.deal()
    values = {"fields": {"fabric": "Velour", "lift": True}, "expected_on": date(2026, 12, 1)}
    update_deal(deal, by=sales.acme.boris, **values)
    html = sheet(log_in(sales.acme.boris), sales, deal).text
    for words in ("Fabric: Velour", "Lift: Yes", "Expected: 1 December 2026"):
        assert f"<span>{words} · Boris" in html


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [("title", " Sofa ", "Sofa"), ("amount", "96 400,50", Decimal("96400.50")),
     ("amount", "41,500", Decimal(41500)), ("cost", "1,366,300.5", Decimal("1366300.50")),
     ("amount", "", None), ("cost", "10", Decimal(10)), ("source", "VK", "VK"),
     ("expected_on", "2026-12-01", date(2026, 12, 1)), ("expected_on", "", None)],
)  # fmt: skip
def test_each_field_is_written_where_it_stands(sales, log_in, name, value, expected):
    deal = sales.deal()
    assert write(log_in(sales.acme.boris), sales, deal, name, value).status_code == 303
    deal.refresh_from_db()
    assert getattr(deal, name) == expected


def test_people_and_companies_are_chosen(sales, log_in):
    client, deal = log_in(sales.acme.anna), sales.deal()
    company = Company.objects.create(name="Home")
    for name, thing in (
        ("owner", sales.acme.vera),
        ("team", sales.acme.sales),
        ("company", company),
    ):
        write(client, sales, deal, name, str(thing.pk))
        deal.refresh_from_db()
        assert getattr(deal, name) == thing


def test_own_fields_are_written_and_taken_out(sales, log_in):
    client, deal = log_in(sales.acme.boris), sales.deal()
    write(client, sales, deal, "fields.Fabric", "velour")
    deal.refresh_from_db()
    assert deal.fields == {"Fabric": "velour"}
    write(client, sales, deal, "fields.Fabric", "")
    deal.refresh_from_db()
    assert deal.fields == {}


@pytest.mark.parametrize(
    ("name", "value"), [("amount", "much"), ("amount", "-5"), ("expected_on", "soon")]
)
def test_what_cannot_be_is_refused_in_words(sales, log_in, name, value):
    answer = write(log_in(sales.acme.boris), sales, sales.deal(), name, value)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize("name", ["number", "paid", "status", "", "stage", "owner_id"])
def test_what_is_no_field_is_not_found(sales, log_in, name):
    assert write(log_in(sales.acme.boris), sales, sales.deal(), name, "1").status_code == 404


def test_strangers_see_no_deal_and_readers_write_none(rival, sales, log_in):
    deal = sales.deal(team=sales.acme.support)
    assert sheet(log_in(rival.rita), sales, deal).status_code == 404
    assert sheet(log_in(sales.acme.boris), sales, deal).status_code == 404
    marta = log_in(sales.acme.marta)
    assert "<select" not in sheet(marta, sales, deal).content.decode()
    assert write(marta, sales, deal, "title", "x").status_code == 403


def test_given_away_out_of_sight_it_leads_back_to_the_board(sales, log_in):
    deal = sales.deal(owner=sales.acme.boris, team=sales.acme.sales)
    client = log_in(sales.acme.boris)
    write(client, sales, deal, "owner", str(sales.acme.vera.pk))
    answer = write(client, sales, deal, "team", str(sales.acme.support.pk))
    assert answer["Location"].endswith("/funnel/")


def test_one_follows_and_stops(sales, log_in):
    client, deal = log_in(sales.acme.marta), sales.deal()
    url = f"{sales.acme.url}/funnel/deals/{deal.pk}/following/"
    for _ in range(2):
        assert client.post(url).status_code == 303
    assert deal.followers.count() == 1
    client.post(url, {"stop": "1"})
    assert deal.followers.count() == 0


def add(client, sales, **values):
    values = {"stage": sales.stages["New lead"].pk, **values}
    return client.post(f"{sales.acme.url}/funnel/{sales.pipeline.pk}/new/", values)


def test_a_deal_is_made_for_a_new_customer(sales, log_in):
    answer = add(
        log_in(sales.acme.boris), sales, name="Nina", phone="8 911 777-00-00", amount="5 000"
    )
    assert answer.status_code == 200
    deal = Deal.objects.get(contact__name="Nina")
    assert (deal.amount, deal.owner, deal.contact.phone) == (
        Decimal(5000), sales.acme.boris, "+79117770000",
    )  # fmt: skip


def test_a_deal_is_made_for_one_who_is_known(sales, log_in):
    client, known = log_in(sales.acme.boris), Contact.objects.create(name="Nina")
    html = client.get(f"{sales.acme.url}/funnel/people/?q=nin").content.decode()
    assert str(known.pk) in html
    add(client, sales, contact=known.pk, name="nin")
    assert Deal.objects.get().contact == known


@pytest.mark.parametrize(
    "values", [{}, {"name": "N", "amount": "much"}, {"name": "N", "stage": ""}]
)
def test_half_a_deal_is_asked_again(sales, log_in, values):
    assert add(log_in(sales.acme.boris), sales, **values).status_code == 422
    assert not Deal.objects.exists()


def test_who_may_not_make_deals_makes_none(rival, sales, log_in):
    assert add(log_in(rival.rita), sales, name="N").status_code == 404
    assert add(log_in(sales.acme.marta), sales, name="N").status_code == 403


def table(client, sales, query=""):
    return client.get(f"{sales.acme.url}/funnel/{sales.pipeline.pk}/list/?{query}").content.decode()


def test_the_table_sorts_and_sums(sales, log_in):
    for name, amount in (("Anna", 10), ("Boris", 30), ("Vera", 20)):
        sales.deal(name, amount=Decimal(amount))
    client = log_in(sales.acme.anna)
    html = table(client, sales, "sort=-amount")
    assert html.index("₽30") < html.index("₽20") < html.index("₽10")
    assert "Total: 3 deals" in html
    assert "₽60" in html
    assert 'aria-sort="descending"' in html
    html = table(client, sales, "sort=amount&least=15")
    assert html.index("₽20") < html.index("₽30")
    assert "₽10<" not in html


def test_the_table_has_pages_and_puts_those_without_a_value_last(sales, log_in, monkeypatch):
    monkeypatch.setattr("crm.board.listing.PAGE", 2)
    monkeypatch.setattr("crm.views.funnel.listing.PAGE", 2)
    for name, amount in (("Anna", 10), ("Boris", None), ("Vera", 20)):
        sales.deal(name, amount=amount and Decimal(amount))
    client = log_in(sales.acme.anna)

    def names(query):
        return re.findall(r"(Anna|Boris|Vera)</a></th>", table(client, sales, query))

    assert names("") == ["Vera", "Boris"]
    assert names("page=2") == ["Anna"]
    assert names("sort=created") == ["Anna", "Boris"]
    assert names("sort=-amount") == ["Vera", "Anna"]
    assert names("sort=amount&page=2") == ["Boris"]


def test_the_table_sums_further_columns_that_are_shown(sales, log_in):
    for cost in (300, 40):
        sales.deal(cost=Decimal(cost))
    client = log_in(sales.acme.boris)
    url = f"{sales.acme.url}/funnel/{sales.pipeline.pk}/preference/"
    client.post(url, {"columns": ["number", "cost"], "next": "/"})
    assert "₽340" in table(client, sales)


def test_the_table_shows_the_chosen_columns(sales, log_in):
    sales.deal("Maria")
    client = log_in(sales.acme.boris)
    url = f"{sales.acme.url}/funnel/{sales.pipeline.pk}/preference/"
    client.post(url, {"columns": ["number", "cost", "nonsense"], "next": "/"})
    html = table(client, sales)
    assert "Cost of goods</a>" in html
    assert "Customer</a>" not in html


def test_the_table_opens_the_rows_behind_an_outcome(sales, log_in):
    move_deal(sales.deal("Won"), to=sales.stages["Paid"], by=SYSTEM)
    sales.deal("Open")
    client = log_in(sales.acme.boris)
    assert "Won" not in table(client, sales).split("<tbody>")[1].split("</tbody>")[0]
    rows = table(client, sales, f"stage={sales.stages['Paid'].pk}").split("<tbody>")[1]
    assert "Won" in rows
    assert "Open<" not in rows


@pytest.mark.parametrize("query", ["sort=x", "page=99", "page=x", "stage=x", "sort=-"])
def test_no_address_breaks_the_table(sales, log_in, query):
    sales.deal("Maria")
    assert "Maria" in table(log_in(sales.acme.boris), sales, query)


def test_the_forecast_weighs_by_probability_and_sets_it_against_the_plan(sales, log_in):
    today = timezone.now().date()
    first = today.replace(day=1)
    sales.deal(amount=Decimal(1000), expected_on=today, stage="Offer sent")
    sales.deal(amount=Decimal(400), stage="Qualified")
    sold = move_deal(sales.deal(amount=Decimal(250)), to=sales.stages["Paid"], by=SYSTEM)
    record_payment(sold, amount=Decimal(-50), by=SYSTEM)
    Goal.objects.create(month=first, revenue=Decimal(1000))
    url = f"{sales.acme.url}/funnel/{sales.pipeline.pk}/forecast/"
    html = log_in(sales.acme.boris).get(url).content.decode()
    this_month = html.split("<tbody>")[1].split("</tr>")[0]
    for words in ("₽1,000", "₽500", "₽200", "₽700", "20%"):
        assert words in this_month
    undated = html.split("No expected date")[1]
    assert "₽120" in undated
    total = html.split('<tr class="is-total">')[1].split("</tr>")[0]
    for words in ("₽1,400", "₽620", "₽200", "₽820", "₽1,000", "20%"):
        assert words in total


@pytest.mark.parametrize(("won", "share"), [("1925", "192%"), ("997", "99%")])
def test_a_plan_that_is_not_reached_is_never_told_as_reached(sales, log_in, won, share):
    Goal.objects.create(month=timezone.now().date().replace(day=1), revenue=Decimal(1000))
    move_deal(sales.deal(amount=Decimal(won)), to=sales.stages["Paid"], by=SYSTEM)
    url = f"{sales.acme.url}/funnel/{sales.pipeline.pk}/forecast/"
    assert share in log_in(sales.acme.boris).get(url).content.decode()


def test_the_forecast_is_closed_to_strangers(rival, sales, log_in):
    url = f"{sales.acme.url}/funnel/{sales.pipeline.pk}/forecast/"
    assert log_in(rival.rita).get(url).status_code == 404
