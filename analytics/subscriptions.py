"""What reports do when something has happened."""

from analytics.conversions import queueing
from analytics.facts import subscription
from events.subscriptions import subscribe

subscribe(subscription.NAME, subscription.on_events, actions=subscription.ACTIONS, at_leisure=True)
subscribe(queueing.NAME, queueing.on_events, actions=queueing.ACTIONS, at_leisure=True)
