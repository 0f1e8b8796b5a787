"""Broadcasts by the API."""

import asyncio
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from inbox.models import Conversation
from marketing.actions import create_segment
from marketing.engine.loop import Broadcaster
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
        segment = create_segment(name="All", conditions={}, by=acme.marta)
    made.channel, made.segment = channel, segment
    return made


@pytest.fixture
def marketer(place, program):
    return program(role="marketer")


def draft(program, place, **values):
    body = {
        "name": "Sale",
        "segment": str(place.segment.pk),
        "channels": [str(place.channel.pk)],
        "text": "Sale!",
        **values,
    }
    answer = program.send("post", "/broadcasts/", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def work():
    asyncio.run(Broadcaster().work(until_idle=True))


def test_formatting_is_told_as_messages_tell_it(marketer, place):
    bold = {"type": "bold", "offset": 0, "length": 3}
    link = {"type": "text_link", "offset": 4, "length": 4, "url": "https://shop.example"}
    key = str(place.channel.pk)
    versions = [{"key": "a"}, {"key": "b", "text": "Two", "entities": [bold]}]
    made = draft(
        marketer,
        place,
        text="Big sale",
        entities=[bold, link],
        texts={key: "Own"},
        texts_entities={key: [bold]},
        variants=versions,
    )
    assert (made["entities"], made["texts_entities"]) == ([bold, link], {key: [bold]})
    assert made["variants"][1]["entities"] == [bold]
    path = f"/broadcasts/{made['id']}/"
    assert marketer.send("patch", path, {"text": "Sale"}).json()["entities"] == []
    for wrong, status in (
        ({**bold, "length": 99}, 422), ({**link, "url": "x"}, 422),
        ({**bold, "type": "blink"}, 400), ({}, 400),
    ):  # fmt: skip
        asked = {"text": "Sale now", "entities": [wrong]}
        is_problem(marketer.send("patch", path, asked), status)


def test_a_broadcast_from_draft_to_done(marketer, place):
    made = draft(marketer, place)
    assert (made["status"], made["totals"]["sent"]) == ("draft", 0)
    path = f"/broadcasts/{made['id']}/"
    assert marketer.send("patch", path, {"text": "Big sale!"}).json()["text"] == "Big sale!"
    assert marketer.send("post", f"{path}launch/").json()["status"] == "running"
    work()
    told = marketer.send("get", path).json()
    assert told["status"] == "done"
    assert told["totals"] == {
        **dict.fromkeys(
            ("queued", "delivered", "read", "answered", "failed", "unknown", "skipped"), 0
        ),
        **dict.fromkeys(("clicked", "unsubscribed"), 0),
        "sent": 2,
    }
    rows = marketer.rows(f"{path}recipients/?limit=1")
    assert [row["state"] for row in rows] == ["sent", "sent"]
    assert {row["address"] for row in rows} == {"1", "2"}
    message = marketer.send("get", f"/messages/{rows[0]['message']}/").json()
    assert (message["text"], message["direction"]) == ("Big sale!", "outgoing")
    report = marketer.send("get", f"{path}report/").json()
    assert report["variants"]["a"]["sent"] == 2
    channel = str(place.channel.pk)
    assert report["channels"][channel] == report["figures"]
    assert (report["figures"]["everybody"], report["figures"]["sent"]) == (2, 2)
    assert report["money"] == {
        "days": 7, "deals": 0, "orders": 0, "cost": None,
        "in_work": {"amount": "0.00", "currency": "RUB"},
        "revenue": {"amount": "0.00", "currency": "RUB"},
    }  # fmt: skip
    is_problem(marketer.send("get", f"{path}report/?days=5"), 400)
    assert len(marketer.rows(f"{path}recipients/?channel={channel}")) == 2
    assert marketer.rows("/broadcasts/?status=done") == [told]
    assert marketer.rows("/broadcasts/?status=draft") == []


def test_verbs_lead_through_the_statuses(marketer, place):
    path = f"/broadcasts/{draft(marketer, place)['id']}/"
    for verb, status in (
        ("launch", "running"), ("launch", "running"), ("pause", "paused"), ("pause", "paused"),
        ("resume", "running"), ("stop", "stopped"), ("stop", "stopped"),
    ):  # fmt: skip
        assert marketer.send("post", f"{path}{verb}/").json()["status"] == status
    for verb in ("launch", "pause", "resume"):
        is_problem(marketer.send("post", f"{path}{verb}/"), 422)
    is_problem(marketer.send("patch", path, {"text": "Other"}), 422)
    is_problem(marketer.send("delete", path), 422)


def test_everything_that_can_be_said_of_one_comes_back(acme, marketer, place):
    said = {
        "exclusions": {"field": "name", "op": "eq", "value": "Nobody"},
        "texts": {"platform": "Here"},
        "subject": "Sale",
        "buttons": [[{"label": "Shop", "action": "link", "value": "https://shop.example"}]],
        "variants": [
            {"key": "a", "text": "A", "weight": 1}, {"key": "b", "text": "B", "weight": 2},
        ],
        "winner": {"metric": "answered", "hours": 4.0, "share": 20},
        "tracks_links": False,
        "schedule": "at",
        "starts_at": "2027-01-01T09:00:00Z",
        "window": {"from": "09:00", "to": "18:00", "weekdays": [1, 2]},
        "zone": "contact",
        "frequency_cap": {"count": 2, "days": 7},
        "unknown_policy": "resend",
        "consent_policy": "granted",
        "reply_team": str(acme.sales.pk),
        "reply_assignee": str(acme.boris.pk),
    }  # fmt: skip
    made = draft(marketer, place, **said)
    told = marketer.send("get", f"/broadcasts/{made['id']}/").json()
    assert {name: told[name] for name in said} == said
    scheduled = marketer.send("post", f"/broadcasts/{made['id']}/launch/").json()
    assert scheduled["status"] == "scheduled"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"segment": "0198c0de-0000-7000-8000-000000000000"}, 400),
        ({"channels": ["0198c0de-0000-7000-8000-000000000000"]}, 400),
        ({"winner": {"metric": "luck", "hours": 1, "share": 5}}, 400),
        ({"window": {"from": "9", "to": "18:00"}}, 400),
        ({"text": "{{secret}}"}, 422),
        ({"schedule": "at", "starts_at": "9999-12-31T23:59:59Z"}, 422),
        ({"schedule": "local", "starts_at": "0001-01-01T00:00:00Z"}, 422),
        ({"variants": [{"key": "a"}]}, 422),
        ({"window": {"from": "09:00", "to": "09:00"}}, 422),
        ({"window": {"from": "29:00", "to": "09:00"}}, 422),
        ({"buttons": [[{"label": "x", "action": "link", "value": "javascript:x"}]]}, 400),
        ({"exclusions": {"field": "nothing", "op": "eq", "value": 1}}, 400),
    ],
)
def test_what_makes_no_sense_is_refused(marketer, place, values, status):
    body = {
        "name": "Sale", "segment": str(place.segment.pk), "channels": [str(place.channel.pk)],
        "text": "Sale!", **values,
    }  # fmt: skip
    is_problem(marketer.send("post", "/broadcasts/", body), status)


