"""Versions of the words: who gets which, and which wins."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from marketing.models import BroadcastRecipient
from marketing.variants import best, slices
from tests.cast import make_channel

TWO = [{"key": "a", "text": "A", "weight": 1}, {"key": "b", "text": "B", "weight": 3}]


def test_weights_divide_the_audience(stage):
    stage.add(397)
    broadcast = stage.send(variants=TWO, text="")
    counts = Counter(stage.platform.texts)
    assert sum(counts.values()) == 400
    assert 60 < counts["A"] < 140
    assert Counter(one.variant for one in stage.recipients(broadcast)) == {
        "a": counts["A"],
        "b": counts["B"],
    }


def test_who_gets_which_is_the_same_however_often_the_audience_is_made(stage):
    broadcast = stage.launch(variants=TWO)
    with stage.acme.scope():
        from marketing.engine.freezing import freeze_chunk

        freeze_chunk(broadcast.pk)
        before = dict(BroadcastRecipient.objects.values_list("contact_id", "variant"))
        BroadcastRecipient.objects.all().delete()
        type(broadcast).objects.update(cursor=None, is_frozen=False)
        freeze_chunk(broadcast.pk)
        assert dict(BroadcastRecipient.objects.values_list("contact_id", "variant")) == before


@pytest.mark.parametrize(
    ("metric", "column"), [("answered", "answered_at"), ("clicked", "clicked_at")]
)
def test_the_rest_gets_the_winner_after_its_hours(stage, metric, column, log_in):
    stage.add(97)
    winner = {"metric": metric, "hours": 2, "share": 40}
    broadcast = stage.send(
        variants=[{"key": "a", "text": "A"}, {"key": "b", "text": "B"}], winner=winner
    )
    tried = len(stage.platform.sent)
    assert 15 < tried < 70
    assert stage.totals(broadcast) == {"sent": tried, "queued": 100 - tried}
    with stage.acme.scope():
        BroadcastRecipient.objects.filter(variant="b").update(**{column: timezone.now()})
    stage.work()
    assert len(stage.platform.sent) == tried
    url, client = f"{stage.acme.url}/broadcasts/{broadcast.pk}/", log_in(stage.acme.marta)
    page = client.get(url).content.decode()
    assert f"{100 - tried} wait for the best version, chosen at" in page
    assert "a minute" not in page
    with stage.acme.scope():
        BroadcastRecipient.objects.filter(state="sent").update(
            sent_at=timezone.now() - timedelta(hours=3)
        )
    stage.work()
    broadcast = stage.fresh(broadcast)
    assert (broadcast.status, broadcast.chosen_variant) == ("done", "b")
    assert stage.platform.texts[tried:] == ["B"] * (100 - tried)
    [event] = stage.events("broadcast.winner_chosen")
    assert event.data["recipients"] == 100 - tried
    assert "wait for the best version" not in client.get(url).content.decode()


def test_readers_choose_only_where_a_platform_tells_of_them(stage):
    with stage.acme.scope():
        silent = make_channel("telegram")
    said = {
        "variants": [{"key": "a", "text": "A"}, {"key": "b", "text": "B"}],
        "winner": {"metric": "read", "hours": 2, "share": 40},
    }
    with pytest.raises(ValidationError, match="tells who has read"):
        stage.launch(channels=[str(silent.pk)], **said)
    assert stage.launch(channels=[str(silent.pk), str(stage.channel.pk)], **said).winner


def test_the_best_by_readers_is_of_those_of_whom_it_is_told(stage):
    stage.add(17)
    broadcast = stage.send(
        variants=[{"key": "a", "text": "A"}, {"key": "b", "text": "B"}],
        winner={"metric": "read", "hours": 2, "share": 60},
    )
    with stage.acme.scope():
        silent = make_channel("telegram")
        tried = BroadcastRecipient.objects.filter(broadcast=broadcast, state="sent")
        first, second = tried.filter(variant="a").values_list("pk", flat=True)[:2]
        # Of version A one of two of whom it is told has read, of version B one of three or more.
        tried.filter(variant="a").exclude(pk__in=[first, second]).update(channel=silent)
        assert tried.filter(variant="b").count() >= 3
        BroadcastRecipient.objects.filter(pk=first).update(state="read")
        of_b = tried.filter(variant="b").values_list("pk", flat=True)[:1]
        BroadcastRecipient.objects.filter(pk__in=list(of_b)).update(state="read")
        BroadcastRecipient.objects.exclude(sent_at=None).update(
            sent_at=timezone.now() - timedelta(hours=3)
        )
    stage.work()
    assert stage.fresh(broadcast).chosen_variant == "a"
    [event] = stage.events("broadcast.winner_chosen")
    assert event.data["results"]["a"] == {"sent": 2, "count": 1}


def test_the_best_is_chosen_by_rate_and_of_equals_the_first():
    assert best([("a", 100, 10), ("b", 10, 2)]) == "b"
    assert best([("a", 10, 1), ("b", 100, 10)]) == "a"
    assert best([("a", 0, 0), ("b", 0, 0)]) == "a"


def test_parts_cover_what_they_should():
    assert [(part.key, part.start, part.end) for part in slices(TWO, None)] == [
        ("a", 0, 2500),
        ("b", 2500, 10_000),
    ]
    found = slices(TWO, {"metric": "read", "hours": 1, "share": 20})
    assert found[-1].end == 2000
    assert [part.end for part in slices([], None)] == [10_000]
