"""What sales do when something has happened."""

from crm import births
from events.subscriptions import subscribe

subscribe("deals", births.on_events, actions=births.ACTIONS)
