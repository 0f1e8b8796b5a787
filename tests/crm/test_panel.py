"""The deal beside a conversation, and what lists and threads tell of it."""

from decimal import Decimal

import pytest

from crm.actions import create_deal, create_pipeline, move_deal, record_payment, update_pipeline
from crm.models import Deal, DealFollower, LossReason, Pipeline
from events.journal import SYSTEM
from events.models import Event
from inbox import timeline
from tests.cast import make_channel, make_conversation, make_message

pytestmark = pytest.mark.django_db
FRAME = {"Turbo-Frame": "deal_panel"}


@pytest.fixture
def conversation(acme):
    with acme.scope():
        return make_conversation(make_channel(), status="accepted", assignee=acme.boris)


@pytest.fixture
def deal(acme, conversation):
    with acme.scope():
        return create_deal(
            contact=conversation.contact,
            conversation=conversation,
            amount=Decimal(96400),
            owner=acme.boris,
            by=SYSTEM,
        )


@pytest.fixture
def boris(acme, log_in):
    return log_in(acme.boris)


def url(acme, conversation, deal=None, part=""):
    path = f"{acme.url}/deal-panel/{conversation.pk}/"
    return f"{path}{deal.pk}/{part}" if deal else path


def text(response):
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def stage(acme, name):
    with acme.scope():
        return Pipeline.objects.get(is_default=True).stages.get(name=name)


def test_the_section_shows_the_deal(acme, boris, conversation, deal):
    page = text(boris.get(url(acme, conversation), headers=FRAME))
    assert "₽96,400" in page
    assert "Boris" in page
    assert "Stage 1 of 4: New lead" in page
    assert "day 1 in this stage" in page


def test_without_a_frame_it_leads_to_the_conversation(acme, boris, conversation):
    assert boris.get(url(acme, conversation)).status_code == 303


def test_a_deal_is_made_by_hand(acme, boris, conversation):
    page = text(boris.get(url(acme, conversation), headers=FRAME))
    assert "no deal with this customer yet" in page
    answer = boris.post(url(acme, conversation), {"title": "Sofa", "amount": "1 250,50"})
    assert answer.status_code == 303
    with acme.scope():
        made = Deal.objects.get()
        assert (made.title, made.amount, made.owner) == ("Sofa", Decimal("1250.50"), acme.boris)
        assert made.conversation == conversation


def test_a_deal_that_is_refused_need_not_be_typed_again(acme, boris, conversation):
    answer = boris.post(url(acme, conversation), {"title": "Sofa <b>", "amount": "much"})
    assert answer.status_code == 422
    for kept in ('name="title" value="Sofa &lt;b&gt;"', 'name="amount" value="much"'):
        assert kept in answer.content.decode()
    page = text(boris.get(url(acme, conversation), headers=FRAME))
    assert 'name="title" value=""' in page


def test_several_deals_stand_below_each_other(acme, boris, conversation, deal):
    with acme.scope():
        other = create_deal(contact=conversation.contact, title="Table", by=SYSTEM)
    page = text(boris.get(url(acme, conversation), headers=FRAME))
    assert "№ 1" in page
    assert "Table" in page
    page = text(boris.get(f"{url(acme, conversation)}?deal={other.pk}", headers=FRAME))
    assert "№ 2" in page


@pytest.mark.parametrize(("typed", "amount"), [("5 000 ₽", 5000), ("", None)])
def test_the_amount_is_edited_in_place(acme, boris, conversation, deal, typed, amount):
    answer = boris.post(url(acme, conversation, deal, "amount/"), {"amount": typed})
    assert answer.status_code == 303
    with acme.scope():
        assert Deal.objects.get().amount == amount


@pytest.mark.parametrize("typed", ["a lot", "-5", "1.2345"])
def test_no_amount_is_words(acme, boris, conversation, deal, typed):
    answer = boris.post(url(acme, conversation, deal, "amount/"), {"amount": typed})
    assert answer.status_code == 422
    assert 'role="alert"' in text(answer)
    with acme.scope():
        assert Deal.objects.get().amount == 96400


def test_the_stage_is_picked(acme, boris, conversation, deal):
    target = stage(acme, "Qualified")
    body = {"stage": str(target.pk), "seen": str(deal.stage_id)}
    assert boris.post(url(acme, conversation, deal, "stage/"), body).status_code == 303
    with acme.scope():
        assert Deal.objects.get().stage == target


