"""Cards dropped: beside others, on outcomes, by two people at once, ten thousand times."""

import random
from uuid import uuid4

import pytest
from django.utils import timezone

from core import positions
from crm.actions import move_deal
from crm.models import Deal, LossReason
from crm.places import place as place_in
from events import types
from events.journal import SYSTEM
from events.models import Event
from tests.cast import make_channel, make_conversation, make_message
from tests.crm.funnel import place
from workspaces.scope import current_scope

pytestmark = pytest.mark.django_db


def order(stage):
    return [deal.title for deal in Deal.objects.filter(stage=stage).in_column_order()]


def told():
    return [item.action for item in current_scope().pending if isinstance(item, Event)]


def test_a_card_goes_where_it_is_dropped_and_nothing_is_answered(sales, log_in):
    stage = sales.stages["Qualified"]
    low, high = (sales.deal(title=title, stage="Qualified") for title in ("low", "high"))
    deal = sales.deal(title="dropped")
    answer = place(log_in(sales.acme.boris), sales, deal, stage, before=low.pk, after=high.pk)
    assert answer.status_code == 204
    assert order(stage) == ["high", "dropped", "low"]


def test_dropping_again_on_the_same_place_changes_nothing(sales, log_in):
    client, stage = log_in(sales.acme.boris), sales.stages["Qualified"]
    deal = sales.deal()
    for _ in range(3):
        assert place(client, sales, deal, stage).status_code == 204
    assert (
        Event.objects.filter(action=types.DEAL_MOVED).count() + told().count(types.DEAL_MOVED) == 1
    )


def test_two_drag_the_same_card_and_the_second_reads_where_it_is(sales, log_in):
    deal = sales.deal()
    place(log_in(sales.acme.boris), sales, deal, sales.stages["Qualified"])
    answer = place(log_in(sales.acme.vera), sales, deal, sales.stages["Offer sent"])
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "moved to “Qualified” meanwhile" in html
    assert f'target="cards_{sales.stages["Qualified"].pk}"' in html
    deal.refresh_from_db()
    assert deal.stage == sales.stages["Qualified"]


def test_what_a_stage_needs_is_said_and_the_card_goes_back(sales, log_in):
    stage = sales.stages["Offer sent"]
    stage.required_fields = ["contact.phone"]
    stage.save()
    deal = sales.deal()
    answer = place(log_in(sales.acme.boris), sales, deal, stage)
    assert answer.status_code == 422
    assert "customer’s phone" in answer.content.decode()
    assert f'target="cards_{deal.stage_id}"' in answer.content.decode()


def test_a_stage_deleted_meanwhile_takes_nothing(sales, log_in):
    stage = sales.stages["Qualified"]
    stage.archived_at = timezone.now()
    stage.save()
    answer = place(log_in(sales.acme.boris), sales, sales.deal(), stage)
    assert answer.status_code == 422
    assert "no longer there" in answer.content.decode()


def test_out_of_a_deleted_stage_a_card_can_still_be_moved(sales, log_in):
    deal = sales.deal(stage="Qualified")
    deal.stage.archived_at = timezone.now()
    deal.stage.save()
    answer = place(log_in(sales.acme.boris), sales, deal, sales.stages["Offer sent"])
    assert answer.status_code == 204


def test_strangers_other_teams_and_readers_move_nothing(rival, sales, log_in):
    stage = sales.stages["Qualified"]
    deal = sales.deal(team=sales.acme.support)
    assert place(log_in(rival.rita), sales, deal, stage).status_code == 404
    assert place(log_in(sales.acme.boris), sales, deal, stage).status_code == 404
    assert place(log_in(sales.acme.marta), sales, deal, stage).status_code == 403
    deal.refresh_from_db()
    assert deal.stage == sales.stages["New lead"]


