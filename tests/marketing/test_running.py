"""Pausing, resuming, stopping, and the hours of the day."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from contacts.models import Contact
from marketing.actions import (
    create_segment,
    launch_broadcast,
    pause_broadcast,
    resume_broadcast,
    stop_broadcast,
    update_broadcast,
    update_segment,
)
from marketing.engine import keeping
from marketing.engine.freezing import freeze_chunk
from marketing.engine.loop import Broadcaster
from marketing.schedules import Window, at_wall_clock, zone_of_contact

MOSCOW = ZoneInfo("Europe/Moscow")


async def work_beside(steps):
    """A broadcaster at work, while `steps` happen in a thread."""
    broadcaster = Broadcaster()
    working = asyncio.create_task(broadcaster.work())
    try:
        await asyncio.to_thread(steps)
    finally:
        broadcaster.stop()
        await working


def wait_for(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_ends_while_a_look_lasts_is_looked_at_once_more(stage, monkeypatch):
    class Restless(Broadcaster):
        async def _rest(self, seconds):
            await asyncio.sleep(0)

    stage.platform.seconds = 0.3
    broadcaster, look = Restless(), keeping.look

    def long_look(broadcast_id):
        found = look(broadcast_id)
        wait_for(lambda: not broadcaster._lanes and not broadcaster.writer.is_busy)
        return found

    monkeypatch.setattr(keeping, "look", long_look)
    broadcast = stage.launch()
    asyncio.run(broadcaster.work(until_idle=True))
    assert stage.totals(broadcast) == {"sent": 3}
    assert stage.fresh(broadcast).status == "done"


def test_a_pause_bites_within_a_second_and_resuming_goes_on(stage):
    stage.add(397)
    stage.platform.seconds = 0.05
    broadcast = stage.prepare()

    def steps():
        stage.launch(broadcast)
        wait_for(lambda: len(stage.platform.sent) > 40)
        stage.do(pause_broadcast, broadcast)
        paused = time.monotonic()
        wait_for(lambda: not stage.recipients(broadcast, state="sending"))
        wait_for(lambda: time.monotonic() > paused + 1)
        sent = len(stage.platform.sent)
        assert all(at < paused + 1 for at in stage.platform.at)
        wait_for(lambda: time.monotonic() > paused + 1.6)
        assert len(stage.platform.sent) == sent < 400
        stage.do(resume_broadcast, broadcast)
        wait_for(lambda: stage.fresh(broadcast).status == "done", 40)

    asyncio.run(work_beside(steps))
    assert stage.totals(broadcast) == {"sent": 400}
    assert len({message.chat_id for message in stage.platform.sent}) == 400


def test_a_stop_leaves_out_who_still_waits(stage):
    stage.add(297)
    stage.platform.seconds = 0.05
    broadcast = stage.prepare()

    def steps():
        stage.launch(broadcast)
        wait_for(lambda: len(stage.platform.sent) > 40)
        stage.do(stop_broadcast, broadcast)
        wait_for(lambda: not stage.recipients(broadcast, state="sending"))

    asyncio.run(work_beside(steps))
    stage.work()
    found = stage.totals(broadcast)
    assert found["sent"] == len(stage.platform.sent) < 300
    assert found["sent"] + found["skipped"] == 300
    assert stage.fresh(broadcast).status == "stopped"
    # What was under way is told of when it has ended.
    news = stage.events("broadcast.progressed", "broadcast.stopped")[-1]
    assert news.data["totals"]["sent"] == found["sent"]


def test_verbs_repeat_without_harm(stage):
    broadcast = stage.launch()
    stage.launch(broadcast)
    stage.do(pause_broadcast, broadcast)
    stage.do(pause_broadcast, broadcast)
    stage.do(resume_broadcast, broadcast)
    stage.do(resume_broadcast, broadcast)
    stage.do(stop_broadcast, broadcast)
    stage.do(stop_broadcast, broadcast)
    assert [
        event.action
        for event in stage.events(
            "broadcast.launched", "broadcast.paused", "broadcast.resumed", "broadcast.stopped"
        )
    ] == ["broadcast.launched", "broadcast.paused", "broadcast.resumed", "broadcast.stopped"]
    for verb in (launch_broadcast, pause_broadcast, resume_broadcast):
        with pytest.raises(ValidationError):
            stage.do(verb, broadcast)


def test_an_agent_may_launch_nothing(stage):
    broadcast = stage.prepare()
    with stage.acme.scope(), pytest.raises(PermissionDenied):
        launch_broadcast(broadcast, by=stage.acme.boris)


def test_what_was_launched_stays_as_it_is(stage):
    broadcast = stage.launch()
    with pytest.raises(ValidationError):
        stage.do(update_broadcast, broadcast, text="Other")
    with stage.acme.scope():
        update_segment(
            stage.segment,
            by=stage.acme.marta,
            conditions={"field": "name", "op": "eq", "value": "Nobody"},
        )
    stage.work()
    assert stage.totals(broadcast) == {"sent": 3}


@pytest.mark.parametrize(
    "values",
    [{"channels": []}, {"text": ""}, {"text": "x" * 1001}, {"schedule": "at"}],
    ids=["no channel", "no text", "too long", "no time"],
)
def test_what_is_not_ready_is_not_launched(stage, values):
    broadcast = stage.prepare(**values)
    with pytest.raises(ValidationError):
        stage.do(launch_broadcast, broadcast)


def test_a_scheduled_one_begins_at_its_time(stage):
    broadcast = stage.launch(schedule="at", starts_at=timezone.now() + timedelta(hours=1))
    stage.work()
    assert (broadcast.status, stage.platform.sent) == ("scheduled", [])
    with stage.acme.scope():
        type(broadcast).objects.filter(pk=broadcast.pk).update(
            starts_at=timezone.now() - timedelta(minutes=10)
        )
    stage.work()
    assert stage.totals(broadcast) == {"sent": 3}
    assert len(stage.events("broadcast.started")) == 1


def test_nothing_goes_outside_of_the_hours(stage, log_in):
    now = timezone.now().astimezone(MOSCOW)
    window = {
        "from": f"{now + timedelta(hours=2):%H:00}",
        "to": f"{now + timedelta(hours=3):%H:00}",
    }
    broadcast = stage.send(window=window)
    stage.work()
    assert stage.platform.sent == []
    assert stage.totals(broadcast) == {"queued": 3}
    [first, *_] = stage.recipients(broadcast)
    opens = first.next_at.astimezone(MOSCOW)
    assert f"{opens:%H:%M}" == window["from"]
    # The pages say until when, and that nobody is slow.
    url, marta = f"{stage.acme.url}/broadcasts/{broadcast.pk}/", log_in(stage.acme.marta)
    page = marta.get(url).content.decode()
    assert "goes on at" in page
    assert "a minute" not in page
    assert marta.get(f"{url}people/").content.decode().count("not before") == 3


def test_everybody_has_their_own_day(stage):
    with stage.acme.scope():
        for contact, zone in zip(
            stage.people, ("Asia/Vladivostok", "Europe/Kaliningrad", ""), strict=True
        ):
            Contact.objects.filter(pk=contact.pk).update(fields={"time_zone": zone})
    spring = datetime(timezone.now().year + 1, 3, 1, 7, tzinfo=UTC)  # 10:00 in Moscow
    monday = spring + timedelta(days=-spring.weekday() % 7)

    def hours(*found: int) -> list[str]:
        return [f"{monday:%m-%d} {hour:02}" for hour in found]

    assert planned_of(stage, monday) == hours(0, 8, 7)
    on_mondays_and_fridays = {"from": "12:00", "to": "18:00", "weekdays": [1, 5]}
    assert planned_of(stage, monday, window=on_mondays_and_fridays) == hours(2, 10, 9)
    saturday = monday - timedelta(days=2)
    assert planned_of(stage, saturday, window=on_mondays_and_fridays) == hours(2, 10, 9)


def test_whose_hour_is_over_gets_it_the_next_day(stage):
    with stage.acme.scope():
        for contact, zone in zip(
            stage.people, ("Asia/Vladivostok", "Europe/Kaliningrad", ""), strict=True
        ):
            Contact.objects.filter(pk=contact.pk).update(fields={"time_zone": zone})
    in_an_hour = timezone.now().replace(microsecond=0) + timedelta(hours=1)
    hours = [in_an_hour + timedelta(hours=away) for away in (24 - 7, 1, 0)]
    assert planned_of(stage, in_an_hour) == [f"{at:%m-%d %H}" for at in hours]


def planned_of(stage, starts_at, **values):
    """The days and hours, in UTC, at which the stage's people are to get a broadcast."""
    broadcast = stage.launch(schedule="local", starts_at=starts_at, **values)
    with stage.acme.scope():
        type(broadcast).objects.filter(pk=broadcast.pk).update(status="running")
        freeze_chunk(broadcast.pk)
    found = {one.contact_id: one.next_at for one in stage.recipients(broadcast)}
    return [f"{found[contact.pk]:%m-%d %H}" for contact in stage.people]


