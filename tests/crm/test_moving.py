"""From stage to stage: the history is right, the loser of a race reads who won."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from crm.actions import Conflict, accept_deal, move_deal, update_deal
from crm.models import ClosedPeriod, Deal, DealChange, LossReason
from events import types
from events.journal import SYSTEM
from events.models import Event
from workspaces.scope import current_scope

pytestmark = pytest.mark.django_db


def history(deal):
    return [
        (change.field, change.before_words, change.after_words)
        for change in DealChange.objects.filter(deal=deal).order_by("at", "id")
    ]


def column(stage):
    return [deal.title for deal in Deal.objects.filter(stage=stage).in_column_order()]


def test_a_new_deal_begins_in_the_first_stage_with_the_next_number(sales):
    first, second = sales.deal(), sales.deal()
    assert first.stage == sales.stages["New lead"]
    assert (first.number, second.number) == (1, 2)
    assert first.status == Deal.Status.OPEN
    assert first.currency == "RUB"


def test_a_move_keeps_what_the_stages_were_called(sales):
    deal = sales.deal()
    move_deal(deal, to=sales.stages["Qualified"], by=sales.acme.boris)
    stage = sales.stages["Qualified"]
    stage.name = "Checked"
    stage.save()
    assert ("stage", "New lead", "Qualified") in history(deal)


def test_a_lead_that_moves_forward_is_taken_on(sales):
    deal = move_deal(sales.deal(), to=sales.stages["Qualified"], by=sales.acme.boris)
    assert deal.accepted_at
    refused = move_deal(sales.deal(), to=sales.stages["No lead"], by=sales.acme.boris)
    assert refused.accepted_at is None


def test_taking_on_twice_is_once(sales):
    deal = accept_deal(sales.deal(), by=sales.acme.boris)
    assert accept_deal(deal, by=sales.acme.vera).accepted_at == deal.accepted_at
    assert [field for field, *_ in history(deal)] == ["accepted_at"]


def test_an_outcome_closes_and_going_back_reopens(sales):
    deal = move_deal(sales.deal(), to=sales.stages["Paid"], by=sales.acme.boris)
    assert deal.status == Deal.Status.WON
    assert deal.closed_at
    deal = move_deal(deal, to=sales.stages["Qualified"], by=sales.acme.boris)
    assert (deal.status, deal.closed_at) == (Deal.Status.OPEN, None)


def test_an_outcome_is_told(sales):
    deal = sales.deal()
    reason = LossReason.objects.get(name="Too expensive")
    move_deal(deal, to=sales.stages["Refused"], by=sales.acme.boris, loss_reason=reason)
    move_deal(deal, to=sales.stages["Qualified"], by=sales.acme.boris)
    pending = [item.action for item in current_scope().pending if isinstance(item, Event)]
    assert pending.count(types.DEAL_MOVED) == 2
    assert types.DEAL_LOST in pending
    assert types.DEAL_REOPENED in pending


def test_a_reason_of_another_outcome_is_refused(sales):
    reason = LossReason.objects.get(name="Another region")
    with pytest.raises(ValidationError, match="reason"):
        move_deal(sales.deal(), to=sales.stages["Refused"], by=SYSTEM, loss_reason=reason)


def test_a_free_reason_needs_a_pipeline_that_allows_it(sales):
    with pytest.raises(ValidationError, match="list"):
        move_deal(sales.deal(), to=sales.stages["Refused"], by=SYSTEM, loss_comment="Just so")
    sales.pipeline.allows_free_reason = True
    sales.pipeline.save()
    deal = move_deal(sales.deal(), to=sales.stages["Refused"], by=SYSTEM, loss_comment="Just so")
    assert deal.loss_comment == "Just so"


def test_leaving_an_outcome_forgets_its_reason_and_remembers_it_in_the_history(sales):
    reason = LossReason.objects.get(name="Too expensive")
    deal = move_deal(sales.deal(), to=sales.stages["Refused"], by=SYSTEM, loss_reason=reason)
    deal = move_deal(deal, to=sales.stages["Qualified"], by=SYSTEM)
    assert deal.loss_reason is None
    assert ("loss_reason", "Too expensive", "") in history(deal)


def test_who_saw_the_card_elsewhere_reads_where_it_is(sales):
    deal = sales.deal()
    seen = deal.stage_id
    move_deal(deal, to=sales.stages["Paid"], by=sales.acme.boris, seen_stage=seen)
    with pytest.raises(Conflict, match="“Paid” meanwhile: Boris was faster"):
        move_deal(deal, to=sales.stages["Refused"], by=sales.acme.vera, seen_stage=seen)


def test_what_a_rule_has_moved_names_nobody_to_whoever_saw_it_elsewhere(sales):
    deal = sales.deal()
    seen = deal.stage_id
    move_deal(deal, to=sales.stages["Paid"], by=SYSTEM, rule="A rule", seen_stage=seen)
    with pytest.raises(Conflict, match=r"“Paid” meanwhile\.'"):
        move_deal(deal, to=sales.stages["Refused"], by=sales.acme.vera, seen_stage=seen)


def test_a_stage_that_is_gone_takes_nothing(sales):
    stage = sales.stages["Qualified"]
    stage.archived_at = timezone.now()
    stage.save()
    with pytest.raises(ValidationError, match="no longer"):
        move_deal(sales.deal(), to=stage, by=SYSTEM)


def test_a_stage_asks_for_what_it_needs_and_names_all_of_it(sales):
    stage = sales.stages["Offer sent"]
    stage.required_fields = ["amount", "contact.phone", "fields.city"]
    stage.save()
    deal = sales.deal(amount=None)
    with pytest.raises(ValidationError) as refused:
        move_deal(deal, to=stage, by=SYSTEM)
    assert "amount, customer’s phone, city" in refused.value.messages[0]
    deal.contact.phone = "+79210000000"
    deal.contact.save()
    update_deal(deal, by=SYSTEM, amount=5, fields={"city": "Perm"})
    assert move_deal(deal, to=stage, by=SYSTEM).stage == stage


def test_a_card_goes_where_it_is_dropped(sales):
    one, two, three = (sales.deal(title=name) for name in ("one", "two", "three"))
    stage = sales.stages["New lead"]
    assert column(stage) == ["three", "two", "one"]
    move_deal(three, to=stage, by=SYSTEM, after=one.pk)
    assert column(stage) == ["two", "one", "three"]
    move_deal(three, to=stage, by=SYSTEM, before=two.pk)
    assert column(stage) == ["three", "two", "one"]
    assert history(three) == []


def test_dropping_into_one_gap_for_ever_keeps_the_order(sales):
    stage = sales.stages["New lead"]
    low, *cards = (sales.deal(title=str(number)) for number in range(4))
    for turn in range(400):
        move_deal(cards[turn % 3], to=stage, by=SYSTEM, before=low.pk)
    assert column(stage) == ["2", "3", "1", "0"]
    longest = max(len(deal.position) for deal in Deal.objects.filter(stage=stage))
    assert longest < 80


def test_what_is_changed_after_the_books_are_closed_is_flagged(sales):
    deal = move_deal(sales.deal(), to=sales.stages["Paid"], by=SYSTEM)
    ClosedPeriod.objects.create(until=timezone.now().date())
    update_deal(deal, by=sales.acme.boris, source="Direct")
    flags = dict(DealChange.objects.filter(deal=deal).values_list("field", "is_late"))
    assert flags["source"] is True
    assert flags["stage"] is False


def test_who_may_only_read_changes_nothing(sales):
    deal = sales.deal()
    with pytest.raises(PermissionDenied):
        move_deal(deal, to=sales.stages["Paid"], by=sales.acme.marta)
    with pytest.raises(PermissionDenied):
        update_deal(deal, by=sales.acme.marta, title="x")
