"""Settings of sales, page by page."""

from datetime import date

import pytest

from crm.actions import create_deal, create_pipeline, create_product
from crm.models import ClosedPeriod, DealRule, LossReason, Pipeline, Product, Stage
from events.journal import SYSTEM
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db
PAGES = ("pipelines/", "reasons/", "products/", "rules/", "books/")


@pytest.fixture
def anna(acme, log_in):
    return log_in(acme.anna)


@pytest.fixture
def sales(acme):
    with acme.scope():
        return Pipeline.objects.get(is_default=True)


def url(acme, path):
    return f"{acme.url}/settings/sales/{path}"


def names(acme, pipeline):
    with acme.scope():
        return [stage.name for stage in pipeline.stages.in_use().in_order()]


@pytest.mark.parametrize("page", PAGES)
def test_pages_open_for_managers_alone(acme, rival, log_in, anna, page):
    assert anna.get(url(acme, page)).status_code == 200
    assert log_in(acme.boris).get(url(acme, page)).status_code == 403
    assert log_in(rival.rita).get(url(acme, page)).status_code == 404


def test_the_menu_leads_to_them_for_managers_alone(acme, anna, log_in):
    assert url(acme, "pipelines/") in anna.get(f"{acme.url}/settings/profile/").content.decode()
    page = log_in(acme.boris).get(f"{acme.url}/settings/profile/").content.decode()
    assert url(acme, "pipelines/") not in page


def test_a_pipeline_is_made_renamed_moved_and_archived(acme, anna, sales):
    assert anna.post(url(acme, "pipelines/"), {"name": "Retail"}).status_code == 303
    with acme.scope():
        made = Pipeline.objects.get(name="Retail")
    path = url(acme, f"pipelines/{made.pk}/")
    body = {
        "name": "Shop",
        "currency": "USD",
        "is_restricted": "on",
        "teams": [str(acme.support.pk)],
    }
    assert anna.post(path, body).status_code == 303
    with acme.scope():
        made.refresh_from_db()
        assert (made.name, made.currency, made.is_restricted) == ("Shop", "USD", True)
        assert [access.team for access in made.access_list.all()] == [acme.support]
    assert anna.post(f"{path}placement/", {"step": "up"}).status_code == 303
    with acme.scope():
        assert list(Pipeline.objects.in_order()) == [made, sales]
    assert anna.post(f"{path}archiving/").status_code == 303
    assert anna.post(f"{path}archiving/", {"restore": "1"}).status_code == 303
    assert anna.post(path, {"name": " ", "currency": "USD"}).status_code == 422


def test_the_default_pipeline_says_why_it_stays(acme, anna, sales):
    answer = anna.post(url(acme, f"pipelines/{sales.pk}/archiving/"))
    assert answer.status_code == 422
    assert "default one first" in answer.content.decode()


def test_stages_are_added_changed_and_dragged(acme, anna, sales):
    path = url(acme, f"pipelines/{sales.pk}/stages/")
    assert anna.post(path, {"name": "Measuring", "group": "active"}).status_code == 303
    with acme.scope():
        stages = {stage.name: stage for stage in sales.stages.all()}
    made = stages["Measuring"]
    drag = {"after": str(stages["New lead"].pk)}
    assert anna.post(url(acme, f"stages/{made.pk}/placement/"), drag).status_code == 303
    assert names(acme, sales)[:3] == ["New lead", "Measuring", "Qualified"]
    anna.post(url(acme, f"stages/{made.pk}/placement/"), {"step": "down"})
    anna.post(url(acme, f"stages/{stages['New lead'].pk}/placement/"), {"step": "up"})
    assert names(acme, sales)[:3] == ["New lead", "Qualified", "Measuring"]
    body = {
        "name": "Visit",
        "group": "active",
        "color": "plum",
        "probability": "40",
        "required_fields": ["amount", "contact.phone"],
    }
    assert anna.post(url(acme, f"stages/{made.pk}/"), body).status_code == 303
    with acme.scope():
        made.refresh_from_db()
        assert (made.name, made.color, made.probability) == ("Visit", "plum", 40)
        assert made.required_fields == ["amount", "contact.phone"]
    bad = {**body, "probability": "400"}
    assert anna.post(url(acme, f"stages/{made.pk}/"), bad).status_code == 422


def test_fields_of_ones_own_stay_asked_for(acme, anna, sales):
    with acme.scope():
        stage = sales.stages.get(name="Qualified")
        stage.required_fields = ["fields.city"]
        stage.save()
    page = anna.get(url(acme, f"stages/{stage.pk}/")).content.decode()
    assert 'value="fields.city"' in page


def test_a_stage_is_deleted_with_a_place_for_its_deals(acme, anna, sales):
    with acme.scope():
        stage, target = sales.stages.get(name="Qualified"), sales.stages.get(name="Offer sent")
        contact = make_conversation(make_channel()).contact
        deal = create_deal(contact=contact, stage=stage, by=SYSTEM)
    path = url(acme, f"stages/{stage.pk}/deletion/")
    asked = anna.post(path)
    assert asked.status_code == 422
    assert '<option value="" selected>Choose a stage</option>' in asked.content.decode()
    assert anna.post(path, {"move_to": str(target.pk)}).status_code == 303
    with acme.scope():
        deal.refresh_from_db()
        assert deal.stage == target
        assert Stage.objects.get(pk=stage.pk).archived_at
    assert anna.get(url(acme, f"stages/{stage.pk}/")).status_code == 404


