"""The board: who sees which cards, what stands on them, what it costs."""

import re
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import ContactLabel, Label
from crm.actions import (
    create_deal,
    create_pipeline,
    create_task,
    move_deal,
    record_payment,
    update_pipeline,
)
from crm.board import conversion
from crm.models import Deal, Pipeline, Stage, Task
from events.journal import SYSTEM
from events.subscriptions import run_workspace
from tests.cast import make_channel, make_conversation
from tests.crm.funnel import board_of, column_of, names_on
from workspaces.actions import add_member
from workspaces.models import Role, User, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


def test_cards_stand_in_their_columns_with_counts_and_sums(sales, log_in):
    sales.deal("Maria", amount=Decimal(54_000))
    sales.deal("Denis", amount=Decimal(138_500), stage="Qualified")
    sales.deal("Vera", amount=None, stage="Qualified")
    page = board_of(log_in(sales.acme.boris), sales)
    assert column_of(page, sales.stages["New lead"]) == ["Maria"]
    assert column_of(page, sales.stages["Qualified"]) == ["Vera", "Denis"]
    html = page.content.decode()
    assert "₽138,500" in html
    assert "3 deals · ₽192,500" in html


def test_a_card_says_all_that_matters(sales, log_in):
    conversation = make_conversation(
        make_channel("vk"),
        last_message_text="Is it in stock?",
        last_message_kind="text",
        waiting_since=timezone.now() - timedelta(minutes=37),
    )
    deal = create_deal(
        contact=conversation.contact,
        conversation=conversation,
        by=SYSTEM,
        owner=sales.acme.boris,
        source="VK",
        medium="cpc",
        campaign="Sofas",
    )
    label = Label.objects.create(name="wholesale")
    ContactLabel.objects.create(contact=conversation.contact, label=label)
    Task.objects.create(text="Call", due_at=timezone.now() - timedelta(days=1), deal=deal)
    html = board_of(log_in(sales.acme.anna), sales).content.decode()
    for words in ("Is it in stock?", "VK · Sofas", "wholesale", "Boris", "yesterday", "today"):
        assert words in html
    assert "clock--late" in html
    assert "ch-vk" in html


def test_a_card_drawn_before_follows_the_zone_and_the_clock(sales, log_in):
    deal = sales.deal()
    task = Task.objects.create(text="Call", due_at=timezone.now() + timedelta(days=3), deal=deal)
    client = log_in(sales.acme.boris)

    def due():
        html = board_of(client, sales).content.decode()
        return re.search(r'class="(\w+)"><svg[^>]*><use[^>]*#task"/></svg>([^<]+)<', html).groups()

    for zone in ("Etc/GMT+12", "Pacific/Kiritimati"):  # more than a day apart
        Workspace.objects.update(time_zone=zone)
        assert due() == ("faint", f"{task.due_at.astimezone(ZoneInfo(zone)):%a}")
    task.due_at = timezone.now() - timedelta(days=30)
    task.save()
    assert due()[0] == "danger"


def test_an_outcome_shows_what_came_to_it_this_month(sales, log_in):
    move_deal(sales.deal(amount=Decimal(700)), to=sales.stages["Paid"], by=SYSTEM)
    old = move_deal(sales.deal(amount=Decimal(900)), to=sales.stages["Paid"], by=SYSTEM)
    Deal.objects.filter(pk=old.pk).update(closed_at=timezone.now() - timedelta(days=40))
    html = board_of(log_in(sales.acme.anna), sales).content.decode()
    month = timezone.localtime().strftime("%B")
    assert f"1 in {month}" in html
    assert "₽700" in html


def test_others_see_only_what_is_theirs(sales, log_in):
    sales.deal("Open to all")
    sales.deal("Of sales", team=sales.acme.sales)
    sales.deal("Of support", team=sales.acme.support)
    assert set(names_on(board_of(log_in(sales.acme.boris), sales))) == {"Open to all", "Of sales"}
    assert len(names_on(board_of(log_in(sales.acme.anna), sales))) == 3


def test_the_sums_count_what_one_sees(sales, log_in):
    sales.deal(amount=Decimal(100), team=sales.acme.sales)
    sales.deal(amount=Decimal(999), team=sales.acme.support)
    assert "1 deal · ₽100" in board_of(log_in(sales.acme.boris), sales).content.decode()


def test_strangers_and_closed_pipelines_are_not_there(rival, sales, log_in):
    assert board_of(log_in(rival.rita), sales).status_code == 404
    sales.pipeline.is_restricted = True
    sales.pipeline.save()
    assert board_of(log_in(sales.acme.boris), sales).status_code == 404
    assert board_of(log_in(sales.acme.anna), sales).status_code == 200


