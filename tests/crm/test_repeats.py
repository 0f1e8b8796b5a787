"""When tasks are due again, for any beginning and in any zone."""

import itertools
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crm.repeats import at_days_end, next_due, normal_due, shifted

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
ZONES = some.sampled_from(
    [ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Asia/Vladivostok", "UTC")]
    + [ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Sao_Paulo")]
)
MOMENTS = some.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1), timezones=some.just(UTC))
REPEATS = some.sampled_from(["daily", "workdays", "weekly", "monthly"])


def series(repeat, start, zone, count):
    """So many moments, each completed when it was due."""
    found = [start]
    while len(found) < count:
        found.append(next_due(repeat, start=start, due=found[-1], now=found[-1], zone=zone))
    return found


def walls(repeat, start, count, zone=BERLIN):
    moments = series(repeat, start.replace(tzinfo=zone).astimezone(UTC), zone, count)
    return [f"{moment.astimezone(zone):%d.%m %H:%M}" for moment in moments]


def test_months_that_are_too_short_have_it_on_their_last_day_and_the_others_keep_theirs():
    found = walls("monthly", datetime(2027, 1, 31, 10), 5)
    assert found == ["31.01 10:00", "28.02 10:00", "31.03 10:00", "30.04 10:00", "31.05 10:00"]


def test_the_hour_on_the_wall_stays_when_the_clocks_change():
    found = walls("daily", datetime(2027, 3, 27, 9), 3)
    assert found == ["27.03 09:00", "28.03 09:00", "29.03 09:00"]


def test_an_hour_that_the_clocks_skip_comes_after_the_gap_and_is_back_the_next_day():
    found = walls("daily", datetime(2027, 3, 27, 2, 30), 3)
    assert found == ["27.03 02:30", "28.03 03:30", "29.03 02:30"]


def test_working_days_leave_out_the_weekend():
    found = walls("workdays", datetime(2026, 11, 26, 12), 4)
    assert found == ["26.11 12:00", "27.11 12:00", "30.11 12:00", "01.12 12:00"]


def test_what_was_neglected_is_due_next_in_the_future():
    start = datetime(2026, 11, 2, 9, tzinfo=MOSCOW)
    now = datetime(2026, 11, 27, 10, tzinfo=MOSCOW)
    found = next_due("weekly", start=start, due=start, now=now, zone=MOSCOW)
    assert found.astimezone(MOSCOW) == datetime(2026, 11, 30, 9, tzinfo=MOSCOW)


def test_what_is_done_early_is_not_due_again_on_the_same_day():
    start = datetime(2026, 11, 30, 9, tzinfo=MOSCOW)
    early = datetime(2026, 11, 28, 9, tzinfo=MOSCOW)
    found = next_due("daily", start=start, due=start, now=early, zone=MOSCOW)
    assert found.astimezone(MOSCOW).date() == date(2026, 12, 1)


def test_a_moved_occurrence_leaves_the_series_where_it_was():
    start = datetime(2026, 11, 2, 9, tzinfo=MOSCOW)
    moved = datetime(2026, 11, 11, 18, tzinfo=MOSCOW)
    found = next_due("weekly", start=start, due=moved, now=moved, zone=MOSCOW)
    assert found.astimezone(MOSCOW) == datetime(2026, 11, 16, 9, tzinfo=MOSCOW)


@given(REPEATS, MOMENTS, MOMENTS, MOMENTS, ZONES)
def test_the_next_is_later_than_the_last_and_than_now(repeat, start, due, now, zone):
    found = next_due(repeat, start=start, due=due, now=now, zone=zone)
    assert found > max(due, now)
    assert found.tzinfo is UTC


@given(REPEATS, MOMENTS, ZONES)
def test_a_series_goes_on_by_its_rule(repeat, start, zone):
    moments = series(repeat, start, zone, 30)
    days = [moment.astimezone(zone).date() for moment in moments]
    steps = [(after - before).days for before, after in itertools.pairwise(days)]
    if repeat == "daily":
        assert set(steps) <= {1}
    elif repeat == "weekly":
        assert set(steps) <= {7}
    elif repeat == "workdays":
        assert all(day.weekday() < 5 for day in days[1:])
        assert set(steps) <= {1, 2, 3}
    else:
        first = days[0].day
        assert [day.day for day in days] == [
            min(first, monthrange(day.year, day.month)[1]) for day in days
        ]
        months = [day.year * 12 + day.month for day in days]
        assert months == list(range(months[0], months[0] + 30))


@given(REPEATS, MOMENTS, ZONES)
def test_the_wall_shows_the_same_hour_outside_of_gaps(repeat, start, zone):
    wall = start.astimezone(zone).time()
    for moment in series(repeat, start, zone, 30):
        local = moment.astimezone(zone)
        is_gap = local.replace(tzinfo=None) != datetime.combine(local.date(), wall)
        if is_gap:
            skipped = datetime.combine(local.date(), wall, zone)
            assert skipped.astimezone(UTC).astimezone(zone).time() != wall
        else:
            assert local.time() == wall


@given(MOMENTS, ZONES)
def test_without_a_time_the_day_stays_and_its_end_is_meant(moment, zone):
    due = normal_due(moment, has_time=False, zone=zone)
    assert due >= moment.replace(microsecond=0)
    assert due.astimezone(zone).date() == moment.astimezone(zone).date()
    assert normal_due(due, has_time=False, zone=zone) == due


@given(MOMENTS, MOMENTS, ZONES)
def test_a_reminder_keeps_its_distance(before, after, zone):
    assert shifted(None, before=before, after=after, zone=zone) is None
    lead = timedelta(hours=26)
    found = shifted(before - lead, before=before, after=after, zone=zone)
    assert abs((after - found) - lead) <= timedelta(hours=2)


@pytest.mark.parametrize("zone", [MOSCOW, BERLIN])
def test_a_day_ends_in_its_own_zone(zone):
    end = at_days_end(date(2027, 3, 28), zone)
    assert end.astimezone(zone).hour == 23
    assert (end + timedelta(seconds=1)).astimezone(zone).date() == date(2027, 3, 29)


def test_what_does_not_repeat_has_no_next():
    now = datetime(2026, 11, 28, tzinfo=UTC)
    assert next_due("", start=now, due=now, now=now, zone=MOSCOW) is None
