"""Many deals at once: done, refused by name, taken back, exported."""

import re
from uuid import uuid4

import pytest

from contacts.models import Contact
from crm.actions import assign_deal, create_deal, move_deal
from crm.models import Deal, LossReason, Stage
from events.journal import SYSTEM
from tests.cast import make_channel

pytestmark = pytest.mark.django_db


def bulk(client, sales, deals, action, **values):
    url = f"{sales.acme.url}/funnel/{sales.pipeline.pk}/bulk/"
    return client.post(url, {"id": [deal.pk for deal in deals], "action": action, **values})


def stages_of(deals):
    return {deal.stage.name for deal in Deal.objects.filter(pk__in=[one.pk for one in deals])}


def test_many_move_and_come_back(sales, log_in):
    client, deals = log_in(sales.acme.boris), [sales.deal() for _ in range(3)]
    stage = sales.stages["Qualified"]
    answer = bulk(client, sales, deals, "move", stage=stage.pk)
    assert "Done with 3 deals" in answer.content.decode()
    assert stages_of(deals) == {"Qualified"}
    back = [f"{deal.pk}:{deal.stage_id}" for deal in deals]
    for pair in back:
        assert pair in answer.content.decode()
    url = f"{sales.acme.url}/funnel/{sales.pipeline.pk}/bulk/undo/"
    answer = client.post(url, {"action": "move", "to": stage.pk, "back": back})
    assert "Taken back: 3 deals" in answer.content.decode()
    assert stages_of(deals) == {"New lead"}


def test_what_a_stage_wants_to_know_is_asked_once_and_each_gets_what_it_lacks(sales, log_in):
    stage = sales.stages["Offer sent"]
    stage.required_fields = ["amount", "contact.phone"]
    stage.save()
    client = log_in(sales.acme.boris)
    known, unknown, odd = sales.deal("Known"), sales.deal("Unknown", amount=None), sales.deal("Odd")
    for deal in (known, unknown):
        deal.contact.phone = "+79210000000"
        deal.contact.save()
    deals = [known, unknown, odd]
    asked = bulk(client, sales, deals, "move", stage=stage.pk)
    html = asked.content.decode()
    assert asked.status_code == 422
    assert "3 deals: Offer sent" in html
    assert 'name="required_amount"' in html
    assert "required_contact.phone" not in html
    assert stages_of(deals) == {"New lead"}
    answers = {"stage": stage.pk, "answered": "1", "required_amount": "1 500"}
    html = bulk(client, sales, deals, "move", **answers).content.decode()
    assert "Done with 2 deals" in html
    assert "Odd: The stage “Offer sent” needs: customer’s phone." in html
    amounts = Deal.objects.filter(stage=stage).order_by("number").values_list("amount", flat=True)
    assert list(amounts) == [1000, 1500]


def test_one_that_goes_on_lacking_is_named_and_the_others_go(sales, log_in):
    stage = sales.stages["Offer sent"]
    stage.required_fields = ["amount"]
    stage.save()
    good, bad = sales.deal("Good"), sales.deal("Bad", amount=None)
    answers = {"stage": stage.pk, "answered": "1", "required_amount": ""}
    html = bulk(log_in(sales.acme.boris), sales, [good, bad], "move", **answers).content.decode()
    assert "Done with 1 deal" in html
    assert "Bad: The stage “Offer sent” needs: amount." in html
    assert stages_of([good]) == {"Offer sent"}
    assert stages_of([bad]) == {"New lead"}


def test_many_are_closed_as_lost_with_one_reason(sales, log_in):
    client, deals = log_in(sales.acme.boris), [sales.deal() for _ in range(3)]
    refused = sales.stages["Refused"]
    asked = bulk(client, sales, deals, "move", stage=refused.pk)
    assert asked.status_code == 422
    assert "Too expensive" in asked.content.decode()
    assert "Another region" not in asked.content.decode()
    again = bulk(client, sales, deals, "move", stage=refused.pk, answered="1")
    assert again.status_code == 422
    assert "Choose a reason." in again.content.decode()
    assert stages_of(deals) == {"New lead"}
    reason = LossReason.objects.get(name="Too expensive")
    answers = {"stage": refused.pk, "answered": "1", "reason": reason.pk, "comment": "All of them"}
    done = bulk(client, sales, deals, "move", **answers)
    assert "Done with 3 deals" in done.content.decode()
    lost = Deal.objects.filter(status="lost", loss_reason=reason, loss_comment="All of them")
    assert lost.count() == 3
    url = f"{sales.acme.url}/funnel/{sales.pipeline.pk}/bulk/undo/"
    back = [f"{deal.pk}:{deal.stage_id}" for deal in deals]
    client.post(url, {"action": "move", "to": refused.pk, "back": back})
    assert Deal.objects.open().filter(loss_reason=None).count() == 3


def test_a_reason_of_another_outcome_closes_nothing(sales, log_in):
    deal, refused = sales.deal("Maria"), sales.stages["Refused"]
    reason = LossReason.objects.filter(outcome="not_a_lead").exclude(parent=None).first()
    answers = {"stage": refused.pk, "answered": "1", "reason": reason.pk}
    html = bulk(log_in(sales.acme.boris), sales, [deal], "move", **answers).content.decode()
    assert "Maria: This reason does not belong to the stage." in html
    assert stages_of([deal]) == {"New lead"}


def test_deals_that_are_there_already_are_asked_nothing(sales, log_in):
    reason = LossReason.objects.get(name="Too expensive")
    deal = sales.deal()
    move_deal(deal, to=sales.stages["Refused"], by=SYSTEM, loss_reason=reason)
    answer = bulk(log_in(sales.acme.boris), sales, [deal], "move", stage=sales.stages["Refused"].pk)
    assert answer.status_code == 200
    assert Deal.objects.get().loss_reason == reason