def test_of_another_teams_pipeline_nothing_is_told_anywhere(acme, log_in):
    with acme.scope():
        talk, open_to_all = make_conversation(make_channel()), Pipeline.objects.get(is_default=True)
        closed = create_pipeline(name="Vault", by=SYSTEM)
        stage = closed.stages.in_order().first()
        update_pipeline(closed, by=SYSTEM, is_restricted=True, teams=[acme.support])
        deal = create_deal(
            contact=talk.contact, conversation=talk, stage=stage, title="Throne",
            amount=Decimal(7771), by=SYSTEM,
        )  # fmt: skip
        create_task(text="Gild it", due_at=timezone.now(), deal=deal, owner=acme.vera, by=SYSTEM)
        mine = create_deal(contact=talk.contact, pipeline=open_to_all, by=SYSTEM)
    run_workspace(acme.workspace.id)
    funnel, contact = f"{acme.url}/funnel", f"{acme.url}/contacts/{talk.contact_id}"
    theirs = [
        f"{funnel}/{closed.pk}/", f"{funnel}/{closed.pk}/list/", f"{funnel}/{closed.pk}/forecast/",
        f"{funnel}/columns/{stage.pk}/?after=a.{deal.pk}", f"{funnel}/deals/{deal.pk}/",
        f"{acme.url}/tasks/deals/{deal.pk}/",
    ]  # fmt: skip
    everybodys = [
        f"{funnel}/", f"{funnel}/{open_to_all.pk}/list/", f"{contact}/", f"{contact}/story/",
        f"{funnel}/contacts/{talk.contact_id}/deals/", f"{acme.url}/tasks/?whose=all",
        f"{acme.url}/deal-panel/{talk.pk}/", f"{acme.url}/contacts/",
        f"{acme.url}/inbox/{talk.pk}/",
    ]  # fmt: skip
    boris, vera = log_in(acme.boris), log_in(acme.vera)
    for path in theirs:
        assert boris.get(path).status_code == 404, path
        assert vera.get(path).status_code == 200, path
    for path in everybodys:
        said = boris.get(path).content.decode()
        assert not [word for word in ("Vault", "Throne", "771", "Gild it") if word in said], path
    assert "Throne" in vera.get(f"{contact}/story/").content.decode()
    bulk = {"id": [mine.pk], "action": "move", "stage": stage.pk}
    assert boris.post(f"{funnel}/{open_to_all.pk}/bulk/", bulk).status_code == 404
    drop = {"stage": stage.pk, "seen_stage": mine.stage_id}
    assert boris.post(f"{funnel}/deals/{mine.pk}/place/", drop).status_code == 404


def test_whoever_only_reads_gets_no_handles(sales, log_in):
    sales.deal()
    html = board_of(log_in(sales.acme.marta), sales).content.decode()
    assert "board--readonly" in html
    assert "New deal" not in html
    assert 'data-board-writes-value="false"' in html


@pytest.mark.parametrize("role", [Role.QUALITY, Role.ANALYST])
def test_quality_and_analysts_read(sales, log_in, role):
    sales.deal("Maria")
    user = User.objects.create_user(f"{role}@example.com", name=role, language="en")
    reader = add_member(user=user, role=role)
    assert names_on(board_of(log_in(reader), sales)) == ["Maria"]


def test_without_a_pipeline_the_page_says_what_is_missing(sales, log_in):
    Pipeline.objects.update(archived_at=timezone.now())
    page = log_in(sales.acme.boris).get(f"{sales.acme.url}/funnel/")
    assert page.status_code == 200
    assert "no pipeline for you" in page.content.decode()


def test_a_long_column_goes_on_where_it_stopped(sales, log_in):
    for number in range(85):
        sales.deal(f"Customer {number}")
    client = log_in(sales.acme.boris)
    first = board_of(client, sales)
    assert names_on(first) == [f"Customer {number}" for number in range(84, 4, -1)]
    html = first.content.decode()
    start = html.index('class="board__more"')
    address = html[html.index('href="', start) + 6 :].split('"')[0].replace("&amp;", "&")
    name = html[html.index('id="', start) + 4 :].split('"')[0]
    rest = client.get(address)
    assert f'target="{name}"' in rest.content.decode()
    assert names_on(rest) == [f"Customer {number}" for number in range(4, -1, -1)]
    assert "board__more" not in rest.content.decode()


