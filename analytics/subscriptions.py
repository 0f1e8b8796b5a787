"""What reports do when something has happened."""

from analytics.facts import subscription
from events.subscriptions import subscribe

subscribe(subscription.NAME, subscription.on_events, actions=subscription.ACTIONS, at_leisure=True)
