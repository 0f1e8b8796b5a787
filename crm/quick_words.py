"""One line into a task: «Позвонить Ольге завтра в 15:00», "Send the offer on friday".

Only what can mean nothing else is taken for a day or an hour; the rest stays in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from crm.models import Task
from crm.repeats import at_days_end

START, END = r"(?<!\S)", r"(?=$|\s|[,;!?)]|\.(?:\s|$))"
_WEEKDAYS: Final = (
    r"пн|понедельник|mon(?:day)?",
    r"вт|вторник|tue(?:sday)?",
    r"ср|среду|wed(?:nesday)?",
    r"чт|четверг|thu(?:rsday)?",
    r"пт|пятницу|fri(?:day)?",
    r"сб|субботу|sat(?:urday)?",
    r"вс|воскресенье|sun(?:day)?",
)
_MONTHS: Final = (
    r"января|jan(?:uary)?",
    r"февраля|feb(?:ruary)?",
    r"марта|mar(?:ch)?",
    r"апреля|apr(?:il)?",
    r"мая|may",
    r"июня|june?",
    r"июля|july?",
    r"августа|aug(?:ust)?",
    r"сентября|sep(?:tember)?",
    r"октября|oct(?:ober)?",
    r"ноября|nov(?:ember)?",
    r"декабря|dec(?:ember)?",
)
_ANY_MONTH: Final = "|".join(_MONTHS)
_KINDS: Final = (
    (Task.Kind.CALL, r"(?:по|пере)?звонить|созвон\w*|звонок|call|phone"),
    (Task.Kind.WRITE, r"(?:на)?писать|ответить|написать|write|e-?mail|text"),
    (Task.Kind.MEET, r"встреч\w*|встретиться|встретить|meet(?:ing)?"),
)


@dataclass(frozen=True, slots=True)
class Quick:
    """What the line says. Without a day it is due today, or tomorrow when the hour has passed."""

    text: str
    due_at: datetime
    has_time: bool
    kind: str


def read(line: str, *, now: datetime, zone: ZoneInfo) -> Quick:
    """The line, its day and hour by the clock of `zone`."""
    text = " ".join(line.split())
    local = now.astimezone(zone)
    rest, soon = _taken(text, _SPANS, local)
    if soon is not None:
        return Quick(_said(rest, text), soon, True, kind_of(text))
    rest, day = _taken(rest, _DAYS, local)
    rest, hour = _taken(rest, _HOURS, local)
    if hour is None:
        due = at_days_end(day or local.date(), zone)
        return Quick(_said(rest, text), due, False, kind_of(text))
    if day is None:
        passed = datetime.combine(local.date(), hour, zone) <= local
        day = local.date() + timedelta(days=1 if passed else 0)
    due = datetime.combine(day, hour, zone).astimezone(UTC)
    return Quick(_said(rest, text), due, True, kind_of(text))


def kind_of(text: str) -> str:
    """What kind of task its first word makes it."""
    for kind, words in _KINDS:
        if re.match(rf"(?:{words}){END}", text, re.IGNORECASE):
            return str(kind)
    return str(Task.Kind.OTHER)


def _taken(text: str, rules: list[Rule], local: datetime) -> tuple[str, Any]:
    """The text without the last thing that a rule understands, and what it means."""
    for pattern, meaning in rules:
        for match in reversed(list(pattern.finditer(text))):
            found = meaning(match, local)
            if found is not None:
                return f"{text[: match.start()]} {text[match.end() :]}", found
    return text, None


def _said(rest: str, whole: str) -> str:
    left = re.sub(r"\s+([,.;!?])", r"\1", " ".join(rest.split())).strip(" ,;")
    return left or whole


Rule = tuple[re.Pattern[str], Callable[[re.Match[str], datetime], Any]]


def _rule(pattern: str, meaning: Callable[[re.Match[str], datetime], Any]) -> Rule:
    return re.compile(f"{START}(?:{pattern}){END}", re.IGNORECASE), meaning


def _later(days: int) -> Callable[[re.Match[str], datetime], Any]:
    return lambda _match, local: local.date() + timedelta(days=days)


def _weekday(number: int) -> Callable[[re.Match[str], datetime], Any]:
    """The next such day; on the day itself the one in a week."""
    return lambda _match, local: (
        local.date() + timedelta(days=(number - local.weekday() - 1) % 7 + 1)
    )


def _after(match: re.Match[str], local: datetime) -> Any:
    count = int(match["n"] or 1)
    unit = match["unit"].lower()
    hours = unit.startswith(("ч", "h"))
    return local.astimezone(UTC) + timedelta(minutes=count * (60 if hours else 1))


def _days_after(match: re.Match[str], local: datetime) -> Any:
    count = int(match["n"] or 1)
    weeks = match["unit"].lower().startswith(("н", "w"))
    return local.date() + timedelta(days=count * (7 if weeks else 1))


def _on(match: re.Match[str], local: datetime) -> Any:
    month = match["month"].lower()
    number = int(month) if month.isdigit() else _month(month)
    year = int(match["year"]) if match["year"] else local.year
    if year < 100:
        year += 2000
    try:
        found = date(year, number, int(match["day"]))
        if match["year"] is None and found < local.date():
            found = date(year + 1, number, int(match["day"]))
    except ValueError:
        return None
    return found


def _month(word: str) -> int:
    return next(n for n, words in enumerate(_MONTHS, 1) if re.fullmatch(words, word))


def _clock(match: re.Match[str], local: datetime) -> Any:
    parts = match.groupdict()
    hour, minute = int(parts["hour"]), int(parts.get("minute") or 0)
    half = (parts.get("half") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        is_late = half in {"pm", "дня", "вечера"}
        hour = hour % 12 + (12 if is_late else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


_NUMBER: Final = r"(?:(?P<n>\d{1,3})\s+)?"
_SPANS: list[Rule] = [
    _rule(rf"через\s+{_NUMBER}(?P<unit>час(?:а|ов)?|мин(?:ут[уы]?)?)", _after),
    _rule(r"in\s+(?P<n>\d{1,3})\s+(?P<unit>hours?|min(?:ute)?s?)", _after),
]
_DAYS: list[Rule] = [
    _rule(r"послезавтра|(?:the\s+)?day\s+after\s+tomorrow", _later(2)),
    _rule(r"(?:на\s+)?завтра|tomorrow", _later(1)),
    _rule(r"(?:на\s+)?сегодня|today", _later(0)),
    _rule(rf"через\s+{_NUMBER}(?P<unit>день|дня|дней|недел[юиь])", _days_after),
    _rule(r"in\s+(?P<n>\d{1,3})\s+(?P<unit>days?|weeks?)", _days_after),
    _rule(
        r"(?:(?:до|к|на|on|by)\s+)?(?P<day>\d{1,2})\.(?P<month>\d{1,2})"
        r"(?:\.(?P<year>\d{4}|\d{2}))?",
        _on,
    ),
    _rule(
        rf"(?:(?:до|к|на|on|by)\s+)?(?P<day>\d{{1,2}})\s+(?P<month>{_ANY_MONTH})"
        r"(?:\s+(?P<year>\d{4}))?",
        _on,
    ),
    _rule(
        rf"(?:(?:on|by)\s+)?(?P<month>{_ANY_MONTH})\s+(?P<day>\d{{1,2}})(?:\s+(?P<year>\d{{4}}))?",
        _on,
    ),
    *(
        _rule(rf"(?:во?|на|до|к|on|by|next)\s+(?:{words})", _weekday(number))
        for number, words in enumerate(_WEEKDAYS)
    ),
]
_HOURS: list[Rule] = [
    _rule(
        r"(?:(?:в|к|до|at|by|before)\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})"
        r"\s*(?P<half>am|pm)?",
        _clock,
    ),
    _rule(r"(?:(?:at|by)\s+)?(?P<hour>\d{1,2})\s?(?P<half>am|pm)", _clock),
    _rule(r"(?:в|к|до)\s+(?P<hour>\d{1,2})\s+(?P<half>утра|дня|вечера)", _clock),
    _rule(r"(?:в|к)\s+(?P<hour>\d{1,2})\s+(?:час(?:а|ов)?|ч)", _clock),
    _rule(r"(?:в|к|at)\s+(?P<hour>\d{1,2})(?=\s*$)", _clock),
]
