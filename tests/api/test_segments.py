"""Segments by the API."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contacts.actions import create_contact, set_consent
from contacts.models import Contact, ContactIdentity
from events.journal import SYSTEM
from tests.api.calls import is_problem
from tests.cast import make_channel

pytestmark = pytest.mark.django_db
VIP = {"field": "labels", "op": "has", "value": "VIP"}


@pytest.fixture
def marketer(program):
    return program(role="marketer")


@pytest.fixture
def people(acme):
    with acme.scope():
        return [
            create_contact(by=SYSTEM, name="Anna", phone="+79211234567", labels=["VIP"]),
            create_contact(by=SYSTEM, name="Boris", email="boris@example.com", labels=["VIP"]),
            create_contact(by=SYSTEM, name="Vera", phone="+79217654321"),
        ]


def make(program, **values):
    return program.send("post", "/segments/", {"name": "VIP", "conditions": VIP, **values}).json()


def test_a_segment_is_made_read_changed_and_deleted(marketer, people):
    made = make(marketer)
    assert (made["name"], made["conditions"], made["count"]) == ("VIP", VIP, 2)
    path = f"/segments/{made['id']}/"
    told = marketer.send("get", path).json()
    assert {**told, "counted_at": made["counted_at"]} == made
    assert marketer.rows("/segments/") == [told]
    changed = marketer.send("patch", path, {"name": "All", "conditions": {}}).json()
    assert (changed["name"], changed["count"]) == ("All", 3)
    assert marketer.send("delete", path).status_code == 204
    is_problem(marketer.send("get", path), 404)


def test_a_dynamic_one_follows_its_conditions_and_a_frozen_one_does_not(acme, marketer, people):
    dynamic, frozen = make(marketer), make(marketer, frozen=True)
    with acme.scope():
        create_contact(by=SYSTEM, name="Gleb", labels=["VIP"])
    counts = [
        marketer.send("post", f"/segments/{one['id']}/count/").json()["count"]
        for one in (dynamic, frozen)
    ]
    assert counts == [3, 2]
    is_problem(marketer.send("patch", f"/segments/{frozen['id']}/", {"conditions": {}}), 422)
    names = [row["name"] for row in marketer.rows(f"/segments/{frozen['id']}/members/")]
    assert sorted(names) == ["Anna", "Boris"]


def test_members_come_in_pages(marketer, people):
    made = make(marketer, conditions={})
    pages = list(marketer.pages(f"/segments/{made['id']}/members/?limit=2"))
    assert [len(page) for page in pages] == [2, 1]


def test_a_count_says_who_can_be_reached_and_why_the_others_cannot(acme, marketer, people):
    with acme.scope():
        bot, letters = make_channel(), make_channel("email")
        for person, values in zip(people, ({}, {"is_reachable": False}, {}), strict=True):
            ContactIdentity.objects.create(
                channel=bot, contact=person, external_id=person.name, **values
            )
        set_consent(contact=people[2], granted=False, origin="agent", by=SYSTEM)
    asked = {"conditions": {}, "channels": [str(bot.id), str(letters.id)]}
    told = marketer.send("post", "/segments/count/", asked).json()
    assert told == {
        "count": 3,
        "estimated": False,
        "reachable": 2,
        "channels": [
            {
                "channel": str(bot.id),
                "reachable": 1,
                "reasons": {"unreachable": 1, "no_consent": 1},
            },
            {"channel": str(letters.id), "reachable": 1, "reasons": {"no_identity": 2}},
        ],
    }
    by_segment = {"segment": make(marketer)["id"], "exclusions": {"field": "name", "op": "eq", "value": "Anna"}}  # fmt: skip  # noqa: E501
    assert marketer.send("post", "/segments/count/", by_segment).json()["count"] == 1


def test_a_file_makes_a_list(acme, marketer, people):
    content = (
        "﻿phone;who\r\n8 (921) 123-45-67;Anna\r\n;boris@example.com\r\n"
        f"{people[2].pk};\r\n+7 999 000 00 00;Nobody\r\n89211234567;Anna again\r\n"
    )
    file = SimpleUploadedFile("list.csv", content.encode())
    answer = marketer.post("/api/v1/segments/upload/", {"name": "List", "file": file})
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["segment"]["frozen"], told["segment"]["count"]) == (True, 3)
    assert (told["rows"], told["unmatched"]) == (5, 1)
    assert told["examples"] == ["+7 999 000 00 00, Nobody"]
    empty = SimpleUploadedFile("list.csv", b"\n\n")
    is_problem(marketer.post("/api/v1/segments/upload/", {"name": "X", "file": empty}), 422)
    nobody = SimpleUploadedFile("list.csv", b"+49301234567\n")
    is_problem(marketer.post("/api/v1/segments/upload/", {"name": "X", "file": nobody}), 422)


@pytest.mark.parametrize(
    "conditions",
    [
        {"field": "password", "op": "eq", "value": "x"},
        {"field": "name", "op": "regex", "value": "x"},
        {"any": "x"},
        {"field": "created_at", "op": "on", "value": "yesterday"},
    ],
)
def test_conditions_that_mean_nothing_are_refused(marketer, conditions):
    body = {"name": "X", "conditions": conditions}
    assert "conditions" in is_problem(marketer.send("post", "/segments/", body), 400)["errors"]


def test_a_segment_that_asks_for_itself_is_refused(marketer, people):
    made = make(marketer)
    body = {"conditions": {"field": "segment", "op": "has", "value": made["id"]}}
    path = f"/segments/{made['id']}/"
    assert marketer.send("patch", path, body).status_code in {400, 422}
    assert marketer.send("get", path).json()["conditions"] == VIP


def test_segments_of_segments(acme, marketer, people):
    made = make(marketer)
    rest = make(
        marketer, name="Rest", conditions={"field": "segment", "op": "has_no", "value": "VIP"}
    )
    assert rest["count"] == 1
    both = {"field": "segment", "op": "has_all", "value": [made["id"], rest["id"]]}
    assert make(marketer, conditions=both)["count"] == 0


def test_a_stranger_finds_nothing(stranger, marketer, people):
    made = make(marketer)
    assert stranger.rows("/segments/") == []
    for method, path in (
        ("get", ""), ("patch", ""), ("delete", ""), ("get", "members/"), ("post", "count/"),
    ):  # fmt: skip
        is_problem(stranger.send(method, f"/segments/{made['id']}/{path}", {}), 404)
    is_problem(stranger.send("post", "/segments/count/", {"segment": made["id"]}), 422)


def test_only_marketers_and_above_may(program, marketer, people):
    made = make(marketer)
    for role in ("agent", "supervisor", "analyst", "quality"):
        agent = program(role=role)
        is_problem(agent.send("get", "/segments/"), 403)
        is_problem(agent.send("post", "/segments/", {"name": "X"}), 403)
    reader = program(scopes=["segments.read"])
    assert reader.send("get", f"/segments/{made['id']}/").status_code == 200
    is_problem(reader.send("patch", f"/segments/{made['id']}/", {"name": "X"}), 403)


def test_a_repetition_makes_one(acme, marketer, people):
    for _ in range(2):
        marketer.send("post", "/segments/", {"name": "VIP", "conditions": VIP}, Idempotency_Key="1")
    assert len(marketer.rows("/segments/")) == 1
    with acme.scope():
        assert Contact.objects.count() == 3
