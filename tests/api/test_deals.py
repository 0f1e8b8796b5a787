"""Deals by the API."""

from decimal import Decimal

import pytest

from crm.actions import create_deal, move_deal, update_pipeline
from crm.models import Deal, LossReason, Pipeline
from events.journal import SYSTEM
from tests.api.calls import is_problem
from tests.cast import make_channel, make_conversation, make_message

pytestmark = pytest.mark.django_db
SHAPE = {
    "id", "number", "title", "pipeline", "stage", "status", "contact", "conversation", "owner",
    "amount", "cost", "source", "campaign", "loss_reason", "created_at", "closed_at",
}  # fmt: skip


@pytest.fixture
def sales(acme):
    """Ids of the stages of the default pipeline, by name."""
    with acme.scope():
        pipeline = Pipeline.objects.get(is_default=True)
        return {stage.name: str(stage.pk) for stage in pipeline.stages.in_order()}


@pytest.fixture
def conversation(acme):
    with acme.scope():
        return make_conversation(make_channel())


@pytest.fixture
def deal(acme, conversation):
    with acme.scope():
        return create_deal(
            contact=conversation.contact,
            conversation=conversation,
            amount=Decimal("1234.50"),
            by=SYSTEM,
        )


def at(deal):
    return f"/deals/{deal.pk}/"


def test_a_deal_is_made_read_and_found(client, acme, conversation, sales):
    made = client.send(
        "post",
        "/deals/",
        {
            "contact": str(conversation.contact_id),
            "conversation": str(conversation.pk),
            "title": "Sofa",
            "amount": {"amount": "96400.00", "currency": "RUB"},
            "cost": "50000",
            "owner": str(acme.boris.pk),
            "source": "yandex",
        },
    )
    assert made.status_code == 201
    body = made.json()
    assert set(body) >= SHAPE
    assert body["number"] == 1
    assert body["stage"] == sales["New lead"]
    assert body["status"] == "open"
    assert body["amount"] == {"amount": "96400.00", "currency": "RUB"}
    assert body["cost"] == {"amount": "50000.00", "currency": "RUB"}
    assert body["loss_reason"] is None
    assert client.send("get", f"/deals/{body['id']}/").json() == body
    assert [row["id"] for row in client.rows("/deals/?owner=" + str(acme.boris.pk))] == [body["id"]]


def test_a_conversation_brings_its_contact(client, conversation):
    made = client.send("post", "/deals/", {"conversation": str(conversation.pk)})
    assert made.json()["contact"] == str(conversation.contact_id)
    assert made.json()["channel"] == str(conversation.channel_id)


def test_the_same_key_makes_one_deal(client, acme, conversation):
    body = {"contact": str(conversation.contact_id)}
    first = client.send("post", "/deals/", body, Idempotency_Key="a")
    assert client.send("post", "/deals/", body, Idempotency_Key="a").json() == first.json()
    with acme.scope():
        assert Deal.objects.count() == 1


def test_a_stage_moves_and_the_history_tells(client, deal, sales):
    moved = client.send("patch", at(deal), {"stage": sales["Qualified"]})
    assert moved.json()["stage"] == sales["Qualified"]
    rows = client.rows(f"{at(deal)}history/")
    move = next(row for row in rows if row["field"] == "stage")
    assert (move["before_words"], move["after_words"]) == ("New lead", "Qualified")
    assert (move["before"], move["after"]) == (sales["New lead"], sales["Qualified"])
    assert move["author"] == {"id": None, "name": "test"}


def test_a_loss_takes_its_reason_by_id_or_by_name(client, acme, deal, sales):
    with acme.scope():
        reason = LossReason.objects.get(name="Too expensive")
    shown = {"id": str(reason.pk), "name": "Too expensive"}
    lost = client.send(
        "patch", at(deal), {"stage": sales["Refused"], "loss_reason": "too expensive"}
    )
    assert (lost.json()["status"], lost.json()["loss_reason"]) == ("lost", shown)
    assert lost.json()["closed_at"]
    again = client.send("patch", at(deal), {"loss_reason": "Not in stock"})
    assert again.json()["loss_reason"]["name"] == "Not in stock"
    by_id = client.send("patch", at(deal), {"loss_reason": str(reason.pk)})
    assert by_id.json()["loss_reason"] == shown
    comment = client.send("patch", at(deal), {"loss_comment": "Said twice"})
    assert comment.json()["loss_reason"] == shown
    back = client.send("patch", at(deal), {"stage": sales["Qualified"]})
    assert (back.json()["loss_reason"], back.json()["closed_at"]) == (None, None)


@pytest.mark.parametrize("reason", ["Bad weather", "Another region", "01890000-0000-7000-8000-0"])
def test_a_reason_that_the_stage_does_not_have_is_refused(client, deal, sales, reason):
    answer = client.send("patch", at(deal), {"stage": sales["Refused"], "loss_reason": reason})
    assert is_problem(answer, 422)
    assert client.send("get", at(deal)).json()["stage"] == sales["New lead"]


