import pytest

from tests.api.calls import is_problem
from tests.live.facts import write

pytestmark = pytest.mark.django_db


def test_the_journal_is_read_to_its_end(client, acme):
    write(acme.workspace, count=7)
    first = client.send("get", "/events/?limit=3").json()
    assert [event["seq"] for event in first["results"]] == [1, 2, 3]
    assert first["last_seq"] == 7
    assert first["previous"] is None
    assert [event["seq"] for event in client.rows("/events/?limit=3")] == list(range(1, 8))
    assert [event["seq"] for event in client.rows("/events/?after=5")] == [6, 7]
    assert client.send("get", "/events/?after=7").json()["next"] is None


def test_an_event_has_the_shape_of_the_contract(client, acme):
    made = client.send("post", "/contacts/", {"name": "Maria"}).json()
    [event] = client.rows("/events/")
    assert event.pop("at").endswith("Z")
    assert event.pop("actor").keys() == {"type", "id"}
    assert event == {
        "seq": 1,
        "action": "contact.created",
        "subject": {"type": "contact", "id": made["id"]},
        "data": {"name": "Maria"},
    }


@pytest.mark.parametrize(
    "query", ["after=x", "after=-1", f"after={2**63}", f"after={'9' * 5000}", "limit=0"]
)
def test_a_bad_place_is_refused(client, query):
    is_problem(client.send("get", f"/events/?{query}"), 400)


def test_only_who_may_read_events(program, stranger, acme):
    write(acme.workspace)
    for role, status in (("owner", 200), ("supervisor", 403), ("agent", 403), ("analyst", 403)):
        assert program(role=role).send("get", "/events/").status_code == status
    assert stranger.send("get", "/events/").json()["results"] == []
