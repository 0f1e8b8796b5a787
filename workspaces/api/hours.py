"""Working hours in the public contract: of a channel, and whoever else has some."""

import re
from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

from workspaces.choices import time_zones
from workspaces.forms.calendars import MOST_HOLIDAYS, parse_hours
from workspaces.models import Calendar, Workspace

MODES = Calendar.Mode.values
_DAY: Final = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})")
_CLOCK: Final = r"^\d{2}:\d{2}$"


class IntervalsField(serializers.ListField):
    """The hours of a day, `[["09:00", "13:00"], ["14:00", "18:00"]]`; none = closed."""

    def __init__(self, **kwargs: Any) -> None:
        clock = serializers.RegexField(_CLOCK, help_text="Until 24:00.")
        interval = serializers.ListField(child=clock, min_length=2, max_length=2)
        super().__init__(child=interval, max_length=10, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """In order, and none over another."""
        given = super().to_internal_value(data)
        try:
            return parse_hours(",".join(f"{begin}-{end}" for begin, end in given))
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from None


class HolidaySerializer(serializers.Serializer[Any]):
    """Days with hours of their own: `2026-12-31`, or `12-31` of each year."""

    to = serializers.CharField(
        max_length=10, required=False, help_text="The last of the days. Absent: the first one."
    )
    hours = IntervalsField(required=False, default=list, help_text="None: closed.")
    name = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")

    def get_fields(self) -> Any:
        """`from` is a word of Python's."""
        first = serializers.CharField(max_length=10)
        return {"from": first, **super().get_fields()}

    def validate(self, attrs: Any) -> Any:
        """Real days, both with a year or both without, in order."""
        found = {**attrs, "to": attrs.get("to") or attrs["from"]}
        first, last = _day(found["from"]), _day(found["to"])
        if len(first) != len(last) or (len(first) > 5 and first > last):
            raise serializers.ValidationError({"to": [_("It lies before the first day.")]})
        return found


class HoursSerializer(serializers.Serializer[Any]):
    """When somebody is there. `inherit`: as the team or else the workspace; `always`: around the
    clock; `weekly`: as the other fields say."""

    mode = serializers.ChoiceField(choices=MODES)
    time_zone = serializers.CharField(
        max_length=64, required=False, help_text="IANA name. Absent: the workspace's."
    )
    weekly = serializers.ListField(
        child=IntervalsField(),
        min_length=7,
        max_length=7,
        required=False,
        help_text="Seven days from Monday.",
    )
    holidays = serializers.ListField(
        child=HolidaySerializer(), required=False, max_length=MOST_HOLIDAYS
    )

    def validate_time_zone(self, value: str) -> str:
        """One of those that the screens offer."""
        if value not in dict(time_zones()):
            raise serializers.ValidationError(_("This time zone is not known."))
        return value

    def validate(self, attrs: Any) -> Any:
        """A week has an open day."""
        if attrs["mode"] == Calendar.Mode.WEEKLY and not any(attrs.get("weekly", [])):
            raise serializers.ValidationError(
                {"weekly": [_("Fill in the hours of at least one day.")]}
            )
        return attrs


def shown_hours(calendar: Calendar | None, zone: str) -> dict[str, Any]:
    """An owner's newest calendar as `HoursSerializer` describes it; None = it has none."""
    if calendar is None:
        return {"mode": "inherit", "time_zone": zone, "weekly": [[]] * 7, "holidays": []}
    return {
        "mode": calendar.mode,
        "time_zone": calendar.time_zone,
        "weekly": calendar.weekly or [[]] * 7,
        "holidays": calendar.holidays,
    }


def calendar_values(
    hours: dict[str, Any], current: Calendar | None, workspace: Workspace
) -> dict[str, Any]:
    """What `set_calendar` takes. What was not sent stays as it is."""
    known = shown_hours(current, workspace.time_zone)
    return {name: hours.get(name, known[name]) for name in known}


def _day(value: str) -> str:
    match = _DAY.fullmatch(value)
    try:
        # A leap year, so that 02-29 may be one of each year.
        date(int(match[1] or 2024), int(match[2]), int(match[3]))  # type: ignore[index]
    except (TypeError, ValueError):
        raise serializers.ValidationError(
            {"from": [_("Write a day like 2026-12-31 or 12-31.")]}
        ) from None
    return value
