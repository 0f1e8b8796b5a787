"""Counters and the log of conversions for programs."""

import pytest

from analytics.models import Conversion, ConversionTarget
from tests.api.calls import address, is_problem
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db
COUNTER = {"counter": "123", "token": "y0", "accepted_goal": "ok", "paid_goal": "paid"}


@pytest.fixture
def connected(client):
    return client.send("post", "/conversion-counters/", COUNTER).json()


@pytest.fixture
def log(acme, connected):
    """Two entries of the log: one that was refused, one that is sent."""
    with acme.scope():
        chat = make_conversation(make_channel())
        for kind, state in (("paid", "failed"), ("chat", "sent")):
            Conversion.objects.create(
                target_id=connected["id"], kind=kind, state=state, subject_id=chat.pk,
                contact_id=chat.contact_id, at=chat.created_at, error="No" * (state == "failed"),
            )  # fmt: skip
        return chat


def test_a_counter_is_connected_changed_and_let_go(client, acme, connected):
    assert (connected["name"], connected["is_paused"]) == ("Counter 123", False)
    assert "token" not in connected
    path = f"/conversion-counters/{connected['id']}/"
    changes = {"name": "Shop", "paid_goal": "", "is_paused": True, "token": "y1"}
    changed = client.send("patch", path, changes).json()
    assert (changed["name"], changed["paid_goal"], changed["is_paused"]) == ("Shop", "", True)
    assert changed["accepted_goal"] == "ok"
    with acme.scope():
        assert ConversionTarget.objects.get().credentials == {"token": "y1"}
    assert client.rows("/conversion-counters/") == [client.get(address(path)).json()]
    is_problem(client.send("post", "/conversion-counters/", COUNTER), 422)
    is_problem(client.send("post", "/conversion-counters/", {**COUNTER, "counter": "abc"}), 422)
    is_problem(client.send("post", "/conversion-counters/", {"counter": "1"}), 400)
    assert client.send("delete", path).status_code == 204
    is_problem(client.send("delete", path), 404)


def test_the_log_is_read_and_what_was_refused_tried_again(client, program, log, connected):
    told = client.rows("/conversions/")
    assert [(one["kind"], one["state"]) for one in told] == [("chat", "sent"), ("paid", "failed")]
    assert (told[1]["error"], told[1]["contact"]) == ("No", str(log.contact_id))
    assert [one["kind"] for one in client.rows("/conversions/?state=failed")] == ["paid"]
    assert client.rows(f"/conversions/?counter={connected['id']}&kind=accepted") == []
    is_problem(client.get(address("/conversions/?state=lost")), 400)
    path = f"/conversion-counters/{connected['id']}/"
    assert client.get(address(path)).json()["counts"]["failed"] == 1
    assert client.send("post", f"{path}retry/").json() == {"count": 1}
    assert client.send("post", f"{path}retry/").json() == {"count": 0}
    assert client.get(address(path)).json()["counts"] == {
        "waiting": 1, "sent": 1, "failed": 0, "skipped": 0,
    }  # fmt: skip


def test_agents_and_strangers_stay_outside(program, stranger, log, connected):
    path = f"/conversion-counters/{connected['id']}/"
    agent, reader = program(role="agent"), program(role="supervisor", scopes=["reports.read"])
    for way in ("/conversions/", "/conversion-counters/", path):
        is_problem(agent.get(address(way)), 403)
        assert reader.get(address(way)).status_code == 200
    for method, way in (("patch", path), ("delete", path), ("post", f"{path}retry/")):
        is_problem(reader.send(method, way, {}), 403)
        is_problem(stranger.send(method, way, {}), 404)
    is_problem(stranger.get(address(path)), 404)
    assert stranger.get(address("/conversions/")).json()["results"] == []
