"""The table of plans in the settings, and the plan before one's eyes."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from crm import goal_table
from crm.actions import set_goal
from crm.furniture import make_pipeline
from crm.goals import months_from
from crm.models import Goal, Pipeline
from workspaces.zones import local_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(acme, log_in):
    client = log_in(acme.anna)

    class Page:
        url = f"{acme.url}/settings/goals/"

        def get(self, address=""):
            return client.get(f"{self.url}{address}")

        def post(self, address="?from=2026-11", **data):
            fields = {name.replace("__", "-"): value for name, value in data.items()}
            return client.post(f"{self.url}{address}", fields)

        def send(self, path, data):
            return client.post(f"{self.url}{path}", data)

    return Page()


def plans(acme):
    with acme.scope():
        return {
            (f"{goal.month:%Y-%m}", goal.member_id, goal.team_id): (goal.revenue, goal.count)
            for goal in Goal.objects.all()
        }


def test_everybody_teams_and_those_who_sell_have_a_row(page, acme):
    text = page.get().text
    for name in ("Everybody", "Sales", "Support", "Boris", "Vera"):
        assert f">{name}</th>" in text
    assert ">Marta</th>" not in text


def test_what_is_typed_is_planned(page, acme):
    boris = f"member-{acme.boris.pk}-2026-11"
    answer = page.send(
        "?from=2026-11",
        {"all-2026-11": "1 200 000", boris: "450000,50", f"team-{acme.sales.pk}-2026-12": ""},
    )
    assert answer.status_code == 303
    expected = {
        ("2026-11", None, None): (Decimal(1200000), None),
        ("2026-11", acme.boris.pk, None): (Decimal("450000.50"), None),
    }
    assert plans(acme) == expected
    page.send("?from=2026-11&measure=count", {boris: "12"})
    expected["2026-11", acme.boris.pk, None] = (Decimal("450000.50"), 12)
    assert plans(acme) == expected
    text = page.get("?from=2026-11").text
    assert 'value="1,200,000"' in text
    assert 'value="450,000.50"' in text
    for written in ("450,000.50", "450\N{NO-BREAK SPACE}000,50"):
        page.send("?from=2026-11", {boris: written})
        assert plans(acme) == expected
    with translation.override("ru"):
        cell = goal_table.Cell("", date(2026, 11, 1), Decimal("450000.50"), None)
        assert cell.written == "450\N{NO-BREAK SPACE}000,50"


def test_an_empty_field_takes_a_plan_back(page, acme):
    page.send("?from=2026-11", {"all-2026-11": "5"})
    page.send("?from=2026-11", {"all-2026-11": " "})
    assert plans(acme) == {}


@pytest.mark.parametrize("text", ["much", "1.2.3", "-5", "NaN", "1e400", "9" * 17])
def test_what_is_no_number_is_a_422_and_changes_nothing(page, acme, text):
    answer = page.send("?from=2026-11", {"all-2026-11": "7", "all-2026-12": text})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    # Nothing has to be typed again.
    for typed in ("7", text):
        assert f'value="{typed}"' in answer.text
    assert plans(acme) == {}


def test_half_a_deal_cannot_be_planned(page, acme):
    assert page.send("?measure=count&from=2026-11", {"all-2026-11": "1.5"}).status_code == 422


def test_the_month_before_is_copied(page, acme):
    page.send("?from=2026-11", {"all-2026-11": "5"})
    for _ in range(2):
        assert page.send("copies/?from=2026-11", {"month": "2026-12"}).status_code == 303
    assert plans(acme)["2026-12", None, None] == (Decimal(5), None)
    assert page.send("copies/", {"month": "soon"}).status_code == 404


def test_a_pipeline_has_plans_of_its_own(page, acme):
    with acme.scope():
        other = make_pipeline(name="Abroad", currency="EUR")
    address = f"?from=2026-11&pipeline={other.pk}"
    page.send(address, {"all-2026-11": "5"})
    with acme.scope():
        assert Goal.objects.get().pipeline == other
    assert "€" in page.get(address).text
    assert page.get("?pipeline=x").status_code == 404
    assert page.get(f"?pipeline={acme.boris.pk}").status_code == 404


@pytest.mark.parametrize("address", ["?from=1066-01", "?from=2026-13", "?measure=glory"])
def test_an_address_that_means_nothing_shows_the_usual(page, address):
    assert page.get(address).status_code == 200


def test_an_agent_does_not_plan(acme, log_in, rival):
    client = log_in(acme.boris)
    for path in ("settings/goals/", "settings/goals/copies/"):
        assert client.post(f"{acme.url}/{path}", {"month": "2026-11"}).status_code == 403
    assert client.get(f"{acme.url}/settings/goals/").status_code == 403
    assert "settings/goals/" not in client.get(f"{acme.url}/settings/profile/").text
    assert log_in(rival.rita).get(f"{acme.url}/settings/goals/").status_code == 404


def test_the_board_shows_the_plan_as_a_thin_bar(acme, log_in):
    client = log_in(acme.anna)
    with acme.scope():
        pipeline = Pipeline.objects.get()
        today = local_day(timezone.now())
    address = f"{acme.url}/goals/progress/?pipeline={pipeline.pk}"
    assert "<progress" not in client.get(address).text
    with acme.scope():
        set_goal(month=today, revenue=Decimal(3_000_000), by=acme.anna)
    text = client.get(address).text
    assert "Plan: ₽0 of ₽3M, 0%" in text
    assert '<progress class="meter meter--thin"' in text
    assert client.get(f"{acme.url}/goals/progress/?pipeline=x").status_code == 404


def test_the_page_of_tasks_shows_ones_own_plan_in_deals(acme, log_in):
    with acme.scope():
        today = local_day(timezone.now())
        set_goal(month=today, member=acme.boris, count=4, by=acme.anna)
    client = log_in(acme.boris)
    assert "Plan: 0 of 4 deals, 0%" in client.get(f"{acme.url}/goals/progress/?mine=1").text


def test_the_table_costs_the_same_however_many_plans_there_are(
    page, acme, django_assert_max_num_queries
):
    page.get()
    with acme.scope():
        for month in months_from(date(2026, 11, 1), 6):
            for member in (acme.boris, acme.vera, acme.anna):
                set_goal(month=month, member=member, count=1, by=acme.owner)
    with django_assert_max_num_queries(18):
        page.get("?from=2026-11")
