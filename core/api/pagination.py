"""Pages by cursor: `{next, previous, results}`.

A cursor names the place of a row by its values, not by a count of rows: what is added meanwhile
makes nothing be told twice or left out.
"""

from collections.abc import Sequence
from heapq import merge
from itertools import islice
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from core.api.cursors import BadCursor, Cursor, Order, turned

USUAL = 50
MOST = 200
CURSOR, LIMIT = "cursor", "limit"


class Limit(serializers.IntegerField):
    """How many to a page; more than MOST are MOST."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, default=USUAL, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        return min(super().to_internal_value(data), MOST)


class _Asked(serializers.Serializer[Any]):
    limit = Limit()


class Pages(BasePagination):
    """`?limit=` up to 200 and `?cursor=` from the links.

    The list may come in several parts that share no row, each walking its own index.
    """

    order: Order = ("-created_at", "-id")

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: Any = None
    ) -> list[Any]:
        """The page's rows. Raises `ValidationError` (400) for a bad limit or cursor."""
        parts = [queryset] if isinstance(queryset, QuerySet) else list(queryset)
        self.request = request
        asked = _Asked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        limit: int = asked.validated_data["limit"]
        cursor = self._cursor(request, parts[0].model)
        backwards = cursor is not None and cursor.backwards
        order = turned(self.order) if backwards else self.order
        rows = _read(parts, cursor, order, limit + 1)
        more, rows = len(rows) > limit, rows[:limit]
        if backwards:
            rows.reverse()
        self.rows = rows
        self.has_next, self.has_previous = (True, more) if backwards else (more, cursor is not None)
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        """The contract's shape."""
        return Response(
            {
                "next": self._link(-1, backwards=False) if self.has_next else None,
                "previous": self._link(0, backwards=True) if self.has_previous else None,
                "results": data,
            }
        )

    def _cursor(self, request: Request, model: type[Model]) -> Cursor | None:
        text = request.query_params.get(CURSOR)
        if not text:
            return None
        try:
            return Cursor.parse(text, self.order, model)
        except BadCursor:
            raise ValidationError(
                {CURSOR: [gettext("Take cursors from the links of a page.")]}
            ) from None

    def _link(self, place: int, *, backwards: bool) -> str | None:
        url = self.request.build_absolute_uri()
        if not self.rows:
            # Nothing beyond the place that was asked for: the other way begins at the end.
            return remove_query_param(url, CURSOR) if not backwards else None
        cursor = Cursor.at(self.rows[place], self.order, backwards=backwards)
        link: str = replace_query_param(url, CURSOR, str(cursor))
        return link

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """For the OpenAPI document."""
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """For the OpenAPI document."""
        return [
            {
                "name": CURSOR,
                "in": "query",
                "required": False,
                "description": "From the links `next` and `previous` of a page.",
                "schema": {"type": "string"},
            },
            limit_parameter(),
        ]


def limit_parameter() -> dict[str, Any]:
    """`?limit=` for the OpenAPI document."""
    return {
        "name": LIMIT,
        "in": "query",
        "required": False,
        "description": f"How many to a page; more than {MOST} are {MOST}.",
        "schema": {"type": "integer", "minimum": 1, "default": USUAL},
    }


class NewestFirst(Pages):
    order = ("-created_at", "-id")


class OldestFirst(Pages):
    order = ("created_at", "id")


def _read(
    parts: Sequence[QuerySet[Any]], cursor: Cursor | None, order: Order, count: int
) -> list[Any]:
    found = [
        iter((part.filter(cursor.beyond(order)) if cursor else part).order_by(*order)[:count])
        for part in parts
    ]
    return list(islice(merge(*found, key=lambda row: _key(row, order)), count))


def _key(row: Model, order: Order) -> tuple["_Turned | Any", ...]:
    return tuple(
        _Turned(getattr(row, column[1:])) if column.startswith("-") else getattr(row, column)
        for column in order
    )


class _Turned:
    """Sorts the other way round."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: "_Turned") -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Turned) and bool(self.value == other.value)

    __hash__ = None  # type: ignore[assignment]
