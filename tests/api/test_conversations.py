from uuid import uuid4

import pytest
from django.utils import timezone

from events.models import Event
from inbox.models import Conversation
from tests.api.calls import is_problem
from tests.cast import make_channel, make_conversation, make_message
from workspaces.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(acme):
    with acme.scope():
        return make_channel()


@pytest.fixture
def conversation(acme, channel):
    with acme.scope():
        return make_conversation(channel)


def test_a_conversation_is_shown(client, acme, channel):
    with acme.scope():
        conversation = make_conversation(
            channel,
            status="accepted",
            assignee=acme.boris,
            team=acme.sales,
            waiting_since=timezone.now(),
            unread_count=2,
            last_message_text="Hello",
            last_message_kind="text",
            last_message_direction="incoming",
            last_message_status="received",
        )
    shown = client.send("get", f"/conversations/{conversation.id}/").json()
    for moment in ("waiting_since", "last_activity_at", "created_at"):
        assert shown.pop(moment).endswith("Z")
    assert shown == {
        "id": str(conversation.id),
        "status": "accepted",
        "channel": str(channel.id),
        "contact": str(conversation.contact_id),
        "assignee": str(acme.boris.id),
        "team": str(acme.sales.id),
        "unread_count": 2,
        "unanswered": True,
        "last_message": {
            "text": "Hello",
            "kind": "text",
            "direction": "incoming",
            "status": "received",
        },
        "accepted_at": None,
        "rating": None,
        "closed_at": None,
    }
    assert [row["id"] for row in client.rows("/conversations/")] == [str(conversation.id)]


def test_times_are_in_utc_wherever_the_company_is(client, acme, conversation):
    acme.workspace.time_zone = "Asia/Vladivostok"
    acme.workspace.save()
    shown = client.send("get", f"/conversations/{conversation.id}/").json()
    wanted = conversation.created_at.isoformat().replace("+00:00", "Z")
    assert shown["created_at"] == wanted


@pytest.fixture
def lists(acme, channel):
    """Conversations by the first letter of what is special about each."""
    with acme.scope():
        other = make_channel()
        made = {
            "new": make_conversation(channel),
            "mine": make_conversation(channel, status="accepted", assignee=acme.boris),
            "team": make_conversation(channel, status="accepted", team=acme.sales),
            "waiting": make_conversation(channel, waiting_since=timezone.now()),
            "unread": make_conversation(channel, unread_count=1),
            "closed": make_conversation(other, status="closed", name="Olga Smirnova"),
        }
    return {name: str(row.id) for name, row in made.items()} | {
        "contact_of_new": str(made["new"].contact_id),
        "other_channel": str(other.id),
    }


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", "new mine team waiting unread closed"),
        ("status=new", "new waiting unread"),
        ("status=accepted", "mine team"),
        ("status=closed", "closed"),
        ("status=open", "new mine team waiting unread"),
        ("assignee={boris}", "mine"),
        ("assignee=none", "new team waiting unread closed"),
        ("team={sales}", "team"),
        ("team=none", "new mine waiting unread closed"),
        ("channel={other_channel}", "closed"),
        ("contact={contact_of_new}", "new"),
        ("unanswered=true", "waiting"),
        ("unanswered=false", "new mine team unread closed"),
        ("unread=1", "unread"),
        ("q=smirn", "closed"),
        ("status=open&q=smirn", ""),
        ("status=accepted&assignee=none", "team"),
        ("contact=00000000-0000-7000-8000-000000000000", ""),
    ],
)
def test_the_list_is_narrowed(client, acme, lists, query, wanted):
    asked = query.format(boris=acme.boris.id, sales=acme.sales.id, **lists)
    found = {row["id"] for row in client.rows(f"/conversations/?{asked}&limit=2")}
    assert found == {lists[name] for name in wanted.split()}


@pytest.mark.parametrize(
    "query",
    [
        "status=all",
        "assignee=me",
        "team=x",
        "channel=1",
        "contact=%00",
        "unanswered=maybe",
        "q=%00",
        "contact=00000000-0000-7000-8000-00000000000g",
    ],
)
def test_an_unknown_value_is_refused(client, query):
    problem = is_problem(client.send("get", f"/conversations/?{query}"), 400)
    assert list(problem["errors"]) == [query.split("=")[0]]


