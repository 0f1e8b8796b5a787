"""Tasks for programs."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Contact
from crm.actions import create_deal, create_task
from crm.models import Task
from tests.api.calls import Program, is_problem
from tests.cast import make_channel, make_conversation
from workspaces.actions import create_api_token

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-7000-8000-000000000000"


def at(hours):
    return (timezone.now() + timedelta(hours=hours)).isoformat()


@pytest.fixture
def deal(acme):
    with acme.scope():
        return create_deal(contact=Contact.objects.create(name="Maria"), by=acme.anna)


@pytest.fixture
def make(client):
    """`make(text=...)` gives a task that the API has made."""

    def post(**body):
        body = {"text": "Call Maria", "due_at": "2026-12-01T12:00:00Z", **body}
        answer = client.send("post", "/tasks/", body)
        assert answer.status_code == 201, answer.content
        return answer.json()

    return post


def test_a_task_is_shown_as_the_contract_has_it(client, acme, deal, make):
    made = make(
        kind="call",
        owner=str(acme.boris.pk),
        deal=str(deal.pk),
        remind_at="2026-12-01T11:45:00Z",
        repeat="weekly",
    )
    assert made == {
        "id": made["id"],
        "kind": "call",
        "text": "Call Maria",
        "due_at": "2026-12-01T12:00:00Z",
        "has_time": True,
        "is_overdue": made["is_overdue"],
        "owner": str(acme.boris.pk),
        "author": None,
        "contact": str(deal.contact_id),
        "deal": str(deal.pk),
        "conversation": None,
        "remind_at": "2026-12-01T11:45:00Z",
        "repeat": "weekly",
        "done": False,
        "done_at": None,
        "done_by": None,
        "result": "",
        "created_at": made["created_at"],
    }
    assert client.get(f"/api/v1/tasks/{made['id']}/").json()["text"] == "Call Maria"


def test_a_day_alone_is_due_by_its_end_there(client, make):
    made = make(due_at="2026-12-01")
    assert (made["due_at"], made["has_time"]) == ("2026-12-01T20:59:59Z", False)
    path = f"/tasks/{made['id']}/"
    changed = client.send("patch", path, {"due_at": "2026-12-02T08:00:00Z"}).json()
    assert (changed["due_at"], changed["has_time"]) == ("2026-12-02T08:00:00Z", True)


def test_a_task_is_done_once_and_can_be_taken_back(client, make):
    made = make(repeat="daily", due_at=at(1))
    path = f"/tasks/{made['id']}/completion/"
    first = client.send("post", path, {"result": "Agreed"}).json()
    again = client.send("post", path).json()
    assert first["done"] is True
    assert (again["done_at"], again["result"]) == (first["done_at"], "Agreed")
    assert len(client.rows("/tasks/?done=false")) == 1
    back = client.send("delete", path).json()
    assert (back["done"], back["result"]) == (False, "")


def test_a_task_that_is_deleted_is_gone(client, make):
    path = f"/tasks/{make()['id']}/"
    assert client.send("delete", path).status_code == 204
    is_problem(client.send("delete", path), 404)


def test_filters_narrow(client, acme, deal, make):
    with acme.scope():
        conversation = make_conversation(make_channel())
    late, coming = make(due_at=at(-3), kind="write"), make(due_at=at(3), owner=str(acme.boris.pk))
    of_deal = make(due_at=at(5), deal=str(deal.pk))
    of_talk = make(due_at=at(7), conversation=str(conversation.pk))
    client.send("post", f"/tasks/{coming['id']}/completion/")

    def ids(query):
        return [row["id"] for row in client.rows(f"/tasks/?{query}")]

    everything = [row["id"] for row in (late, coming, of_deal, of_talk)]
    assert ids("") == everything
    assert ids("overdue=true") == [late["id"]]
    assert ids("overdue=false") == everything[1:]
    assert ids("done=true") == ids(f"owner={acme.boris.pk}") == [coming["id"]]
    assert ids("kind=write") == [late["id"]]
    assert ids(f"deal={deal.pk}") == ids(f"contact={deal.contact_id}") == [of_deal["id"]]
    assert ids(f"conversation={conversation.pk}") == [of_talk["id"]]
    assert ids("owner=none") == [late["id"], of_deal["id"], of_talk["id"]]
    edge = of_deal["due_at"]
    assert ids(f"due_before={edge}") == everything[:2]
    assert ids(f"due_after={edge}") == everything[2:]
    assert ids("q=nothing") == []


@pytest.mark.parametrize(
    ("leaf", "count"),
    [
        ({"field": "kind", "op": "eq", "value": "call"}, 1),
        ({"field": "kind", "op": "ne", "value": "call"}, 1),
        ({"field": "overdue", "op": "eq", "value": True}, 1),
        ({"field": "overdue", "op": "eq", "value": False}, 1),
        ({"field": "done", "op": "eq", "value": True}, 0),
        ({"field": "repeats", "op": "eq", "value": True}, 1),
        ({"field": "due_at", "op": "next_days", "value": 7}, 1),
        ({"field": "owner", "op": "set", "value": False}, 2),
        ({"field": "text", "op": "contains", "value": "maria"}, 2),
        ({"field": "deal", "op": "eq", "value": NOBODY}, 0),
    ],
)
def test_conditions_narrow(client, make, leaf, count):
    make(due_at=at(-3), kind="call", repeat="daily")
    make(due_at=at(3))
    assert len(client.rows(f"/tasks/?filter={json.dumps(leaf)}")) == count


@pytest.mark.parametrize(
    "query",
    [
        "kind=dance",
        "done=perhaps",
        "owner=me",
        "due_before=soon",
        "deal=1",
        "filter=x",
        'filter={"field":"kind","op":"eq","value":"dance"}',
        'filter={"field":"owner","op":"eq","value":"me"}',
        'filter={"field":"salary","op":"eq","value":1}',
    ],
)
def test_a_filter_that_means_nothing_is_a_400(client, query):
    is_problem(client.get(f"/api/v1/tasks/?{query}"), 400)


@pytest.mark.parametrize(
    "body",
    [
        {"text": ""},
        {"text": "x" * 501},
        {"due_at": None},
        {"due_at": "tomorrow"},
        {"due_at": "2026-13-01"},
        {"due_at": 5},
        {"kind": "dance"},
        {"repeat": "hourly"},
        {"owner": "me"},
        {"remind_at": "later"},
    ],
)
def test_bad_input_is_a_400_with_the_fields_named(client, body):
    whole = {"text": "x", "due_at": "2026-12-01", **body}
    problem = is_problem(client.send("post", "/tasks/", whole), 400)
    assert set(problem["errors"]) == set(body)
    assert client.rows("/tasks/") == []


@pytest.mark.parametrize("name", ["owner", "contact", "deal", "conversation"])
def test_what_is_not_there_is_a_422(client, name):
    body = {"text": "x", "due_at": "2026-12-01", name: NOBODY}
    is_problem(client.send("post", "/tasks/", body), 422)


def test_a_customer_and_anothers_deal_are_a_422(client, acme, deal):
    with acme.scope():
        other = Contact.objects.create(name="Other")
    body = {"text": "x", "due_at": "2026-12-01", "deal": str(deal.pk), "contact": str(other.pk)}
    is_problem(client.send("post", "/tasks/", body), 422)
    assert client.rows("/tasks/") == []


def test_a_marketer_cannot_be_given_a_task(client, acme):
    body = {"text": "x", "due_at": "2026-12-01", "owner": str(acme.marta.pk)}
    problem = is_problem(client.send("post", "/tasks/", body), 422)
    assert set(problem["errors"]) == {"owner"}


def test_a_repeated_post_with_a_key_is_one_task(client):
    body = {"text": "x", "due_at": "2026-12-01"}
    answers = [client.send("post", "/tasks/", body, Idempotency_Key="a") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(client.rows("/tasks/")) == 1


def test_a_stranger_finds_nothing(stranger, make):
    made = make()
    for method, path in [
        ("get", f"/tasks/{made['id']}/"),
        ("patch", f"/tasks/{made['id']}/"),
        ("delete", f"/tasks/{made['id']}/"),
        ("post", f"/tasks/{made['id']}/completion/"),
        ("delete", f"/tasks/{made['id']}/completion/"),
    ]:
        is_problem(stranger.send(method, path, {}), 404)
    assert stranger.rows("/tasks/") == []


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [("agent", 200, 201), ("marketer", 200, 403), ("analyst", 200, 403), ("quality", 200, 403)],
)
def test_the_role_decides(program, role, reads, writes):
    theirs = program(role=role)
    body = {"text": "x", "due_at": "2026-12-01"}
    assert theirs.send("get", "/tasks/").status_code == reads
    assert theirs.send("post", "/tasks/", body).status_code == writes


def test_scopes_narrow_the_role(program):
    theirs = program(scopes=["contacts.read"])
    is_problem(theirs.get("/api/v1/tasks/"), 403)


def test_pages_are_in_the_order_of_due_and_leave_nothing_out(client, acme):
    with acme.scope():
        for number in range(7):
            due = timezone.now() + timedelta(hours=number // 2)
            create_task(text=str(number), due_at=due, by=acme.boris)
        expected = [str(pk) for pk in Task.objects.by_due().values_list("pk", flat=True)]
    pages = list(client.pages("/tasks/?limit=3"))
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [row["id"] for page in pages for row in page] == expected


def test_the_list_costs_the_same_however_many_there_are(
    client, acme, django_assert_max_num_queries
):
    with acme.scope():
        for number in range(30):
            create_task(text=str(number), due_at=timezone.now(), by=acme.boris)
    with django_assert_max_num_queries(16):
        assert len(client.get("/api/v1/tasks/").json()["results"]) == 30


def test_a_token_of_a_member_is_no_task_owner(acme):
    with acme.scope():
        secret = create_api_token(name="t", role="agent", by=acme.anna).secret
    made = Program(secret).send("post", "/tasks/", {"text": "x", "due_at": "2026-12-01"}).json()
    assert made["owner"] is None