def test_the_evidence_is_a_message_of_the_conversation(client, acme, conversation, deal, sales):
    with acme.scope():
        said = make_message(conversation, "Too dear")
        elsewhere = make_message(make_conversation(make_channel()), "Too dear")
    body = {"stage": sales["Refused"], "loss_reason": "Too expensive"}
    assert is_problem(client.send("patch", at(deal), {**body, "evidence": str(elsewhere.pk)}), 422)
    lost = client.send("patch", at(deal), {**body, "evidence": str(said.pk)})
    assert lost.json()["evidence"] == str(said.pk)


def test_what_the_stage_asks_for_may_come_with_the_move(client, acme, deal, sales):
    with acme.scope():
        Pipeline.objects.get(is_default=True).stages.filter(name="Qualified").update(
            required_fields=["expected_on", "contact.phone"]
        )
    body = {"stage": sales["Qualified"], "expected_on": "2026-12-24"}
    refused = client.send("patch", at(deal), body)
    assert is_problem(refused, 422)
    assert "customer’s phone" in refused.json()["detail"]
    assert client.send("get", at(deal)).json()["expected_on"] is None
    client.send("patch", f"/contacts/{deal.contact_id}/", {"phone": "+79210000000"})
    assert client.send("patch", at(deal), body).status_code == 200


def test_who_saw_it_elsewhere_hears_409(client, acme, deal, sales):
    with acme.scope():
        move_deal(deal, to=deal.pipeline.stages.get(name="Paid"), by=SYSTEM)
    body = {"stage": sales["Refused"], "seen_stage": sales["New lead"]}
    answer = client.send("patch", at(deal), body)
    assert is_problem(answer, 409)
    assert "Paid" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"amount": "a lot"}, 400),
        ({"amount": {"amount": "5", "currency": "XXZ"}}, 400),
        ({"amount": {"currency": "RUB"}}, 400),
        ({"amount": "-5"}, 422),
        ({"amount": "5.001"}, 400),
        (
            {
                "amount": {"amount": "5", "currency": "RUB"},
                "cost": {"amount": "5", "currency": "USD"},
            },
            400,
        ),
        ({"owner": "01890000-0000-7000-8000-000000000000"}, 422),
        ({"stage": "01890000-0000-7000-8000-000000000000"}, 422),
        ({"stage": "Paid"}, 400),
        ({"loss_reason": "Too expensive"}, 422),
        ({"fields": [1]}, 400),
    ],
)
def test_nonsense_changes_nothing(client, deal, body, status):
    before = client.send("get", at(deal)).json()
    assert is_problem(client.send("patch", at(deal), body), status)
    assert client.send("get", at(deal)).json() == before


def test_a_deal_needs_a_contact_of_its_own(client, acme, conversation, stranger, rival):
    assert is_problem(client.send("post", "/deals/", {"title": "x"}), 422)
    body = {"contact": str(conversation.contact_id)}
    assert is_problem(stranger.send("post", "/deals/", body), 422)
    with acme.scope():
        other = make_conversation(make_channel(), name="Olga")
    body["conversation"] = str(other.pk)
    assert is_problem(client.send("post", "/deals/", body), 422)


def test_a_stranger_finds_nothing(stranger, deal):
    for path in ("", "history/", "payments/", "items/", "followers/"):
        assert is_problem(stranger.send("get", f"{at(deal)}{path}"), 404)
    assert is_problem(stranger.send("patch", at(deal), {"title": "x"}), 404)
    assert stranger.rows("/deals/") == []


def test_who_may_read_may_not_write(program, deal):
    marketer = program(role="marketer")
    assert marketer.send("get", at(deal)).status_code == 200
    for method, path, body in (
        ("patch", at(deal), {"title": "x"}),
        ("post", "/deals/", {"contact": str(deal.contact_id)}),
        ("post", f"{at(deal)}payments/", {"amount": "5"}),
        ("put", f"{at(deal)}items/", {"items": []}),
        ("post", "/pipelines/", {"name": "x"}),
        ("post", "/products/", {"name": "x"}),
        ("post", "/loss-reasons/", {"name": "x"}),
    ):
        assert is_problem(marketer.send(method, path, body), 403)
    agent = program(role="agent")
    assert is_problem(agent.send("post", "/pipelines/", {"name": "x"}), 403)
    blind = program(scopes=["contacts.read"])
    assert is_problem(blind.send("get", "/deals/"), 403)


def test_a_restricted_pipelines_deals_are_not_for_every_token(program, acme, deal):
    with acme.scope():
        pipeline = Pipeline.objects.get(is_default=True)
        update_pipeline(pipeline, by=SYSTEM, is_restricted=True)
    agent = program(role="agent")
    assert is_problem(agent.send("get", at(deal)), 404)
    assert agent.rows("/deals/") == agent.rows("/pipelines/") == []


