"""Places in an ordered list, as text that a client hands back."""

import base64
import binascii
import datetime as dt
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

Order = tuple[str, ...]  # names of columns, "-" in front of the descending ones

_BIGGEST = 2**63


class BadCursor(ValueError):
    """Not one of ours."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The values of a row in the columns of the order, and which way to go from there."""

    values: tuple[Any, ...]
    backwards: bool = False

    @classmethod
    def at(cls, row: models.Model, order: Order, *, backwards: bool = False) -> Self:
        """The place of this row."""
        return cls(tuple(getattr(row, _name(column)) for column in order), backwards)

    def __str__(self) -> str:
        body = orjson.dumps([int(self.backwards), *self.values])
        return base64.urlsafe_b64encode(body).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str, order: Order, model: type[models.Model]) -> Self:
        """Raises `BadCursor` for what doesn't fit the order."""
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            backwards, *values = orjson.loads(base64.urlsafe_b64decode(padded))
            if backwards not in (0, 1) or len(values) != len(order):
                raise BadCursor
            fields = [model._meta.get_field(_name(column)) for column in order]
            return cls(
                tuple(_value(*pair) for pair in zip(fields, values, strict=True)), bool(backwards)
            )
        except (binascii.Error, ValueError, TypeError, ValidationError):
            raise BadCursor from None

    def beyond(self, order: Order) -> Q:
        """The rows past this place; call it with the order in which they will be read."""
        first, *_ = order
        # By itself, so that PostgreSQL starts in the index here instead of filtering.
        found = Q(**{f"{_name(first)}__{_side(first)}e": self.values[0]})
        deeper = Q(pk__in=[])
        for number, column in enumerate(order):
            same = {_name(order[at]): self.values[at] for at in range(number)}
            deeper |= Q(**same, **{f"{_name(column)}__{_side(column)}": self.values[number]})
        return found & deeper


def turned(order: Order) -> Order:
    """The order read from its end."""
    return tuple(column[1:] if column.startswith("-") else f"-{column}" for column in order)


def _name(column: str) -> str:
    return column.removeprefix("-")


def _side(column: str) -> str:
    return "lt" if column.startswith("-") else "gt"


def _value(field: Any, value: Any) -> Any:
    found = field.to_python(value)
    if isinstance(field, models.DateTimeField):
        fits = isinstance(found, dt.datetime) and found.tzinfo is not None
    elif isinstance(field, models.UUIDField):
        fits = isinstance(found, UUID)
    elif isinstance(field, models.CharField):
        fits = isinstance(value, str) and "\0" not in value
    else:
        fits = type(found) is int and -_BIGGEST <= found < _BIGGEST
    if not fits:
        raise BadCursor
    return found
