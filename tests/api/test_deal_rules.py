"""Rules of births and closed periods for programs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.actions import create_deal, update_deal
from crm.models import ClosedPeriod, Deal, DealRule, Pipeline
from events.journal import SYSTEM
from tests.api.calls import address, is_problem
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(acme):
    with acme.scope():
        return make_channel()


def rule(client, which, **changes):
    path = f"/deal-rules/{which}/"
    answer = client.send("patch", path, changes) if changes else client.get(address(path))
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_channel_has_the_workspaces_rule_until_it_has_its_own(client, acme, channel):
    usual = rule(client, "default")
    assert (usual["channel"], usual["own"], usual["birth"]) == (None, False, "first_message")
    assert rule(client, "default", birth="accept", reopen_days=7)["own"] is True
    inherited = rule(client, channel.pk)
    assert (inherited["birth"], inherited["own"]) == ("accept", False)
    assert inherited["channel"] == str(channel.pk)
    own = rule(client, channel.pk, returning="reopen", archives_conversation=True)
    assert (own["own"], own["returning"], own["archives_conversation"]) == (True, "reopen", True)
    assert len(client.rows("/deal-rules/")) == 2
    assert client.send("delete", f"/deal-rules/{channel.pk}/").status_code == 204
    assert client.send("delete", f"/deal-rules/{channel.pk}/").status_code == 204
    assert rule(client, channel.pk)["own"] is False
    with acme.scope():
        assert DealRule.objects.count() == 1


def test_a_stage_brings_its_pipeline(client, acme, channel):
    with acme.scope():
        stage = Pipeline.objects.get().stages.get(name="Qualified")
        paid = Pipeline.objects.get().stages.get(name="Paid")
    found = rule(client, channel.pk, stage=str(stage.pk), owner="nobody")
    assert (found["pipeline"], found["owner"]) == (str(stage.pipeline_id), "nobody")
    path = f"/deal-rules/{channel.pk}/"
    is_problem(client.send("patch", path, {"stage": str(paid.pk)}), 422)
    is_problem(client.send("patch", path, {"stage": str(channel.pk)}), 422)
    is_problem(client.send("patch", path, {"birth": "never"}), 400)
    is_problem(client.send("patch", path, {"reopen_days": -1}), 400)


def test_books_are_closed_and_opened_from_the_last(client, acme):
    today = timezone.now().date()
    days = [str(today - timedelta(days=days)) for days in (40, 9)]
    first, second = (client.send("post", "/closed-periods/", {"until": day}).json() for day in days)
    assert [row["until"] for row in client.rows("/closed-periods/")] == days[::-1]
    for day in (days[0], str(today), str(today + timedelta(days=3))):
        is_problem(client.send("post", "/closed-periods/", {"until": day}), 422)
    is_problem(client.send("post", "/closed-periods/", {"until": "soon"}), 400)
    is_problem(client.send("delete", f"/closed-periods/{first['id']}/"), 409)
    for one in (second, first):
        assert client.get(address(f"/closed-periods/{one['id']}/")).json()["until"] == one["until"]
        assert client.send("delete", f"/closed-periods/{one['id']}/").status_code == 204
    is_problem(client.send("delete", f"/closed-periods/{first['id']}/"), 404)
    with acme.scope():
        assert not ClosedPeriod.objects.exists()


def test_what_is_changed_after_the_close_is_flagged(client, acme):
    with acme.scope():
        deal = create_deal(contact=make_conversation(make_channel()).contact, by=SYSTEM)
        old = timezone.now() - timedelta(days=20)
        Deal.objects.filter(pk=deal.pk).update(created_at=old)
    day = str(timezone.now().date() - timedelta(days=5))
    client.send("post", "/closed-periods/", {"until": day})
    with acme.scope():
        update_deal(Deal.objects.get(pk=deal.pk), title="Late", by=SYSTEM)
    assert client.rows(f"/deals/{deal.pk}/history/")[-1]["is_late"] is True


def test_who_may_not_manage_pipelines_only_reads(program, stranger, channel):
    agent = program(role="agent")
    assert agent.get(address("/deal-rules/default/")).status_code == 200
    assert agent.get(address("/closed-periods/")).status_code == 200
    is_problem(agent.send("patch", "/deal-rules/default/", {"birth": "manual"}), 403)
    is_problem(agent.send("post", "/closed-periods/", {"until": "2020-01-01"}), 403)
    is_problem(agent.send("delete", f"/deal-rules/{channel.pk}/"), 403)
    is_problem(stranger.get(address(f"/deal-rules/{channel.pk}/")), 404)
    is_problem(stranger.send("patch", f"/deal-rules/{channel.pk}/", {"birth": "manual"}), 404)