def test_payments_come_and_go(client, deal):
    body = {"amount": {"amount": "500.00", "currency": "RUB"}, "external_id": "bank-1"}
    first = client.send("post", f"{at(deal)}payments/", {**body, "paid_on": "2026-11-20"})
    assert first.status_code == 201
    assert first.json()["amount"] == {"amount": "500.00", "currency": "RUB"}
    assert client.send("post", f"{at(deal)}payments/", body).json()["id"] == first.json()["id"]
    refund = client.send("post", f"{at(deal)}payments/", {"amount": "-100"}).json()
    assert client.send("get", at(deal)).json()["paid"]["amount"] == "400.00"
    gone = client.send("delete", f"{at(deal)}payments/{refund['id']}/")
    assert gone.status_code == 204
    assert client.send("get", at(deal)).json()["paid"]["amount"] == "500.00"
    assert is_problem(client.send("delete", f"{at(deal)}payments/{refund['id']}/"), 404)
    assert [row["id"] for row in client.rows(f"{at(deal)}payments/")] == [first.json()["id"]]
    assert is_problem(client.send("post", f"{at(deal)}payments/", {**body, "amount": "7"}), 422)
    assert is_problem(client.send("post", f"{at(deal)}payments/", {"amount": "0"}), 422)
    assert is_problem(client.send("post", f"{at(deal)}payments/", {}), 400)


def test_lines_are_added_changed_and_taken_out(client, deal):
    sofa = client.send(
        "post", "/products/", {"name": "Sofa", "price": {"amount": "900", "currency": "RUB"}}
    ).json()
    path = f"{at(deal)}items/"
    first = client.send("post", path, {"product": sofa["id"], "quantity": "2"})
    assert first.status_code == 201
    assert first.json()["price"] == {"amount": "900.00", "currency": "RUB"}
    lift = client.send("post", path, {"name": "Lift", "price": "500", "sets_amount": True}).json()
    assert client.send("get", at(deal)).json()["amount"]["amount"] == "2300.00"
    changed = client.send("patch", f"{path}{lift['id']}/", {"price": "600"})
    assert (changed.json()["id"], changed.json()["price"]["amount"]) == (lift["id"], "600.00")
    order = [{"id": lift["id"], "name": "Lift", "price": "600"}, {"id": first.json()["id"]}]
    assert is_problem(client.send("put", path, {"items": order}), 422)
    order[1] |= {"product": sofa["id"]}
    whole = client.send("put", path, {"items": order}).json()
    assert [row["id"] for row in whole["results"]] == [row["id"] for row in order]
    assert client.send("delete", f"{path}{lift['id']}/").status_code == 204
    assert is_problem(client.send("delete", f"{path}{lift['id']}/"), 404)
    dollars = {"name": "x", "price": {"amount": "5", "currency": "USD"}}
    assert is_problem(client.send("post", path, dollars), 422)


def test_followers_can_see_what_they_follow(client, acme, deal):
    path = f"{at(deal)}followers/"
    body = {"member": str(acme.boris.pk)}
    assert client.send("post", path, body).status_code == 201
    assert client.send("post", path, body).status_code == 201
    assert client.rows(path) == [body]
    assert client.send("delete", f"{path}{acme.boris.pk}/").status_code == 204
    assert client.rows(path) == []
    client.send("patch", at(deal), {"owner": str(acme.anna.pk), "team": str(acme.support.pk)})
    assert is_problem(client.send("post", path, body), 422)


def test_deals_come_page_by_page(client, acme, conversation):
    with acme.scope():
        for number in range(5):
            create_deal(contact=conversation.contact, title=str(number), by=SYSTEM)
    pages = list(client.pages("/deals/?limit=2"))
    assert [[row["title"] for row in page] for page in pages] == [["4", "3"], ["2", "1"], ["0"]]


def test_filters_narrow_together(client, acme, deal, sales):
    with acme.scope():
        create_deal(contact=deal.contact, title="Table", source="vk", by=SYSTEM)
    found = lambda query: [row["number"] for row in client.rows(f"/deals/?{query}")]  # noqa: E731
    assert found(f"stage={sales['New lead']}&source=vk") == [2]
    assert found("q=tab") == [2]
    assert found("q=%231") == [1]
    assert found("q=maria") == [2, 1]
    assert found("owner=none&status=open&group=active") == [2, 1]
    assert found(f"conversation={deal.conversation_id}") == [1]
    assert found("number=2") == [2]
    assert found("created_to=2020-01-01T00:00:00Z") == []
    assert found('filter={"field":"amount","op":"gt","value":"1000"}') == [1]
    assert found('filter={"not":{"field":"amount","op":"set","value":true}}') == [2]
    for query in ("status=won_or_lost", "owner=me", "number=0", "created_from=soon", "limit=0"):
        assert is_problem(client.send("get", f"/deals/?{query}"), 400)