@pytest.mark.parametrize("after", ["", "x", "a0.", "a0.nothing", "%00.01890000-0000-7000-8000-0"])
def test_a_broken_place_to_go_on_from_is_not_found(sales, log_in, after):
    url = f"{sales.acme.url}/funnel/columns/{sales.stages['New lead'].pk}/?after={after}"
    assert log_in(sales.acme.boris).get(url).status_code == 404


def test_a_stage_deleted_under_open_cards_leaves_no_column_and_no_error(sales, log_in):
    deal = sales.deal("Maria", stage="Qualified")
    Stage.objects.filter(pk=deal.stage_id).update(archived_at=timezone.now())
    page = board_of(log_in(sales.acme.boris), sales)
    assert page.status_code == 200
    assert "Qualified" not in page.content.decode()


def test_conversion_is_of_those_that_entered(sales):
    for name in ("Qualified", "Offer sent", "Paid"):
        move_deal(sales.deal(), to=sales.stages[name], by=SYSTEM)
    move_deal(sales.deal(), to=sales.stages["Refused"], by=SYSTEM)
    old = sales.deal()
    Deal.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=100))
    onward = conversion.counted(sales.pipeline, list(sales.pipeline.stages.in_order()))
    assert onward[sales.stages["New lead"].pk] == 75
    assert onward[sales.stages["Qualified"].pk] == 0
    assert sales.stages["Waiting for payment"].pk not in onward


def test_heads_come_again_with_conversion(sales, log_in):
    move_deal(sales.deal(), to=sales.stages["Qualified"], by=SYSTEM)
    client = log_in(sales.acme.boris)
    assert "go on" not in board_of(client, sales).content.decode()
    heads = client.get(f"{sales.acme.url}/funnel/{sales.pipeline.pk}/heads/").content.decode()
    assert "100% go on" in heads
    assert f'target="count_{sales.stages["Qualified"].pk}"' in heads
    assert "100% go on" in board_of(client, sales).content.decode()


def test_what_went_back_this_month_is_taken_off_what_was_won(sales, log_in):
    sold = move_deal(sales.deal(amount=Decimal(900)), to=sales.stages["Paid"], by=SYSTEM)
    record_payment(sold, amount=Decimal(-150), by=SYSTEM)
    record_payment(sales.deal(stage="Qualified"), amount=Decimal(-70), by=SYSTEM)
    page = board_of(log_in(sales.acme.anna), sales).text
    assert "₽750" in page.split(f'id="end_{sales.stages["Paid"].pk}"')[1].split("</div>")[0]


def test_the_board_takes_eight_queries_however_many_cards(sales, log_in):
    for number in range(3):
        sales.deal(str(number))
        sales.deal(str(number), stage="Qualified")
    client = log_in(sales.acme.anna)

    def queries():
        with CaptureQueriesContext(connection) as caught:
            board_of(client, sales)
        return [one["sql"] for one in caught if "crm_" in one["sql"] or "contacts_" in one["sql"]]

    queries()
    few = queries()
    for number in range(20):
        sales.deal(str(number), stage="Offer sent")
    many = queries()
    assert len(few) == len(many) <= 8


def test_columns_fold_for_one_member_only(sales, log_in):
    stage = sales.stages["Qualified"]
    boris = log_in(sales.acme.boris)
    url = f"{sales.acme.url}/funnel/{sales.pipeline.pk}/preference/"
    assert boris.post(url, {"fold": stage.pk}).status_code == 204
    assert "board__column--folded" in board_of(boris, sales).content.decode()
    assert "board__column--folded" not in board_of(log_in(sales.acme.vera), sales).content.decode()
    boris.post(url, {"fold": stage.pk})
    assert "board__column--folded" not in board_of(boris, sales).content.decode()
    assert boris.post(url, {"fold": "x"}).status_code == 404


def test_empty_columns_hide_on_wish(sales, log_in):
    boris = log_in(sales.acme.boris)
    url = f"{sales.acme.url}/funnel/{sales.pipeline.pk}/preference/"
    answer = boris.post(url, {"hides_empty": "1", "next": "https://evil.example/"})
    assert answer.status_code == 303
    assert answer["Location"].startswith(sales.acme.url)
    assert "board--hides-empty" in board_of(boris, sales).content.decode()


def test_a_board_without_a_card_says_why(sales, log_in):
    client = log_in(sales.acme.boris)
    assert "Deals appear when customers write" in board_of(client, sales).content.decode()
    html = board_of(client, sales, "?q=nobody").content.decode()
    assert "No deal fits all filters." in html
    assert '<a class="button" href="?">Reset filters</a>' in html
