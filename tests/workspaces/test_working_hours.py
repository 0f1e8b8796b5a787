"""The pages of working hours: written as people write, kept as versions."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from events.models import Event
from workspaces.actions import hours_of, set_calendar, versions_of
from workspaces.calendars import business_seconds
from workspaces.forms.calendars import (
    parse_holiday,
    parse_hours,
    written_holiday,
    written_hours,
)
from workspaces.models import Calendar

WEEK = {f"day_{number}": "9-13, 14:00–18.00" for number in range(5)}


@pytest.fixture
def admin(acme, log_in):
    return log_in(acme.anna)


def versions(acme):
    with acme.scope():
        return list(Calendar.objects.order_by("valid_from"))


@pytest.mark.parametrize(
    ("text", "intervals"),
    [
        ("", []),
        ("09:00–18:00", [["09:00", "18:00"]]),
        ("9-13, 14-18", [["09:00", "13:00"], ["14:00", "18:00"]]),
        ("14.30 — 24:00; 0-2", [["00:00", "02:00"], ["14:30", "24:00"]]),
    ],
)
def test_hours_are_read_as_people_write_them(text, intervals):
    assert parse_hours(text) == intervals
    assert parse_hours(written_hours(intervals)) == intervals


@pytest.mark.parametrize("text", ["nine", "9", "18-9", "9-25", "9:70-10", "9-12, 11-14", "24-24"])
def test_hours_that_make_no_sense_are_refused(text):
    with pytest.raises(ValidationError):
        parse_hours(text)


@pytest.mark.parametrize(
    ("line", "first", "last", "hours", "name"),
    [
        ("31.12 10:00–15:00", "12-31", "12-31", [["10:00", "15:00"]], ""),
        ("01.01–08.01 New Year", "01-01", "01-08", [], "New Year"),
        ("2026-12-31", "2026-12-31", "2026-12-31", [], ""),
        (
            "30.04.2027 - 02.05.2027 9-12 May",
            "2027-04-30",
            "2027-05-02",
            [["09:00", "12:00"]],
            "May",
        ),
        ("29.02", "02-29", "02-29", [], ""),
    ],
)
def test_holidays_are_read_and_written_again(line, first, last, hours, name):
    found = parse_holiday(line)
    assert found == {"from": first, "to": last, "hours": hours, "name": name}
    assert parse_holiday(written_holiday(found)) == found


@pytest.mark.parametrize("line", ["tomorrow", "32.12", "31.12.2026–01.01", "02.05.2027–01.05.2027"])
def test_a_line_that_cannot_be_read_is_named(line):
    with pytest.raises(ValidationError) as refusal:
        parse_holiday(line)
    assert line in refusal.value.messages[0]


def test_admin_sets_the_workspaces_week(acme, admin):
    page = admin.get(f"{acme.url}/settings/hours/")
    assert "Around the clock" in page.text
    values = {"mode": "weekly", "time_zone": "Europe/Berlin", "holidays": "31.12 10-15", **WEEK}
    assert admin.post(f"{acme.url}/settings/hours/", values).status_code == 303
    (version,) = versions(acme)
    assert version.weekly[0] == [["09:00", "13:00"], ["14:00", "18:00"]]
    assert version.weekly[6] == []
    shown = admin.get(f"{acme.url}/settings/hours/").text
    assert "09:00–13:00, 14:00–18:00" in shown
    assert "31.12 10:00–15:00" in shown


def test_the_same_hours_again_are_no_new_version(acme, admin):
    for _ in range(2):
        admin.post(f"{acme.url}/settings/hours/", {"mode": "weekly", "time_zone": "UTC", **WEEK})
    assert len(versions(acme)) == 1
    with acme.scope():
        assert Event.objects.filter(action="calendar.changed").count() == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"mode": "weekly", "day_0": "18-9"}, "The end must come after the beginning"),
        ({"mode": "weekly"}, "at least one day"),
        ({"mode": "weekly", "day_0": "9-18", "holidays": "someday"}, "cannot read the line"),
        ({"mode": "sometimes"}, "valid choice"),
        ({"mode": "inherit"}, "valid choice"),
    ],
)
def test_nonsense_is_said_on_the_page(acme, admin, values, words):
    answer = admin.post(f"{acme.url}/settings/hours/", values)
    assert answer.status_code == 422
    assert words in answer.text
    assert versions(acme) == []


def test_agent_sets_no_hours(acme, log_in):
    agent = log_in(acme.boris)
    for path in ("hours/", f"teams/{acme.sales.pk}/hours/"):
        assert agent.get(f"{acme.url}/settings/{path}").status_code == 403
        assert agent.post(f"{acme.url}/settings/{path}", {"mode": "always"}).status_code == 403


def test_stranger_finds_no_team(acme, rival, log_in):
    stranger = log_in(rival.rita)
    assert stranger.get(f"{rival.url}/settings/teams/{acme.sales.pk}/hours/").status_code == 404


def test_team_without_hours_has_the_workspaces(acme, admin):
    admin.post(f"{acme.url}/settings/hours/", {"mode": "weekly", "time_zone": "UTC", **WEEK})
    of_sales, of_support = ((Calendar.Owner.TEAM, team.pk) for team in (acme.sales, acme.support))
    path = f"{acme.url}/settings/teams/{acme.sales.pk}/hours/"
    assert admin.post(path, {"mode": "always"}).status_code == 303
    with acme.scope():
        assert hours_of(acme.workspace, of_sales).always
        assert not hours_of(acme.workspace, of_support).always
    admin.post(path, {"mode": "inherit"})
    with acme.scope():
        assert not hours_of(acme.workspace, of_sales).always


def test_history_knows_the_hours_of_each_time(acme):
    now = timezone.now()
    owner = (Calendar.Owner.TEAM, acme.sales.pk)
    closed = {"time_zone": "UTC", "weekly": [[] for _ in range(7)], "holidays": []}
    with acme.scope():
        set_calendar(owner, mode="always", by=acme.anna, **closed)
        Calendar.objects.update(valid_from=now - timedelta(days=10))
        set_calendar(owner, mode="weekly", by=acme.anna, **closed)
        Calendar.objects.filter(mode="weekly").update(valid_from=now - timedelta(days=1))
        history = versions_of(acme.workspace, owner)
    worked = business_seconds(history, now - timedelta(days=2), now)
    assert worked == pytest.approx(86400)
