"""Plans of months for programs."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from contacts.models import Contact
from crm.actions import create_deal
from crm.models import Deal, Pipeline
from tests.api.calls import is_problem

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-7000-8000-000000000000"


def plan(client, **body):
    answer = client.send("post", "/goals/", {"month": "2026-11", **body})
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_plan_is_shown_with_its_fulfilment(client, acme):
    with acme.scope():
        stage = Pipeline.objects.get().stages.get(group="won")
        contact = Contact.objects.create(name="Maria")
        deal = create_deal(
            contact=contact, stage=stage, amount=Decimal(500), owner=acme.boris, by=acme.anna
        )
        closed_at = datetime(2026, 11, 3, tzinfo=UTC)
        Deal.objects.filter(pk=deal.pk).update(closed_at=closed_at)
    made = plan(client, member=str(acme.boris.pk), revenue="2000", count=4)
    assert made == {
        "id": made["id"],
        "month": "2026-11",
        "member": str(acme.boris.pk),
        "team": None,
        "pipeline": None,
        "revenue": {"amount": "2000.00", "currency": "RUB"},
        "count": 4,
        "progress": {
            "revenue": {"amount": "500.00", "currency": "RUB"},
            "count": 1,
            "revenue_share": 0.25,
            "count_share": 0.25,
        },
    }


def test_the_same_month_is_the_same_plan(client):
    first = plan(client, revenue={"amount": "5.00", "currency": "RUB"})
    second = plan(client, month="2026-11-17", revenue="7", count=1)
    assert first["id"] == second["id"]
    assert second["revenue"]["amount"] == "7.00"
    assert len(client.rows("/goals/")) == 1


def test_a_plan_is_changed_and_taken_back(client):
    made = plan(client, revenue="5", count=2)
    path = f"/goals/{made['id']}/"
    changed = client.send("patch", path, {"count": None}).json()
    assert (changed["count"], changed["revenue"]["amount"]) == (None, "5.00")
    is_problem(client.send("patch", path, {"revenue": None}), 422)
    assert client.send("delete", path).status_code == 204
    is_problem(client.get(f"/api/v1{path}"), 404)


def test_filters_narrow(client, acme):
    with acme.scope():
        pipeline = Pipeline.objects.get()
    plan(client, count=1)
    plan(client, month="2026-12", count=2)
    plan(client, member=str(acme.boris.pk), count=3)
    plan(client, team=str(acme.sales.pk), pipeline=str(pipeline.pk), count=4)

    def counts(query):
        return sorted(row["count"] for row in client.rows(f"/goals/?{query}"))

    assert counts("month=2026-12") == [2]
    assert counts(f"member={acme.boris.pk}") == [3]
    assert counts(f"team={acme.sales.pk}") == counts(f"pipeline={pipeline.pk}") == [4]
    is_problem(client.get("/api/v1/goals/?month=soon"), 400)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"revenue": "-5"}, 422),
        ({"count": -1}, 400),
        ({"revenue": "much"}, 400),
        ({"revenue": {"amount": "5", "currency": "USD"}}, 422),
        ({"count": 1, "month": "soon"}, 400),
        ({"count": 1, "member": NOBODY}, 422),
        ({"count": 1, "team": NOBODY}, 422),
        ({"count": 1, "pipeline": NOBODY}, 422),
    ],
)
def test_what_cannot_be_planned_is_refused(client, body, status):
    is_problem(client.send("post", "/goals/", {"month": "2026-11", **body}), status)
    assert client.rows("/goals/") == []


def test_a_stranger_finds_nothing(client, stranger):
    made = plan(client, count=1)
    for method in ("get", "patch", "delete"):
        is_problem(stranger.send(method, f"/goals/{made['id']}/", {"count": 2}), 404)
    assert stranger.rows("/goals/") == []


@pytest.mark.parametrize(
    ("role", "reads", "writes"), [("supervisor", 200, 201), ("agent", 200, 403)]
)
def test_the_role_decides(program, role, reads, writes):
    theirs = program(role=role)
    body = {"month": "2026-11", "count": 1}
    assert theirs.send("get", "/goals/").status_code == reads
    assert theirs.send("post", "/goals/", body).status_code == writes


def test_a_repeated_post_with_a_key_is_one_plan(client):
    body = {"month": "2026-11", "count": 1}
    answers = [client.send("post", "/goals/", body, Idempotency_Key="a") for _ in range(2)]
    assert answers[0].json() == answers[1].json()


def test_a_page_of_plans_costs_the_same_however_many_there_are(
    client, acme, django_assert_max_num_queries
):
    for month in range(1, 13):
        plan(client, month=f"2026-{month:02}", count=month, member=str(acme.boris.pk))
        plan(client, month=f"2026-{month:02}", count=month)
    with django_assert_max_num_queries(20):
        rows = client.get("/api/v1/goals/").json()["results"]
    assert len(rows) == 24
    alone = client.get(f"/api/v1/goals/{rows[3]['id']}/").json()
    assert alone == rows[3]
