"""A program that knows nothing but the API: what it puts in stands in the next report."""

import pytest

from crm.models import Pipeline
from tests.analytics.conftest import roubles

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages(acme):
    with acme.scope():
        pipeline = Pipeline.objects.get(is_default=True)
        return {stage.name: str(stage.pk) for stage in pipeline.stages.in_order()}


def test_from_a_touch_to_romi(client, acme, stages, report):
    day = report("marketing").question["to"]
    contact = client.send("post", "/contacts/", {"name": "Maria"}).json()["id"]
    for source, at in (("yandex", "2026-01-01T10:00:00Z"), ("vk", None)):
        touch = {"contact": contact, "kind": "ad", "source": source, "campaign": "sofas"}
        if at:
            touch["at"] = at
        assert client.send("post", "/touches/", touch).status_code == 201
    deal = client.send(
        "post",
        "/deals/",
        {
            "contact": contact,
            "amount": roubles(5000),
            "cost": roubles(2000),
            "owner": str(acme.boris.pk),
        },
    ).json()
    spend = {"date": day, "source": "vk", "campaign": "sofas", "cost": "1000"}
    client.send("post", "/spend/", {**spend, "impressions": 1000, "clicks": 10})
    row = report("marketing").row(source="vk")
    assert (row["leads"], row["accepted_leads"], row["orders"]) == (1, 0, 0)

    client.send("patch", f"/deals/{deal['id']}/", {"stage": stages["Qualified"]})
    assert report("marketing").row(source="vk")["accepted_leads"] == 1
    client.send("patch", f"/deals/{deal['id']}/", {"stage": stages["Paid"]})
    row = report("marketing", group="campaign").row(campaign="sofas")
    assert (row["orders"], row["new_customers"]) == (1, 1)
    assert row["revenue"] == roubles(5000)
    assert row["romi"] == 2
    assert report("sales").row(owner=str(acme.boris.pk))["won"] == 1

    refund = {"amount": {"amount": "-500.00", "currency": "RUB"}}
    response = client.send("post", f"/deals/{deal['id']}/payments/", refund)
    assert response.status_code == 201, response.content
    assert report("marketing").row(source="vk")["revenue"] == roubles(4500)
    client.send("patch", f"/deals/{deal['id']}/", {"stage": stages["No lead"]})
    row = report("marketing").row(source="vk")
    assert (row["leads"], row["accepted_leads"], row["orders"]) == (1, 0, 0)
    assert row["revenue"] == roubles(0)
