"""Pages by cursor: `{next, previous, results}`."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """`?limit=` up to 200, `?cursor=` from the links. Stable while rows are added."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering: str | tuple[str, ...] = "-id"


class OldestFirst(NewestFirst):
    ordering = "id"


class ByActivity(NewestFirst):
    ordering = ("-last_activity_at", "-id")


class InPlatformOrder(NewestFirst):
    ordering = ("sent_at", "platform_order", "id")
