"""A series from its start to everybody's end."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from contacts.actions import set_consent, update_contact
from contacts.models import Contact
from crm.actions import create_deal, move_deal
from crm.models import Stage
from events.journal import SYSTEM
from inbox.models import Conversation
from marketing.actions import (
    delete_series,
    let_in,
    move_step,
    pause_series,
    remove_step,
    start_series,
    stop_series,
    take_out,
    update_series,
    update_step,
)
from marketing.models import BroadcastRecipient, SeriesStep
from marketing.series.timing import moment_of
from tests.marketing.series_hands import Course


def test_everybody_gets_each_step_once_in_its_time(stage):
    course = Course(stage)
    course.go()
    assert course.texts == ["One"] * 3
    course.go()
    course.pass_time(minutes=30)
    course.go()
    assert course.texts == ["One"] * 3
    course.pass_time(minutes=31)
    course.go()
    assert course.texts == ["One"] * 3 + ["Two"] * 3
    course.pass_time(minutes=2)
    course.go()
    assert set(course.reasons().values()) == {"finished"}
    assert course.totals() == [{"sent": 3}, {"sent": 3}]
    course.pass_time(days=400)
    course.go()
    assert len(course.texts) == 6


def test_a_step_counts_from_the_message_before_and_waits_for_it(stage):
    course = Course(stage)
    stage.platform.answers.extend([])
    from marketing.series.sweeping import sweep

    sweep()  # the first messages wait for a broadcaster
    course.pass_time(minutes=61)
    sweep()
    assert course.totals() == [{"queued": 3}, {}]
    stage.work()
    course.pass_time(minutes=2)
    course.go()
    assert course.texts == ["One"] * 3


def test_whoever_appears_in_the_segment_comes_in(stage):
    course = Course(stage)
    course.go()
    [new] = stage.add(1)
    course.pass_time(minutes=1)
    course.go()
    assert new.pk in course.reasons()
    assert course.texts == ["One"] * 4


def test_those_who_were_there_before_are_left_alone_where_newcomers_are_meant(stage):
    course = Course(stage, takes_present=False)
    course.go()
    assert course.texts == []
    [new] = stage.add(1)
    course.pass_time(minutes=1)
    course.go()
    assert course.texts == ["One"]
    assert course.reasons()[new.pk] == ""
    assert set(course.reasons().values()) == {"", "present"}


@pytest.mark.parametrize(
    ("requires", "goes_on"),
    [(["not_answered"], False), (["answered"], True), (["not_clicked"], True), (["read"], False)],
)
def test_a_step_asks_what_its_person_has_done(stage, requires, goes_on):
    course = Course(
        stage,
        steps=[{"text": "One"}, {"text": "Two", "delay_minutes": 60, "requires": requires}],
    )
    course.go()
    course.pass_time(minutes=61)
    course.hear(stage.people[0])
    course.go()
    two = course.steps()[1].broadcast
    assert (stage.states(two)[stage.people[0].pk] == "sent") is goes_on


def test_who_does_not_fit_a_step_skips_it_or_leaves(stage):
    fits_first = {"field": "name", "op": "eq", "value": stage.people[0].name}
    course = Course(
        stage,
        steps=[
            {"text": "One", "conditions": fits_first},
            {"text": "Two", "conditions": fits_first, "otherwise": "leave"},
        ],
    )
    course.go()
    course.pass_time(minutes=2)
    course.go()
    assert course.texts == ["One", "Two"]
    assert course.totals() == [{"sent": 1, "skipped": 2}, {"sent": 1}]
    assert sorted(course.reasons().values()) == ["", "conditions", "conditions"]


def test_an_answer_ends_it_and_so_does_a_won_deal(stage):
    course = Course(stage, goals=[{"kind": "answered"}, {"kind": "deal_won"}])
    course.go()
    answers, buys, waits = stage.people
    course.pass_time(minutes=1)
    course.hear(answers)
    with stage.acme.scope():
        deal = create_deal(contact=buys, by=SYSTEM)
        won = Stage.objects.filter(pipeline=deal.pipeline, group="won").first()
        move_deal(deal, to=won, by=SYSTEM, checks_fields=False)
    course.news()
    assert course.reasons() == {answers.pk: "", buys.pk: "deal_won", waits.pk: ""}
    course.pass_time(minutes=61)
    course.go()
    assert course.reasons()[answers.pk] == "answered"
    assert course.texts == ["One"] * 3 + ["Two"]
    left = [event.data["reason"] for event in stage.events("series.left")]
    assert sorted(left) == ["answered", "deal_won"]


def test_an_answer_within_the_second_of_the_message_counts(stage):
    course = Course(stage, goals=[{"kind": "answered"}])
    course.go()
    quick = stage.people[0]
    with stage.acme.scope():
        row = BroadcastRecipient.objects.get(contact=quick)
        # Both moments as a platform tells them, in whole seconds.
        Conversation.objects.filter(contact=quick).update(last_incoming_at=row.sent_at)
        BroadcastRecipient.objects.filter(pk=row.pk).update(answered_at=row.sent_at)
    course.pass_time(minutes=61)
    course.go()
    assert course.reasons()[quick.pk] == "answered"


def test_goals_may_be_reached_for_some_days_after_the_last_step(stage):
    course = Course(stage, steps=[{"text": "One"}], goals=[{"kind": "answered"}])
    course.go()
    course.pass_time(days=2)
    course.go()
    assert set(course.reasons().values()) == {""}
    course.hear(stage.people[0])
    course.pass_time(days=2)
    course.go()
    assert sorted(course.reasons().values()) == ["answered", "finished", "finished"]


def test_who_wants_no_more_leaves_and_what_waits_for_them_is_held_back(stage):
    course = Course(stage)
    from marketing.series.sweeping import sweep

    sweep()
    refused, blocked, _ = stage.people
    with stage.acme.scope():
        set_consent(contact=refused, granted=False, origin="agent", by=SYSTEM)
        Contact.objects.filter(pk=blocked.pk).update(blocked_at="2026-01-01T00:00Z")
    course.news()
    assert course.reasons()[refused.pk] == "unsubscribed"
    stage.work()
    assert course.texts == ["One"]
    assert stage.states(course.steps()[0].broadcast)[refused.pk] == "left_series"
    course.pass_time(minutes=61)
    course.go()
    assert course.reasons()[blocked.pk] == "blocked"


def test_a_pause_holds_up_sending_and_coming_in(stage):
    course = Course(stage)
    course.do(pause_series)
    course.do(pause_series)
    course.go()
    assert (course.texts, course.people()) == ([], [])
    course.do(start_series)
    course.go()
    assert course.texts == ["One"] * 3


def test_a_stop_lets_everybody_go(stage):
    from marketing.series.sweeping import sweep

    course = Course(stage)
    sweep()
    course.do(stop_series)
    course.do(stop_series)
    course.go()
    assert course.texts == []
    assert set(course.reasons().values()) == {"stopped"}
    assert course.totals()[0] == {"skipped": 3}
    for verb in (start_series, pause_series, delete_series):
        with pytest.raises(ValidationError):
            course.do(verb)


def test_people_may_come_again_after_the_days_that_the_series_says(stage):
    course = Course(stage, steps=[{"text": "One"}], reentry_days=30)
    course.go()
    course.pass_time(minutes=2)
    course.go()
    assert len(course.texts) == 3
    course.pass_time(days=31)
    course.go()
    assert course.texts == ["One"] * 6
    assert {one.round for one in course.people(state="active")} == {1}
    assert course.totals() == [{"sent": 6}]


def test_steps_change_for_those_who_have_not_come_to_them(stage):
    course = Course(stage)
    course.go()
    one, two = course.steps()
    with stage.acme.scope():
        update_step(two, by=stage.acme.marta, text="Changed")
        move_step(one, to=1, by=stage.acme.marta)
    course.pass_time(minutes=61)
    course.go()
    assert course.texts == ["Changed"] * 3 + ["One"] * 3
    course.pass_time(minutes=61)
    course.go()
    assert len(course.texts) == 6  # nobody gets a step again


def test_a_step_that_is_taken_out_keeps_its_numbers_and_lets_people_go_on(stage):
    course = Course(stage, steps=[{"text": "One"}, {"text": "Two"}, {"text": "Three"}])
    course.go()
    two = course.steps()[1]
    with stage.acme.scope():
        remove_step(two, by=stage.acme.marta)
    course.pass_time(minutes=2)
    course.go()
    assert course.texts == ["One"] * 3 + ["Three"] * 3
    with stage.acme.scope():
        assert SeriesStep.objects.get(pk=two.pk).removed_at


def test_what_runs_is_not_changed_into_what_cannot(stage):
    course = Course(stage)
    [one, _] = course.steps()
    with pytest.raises(ValidationError, match="Step 1"), stage.acme.scope():
        update_step(one, by=stage.acme.marta, text="")
    with pytest.raises(ValidationError):
        course.do(update_series, trigger="contact_created")
    course.do(update_series, name="Other", window={"from": "09:00", "to": "18:00"})
    assert {step.broadcast.window["to"] for step in course.steps()} == {"18:00"}


@pytest.mark.parametrize(
    "values",
    [
        {"goals": [{"kind": "luck"}]},
        {"goals": [{"kind": "conditions", "conditions": {}}]},
        {"goals": [{"kind": "deal_stage"}]},
        {"trigger_settings": {"moon": "full"}},
        {"reentry_days": -1},
        {"steps": [{"text": "x", "delay_minutes": -5}]},
        {"steps": [{"text": "x", "requires": ["luck"]}]},
        {"steps": [{"text": "{{secret}}"}]},
        {"steps": [{"text": ""}]},
        {"channels": []},
        {"trigger": "deal_moved"},
        {"trigger": "label_added"},
        {"segment": None},
    ],
)
def test_what_makes_no_sense_does_not_start(stage, values):
    with pytest.raises(ValidationError):
        Course(stage, **values)


def test_an_agent_may_start_nothing(stage):
    course = Course(stage, starts=False)
    with stage.acme.scope(), pytest.raises(PermissionDenied):
        start_series(course.series, by=stage.acme.boris)
    course.do(delete_series)
    assert course.steps() == []


def test_people_are_let_in_and_taken_out_by_hand(stage):
    course = Course(stage, trigger="contact_created")
    first = stage.people[0]
    assert course.do(let_in, first)
    assert not course.do(let_in, first)
    course.go()
    assert course.texts == ["One"]
    [one] = course.people()
    with stage.acme.scope():
        assert take_out(one, by=stage.acme.marta)
        assert not take_out(one, by=stage.acme.marta)
    assert course.reasons() == {first.pk: "removed"}


def test_events_let_people_in(stage):
    first, second, third = stage.people
    with stage.acme.scope():
        deal = create_deal(contact=second, by=SYSTEM)
        target = Stage.objects.filter(pipeline=deal.pipeline).in_order()[1]
    courses = [
        Course(stage, trigger="contact_created", name="new"),
        Course(stage, trigger="deal_created", name="deal"),
        Course(
            stage, trigger="deal_moved", trigger_settings={"stage": str(target.pk)}, name="stage"
        ),
        Course(stage, trigger="label_added", trigger_settings={"label": "vip"}, name="label"),
        Course(stage, trigger="conversation_closed", name="closed"),
    ]
    courses[0].news()
    assert [course.people() for course in courses] == [[]] * 5
    with stage.acme.scope():
        from contacts.actions import create_contact
        from contacts.models import Label
        from inbox.models import Conversation

        Label.objects.create(name="vip", color="blue")
        new = create_contact(by=SYSTEM, name="New")
        create_deal(contact=first, by=SYSTEM)
        move_deal(deal, to=target, by=SYSTEM, checks_fields=False)
        update_contact(contact=third, by=stage.acme.anna, labels=["vip"])
        update_contact(contact=first, by=stage.acme.anna, name="Other")
        conversation = Conversation.objects.get(contact=third)
        Conversation.objects.filter(pk=conversation.pk).update(status="accepted")
        Conversation.objects.get(pk=conversation.pk).close(by=SYSTEM)
    courses[0].news()
    courses[0].news()
    assert [[one.contact_id for one in course.people()] for course in courses] == [
        [new.pk], [first.pk], [second.pk], [third.pk], [third.pk],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("after", "expected"),
    [("2026-11-28T06:30", "2026-11-28T10:00"), ("2026-11-28T09:30", "2026-11-29T10:00")],
)
def test_a_time_of_the_day_is_the_first_one_after_the_delay(after, expected):
    moscow = ZoneInfo("Europe/Moscow")
    step = SeriesStep(delay_minutes=60, at_time=time(10))
    found = moment_of(step, datetime.fromisoformat(after).replace(tzinfo=moscow), moscow)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=moscow)
    assert moment_of(SeriesStep(delay_minutes=60), datetime(2026, 1, 1, tzinfo=UTC), moscow) == (
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=1)
    )
