"""Working hours as values: what lies within them, on both sides of changes of the clocks."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workspaces.calendars import (
    Holiday,
    Hours,
    Versions,
    business_seconds,
    is_open,
    next_opening,
)

OFFICE = ((("09:00", "18:00"),),) * 5 + ((), ())
ZONES = ["Europe/Moscow", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]
# Around each change of the clocks in Berlin, New York and on Lord Howe in 2026.
CHANGES = ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"]


def moment(text, zone="UTC"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def any_hours(dice):
    """Whole hours, so that no edge falls into an hour that comes twice, except its own edges."""
    weekly = []
    for _ in range(7):
        ends = sorted(dice.sample(range(25), 2 * dice.randint(0, 2)))
        weekly.append(
            tuple(
                (f"{begin:02}:00", f"{end:02}:00")
                for begin, end in zip(ends[::2], ends[1::2], strict=True)
            )
        )
    zone = dice.choice([zone for zone in ZONES if zone != "Australia/Lord_Howe"])
    return Hours(zone, tuple(weekly), (Holiday("2026-03-30", "2026-03-31", (("10:00", "12:00"),)),))


def any_moment(dice):
    start = datetime.fromisoformat(dice.choice(CHANGES)).replace(tzinfo=UTC)
    return start + timedelta(minutes=dice.randint(-3 * 1440, 3 * 1440))


def open_minutes(hours, start, end):
    """The same by looking at the clock on the wall each minute."""
    zone, minutes = ZoneInfo(hours.zone), 0
    while start < end:
        local = start.astimezone(zone)
        clock = f"{local:%H:%M}"
        minutes += any(begin <= clock < end for begin, end in hours.of_day(local.date()))
        start += timedelta(minutes=1)
    return minutes


@pytest.mark.parametrize("seed", range(40))
def test_it_is_what_the_clock_on_the_wall_says(seed):
    dice = random.Random(seed)
    hours, start = any_hours(dice), any_moment(dice)
    end = start + timedelta(minutes=dice.randint(1, 2 * 1440))
    assert business_seconds(hours, start, end) == 60 * open_minutes(hours, start, end)


@pytest.mark.parametrize("seed", range(60))
def test_spans_add_up_and_never_exceed_the_time_itself(seed):
    dice = random.Random(seed)
    hours, first = any_hours(dice), any_moment(dice)
    middle = first + timedelta(seconds=dice.randint(0, 3 * 86400))
    last = middle + timedelta(seconds=dice.randint(0, 3 * 86400))
    whole = business_seconds(hours, first, last)
    parts = business_seconds(hours, first, middle) + business_seconds(hours, middle, last)
    assert whole == pytest.approx(parts)
    assert 0 <= whole <= (last - first).total_seconds()
    assert business_seconds(hours, last, first) == 0


@pytest.mark.parametrize("seed", range(40))
def test_the_next_opening_is_open_and_nothing_before_it_is(seed):
    dice = random.Random(seed)
    hours, start = any_hours(dice), any_moment(dice)
    found = next_opening(hours, start)
    if found is None:
        assert business_seconds(hours, start, start + timedelta(days=300)) == 0
        return
    assert is_open(hours, found)
    assert business_seconds(hours, start, found) == 0


def test_a_working_day_is_nine_hours():
    hours = Hours("Europe/Moscow", OFFICE)
    monday = moment("2026-11-23T00:00", "Europe/Moscow")
    assert business_seconds(hours, monday, monday + timedelta(days=1)) == 9 * 3600
    assert business_seconds(hours, monday, monday + timedelta(days=7)) == 45 * 3600


def test_the_day_on_which_the_clocks_go_forward_is_an_hour_short():
    around = Hours("Europe/Berlin", ((("00:00", "24:00"),),) * 7)
    day = moment("2026-03-29T00:00", "Europe/Berlin")
    assert business_seconds(around, day, day + timedelta(hours=23)) == 23 * 3600
    night = Hours("Europe/Berlin", ((("01:00", "02:30"),),) * 7)
    assert business_seconds(night, day, day + timedelta(hours=23)) == 3600


def test_the_day_on_which_they_go_back_is_an_hour_long():
    night = Hours("Europe/Berlin", ((("02:00", "03:00"),),) * 7)
    day = moment("2026-10-25T00:00", "Europe/Berlin")
    assert business_seconds(night, day, day + timedelta(hours=25)) == 2 * 3600


def test_an_interval_ends_before_its_end():
    hours = Hours("UTC", OFFICE)
    assert is_open(hours, moment("2026-11-23T17:59:59"))
    assert not is_open(hours, moment("2026-11-23T18:00"))
    assert next_opening(hours, moment("2026-11-27T18:00")) == moment("2026-11-30T09:00")


@pytest.mark.parametrize(
    ("first", "last", "inside", "outside"),
    [
        ("2026-12-31", "2026-12-31", ["2026-12-31"], ["2027-12-31", "2026-12-30"]),
        ("01-01", "01-08", ["2026-01-01", "2031-01-08"], ["2026-01-09"]),
        ("12-30", "01-02", ["2026-12-31", "2027-01-01"], ["2027-01-03", "2026-12-29"]),
        ("02-29", "02-29", ["2028-02-29"], ["2026-02-28", "2026-03-01"]),
    ],
)
def test_holidays_of_one_year_of_each_and_over_new_year(first, last, inside, outside):
    holiday = Holiday(first, last)
    days = [datetime.fromisoformat(day).date() for day in (*inside, *outside)]
    assert [holiday.covers(day) for day in days] == [True] * len(inside) + [False] * len(outside)


def test_hours_that_changed_count_at_the_time_of_what_happened():
    before, after = Hours("UTC", OFFICE), Hours.around_the_clock()
    monday, tuesday = moment("2026-11-23T00:00"), moment("2026-11-24T00:00")
    history = Versions(((moment("2026-01-01T00:00"), before), (tuesday, after)))
    assert business_seconds(history, monday, tuesday + timedelta(days=1)) == (9 + 24) * 3600
    # What happened before the first version is judged by it.
    old = moment("2025-06-02T00:00")
    assert business_seconds(history, old, old + timedelta(days=1)) == 9 * 3600


def test_never_open_is_never_waited_for():
    closed = Hours("UTC", ((),) * 7)
    assert next_opening(closed, moment("2026-11-23T00:00")) is None
    assert business_seconds(closed, moment("2026-01-01T00:00"), moment("2027-01-01T00:00")) == 0
