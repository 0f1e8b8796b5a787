"""Series by the API."""

import asyncio

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from contacts.models import Contact
from crm.models import Stage
from marketing.actions import create_segment
from marketing.engine.loop import Broadcaster
from marketing.series.sweeping import sweep
from tests.api.calls import is_problem
from tests.cast import make_channel, make_conversation


@pytest.fixture
def place(transactional_db, acme, platform):
    """A channel with two customers, and everybody as a segment."""
    made = platform()
    with acme.scope():
        channel = make_channel("platform")
        for chat in ("1", "2"):
            make_conversation(channel, chat=chat, last_incoming_at=timezone.now())
        made.segment = create_segment(name="All", conditions={}, by=acme.marta)
        made.contacts = list(Contact.objects.order_by("id"))
    made.channel = channel
    return made


@pytest.fixture
def marketer(place, program):
    return program(role="marketer")


def draft(marketer, place, **values):
    body = {
        "name": "Welcome",
        "segment": str(place.segment.pk),
        "channels": [str(place.channel.pk)],
        "steps": [{"text": "One"}, {"text": "Two", "delay_minutes": 60}],
        **values,
    }
    answer = marketer.send("post", "/series/", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def go():
    sweep()
    asyncio.run(Broadcaster().work(until_idle=True))


def test_a_series_from_draft_to_stopped(marketer, place):
    made = draft(marketer, place)
    path = f"/series/{made['id']}/"
    assert [step["text"] for step in made["steps"]] == ["One", "Two"]
    for verb, status in (
        ("start", "running"), ("start", "running"), ("pause", "paused"), ("pause", "paused"),
        ("start", "running"),
    ):  # fmt: skip
        assert marketer.send("post", f"{path}{verb}/").json()["status"] == status
    go()
    assert sorted(place.texts) == ["One", "One"]
    report = marketer.send("get", f"{path}report/").json()
    assert report["people"] == {"entered": 2, "active": 2, "finished": 0, "goals": 0, "left": {}}
    assert (report["money"]["days"], report["money"]["orders"]) == (7, 0)
    one, two = report["steps"]
    assert (one["totals"]["sent"], one["entered"], one["waiting"]) == (2, 2, 0)
    assert (two["totals"]["sent"], two["entered"], two["waiting"]) == (0, 0, 2)
    people = marketer.rows(f"{path}people/?limit=1")
    assert {row["step"] for row in people} == {made["steps"][1]["id"]}
    assert marketer.send("delete", f"{path}people/{people[0]['id']}/").status_code == 204
    [gone] = marketer.rows(f"{path}people/?state=left")
    assert (gone["id"], gone["reason"]) == (people[0]["id"], "removed")
    is_problem(marketer.send("delete", path), 422)
    assert marketer.send("post", f"{path}stop/").json()["people"]["left"]["stopped"] == 1
    assert marketer.send("post", f"{path}stop/").json()["status"] == "stopped"
    is_problem(marketer.send("post", f"{path}start/"), 422)
    is_problem(marketer.send("patch", path, {"name": "Other"}), 422)
    assert [row["id"] for row in marketer.rows("/series/?status=stopped")] == [made["id"]]
    assert marketer.rows("/series/?status=draft") == []
    assert marketer.rows("/broadcasts/") == []


def test_everything_that_can_be_said_of_one_comes_back(acme, marketer, place):
    with acme.scope():
        stage = str(Stage.objects.first().pk)
    condition = {"field": "name", "op": "eq", "value": "Maria"}
    said = {
        "trigger": "deal_moved",
        "trigger_settings": {"stage": stage, "channel": str(place.channel.pk)},
        "segment": None,
        "conditions": condition,
        "takes_present": False,
        "goals": [
            {"kind": "answered"}, {"kind": "deal_stage", "stage": stage},
            {"kind": "conditions", "conditions": condition},
        ],
        "reentry_days": 30,
        "window": {"from": "09:00", "to": "18:00", "weekdays": [1, 2]},
        "zone": "contact",
        "frequency_cap": {"count": 2, "days": 7},
        "consent_policy": "granted",
        "reply_team": str(acme.sales.pk),
        "reply_assignee": str(acme.boris.pk),
    }  # fmt: skip
    step = {
        "delay_minutes": 90, "at_time": "10:00:00", "requires": ["not_answered", "no_open_deal"],
        "conditions": condition, "otherwise": "leave", "text": "Hello", "texts": {"platform": "Hi"},
        "subject": "News", "template": None, "tracks_links": False, "adds_stop_line": True,
        "buttons": [[{"label": "Shop", "action": "link", "value": "https://shop.example"}]],
    }  # fmt: skip
    made = draft(marketer, place, **said, steps=[step])
    told = marketer.send("get", f"/series/{made['id']}/").json()
    assert {name: told[name] for name in said} == said
    assert {name: told["steps"][0][name] for name in step} == step
    assert marketer.send("delete", f"/series/{made['id']}/").status_code == 204


def test_steps_are_kept_by_their_ids(marketer, place):
    made = draft(marketer, place)
    path, [one, two] = f"/series/{made['id']}/", made["steps"]
    steps = [{"id": two["id"], "text": "Changed"}, {"text": "New"}, {"id": one["id"]}]
    told = marketer.send("patch", path, {"steps": steps}).json()["steps"]
    assert [step["text"] for step in told] == ["Changed", "New", "One"]
    assert [told[0]["id"], told[2]["id"]] == [two["id"], one["id"]]
    assert told[0]["delay_minutes"] == 60
    told = marketer.send("patch", path, {"steps": [{"id": one["id"]}]}).json()["steps"]
    assert [step["id"] for step in told] == [one["id"]]
    is_problem(marketer.send("patch", path, {"steps": [{"id": two["id"]}]}), 422)


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"segment": "0198c0de-0000-7000-8000-000000000000"}, 400),
        ({"channels": ["0198c0de-0000-7000-8000-000000000000"]}, 400),
        ({"goals": [{"kind": "luck"}]}, 400),
        ({"goals": [{"kind": "deal_stage"}]}, 422),
        ({"steps": [{"text": "x", "delay_minutes": -1}]}, 400),
        ({"steps": [{"text": "x", "requires": ["luck"]}]}, 400),
        ({"steps": [{"text": "{{secret}}"}]}, 422),
        ({"trigger_settings": {"stage": "0198c0de-0000-7000-8000-000000000000"}}, 422),
        ({"conditions": {"field": "nothing", "op": "eq", "value": 1}}, 400),
    ],
)
def test_what_makes_no_sense_is_refused(marketer, place, values, status):
    body = {"name": "Welcome", "channels": [str(place.channel.pk)], **values}
    is_problem(marketer.send("post", "/series/", body), status)
    assert marketer.rows("/series/") == []


