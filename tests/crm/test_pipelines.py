"""Pipelines, stages, reasons, products, rules and books: what is deleted is archived."""

import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from contacts.models import Contact
from crm.actions import (
    archive_pipeline,
    archive_reason,
    close_books,
    closed_until,
    create_deal,
    create_pipeline,
    create_reason,
    create_stage,
    delete_stage,
    move_deal,
    order_stages,
    place_stage,
    reopen_books,
    restore_pipeline,
    restore_reason,
    set_deal_rule,
    update_pipeline,
    update_reason,
    update_stage,
)
from crm.models import Deal, DealChange, LossReason, Pipeline, Stage
from events.journal import SYSTEM

pytestmark = pytest.mark.django_db


def names(pipeline):
    return [stage.name for stage in pipeline.stages.in_use().in_order()]


def test_a_new_pipeline_gets_the_usual_stages_or_its_own(sales):
    assert len(names(create_pipeline(name="Retail", by=sales.acme.anna))) == 7
    given = [{"name": "First"}, {"name": "Signed", "group": "won"}]
    assert names(create_pipeline(name="Wholesale", stages=given, by=SYSTEM)) == [
        "First",
        "Signed",
        "Refused",
    ]


def test_one_pipeline_is_the_default(sales):
    other = create_pipeline(name="Retail", by=SYSTEM)
    update_pipeline(other, by=SYSTEM, is_default=True)
    assert list(Pipeline.objects.filter(is_default=True)) == [other]
    assert sales.deal().pipeline == other


def test_a_restricted_pipeline_is_for_its_teams(sales):
    acme = sales.acme
    deal = sales.deal()
    update_pipeline(sales.pipeline, by=acme.anna, is_restricted=True, teams=[acme.support])
    seen = {
        name: Deal.objects.visible_to(getattr(acme, name)).filter(pk=deal.pk).exists()
        for name in ("anna", "boris", "vera")
    }
    assert seen == {"anna": True, "boris": False, "vera": True}


def test_a_pipeline_with_open_deals_stays(sales):
    other = create_pipeline(name="Retail", by=SYSTEM)
    deal = sales.deal(pipeline=other)
    with pytest.raises(ValidationError, match="1 open"):
        archive_pipeline(other, by=SYSTEM)
    move_deal(deal, to=other.stages.get(group="won"), by=SYSTEM)
    archive_pipeline(other, by=SYSTEM)
    assert other not in Pipeline.objects.in_use()
    assert names(other) == []
    restore_pipeline(other, by=SYSTEM)
    assert len(names(other)) == 7


def test_the_default_pipeline_is_not_archived(sales):
    with pytest.raises(ValidationError, match="default"):
        archive_pipeline(sales.pipeline, by=SYSTEM)


def test_stages_are_ordered_by_dragging_and_as_a_whole(sales):
    stages = sales.stages
    place_stage(stages["Offer sent"], by=SYSTEM, before=stages["New lead"].pk)
    assert names(sales.pipeline)[:2] == ["Offer sent", "New lead"]
    place_stage(stages["Offer sent"], by=SYSTEM, after=stages["Qualified"].pk)
    assert names(sales.pipeline)[:3] == ["New lead", "Qualified", "Offer sent"]
    order_stages(sales.pipeline, [stages["Qualified"].pk], by=SYSTEM)
    assert names(sales.pipeline)[:2] == ["Qualified", "New lead"]


def test_a_new_stage_goes_to_the_end_of_its_group(sales):
    create_stage(sales.pipeline, name="Measuring", by=SYSTEM)
    assert names(sales.pipeline)[3:6] == ["Waiting for payment", "Measuring", "Paid"]


def test_a_stage_with_open_deals_needs_somewhere_for_them(sales):
    stage, target = sales.stages["Qualified"], sales.stages["Offer sent"]
    deals = [sales.deal(title=str(number), stage="Qualified") for number in range(3)]
    with pytest.raises(ValidationError, match="there are 3"):
        delete_stage(stage, by=SYSTEM)
    target.required_fields = ["expected_on"]
    target.save()
    delete_stage(stage, by=sales.acme.anna, move_to=target)
    delete_stage(stage, by=sales.acme.anna)
    moved = Deal.objects.filter(stage=target).in_column_order()
    assert [deal.title for deal in moved] == ["2", "1", "0"]
    change = DealChange.objects.get(deal=deals[0], field="stage")
    assert (change.before_words, change.after_words) == ("Qualified", "Offer sent")


def test_closed_deals_stay_in_a_stage_that_is_gone(sales):
    won = create_stage(sales.pipeline, name="Delivered", group="won", by=SYSTEM)
    deal = move_deal(sales.deal(), to=won, by=SYSTEM)
    delete_stage(won, by=SYSTEM)
    deal.refresh_from_db()
    assert deal.stage.name == "Delivered"


@pytest.mark.parametrize("name", ["Paid", "Refused"])
def test_the_last_stage_of_an_outcome_stays(sales, name):
    with pytest.raises(ValidationError, match="last stage"):
        delete_stage(sales.stages[name], by=SYSTEM)


