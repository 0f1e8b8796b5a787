"""The journal's news that routing listens to."""

from typing import Final

from events import types
from events.models import Event
from inbox.routing.router import drain, route

_NEW_WORK: Final = frozenset({types.CONVERSATION_CREATED, types.CONVERSATION_REOPENED})
_NEW_HANDS: Final = frozenset(
    {types.MEMBER_CAME_ONLINE, types.MEMBER_CHANGED, types.CHANNEL_UPDATED}
)
ACTIONS: Final = _NEW_WORK | _NEW_HANDS


def on_events(events: list[Event]) -> None:
    """Give out conversations that appeared; when more may be taken, also those that wait."""
    route(
        event.conversation_id
        for event in events
        if event.action in _NEW_WORK and event.conversation_id
    )
    if any(event.action in _NEW_HANDS for event in events):
        drain()
