"""What holds for all broadcasts: quiet hours, caps, a day's limit, own words, prices."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from contacts.models import Contact
from core.conditions import InvalidCondition
from marketing import limits
from marketing.actions import create_broadcast, create_segment, set_marketing_settings
from marketing.forecast import forecast
from marketing.models import Broadcast, BroadcastRecipient, MarketingSettings
from tests.marketing.test_answers import answer, catch_up, consent_of

MOSCOW = ZoneInfo("Europe/Moscow")


def ruled(stage, **values):
    with stage.acme.scope():
        return set_marketing_settings(by=stage.acme.marta, **values)


def test_in_quiet_hours_nothing_is_sent_and_nobody_is_forgotten(stage):
    now = timezone.now().astimezone(MOSCOW)
    around = {
        "from": f"{now - timedelta(hours=1):%H:%M}",
        "to": f"{now + timedelta(hours=1):%H:%M}",
    }
    ruled(stage, quiet_hours=around)
    broadcast = stage.send()
    assert stage.totals(broadcast) == {"queued": 3}
    assert all(one.next_at > timezone.now() for one in stage.recipients(broadcast))
    ruled(stage, quiet_hours=None)
    stage.make_due(broadcast)
    stage.work()
    assert stage.totals(broadcast) == {"sent": 3}


def test_hours_of_a_broadcast_and_quiet_ones_hold_together(acme, db):
    with acme.scope():
        set_marketing_settings(by=acme.marta, quiet_hours={"from": "20:00", "to": "12:00"})
        broadcast = Broadcast(window={"from": "09:00", "to": "13:00", "weekdays": [2]})
        monday = datetime(2026, 3, 2, 15, tzinfo=UTC)
        opens = limits.next_open(broadcast, monday, ZoneInfo("UTC"))
    assert opens == datetime(2026, 3, 3, 12, tzinfo=UTC)


def test_the_companys_cap_holds_whatever_a_broadcast_says(stage):
    ruled(stage, frequency_cap={"count": 1, "days": 7})
    stage.send(name="First")
    second = stage.send(name="Second", frequency_cap={"count": 5, "days": 7})
    assert set(stage.states(second).values()) == {"too_often"}
    with stage.acme.scope():
        told = forecast(stage.prepare(name="Third"))
        assert (told.count, [word for word, _words, _n in told.skipped]) == (0, ["too_often"])


def test_the_last_hour_is_that_of_the_last_zone_of_these_people(stage):
    noon = timezone.now().astimezone(MOSCOW).replace(hour=12, minute=0) + timedelta(days=3)
    broadcast = stage.prepare(
        schedule="local", starts_at=noon, window={"from": "10:00", "to": "20:00"}
    )
    with stage.acme.scope():
        told = forecast(broadcast)
        assert told.ends_at - told.begins_at < timedelta(minutes=1)
        # It is noon in Kaliningrad an hour after it is in Moscow, in summer as well.
        Contact.objects.filter(pk=stage.people[0].pk).update(phone="+74012530000")
        told = forecast(broadcast)
        assert told.ends_at - told.begins_at == timedelta(hours=1)


def test_a_day_takes_so_many_and_the_rest_waits(stage):
    ruled(stage, daily_limit=2)
    broadcast = stage.send()
    assert stage.totals(broadcast) == {"queued": 1, "sent": 2}
    with stage.acme.scope():
        assert limits.room_today() == 0
        told = forecast(stage.prepare(name="Next"))
        assert told.ends_at - told.begins_at >= timedelta(days=1)
        BroadcastRecipient.objects.filter(state="sent").update(
            sent_at=timezone.now() - timedelta(days=2)
        )
    stage.work()
    assert stage.totals(broadcast) == {"sent": 3}


def test_own_words_unsubscribe_and_subscribe_again(stage):
    ruled(stage, stop_words=["Хватит!", "stop", " "], start_words=["ещё"])
    with stage.acme.scope():
        assert MarketingSettings.objects.get().stop_words == ["хватит"]
    answer(stage, stage.people[0], "хватит")
    answer(stage, stage.people[1], "хватит, спасибо")
    catch_up(stage)
    assert not consent_of(stage, stage.people[0]).is_granted
    assert consent_of(stage, stage.people[1]) is None
    answer(stage, stage.people[0], "Ещё")
    catch_up(stage)
    assert consent_of(stage, stage.people[0]).is_granted


@pytest.mark.django_db
def test_what_makes_no_sense_is_refused_by_field(acme):
    wrong = {
        "quiet_hours": {"from": "10:00", "to": "10:00"},
        "frequency_cap": {"count": 0, "days": 7},
        "daily_limit": 0,
        "stop_words": ["x" * 41],
        "template_prices": {"marketing": "much"},
    }
    with acme.scope():
        for name, value in wrong.items():
            with pytest.raises(ValidationError) as refusal:
                set_marketing_settings(by=acme.marta, **{name: value})
            assert list(refusal.value.message_dict) == [name]
        with pytest.raises(ValidationError):
            set_marketing_settings(by=acme.marta, stop_words=["yes"], start_words=["Yes"])
        with pytest.raises(PermissionDenied):
            set_marketing_settings(by=acme.boris, daily_limit=5)
        assert not MarketingSettings.objects.exists()


@pytest.mark.django_db
def test_the_page_of_the_settings_stores_all_of_it(acme, log_in):
    marta = log_in(acme.marta)
    address = f"{acme.url}/settings/broadcasts/"
    said = {
        "has_quiet": "on", "quiet_from": "21:00", "quiet_to": "09:00", "has_cap": "on",
        "cap_count": "2", "cap_days": "7", "daily_limit": "500", "stop_words": "хватит\nenough",
        "start_words": "", "price_marketing": "7.5", "price_utility": "",
        "price_authentication": "",
    }  # fmt: skip
    assert marta.post(address, said).status_code == 303
    page = marta.get(address).content.decode()
    for shown in ("21:00", "500", "enough", "7.5"):
        assert shown in page
    with acme.scope():
        assert limits.price_of("marketing") == Decimal("7.5")
        assert limits.price_of("utility") is None
    for wrong in (
        {"daily_limit": "0"},
        {"quiet_to": "21:00"},
        {"cap_days": ""},
        {"price_utility": "x"},
    ):
        assert marta.post(address, {**said, **wrong}).status_code == 422
    assert log_in(acme.boris).get(address).status_code == 403


@pytest.mark.django_db
def test_a_segment_that_cannot_be_read_has_no_forecast(acme):
    with acme.scope():
        segment = create_segment(name="All", conditions={}, by=acme.marta)
        segment.conditions = {"all": [{"field": "gone", "op": "eq", "value": 1}]}
        segment.save()
        broadcast = create_broadcast(name="Sale", segment=segment, by=acme.marta)
        with pytest.raises(InvalidCondition):
            forecast(broadcast)
