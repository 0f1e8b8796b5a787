"""Operators as people say them, and what a condition asks in a few words."""

from __future__ import annotations

from typing import Any, Final

from django.utils import formats
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from .fields import Field, Words
from .operators import OF_KIND

_PLAIN: Final[dict[str, Words]] = {
    "eq": pgettext_lazy("condition", "is"),
    "ne": pgettext_lazy("condition", "is not"),
    "contains": pgettext_lazy("condition", "contains"),
    "not_contains": pgettext_lazy("condition", "does not contain"),
    "starts_with": pgettext_lazy("condition", "begins with"),
    "in": pgettext_lazy("condition", "is any of"),
    "not_in": pgettext_lazy("condition", "is none of"),
    "gt": pgettext_lazy("condition", "is more than"),
    "gte": pgettext_lazy("condition", "is at least"),
    "lt": pgettext_lazy("condition", "is less than"),
    "lte": pgettext_lazy("condition", "is at most"),
    "between": pgettext_lazy("condition", "from … to …"),
    "on": pgettext_lazy("condition", "on the day"),
    "before": pgettext_lazy("condition", "before"),
    "after": pgettext_lazy("condition", "after"),
    "last_days": pgettext_lazy("condition", "in the last"),
    "not_last_days": pgettext_lazy("condition", "not in the last"),
    "next_days": pgettext_lazy("condition", "in the next"),
    "has": pgettext_lazy("condition", "has"),
    "has_no": pgettext_lazy("condition", "has no"),
    "has_any": pgettext_lazy("condition", "has any of"),
    "has_all": pgettext_lazy("condition", "has all of"),
}
# `set` with its value is one choice: there is something, or there is nothing.
IS_SET: Final = pgettext_lazy("condition", "is known")
IS_NOT_SET: Final = pgettext_lazy("condition", "is not known")
_MANY_SET: Final = pgettext_lazy("condition", "there is any")
_MANY_NOT_SET: Final = pgettext_lazy("condition", "there is none")

_INPUTS: Final[dict[str, str]] = {
    "between": "pair",
    "last_days": "days",
    "not_last_days": "days",
    "next_days": "days",
    "in": "list",
    "not_in": "list",
    "has_any": "list",
    "has_all": "list",
}


def operators_of(kind: str) -> list[dict[str, str]]:
    """What may be asked of a kind: `{op, words, input}`, where `set` comes as `set` and `unset`.

    `input` is what a form asks for: one, list, pair, days or none.
    """
    found = []
    for operator in OF_KIND[kind]:
        if operator == "set":
            there, none = (_MANY_SET, _MANY_NOT_SET) if kind == "many" else (IS_SET, IS_NOT_SET)
            found.append({"op": "set", "words": str(there), "input": "none"})
            found.append({"op": "unset", "words": str(none), "input": "none"})
            continue
        found.append(
            {
                "op": operator,
                "words": str(_PLAIN[operator]),
                "input": _INPUTS.get(operator, "one"),
            }
        )
    return found


def sentence(field: Field, operator: str, value: Any) -> str:
    """A condition in words: "Name contains “ivan”"."""
    label = str(field.label)
    if operator == "set":
        there, none = (_MANY_SET, _MANY_NOT_SET) if field.kind == "many" else (IS_SET, IS_NOT_SET)
        return f"{label} {there if value else none}"
    if operator in {"last_days", "not_last_days", "next_days"}:
        return f"{label} {_days(operator, int(value))}"
    if operator == "between":
        ends = [_value(field, each) for each in value]
        return _("%(label)s from %(start)s to %(end)s") % {
            "label": label,
            "start": ends[0],
            "end": ends[1],
        }
    if isinstance(value, list):
        words = ", ".join(_value(field, each) for each in value[:3])
        if len(value) > 3:
            words += f" +{len(value) - 3}"
        return f"{label} {_PLAIN.get(operator, operator)} {words}"
    if field.kind == "boolean":
        answer = _("yes") if value else _("no")
        return f"{label}: {answer}"
    return f"{label} {_PLAIN.get(operator, operator)} {_value(field, value)}"


def _days(operator: str, count: int) -> str:
    if operator == "last_days":
        found = ngettext("in the last %(count)d day", "in the last %(count)d days", count)
    elif operator == "next_days":
        found = ngettext("in the next %(count)d day", "in the next %(count)d days", count)
    else:
        found = ngettext("not in the last %(count)d day", "not in the last %(count)d days", count)
    return found % {"count": count}


def _value(field: Field, value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("amount", "")
    if field.kind in {"moment", "day"} and isinstance(value, str):
        day = parse_date(value) or parse_datetime(value)
        return formats.date_format(day, "SHORT_DATE_FORMAT") if day else value
    if field.choices is not None:
        for key, label in field.choices():
            if str(key) == str(value):
                return str(label)
    if field.kind == "text":
        return _("“%(text)s”") % {"text": value}
    return str(value)


# Headings of groups, for fields that name none.
GENERAL: Final = gettext_lazy("General")
