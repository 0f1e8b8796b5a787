"""Who sees a channel, and when somebody is there, by the API."""

import pytest

from channels_connectors.models import Channel
from events.models import Event
from tests.api.calls import is_problem
from tests.cast import make_channel
from workspaces.models import Calendar, Role

pytestmark = pytest.mark.django_db
WEEK = [[["09:00", "13:00"], ["14:00", "18:00"]], *[[["09:00", "18:00"]]] * 4, [], []]


@pytest.fixture
def path(acme):
    with acme.scope():
        return f"/channels/{make_channel().pk}/"


def test_a_channel_is_kept_to_some_members_and_opened_again(client, program, acme, path):
    of_vera = program(role=Role.AGENT)
    assert len(of_vera.rows("/channels/")) == 1
    for _ in range(2):
        shown = client.send("patch", path, {"access": [str(acme.boris.id)]}).json()
        assert shown["access"] == [str(acme.boris.id)]
    assert of_vera.rows("/channels/") == []
    assert client.send("get", path).json()["access"] == [str(acme.boris.id)]
    assert client.send("patch", path, {"name": "Shop"}).json()["access"] == [str(acme.boris.id)]
    assert client.send("patch", path, {"access": []}).json()["access"] == []
    assert client.send("patch", path, {"access": None}).json()["access"] is None
    assert len(of_vera.rows("/channels/")) == 1
    with acme.scope():
        told = Event.objects.filter(action="channel.updated").order_by("seq")
        changed = [event.data["changed"] for event in told]
    assert changed == [["access"], ["name"], ["access"], ["access"]]


def test_a_strangers_member_is_refused_before_anything_changes(client, acme, rival, path):
    body = {"name": "Shop", "access": [str(acme.boris.id), str(rival.rita.id)]}
    is_problem(client.send("patch", path, body), 422)
    body = {"kind": "livechat", "access": [str(rival.rita.id)]}
    is_problem(client.send("post", "/channels/", body), 422)
    with acme.scope():
        assert Channel.objects.get().name != "Shop"


def test_hours_are_set_and_taken_back(client, acme, path):
    holidays = [{"from": "12-31", "to": "01-08"}, {"from": "2027-05-01", "hours": WEEK[1]}]
    hours = {"mode": "weekly", "time_zone": "Asia/Omsk", "weekly": WEEK, "holidays": holidays}
    for _ in range(2):
        shown = client.send("patch", path, {"hours": hours}).json()["hours"]
    assert shown == hours | {
        "holidays": [
            {"from": "12-31", "to": "01-08", "hours": [], "name": ""},
            {"from": "2027-05-01", "to": "2027-05-01", "hours": WEEK[1], "name": ""},
        ]
    }
    assert client.send("get", path).json()["hours"] == shown
    back = client.send("patch", path, {"hours": {"mode": "inherit"}}).json()["hours"]
    assert back == shown | {"mode": "inherit"}
    with acme.scope():
        assert Calendar.objects.count() == 2


def test_a_new_channel_takes_them_at_once(client, acme):
    body = {
        "kind": "livechat",
        "name": "Site",
        "access": [str(acme.vera.id)],
        "hours": {"mode": "always"},
        "away_reply": "We are asleep.",
    }
    shown = client.send("post", "/channels/", body).json()
    assert shown["access"] == [str(acme.vera.id)]
    assert shown["hours"]["mode"] == "always"
    assert shown["away_reply"] == "We are asleep."
    changed = client.send("patch", f"/channels/{shown['id']}/", {"away_reply": ""}).json()
    assert changed == shown | {"away_reply": ""}


@pytest.mark.parametrize(
    "hours",
    [
        {},
        {"mode": "sometimes"},
        {"mode": "weekly"},
        {"mode": "weekly", "weekly": [[]] * 7},
        {"mode": "weekly", "weekly": WEEK[:6]},
        {"mode": "weekly", "weekly": [[["18:00", "09:00"]], *WEEK[1:]]},
        {"mode": "weekly", "weekly": [[["09:00", "13:00"], ["12:00", "14:00"]], *WEEK[1:]]},
        {"mode": "weekly", "weekly": [[["9", "13"]], *WEEK[1:]]},
        {"mode": "always", "time_zone": "Mars/Olympus"},
        {"mode": "always", "holidays": [{"from": "02-30"}]},
        {"mode": "always", "holidays": [{"from": "12-31", "to": "2027-01-08"}]},
        {"mode": "always", "holidays": [{"from": "2027-01-08", "to": "2026-12-31"}]},
    ],
    ids=str,
)
def test_hours_that_cannot_be_are_refused(client, path, hours):
    problem = is_problem(client.send("patch", path, {"hours": hours}), 400)
    assert list(problem["errors"]) == ["hours"]


def test_other_roles_may_not_and_strangers_find_nothing(program, stranger, path):
    for body in ({"access": None}, {"hours": {"mode": "always"}}, {"away_reply": "x"}):
        is_problem(program(role=Role.AGENT).send("patch", path, body), 403)
        is_problem(stranger.send("patch", path, body), 404)