@pytest.mark.parametrize(
    ("window", "moment", "expected"),
    [
        (("09:00", "18:00", None), "2026-11-27T12:00", "2026-11-27T12:00"),
        (("09:00", "18:00", None), "2026-11-27T18:00", "2026-11-28T09:00"),
        (("09:00", "18:00", [1, 2, 3, 4, 5]), "2026-11-28T12:00", "2026-11-30T09:00"),
        (("22:00", "02:00", None), "2026-11-28T01:00", "2026-11-28T01:00"),
        (("22:00", "02:00", [5]), "2026-11-28T01:59", "2026-11-28T01:59"),
        (("22:00", "02:00", [5]), "2026-11-28T02:00", "2026-12-04T22:00"),
    ],
)
def test_a_window_opens_at_its_hours(window, moment, expected):
    start, end, weekdays = window
    found = Window.of({"from": start, "to": end, "weekdays": weekdays})
    opens = found.next_open(datetime.fromisoformat(moment).replace(tzinfo=MOSCOW), MOSCOW)
    assert opens == datetime.fromisoformat(expected).replace(tzinfo=MOSCOW)


def test_a_zone_is_told_by_a_field_or_a_number():
    assert zone_of_contact("+493012345678", {}) == "Europe/Berlin"
    assert zone_of_contact("+493012345678", {"time_zone": "Asia/Tokyo"}) == "Asia/Tokyo"
    assert zone_of_contact("+79211234567", {"time_zone": "Mars/Base"}) == ""
    assert zone_of_contact("", {}) == ""
    ten = datetime(2026, 11, 28, 10, tzinfo=MOSCOW)
    assert at_wall_clock(
        ten, MOSCOW, ZoneInfo("Asia/Tokyo"), not_before=ten - timedelta(days=1)
    ).astimezone(ZoneInfo("Asia/Tokyo")) == datetime(
        2026, 11, 28, 10, tzinfo=ZoneInfo("Asia/Tokyo")
    )


