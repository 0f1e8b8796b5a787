"""Two people write into one field of a deal: the second is told, and nothing of theirs is lost."""

from decimal import Decimal

import pytest

from contacts.defining import create_field
from crm.actions import Conflict, update_deal
from crm.actions.values import held
from events.journal import SYSTEM
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


def write(client, sales, deal, name, value, seen):
    url = f"{sales.acme.url}/funnel/deals/{deal.pk}/fields/"
    return client.post(url, {"name": name, "value": value, "seen": seen})


def test_the_second_reads_what_the_first_wrote_and_may_write_theirs_all_the_same(sales, log_in):
    deal, boris = sales.deal(amount=Decimal(1000)), log_in(sales.acme.boris)
    page = boris.get(f"{sales.acme.url}/funnel/deals/{deal.pk}/").text
    seen = held(deal, "amount")
    assert f'name="seen" value="{seen}"' in page
    update_deal(deal, by=sales.acme.anna, amount=Decimal(52_000))
    refused = write(boris, sales, deal, "amount", "48 000", seen)
    assert refused.status_code == 409
    assert "By now it says “₽52,000” here: Anna was faster." in refused.text
    assert '<q class="deal-meanwhile__typed">48 000</q>' in refused.text
    deal.refresh_from_db()
    assert deal.amount == 52_000
    assert '<input type="hidden" name="seen" value="52000.00">' in refused.text
    assert write(boris, sales, deal, "amount", "48 000", "52000.00").status_code == 303
    deal.refresh_from_db()
    assert deal.amount == 48_000


def test_the_same_words_another_field_and_ones_own_are_no_clash(sales, log_in):
    deal, boris = sales.deal(title="Sofa"), log_in(sales.acme.boris)
    update_deal(deal, by=sales.acme.anna, title="Bed", source="VK")
    assert write(boris, sales, deal, "title", "Bed", "Sofa").status_code == 303
    assert write(boris, sales, deal, "amount", "7", held(deal, "amount")).status_code == 303
    assert write(boris, sales, deal, "title", "Chair", "Bed").status_code == 303
    assert write(boris, sales, deal, "title", "Table", "Bed").status_code == 303
    deal.refresh_from_db()
    assert (deal.title, deal.amount, deal.source) == ("Table", 7, "VK")


def test_people_and_own_fields_are_told_by_their_names(sales, log_in):
    create_field(
        entity="deal", label="Fabric", kind="list", choices=["Velour", "Linen", "Wool"], by=SYSTEM
    )
    deal, boris = sales.deal(fields={"fabric": "Velour"}), log_in(sales.acme.boris)
    seen = held(deal, "fields.fabric")
    update_deal(deal, by=SYSTEM, fields={"fabric": "Linen"})
    refused = write(boris, sales, deal, "fields.fabric", "Wool", seen)
    assert refused.status_code == 409
    assert "<b>Fabric.</b> By now it says “Linen” here." in refused.text
    assert ">Wool</q>" in refused.text
    update_deal(deal, by=sales.acme.anna, owner=sales.acme.vera)
    refused = write(boris, sales, deal, "owner", str(sales.acme.boris.pk), "")
    assert refused.status_code == 409
    assert "“Vera” here: Anna was faster" in refused.text
    assert ">Boris</q>" in refused.text


def test_whatever_a_form_says_it_has_seen_is_no_error(sales, log_in):
    deal, boris = sales.deal(title="Sofa"), log_in(sales.acme.boris)
    update_deal(deal, by=SYSTEM, title="Bed")
    for seen in ("\0", "x" * 5000, "{", "Bed"):
        answer = write(boris, sales, deal, "title", "Chair", seen)
        assert answer.status_code == (303 if seen == "Bed" else 409)


def test_beside_the_chat_the_amount_is_told_too(sales, log_in):
    conversation = make_conversation(make_channel(), status="accepted", assignee=sales.acme.boris)
    deal = sales.deal(conversation=conversation)
    deal.contact = conversation.contact
    deal.save()
    url = f"{sales.acme.url}/deal-panel/{conversation.pk}/{deal.pk}/amount/"
    seen = held(deal, "amount")
    update_deal(deal, by=sales.acme.anna, amount=5)
    boris = log_in(sales.acme.boris)
    refused = boris.post(url, {"amount": "7", "seen": seen})
    assert refused.status_code == 422
    assert "“₽5” here: Anna was faster" in refused.text
    assert '<input type="hidden" name="amount" value="7">' in refused.text
    assert boris.post(url, {"amount": "7", "seen": "5.00"}).status_code == 303
    deal.refresh_from_db()
    assert deal.amount == 7


def test_an_action_without_what_was_seen_writes(sales):
    deal = sales.deal(title="Sofa")
    update_deal(deal, by=sales.acme.anna, title="Bed")
    assert update_deal(deal, by=SYSTEM, title="Chair").title == "Chair"
    with pytest.raises(Conflict):
        update_deal(deal, by=SYSTEM, title="Table", seen={"title": "Bed"})