def test_what_is_not_ready_does_not_start(marketer, place):
    made = draft(marketer, place, steps=[{"text": ""}])
    is_problem(marketer.send("post", f"/series/{made['id']}/start/"), 422)
    assert marketer.send("get", f"/series/{made['id']}/").json()["status"] == "draft"


def test_a_contact_is_let_in_by_hand(marketer, place):
    made = draft(marketer, place, trigger="contact_created", segment=None)
    path, contact = f"/series/{made['id']}/people/", str(place.contacts[0].pk)
    is_problem(marketer.send("post", path, {"contact": contact}), 422)
    marketer.send("post", f"/series/{made['id']}/start/")
    first = marketer.send("post", path, {"contact": contact})
    again = marketer.send("post", path, {"contact": contact})
    assert first.status_code == again.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    unknown = "0198c0de-0000-7000-8000-000000000000"
    is_problem(marketer.send("post", path, {"contact": unknown}), 422)


def test_files_go_beside_a_steps_text(marketer, place, client):
    made = draft(marketer, place)
    path = f"/api/v1/series/{made['id']}/steps/{made['steps'][0]['id']}/files/"
    headers = {"Authorization": f"Bearer {marketer.secret}"}
    file = SimpleUploadedFile("a.txt", b"hello")
    answer = client.post(path, {"file": file}, headers=headers)
    assert [one["name"] for one in answer.json()["attachments"]] == ["a.txt"]
    assert client.delete(path, headers=headers).json()["attachments"] == []


def test_who_may_not_reaches_nothing(place, program, marketer):
    made = draft(marketer, place)
    agent = program(role="agent")
    is_problem(agent.send("post", "/series/", {"name": "x"}), 403)
    is_problem(agent.send("post", f"/series/{made['id']}/start/"), 403)
    is_problem(program(role="analyst").send("get", f"/series/{made['id']}/"), 403)
