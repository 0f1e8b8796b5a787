"""Ratings and their rules for programs."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from inbox.models import Rating, RatingRule
from tests.api.calls import address, is_problem
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(acme):
    with acme.scope():
        return make_channel()


@pytest.fixture
def rated(acme, channel):
    """A conversation that was rated twice, the second time better and in silence."""
    with acme.scope():
        conversation = make_conversation(channel)
        now = timezone.now()
        for place, (score, comment) in enumerate([(2, "Slow"), (5, "")], start=1):
            Rating.objects.create(
                conversation=conversation, contact=conversation.contact, channel=channel,
                agent=acme.boris, team=acme.sales, closed_seq=place, due_at=now, asked_at=now,
                expires_at=now, score=score, comment=comment, state="answered",
                answered_at=now + timedelta(minutes=place),
            )  # fmt: skip
        Rating.objects.create(
            conversation=conversation, contact=conversation.contact, channel=channel, closed_seq=3,
            due_at=now,
        )  # fmt: skip
        return conversation


def rule(client, which, **changes):
    path = f"/rating-rules/{which}/"
    answer = client.send("patch", path, changes) if changes else client.get(address(path))
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_channel_has_the_workspaces_rule_until_it_has_its_own(client, acme, channel):
    usual = rule(client, "default")
    assert (usual["channel"], usual["own"], usual["is_on"]) == (None, False, False)
    assert rule(client, "default", is_on=True, delay_minutes=15)["own"] is True
    inherited = rule(client, channel.pk)
    assert (inherited["is_on"], inherited["delay_minutes"], inherited["own"]) == (True, 15, False)
    own = rule(client, channel.pk, texts={"ru": " Как вам? ", "en": ""}, pause_days=0)
    assert (own["own"], own["texts"], own["pause_days"]) == (True, {"ru": "Как вам?"}, 0)
    assert len(client.rows("/rating-rules/")) == 2
    for _ in range(2):
        assert client.send("delete", f"/rating-rules/{channel.pk}/").status_code == 204
    assert rule(client, channel.pk)["own"] is False
    with acme.scope():
        assert RatingRule.objects.count() == 1


def test_a_rule_that_makes_no_sense_is_refused(client, program, stranger, channel):
    path = f"/rating-rules/{channel.pk}/"
    is_problem(client.send("patch", path, {"texts": {"xx": "?"}}), 422)
    for bad in ({"answer_hours": 0}, {"pause_days": 366}, {"thanks": {"en": "x" * 701}}):
        is_problem(client.send("patch", path, bad), 400)
    agent = program(role="agent")
    assert agent.get(address(path)).status_code == 200
    is_problem(agent.send("patch", path, {"is_on": True}), 403)
    is_problem(agent.send("delete", path), 403)
    is_problem(stranger.get(address(path)), 404)
    is_problem(stranger.send("patch", path, {"is_on": True}), 404)


def test_a_conversation_shows_its_latest_mark(client, acme, rated):
    shown = client.get(address(f"/conversations/{rated.pk}/")).json()["rating"]
    assert (shown["score"], shown["comment"], shown["agent"]) == (5, "", str(acme.boris.pk))
    (listed,) = client.rows("/conversations/")
    assert listed["rating"] == shown
    with acme.scope():
        other = make_conversation(make_channel())
    assert client.get(address(f"/conversations/{other.pk}/")).json()["rating"] is None
    for condition, found in (
        ({"field": "rating", "op": "lte", "value": 2}, {str(rated.pk)}),
        ({"field": "rating", "op": "set", "value": False}, {str(other.pk)}),
        ({"field": "rating", "op": "eq", "value": 3}, set()),
    ):
        rows = client.rows("/conversations/?" + urlencode({"filter": json.dumps(condition)}))
        assert {row["id"] for row in rows} == found


def test_marks_are_listed_and_narrowed(client, stranger, acme, rated):
    latest, first = client.rows("/ratings/")
    assert (latest["score"], first["comment"]) == (5, "Slow")
    assert latest["conversation"] == str(rated.pk)
    assert len(client.rows("/ratings/?score_to=2")) == 1
    assert len(client.rows(f"/ratings/?agent={acme.boris.pk}")) == 2
    assert client.rows(f"/ratings/?contact={acme.boris.pk}") == []
    is_problem(client.get(address("/ratings/?score_to=9")), 400)
    assert stranger.get(address("/ratings/")).json()["results"] == []