def test_a_group_changes_only_while_the_stage_is_empty(sales):
    stage = sales.stages["Qualified"]
    sales.deal(stage="Qualified")
    with pytest.raises(ValidationError, match="has deals"):
        update_stage(stage, by=SYSTEM, group="won")
    empty = sales.stages["Offer sent"]
    assert update_stage(empty, by=SYSTEM, group="won").is_closed


@pytest.mark.parametrize(
    "values",
    [
        {"name": " "},
        {"color": "pink"},
        {"probability": 101},
        {"group": "maybe"},
        {"required_fields": ["password"]},
    ],
)
def test_a_stage_takes_no_nonsense(sales, values):
    with pytest.raises(ValidationError):
        update_stage(sales.stages["Qualified"], by=SYSTEM, **values)


def test_reasons_have_two_levels_and_are_archived_with_their_group(sales):
    group = create_reason(name="Region", by=SYSTEM, outcome="not_a_lead")
    reason = create_reason(name="Abroad", by=SYSTEM, parent=group)
    assert reason.outcome == "not_a_lead"
    with pytest.raises(ValidationError, match="two levels"):
        create_reason(name="Moon", by=SYSTEM, parent=reason)
    with pytest.raises(ValidationError, match="already"):
        create_reason(name="abroad", by=SYSTEM, parent=group)
    archive_reason(group, by=SYSTEM)
    assert not LossReason.objects.filter(pk__in=[group.pk, reason.pk], archived_at=None)
    with pytest.raises(ValidationError, match="group first"):
        restore_reason(reason, by=SYSTEM)
    restore_reason(group, by=SYSTEM)
    assert LossReason.objects.filter(pk__in=[group.pk, reason.pk], archived_at=None).count() == 2


def test_a_renamed_reason_keeps_its_old_name_in_the_history(sales):
    reason = LossReason.objects.get(name="Too expensive")
    deal = move_deal(sales.deal(), to=sales.stages["Refused"], by=SYSTEM, loss_reason=reason)
    update_reason(reason, by=SYSTEM, name="Budget")
    change = DealChange.objects.get(deal=deal, field="loss_reason")
    assert change.after_words == "Too expensive"


def test_only_what_is_over_can_be_closed(sales):
    today = timezone.now().date()
    with pytest.raises(ValidationError, match="over"):
        close_books(until=today + timedelta(days=1), by=SYSTEM)
    close_books(until=date(2025, 12, 31), by=sales.acme.anna)
    with pytest.raises(ValidationError, match="already"):
        close_books(until=date(2025, 11, 30), by=SYSTEM)
    close_books(until=date(2026, 3, 31), by=SYSTEM)
    reopen_books(by=SYSTEM)
    assert closed_until() == date(2025, 12, 31)


def test_a_rule_begins_in_a_stage_in_work_of_its_pipeline(sales):
    rule = set_deal_rule(channel=None, by=SYSTEM, stage=sales.stages["Qualified"])
    assert rule.pipeline == sales.pipeline
    with pytest.raises(ValidationError, match="in work"):
        set_deal_rule(channel=None, by=SYSTEM, stage=sales.stages["Paid"])


def test_who_sells_does_not_change_the_pipelines(sales):
    boris = sales.acme.boris
    for change in (
        lambda: create_pipeline(name="x", by=boris),
        lambda: create_stage(sales.pipeline, name="x", by=boris),
        lambda: delete_stage(sales.stages["Qualified"], by=boris),
        lambda: create_reason(name="x", by=boris),
        lambda: set_deal_rule(channel=None, by=boris),
        lambda: close_books(until=date(2025, 1, 1), by=boris),
    ):
        with pytest.raises(PermissionDenied):
            change()


@pytest.mark.django_db(transaction=True)
def test_a_stage_is_deleted_while_deals_move_in_and_out_and_none_is_lost(acme):
    with acme.scope():
        pipeline = Pipeline.objects.get(is_default=True)
        first, doomed, target = pipeline.stages.in_order()[:3]
        contact = Contact.objects.create(name="Maria")
        deals = [
            create_deal(contact=contact, stage=doomed if number % 2 else first, by=SYSTEM)
            for number in range(16)
        ]

    def work(deed):
        try:
            with acme.scope():
                deed()
        except ValidationError:
            pass  # the stage is gone: the mover reads so
        finally:
            connection.close()

    def mover(deal):
        to = first if deal.stage_id == doomed.pk else doomed
        return lambda: move_deal(deal, to=Stage.objects.get(pk=to.pk), by=SYSTEM)

    deeds = [mover(deal) for deal in deals]
    deeds.insert(8, lambda: delete_stage(doomed, by=SYSTEM, move_to=target))
    threads = [threading.Thread(target=work, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with acme.scope():
        assert Stage.objects.get(pk=doomed.pk).archived_at
        assert not Deal.objects.filter(stage=doomed).exists()
        assert Deal.objects.filter(stage__in=[first, target]).count() == 16