def test_who_was_slower_reads_who_was_faster(acme, boris, conversation, deal):
    with acme.scope():
        move_deal(deal, to=deal.pipeline.stages.get(name="Offer sent"), by=SYSTEM)
    body = {"stage": str(stage(acme, "Paid").pk), "seen": str(deal.stage_id)}
    answer = boris.post(url(acme, conversation, deal, "stage/"), body)
    assert answer.status_code == 422
    assert "Offer sent" in text(answer)


def test_the_stage_says_what_it_lacks(acme, boris, conversation, deal):
    with acme.scope():
        Pipeline.objects.get(is_default=True).stages.filter(name="Paid").update(
            required_fields=["cost"]
        )
    body = {"stage": str(stage(acme, "Paid").pk)}
    answer = boris.post(url(acme, conversation, deal, "stage/"), body)
    assert answer.status_code == 422
    assert "Cost of goods" in text(answer)
    assert 'name="required_cost"' in text(answer)


def test_the_owner_is_chosen_among_those_who_sell(acme, boris, conversation, deal):
    page = text(boris.get(url(acme, conversation, deal, "owners/")))
    assert "Vera" in page
    assert "Marta" not in page
    path = url(acme, conversation, deal, "owner/")
    assert boris.post(path, {"member": str(acme.anna.pk)}).status_code == 303
    with acme.scope():
        assert Deal.objects.get().owner == acme.anna
    assert boris.post(path, {"member": str(conversation.pk)}).status_code == 404


def test_a_lead_is_taken_on_and_followed(acme, boris, conversation, deal):
    boris.post(url(acme, conversation, deal, "acceptance/"))
    boris.post(url(acme, conversation, deal, "following/"))
    with acme.scope():
        assert Deal.objects.get().accepted_at
        assert DealFollower.objects.get().membership == acme.boris
    boris.post(url(acme, conversation, deal, "following/"), {"stop": "1"})
    with acme.scope():
        assert not DealFollower.objects.exists()


def test_a_refusal_has_a_reason_and_evidence(acme, boris, conversation, deal):
    with acme.scope():
        said = make_message(conversation, "Your price is too high")
        reason = LossReason.objects.get(name="Too expensive")
    path = url(acme, conversation, deal, "refusal/")
    page = text(boris.get(path))
    assert "Your price is too high" in page
    assert '<optgroup label="Price">' in page
    body = {"stage": str(stage(acme, "Refused").pk), "comment": "Twice"}
    refused = boris.post(path, body)
    assert refused.status_code == 422
    assert "Choose a reason" in text(refused)
    done = boris.post(path, {**body, "reason": str(reason.pk), "evidence": str(said.pk)})
    assert done.status_code == 200
    assert 'target="deal_panel"' in text(done)
    with acme.scope():
        lost = Deal.objects.get()
        assert (lost.status, lost.loss_reason, lost.loss_comment) == ("lost", reason, "Twice")
        assert lost.evidence == said


def test_a_reason_of_the_other_outcome_does_not_do(acme, boris, conversation, deal):
    with acme.scope():
        reason = LossReason.objects.get(name="Another region")
    body = {"stage": str(stage(acme, "Refused").pk), "reason": str(reason.pk)}
    assert boris.post(url(acme, conversation, deal, "refusal/"), body).status_code == 422


def test_words_of_ones_own_do_where_the_pipeline_allows_them(acme, boris, conversation, deal):
    body = {"stage": str(stage(acme, "Refused").pk), "comment": "Moved to the moon"}
    path = url(acme, conversation, deal, "refusal/")
    assert boris.post(path, body).status_code == 422
    with acme.scope():
        update_pipeline(Pipeline.objects.get(), by=SYSTEM, allows_free_reason=True)
    assert boris.post(path, body).status_code == 200


def test_a_stranger_finds_nothing(acme, rival, log_in, conversation, deal):
    rita = log_in(rival.rita)
    assert rita.get(url(acme, conversation), headers=FRAME).status_code == 404
    theirs = f"{rival.url}/deal-panel/{conversation.pk}/"
    assert rita.get(theirs, headers=FRAME).status_code == 404
    assert rita.post(f"{theirs}{deal.pk}/amount/", {"amount": "1"}).status_code == 404