def test_what_is_not_ready_is_not_launched(marketer, place):
    made = draft(marketer, place, text="")
    is_problem(marketer.send("post", f"/broadcasts/{made['id']}/launch/"), 422)


def test_files_go_with_the_text(marketer, place, acme):
    made = draft(marketer, place)
    path = f"/api/v1/broadcasts/{made['id']}/files/"
    file = SimpleUploadedFile("price.pdf", b"%PDF-1.4 ...")
    told = marketer.post(path, {"file": file}).json()
    assert [one["name"] for one in told["attachments"]] == ["price.pdf"]
    marketer.send("post", f"/broadcasts/{made['id']}/launch/")
    work()
    assert [[one.name for one in sent.attachments] for sent in place.sent] == [["price.pdf"]] * 2
    rows = marketer.rows(f"/broadcasts/{made['id']}/recipients/")
    message = marketer.send("get", f"/messages/{rows[0]['message']}/").json()
    assert [one["name"] for one in message["attachments"]] == ["price.pdf"]
    is_problem(marketer.delete(path), 422)


def test_a_segment_of_a_broadcast_is_not_deleted(marketer, place):
    draft(marketer, place)
    is_problem(marketer.send("delete", f"/segments/{place.segment.pk}/"), 422)


def test_a_stranger_finds_nothing(stranger, marketer, place):
    made = draft(marketer, place)
    path = f"/broadcasts/{made['id']}/"
    assert stranger.rows("/broadcasts/") == []
    for method, part in (
        ("get", ""), ("patch", ""), ("delete", ""), ("get", "recipients/"), ("get", "report/"),
        ("post", "launch/"), ("post", "pause/"), ("post", "resume/"), ("post", "stop/"),
    ):  # fmt: skip
        is_problem(stranger.send(method, f"{path}{part}", {}), 404)
    body = {"name": "X", "segment": str(place.segment.pk)}
    is_problem(stranger.send("post", "/broadcasts/", body), 400)
    assert marketer.send("get", path).json()["status"] == "draft"


def test_only_marketers_and_above_may(program, marketer, place):
    made = draft(marketer, place)
    path = f"/broadcasts/{made['id']}/"
    for role in ("agent", "supervisor", "analyst", "quality"):
        agent = program(role=role)
        is_problem(agent.send("get", path), 403)
        is_problem(agent.send("post", f"{path}launch/"), 403)
    writer = program(scopes=["broadcasts.read", "broadcasts.write"])
    assert writer.send("patch", path, {"name": "New"}).status_code == 200
    is_problem(writer.send("post", f"{path}launch/"), 403)
    for role in ("admin", "owner"):
        assert program(role=role).send("get", path).status_code == 200


def test_recipients_are_found_by_state_and_reason(acme, marketer, place):
    from contacts.models import ContactIdentity

    with acme.scope():
        ContactIdentity.objects.filter(external_id="2").update(is_reachable=False)
    made = draft(marketer, place)
    marketer.send("post", f"/broadcasts/{made['id']}/launch/")
    work()
    path = f"/broadcasts/{made['id']}/recipients/"
    assert [row["address"] for row in marketer.rows(f"{path}?state=sent")] == ["1"]
    [left_out] = marketer.rows(f"{path}?state=skipped")
    assert (left_out["reason"], left_out["message"]) == ("unreachable", None)
    assert marketer.rows(f"{path}?answered=true") == []
    report = marketer.send("get", f"/broadcasts/{made['id']}/report/").json()
    assert report["reasons"] == {"unreachable": 1}
    is_problem(marketer.send("get", f"{path}?state=happy"), 400)
    with acme.scope():
        assert Conversation.objects.count() == 2


def test_the_recipients_link_is_their_own(marketer, place):
    made = draft(marketer, place, text="https://shop.example")
    marketer.send("post", f"/broadcasts/{made['id']}/launch/")
    work()
    found = {re.search(r"/r/(\S+)$", text)[1] for text in place.texts}
    assert len(found) == 2
