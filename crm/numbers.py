"""Numbers of deals: 1, 2, 3 in each workspace, as people call them."""

from django.db import connection

from core.ids import uuid7
from workspaces.scope import current_workspace_id

_TAKE = """
    insert into crm_dealnumber (id, workspace_id, last, created_at) values (%s, %s, %s, now())
    on conflict (workspace_id) do update set last = crm_dealnumber.last + excluded.last
    returning last
"""


def take(count: int = 1) -> int:
    """The first of so many numbers that nobody else has."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [uuid7(), current_workspace_id(), count])
        last: int = cursor.fetchone()[0]
    return last - count + 1