def test_who_may_only_read_changes_nothing(acme, log_in, conversation, deal):
    marta = log_in(acme.marta)
    page = text(marta.get(url(acme, conversation), headers=FRAME))
    assert "₽96,400" in page
    assert "<form" not in page.replace("following/", "").split("deal_menu")[0]
    for part in ("amount/", "stage/", "owner/", "acceptance/", "refusal/"):
        assert marta.post(url(acme, conversation, deal, part)).status_code == 403
    assert marta.post(url(acme, conversation), {"title": "x"}).status_code == 403


def test_a_deal_of_a_closed_pipeline_is_not_shown(acme, boris, conversation):
    with acme.scope():
        secret = create_pipeline(name="Secret", by=SYSTEM, is_restricted=True)
        hidden = create_deal(
            contact=conversation.contact, conversation=conversation, pipeline=secret, by=SYSTEM
        )
    page = text(boris.get(url(acme, conversation), headers=FRAME))
    assert "no deal with this customer yet" in page
    path = url(acme, conversation, hidden, "amount/")
    assert boris.post(path, {"amount": "1"}).status_code == 404
    rows = text(boris.get(f"{acme.url}/inbox/?view=mine"))
    assert "New lead" not in rows
    with acme.scope():
        record_payment(hidden, amount=Decimal(5), by=SYSTEM)
    thread = text(boris.get(f"{acme.url}/inbox/{conversation.pk}/"))
    assert "Payment" not in thread


def test_rows_show_stage_and_amount(acme, boris, conversation, deal):
    assert "New lead · ₽96,400" in text(boris.get(f"{acme.url}/inbox/?view=mine"))


def test_rows_cost_one_query_however_many_they_are(acme, boris, django_assert_max_num_queries):
    from inbox.filters import Filters
    from inbox.models import Conversation
    from inbox.panels import note_rows
    from inbox.queues import Queue

    with acme.scope():
        channel = make_channel()
        for number in range(5):
            made = make_conversation(channel, name=f"Maria {number}")
            create_deal(contact=made.contact, conversation=made, by=SYSTEM)
        seen = Conversation.objects.visible_to(acme.boris)
        page = Queue(acme.boris, Filters(view="new"), seen).page()
        with django_assert_max_num_queries(1):
            rows = note_rows(acme.boris, page.rows)
        assert [row.note.words for row in rows] == ["New lead"] * 5


def test_an_open_deal_is_shown_before_a_closed_one(acme, boris, conversation, deal):
    with acme.scope():
        later = create_deal(contact=conversation.contact, conversation=conversation, by=SYSTEM)
        move_deal(later, to=later.pipeline.stages.get(name="Paid"), by=SYSTEM)
    assert "New lead · ₽96,400" in text(boris.get(f"{acme.url}/inbox/?view=mine"))


def test_the_thread_tells_the_moves(acme, boris, conversation, deal):
    with acme.scope():
        stages = {stage.name: stage for stage in deal.pipeline.stages.all()}
        move_deal(deal, to=stages["Qualified"], by=acme.boris)
        move_deal(deal, to=stages["Offer sent"], by=SYSTEM, rule="Sent a price")
        reason = LossReason.objects.get(name="Too expensive")
        move_deal(deal, to=stages["Refused"], by=acme.boris, loss_reason=reason)
        record_payment(deal, amount=Decimal(500), by=acme.boris)
    with acme.scope():
        told = [words for _event, words in timeline.sentences(Event.objects.order_by("seq"))]
    assert [words.replace("\N{NO-BREAK SPACE}", " ") for words in told] == [
        "Deal no. 1 was opened",
        "The deal moved to the stage “Qualified” · Boris",
        "The deal moved to the stage “Offer sent” · rule “Sent a price”",
        "The deal moved to the stage “Refused” · Boris",
        "Reason: Too expensive · Boris",
        "Payment: ₽500 · Boris",
    ]
    assert "rule “Sent a price”" in text(boris.get(f"{acme.url}/inbox/{conversation.pk}/"))


def test_the_card_has_the_section_as_a_frame_of_its_own(acme, boris, conversation):
    page = text(boris.get(f"{acme.url}/inbox/{conversation.pk}/"))
    assert f'src="{url(acme, conversation)}"' in page
    assert f"deals:{conversation.contact_id}" in page
