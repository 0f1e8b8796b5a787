"""How a moment is written for people. The twin of static/js/lib/times.js, which writes it again
in the viewer's own language and zone where the server could not know them."""

from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

FORMATS = frozenset({"time", "date", "datetime", "day", "short"})


def format_time(moment: datetime, name: str) -> str:
    """Write `moment` in the active language and zone; `name` is one of FORMATS."""
    local, now = timezone.localtime(moment), timezone.localtime()
    if name == "time":
        return f"{local:%H:%M}"
    if name == "date":
        return _date(local, now)
    if name == "datetime":
        return f"{_date(local, now)}, {formats.time_format(local, 'H:i')}"
    if name == "day":
        return ", ".join(filter(None, [_relative_day(local, now), _date(local, now)]))
    if name == "short":
        return _short(local, now)
    raise ValueError(f"Unknown time format: {name}")


def _short(local: datetime, now: datetime) -> str:
    if local.date() == now.date():
        return f"{local:%H:%M}"
    if yesterday := _relative_day(local, now):
        return yesterday
    return formats.date_format(local, "j M" if local.year == now.year else "d.m.Y")


def _date(local: datetime, now: datetime) -> str:
    if local.year == now.year:
        return formats.date_format(local, "j E")
    return formats.date_format(local, "j E Y")


def _relative_day(local: datetime, now: datetime) -> str:
    days = (local.date() - now.date()).days
    return {0: _("Today"), -1: _("Yesterday")}.get(days, "")