@pytest.mark.parametrize("stage", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_a_stage_that_never_was_is_not_found(sales, log_in, stage):
    url = f"{sales.acme.url}/funnel/deals/{sales.deal().pk}/place/"
    assert log_in(sales.acme.boris).post(url, {"stage": stage}).status_code == 404


def test_neighbours_that_are_gone_do_not_stop_a_drop(sales, log_in):
    deal = sales.deal()
    answer = place(
        log_in(sales.acme.boris), sales, deal, sales.stages["Qualified"], before=uuid4(), after="x"
    )
    assert answer.status_code == 204


def test_a_won_deal_leaves_with_a_way_back(sales, log_in):
    client, deal = log_in(sales.acme.boris), sales.deal()
    answer = place(client, sales, deal, sales.stages["Paid"])
    html = answer.content.decode()
    assert f'action="remove" target="deal_{deal.pk}"' in html
    assert "Undo" in html
    deal.refresh_from_db()
    assert place(client, sales, deal, sales.stages["New lead"]).status_code == 204
    deal.refresh_from_db()
    assert deal.status == Deal.Status.OPEN


def outcome(client, sales, deal, stage, **values):
    url = f"{sales.acme.url}/funnel/deals/{deal.pk}/outcome/"
    return client.post(url, {"stage": stage.pk, "seen_stage": deal.stage_id, **values})


def test_the_form_of_a_refusal_offers_its_reasons_in_two_levels(sales, log_in):
    url = f"{sales.acme.url}/funnel/deals/{sales.deal().pk}/outcome/"
    html = log_in(sales.acme.boris).get(url, {"stage": sales.stages["Refused"].pk}).content.decode()
    assert '<legend class="field__label">Price</legend>' in html
    assert "Too expensive" in html
    assert "Another region" not in html


def test_a_refusal_keeps_reason_comment_and_evidence(sales, log_in):
    conversation = make_conversation(make_channel())
    message = make_message(conversation, "Too dear for us")
    deal = sales.deal(conversation=conversation)
    reason = LossReason.objects.get(name="Too expensive")
    answer = outcome(
        log_in(sales.acme.boris), sales, deal, sales.stages["Refused"],
        reason=reason.pk, comment="Asked twice", evidence=message.pk,
    )  # fmt: skip
    assert answer.status_code == 200
    deal.refresh_from_db()
    assert (deal.loss_reason, deal.loss_comment, deal.evidence) == (reason, "Asked twice", message)


def test_a_refusal_without_a_reason_is_asked_again(sales, log_in):
    deal = sales.deal()
    answer = outcome(log_in(sales.acme.boris), sales, deal, sales.stages["Refused"])
    assert answer.status_code == 422
    assert "Choose a reason." in answer.content.decode()
    deal.refresh_from_db()
    assert deal.status == Deal.Status.OPEN


def test_a_reason_of_another_outcome_is_refused(sales, log_in):
    reason = LossReason.objects.get(name="Another region")
    answer = outcome(
        log_in(sales.acme.boris), sales, sales.deal(), sales.stages["Refused"], reason=reason.pk
    )
    assert answer.status_code == 422


def test_a_refusal_of_a_card_that_went_on_is_refused_itself(sales, log_in):
    deal = sales.deal()
    move_deal(deal, to=sales.stages["Qualified"], by=SYSTEM)
    reason = LossReason.objects.get(name="Too expensive")
    answer = outcome(
        log_in(sales.acme.boris), sales, deal, sales.stages["Refused"], reason=reason.pk
    )
    assert answer.status_code == 409


def test_readers_get_no_form(sales, log_in):
    url = f"{sales.acme.url}/funnel/deals/{sales.deal().pk}/outcome/"
    values = {"stage": sales.stages["Refused"].pk}
    assert log_in(sales.acme.marta).get(url, values).status_code == 403


def test_a_card_put_higher_is_told_so_that_other_boards_follow(sales):
    low, high = sales.deal(title="low"), sales.deal(title="high")
    move_deal(low, to=low.stage, by=sales.acme.boris, before=high.pk)
    assert told().count(types.DEAL_PLACED) == 1
    assert order(low.stage) == ["low", "high"]


def test_two_thousand_random_moves_keep_the_order(sales):
    """Against a plain list, with columns that fill up and are spread anew on the way."""
    chance = random.Random(7)
    stage = sales.stages["New lead"]
    deals = {deal.pk: deal for deal in (sales.deal(title=str(number)) for number in range(12))}
    expected = [deal.pk for deal in Deal.objects.filter(stage=stage).in_column_order()]
    longest = 0
    for turn in range(2_000):
        moved = chance.choice(expected)
        rest = [pk for pk in expected if pk != moved]
        index = chance.randrange(len(rest)) if turn % 3 else 0
        beside = {"before" if turn % 2 else "after": rest[index]}
        position = place_in(stage, moving=deals[moved], **beside)
        longest = max(longest, len(position))
        Deal.objects.filter(pk=moved).update(position=position)
        rest.insert(index if turn % 2 else index + 1, moved)
        expected = rest
        if turn % 200 == 0:
            found = Deal.objects.filter(stage=stage).in_column_order().values_list("pk", flat=True)
            assert list(found) == expected
    found = Deal.objects.filter(stage=stage).in_column_order().values_list("pk", flat=True)
    assert list(found) == expected
    assert longest <= positions.LONGEST
