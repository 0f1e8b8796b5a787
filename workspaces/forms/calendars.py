"""Working hours as people write them: "09:00–18:00", "9-13, 14-18", "31.12 10:00–15:00"."""

import re
from datetime import date
from itertools import pairwise
from typing import Any, Final

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspaces.calendars import END_OF_DAY
from workspaces.forms.fields import TimeZoneField
from workspaces.models import Calendar, Workspace

_CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?")
_RANGE: Final = re.compile(r"\s*[-–—]\s*")
_DATE: Final = re.compile(
    r"(?:(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})|(?P<day>\d{1,2})\.(?P<month>\d{1,2})(?:\.(?P<year>\d{4}))?)"
)
MOST_HOLIDAYS: Final = 100
_USUAL: Final = "09:00–18:00"


class HoursField(forms.CharField):
    """The intervals of one day; empty = closed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=100, **kwargs)

    def clean(self, value: Any) -> list[list[str]]:
        return parse_hours(super().clean(value))


class HolidaysField(forms.CharField):
    """A day or a span of days a line, with hours of its own or closed, and a name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, max_length=6000, widget=forms.Textarea(attrs={"rows": 4}), **kwargs
        )

    def clean(self, value: Any) -> list[dict[str, Any]]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_HOLIDAYS:
            raise forms.ValidationError(
                _("At most %(count)d lines.") % {"count": MOST_HOLIDAYS}, code="too_many"
            )
        return [parse_holiday(line) for line in lines]


class CalendarForm(forms.Form):
    """Hours of the workspace, of a team or of a channel."""

    mode = forms.ChoiceField(label=gettext_lazy("Working hours"), widget=forms.RadioSelect)
    time_zone = TimeZoneField()
    holidays = HolidaysField(
        label=gettext_lazy("Holidays and special days"),
        help_text=gettext_lazy(
            "One a line: 31.12 10:00–15:00, or 01.01–08.01 New Year. Without hours we are closed."
        ),
    )

    def __init__(
        self, *args: Any, workspace: Workspace, calendar: Calendar | None, above: str, **kwargs: Any
    ) -> None:
        """`above` names whose hours hold without own ones; "" for the workspace itself."""
        kwargs["initial"] = {**_initial(workspace, calendar, above), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        choices: list[tuple[Any, Any]] = [
            (value, label) for value, label in Calendar.Mode.choices if value != "inherit"
        ]
        if above:
            choices.insert(0, (Calendar.Mode.INHERIT, above))
        self.fields["mode"].choices = choices  # type: ignore[attr-defined]
        for number, name in WEEKDAYS.items():
            self.fields[f"day_{number}"] = HoursField(label=str(name).capitalize())
        for name, field in self.fields.items():
            if name != "mode":
                # Sent or not, it counts only where the week is chosen.
                field.required = False

    @property
    def days(self) -> list[forms.BoundField]:
        """The week's fields, from Monday."""
        return [self[f"day_{number}"] for number in range(7)]

    def values(self) -> dict[str, Any]:
        """What `set_calendar` takes."""
        found = self.cleaned_data
        return {
            "mode": found["mode"],
            "time_zone": found.get("time_zone") or self.initial["time_zone"],
            "weekly": [found[f"day_{number}"] for number in range(7)],
            "holidays": found["holidays"],
        }

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        is_weekly = found.get("mode") == Calendar.Mode.WEEKLY and not self.errors
        if is_weekly and not any(found[f"day_{number}"] for number in range(7)):
            self.add_error("mode", _("Fill in the hours of at least one day."))
        return found


def parse_hours(text: str) -> list[list[str]]:
    """Intervals in order. Raises `ValidationError` in words."""
    found: list[list[str]] = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;]", text))):
        ends = _RANGE.split(part)
        if len(ends) != 2:
            raise forms.ValidationError(_("Write hours like 09:00–18:00."), code="hours")
        begin, end = _clock(ends[0]), _clock(ends[1])
        if begin == END_OF_DAY or begin >= end:
            raise forms.ValidationError(
                _(
                    "The end must come after the beginning; write the night up to 24:00 and the "
                    "rest on the next day."
                ),
                code="order",
            )
        found.append([begin, end])
    found.sort()
    for (_begin, end), (following, _end) in pairwise(found):
        if following < end:
            raise forms.ValidationError(_("These hours overlap."), code="overlap")
    return found


def parse_holiday(line: str) -> dict[str, Any]:
    """One line of the holidays. Raises `ValidationError` naming the line."""
    first = _DATE.match(line)
    if first is None:
        raise _unclear(line)
    rest = line[first.end() :]
    last = None
    if dash := _RANGE.match(rest):
        last = _DATE.match(rest, dash.end())
        if last is not None:
            rest = rest[last.end() :]
    begin = _date(first, line)
    end = _date(last, line) if last else begin
    if len(begin) != len(end) or (len(begin) > 5 and begin > end):
        raise _unclear(line)
    hours = re.match(r"\s*((?:\d[\d:.]*\s*[-–—]\s*\d[\d:.]*\s*[,;]?\s*)+)", rest)
    name = rest[hours.end() :] if hours else rest
    return {
        "from": begin,
        "to": end,
        "hours": parse_hours(hours[1]) if hours else [],
        "name": name.strip(" ,;–—-")[:80],
    }


def written_hours(intervals: list[list[str]]) -> str:
    """Intervals as the form shows them."""
    return ", ".join(f"{begin}–{end}" for begin, end in intervals)


def written_holiday(entry: dict[str, Any]) -> str:
    """A holiday as the form shows it."""
    days = _written_date(entry["from"])
    if entry["to"] != entry["from"]:
        days += f"–{_written_date(entry['to'])}"
    return " ".join(filter(None, [days, written_hours(entry["hours"]), entry.get("name", "")]))


def _initial(workspace: Workspace, calendar: Calendar | None, above: str) -> dict[str, Any]:
    has_week = bool(calendar and calendar.weekly)
    mode = calendar.mode if calendar else (Calendar.Mode.INHERIT if above else Calendar.Mode.ALWAYS)
    initial: dict[str, Any] = {
        "mode": mode,
        "time_zone": calendar.time_zone if calendar else workspace.time_zone,
        "holidays": "\n".join(map(written_holiday, calendar.holidays)) if calendar else "",
    }
    for number in range(7):
        usual = _USUAL if number < 5 else ""
        initial[f"day_{number}"] = (
            written_hours(calendar.weekly[number]) if calendar and has_week else usual
        )
    return initial


def _clock(text: str) -> str:
    match = _CLOCK.fullmatch(text.strip())
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (99, 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise forms.ValidationError(_("Write hours like 09:00–18:00."), code="hours")
    return f"{hour:02}:{minute:02}"


def _date(match: re.Match[str], line: str) -> str:
    year = match["y"] or match["year"]
    month, day = int(match["m"] or match["month"]), int(match["d"] or match["day"])
    try:
        # A leap year, so that 29.02 may be one of each year.
        found = date(int(year or 2024), month, day)
    except ValueError:
        raise _unclear(line) from None
    return found.isoformat() if year else found.isoformat()[5:]


def _written_date(value: str) -> str:
    if len(value) > 5:
        year, month, day = value.split("-")
        return f"{day}.{month}.{year}"
    month, day = value.split("-")
    return f"{day}.{month}"


def _unclear(line: str) -> forms.ValidationError:
    return forms.ValidationError(
        _("We cannot read the line “%(line)s”. Write it like 31.12 10:00–15:00."),
        code="holiday",
        params={"line": line[:60]},
    )