def test_nobody_gets_more_than_the_cap(stage):
    stage.send(name="First")
    stage.add(1)
    broadcast = stage.send(name="Second", frequency_cap={"count": 1, "days": 7})
    assert stage.totals(broadcast) == {"sent": 1, "skipped": 3}
    assert set(stage.states(broadcast).values()) == {"sent", "too_often"}


def test_exclusions_are_left_out_of_the_audience(stage):
    with stage.acme.scope():
        segment = create_segment(
            name="Not them",
            conditions={"field": "name", "op": "eq", "value": stage.people[0].name},
            by=stage.acme.marta,
        )
    broadcast = stage.send(exclusions={"field": "segment", "op": "has", "value": str(segment.pk)})
    assert set(stage.states(broadcast)) == {contact.pk for contact in stage.people[1:]}


def test_a_window_of_the_platform_is_heeded(acme, transactional_db, platform):
    from inbox.models import Conversation
    from tests.marketing.sending import Stage

    made = platform(window_hours=24)
    stage = Stage(acme)
    with acme.scope():
        Conversation.objects.filter(contact=stage.people[0]).update(
            last_incoming_at=timezone.now() - timedelta(hours=25)
        )
    broadcast = stage.send()
    assert len(made.sent) == 2
    assert stage.states(broadcast)[stage.people[0].pk] == "window_closed"
