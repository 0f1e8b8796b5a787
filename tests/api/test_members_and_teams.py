import pytest

from events.models import Event
from tests.api.calls import is_problem

pytestmark = pytest.mark.django_db


def test_members_are_shown_with_their_teams(client, acme):
    rows = {row["name"]: row for row in client.rows("/members/")}
    assert set(rows) == {"Olga", "Anna", "Boris", "Vera", "Marta"}
    assert rows["Boris"] == {
        "id": str(acme.boris.id),
        "name": "Boris",
        "email": "boris@example.com",
        "role": "agent",
        "visibility": "team",
        "is_active": True,
        "is_online": False,
        "takes_conversations": True,
        "teams": [str(acme.sales.id)],
    }
    assert client.send("get", f"/members/{acme.boris.id}/").json() == rows["Boris"]


def test_a_strangers_member_and_team_are_not_there(client, stranger, acme):
    is_problem(stranger.send("get", f"/members/{acme.boris.id}/"), 404)
    is_problem(stranger.send("get", f"/teams/{acme.sales.id}/"), 404)
    is_problem(stranger.send("patch", f"/teams/{acme.sales.id}/", {"name": "x"}), 404)
    assert [row["name"] for row in stranger.rows("/members/")] == ["Rita"]
    assert stranger.rows("/teams/") == []


def test_a_team_is_made_renamed_and_manned(client, acme):
    made = client.send("post", "/teams/", {"name": " Night ", "members": [str(acme.vera.id)]})
    assert made.status_code == 201
    team = made.json()
    assert team == {"id": team["id"], "name": "Night", "members": [str(acme.vera.id)]}
    path = f"/teams/{team['id']}/"
    renamed = client.send("patch", path, {"name": "Nights"})
    assert renamed.json() == {**team, "name": "Nights"}
    emptied = client.send("patch", path, {"members": []})
    assert emptied.json() == {**team, "name": "Nights", "members": []}
    assert client.send("get", path).json() == emptied.json()
    with acme.scope():
        events = list(Event.objects.filter(action="team.changed"))
        assert len(events) == 3
        assert {event.actor_type for event in events} == {"api_token"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"name": ""}, 400),
        ({"name": "x" * 81}, 400),
        ({"name": {}}, 400),
        ({"name": "a\0"}, 400),
        ({"name": "New", "members": "all"}, 400),
        ({"name": "New", "members": ["00000000-0000-7000-8000-000000000000"]}, 422),
        ({"name": "sales"}, 422),
    ],
)
def test_a_bad_team_is_refused(client, body, status):
    is_problem(client.send("post", "/teams/", body), status)
    assert len(client.rows("/teams/")) == 2


def test_a_strangers_member_cannot_be_put_into_a_team(client, rival):
    body = {"name": "Spies", "members": [str(rival.rita.id)]}
    is_problem(client.send("post", "/teams/", body), 422)


def test_the_role_decides(program):
    for role, status in (("supervisor", 201), ("agent", 403), ("analyst", 403)):
        theirs = program(role=role)
        assert theirs.send("get", "/teams/").status_code == 200
        assert theirs.send("post", "/teams/", {"name": f"By {role}"}).status_code == status


def test_lists_cost_the_same_however_many_there_are(client, acme, django_assert_max_num_queries):
    for number in range(20):
        client.send("post", "/teams/", {"name": f"Team {number}", "members": [str(acme.vera.id)]})
    for path in ("/api/v1/teams/", "/api/v1/members/"):
        client.get(path)
        with django_assert_max_num_queries(13):
            assert client.get(path).status_code == 200