def test_a_stage_whose_deals_are_lost_with_it_says_why(acme, anna):
    with acme.scope():
        sales = Pipeline.objects.get()
        stage, refused = sales.stages.get(name="Qualified"), sales.stages.get(name="Refused")
        contact = make_conversation(make_channel()).contact
        deal = create_deal(contact=contact, stage=stage, by=SYSTEM)
        reason = LossReason.objects.get(name="Too expensive")
        stranger = LossReason.objects.filter(outcome="not_a_lead").exclude(parent=None).first()
    path = url(acme, f"stages/{stage.pk}/deletion/")
    assert "Price: Too expensive" in anna.get(url(acme, f"stages/{stage.pk}/")).content.decode()
    for unexplained in (f"{refused.pk}", f"{refused.pk}:{stranger.pk}", f"{refused.pk}:x", ":"):
        assert anna.post(path, {"move_to": unexplained}).status_code == 422
    assert anna.post(path, {"move_to": f"{refused.pk}:{reason.pk}"}).status_code == 303
    with acme.scope():
        deal.refresh_from_db()
        assert (deal.status, deal.loss_reason) == ("lost", reason)


def test_reasons_are_grouped_renamed_and_archived(acme, anna):
    path = url(acme, "reasons/")
    assert anna.post(path, {"name": "Season", "outcome": "lost"}).status_code == 303
    with acme.scope():
        family = LossReason.objects.get(name="Season")
    body = {"name": "Winter", "outcome": "lost", "parent": str(family.pk)}
    assert anna.post(path, body).status_code == 303
    assert anna.post(path, body).status_code == 422
    with acme.scope():
        reason = LossReason.objects.get(name="Winter")
        assert reason.parent == family
    one = url(acme, f"reasons/{reason.pk}/")
    assert anna.post(one, {"name": "Too cold"}).status_code == 303
    assert anna.post(f"{one}placement/", {"step": "up"}).status_code == 303
    assert anna.post(url(acme, f"reasons/{family.pk}/archiving/")).status_code == 303
    refused = anna.post(f"{one}archiving/", {"restore": "1"})
    assert refused.status_code == 422
    assert "group first" in refused.content.decode()
    assert "Too cold" in anna.get(path).content.decode()


def test_a_group_of_reasons_may_be_of_one_pipeline(acme, anna, sales):
    with acme.scope():
        family = LossReason.objects.filter(parent=None).first()
    body = {"name": family.name, "pipeline": str(sales.pk)}
    assert anna.post(url(acme, f"reasons/{family.pk}/"), body).status_code == 303
    with acme.scope():
        assert set(LossReason.objects.filter(parent=family).values_list("pipeline", flat=True)) == {
            sales.pk
        }


def test_products_are_listed_found_changed_and_archived(acme, anna):
    body = {"name": "Sofa", "price": "96 400", "cost": "", "currency": "RUB"}
    assert anna.post(url(acme, "products/"), body).status_code == 303
    with acme.scope():
        sofa = Product.objects.get()
        create_product(name="Table", by=SYSTEM)
        assert sofa.price == 96400
    found = anna.get(url(acme, "products/?q=sof")).content.decode()
    assert "Sofa" in found
    assert "Table" not in found
    assert anna.post(url(acme, "products/"), {**body, "price": "much"}).status_code == 422
    one = url(acme, f"products/{sofa.pk}/")
    assert anna.post(one, {**body, "price": "90000"}).status_code == 303
    assert anna.post(f"{one}archiving/").status_code == 303
    with acme.scope():
        sofa.refresh_from_db()
        assert sofa.price == 90000
        assert sofa.archived_at


def test_rules_are_set_for_all_and_for_one(acme, anna, sales):
    with acme.scope():
        channel = make_channel()
        stage = sales.stages.get(name="Qualified")
    body = {"birth": "accept", "owner": "assignee", "returning": "new", "reopen_days": "30"}
    assert anna.post(url(acme, "rules/"), body).status_code == 303
    own = {**body, "birth": "manual", "stage": str(stage.pk), "archives_conversation": "on"}
    answer = anna.post(url(acme, f"rules/{channel.pk}/"), own)
    assert answer["Location"] == f"{acme.url}/channels/{channel.pk}/"
    with acme.scope():
        assert DealRule.objects.get(channel=None).birth == "accept"
        rule = DealRule.objects.get(channel=channel)
        assert (rule.birth, rule.stage, rule.archives_conversation) == ("manual", stage, True)
    page = anna.get(f"{acme.url}/channels/{channel.pk}/").content.decode()
    assert url(acme, f"rules/{channel.pk}/") in page
    assert anna.post(url(acme, f"rules/{channel.pk}/removal/")).status_code == 303
    with acme.scope():
        assert not DealRule.objects.filter(channel=channel).exists()
    assert anna.post(url(acme, "rules/"), {**body, "birth": "never"}).status_code == 422


def test_books_are_closed_and_opened(acme, anna):
    path = url(acme, "books/")
    assert anna.post(path, {"until": "2026-01-31"}).status_code == 303
    assert anna.post(path, {"until": "2999-01-31"}).status_code == 422
    with acme.scope():
        assert ClosedPeriod.objects.get().until == date(2026, 1, 31)
    assert "1" in anna.get(path).content.decode()
    assert anna.post(url(acme, "books/reopening/")).status_code == 303
    with acme.scope():
        assert not ClosedPeriod.objects.exists()


def test_a_strangers_ids_open_nothing(acme, rival, anna):
    with rival.scope():
        theirs = create_pipeline(name="Theirs", by=SYSTEM)
        stage = theirs.stages.first()
    assert anna.get(url(acme, f"pipelines/{theirs.pk}/")).status_code == 404
    assert anna.post(url(acme, f"stages/{stage.pk}/"), {"name": "x"}).status_code == 404
