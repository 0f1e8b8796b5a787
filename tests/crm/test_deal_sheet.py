"""The parts of a deal, changed on its sheet: goods, payments, followers, what a stage asks for."""

from decimal import Decimal

import pytest

from contacts.defining import create_field
from contacts.models import Company, Contact
from crm.actions import create_product, follow_deal, set_items
from crm.actions.items import Line
from crm.models import Deal, DealFollower, DealItem, LossReason, Payment
from events.journal import SYSTEM
from tests.cast import make_channel, make_conversation
from tests.crm.funnel import place
from workspaces.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def sofa(sales, log_in):
    """A deal on somebody's sheet: `post(part, ...)` sends one of its forms."""

    class Sheet:
        def __init__(self):
            self.client = log_in(sales.acme.boris)
            self.deal = sales.deal("Maria", amount=None)
            self.url = f"{sales.acme.url}/funnel/deals/{self.deal.pk}/"

        def post(self, part, status=303, **values):
            answer = self.client.post(f"{self.url}{part}", values)
            assert answer.status_code == status, answer.content.decode()[:500]
            self.deal.refresh_from_db()
            return answer.content.decode()

        @property
        def lines(self):
            items = DealItem.objects.filter(deal=self.deal).order_by("position")
            return [(item.name, item.quantity, item.price) for item in items]

        @property
        def html(self):
            return self.client.get(self.url).content.decode()

    return Sheet()


def test_goods_are_added_changed_and_taken_out_and_the_amount_follows(sofa):
    product = create_product(name="Sofa", price=Decimal(50_000), by=SYSTEM)
    sofa.post("items/", product=product.pk, quantity="2")
    assert sofa.lines == [("Sofa", 2, Decimal(50_000))]
    assert sofa.deal.amount == 100_000
    sofa.post("items/", name="Delivery", quantity="1,5", price="1 000,50")
    assert sofa.lines[1] == ("Delivery", Decimal("1.5"), Decimal("1000.50"))
    assert sofa.deal.amount == Decimal("101500.75")
    first, second = DealItem.objects.filter(deal=sofa.deal).order_by("position")
    sofa.post(f"items/{first.pk}/", quantity="1", price="45 000")
    assert sofa.lines[0] == ("Sofa", 1, Decimal(45_000))
    sofa.post(f"items/{second.pk}/", remove="1")
    assert sofa.deal.amount == 45_000
    sofa.post(f"items/{second.pk}/", remove="1", status=404)
    assert "Sofa" in sofa.html


def test_an_amount_that_was_agreed_on_stays_until_the_sum_is_taken(sofa):
    sofa.post("fields/", name="amount", value="40 000")
    sofa.post("items/", name="Sofa", price="50 000")
    assert sofa.deal.amount == 40_000
    assert "Make it" in sofa.html
    sofa.post("items/", sum="1")
    assert sofa.deal.amount == 50_000
    assert "Make it" not in sofa.html


@pytest.mark.parametrize(
    "values",
    [{}, {"name": "Sofa"}, {"name": "Sofa", "price": "much"}, {"name": "Sofa", "price": "-5"},
     {"name": "Sofa", "price": "5", "quantity": "0"},
     {"name": "Sofa", "price": "5", "quantity": "x"},
     {"product": "01999999-0000-7000-8000-000000000000"}],
)  # fmt: skip
def test_a_line_that_cannot_be_is_refused_in_words(sofa, values):
    html = sofa.post("items/", status=422, **values)
    assert 'role="alert"' in html
    assert sofa.lines == []


def test_no_more_goes_back_than_was_paid_or_agreed(sofa):
    sofa.post("fields/", name="amount", value="40 000")
    refused = sofa.post("payments/", amount="40 001", refund="on", status=422)
    assert "At most ₽40,000 can go back." in refused
    sofa.post("payments/", amount="50 000")
    sofa.post("payments/", amount="50 000", refund="on")
    assert sofa.deal.paid == 0


