"""The quick filters: in the address, over every view, without a broken link."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.utils import timezone

from contacts.defining import create_field
from contacts.models import ContactLabel, Label
from crm.board.filters import BoardFilters
from crm.models import Deal, Task
from events.journal import SYSTEM
from tests.cast import make_channel, make_conversation
from tests.crm.funnel import board_of, names_on

pytestmark = pytest.mark.django_db


def shown(client, sales, query):
    return sorted(names_on(board_of(client, sales, f"?{query}")))


def test_by_owner(sales, log_in):
    sales.deal("Mine", owner=sales.acme.boris)
    sales.deal("Colleague", owner=sales.acme.vera)
    sales.deal("Nobody")
    client = log_in(sales.acme.boris)
    assert shown(client, sales, "owner=me") == ["Mine"]
    assert shown(client, sales, "owner=team") == ["Mine"]
    assert shown(client, sales, "owner=none") == ["Nobody"]
    anna = log_in(sales.acme.anna)
    assert shown(anna, sales, f"owner={sales.acme.vera.pk}") == ["Colleague"]


def test_by_source_and_without_one(sales, log_in):
    sales.deal("Known", source="VK")
    sales.deal("Unknown")
    client = log_in(sales.acme.boris)
    assert shown(client, sales, "source=VK") == ["Known"]
    assert shown(client, sales, "source=-") == ["Unknown"]


def test_by_channel(sales, log_in):
    conversation = make_conversation(make_channel())
    sales.deal("Bot", conversation=conversation)
    sales.deal("Walk-in")
    client = log_in(sales.acme.boris)
    assert shown(client, sales, f"channel={conversation.channel_id}") == ["Bot"]


def test_by_amount_as_people_type_it(sales, log_in):
    for amount in (100, 1500, 20_000):
        sales.deal(str(amount), amount=Decimal(amount))
    client = log_in(sales.acme.boris)
    assert shown(client, sales, "least=1 500,00") == ["1500", "20000"]
    assert shown(client, sales, "least=200&most=2000") == ["1500"]


def test_by_tasks(sales, log_in):
    for name, days in (("Late", -1), ("Planned", 1)):
        due = timezone.now() + timedelta(days=days)
        Task.objects.create(text="Call", due_at=due, deal=sales.deal(name))
    done = sales.deal("Done")
    Task.objects.create(text="Call", due_at=timezone.now(), deal=done, done_at=timezone.now())
    client = log_in(sales.acme.boris)
    assert shown(client, sales, "untasked=1") == ["Done"]
    assert shown(client, sales, "overdue=1") == ["Late"]


def test_by_label(sales, log_in):
    label = Label.objects.create(name="VIP")
    ContactLabel.objects.create(contact=sales.deal("Rich").contact, label=label)
    sales.deal("Other")
    assert shown(log_in(sales.acme.boris), sales, f"label={label.pk}") == ["Rich"]


def test_by_the_day_of_birth(sales, log_in):
    old = sales.deal("Old")
    sales.deal("New")
    Deal.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=10))
    client = log_in(sales.acme.boris)
    yesterday = (timezone.now() - timedelta(days=2)).date()
    assert shown(client, sales, f"start={yesterday}") == ["New"]
    assert shown(client, sales, f"end={yesterday}") == ["Old"]


@pytest.mark.parametrize("text", ["denis", "138500", "138 500", "79117770000", "#2", "kitchen"])
def test_the_search_finds_by_customer_amount_number_and_title(sales, log_in, text):
    sales.deal("Maria", amount=Decimal(10))
    deal = sales.deal("Denis", amount=Decimal(138_500), title="Kitchen")
    deal.contact.phone = "+79117770000"
    deal.contact.save()
    query = QueryDict(mutable=True)
    query["q"] = text
    assert shown(log_in(sales.acme.boris), sales, query.urlencode()) == ["Denis"]


@pytest.mark.parametrize(
    "query",
    ["owner=x", "channel=x", "least=x", "least=1e999", "most=NaN", "start=2026-13-40", "end=x",
     "label=1", "untasked=2", "q=%00", "owner=%00", "source=%00", "least=" + "9" * 50],
)  # fmt: skip
def test_no_address_breaks_the_page(sales, log_in, query):
    sales.deal("Maria")
    assert shown(log_in(sales.acme.boris), sales, query) == ["Maria"]


def test_an_address_says_what_is_asked_for_and_nothing_more():
    asked = BoardFilters.from_address(QueryDict("owner=me&least=1000&untasked=1&x=1"))
    assert asked.address() == "owner=me&least=1000&untasked=1"
    assert asked.without("least") == "owner=me&untasked=1"
    assert not asked.is_plain
    assert BoardFilters.from_address(QueryDict("x=1")).is_plain


def test_chips_take_a_filter_off_and_put_one_on(sales, log_in):
    html = board_of(log_in(sales.acme.boris), sales, "?owner=me&source=VK").content.decode()
    assert "Owner: me" in html
    assert 'href="?source=VK"' in html
    assert 'href="?owner=me&amp;source=VK&amp;untasked=1"' in html


@pytest.mark.parametrize("name", ["owner", "source", "channel", "label", "amount", "period"])
def test_each_filter_offers_its_values(sales, log_in, name):
    sales.deal(source="VK")
    Label.objects.create(name="VIP")
    make_channel(name="Our bot")
    url = f"{sales.acme.url}/funnel/{sales.pipeline.pk}/filter/?name={name}"
    html = log_in(sales.acme.anna).get(url).content.decode()
    words = {"owner": "Boris", "source": "VK", "channel": "Our bot", "label": "VIP"}
    assert words.get(name, "Show") in html
    assert f'id="filter_fields_{name}"' in html


def test_a_filter_that_is_none_is_not_found(sales, log_in):
    url = f"{sales.acme.url}/funnel/{sales.pipeline.pk}/filter/?name=nothing"
    assert log_in(sales.acme.anna).get(url).status_code == 404


def test_single_cards_come_as_the_filters_see_them(sales, log_in):
    mine, other = sales.deal("Mine", owner=sales.acme.boris), sales.deal("Other")
    url = f"{sales.acme.url}/funnel/{sales.pipeline.pk}/cards/?owner=me&id={mine.pk}&id={other.pk}"
    html = log_in(sales.acme.boris).get(url).content.decode()
    assert names_on(log_in(sales.acme.boris).get(url)) == ["Mine"]
    assert f'action="remove" target="deal_{other.pk}"' in html


def asking(field, op, value):
    return urlencode({"filter": json.dumps({"all": [{"field": field, "op": op, "value": value}]})})


@pytest.fixture
def sized(sales):
    """Two deals with a field of their own, one of them mine."""
    create_field(entity="deal", label="Size", kind="list", choices=["Big", "Small"], by=SYSTEM)
    sales.deal("Maria", fields={"size": "Big"}, owner=sales.acme.boris, amount=Decimal(500))
    sales.deal("Ivan", fields={"size": "Small"}, owner=sales.acme.boris)
    sales.deal("Olga", fields={"size": "Big"})
    return sales


def test_conditions_go_with_the_quick_filters_over_every_view(sized, log_in):
    client = log_in(sized.acme.boris)
    big = asking("fields.size", "eq", "Big")
    assert shown(client, sized, big) == ["Maria", "Olga"]
    assert shown(client, sized, f"{big}&owner=me") == ["Maria"]
    board = f"{sized.acme.url}/funnel/{sized.pipeline.pk}/"
    html = client.get(f"{board}list/?{big}&owner=me").content.decode()
    assert "Maria" in html
    assert "Ivan" not in html
    assert "Olga" not in html
    assert "Size is Big" in html
    # Each way of taking something off keeps the rest.
    assert f"{board}list/?owner=me" in html
    assert f'href="?{big}"' in html.replace("&amp;", "&")
    forecast = client.get(f"{board}forecast/?{big}").content.decode()
    assert "1500" in re.sub(r"\D", "", forecast)
    count = client.get(f"{board}count/?{big}&owner=me").json()
    assert count == {"words": "1 deal"}


def test_the_builder_knows_own_fields_and_leads_back_to_its_view(sized, log_in):
    client = log_in(sized.acme.boris)
    url = f"{sized.acme.url}/funnel/{sized.pipeline.pk}/conditions/"
    html = client.get(f"{url}?view=list&sort=-amount&owner=me").content.decode()
    for word in ("fields.size", "contact.labels", "contact.deals.won", "days_in_stage"):
        assert word in html
    assert f'action="{sized.acme.url}/funnel/{sized.pipeline.pk}/list/"' in html
    assert 'name="sort" value="-amount"' in html
    assert 'name="owner" value="me"' in html
    # Nobody can type an id.
    assert "&quot;name&quot;:&quot;contact&quot;" not in html


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"all": 5}', "NaN", '{"field": "workspace", "op": "eq", "value": 1}',
     '{"all": ' * 300 + "{}" + "}" * 300, "{}" * 20_000,
     '{"field": "amount", "op": "gt", "value": {"amount": "1; drop table crm_deal"}}'],
)  # fmt: skip
def test_conditions_that_cannot_be_read_are_a_400_and_show_no_deal(sized, log_in, text):
    client = log_in(sized.acme.boris)
    for view in ("", "list/", "forecast/"):
        url = f"{sized.acme.url}/funnel/{sized.pipeline.pk}/{view}"
        answer = client.get(url, {"filter": text})
        assert answer.status_code == 400
        html = answer.content.decode()
        assert 'role="alert"' in html
        assert "Maria" not in html
        # Inside its frame the page says the same, and stays.
        framed = client.get(url, {"filter": text}, headers={"Turbo-Frame": "funnel"})
        assert framed.status_code == 200
    count = client.get(f"{sized.acme.url}/funnel/{sized.pipeline.pk}/count/", {"filter": text})
    assert count.json()["error"]["words"]


def test_of_a_closed_pipeline_there_is_neither_the_builder_nor_its_count(sized, log_in):
    sized.pipeline.is_restricted = True
    sized.pipeline.save()
    client = log_in(sized.acme.boris)
    for part in ("conditions", "count"):
        url = f"{sized.acme.url}/funnel/{sized.pipeline.pk}/{part}/"
        assert client.get(url).status_code == 404
