"""What platforms' answers mean for their channels, as a pure function."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from inbox.health import verdicts
from inbox.health.verdicts import judge

NOW = timezone.now()
AUTH = ConnectorError("channel_auth", "The token was revoked.")
SILENT = ConnectorError("transient", "The platform is away.")


def channel(**values):
    values.setdefault("status", "active")
    values.setdefault("transport", "webhook")
    return Channel(kind="telegram", name="Bot", **values)


def after(found, *answers):
    """The verdict after these answers, one check after another."""
    for answer in answers:
        verdict = judge(found, answer, NOW)
        found.health = verdict.health
    return verdict


def test_a_token_that_ended_breaks_the_channel_with_words():
    verdict = after(channel(), AUTH)
    assert (verdict.status, verdict.reason) == ("broken", "The token was revoked.")


def test_a_secret_that_we_made_may_take_a_while_to_be_put_in_place():
    def made(minutes):
        return channel(health={"secret_made_at": (NOW - timedelta(minutes=minutes)).isoformat()})

    assert after(made(29), AUTH).status is None
    assert after(made(31), AUTH).status == "broken"


def test_a_channel_that_is_broken_already_is_not_broken_anew():
    assert after(channel(status="broken"), AUTH).status is None


def test_a_paused_channel_stays_paused_and_warns():
    verdict = after(channel(status="paused"), AUTH)
    assert (verdict.status, verdict.warning) == (None, "The token was revoked.")


def test_one_silence_is_a_hiccup_and_three_are_told():
    assert after(channel(), SILENT, SILENT).warning == ""
    verdict = after(channel(), SILENT, SILENT, SILENT)
    assert (verdict.status, verdict.warning) == (None, "The platform is away.")
    assert after(channel(), SILENT, SILENT, {"ok": True}, SILENT).warning == ""


@pytest.mark.parametrize(
    ("answer", "warning", "level"),
    [
        ({"ok": False, "webhook_is_ours": False}, verdicts.TAKEN, "critical"),
        (
            {"ok": False, "webhook_is_ours": True, "pending": 7, "last_error": "502"},
            verdicts.UNDELIVERED,
            "warning",
        ),
        ({"ok": False, "last_error": "No rights."}, "No rights.", "warning"),
        ({"ok": False}, verdicts.UNWELL, "warning"),
        ({"ok": False, "words": "The limit is used up."}, "The limit is used up.", "warning"),
        ({"ok": True, "pending": 0}, "", "info"),
    ],
)
def test_troubles_get_words_and_facts_are_kept(answer, warning, level):
    verdict = after(channel(health={"notes": ["kept"]}), answer)
    assert (verdict.status, verdict.warning, verdict.level) == (None, warning, level)
    assert verdict.health["notes"] == ["kept"]
    assert verdict.health["ok"] == answer["ok"]
    if "pending" in answer:
        assert verdict.health["pending"] == answer["pending"]


def test_an_answer_brings_a_broken_channel_back():
    verdict = after(channel(status="broken", status_since=NOW), {"ok": True})
    assert verdict.status == "active"


def test_a_channel_that_keeps_falling_back_is_tried_ever_less_often():
    """Its check passes and its sends do not: each round the wait doubles, to six hours."""
    found, waits, now = channel(status="active"), [], NOW
    for _ in range(10):
        found.status, found.status_since = "broken", now
        broken_at = now
        while True:
            verdict = judge(found, {"ok": True}, now)
            found.health = verdict.health
            if verdict.status == "active":
                break
            now += verdicts.CHECK_EVERY
        waits.append(now - broken_at)
        now += timedelta(seconds=5)
    assert waits[0] == timedelta()
    assert waits == sorted(waits)
    assert timedelta(hours=6) <= waits[-1] < timedelta(hours=7)


def test_a_verdict_for_any_answer_is_one():
    """Whatever a platform says, health stays JSON and the status one of ours."""
    dice = random.Random(3)
    for _ in range(300):
        answer = {
            key: dice.choice([None, "", "x" * 900, True, False, 0, 10**12, ["a"], {"b": 1}])
            for key in dice.sample(["ok", "last_error", "pending", "words", "webhook_is_ours"], 3)
        }
        verdict = after(channel(status=dice.choice(Channel.Status.values)), answer, AUTH, answer)
        assert verdict.status in {None, "active", "broken"}
        assert len(verdict.warning) <= 300