def test_payments_and_refunds_are_noted_and_taken_back(sofa):
    sofa.post("payments/", amount="30 000", paid_on="2026-11-20", comment="Cash")
    sofa.post("payments/", amount="5 000", refund="on")
    sofa.post("payments/", amount="-1 000")
    assert sofa.deal.paid == 24_000
    amounts = sorted(Payment.objects.filter(deal=sofa.deal).values_list("amount", flat=True))
    assert amounts == [-5_000, -1_000, 30_000]
    html = sofa.html
    assert "Cash" in html
    assert html.count("Refund") >= 2
    cash = Payment.objects.get(comment="Cash")
    sofa.post(f"payments/{cash.pk}/removal/")
    assert sofa.deal.paid == -6_000
    sofa.post(f"payments/{cash.pk}/removal/", status=404)
    for amount in ("", "0", "x"):
        sofa.post("payments/", amount=amount, status=422)
    sofa.post("payments/", amount="5", paid_on="9999-12-31", status=422)
    assert sofa.deal.paid == -6_000


def test_colleagues_follow_and_follow_no_more(sofa, sales):
    vera = sales.acme.vera
    sofa.post("followers/", member=vera.pk)
    sofa.post("followers/", member=vera.pk)
    assert [one.membership_id for one in DealFollower.objects.all()] == [vera.pk]
    assert "Vera follows no more" in sofa.html
    sofa.post("followers/", member=vera.pk, stop="1")
    assert not DealFollower.objects.exists()
    sofa.post("followers/", member="x", status=404)
    Deal.objects.filter(pk=sofa.deal.pk).update(team=sales.acme.sales, owner=sales.acme.boris)
    assert "Vera may not see this deal." in sofa.post("followers/", member=vera.pk, status=422)


def test_a_company_is_found_by_its_name_or_made(sofa):
    home = Company.objects.create(name="Home")
    sofa.post("fields/", name="company", value="home")
    assert sofa.deal.company_id == home.pk
    sofa.post("fields/", name="company", value="Loft")
    assert sofa.deal.company.name == "Loft"
    sofa.post("fields/", name="company", value="")
    assert sofa.deal.company is None


def test_own_fields_have_the_controls_of_their_kinds(sofa):
    create_field(entity="deal", label="Size", kind="list", choices=["Big", "Small"], by=SYSTEM)
    create_field(entity="deal", label="Colours", kind="multi", choices=["Red", "Blue"], by=SYSTEM)
    create_field(entity="deal", label="Lift", kind="boolean", by=SYSTEM)
    create_field(entity="deal", label="Measured", kind="date", by=SYSTEM)
    create_field(entity="deal", label="Floors", kind="number", by=SYSTEM)
    for name, value in (
        ("size", "Big"), ("colours", ["", "Red", "Blue"]), ("lift", "no"),
        ("measured", "2026-12-01"), ("floors", "3"),
    ):  # fmt: skip
        sofa.post("fields/", name=f"fields.{name}", value=value)
    expected = {
        "size": "Big", "colours": ["Red", "Blue"], "lift": False, "measured": "2026-12-01",
        "floors": 3,
    }  # fmt: skip
    assert sofa.deal.fields == expected
    html = sofa.html
    assert '<option value="Big" selected>' in html
    assert 'type="date" value="2026-12-01"' in html
    assert "one of the choices" in sofa.post(
        "fields/", name="fields.size", value="Huge", status=422
    )
    sofa.post("fields/", name="fields.colours", value="")
    assert "colours" not in sofa.deal.fields


def test_who_only_reads_changes_nothing(sofa, sales):
    sales.acme.boris.role = Role.ANALYST
    sales.acme.boris.save()
    for part in ("items/", "payments/", "followers/"):
        sofa.post(part, status=403)
    html = sofa.html
    assert "Add goods" not in html
    assert "Note a payment" not in html


def test_a_stranger_finds_no_part_of_it(sofa, sales):
    Deal.objects.filter(pk=sofa.deal.pk).update(team=sales.acme.support, owner=sales.acme.vera)
    for part in ("items/", "payments/", "followers/", "outcome/"):
        sofa.post(part, status=404)


def asking(sales, name, *fields):
    stage = sales.stages[name]
    stage.required_fields = list(fields)
    stage.save()
    return stage