def test_taking_back_leaves_what_went_on_meanwhile(sales, log_in):
    client, deal = log_in(sales.acme.boris), sales.deal()
    qualified, paid = sales.stages["Qualified"], sales.stages["Paid"]
    bulk(client, sales, [deal], "move", stage=qualified.pk)
    bulk(client, sales, [deal], "move", stage=paid.pk)
    url = f"{sales.acme.url}/funnel/{sales.pipeline.pk}/bulk/undo/"
    answer = client.post(
        url, {"action": "move", "to": qualified.pk, "back": [f"{deal.pk}:{deal.stage_id}"]}
    )
    assert "moved to “Paid” meanwhile" in answer.content.decode()


def test_many_are_given_to_a_colleague_and_back(sales, log_in):
    client, deal = log_in(sales.acme.anna), sales.deal(owner=sales.acme.boris)
    bulk(client, sales, [deal], "owner", owner=sales.acme.vera.pk)
    assert Deal.objects.get(pk=deal.pk).owner == sales.acme.vera
    url = f"{sales.acme.url}/funnel/{sales.pipeline.pk}/bulk/undo/"
    client.post(url, {"action": "owner", "back": [f"{deal.pk}:{sales.acme.boris.pk}"]})
    assert Deal.objects.get(pk=deal.pk).owner == sales.acme.boris


def test_only_ones_own_giving_is_taken_back(sales, log_in):
    acme = sales.acme
    deal, other = sales.deal(owner=acme.boris), sales.deal(owner=acme.boris)
    bulk(log_in(acme.anna), sales, [deal], "owner", owner=acme.vera.pk)
    with acme.scope():
        assign_deal(deal, to=acme.anna, by=acme.owner)
    url = f"{acme.url}/funnel/{sales.pipeline.pk}/bulk/undo/"
    back = {"action": "owner", "back": [f"{deal.pk}:{acme.boris.pk}"]}
    assert "somebody else meanwhile" in log_in(acme.anna).post(url, back).content.decode()
    # Nor is it a way to give deals to others for who may not.
    log_in(acme.boris).post(url, {"action": "owner", "back": [f"{other.pk}:{acme.vera.pk}"]})
    owners = Deal.objects.filter(pk__in=[deal.pk, other.pk]).values_list("owner_id", flat=True)
    assert set(owners) == {acme.anna.pk, acme.boris.pk}


def test_many_are_given_to_nobody(sales, log_in):
    deal = sales.deal(owner=sales.acme.boris)
    bulk(log_in(sales.acme.anna), sales, [deal], "owner", owner="none")
    assert Deal.objects.get(pk=deal.pk).owner is None


def test_a_label_is_put_on_all_customers(sales, log_in):
    deals = [sales.deal("One"), sales.deal("Two")]
    bulk(log_in(sales.acme.boris), sales, deals, "label", label="VIP")
    for deal in deals:
        assert list(deal.contact.labels.values_list("name", flat=True)) == ["VIP"]


def test_a_table_is_exported_with_no_formula_in_it(sales, log_in):
    deal = sales.deal("=1+1")
    deal.contact.phone = "+79210000000"
    deal.contact.save()
    answer = bulk(log_in(sales.acme.anna), sales, [deal], "export")
    assert answer["Content-Type"].startswith("text/csv")
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert rows[1].split(",")[1:3] == ["'=1+1", "+79210000000"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", rows[1].split(",")[10])


def test_what_one_may_not_do_is_not_done(rival, sales, log_in):
    deal, hidden = sales.deal(), sales.deal(team=sales.acme.support)
    stage = sales.stages["Qualified"]
    assert bulk(log_in(rival.rita), sales, [deal], "move", stage=stage.pk).status_code == 404
    assert bulk(log_in(sales.acme.marta), sales, [deal], "move", stage=stage.pk).status_code == 403
    assert bulk(log_in(sales.acme.boris), sales, [deal], "export").status_code == 403
    bulk(log_in(sales.acme.boris), sales, [hidden], "move", stage=stage.pk)
    assert stages_of([deal, hidden]) == {"New lead"}


def test_a_question_over_strangers_deals_names_none_of_them(acme, rival, log_in):
    with acme.scope():
        maria = create_deal(contact=Contact.objects.create(name="Maria"), by=SYSTEM)
        theirs = Stage.objects.get(group="lost").pk
    with rival.scope():
        ours, first = Stage.objects.get(group="lost"), Stage.objects.in_order().first()
    url = f"{rival.url}/funnel/{ours.pipeline_id}/bulk/"
    rita, asked = log_in(rival.rita), {"id": [maria.pk], "action": "move"}
    for stage, status in ((ours.pk, 200), (theirs, 404)):
        answer = rita.post(url, {**asked, "stage": stage})
        assert answer.status_code == status
        assert "Maria" not in answer.content.decode()
    back = {"action": "move", "to": ours.pk, "back": [f"{maria.pk}:{first.pk}"]}
    assert "Taken back: 0 deals" in rita.post(f"{url}undo/", back).content.decode()
    with acme.scope():
        assert Deal.objects.get(pk=maria.pk).stage_id == maria.stage_id


@pytest.mark.parametrize(
    ("action", "values"),
    [("", {}), ("dance", {}), ("move", {"stage": "x"}), ("move", {"stage": uuid4()}),
     ("owner", {"owner": uuid4()}), ("owner", {}), ("label", {"label": " "})],
)  # fmt: skip
def test_nonsense_is_not_found(sales, log_in, action, values):
    make_channel()
    assert bulk(log_in(sales.acme.anna), sales, [sales.deal()], action, **values).status_code == 404