def test_it_is_assigned_given_back_closed_and_reopened(client, acme, conversation):
    path = f"/conversations/{conversation.id}/"
    boris, sales = str(acme.boris.id), str(acme.sales.id)
    steps = [
        ({"assignee": boris}, {"status": "accepted", "assignee": boris, "team": None}),
        ({"team": sales}, {"status": "accepted", "assignee": boris, "team": sales}),
        ({"status": "closed"}, {"status": "closed", "assignee": boris}),
        ({"status": "accepted"}, {"status": "accepted", "assignee": boris}),
        ({"team": None}, {"status": "accepted", "assignee": boris, "team": None}),
        ({"status": "new"}, {"status": "new", "assignee": None}),
        (
            {"status": "accepted", "assignee": boris, "team": sales},
            {"status": "accepted", "assignee": boris, "team": sales},
        ),
        ({"assignee": None}, {"status": "new", "assignee": None, "team": sales}),
        ({}, {"status": "new"}),
    ]
    for change, wanted in steps:
        answer = client.send("patch", path, change)
        assert answer.status_code == 200, answer.content
        assert {name: answer.json()[name] for name in wanted} == wanted
    with acme.scope():
        assert {event.actor_type for event in Event.objects.all()} == {"api_token"}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"status": "open"}, 400),
        ({"status": []}, 400),
        ({"assignee": "boris"}, 400),
        ({"assignee": {}}, 400),
        ({"assignee": str(uuid4())}, 422),
        ({"team": str(uuid4())}, 422),
        ({"status": "accepted"}, 422),
    ],
)
def test_a_bad_change_is_refused(client, acme, conversation, change, status):
    is_problem(client.send("patch", f"/conversations/{conversation.id}/", change), status)
    with acme.scope():
        assert Conversation.objects.get().status == "new"
        assert not Event.objects.exists()


def test_nobody_of_another_company_can_be_put_in_charge(client, rival, conversation):
    path = f"/conversations/{conversation.id}/"
    is_problem(client.send("patch", path, {"assignee": str(rival.rita.id)}), 422)


def test_only_who_answers_customers_can_be_put_in_charge(client, acme, conversation):
    path = f"/conversations/{conversation.id}/"
    assert is_problem(client.send("patch", path, {"assignee": str(acme.marta.id)}), 422)["detail"]


def test_assigning_is_a_right_of_its_own(program, acme, conversation):
    theirs = program(scopes=["inbox.read", "inbox.write"])
    path = f"/conversations/{conversation.id}/"
    is_problem(theirs.send("patch", path, {"assignee": str(acme.boris.id)}), 403)
    assert theirs.send("patch", path, {"status": "closed"}).status_code == 200


def test_it_is_read_put_back_and_settled(client, acme, channel):
    with acme.scope():
        row = make_conversation(channel, unread_count=3, waiting_since=timezone.now())
    path = f"/conversations/{row.id}"
    for _ in range(2):
        read = client.send("post", f"{path}/read/").json()
        assert (read["unread_count"], read["unanswered"]) == (0, True)
    assert client.send("post", f"{path}/unread/").json()["unread_count"] == 1
    assert client.send("post", f"{path}/settle/").json()["unanswered"] is False
    with acme.scope():
        actions = list(Event.objects.order_by("seq").values_list("action", flat=True))
    assert actions == ["conversation.read", "conversation.unread", "conversation.settled"]


def test_a_strangers_conversation_is_not_there(stranger, conversation):
    path = f"/conversations/{conversation.id}/"
    is_problem(stranger.send("get", path), 404)
    is_problem(stranger.send("patch", path, {"status": "closed"}), 404)
    # Also when the body is no good: whoever may not see it learns nothing of it.
    is_problem(stranger.send("patch", path, {"status": "nonsense"}), 404)
    for gesture in ("read", "unread", "settle"):
        is_problem(stranger.send("post", f"{path}{gesture}/"), 404)
    assert stranger.rows("/conversations/") == []


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [(Role.AGENT, 200, 200), (Role.QUALITY, 200, 403), (Role.ANALYST, 403, 403)],
)
def test_the_role_decides(program, conversation, role, reads, writes):
    theirs = program(role=role)
    path = f"/conversations/{conversation.id}/"
    assert theirs.send("get", path).status_code == reads
    assert theirs.send("get", "/conversations/").status_code == reads
    assert theirs.send("patch", path, {"status": "closed"}).status_code == writes
    assert theirs.send("post", f"{path}read/").status_code == writes


def test_a_closed_off_channel_is_for_who_manages_channels(client, program, acme):
    with acme.scope():
        closed_off = make_channel(is_restricted=True)
        conversation = make_conversation(closed_off)
        message = make_message(conversation)
    agent = program(role=Role.AGENT)
    assert agent.rows("/conversations/") == []
    assert agent.rows("/channels/") == []
    is_problem(agent.send("get", f"/conversations/{conversation.id}/"), 404)
    is_problem(agent.send("get", f"/messages/{message.id}/"), 404)
    assert client.send("get", f"/messages/{message.id}/").status_code == 200


def test_the_list_costs_the_same_however_many_there_are(
    client, acme, channel, django_assert_max_num_queries
):
    with acme.scope():
        for number in range(30):
            make_conversation(channel, status=Conversation.Status.values[number % 3])
    client.send("get", "/members/")
    with django_assert_max_num_queries(15):
        assert len(client.get("/api/v1/conversations/").json()["results"]) == 30
