"""What the inbox does when something has happened."""

from events import types
from events.pokes import wake
from inbox.delivery import pokes

wake(pokes.queued, actions=[types.MESSAGE_QUEUED])
