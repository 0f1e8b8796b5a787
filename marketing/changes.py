"""Thin news of broadcasts and segments: what has changed, by name.

Names: "broadcasts" (rows of the list), "series", "segments", and, with an id, "broadcast" and
"one_series".
"""

from collections.abc import Iterable

from events import types
from events.models import Event
from live.fragments import register_changes

OF_BROADCASTS = (
    types.BROADCAST_CREATED,
    types.BROADCAST_UPDATED,
    types.BROADCAST_DELETED,
    types.BROADCAST_LAUNCHED,
    types.BROADCAST_STARTED,
    types.BROADCAST_PROGRESSED,
    types.BROADCAST_PAUSED,
    types.BROADCAST_RESUMED,
    types.BROADCAST_STOPPED,
    types.BROADCAST_FINISHED,
    types.BROADCAST_WINNER_CHOSEN,
)


def _of_broadcast(event: Event) -> Iterable[str]:
    return ["broadcasts", f"broadcast:{event.subject_id}"]


register_changes(OF_BROADCASTS, _of_broadcast)
register_changes(
    [types.SEGMENT_CREATED, types.SEGMENT_UPDATED, types.SEGMENT_DELETED], ["segments"]
)
register_changes(
    [
        types.SERIES_CREATED,
        types.SERIES_UPDATED,
        types.SERIES_DELETED,
        types.SERIES_STARTED,
        types.SERIES_PAUSED,
        types.SERIES_STOPPED,
        types.SERIES_ENTERED,
        types.SERIES_LEFT,
    ],
    lambda event: ["series", f"one_series:{event.subject_id}"],
)
