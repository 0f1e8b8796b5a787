"""Deals of many conversations moved at once, from the inbox's table."""

import pytest

from crm.models import Deal, LossReason
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db
FRAME = {"Turbo-Frame": "conversations_table"}


@pytest.fixture
def talk(sales):
    """`talk(name)`: a conversation with a deal in the first stage, or with `deal=False` none."""
    channel = make_channel()

    def make(name, deal=True, **values):
        made = make_conversation(channel, name=name)
        if deal:
            made.deal = sales.deal(conversation=made, **values)
        return made

    return make


def move(client, sales, talks, stage, **values):
    url = f"{sales.acme.url}/inbox/table/bulk/"
    asked = {"ids": [one.pk for one in talks], "view": "all", "stage": stage, **values}
    return client.post(url, asked)


def told(client, sales):
    return client.get(f"{sales.acme.url}/inbox/table/?view=all", headers=FRAME).content.decode()


def stage_of(talk):
    deal = Deal.objects.filter(conversation=talk).select_related("stage").first()
    return deal.stage.name if deal else None


def test_the_menu_has_the_stages_and_why_a_deal_is_lost(sales, talk, log_in):
    client = log_in(sales.acme.boris)
    page = client.get(f"{sales.acme.url}/inbox/table/?view=all").content.decode()
    assert 'popovertarget="bulk_stage"' in page
    html = client.get(f"{sales.acme.url}/inbox/table/bulk/stage/").content.decode()
    for name in sales.stages:
        assert f'<span class="truncate">{name}</span>' in html
    lost = sales.stages["Refused"]
    reason = LossReason.objects.exclude(parent=None).filter(outcome="lost").first()
    assert f'value="{lost.pk}:{reason.pk}"' in html
    assert f'value="{lost.pk}"' not in html


def test_many_move_each_by_its_open_deal(sales, talk, log_in):
    both = [talk("Maria"), talk("Ivan")]
    closed = sales.deal(conversation=both[0], stage="Paid")
    client = log_in(sales.acme.boris)
    answer = move(client, sales, both, sales.stages["Qualified"].pk)
    assert answer.status_code == 303
    assert [stage_of(one) for one in both] == ["Qualified"] * 2
    closed.refresh_from_db()
    assert closed.stage.name == "Paid"
    assert "Done with 2 conversations" in told(client, sales)


def test_what_a_stage_asks_for_is_told_by_name_and_the_others_go(sales, talk, log_in):
    stage = sales.stages["Offer sent"]
    stage.required_fields = ["amount"]
    stage.save()
    good, bad, none = talk("Good"), talk("Bad", amount=None), talk("None", deal=False)
    client = log_in(sales.acme.boris)
    move(client, sales, [good, bad, none], stage.pk)
    assert (stage_of(good), stage_of(bad), stage_of(none)) == ("Offer sent", "New lead", None)
    html = told(client, sales)
    assert "Done with 1 conversation" in html
    assert "Bad: The stage “Offer sent” needs: amount." in html
    assert "None: There is no deal yet." in html


def test_a_deal_is_opened_where_there_is_none_if_so_wished(sales, talk, log_in):
    none = talk("Maria", deal=False)
    client = log_in(sales.acme.boris)
    move(client, sales, [none], sales.stages["Paid"].pk, opens_deals="1")
    assert stage_of(none) is None
    for _twice in range(2):
        move(client, sales, [none], sales.stages["Qualified"].pk, opens_deals="1")
    deal = Deal.objects.get()
    assert (deal.stage.name, deal.contact, deal.channel) == (
        "Qualified", none.contact, none.channel,
    )  # fmt: skip


def test_a_loss_takes_its_reason(sales, talk, log_in):
    one, lost = talk("Maria"), sales.stages["Refused"]
    reason = LossReason.objects.exclude(parent=None).filter(outcome="lost").first()
    other = LossReason.objects.exclude(parent=None).exclude(outcome="lost").first()
    client = log_in(sales.acme.boris)
    assert move(client, sales, [one], lost.pk).status_code == 404
    move(client, sales, [one], f"{lost.pk}:{other.pk}")
    assert stage_of(one) == "New lead"
    assert "This reason does not belong to the stage." in told(client, sales)
    move(client, sales, [one], f"{lost.pk}:{reason.pk}")
    one.deal.refresh_from_db()
    assert (one.deal.status, one.deal.loss_reason) == ("lost", reason)


@pytest.mark.parametrize("stage", ["", "x", "01900000-0000-7000-8000-000000000000", ":"])
def test_a_stage_that_there_is_not_is_not_found(sales, talk, log_in, stage):
    one = talk("Maria")
    client = log_in(sales.acme.boris)
    assert move(client, sales, [one], stage, action="stage").status_code == 404
    assert stage_of(one) == "New lead"


def test_who_may_not_move_deals_does_not(rival, sales, talk, log_in):
    one = talk("Maria")
    acme = sales.acme
    stage = sales.stages["Qualified"].pk
    assert move(log_in(acme.marta), sales, [one], stage).status_code == 403
    assert log_in(acme.marta).get(f"{acme.url}/inbox/table/bulk/stage/").status_code == 403
    assert move(log_in(rival.rita), sales, [one], stage).status_code == 404
    sales.pipeline.is_restricted = True
    sales.pipeline.save()
    assert move(log_in(acme.boris), sales, [one], stage).status_code == 404
    assert stage_of(one) == "New lead"
