"""What sales call no lead: refused with evidence, answered in time, settled by a head."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import override

from contacts.models import Contact
from crm.actions import (
    Conflict,
    answer_refusal,
    create_deal,
    decide_refusal,
    move_deal,
    set_refusal_rule,
)
from crm.actions.refusing import lapse_all_due
from crm.board.history import lines
from crm.models import Deal, DealChange, LeadRefusal, LossReason, Stage
from crm.people import forget_person
from events import types
from events.models import Event, Notification
from live.fragments import changes_of
from tests.api.calls import Program, is_problem
from tests.cast import make_channel, make_conversation, make_message, make_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def refused(sales):
    """`refused()` is a lead that boris refused, with a reason and a message that shows it."""

    def refuse(**values):
        conversation = make_conversation(make_channel(), name="Marat")
        values.setdefault("evidence", make_message(conversation, "I am from Kazan"))
        reason = LossReason.objects.get(name="Another region")
        deal = sales.deal(conversation=conversation, by=sales.acme.boris)
        move_deal(
            deal,
            to=sales.stages["No lead"],
            by=sales.acme.boris,
            loss_reason=reason,
            **values,
        )
        return LeadRefusal.objects.get(deal=deal)

    return refuse


def said(deal_id):
    changes = DealChange.objects.filter(deal_id=deal_id, field="refusal").order_by("at", "id")
    return [change.after_words for change in changes]


def told(action):
    return [event for event in Event.objects.order_by("seq") if event.action == action]


def test_a_refusal_keeps_its_reason_and_the_message_that_shows_it(refused, sales):
    refusal = refused()
    assert refusal.state == "waiting"
    assert refusal.reason.name == "Another region"
    assert refusal.evidence.text == "I am from Kazan"
    assert refusal.refused_by == sales.acme.boris
    assert refusal.answer_due_at == refusal.refused_at + timedelta(days=3)


def test_whoever_takes_the_deal_back_takes_the_refusal_back(refused, sales):
    refusal = refused()
    move_deal(refusal.deal, to=sales.stages["Qualified"], by=sales.acme.boris)
    refusal.refresh_from_db()
    assert refusal.state == "withdrawn"
    assert refusal.reason.name == "Another region"


def test_a_deal_that_is_refused_again_has_two(refused, sales):
    refusal = refused()
    deal = move_deal(refusal.deal, to=sales.stages["Qualified"], by=sales.acme.boris)
    move_deal(deal, to=sales.stages["No lead"], by=sales.acme.boris)
    states = LeadRefusal.objects.filter(deal=deal).newest_first().values_list("state", flat=True)
    assert list(states) == ["waiting", "withdrawn"]


def test_marketing_agrees(refused, sales):
    refusal = answer_refusal(refused(), agrees=True, by=sales.acme.marta)
    assert (refusal.state, refusal.answered_by) == ("agreed", sales.acme.marta)
    assert said(refusal.deal_id) == ["Agreed"]


def test_a_contest_needs_words_and_calls_the_heads(refused, sales):
    refusal = refused()
    with pytest.raises(ValidationError):
        answer_refusal(refusal, agrees=False, by=sales.acme.marta)
    refusal = answer_refusal(refusal, agrees=False, note="We deliver to Kazan", by=sales.acme.marta)
    assert refusal.state == "contested"
    assert said(refusal.deal_id) == ["Contested: We deliver to Kazan"]
    heads = {one.membership_id for one in Notification.objects.filter(kind="refusal")}
    assert heads == {sales.acme.owner.pk, sales.acme.anna.pk}
    assert refusal.deal.status == "not_a_lead"


def test_the_history_tells_of_it_in_the_readers_language(refused, sales):
    refusal = answer_refusal(refused(), agrees=False, note="At 9: we do", by=sales.acme.marta)
    changes = DealChange.objects.filter(deal=refusal.deal_id, field="refusal")
    with override("ru"):
        [line] = lines(changes, "RUB")
    assert line.words.endswith("→ Спорный: At 9: we do")
    assert line.words.startswith("Отказ от лида: Ждёт")


def test_an_overturned_refusal_goes_back_to_work_taken_on(refused, sales):
    refusal = answer_refusal(refused(), agrees=False, note="It is one", by=sales.acme.marta)
    refusal = decide_refusal(refusal, upholds=False, note="Deliver", by=sales.acme.anna)
    deal = Deal.objects.get(pk=refusal.deal_id)
    assert (refusal.state, refusal.verdict) == ("overturned", "Deliver")
    assert (deal.status, deal.stage.name) == ("open", "New lead")
    assert deal.accepted_at
    people = {one.membership_id for one in Notification.objects.filter(words__contains="is a lead")}
    assert people == {sales.acme.boris.pk, sales.acme.marta.pk}


def test_an_upheld_one_stays_refused(refused, sales):
    refusal = answer_refusal(refused(), agrees=False, note="It is one", by=sales.acme.marta)
    refusal = decide_refusal(refusal, upholds=True, by=sales.acme.owner)
    assert refusal.state == "upheld"
    assert Deal.objects.get(pk=refusal.deal_id).status == "not_a_lead"
    assert said(refusal.deal_id) == ["Contested: It is one", "Upheld"]


def test_silence_agrees_once_its_time_is_over(acme, sales, refused):
    late, early = refused(), refused()
    LeadRefusal.objects.filter(pk=late.pk).update(
        answer_due_at=timezone.now() - timedelta(minutes=1)
    )
    assert lapse_all_due() == 1
    assert lapse_all_due() == 0
    late.refresh_from_db()
    early.refresh_from_db()
    assert (late.state, early.state) == ("lapsed", "waiting")
    assert late.answered_at == late.answer_due_at
    assert said(late.deal_id) == ["Agreed by silence"]
    with pytest.raises(Conflict):
        answer_refusal(late, agrees=False, note="Too late", by=acme.marta)


def test_the_same_word_again_changes_nothing_and_another_one_is_refused(refused, sales):
    marta, anna = sales.acme.marta, sales.acme.anna
    refusal = answer_refusal(refused(), agrees=False, note="It is one", by=marta)
    answer_refusal(refusal, agrees=False, note="It is one", by=marta)
    assert len(said(refusal.deal_id)) == 1
    with pytest.raises(Conflict):
        answer_refusal(refusal, agrees=True, by=marta)
    decide_refusal(refusal, upholds=True, by=anna)
    decide_refusal(refusal, upholds=True, by=anna)
    with pytest.raises(Conflict):
        decide_refusal(refusal, upholds=False, by=anna)


def test_sides_do_not_speak_for_each_other(refused, sales):
    refusal = refused()
    with pytest.raises(PermissionDenied):
        answer_refusal(refusal, agrees=True, by=sales.acme.boris)
    answer_refusal(refusal, agrees=False, note="It is one", by=sales.acme.marta)
    for member in (sales.acme.boris, sales.acme.marta):
        with pytest.raises(PermissionDenied):
            decide_refusal(refusal, upholds=True, by=member)


def test_evidence_is_asked_for_where_the_rule_says_so(refused, sales):
    set_refusal_rule(answer_days=5, requires_evidence=True, by=sales.acme.anna)
    with pytest.raises(ValidationError) as refusal:
        refused(evidence=None)
    assert "evidence" in refusal.value.message_dict
    found = refused()
    assert found.answer_due_at == found.refused_at + timedelta(days=5)
    with pytest.raises(ValidationError):
        set_refusal_rule(answer_days=0, by=sales.acme.anna)
    with pytest.raises(PermissionDenied):
        set_refusal_rule(answer_days=2, by=sales.acme.boris)


def test_without_a_chat_no_message_is_asked_for(sales):
    set_refusal_rule(requires_evidence=True, by=sales.acme.anna)
    reason = LossReason.objects.get(name="A supplier")
    deal = sales.deal(by=sales.acme.boris)
    move_deal(deal, to=sales.stages["No lead"], by=sales.acme.boris, loss_reason=reason)
    assert LeadRefusal.objects.get(deal=deal).reason == reason


def test_another_reason_is_the_refusals_too_until_it_is_answered(refused, sales):
    refusal = refused()
    other = LossReason.objects.get(name="A supplier")
    move_deal(refusal.deal, to=sales.stages["No lead"], by=sales.acme.boris, loss_reason=other)
    refusal.refresh_from_db()
    assert refusal.reason == other


def test_open_pages_hear_of_it(acme):
    with acme.scope():
        contact = Contact.objects.create(name="Maria")
        deal = create_deal(contact=contact, by=acme.boris)
        no_lead = Stage.objects.get(name="No lead", pipeline__is_default=True)
        move_deal(deal, to=no_lead, by=acme.boris)
        answer_refusal(LeadRefusal.objects.get(), agrees=True, by=acme.marta)
    with acme.scope():
        (event,) = told(types.DEAL_REFUSAL_AGREED)
        assert {"refusals", f"deal:{deal.pk}"} <= changes_of(event)
        (rejected,) = told(types.DEAL_REJECTED)
        assert "refusals" in changes_of(rejected)


class TestByTheApi:
    @pytest.fixture
    def path(self, refused):
        return f"/api/v1/lead-refusals/{refused().pk}/"

    def test_a_dispute_from_its_beginning_to_its_end(self, path, sales):
        marketer, head = (
            Program(make_token(role="marketer")),
            Program(make_token(role="supervisor")),
        )
        (row,) = marketer.rows("/lead-refusals/?state=waiting")
        assert row["reason_name"] == "Another region"
        relative = path.removeprefix("/api/v1")
        body = {"agrees": False, "note": "We deliver there"}
        assert marketer.send("post", f"{relative}answer/", body).json()["state"] == "contested"
        is_problem(marketer.send("post", f"{relative}answer/", {"agrees": True}), 409)
        is_problem(marketer.send("post", f"{relative}verdict/", {"upholds": True}), 403)
        answer = head.send("post", f"{relative}verdict/", {"upholds": False})
        assert answer.json()["state"] == "overturned"
        deal = head.get(f"/api/v1/deals/{row['deal']}/").json()
        assert deal["status"] == "open"

    def test_bad_words_and_wrong_roles(self, path):
        relative = path.removeprefix("/api/v1")
        marketer = Program(make_token(role="marketer"))
        is_problem(marketer.send("post", f"{relative}answer/", {"agrees": False}), 422)
        is_problem(marketer.send("post", f"{relative}answer/", {}), 400)
        is_problem(Program(make_token(role="agent")).send("post", f"{relative}answer/", {}), 403)

    def test_the_rule(self, sales):
        head = Program(make_token())
        assert head.get("/api/v1/refusal-rule/").json()["answer_days"] == 3
        answer = head.send("patch", "/refusal-rule/", {"answer_days": 7})
        assert answer.json() == {"answer_days": 7, "requires_evidence": False}
        is_problem(head.send("patch", "/refusal-rule/", {"answer_days": 0}), 400)


def test_a_strangers_refusal_is_not_there(acme, rival):
    with acme.scope():
        deal = create_deal(contact=Contact.objects.create(name="Maria"), by=acme.boris)
        no_lead = Stage.objects.get(name="No lead", pipeline__is_default=True)
        move_deal(deal, to=no_lead, by=acme.boris)
        pk = LeadRefusal.objects.get().pk
    with rival.scope():
        stranger = Program(make_token())
    is_problem(stranger.get(f"/api/v1/lead-refusals/{pk}/"), 404)
    is_problem(stranger.send("post", f"/lead-refusals/{pk}/answer/", {"agrees": True}), 404)
    assert stranger.rows("/lead-refusals/") == []


def test_who_is_forgotten_is_forgotten_in_refusals(refused, sales):
    refusal = refused(loss_comment="Maria lives in Kazan")
    forget_person(refusal.deal.contact)
    refusal.refresh_from_db()
    assert (refusal.comment, refusal.note, refusal.evidence) == ("", "", None)
    assert refusal.state == "waiting"