def test_a_card_dropped_where_something_is_missing_asks_for_it(sales, log_in):
    create_field(entity="deal", label="Size", kind="list", choices=["Big"], by=SYSTEM)
    stage = asking(
        sales,
        "Offer sent",
        "amount",
        "fields.size",
        "contact.phone",
        "company",
        "expected_on",
        "owner",
    )
    deal = sales.deal("Maria", amount=None)
    client = log_in(sales.acme.boris)
    answer = place(client, sales, deal, stage)
    assert answer.status_code == 422
    url = f"{sales.acme.url}/funnel/deals/{deal.pk}/outcome/"
    assert f"{url}?stage={stage.pk}" in answer.content.decode()
    html = client.get(url, {"stage": stage.pk}).content.decode()
    for label in ("Amount", "Size", "Customer’s phone", "Company", "Expected date", "Owner"):
        assert label in html
    given = {
        "stage": stage.pk, "seen_stage": deal.stage_id, "required_amount": "5 000",
        "required_fields.size": "Big", "required_contact.phone": "8 921 384-20-16",
        "required_company": "Home", "required_expected_on": "2026-12-24",
        "required_owner": str(sales.acme.boris.pk),
    }  # fmt: skip
    missing = client.post(url, given | {"required_amount": ""})
    assert missing.status_code == 422
    assert "field__error" in missing.content.decode()
    deal.refresh_from_db()
    assert (deal.stage.name, deal.fields) == ("New lead", {})
    assert client.post(url, given).status_code == 200
    deal.refresh_from_db()
    assert deal.stage_id == stage.pk
    assert (deal.amount, deal.fields, deal.company.name) == (5_000, {"size": "Big"}, "Home")
    assert Contact.objects.get(pk=deal.contact_id).phone == "+79213842016"
    assert deal.owner_id == sales.acme.boris.pk


def test_a_loss_may_ask_for_fields_beside_its_reason(sales, log_in):
    stage = asking(sales, "Refused", "source", "loss_reason")
    reason = LossReason.objects.filter(outcome="lost", parent__isnull=False).first()
    deal, client = sales.deal("Maria"), log_in(sales.acme.boris)
    url = f"{sales.acme.url}/funnel/deals/{deal.pk}/outcome/"
    html = client.get(url, {"stage": stage.pk}).content.decode()
    assert "Source" in html
    given = {"stage": stage.pk, "reason": reason.pk, "required_source": "VK"}
    assert client.post(url, given).status_code == 200
    deal.refresh_from_db()
    assert (deal.status, deal.source, deal.loss_reason) == ("lost", "VK", reason)


def test_beside_a_chat_the_stage_asks_too(sales, log_in):
    stage = asking(sales, "Offer sent", "expected_on")
    conversation = make_conversation(make_channel())
    deal = sales.deal("Maria", conversation=conversation)
    Deal.objects.filter(pk=deal.pk).update(contact=conversation.contact)
    client = log_in(sales.acme.boris)
    base = f"{sales.acme.url}/deal-panel/{conversation.pk}/"
    url = f"{base}{deal.pk}/stage/"
    asked = client.post(url, {"stage": stage.pk})
    assert asked.status_code == 422
    assert 'name="required_expected_on"' in asked.content.decode()
    given = {"stage": stage.pk, "seen": deal.stage_id, "required_expected_on": "2026-12-24"}
    assert client.post(url, given).status_code == 303
    deal.refresh_from_db()
    assert deal.stage_id == stage.pk


def test_the_settings_offer_own_fields_to_be_asked_for(sales, log_in):
    create_field(entity="deal", label="Size", kind="text", by=SYSTEM)
    create_field(entity="contact", label="City", kind="text", by=SYSTEM)
    stage = sales.stages["Offer sent"]
    url = f"{sales.acme.url}/settings/sales/stages/{stage.pk}/"
    html = log_in(sales.acme.anna).get(url).content.decode()
    assert 'value="fields.size"' in html
    assert 'value="contact.fields.city"' in html
    assert "Customer: City" in html


def test_lines_of_another_deal_are_not_reached(sofa, sales):
    other = sales.deal("Ivan")
    set_items(other, [Line(name="Table", price=Decimal(5))], by=SYSTEM)
    item = DealItem.objects.get(deal=other)
    sofa.post(f"items/{item.pk}/", quantity="9", status=404)
    follow_deal(other, by=sales.acme.vera)
    sofa.post("followers/", member=sales.acme.vera.pk, stop="1", status=404)


def test_the_stage_is_chosen_on_the_sheet_which_is_shown_anew(sofa, sales):
    stage = sales.stages["Qualified"]
    seen = sofa.deal.stage_id
    answer = sofa.client.post(
        f"{sofa.url}place/", {"stage": stage.pk, "seen_stage": seen, "sheet": "1"}
    )
    assert (answer.status_code, answer["Location"]) == (303, sofa.url)
    sofa.deal.refresh_from_db()
    assert sofa.deal.stage_id == stage.pk
