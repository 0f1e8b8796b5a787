"""What a process that was killed in mid-send has left on disk: only what was on the wire is in
doubt."""

import os
from uuid import uuid4

import pytest

from channels_connectors.errors import ConnectorError
from channels_connectors.types import SendReceipt
from marketing.engine import claims, flights
from marketing.engine.flights import Flight, left_behind
from marketing.models import BroadcastRecipient


class Crash:
    """A broadcaster that died after it had committed `sending` for everybody."""

    def __init__(self, stage, **values):
        self.stage = stage
        self.broadcast = stage.launch(**values)
        with stage.acme.scope():
            from marketing.engine.freezing import freeze_chunk

            freeze_chunk(self.broadcast.pk)
        with stage.acme.scope():
            broadcast = stage.fresh(self.broadcast)
            self.token, leased = claims.lease(broadcast, stage.channel.pk, 10)
            self.ids = [one.id for one in leased]
        place = (stage.acme.workspace.id, self.broadcast.pk, stage.channel.pk)
        self.flight = Flight(place, self.token, self.ids)
        with stage.acme.scope():
            claims.begin_sending(self.ids, self.token)

    def die(self):
        os.close(self.flight._file)

    def states(self):
        return [one.state for one in self.stage.recipients(self.broadcast)]


def test_who_was_not_begun_gets_it_and_who_was_begun_is_in_doubt(stage):
    crash = Crash(stage)
    crash.flight.begin(crash.ids[0])
    crash.die()
    stage.work()
    assert sorted(crash.states()) == ["sent", "sent", "unknown"]
    assert [one.pk for one in stage.recipients(crash.broadcast, state="unknown")] == crash.ids[:1]
    assert len(stage.platform.sent) == 2
    assert list(flights._folder().iterdir()) == []


def test_an_answer_that_was_noted_down_is_written_for_the_dead(stage):
    crash = Crash(stage)
    receipt = SendReceipt(external_id="700:5", order=5, all_external_ids=("700:5", "700:6"))
    crash.flight.begin(crash.ids[0])
    crash.flight.end(crash.ids[0], receipt)
    crash.flight.begin(crash.ids[1])
    crash.flight.end(crash.ids[1], ConnectorError("bad_content", "Too rude"))
    crash.die()
    stage.work()
    by_id = {one.pk: one for one in stage.recipients(crash.broadcast)}
    assert [by_id[pk].state for pk in crash.ids] == ["sent", "failed", "sent"]
    assert by_id[crash.ids[1]].reason == "Too rude"
    [message] = [one for one in stage.messages() if one.pk == crash.ids[0]]
    assert (message.status, message.external_ids) == ("sent", ("700:5", "700:6"))
    assert len(stage.platform.sent) == 1


def test_the_flights_of_the_living_are_left_alone(stage):
    crash = Crash(stage)
    stage.work()
    assert crash.states() == ["sending"] * 3
    assert stage.platform.sent == []
    crash.die()


def test_after_another_boot_silence_says_nothing(stage, monkeypatch):
    crash = Crash(stage)
    crash.flight.begin(crash.ids[0])
    crash.flight.end(crash.ids[0], SendReceipt(external_id="700:5", order=5))
    crash.die()
    monkeypatch.setattr(flights, "_boot", lambda: "another")
    stage.work()
    by_id = {one.pk: one.state for one in stage.recipients(crash.broadcast)}
    assert [by_id[pk] for pk in crash.ids] == ["sent", "sending", "sending"]
    with stage.acme.scope():
        BroadcastRecipient.objects.filter(state="sending").update(lease_until="2020-01-01T00:00Z")
    stage.work()
    assert sorted(crash.states()) == ["sent", "unknown", "unknown"]
    assert stage.platform.sent == []


def test_who_has_moved_on_meanwhile_is_not_touched(stage):
    crash = Crash(stage)
    crash.flight.begin(crash.ids[0])
    crash.flight.end(crash.ids[0], SendReceipt(external_id="700:5", order=5))
    crash.die()
    with stage.acme.scope():
        BroadcastRecipient.objects.update(lease_token=uuid4())
    stage.work()
    assert crash.states() == ["sending"] * 3


def test_a_torn_line_and_an_empty_file_are_passed_over(stage):
    crash = Crash(stage)
    crash.flight.begin(crash.ids[0])
    os.write(crash.flight._file, b'["torn')
    crash.die()
    (flights._folder() / "empty").touch()
    [left] = left_behind()
    assert (left.begun, left.ended, left.is_whole) == ({crash.ids[0]}, {}, True)
    assert list(flights._folder().iterdir()) == []


def test_a_file_that_is_just_being_made_is_left_alone():
    (flights._folder() / "young.new").touch()
    old = flights._folder() / "old.new"
    old.touch()
    os.utime(old, (0, 0))
    assert list(left_behind()) == []
    assert [path.name for path in flights._folder().iterdir()] == ["young.new"]


def test_nothing_is_sent_that_cannot_be_noted_down(stage, monkeypatch):
    def full(flight, recipient_id):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Flight, "begin", full)
        broadcast = stage.send()
        assert (stage.platform.sent, stage.totals(broadcast)) == ([], {"queued": 3})
    stage.make_due(broadcast)
    stage.work()
    assert stage.totals(broadcast) == {"sent": 3}


@pytest.mark.parametrize("count", [1, 3])
def test_a_flight_that_is_left_stays_for_who_reads_it(count):
    ids = [uuid4() for _ in range(3)]
    flight = Flight((uuid4(), uuid4(), uuid4()), uuid4(), ids)
    flight.leave(count)
    flight.settle(3 - count)
    [left] = left_behind()
    assert (left.ids, left.begun) == (ids, set())
